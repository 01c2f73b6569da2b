"""Agreement of assessors: by assessment, by item, on the total; and what change exceeds their noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import TableView
from factfidelity.fidelity.ratings import CONSENSUS, KEYS, checked_ratings, scale_of
from factfidelity.fidelity.score import item_scores
from factfidelity.fidelity.tables import coded, columns_of, records
from factfidelity.fidelity.totals import Scores, total_of
from factfidelity.fidelity.words import joined
from factfidelity.schemas.scale import Scale
from factfidelity.stats import reliability
from factfidelity.wording import HIDDEN, number, percent

if TYPE_CHECKING:
    from factfidelity.display.charts import Axes

FEWEST_ASSESSMENTS = 10
_CHANGED = {
    "sv": {
        True: "Förändringen mellan skattningarna är större än bedömarnas brus ({noise}) för {teams}.",
        False: "Förändringen mellan skattningarna ligger inom bedömarnas brus ({noise}) för {teams}.",
    },
    "en": {
        True: "The change between assessments is larger than the assessors' noise ({noise}) for {teams}.",
        False: "The change between assessments lies within the assessors' noise ({noise}) for {teams}.",
    },
}
_NAN = float("nan")
_WHY_SV = {
    "all ratings are the same": "alla skattningar är lika",
    "both raters used one and the same category: kappa has no meaning": "båda bedömarna använde en enda poäng",
    "the raters agree in full: there is no error to judge by": "bedömarna är helt överens: inget fel att bedöma efter",
    "fewer than two items rated by all": "färre än två punkter är bedömda av alla",
}
_COLUMNS = (
    "team_id",
    "assessment",
    "level",
    "name",
    "figure",
    "subjects",
    "raters",
    "estimate",
    "low",
    "high",
    "why",
    "why_sv",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class RaterAgreement(Result):
    """How far assessors agree.

    Attributes
    ----------
    table : DataFrame, one row per place and figure
        team_id and assessment (empty over all assessments), level (assessment | item | total), name (``all_items``,
        the item, or ``total``), figure (exact, within_one, weighted_kappa, icc2, alpha, smallest_change), subjects
        (items, or assessments), raters, estimate, low, high (95 % interval), why.
    changes : DataFrame, one row per team and pair of assessments that follow each other
        team_id, assessment, before, change (of the total), smallest_change (beyond the assessors' noise), larger.
    """

    name: ClassVar[str] = "rater_agreement"
    title: ClassVar[Mapping[str, str]] = {"sv": "Bedömarnas samstämmighet", "en": "Agreement of the assessors"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("team_id", "assessment", "level", "name", "figure"),
            public=("subjects", "raters", "estimate", "low", "high"),
        ),
        "changes": Gate(keys=("team_id", "assessment"), public=("change", "smallest_change", "larger")),
    }

    changes: pd.DataFrame

    def summary(self, language: str | None = None) -> str:
        """Return agreement within a step and ICC of each assessment, and whether changes exceed the noise."""
        language = language or self.language
        rows = self.table[self.table["level"] == "assessment"]
        if not len(rows):
            none = {"sv": "Ingen punkt är bedömd av två bedömare.", "en": "No item was rated by two assessors."}
            return none[language]
        parts = [_sentence(rows, language), *_change_sentences(records(self.changes), language)]
        return " ".join(parts)

    def methods(self, language: str | None = None) -> str:
        """Return how agreement was measured."""
        if (language or self.language) == "sv":
            return (
                "Samstämmigheten räknas på de enskilda bedömarnas poäng; konsensus ingår aldrig. Inom ett tillfälle är "
                "punkterna underlag. Redovisas: andel helt lika och högst ett steg isär, kvadratiskt viktad kappa "
                "(medelvärdet av paren vid fler än två bedömare), ICC(2,1) för absolut överensstämmelse och "
                f"Krippendorffs alfa (ordinal). Mått per punkt kräver minst {FEWEST_ASSESSMENTS} tillfällen. Minsta "
                "säkra förändring är 1,96·√2 gånger medelfelet för bedömarnas medelvärde."
            )
        return (
            "Agreement is computed on the scores of the single assessors; the consensus is never part of it. Within an "
            "assessment the items are the subjects. Given are the shares of exact agreement and of agreement within "
            "one step, quadratic-weighted kappa (the mean over pairs with more than two assessors), ICC(2,1) for "
            f"absolute agreement and Krippendorff's alpha (ordinal). Figures by item need at least "
            f"{FEWEST_ASSESSMENTS} assessments. "
            "The smallest real change is 1.96·√2 times the standard error of the assessors' mean."
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw exact agreement and agreement within a step by item."""
        from factfidelity.display import charts

        rows = self.table[(self.table["level"] == "item") & self.table["figure"].isin(["exact", "within_one"])]
        shown = coded(rows, ("figure",), self.language)
        unit = {"sv": "Andel av tillfällena", "en": "Share of assessments"}[self.language]
        return charts.bars(
            shown, category="name", value="estimate", series="figure", unit=unit, form="percent",
            language=self.language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return agreement by assessment, by item, and changes against the noise."""
        language = language or self.language
        frame = coded(self.table, ("figure", "name"), language)
        frame = frame.assign(why=frame["why_sv" if language == "sv" else "why"])
        captions = {
            "sv": ("Samstämmighet per tillfälle", "Samstämmighet per punkt", "Förändring mot bedömarnas brus"),
            "en": ("Agreement by assessment", "Agreement by item", "Change against the assessors' noise"),
        }[language]
        names = ("figure", "subjects", "raters", "estimate", "low", "high", "why")
        whole, items = frame[frame["level"] != "item"], frame[frame["level"] == "item"]
        views = [
            TableView("agreement", captions[0], whole.reset_index(drop=True),
                      columns_of(("team_id", "assessment", "name", *names), language, decimals=2)),
            TableView("agreement_items", captions[1], items.reset_index(drop=True),
                      columns_of(("name", *names), language, decimals=2)),
        ]  # fmt: skip
        if len(self.changes):
            shown = coded(self.changes, ("larger",), language)
            columns = columns_of(
                ("team_id", "before", "assessment", "change", "smallest_change", "larger"), language, decimals=2
            )
            views.append(TableView("agreement_changes", captions[2], shown, columns))
        return tuple(views)


def rater_agreement(ratings: pd.DataFrame, scale: Scale | str) -> RaterAgreement:
    """Compare the assessors with each other; the consensus is left out.

    Parameters
    ----------
    ratings : DataFrame
        As in ``score_fidelity``.
    scale : Scale or str

    Returns
    -------
    RaterAgreement

    Raises
    ------
    ScaleError
        If the ratings break a rule of the scale.
    """
    found = scale_of(scale)
    checked = checked_ratings(ratings, found)
    single = checked[checked["rater"] != CONSENSUS]
    tables = {key: _wide(own, found) for key, own in single.groupby(KEYS, sort=True)}
    tables = {key: table for key, table in tables.items() if table.shape[1] > 1}
    rows = [row for key, table in tables.items() for row in _of_assessment(key, table, found)]
    rows += list(_of_items(tables, found))
    noise, total_rows = _of_totals(tables, found)
    frame = pd.DataFrame([*rows, *total_rows], columns=list(_COLUMNS))
    numbers = ("subjects", "raters", "estimate", "low", "high")
    types = {name: "float64" if name in numbers else "str" for name in _COLUMNS}
    notes = {
        "scale": found.scale, "version": found.version, "short": found.short,
        "fewest_assessments": str(FEWEST_ASSESSMENTS),
    }  # fmt: skip
    return RaterAgreement(table=frame.astype(types), changes=_changes(checked, found, noise), notes=notes)


def _wide(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Return items × assessors of one assessment; an assessor without a single score is left out."""
    wide = rows.pivot_table(index="item", columns="rater", values="score", dropna=False)
    return wide.reindex(list(scale.items)).dropna(axis=1, how="all")


def _row(
    key: tuple[str, str], level: str, name: str, figure: str, subjects: int, raters: int, answer: Any
) -> dict[str, Any]:
    why = str(getattr(answer, "why", "") or "")
    return {
        "team_id": key[0], "assessment": key[1], "level": level, "name": name, "figure": figure, "subjects": subjects,
        "raters": raters, "estimate": getattr(answer, "estimate", answer), "low": getattr(answer, "low", _NAN),
        "high": getattr(answer, "high", _NAN), "why": why, "why_sv": _WHY_SV.get(why, why),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Empty:
    why: str
    estimate: float = _NAN
    low: float = _NAN
    high: float = _NAN


def _figures(values: Scores, scale: Scale, items: list[str]) -> Iterator[tuple[str, int, Any]]:
    """Yield figure, subjects and answer for subjects × assessors."""
    step = {limits.step for limits in map(scale.range_of, items) if limits}
    both = values[(~np.isnan(values)).sum(axis=1) > 1]
    yield from _plain(both)
    full = values[~np.isnan(values).any(axis=1)]
    if len(full) < 2:
        empty = _Empty("fewer than two items rated by all")
        for figure in ("weighted_kappa", "icc2", "alpha"):
            yield figure, len(full), empty
        return
    yield "weighted_kappa", len(full), _kappa(full, scale, items, min(step, default=1.0))
    yield "icc2", len(full), reliability.icc(full, form="ICC2")
    yield "alpha", len(both), reliability.krippendorff_alpha(both, metric="ordinal")


def _plain(both: Scores) -> Iterator[tuple[str, int, Any]]:
    spread = np.nanmax(both, axis=1) - np.nanmin(both, axis=1) if len(both) else np.array([])
    yield "exact", len(both), float((spread == 0).mean()) if len(both) else _NAN
    yield "within_one", len(both), float((spread <= 1).mean()) if len(both) else _NAN


def _kappa(full: Scores, scale: Scale, items: list[str], step: float) -> Any:
    ranges = [limits for limits in map(scale.range_of, items) if limits]
    low, high = min(limits.lowest for limits in ranges), max(limits.highest for limits in ranges)
    categories = np.arange(low, high + step / 2, step)
    answers = [
        reliability.weighted_kappa(full[:, one], full[:, other], weights="quadratic", categories=categories.tolist())
        for one, other in combinations(range(full.shape[1]), 2)
    ]
    if len(answers) == 1:
        return answers[0]
    return float(np.mean([answer.estimate for answer in answers]))


def _of_assessment(key: Any, table: pd.DataFrame, scale: Scale) -> list[dict[str, Any]]:
    values = table.to_numpy(dtype=float)
    return [
        _row(key, "assessment", "all_items", figure, subjects, values.shape[1], answer)
        for figure, subjects, answer in _figures(values, scale, list(scale.items))
    ]


def _of_items(tables: Mapping[Any, pd.DataFrame], scale: Scale) -> Iterator[dict[str, Any]]:
    """Yield figures by item; assessors are taken in the order of their names within each assessment."""
    if not tables:
        return
    most = max(table.shape[1] for table in tables.values())
    for item in scale.items:
        rows = [table.loc[item].to_numpy(dtype=float) for table in tables.values()]
        values = np.array([np.r_[row, np.full(most - len(row), np.nan)] for row in rows])
        rated = values[(~np.isnan(values)).sum(axis=1) > 1]
        if not len(rated):
            continue
        enough = len(rated) >= FEWEST_ASSESSMENTS
        for figure, subjects, answer in _figures(rated, scale, [item]) if enough else _plain(rated):
            yield _row(("", ""), "item", item, figure, subjects, most, answer)


def _of_totals(tables: Mapping[Any, pd.DataFrame], scale: Scale) -> tuple[float, list[dict[str, Any]]]:
    """Return the smallest change of a total beyond the assessors' noise, and its row.

    With three assessments or more: from the assessors' own totals. With fewer: from the spread within items, which
    takes the assessors' errors to be independent from item to item.
    """
    if not tables or scale.total.combine == "none":
        return _NAN, []
    raters = min(table.shape[1] for table in tables.values())
    totals = [total_of(table.to_numpy(dtype=float).T, scale).score for table in tables.values()]
    spreads = [float(np.var(own, ddof=1)) for own in totals if not np.isnan(own).any()]
    if len(spreads) >= 3:
        single, why = float(np.mean(spreads)), ""
    else:
        single, why = _from_items(tables, scale), "from the spread within items: too few assessments for totals"
    smallest = 1.96 * float(np.sqrt(2 * single / raters))
    row = _row(("", ""), "total", "total", "smallest_change", len(tables), raters, smallest)
    why_sv = "från spridningen inom punkter: för få tillfällen för totaler" if why else ""
    return smallest, [row | {"why": why, "why_sv": why_sv}]


def _from_items(tables: Mapping[Any, pd.DataFrame], scale: Scale) -> float:
    """Return the variance of one assessor's total from the variance within items and the weight of each item."""
    within = pd.concat([table.var(axis=1, ddof=1) for table in tables.values()])
    ranges = [scale.range_of(name) for name in scale.items]
    low = np.array([[limits.lowest if limits else _NAN for limits in ranges]])
    steps = np.vstack([low, np.repeat(low, len(ranges), axis=0) + np.eye(len(ranges))])
    totals = total_of(steps, scale).score
    weights = totals[1:] - totals[0]
    return float(within.mean()) * float((weights**2).sum())


def _changes(checked: pd.DataFrame, scale: Scale, noise: float) -> pd.DataFrame:
    items = item_scores(checked, scale)
    wide = items.pivot_table(index=KEYS, columns="item", values="score", dropna=False).reindex(
        columns=list(scale.items)
    )
    totals = pd.Series(total_of(wide.to_numpy(dtype=float), scale).score, index=wide.index).dropna()
    rows = []
    for team, own in totals.groupby(level=0):
        for (before, first), (after, last) in pairwise(zip(own.index.get_level_values(1), own, strict=True)):
            change = float(last) - float(first)
            rows.append((team, after, before, change, noise, bool(abs(change) > noise)))
    columns = ["team_id", "assessment", "before", "change", "smallest_change", "larger"]
    types = dict.fromkeys(columns[:3], "str") | {
        "change": "float64",
        "smallest_change": "float64",
        "larger": "bool",
    }
    return pd.DataFrame(rows, columns=columns).astype(types)


def _sentence(rows: pd.DataFrame, language: str) -> str:
    """Return how far the assessors agreed: one sentence, however many assessments there are."""
    keys = rows[list(KEYS)].drop_duplicates().astype("str").to_numpy().tolist()
    same, near = (
        _from_to([percent(value, language=language) for value in _estimates(rows, name)], language)
        for name in ("exact", "within_one")
    )
    icc = [number(value, decimals=2, language=language) for value in _estimates(rows, "icc2")]
    one = f"{keys[0][0]} ({keys[0][1]})"
    if language == "sv":
        where = one if len(keys) == 1 else f"Vid {len(keys)} skattningar"
        gave = f"{where}: bedömarna gav" if len(keys) == 1 else f"{where} gav bedömarna"
        text = f"{gave} samma poäng på {same} av punkterna och högst ett steg isär på {near}"
    else:
        where = one if len(keys) == 1 else f"At {len(keys)} assessments"
        gave = f"{where}: the assessors gave" if len(keys) == 1 else f"{where} the assessors gave"
        text = f"{gave} the same score on {same} of the items, and scores at most one step apart on {near}"
    return text + (f"; ICC(2,1) {_from_to(icc, language)}." if icc else ".")


def _estimates(rows: pd.DataFrame, name: str) -> list[float]:
    """Return the known values of a figure over the assessments, the lowest first."""
    return sorted(rows.loc[rows["figure"] == name, "estimate"].dropna().tolist())


def _from_to(texts: list[str], language: str) -> str:
    """Return the lowest and the highest of some values as one text."""
    if not texts or texts[0] == texts[-1]:
        return texts[0] if texts else HIDDEN
    return f"{texts[0].rstrip('%').rstrip()}–{texts[-1]}"


def _change_sentences(rows: list[dict[str, Any]], language: str) -> list[str]:
    """Return which changes exceed the assessors' noise and which do not: at most two sentences."""
    known = [row for row in rows if row["smallest_change"] == row["smallest_change"]]
    made = []
    for larger in (True, False):
        chosen = [row for row in known if bool(row["larger"]) is larger and row["change"] == row["change"]]
        if chosen:
            noise = number(abs(chosen[0]["smallest_change"]), decimals=2, language=language)
            teams = joined(
                [f"{row['team_id']} ({number(row['change'], decimals=2, language=language)}, {row['before']} "
                 f"{'till' if language == 'sv' else 'to'} {row['assessment']})" for row in chosen],
                language,
            )  # fmt: skip
            made.append(_CHANGED[language][larger].format(teams=teams, noise=noise))
    return made
