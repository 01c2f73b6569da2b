"""A fidelity scale as data: items, anchors, total rule and bands of one version of one instrument."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import ConfigDict, Field

from factfidelity.errors import Problem, ScaleError
from factfidelity.schemas.files import Strict, _key_lines, build_model, read_yaml, schema_files
from factfidelity.schemas.scale_rules import Cut, faults_of, placed

Status = Literal["verified", "partial", "memory"]
Combine = Literal["mean_of_items", "mean_of_subscales", "sum", "parts", "weighted", "none"]
Measure = Literal[
    "clients_per_fte", "fte", "fte_per_clients", "fte_per_head", "persons", "clients", "vacancies_filled",
    "turnover", "leader_contact_time", "several_staff", "several_professions", "meetings_per_week", "peak_intake",
    "retained", "graduated", "outside_share", "pooled_outside_share", "minutes_per_week", "contacts_per_week",
    "mean_contacts_per_week", "network_contacts", "contact_before_admission", "contact_around_discharge",
    "contact_around_stays", "specialist_minutes", "group_attendance", "peer_role", "days_to_event",
    "events_per_staff_week", "board_contact", "board_several_staff", "diagnosis_share", "team_age",
]  # fmt: skip


class Words(Strict):
    """One wording in both languages."""

    sv: str
    en: str

    def pick(self, language: str) -> str:
        """Return the wording in one language."""
        return self.sv if language == "sv" else self.en


class Reference(Strict):
    """Where something was seen."""

    title: str
    url: str = ""


class Licence(Strict):
    """Who owns the texts, and whether they are shipped."""

    terms: Words
    texts: Literal["own_words", "structure_only"]
    status: Status


class Range(Strict):
    """The scores that an assessor may give."""

    lowest: float
    highest: float
    step: Literal[0.5, 1.0] = 1.0


class Anchor(Strict):
    """What a score stands for: half-open cuts on a measure, or words for a judgement.

    ``from`` and ``to`` belong to the score, ``above`` and ``below`` do not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)

    score: float | None
    from_: float | None = Field(default=None, alias="from")
    above: float | None = None
    to: float | None = None
    below: float | None = None
    words: Words | None = None

    @property
    def cut(self) -> Cut | None:
        """The anchor's stretch of the measure; None for an anchor in words only."""
        if self.from_ is self.above is self.to is self.below is None:
            return None
        return Cut(self.score, self.from_, self.above, self.to, self.below)


class Derive(Strict):
    """How an item is counted from an extract; one of a closed list of measures and its settings."""

    measure: Measure
    kind: Literal["item", "proxy"] = "item"
    days: int | None = Field(default=None, ge=1, le=3660)
    months: int | None = Field(default=None, ge=1, le=120)
    professions: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    leaders_only: bool = False
    per: float = Field(default=1.0, gt=0)
    least: int = Field(default=2, ge=1, le=20)
    within: int = Field(default=3, ge=0, le=365)
    reasons: tuple[str, ...] = ()
    not_reasons: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    limits: Words | None = None


class Item(Strict):
    """One item of a scale.

    Attributes
    ----------
    name : Words
        A short name in the house's own words.
    unit : Words or None
        Unit of the measure that the anchors cut; None for a judgement.
    anchors : tuple of Anchor
        Empty where they are not public.
    unscored : tuple of Anchor
        Stretches of the measure that are declared to have no score (anchors that are not known, or that only
        an assessor can tell apart), with the reason in words.
    better : str or None
        ``higher`` or ``lower`` where the anchors follow a measure.
    round_to : int or None
        Decimals to which the measure is rounded, half up, before it meets the anchors.
    """

    name: Words
    subscale: str = ""
    means: Words | None = None
    unit: Words | None = None
    better: Literal["higher", "lower"] | None = None
    round_to: int | None = Field(default=None, ge=0, le=6)
    anchors: tuple[Anchor, ...] = ()
    unscored: tuple[Anchor, ...] = ()
    rating: Range | None = None
    weight: float = Field(default=1.0, gt=0)
    derive: Derive | None = None
    not_derivable: Words | None = None
    original: str = ""
    status: Status
    sources: tuple[str, ...] = ()
    note: Words | None = None

    def place(self, value: float) -> tuple[float | None, str]:
        """Return the score that a measured value gets, and the reason where it gets none (in English).

        The value is rounded to the published decimals first (half up), then compared after rounding to nine.
        """
        cuts = [anchor.cut for anchor in (*self.anchors, *self.unscored)]
        return placed(value, [cut for cut in cuts if cut is not None], self.round_to)

    def why_unscored(self, value: float, language: str) -> str:
        """Return why a value in a declared gap has no score; empty where it has one."""
        for anchor in self.unscored:
            cut = anchor.cut
            if cut is not None and cut.holds(round(value, 9)):
                return anchor.words.pick(language) if anchor.words else ""
        return ""


class Subscale(Strict):
    """A group of items; a part with its own maximum when it has a range of its own."""

    name: Words
    rating: Range | None = None
    weight: float = Field(default=1.0, gt=0)
    n_items: int | None = None
    status: Status = "verified"


class Band(Strict):
    """A level of the total: from its cut (included) up to the next band's."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)

    name: str
    label: Words
    from_: float | None = Field(default=None, alias="from")
    below: float | None = None
    passes: bool = False
    status: Status = "verified"
    sources: tuple[str, ...] = ()


class Total(Strict):
    """How items become a total, and what the total means."""

    combine: Combine
    needs_share_of_items: float = Field(default=1.0, gt=0, le=1)
    decimals: int = Field(default=2, ge=0, le=4)
    bands: tuple[Band, ...] = ()
    status: Status = "verified"
    sources: tuple[str, ...] = ()
    note: Words | None = None


class OtherBands(Strict):
    """Bands that are also in use, on a sum or a mean; shown only when they are asked for."""

    of: Literal["sum", "mean"]
    bands: tuple[Band, ...]
    status: Status
    sources: tuple[str, ...] = ()
    note: Words | None = None


class Minimums(Strict):
    """A rule that asks for a lowest score on single items."""

    label: Words
    items: dict[str, float]
    total: float | None = None
    status: Status
    sources: tuple[str, ...] = ()


class ReferenceValue(Strict):
    """A published value to compare with: where, when, on what, and how many teams."""

    label: Words
    level: Literal["item", "subscale", "total"]
    name: str
    mean: float
    sd: float | None = None
    teams: int | None = None
    months: int | None = None
    status: Status
    sources: tuple[str, ...] = ()


class Scale(Strict):
    """One version of one instrument, as published, in the house's own words."""

    scale: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    default: bool = False
    short: str
    name: Words
    kind: Literal["ratings", "criteria", "skeleton"] = "ratings"
    level: Literal["team", "client"] = "team"
    year: int
    valid_from: dt.date | None = None
    authors: str = ""
    licence: Licence
    references: dict[str, Reference]
    rating: Range | None
    n_items: int | None
    subscales: dict[str, Subscale] = Field(default_factory=dict)
    items: dict[str, Item] = Field(default_factory=dict)
    total: Total
    other_bands: dict[str, OtherBands] = Field(default_factory=dict)
    minimums: dict[str, Minimums] = Field(default_factory=dict)
    reference_values: tuple[ReferenceValue, ...] = ()
    note: Words | None = None

    @property
    def id(self) -> str:
        """The scale and its version in one word, as the file is named."""
        return f"{self.scale}_{self.version}"

    def range_of(self, item: str) -> Range | None:
        """Return the scores that an item may be given: its own, its part's, or the scale's."""
        found = self.items[item]
        part = self.subscales.get(found.subscale)
        return found.rating or (part.rating if part else None) or self.rating

    def items_of(self, subscale: str) -> list[str]:
        """Return the ids of a subscale's items, in the scale's order."""
        return [name for name, item in self.items.items() if item.subscale == subscale]


def read_scale(path: Path) -> Scale:
    """Read and check one scale file.

    Raises
    ------
    ScaleError
        If a key is unknown, doubled or missing, anchors or bands leave a gap or overlap without saying so, an
        item names a subscale or a source that is not there, or the total rule is not on the list; all at once,
        with lines.
    """
    scale = build_model(read_yaml(path, error=ScaleError), Scale, path=path, error=ScaleError)
    lines = _key_lines(path)
    problems = [
        Problem(what, do, path.name, rows=(lines[key],) if key in lines else (), rule=rule, kind="scale")
        for key, what, do, rule in faults_of(scale)
    ]
    if path.stem != scale.id:
        what = f'is named "{path.stem}" but holds "{scale.id}"'
        problems.append(Problem(what, "name the file <scale>_<version>.yaml", path.name, rule="name", kind="scale"))
    if problems:
        raise ScaleError(problems=problems, place=path.name)
    return scale


@cache
def _shipped() -> Mapping[str, Scale]:
    return {scale.id: scale for scale in map(read_scale, schema_files("scales").values())}


def load_scale(scale_id: str | Path, version: str | None = None) -> Scale:
    """Return one version of a scale.

    Parameters
    ----------
    scale_id : str or Path
        ``dacts``, ``tmact`` …, or the whole id with its version (``facts_2017_nl_2017``); upper and lower case
        are the same. A path to a YAML file reads that file.
    version : str, optional
        Default: the version that is marked as the default, else the newest.

    Raises
    ------
    ScaleError
        If there is no such scale or version.
    """
    if isinstance(scale_id, Path) or str(scale_id).endswith((".yaml", ".yml")):
        return read_scale(Path(scale_id))
    wanted = str(scale_id).strip().lower().replace("-", "_").replace(" ", "_")
    known = _shipped()
    if wanted in known and version is None:
        return with_own_texts(known[wanted])
    versions = [scale for scale in known.values() if scale.scale == wanted]
    if not versions:
        names = ", ".join(sorted({scale.scale for scale in known.values()}))
        problem = Problem(
            f'there is no scale "{scale_id}"', f"choose one of: {names}", rule="unknown_scale", kind="scale",
            what_sv=f'det finns ingen skala "{scale_id}"', do_sv=f"välj någon av: {names}",
        )  # fmt: skip
        raise ScaleError(problems=[problem])
    if version is None:
        return with_own_texts(max(versions, key=lambda scale: (scale.default, scale.year)))
    for scale in versions:
        if scale.version == version.strip().lower():
            return with_own_texts(scale)
    names = ", ".join(scale.version for scale in versions)
    problem = Problem(
        f'{wanted} has no version "{version}"', f"choose one of: {names}", rule="unknown_version", kind="scale",
        what_sv=f'{wanted} har ingen version "{version}"', do_sv=f"välj någon av: {names}",
    )  # fmt: skip
    raise ScaleError(problems=[problem])


def list_scales() -> pd.DataFrame:
    """List the scales that are shipped.

    Returns
    -------
    DataFrame, one row per scale and version
        scale, version, short, name_sv, name_en, kind, level, year, n_items, items_known, anchored (items with
        public anchors on a measure), derivable (items with a counting rule), total_rule, texts, status.
    """
    rows = [
        {
            "scale": scale.scale,
            "version": scale.version,
            "short": scale.short,
            "name_sv": scale.name.sv,
            "name_en": scale.name.en,
            "kind": scale.kind,
            "level": scale.level,
            "year": scale.year,
            "n_items": scale.n_items,
            "items_known": len(scale.items),
            "anchored": sum(any(anchor.cut for anchor in item.anchors) for item in scale.items.values()),
            "derivable": sum(item.derive is not None for item in scale.items.values()),
            "total_rule": scale.total.combine,
            "texts": scale.licence.texts,
            "status": scale.total.status,
        }
        for scale in _shipped().values()
    ]
    return pd.DataFrame(rows).astype({"n_items": "Int64"}).sort_values(["scale", "version"], ignore_index=True)


def own_texts_folder() -> Path:
    """Return the folder, outside the package, where a team keeps item texts that others own."""
    return Path(os.environ.get("FACTFIDELITY_SCALES") or Path.home() / ".factfidelity" / "scales")


def with_own_texts(scale: Scale) -> Scale:
    """Return a scale with the item texts that were imported for it, where there are any."""
    path = own_texts_folder() / f"{scale.id}.yaml"
    if not path.is_file():
        return scale
    texts = build_model(read_yaml(path, error=ScaleError), OwnTexts, path=path, error=ScaleError)
    return texts.added_to(scale)


class OwnTexts(Strict):
    """Item texts that a team may use and has imported: names, meanings and anchors by item."""

    scale: str
    version: str
    items: dict[str, Item]

    def added_to(self, scale: Scale) -> Scale:
        """Return the scale with these texts; cuts, counting rules and ranges stay the scale's own."""
        keep = ("subscale", "unit", "better", "round_to", "unscored", "rating", "weight", "derive", "not_derivable")
        items: dict[str, Any] = dict(scale.items)
        for name, text in self.items.items():
            old = scale.items.get(name)
            if old is None:
                items[name] = text
                continue
            cuts = {anchor.score: anchor for anchor in old.anchors}
            words = {anchor.score: anchor.words for anchor in text.anchors}
            merged = [anchor.model_copy(update={"words": words.get(score)}) for score, anchor in cuts.items()]
            merged += [anchor for anchor in text.anchors if anchor.score not in cuts]
            update = {field: getattr(old, field) for field in keep} | {"anchors": tuple(merged)}
            items[name] = text.model_copy(update=update)
        return scale.model_copy(update={"items": items})
