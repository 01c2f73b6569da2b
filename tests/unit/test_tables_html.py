"""Tables on a page: headings, numbers in the language, and what two dots mean."""

from dataclasses import dataclass

import pandas as pd
import pytest
from frames import frame

from factfidelity.display.disclosure import DisclosureRule
from factfidelity.display.gate import Gate
from factfidelity.display.methods import methods_section
from factfidelity.display.result import Result
from factfidelity.display.tables import result_html, table_html
from factfidelity.display.views import Column, TableView

VIEW = TableView(
    "care",
    "Care <by team>",
    frame("""
        team  | clients | rate | share
        Norr  | 1204    | 3.25 | 0.264
        Söder |         |      |
    """),
    (
        Column("team", "Team"),
        Column("clients", "Clients", "integer"),
        Column("rate", "Rate", "number"),
        Column("share", "Share", "percent", 0),
    ),
)


def test_headings_carry_their_scope_and_the_caption_is_the_first_thing_in_the_table():
    page = table_html(VIEW, "sv")
    assert "<caption>Care &lt;by team&gt;</caption>" in page
    assert '<th scope="col">Team</th>' in page
    assert '<th scope="col" class="num">Rate</th>' in page
    assert '<th scope="row">Norr</th>' in page
    assert "<script" not in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("language", "texts"), [("sv", ("1\u00a0204", "3,3", "26\u00a0%")), ("en", ("1,204", "3.3", "26%"))]
)
def test_numbers_are_written_as_the_language_writes_them(language, texts):
    page = table_html(VIEW, language)
    for text in texts:
        assert f'<td class="num">{text}</td>' in page


@pytest.mark.parametrize(("language", "words"), [("sv", "visas inte"), ("en", "not shown")])
def test_a_hidden_value_is_two_dots_with_a_note_that_explains_them(language, words):
    page = table_html(VIEW, language)
    assert f'<td class="num hidden"><abbr title="{words}">..</abbr></td>' in page
    assert page.count("<p>..") == 1
    whole = TableView(VIEW.name, VIEW.caption, VIEW.frame.head(1), VIEW.columns)
    assert "<p>.." not in table_html(whole, language)


def test_the_state_of_a_cell_tells_hidden_from_not_available():
    states = pd.DataFrame("shown", index=VIEW.frame.index, columns=VIEW.frame.columns)
    states.loc[1, "rate"] = "not_available"
    page = table_html(TableView(VIEW.name, VIEW.caption, VIEW.frame, VIEW.columns, states=states), "en")
    assert '<abbr title="not available">..</abbr>' in page
    assert '<abbr title="not shown">..</abbr>' in page


def test_a_table_without_rows_says_so():
    assert "Inga rader att visa." in table_html(TableView("a", "b", VIEW.frame.head(0), VIEW.columns), "sv")


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted(Result):
    name = "counted"
    title = {"sv": "Räknat", "en": "Counted"}  # noqa: RUF012
    gates = {"table": Gate(keys=("team",), counts={"clients": ("rate",)})}  # noqa: RUF012

    def summary(self, language=None):
        return "Teams were counted."

    def methods(self, language=None):
        return "Counts are of persons.\n\nTeams were counted once."

    def plot(self, *, ax=None):
        raise NotImplementedError

    def views(self, language=None):
        columns = (Column("team", "Team"), Column("clients", "Clients", "integer"), Column("rate", "Rate", "number"))
        return (TableView("counted", "Counted", self.table, columns),)


SMALL = frame("""
    team  | clients | rate
    Norr  | 40      | 3.5
    Söder | 3       | 8.25
""")


def test_a_result_shows_its_raw_numbers_inside_the_room_and_says_that_they_may_not_leave():
    raw = Counted(table=SMALL)
    assert "Innehåller små antal – får inte lämna den säkra miljön" in raw._repr_html_()
    assert "not for release" in result_html(raw, "en")
    assert "8,3" in raw._repr_html_()


def test_a_released_result_shows_two_dots_and_no_warning():
    page = Counted(table=SMALL).released(DisclosureRule())._repr_html_()
    assert "8,3" not in page
    assert '">..</abbr>' in page
    assert "små antal – får" not in page


def test_the_methods_section_says_each_paragraph_once_and_what_was_hidden():
    text = methods_section([Counted(table=SMALL), Counted(table=SMALL)], "en", rule=DisclosureRule(smallest=7))
    assert text.count("Counts are of persons.") == 1
    assert "Counts from 1 to 6 are not shown (..)" in text
    assert "Antal mellan 1 och 4 visas inte" in methods_section([], "sv", rule=DisclosureRule())


def test_only_a_long_text_asks_for_a_broad_column():
    frame = pd.DataFrame(
        {"month": ["x"], "team": ["FACT Norr"], "why": ["kontakter före indexdagen har inte levererats"]}
    )
    columns = (Column("n", "n", "integer"), Column("month", "Jan"), Column("team", "Team"), Column("why", "Varför"))
    page = table_html(TableView("t", "Täckning", frame.assign(n=[9.0]), columns), "sv")
    assert "<td>x</td>" in page
    assert '<td class="short">FACT Norr</td>' in page
    assert '<td class="long">kontakter' in page
