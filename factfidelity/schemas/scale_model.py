"""A fidelity scale as data: items, anchors, total rule and bands of one version of one instrument."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field

from factfidelity.schemas.files import Strict
from factfidelity.schemas.scale_cuts import Cut, placed

Status = Literal["verified", "partial", "memory"]
Combine = Literal["mean_of_items", "mean_of_subscales", "sum", "parts", "weighted", "none"]
Measure = Literal[
    "clients_per_fte", "fte", "fte_per_clients", "fte_per_head", "persons", "clients", "vacancies_filled",
    "turnover", "leader_contact_time", "several_staff", "several_professions", "meetings_per_week", "peak_intake",
    "retained", "graduated", "outside_share", "pooled_outside_share", "minutes_per_week", "contacts_per_week",
    "mean_contacts_per_week", "network_contacts", "contact_before_admission", "contact_around_discharge",
    "contact_around_stays", "specialist_minutes", "group_attendance", "peer_role", "days_to_event",
    "events_per_staff_week", "board_several_staff", "diagnosis_share", "size_within", "team_age",
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
    half_points: bool = False

    @property
    def step(self) -> float:
        """The step between two scores: 1, or a half where the scale allows it."""
        return 0.5 if self.half_points else 1.0


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
    most_persons: int | None = None
    most_clients: int | None = None
    full_time_hours: float = Field(default=40.0, gt=0, le=48)
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
    aliases: tuple[str, ...] = ()
    short: str
    name: Words
    kind: Literal["ratings", "criteria", "skeleton"] = "ratings"
    level: Literal["team", "client"] = "team"
    year: int | None
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


class OwnTexts(Strict):
    """Item texts that a team may use and has imported: names, meanings and anchors by item."""

    scale: str
    version: str
    complete: bool = False
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
        whole = {"kind": "ratings", "n_items": len(items)} if self.complete and scale.kind == "skeleton" else {}
        return scale.model_copy(update={"items": items} | whole)
