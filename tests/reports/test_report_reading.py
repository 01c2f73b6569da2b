"""What a manager meets first: few key figures in words, nothing twice, no code words, charts at their right months."""

from __future__ import annotations

import dataclasses
import io
import re

import openpyxl
import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.display.views import Column, FigureView, KeyFigure, NativeChart, TableView
from factfidelity.reports import cards, parts, sheets, shelves
from factfidelity.reports.outline import column_weights, outline
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.workbook import workbook_bytes


@pytest.fixture(scope="module")
def released():
    return ff.evaluate(ff.sample_extract(seed=5, clients=120, teams=2, years=3)).released()


@pytest.fixture(scope="module", params=["sv", "en"])
def body(request, released):
    pages = ReportPages(released, request.param)
    blocks = [pages.summary(), pages.guide(), *(pages.section(name) for name in pages.sections), pages.methods()]
    blocks += [pages.quality(), pages.hidden(), pages.limits(), pages.definitions(), pages.cover()]
    return request.param, "".join(block.html for block in blocks)


def _words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(style|img)\b.*?>", " ", html, flags=re.DOTALL)))


def test_the_summary_has_at_most_eight_key_figures_of_one_sentence_each(released):
    found = ReportPages(released, "sv").cards()
    assert 3 < len(found) <= cards.MOST_CARDS == 8
    assert all(len(cards.split_sentences(card.sentence)) == 1 and len(card.sentence) < 220 for card in found)
    assert len({card.label for card in found}) == len(found)


def test_no_code_word_stands_on_the_page(body):
    text = re.sub(r"\S+\.(?:csv|xlsx|parquet)", "", _words(body[1]))
    assert not re.findall(r"\b[a-zåäö]+(?:_[a-zåäö0-9]+)+\b", text)


def test_the_swedish_page_has_no_english_words_of_the_trade(body):
    language, html = body
    if language == "sv":
        found = re.findall(r"\b(?:before|after|admissions|bed-days|hidden|shown|team lead)\b", _words(html))
        assert not found


def test_no_table_stands_twice_and_no_section_repeats_its_heading(body):
    tables = re.findall(r"<tbody>(.*?)</tbody>", body[1], flags=re.DOTALL)
    long = [table for table in tables if table.count("<tr") > 4]
    assert len(long) == len(set(long))
    for section in re.findall(r"<section.*?</section>", body[1], flags=re.DOTALL):
        titles = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", section)
        assert len(titles) == len(set(titles))


def test_long_tables_are_folded_and_the_last_section_says_what_it_holds(body):
    language, html = body
    for place in re.finditer(r'<div class="table [^"]*"', html):
        rows = html[place.start() : html.index("</table>", place.start())].count("<tr") - 1
        before = html[: place.start()]
        is_folded = before.count("<details") > before.count("</details>")
        assert is_folded or rows <= 14
    titles = re.findall(r"<h2>(.*?)</h2>", html)
    assert titles[-1] == ("Underlag och versioner" if language == "sv" else "Data and versions")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_headline_says_what_the_intervals_carry_and_no_more(language):
    def one(name, low, high):
        return KeyFigure(f"{name}_ratio", f"{name}, ratio", (low + high) / 2, "", low=low, high=high)

    figures = [one("Beds", 0.5, 0.9), one("Visits", 0.7, 0.99), one("LPT", 1.1, 2.0), one("Days", 0.4, 1.3)]
    said = cards.headline(figures, language)
    sv = "Lägre efter än före: beds och visits. Högre efter än före: LPT. Underlaget räcker inte"
    en = "Lower after than before: beds and visits. Higher after than before: LPT. The data cannot tell"
    assert said.startswith({"sv": sv, "en": en}[language])
    assert said.endswith("days.")
    assert cards.headline([KeyFigure("share", "Share", 0.2, "")], language) == ""


def test_figures_of_one_group_share_a_card_and_many_are_named_by_their_ends():
    def one(team, value):
        return KeyFigure(f"f_{team}", f"Programtrohet, {team}", value, "", decimals=2, group="Programtrohet (X)")

    few = cards._card([one("Norr", 3.5), one("Söder", None), one("Väst", 2.25)], "", "sv")
    assert (few.label, few.value) == ("Programtrohet (X)", "2,25–3,50")
    assert few.sentence == "Norr 3,50, Söder .., Väst 2,25."
    many = cards._card([one(f"T{number}", 2 + number / 10) for number in range(6)], "", "sv")
    assert many.sentence == "6 team: lägst T0 2,00, högst T5 2,50."


@pytest.mark.parametrize(
    ("low", "high", "value", "said"),
    [
        (0.60, 0.82, 0.70, "30 % lägre efter än före (intervall 18–40 %)."),
        (1.10, 1.50, 1.25, "25 % högre efter än före (intervall 10–50 %)."),
        (0.57, 2.35, 1.05, "Underlaget räcker inte för att säga om något ändrades: intervallet omfattar 1."),
    ],
)
def test_a_ratio_is_read_from_its_interval(low, high, value, said):
    figure = KeyFigure("bed_days_ratio", "Vårddygn", value, "", low=low, high=high)
    assert cards.reading_of(figure, "sv").replace("\N{NO-BREAK SPACE}", " ") == said
    assert cards.reading_of(dataclasses.replace(figure, value=None), "sv") == ""


def test_the_quality_flag_counts_the_rows_of_the_tables_that_a_figure_rests_on():
    def delivery(aside):
        columns = [{"name": name} for name in ("file", "tables", "rows", "set_aside")]
        rows = [["a.csv", "enrolments", 400, aside], ["b.csv", "staff, posts", 100, 0], ["c.csv", "visits", 9, 9]]
        return {"views": {"sv": [{"name": "files", "columns": columns, "rows": rows}]}}

    assert cards.quality_of("caseload_ratios", delivery(0), "sv") == "alla rader kunde användas"
    assert cards.quality_of("caseload_ratios", delivery(4), "sv").startswith("små brister")
    told = cards.quality_of("caseload_ratios", delivery(25), "sv").replace("\N{NO-BREAK SPACE}", " ")
    assert told == "brister, 5 % av raderna kunde inte användas"
    assert cards.quality_of("caseload_ratios", {}, "sv") == ""


LONG = pd.DataFrame(
    {
        "team": ["Norr", "Norr", "Norr", "Väst", "Väst"],
        "period": ["jan", "feb", "mars", "feb", "mars"],
        "period_start": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01", "2024-02-01", "2024-03-01"]),
        "rate": [1.0, 2.0, None, 7.0, 8.0],
    }
)
COLUMNS = (Column("team", "Team"), Column("period", "Period"), Column("rate", "Möten", "number", 1))
VIEW = TableView("rates", "Möten per månad", LONG, COLUMNS)


def _figure(table=VIEW, series=("rate",), split="team"):
    native = NativeChart("line", table.name, "period", series, split=split)
    return FigureView("rates", "Möten per månad", "alt", lambda ax: ax, table, native)


def test_a_team_that_begins_later_stands_at_its_own_month_in_the_workbooks_chart():
    wide, _ = sheets.chart_table(_figure(), VIEW)
    assert wide.frame["period"].tolist() == ["jan", "feb", "mars"]
    assert wide.frame["Norr"].tolist()[:2] == [1.0, 2.0]
    assert pd.isna(wide.frame["Norr"].iloc[2])
    assert pd.isna(wide.frame["Väst"].iloc[0])
    assert wide.frame["Väst"].tolist()[1:] == [7.0, 8.0]


def test_a_figure_whose_rows_stand_in_a_table_gets_no_table_of_its_own():
    part = dataclasses.replace(VIEW, name="part", frame=LONG.head(3), columns=COLUMNS[:2])
    other = dataclasses.replace(VIEW, name="other", frame=LONG.assign(rate=9.0))
    assert parts.holder_of(part, [other, VIEW]) is not None
    assert parts.holder_of(dataclasses.replace(VIEW, name="more"), [other]) is None


def test_sheet_names_are_free_short_and_end_with_a_whole_word():
    taken: set[str] = set()
    assert sheets.free_name("Andel kvar i teamet efter så lång tid", taken, "Tabell") == "Andel kvar i teamet"
    taken |= {"före och efter"}
    assert sheets.free_name("Före och efter", taken, "Tabell") == "Före och efter 2"
    assert sheets.free_name("[]", taken, "Tabell") == "Tabell"
    assert all(len(name) <= sheets.LENGTH for names in sheets.SHEETS.values() for name in names)
    for language in (0, 1):
        names = [names[language].casefold() for names in sheets.SHEETS.values()]
        assert len(names) == len(set(names))


def test_the_cover_links_to_every_sheet_and_shares_are_written_as_per_cent(released):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(released, language="sv")))
    cover = book.worksheets[0]
    cells = [row[0] for row in cover.iter_rows()]
    links = {cell.hyperlink.location.split("!")[0].strip("'") for cell in cells if cell.hyperlink}
    assert links == {sheet.title for sheet in book.worksheets[1:]}
    pages = ReportPages(released, "sv")
    shown = [row[1] for row in book["Nyckeltal"].iter_rows(min_row=2)]
    for cell, figure in zip(shown, pages.key_figures(), strict=True):
        if figure.value is not None:
            assert ("%" in cell.number_format) == (figure.form == "percent")


def test_the_plain_outline_keeps_long_tables_for_the_appendix(released):
    elements = list(outline(ReportPages(released, "sv")))
    appendix = next(
        (place for place, one in enumerate(elements) if getattr(one, "text", "") == "Bilaga: längre tabeller"), None
    )
    assert appendix is not None
    results = {view.name for result in ReportPages(released, "sv").results for view in result.views("sv")}
    for one in elements[:appendix]:
        if isinstance(one, TableView) and one.name in results:
            assert len(one.frame) <= 14


def test_columns_are_as_wide_as_their_texts():
    weights = column_weights(VIEW, "sv")
    assert len(weights) == 3
    assert min(weights) >= 4


def test_a_figure_is_shown_for_the_sentence_that_speaks_of_it_and_the_next_for_another(released):
    result = released.results["mirror_outcomes"]
    said: set[str] = set()
    found = [shelves.finding_of(figure, result, "sv", said) for figure in result.figures("sv")]
    assert len(found) == len(set(found)) == len(result.figures("sv"))
    text = " ".join([result.summary("sv"), *(one.sentence for one in result.key_figures("sv"))])
    assert found[0] in text
    assert all(one in text or one == cards.one_line(figure.caption)
               for one, figure in zip(found, result.figures("sv"), strict=True))  # fmt: skip
    days = next(place for place, figure in enumerate(result.figures("sv")) if figure.name == "day_rates")
    assert "dygn" in found[days].lower()
