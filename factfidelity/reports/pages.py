"""The blocks of a report page, made from a released evaluation; a notebook puts them in order."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from factfidelity.display import charts
from factfidelity.display.result import Result
from factfidelity.display.tables import table_html
from factfidelity.display.views import Column, FigureView, KeyFigure, TableView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.released import read_released
from factfidelity.reports.words import GUIDE, LIMITS, SECTIONS, WORDS, word
from factfidelity.schemas.files import read_yaml, shipped_folder
from factfidelity.schemas.plan import Plan
from factfidelity.wording import date, interval, number, percent, pick

_LONG_TABLE = 14
_PIXELS = 100


@dataclass(frozen=True)
class Block:
    """A piece of a page; shows itself in a notebook."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@cache
def environment() -> Environment:
    """Return the templates, every text escaped."""
    return Environment(
        loader=PackageLoader("factfidelity.reports", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def open_report(path: str | Path, *, language: str = "sv") -> ReportPages:
    """Open a released evaluation, ready to be shown block by block.

    Parameters
    ----------
    path : str or Path
        The file ``released.json`` that ``render_report`` writes.
    language : {"sv", "en"}
    """
    return ReportPages(read_released(path), language)


class ReportPages:
    """A released evaluation as blocks of a page, in one language.

    Parameters
    ----------
    released : ReleasedEvaluation
    language : {"sv", "en"}
    """

    def __init__(self, released: ReleasedEvaluation, language: str = "sv") -> None:
        if language not in {"sv", "en"}:
            raise ValueError(f"language must be sv or en, got {language!r}")
        self._released = released
        self.language = language
        self._results = {name: result.in_language(language) for name, result in released.results.items()}
        self.words = {key: text[language] for key, text in WORDS.items()}

    def __repr__(self) -> str:
        return f"ReportPages({self.title!r}, {self.language!r}, {len(self._results)} results)"

    @property
    def title(self) -> str:
        """Title of the report: the plan's, or the care model and the period."""
        given = pick(self.plan.title, self.language) if self.plan.title else ""
        return given or f"{word('report', self.language)} {self.plan.programme.upper()}"

    @property
    def period(self) -> str:
        """The period in words."""
        first, last = (
            date(pd.Timestamp(day), language=self.language, text=True) for day in self._released.provenance["period"]
        )
        return f"{first} – {last}"

    @property
    def sections(self) -> tuple[str, ...]:
        """Ids of the sections that there are results for."""
        return tuple(section for section, _, _ in SECTIONS if self.members(section))

    def _macro(self, name: str, *values: Any) -> Block:
        module = environment().get_template("blocks.html.j2").module
        return Block(str(getattr(module, name)(*values)))

    @property
    def plan(self) -> Plan:
        """The plan that the figures were made by."""
        return self._released.plan

    @property
    def results(self) -> tuple[Result, ...]:
        """The results in their order."""
        return tuple(self._results.values())

    def members(self, section: str) -> list[Result]:
        """Return the results of a section; the last section takes those that are named in none."""
        placed = {name for _, _, names in SECTIONS for name in names}
        for this, _, names in SECTIONS:
            if this == section and names:
                return [self._results[name] for name in names if name in self._results]
        return [result for name, result in self._results.items() if name not in placed]

    def cover(self) -> Block:
        """What the report is about: period, care model, data, versions."""
        return self._macro("cover", self.facts(), self.words)

    def facts(self) -> list[tuple[str, str]]:
        """Return the facts of the cover, by wording."""
        plan, provenance = self._released.plan, self._released.provenance
        made = ", ".join(f"{name} {version}" for name, version in provenance["versions"].items())
        facts = [
            ("period", self.period),
            ("programme", plan.programme.upper()),
            ("team", str(provenance.get("team") or word("all_teams", self.language))),
            ("contact", plan.organisation.contact),
            ("plan", plan.plan),
            ("fingerprint", str(provenance["fingerprint"])),
            ("plan_fingerprint", str(provenance["plan_fingerprint"])),
            ("made_with", made),
        ]
        return [(self.words[key], value) for key, value in facts if value]

    def key_figures(self) -> list[KeyFigure]:
        """Return the few figures that stand first."""
        return [figure for result in self._results.values() for figure in result.key_figures(self.language)]

    def key_figure_view(self) -> TableView:
        """Return the key figures as a table: the sheet and the page show the same."""
        rows = [
            {
                "name": one.label,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "sentence": one.sentence or one.why,
            }
            for one in self.key_figures()
        ]
        columns = ["name", "value", "low", "high", "sentence"]
        frame = pd.DataFrame(rows, columns=columns).astype({"value": "float64", "low": "float64", "high": "float64"})
        headings = ("key_figure", "value", "low", "high", "in_words")
        forms = ("text", "number", "number", "number", "text")
        shown = tuple(
            Column(name, self.words[heading], form, 2)
            for name, heading, form in zip(columns, headings, forms, strict=True)
        )
        return TableView("key_figures", self.words["key_figures"], frame, shown)

    def summary(self) -> Block:
        """One page: the key figures, and the answers in a sentence each."""
        figures = self.key_figures()
        cards = [self._card(figure) for figure in figures]
        return self._macro("summary", cards, [], "", self.words)

    def _card(self, figure: KeyFigure) -> dict[str, str]:
        language = self.language
        form = percent if figure.form == "percent" else number
        value = form(figure.value, decimals=figure.decimals, language=language)
        text = interval(figure.value, figure.low, figure.high, decimals=figure.decimals, language=language)
        if figure.form == "percent" and figure.low is not None and not pd.isna(figure.low):
            low, high = (
                percent(part, decimals=figure.decimals, language=language) for part in (figure.low, figure.high)
            )
            text = f"({'95 % KI' if language == 'sv' else '95% CI'} {low}–{high})"
        bounds = text[text.index("(") + 1 : -1] if "(" in text else ""
        return {"label": figure.label, "value": value, "range": bounds, "sentence": figure.sentence or figure.why}

    def guide(self) -> Block:
        """How to read the report."""
        smallest = self.plan.disclosure.smallest
        texts = [text[self.language].format(smallest=smallest) for text in GUIDE]
        return self._macro("prose", "guide", self.words["guide"], texts, True)

    def section(self, name: str) -> Block:
        """Return one section with its answers, figures and tables; empty where there is no result for it."""
        known = {section: title for section, title, _ in SECTIONS}
        if name not in known:
            raise ValueError(f"there is no section {name!r}; known: {', '.join(known)}")
        parts = [self._part(result) for result in self.members(name)]
        if not parts:
            return Block("")
        return self._macro("section", f"section-{name}", pick(known[name], self.language), parts, self.words)

    def _part(self, result: Result) -> dict[str, Any]:
        language = self.language
        figures = result.figures(language)
        under = {figure.table.name for figure in figures}
        tables = [Markup(table_html(view, language)) for view in result.views(language) if view.name not in under]  # noqa: S704
        return {
            "name": result.name,
            "title": pick(result.title, language),
            "summary": result.summary(language),
            "figures": [self._figure(figure) for figure in figures],
            "tables": tables,
        }

    def _figure(self, figure: FigureView) -> dict[str, Any]:
        ax = charts.figure(figure.size)
        figure.draw(ax)
        svg = base64.b64encode(charts.to_svg(ax).encode("utf-8")).decode("ascii")
        width, height = figure.size
        return {
            "caption": figure.caption,
            "alt": figure.alt,
            "src": f"data:image/svg+xml;base64,{svg}",
            "width": round(width * _PIXELS),
            "height": round(height * _PIXELS),
            "table": Markup(table_html(figure.table, self.language)),  # noqa: S704
            "long": len(figure.table.frame) > _LONG_TABLE,
        }

    def methods(self) -> Block:
        """How each figure was made, from the choices of this very report."""
        parts = [
            {"title": pick(result.title, self.language), "text": result.methods(self.language)}
            for result in self._results.values()
        ]
        return self._macro("methods", self.words["methods"], parts)

    def changes(self) -> Block:
        """What moved since the report before, and what else changed; empty where there was none."""
        views = [Markup(table_html(view, self.language)) for view in self.change_views()]  # noqa: S704
        if not views:
            return Block("")
        text = self._released.changes.get("summary", {}).get(self.language, "")
        return self._macro("tables", "changes", self.words["changes"], [text] if text else [], views)

    def change_views(self) -> list[TableView]:
        """Return the tables that lay this report beside the one before."""
        return [view_of(record) for record in self._released.changes.get("views", {}).get(self.language, [])]

    def quality(self) -> Block:
        """What was delivered, and what of it could be used."""
        views = [Markup(table_html(view, self.language)) for view in self.quality_views()]  # noqa: S704
        text = self._released.delivery.get("summary", {}).get(self.language, "")
        return self._macro("tables", "quality", self.words["quality"], [text] if text else [], views)

    def quality_views(self) -> list[TableView]:
        """Return the tables on the delivery that the report repeats, and the questions that it cannot answer."""
        views = [view_of(record) for record in self._released.delivery.get("views", {}).get(self.language, [])]
        if self._released.missing:
            views.append(self._missing_view())
        return views

    def _missing_view(self) -> TableView:
        rows = [
            {"question": name.replace("_", " "), "why": pick(text, self.language)}
            for name, text in self._released.missing.items()
        ]
        columns = (Column("question", self.words["question"]), Column("why", self.words["why"]))
        return TableView("not_included", self.words["not_included"], pd.DataFrame(rows), columns)

    def hidden_view(self) -> TableView:
        """Return how many cells are hidden in each table."""
        rows = [_hidden_of(result, self.language) for result in self._results.values()]
        headings = ("table", "shown_cells", "hidden_cells")
        columns = tuple(
            Column(name, self.words[name], "text" if name == "table" else "integer", 0) for name in headings
        )
        return TableView("hidden", self.words["hidden"], pd.DataFrame(rows, columns=list(headings)), columns)

    def hidden(self) -> Block:
        """What is not shown, in numbers of cells."""
        table = Markup(table_html(self.hidden_view(), self.language))  # noqa: S704
        return self._macro("tables", "hidden", self.words["hidden"], [], [table])

    def limits(self) -> Block:
        """What the report cannot say."""
        return self._macro("prose", "limits", self.words["limits"], [text[self.language] for text in LIMITS], True)

    def definitions(self) -> Block:
        """What each word means."""
        return self._macro("definitions", self.words["definitions"], list(self.terms()))

    def terms(self) -> Iterable[tuple[str, str]]:
        """Return the words of the report with their meaning."""
        terms: Mapping[str, Any] = read_yaml(shipped_folder("schemas") / "codes" / "definitions.yaml")
        for entry in terms.values():
            yield entry["term"][self.language], entry["meaning"][self.language]


def view_record(view: TableView) -> dict[str, Any]:
    """Return a table view as plain data, to be kept with the released figures."""
    columns = [
        {"name": one.name, "heading": one.heading, "form": one.form, "decimals": one.decimals} for one in view.columns
    ]
    rows = view.frame[[column.name for column in view.columns]].astype("object")
    return {
        "name": view.name,
        "caption": view.caption,
        "columns": columns,
        "rows": rows.where(rows.notna(), None).to_numpy().tolist(),
        "notes": list(view.notes),
    }


def view_of(record: Mapping[str, Any]) -> TableView:
    """Return a table view from plain data."""
    columns = tuple(Column(**column) for column in record["columns"])
    frame = pd.DataFrame(record["rows"], columns=[column.name for column in columns])
    numeric = [column.name for column in columns if column.form in {"integer", "number", "percent"}]
    frame = frame.assign(**{name: pd.to_numeric(frame[name], errors="coerce") for name in numeric})
    return TableView(record["name"], record["caption"], frame, columns, tuple(record.get("notes", ())))


def _hidden_of(result: Result, language: str) -> dict[str, Any]:
    shown = hidden = 0
    for view in result.views(language):
        values = view.frame[[column.name for column in view.columns if column.form not in {"text", "code", "date"}]]
        if view.states is not None:
            hidden += int((view.states == "hidden").to_numpy().sum())
        else:
            hidden += int(values.isna().to_numpy().sum())
        shown += int(values.notna().to_numpy().sum())
    return {"table": pick(result.title, language), "shown_cells": shown, "hidden_cells": hidden}
