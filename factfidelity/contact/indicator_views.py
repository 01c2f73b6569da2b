"""The tables of a care model's own indicators, on show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from factfidelity.contact import words
from factfidelity.contact.indicator_words import ANSWERS, LABELS, why_words
from factfidelity.display.views import Column, TableView
from factfidelity.schemas.programme import load_programme, section_title
from factfidelity.wording import pick

_FORMS: Mapping[str, tuple[str, str, str, int]] = {
    "percent": ("Andel", "Share", "percent", 0), "number": ("Per klientår", "Per client-year", "number", 2),
    "days": ("Mediantid", "Median time", "number", 0), "mean": ("Genomsnitt", "Average", "number", 2),
}  # fmt: skip
_KINDS = {"percent": ("andelar", "shares"), "number": ("händelser", "events"), "days": ("tider", "times"),
          "mean": ("genomsnitt", "averages")}  # fmt: skip
_COUNTED = {"percent": ("Antal", "Number"), "number": ("Händelser eller dygn", "Events or days"),
            "days": ("Med händelsen", "With the event"), "mean": ("Summa", "Sum")}  # fmt: skip
_OF = {"percent": ("Av", "Of"), "number": ("Klientår", "Client-years"), "days": ("Av", "Of"),
       "mean": ("Delat med", "Divided by")}  # fmt: skip


def indicator_views(result: Any, language: str) -> tuple[TableView, ...]:
    """Return one table for each section and kind of value, then coverage and answers of surveys."""
    views: list[TableView] = []
    rows = result.delivered() if len(result.table) else result.table
    model = load_programme(result.notes["programme"])
    for section in model.sections if len(rows) else ():
        here = rows.loc[(rows["section"] == section).to_numpy()]
        forms = [form for form in _FORMS if (here["form"] == form).any()]
        views.extend(
            _of_form(result, here.loc[(here["form"] == form).to_numpy()], section, form, language) for form in forms
        )
    return (*views, *_surveys(result, language))


def _of_form(result: Any, rows: pd.DataFrame, section: str, form: str, language: str) -> TableView:
    place = 0 if language == "sv" else 1
    records: list[Mapping[str, Any]] = rows.to_dict("records")  # type: ignore[assignment]
    said = words.with_team_names(rows, language).assign(
        indicator_name=[pick(LABELS[name], language) for name in rows["indicator"]],
        unit=[result.unit(row, language) for row in records],
        because=[why_words(row["why"], language) for row in records],
    )
    *titles, kind, decimals = _FORMS[form]
    columns = [
        Column("team", "Team"),
        Column("indicator_name", ("Indikator", "Indicator")[place]),
        Column("value", str(titles[place]), kind, decimals),
    ]
    if form == "days":
        columns += [Column("unit", ("Enhet", "Unit")[place])]
        ends = (("low", ("Nedre gräns", "Lower limit")), ("high", ("Övre gräns", "Upper limit")))
        columns += [Column(name, text[place], "number", 0) for name, text in ends if rows[name].notna().any()]
    exact = 1 if form == "number" else 0  # client-years; the others are days and heads
    columns += [Column("numerator", _COUNTED[form][place], "number", 0),
                Column("denominator", _OF[form][place], "number", exact),
                Column("persons", ("Klienter", "Clients")[place], "integer")]  # fmt: skip
    if said["because"].ne("").any():
        columns += [Column("because", ("Anmärkning", "Remark")[place])]
    caption = f"{pick(section_title(section), language)}: {_KINDS[form][place]}"
    return TableView(f"indicators_{section}_{form}", caption, said, tuple(columns), (result.methods(language),))


def _surveys(result: Any, language: str) -> list[TableView]:
    place = 0 if language == "sv" else 1
    if not len(result.coverage):
        return _actions(result, language)
    instrument = Column("instrument", ("Enkät eller revision", "Questionnaire or audit")[place])
    share = Column("share", ("Andel", "Share")[place], "percent", 0)
    who = words.with_team_names(result.coverage, language)
    what = words.with_team_names(result.answers, language)
    what = what.assign(answer=words.in_words(what["answer"], ANSWERS, language))
    first = (Column("team", "Team"), instrument, Column("answered", ("Svarande", "Answered")[place], "integer"),
             Column("persons", ("Inskrivna", "Enrolled")[place], "integer"), share)  # fmt: skip
    then = (Column("team", "Team"), instrument, Column("item", ("Fråga eller tema", "Question or theme")[place]),
            Column("answer", ("Svar", "Answer")[place]),
            Column("persons", ("Svarande", "Answered")[place], "integer"), share)  # fmt: skip
    captions = (("Hur många som svarade", "How many answered"), ("Vad de svarade", "What they answered"))
    note = ("Andelen som svarade avgör vad svaren kan säga om alla.",
            "The share who answered decides what the answers can say of all.")[place]  # fmt: skip
    return [TableView("survey_coverage", captions[0][place], who, first, (note,)),
            TableView("survey_answers", captions[1][place], what, then), *_actions(result, language)]  # fmt: skip


def _actions(result: Any, language: str) -> list[TableView]:
    """Return what was decided after audits and questionnaires, and what became of it."""
    if not len(result.actions):
        return []
    place = 0 if language == "sv" else 1
    rows = words.with_team_names(result.actions, language)
    heads = {"decided": ("Beslutade", "Decided"), "done": ("Genomförda", "Done"),
             "on_time": ("I tid", "On time"), "overdue": ("Försenade", "Overdue")}  # fmt: skip
    columns = (Column("team", "Team"), Column("instrument", ("Enkät eller revision", "Questionnaire or audit")[place]),
               Column("item", ("Fråga eller tema", "Question or theme")[place]),
               *(Column(name, text[place], "integer") for name, text in heads.items()))  # fmt: skip
    return [TableView("survey_actions", ("Åtgärder", "Actions")[place], rows, columns)]
