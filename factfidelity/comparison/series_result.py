"""SeriesEffect: an interrupted time series, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.comparison import words
from factfidelity.comparison.shown import direction, estimates_view, is_missing, none, row_of, said
from factfidelity.display import charts
from factfidelity.display.counted import CountedResult
from factfidelity.display.gate import Gate
from factfidelity.display.views import FigureView, TableView, columns_in
from factfidelity.wording import date, number, percent, pick

_ALL = ("table.persons", "table.count")
_FITTED = ("fitted", "expected", "expected_low", "expected_high", "averted", "averted_low", "averted_high")
_METHODS = {
    "sv": "Avbruten tidsserie (segmenterad regression) med {before} perioder före och {after} efter {start}. "
    "Antalen modellerades log-linjärt ({family}{offset}) med en trend och {terms}{season}{phase}; {errors}. Det "
    "väntade är modellens fortsättning utan förändringen; hur många färre det blev summeras över perioderna efter, "
    "med deltametodens intervall ({level}). Residualernas autokorrelation redovisas. Utan jämförelseserie kan annat "
    "som hände samtidigt inte skiljas från förändringen.",
    "en": "Interrupted time series (segmented regression) with {before} periods before and {after} after {start}. "
    "Counts were modelled log-linearly ({family}{offset}) with a trend and {terms}{season}{phase}; {errors}. What was "
    "expected is the model's continuation without the change; how many fewer there were is summed over the periods "
    "after it, with delta-method intervals ({level}). The autocorrelation of the residuals is shown. Without a control "
    "series, other things that happened at the same time cannot be told from the change.",
}
_FAMILY = {
    "quasi_poisson": {"sv": "kvasi-Poisson", "en": "quasi-Poisson"},
    "poisson": {"sv": "Poisson", "en": "Poisson"},
    "negative_binomial": {"sv": "negativ binomial", "en": "negative binomial"},
}
_COARSE = {
    "quarter": {"sv": "Visas per kvartal.", "en": "Shown by quarter."},
    "half_year": {"sv": "Visas per halvår.", "en": "Shown by half-year."},
}
_TERMS = {
    "level": {"sv": "ett nivåskifte", "en": "a step"},
    "slope": {"sv": "en ny lutning", "en": "a new slope"},
    "level,slope": {"sv": "ett nivåskifte och en ny lutning", "en": "a step and a new slope"},
}


@dataclass(frozen=True, kw_only=True, eq=False)
class SeriesEffect(CountedResult):
    """A series of counts before and after a known day.

    Attributes
    ----------
    table : DataFrame, one row per period
        period_start, count, exposure, persons (where known), after, used (not phase-in), rate (per ``per`` of time).
    fit : DataFrame, one row per period
        at, after, fitted, expected (without the change) with expected_low and _high (rates), averted (fewer than
        expected, summed since the change) with averted_low and _high.
    change : DataFrame, one row per estimand
        estimand (trend, level, slope: rate ratios; averted: a number), estimate, low, high, p, why.
    residuals : DataFrame, one row per lag
        lag, autocorrelation.
    test : DataFrame, one row
        p of Ljung and Box's test that the residuals are white noise, and the dispersion (1: counts as Poisson).
    """

    name: ClassVar[str] = "interrupted_series"
    title: ClassVar[Mapping[str, str]] = {"sv": "Avbruten tidsserie", "en": "Interrupted time series"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("period_start",), {"persons": ("count", "rate"), "clients": ("exposure",)}, wholes={"persons": "clients"},
            largest={"count": ("largest", "two_largest")}, topic="topic",
        ),
        # A sum of fitted values equals the sum observed, so one hidden period hides the whole model.
        "fit": Gate(("at",), follows=dict.fromkeys(_ALL, _FITTED)),
        "change": Gate(("estimand",), follows=dict.fromkeys(_ALL, ("estimate", "low", "high", "p"))),
        "residuals": Gate(("lag",), follows=dict.fromkeys(_ALL, ("autocorrelation",))),
        "test": Gate(("test",), follows=dict.fromkeys(_ALL, ("p", "dispersion"))),
    }  # fmt: skip

    fit: pd.DataFrame = field(default_factory=none)
    change: pd.DataFrame = field(default_factory=none)
    residuals: pd.DataFrame = field(default_factory=none)
    test: pd.DataFrame = field(default_factory=none)

    def _unit(self, language: str) -> str:
        if self.notes["timed"] == "False":
            return {"sv": "antal per period", "en": "number per period"}[language]
        if self.notes["time"] == "years":
            return {"sv": "per klientår", "en": "per client-year"}[language]
        per = number(float(self.notes["per"]), decimals=0, language=language)
        return {"sv": f"per {per} enheter tid eller befolkning", "en": f"per {per} of time or population"}[language]

    def summary(self, language: str | None = None) -> str:
        """Say how the series lay to what its course before would have given."""
        chosen = language or self.language
        level = float(self.notes["level"])
        term = "level" if "level" in self.notes["terms"] else "slope"
        row, averted = row_of(self.change, estimand=term), row_of(self.change, estimand="averted")
        ratio, fewer = said(row, chosen, level=level), said(averted, chosen, decimals=0, level=level)
        start, label = self._start(chosen), self._label(chosen)
        if chosen == "sv":
            what = "nivån jämfört med den väntade" if term == "level" else "den ändrade lutningen per period"
            text = f"Från {start} var {what} {ratio} för {label}. Väntat antal minus utfallet: {fewer}."
        else:
            what = "the level against the expected one" if term == "level" else "the change of slope per period"
            text = f"From {start}, {what} was {ratio} for {label}. Expected number less the actual one: {fewer}."
        return f"{text} {direction(row, 1.0, chosen)} {self._noise(chosen)}".strip()

    def _start(self, language: str) -> str:
        start = self.notes["start"]
        return date(pd.Timestamp(start), language=language) if "-" in start[1:] else f"period {start}"

    def _noise(self, language: str) -> str:
        p = self.test["p"].iloc[0] if len(self.test) else None
        if p is None or is_missing(p) or p >= 0.05 or self.notes["errors"] in ("HAC", "AR1"):
            return ""
        return {
            "sv": "Residualerna är autokorrelerade och intervallen för smala: använd errors=”AR1” eller säsongstermer.",
            "en": "The residuals are autocorrelated, the intervals too narrow: use errors='AR1' or seasonal terms.",
        }[language]

    def methods(self, language: str | None = None) -> str:
        """Say how the series was modelled."""
        chosen, notes = language or self.language, self.notes
        sv = chosen == "sv"
        pairs, gap = int(notes["harmonics"]), int(notes["phase_in"])
        season = (
            (f", säsong med {pairs} par sinus/cosinus" if sv else f", season with {pairs} sine/cosine pairs")
            if pairs
            else ""
        )
        phase = (
            (f"; de första {gap} perioderna utelämnades" if sv else f"; the first {gap} periods were left out")
            if gap
            else ""
        )
        robust = {
            "model": ("modellens medelfel", "model errors"), "HAC": ("Newey–Wests medelfel", "Newey–West errors"),
            "AR1": ("medelfel med autokorrelation mellan perioder", "errors with autocorrelation between periods"),
            "HC0": ("robusta medelfel", "robust errors"), "HC1": ("robusta medelfel", "robust errors"),
        }[notes["errors"]]  # fmt: skip
        offset = ", med tid eller befolkning som offset" if sv else ", with time or population as offset"
        return _METHODS[chosen].format(
            before=notes["periods_before"], after=notes["periods_after"], start=self._start(chosen),
            family=words.say(_FAMILY, notes["family"], chosen), offset=offset if notes["timed"] == "True" else "",
            terms=words.say(_TERMS, notes["terms"], chosen), season=season, phase=phase, errors=robust[0 if sv else 1],
            level=percent(float(notes["level"]), language=chosen),
        )  # fmt: skip

    def _course(self) -> pd.DataFrame:
        observed = self.table.set_index("period_start").reindex(self.fit["at"]).reset_index(drop=True)
        return self.fit.assign(rate=observed["rate"].to_numpy(dtype="float64", na_value=float("nan")))

    def _lines(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        course = self._course()
        parts = []
        for name, value, low, high in (
            ("observed", "rate", None, None), ("fitted", "fitted", None, None),
            ("expected", "expected", "expected_low", "expected_high"),
        ):  # fmt: skip
            rows = course if name != "expected" else course[course["after"].astype("boolean").fillna(False)]
            gone = [float("nan")] * len(rows)
            parts.append(
                pd.DataFrame(
                    {
                        "at": rows["at"], "value": rows[value], "kind": name,
                        "low": rows[low] if low else gone, "high": rows[high] if high else gone,
                    }
                )
            )  # fmt: skip
        names = {
            "observed": {"sv": "Observerat", "en": "Observed"}, "fitted": {"sv": "Modell", "en": "Model"},
            "expected": {"sv": "Väntat", "en": "Expected"},
        }  # fmt: skip
        start = self.notes["start"]
        changed = course["after"].astype("boolean").fillna(False)
        at = course.loc[changed, "at"].iloc[0] if changed.any() else course["at"].iloc[-1]
        mark = (at, {"sv": "förändring", "en": "change"}[language]) if start else None
        look = {
            "x": "at", "y": "value", "series": "kind", "unit": self._unit(language), "mark": mark, "form": "number",
            "names": {key: value[language] for key, value in names.items()}, "language": language,
        }  # fmt: skip
        return pd.concat(parts, ignore_index=True), look

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw observed, modelled and expected rates."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._lines(language)
        return charts.lines(rows, **look, low="low", high="high", ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the estimates, the course and the residuals."""
        chosen = language or self.language
        sv, label = chosen == "sv", self._label(chosen)
        p, spread = (number(self.test[name].iloc[0], decimals=3, language=chosen) for name in ("p", "dispersion"))
        noise = f"Ljung–Box p = {p}; {'dispersion' if not sv else 'spridning'} = {spread}"
        course = self._course().merge(
            self.table.drop(columns=["rate", "after"]), left_on="at", right_on="period_start", how="left"
        )
        timed = pd.api.types.is_datetime64_any_dtype(course["at"])
        course["period"] = [date(at, language=chosen) if timed else str(at) for at in course["at"]]
        counts = [name for name in ("persons",) if name in course]
        shown = ("period", *counts, "count", "exposure", "rate", "fitted", "expected", "expected_low", "expected_high",
                 "averted", "averted_low", "averted_high")  # fmt: skip
        caption = f"{label.capitalize()}: {'före och efter, ' if sv else 'before and after, '}{self._unit(chosen)}"
        residuals = "Residualernas autokorrelation" if sv else "Autocorrelation of the residuals"
        what = "Förändring mot det egna förloppet" if sv else "Change against its own course"
        coarse = () if self.notes["every"] in ("", "month") else (words.say(_COARSE, self.notes["every"], chosen),)
        return (
            estimates_view("series_change", f"{what}: {label}", self.change, chosen),
            TableView("series_course", caption, course, columns_in(chosen, words.HEADS, shown), coarse),
            TableView("series_residuals", residuals, self.residuals,
                      columns_in(chosen, words.HEADS, ("lag", "autocorrelation")), (noise,)),
        )  # fmt: skip

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of the course."""
        chosen = language or self.language
        rows, look = self._lines(chosen)
        view = self.views(chosen)[1]
        alt = charts.alt.lines(
            rows, **{**look, "what": f"{pick(self.title, chosen)}, {self._label(chosen)}"}, decimals=2
        )
        return (FigureView("series_course", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
