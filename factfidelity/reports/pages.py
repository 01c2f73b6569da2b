"""The blocks of a report page, made from a released evaluation; a notebook puts them in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader

from factfidelity.display.result import Result
from factfidelity.display.views import Column, KeyFigure, TableView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.cards import Card, cards_of, headline, one_line, quality_of, reading_of, split_sentences
from factfidelity.reports.chapters import Chapter, chapters_of, result_title
from factfidelity.reports.checklist import checklist_view
from factfidelity.reports.once import once, views_of
from factfidelity.reports.parts import part_of, quiet, tables_of
from factfidelity.reports.plain import view_of
from factfidelity.reports.released import open_released
from factfidelity.reports.words import GUIDE, LEADS, LIMITS, ROUNDED, SECTIONS, TABLES, WORDS, word
from factfidelity.schemas.files import read_yaml, shipped_folder
from factfidelity.schemas.plan import Plan
from factfidelity.schemas.programme import load_programme, section_names
from factfidelity.wording import date, pick

# Of the tables on the delivery: what a reader of the report needs. The delivery report holds all of it.
_DELIVERY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rules": ("severity", "file", "what", "count"),
    "files": ("file", "tables", "rows", "used", "duplicate", "superseded", "furniture", "set_aside"),
}


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
    return pages_of(open_released(path), language)


def pages_of(released: ReleasedEvaluation, language: str) -> ReportPages:
    """Return a released evaluation as blocks of a page, the same for all files of a report."""
    return once(("pages", released, language), lambda: ReportPages(released, language))


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
        self.chapters: tuple[Chapter, ...] = chapters_of(self._results, language)

    def __repr__(self) -> str:
        return f"ReportPages({self.title!r}, {self.language!r}, {len(self._results)} results)"

    @property
    def title(self) -> str:
        """Title of the report: the plan's, or the care model; a report of one team is named by the team as well."""
        given = pick(self.plan.title, self.language) if self.plan.title else ""
        team = str(self._released.provenance.get("team") or "")
        title = given or f"{word('report', self.language)} {self.programme}"
        return f"{team}: {title}" if team else title

    @property
    def programme(self) -> str:
        """Short name of the care model."""
        return pick(load_programme(self.plan.programme).short, self.language)

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
        return tuple(chapter.name for chapter in self.chapters)

    @property
    def _smallest(self) -> int:
        return self.plan.disclosure.smallest

    def _tables(self, views: Sequence[TableView]) -> list[dict[str, Any]]:
        return tables_of(quiet(views, ""), self.language, smallest=self._smallest)

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
        return [result for chapter in self.chapters if section in (chapter.name, chapter.group)
                for result in chapter.results]  # fmt: skip

    def cover(self) -> Block:
        """What the report is about: period, care model, data, versions."""
        return self._macro("cover", self.facts(), self.words)

    def cover_facts(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return what every reader asks first, and the versions and check sums that stand last."""
        first = {self.words[key] for key in ("period", "programme", "team", "contact")}
        facts = self.facts()
        return [pair for pair in facts if pair[0] in first], [pair for pair in facts if pair[0] not in first]

    def facts(self) -> list[tuple[str, str]]:
        """Return the facts of the cover, by wording."""
        plan, provenance = self._released.plan, self._released.provenance
        made = ", ".join(f"{name} {version}" for name, version in provenance["versions"].items())
        facts = [
            ("period", self.period),
            ("programme", pick(load_programme(plan.programme).name, self.language)),
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

    def cards(self) -> list[Card]:
        """Return the key figures of the summary: at most eight, one line each."""
        return cards_of(self._results, self._released.delivery, self.language)

    def key_figure_view(self) -> TableView:
        """Return all key figures as a table, each with what it rests on."""
        rows = [
            {
                "name": one.label,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "sentence": one_line(one.sentence or one.why),
                "reading": reading_of(one, self.language),
                "quality": quality_of(result.name, self._released.delivery, self.language),
            }
            for result in self._results.values()
            for one in result.key_figures(self.language)
        ]
        headings = ("key_figure", "value", "low", "high", "in_words", "reading", "quality_flag")
        columns = ["name", "value", "low", "high", "sentence", "reading", "quality"]
        frame = pd.DataFrame(rows, columns=columns).astype({"value": "float64", "low": "float64", "high": "float64"})
        shown = tuple(
            Column(name, self.words[heading], "number" if name in {"value", "low", "high"} else "text", 2)
            for name, heading in zip(columns, headings, strict=True)
        )
        # A figure without an interval hides none: its limits are left empty.
        states = frame.astype("object").where(frame.isna(), "shown").fillna("none")
        states["value"] = states["value"].replace("none", "hidden")
        title = self.words["key_figures"]
        return TableView("key_figures", title, frame, shown, states=states, sheet=title)

    def summary(self) -> Block:
        """One page: the key figures, one line each, with how sure they are and what they rest on."""
        places = {result.name: f"section-{chapter.name}" for chapter in reversed(self.chapters)
                  for result in chapter.results}  # fmt: skip
        return self._macro("summary", self.cards(), self.leads(), places, self.words)

    def leads(self) -> list[str]:
        """Return the design, the sources and the main finding, as a reader of a study asks for first."""
        known = {"programme": self.programme, "period": self.period}
        compared = self._results.get("mirror_outcomes")
        texts = [self.words["design"].format(**known)]
        if compared is not None:
            texts += [self.words["own_before"], headline(compared.key_figures(self.language), self.language)]
        return [text for text in (*texts, self.words["questions_first"]) if text]

    def in_order(self) -> list[Result]:
        """Return the results in the order of their sections."""
        names = dict.fromkeys(result.name for chapter in self.chapters for result in chapter.results)
        return [self._results[name] for name in (*names, *(name for name in self._results if name not in names))]

    def guide(self) -> Block:
        """How to read the report."""
        return self._macro("prose", "guide", self.words["guide"], self.guide_texts(), True)

    def guide_texts(self) -> list[str]:
        """Return how the report is read, a text for each rule."""
        rule = self.plan.disclosure
        texts = (*GUIDE[:2], ROUNDED, *GUIDE[2:]) if rule.method == "round" else GUIDE
        numbers = {"smallest": rule.smallest, "base": rule.base, "most": 2 * rule.base}
        return [text[self.language].format(**numbers) for text in texts]

    def section(self, name: str, *, but: Sequence[str] = ()) -> Block:
        """Return one section with its answers, figures and tables; empty where there is no result for it.

        Parameters
        ----------
        name : str
            ``indicators`` gives one section for each of those that the care model's own indicators fill, and
            ``indicators-school`` and the like one of them.
        but : sequence of str
            Sections that stand elsewhere in the report, to be left out of a group.
        """
        named = [section for section, _, _ in SECTIONS]
        known = dict.fromkeys([*named, *(f"indicators-{section}" for section in section_names()), *self.sections])
        if unknown := [one for one in (name, *but) if one not in known]:
            raise ValueError(f"there is no section {unknown[0]!r}; known: {', '.join(known)}")
        blocks = []
        for chapter in self.chapters:
            if name in (chapter.name, chapter.group) and chapter.name not in but:
                apart = "" if chapter.name == chapter.group else f"{chapter.name}-"
                parts = [
                    part_of(one, self.language, smallest=self._smallest, under=chapter.title, apart=apart)
                    for one in chapter.results
                ]
                lead = pick(LEADS[chapter.name], self.language) if chapter.name in LEADS else ""
                place = f"section-{chapter.name}"
                blocks.append(self._macro("section", place, chapter.title, lead, parts, self.words).html)
        return Block("\n".join(blocks))

    def text(self, *, sv: str, en: str) -> Block:
        """Return a paragraph of your own in the report's language, for the notebook that puts a report together."""
        return Block(f'<p class="own">{escape({"sv": sv, "en": en}[self.language])}</p>')

    def methods(self) -> Block:
        """How each figure was made, from the choices of this very report."""
        parts = [
            {"name": result.name, "title": result.heading(self.language), "text": result.methods(self.language)}
            for result in self.in_order()
        ]
        return self._macro("methods", self.words["methods"], parts)

    def changes(self) -> Block:
        """What moved since the report before, and what else changed; empty where there was none."""
        views = self._tables(self.change_views())
        if not views:
            return Block("")
        text = self._released.changes.get("summary", {}).get(self.language, "")
        return self._macro("tables", "changes", self.words["changes"], [text] if text else [], views, self.words)

    def change_views(self) -> list[TableView]:
        """Return the tables that lay this report beside the one before."""
        return [view_of(record) for record in self._released.changes.get("views", {}).get(self.language, [])]

    def quality(self) -> Block:
        """What was delivered, and what of it could be used."""
        views = self._tables(self.quality_views())
        told = self._released.delivery.get("summary", {}).get(self.language, "")
        # Which file fed which table is for the one who mends the mapping: the delivery report says it.
        text = " ".join(one for one in split_sentences(told) if "←" not in one) if told else ""
        return self._macro("tables", "quality", self.words["quality"], [text] if text else [], views, self.words)

    def quality_views(self) -> list[TableView]:
        """Return the tables on the delivery that the report repeats, and the questions that it cannot answer."""
        records = self._released.delivery.get("views", {}).get(self.language, [])
        views = [delivery_view(view_of(record), self.language) for record in records]
        if self._missing_rows():
            views.append(self._missing_view())
        return views

    def _missing_rows(self) -> list[dict[str, str]]:
        names = {result.name: result.heading(self.language) for result in self._results.values()}
        asked = [(names.get(name, result_title(name, self.language)), pick(text, self.language))
                 for name, text in self._released.missing.items()]  # fmt: skip
        lacking = [pair for result in self._results.values() for pair in result.lacking(self.language)]
        return [{"question": question, "why": why} for question, why in (*asked, *lacking)]

    def _missing_view(self) -> TableView:
        rows = self._missing_rows()
        columns = (Column("question", self.words["question"]), Column("why", self.words["why"]))
        return TableView("not_included", self.words["not_included"], pd.DataFrame(rows), columns)

    def hidden_view(self) -> TableView:
        """Return how many cells are hidden in each table."""
        rows = once(("hidden", self), lambda: [_hidden_of(result, self.language) for result in self._results.values()])
        headings = ("table", "shown_cells", "hidden_cells")
        columns = tuple(
            Column(name, self.words[name], "text" if name == "table" else "integer", 0) for name in headings
        )
        return TableView("hidden", self.words["hidden"], pd.DataFrame(rows, columns=list(headings)), columns)

    def hidden(self) -> Block:
        """What is not shown, in numbers of cells."""
        return self._macro("tables", "hidden", self.words["hidden"], [], self._tables([self.hidden_view()]), self.words)

    def checklist_view(self) -> TableView:
        """Return what a report on register data should tell, and where this one tells it."""
        return checklist_view(set(self._results), self.language)

    def checklist(self) -> Block:
        """The checklist after STROBE and RECORD, filled in."""
        tables = self._tables([self.checklist_view()])
        return self._macro("tables", "checklist", self.words["checklist"], [], tables, self.words)

    def limits(self) -> Block:
        """What the report cannot say."""
        return self._macro("prose", "limits", self.words["limits"], [text[self.language] for text in LIMITS], True)

    def definitions(self) -> Block:
        """What each word means."""
        return self._macro("definitions", self.words["definitions"], list(self.terms()))

    def terms(self) -> Iterable[tuple[str, str]]:
        """Return the words of the report with their meaning."""
        terms: Mapping[str, Any] = read_yaml(shipped_folder("schemas") / "codes" / "definitions.yaml")
        sections = load_programme(self.plan.programme).sections
        for entry in terms.values():
            if not entry.get("sections") or set(entry["sections"]) & set(sections):
                yield entry["term"][self.language], entry["meaning"][self.language]


def delivery_view(view: TableView, language: str) -> TableView:
    """Return a table of the delivery with the columns that a reader of the report needs, and tables by their names."""
    kept = _DELIVERY_COLUMNS.get(view.name)
    columns = tuple(column for column in view.columns if kept is None or column.name in kept)
    known = {name: pick(text, language) for name, text in TABLES.items()}
    frame = view.frame.copy()
    for name in {"tables", "file"} & set(frame.columns):
        frame[name] = [", ".join(known.get(part, part) for part in str(text or "").split(", ")) for text in frame[name]]
    return dataclasses.replace(view, frame=frame, columns=columns)


def _hidden_of(result: Result, language: str) -> dict[str, Any]:
    shown = hidden = 0
    for view in views_of(result, language):
        values = view.frame[[column.name for column in view.columns if column.form not in {"text", "code", "date"}]]
        empty = values.isna().to_numpy()
        if view.states is not None:
            empty = empty & (view.states[values.columns] != "none").to_numpy()
        hidden += int(empty.sum())
        shown += int(values.notna().to_numpy().sum())
    return {"table": result.heading(language), "shown_cells": shown, "hidden_cells": hidden}
