"""The page of a report: self-contained, accessible, the same figures as the workbook."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import re
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest

import factfidelity as ff
from factfidelity.errors import ReportError
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.released import read_released, released_json
from factfidelity.reports.render import render_report, report_html
from factfidelity.reports.shelves import MOST_CHARTS
from factfidelity.reports.workbook import workbook_bytes
from factfidelity.schemas.plan import Disclosure, Organisation
from factfidelity.wording import HIDDEN


@pytest.fixture(scope="module")
def released():
    return ff.evaluate(ff.sample_extract(seed=5, clients=150, teams=3, years=4)).released()


@pytest.fixture(scope="module", params=["sv", "en"])
def page(request, released, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    paths = render_report(released, folder, language=request.param, formats=("html",))
    html = next(path for path in paths if path.suffix == ".html").read_text(encoding="utf-8")
    return request.param, html


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def _tags(html):
    outline = _Outline()
    outline.feed(html)
    return outline.tags


def test_the_page_says_its_language_and_has_one_first_heading(page):
    language, html = page
    tags = _tags(html)
    assert next(attrs for tag, attrs in tags if tag == "html")["lang"] == language
    assert sum(tag == "h1" for tag, _ in tags) == 1


def test_headings_do_not_jump_a_level(page):
    levels = [int(tag[1]) for tag, _ in _tags(page[1]) if re.fullmatch(r"h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_the_page_fetches_nothing_from_outside(page):
    for tag, attrs in _tags(page[1]):
        assert tag not in {"script", "iframe", "object", "link"}, tag
        for name in ("src", "href", "srcset", "action"):
            value = attrs.get(name)
            assert value is None or value.startswith(("data:", "#", "mailto:")), (tag, value)
    assert not re.search(r"url\((?!['\"]?(?:data:|%23))", page[1])
    assert "@import" not in page[1]


def test_every_picture_has_words_and_every_table_a_caption_and_scoped_headings(page):
    html = page[1]
    tags = _tags(html)
    images = [attrs for tag, attrs in tags if tag == "img"]
    assert len(images) >= 4
    assert all(len(attrs.get("alt") or "") > 40 for attrs in images)
    tables = re.findall(r"<table.*?</table>", html, flags=re.DOTALL)
    assert len(tables) >= 8
    for table in tables:
        assert "<caption" in table
        assert all("scope=" in heading for heading in re.findall(r"<th\b[^>]*>", table))


def test_ids_are_unique_and_every_link_leads_somewhere(page):
    tags = _tags(page[1])
    ids = [attrs["id"] for _, attrs in tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for tag, attrs in tags if tag == "a"]
    assert "#content" in links
    assert all(link[1:] in ids for link in links if link.startswith("#"))


def test_the_words_nan_and_none_and_raw_column_names_are_not_on_the_page(page):
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", page[1], flags=re.DOTALL)
    assert not re.search(r"\b(nan|NaN|None|NaT|<NA>|inf)\b", text)


def test_a_page_holds_no_pseudonym(released, page):
    clients = set(ff.sample_extract(seed=5, clients=150, teams=3, years=4).clients["client_id"])
    assert not any(client in page[1] for client in clients)


def test_the_workbook_holds_the_figures_of_the_page(released):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(released, language="en")))
    pages = ReportPages(released, "en")
    sheet = book["Key figures"]
    shown = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    wanted = pages.key_figure_view().frame
    assert len(shown) == len(wanted) > 3
    for row, (_, expected) in zip(shown, wanted.iterrows(), strict=True):
        assert row[0] == expected["name"]
        if expected["value"] == expected["value"]:
            assert row[1] == pytest.approx(expected["value"], abs=1e-12)


@pytest.mark.parametrize("part", ["summary", "tables"])
def test_the_workbook_is_tidy_and_holds_no_formula_no_hidden_sheet_and_no_tiny_name(released, part):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(released, language="sv", part=part)))
    assert book.sheetnames[0] == "Läs mig"
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        assert len(sheet.title) <= 31
        assert not sheet.merged_cells.ranges
        for row in sheet.iter_rows():
            assert not any(cell.data_type == "f" for cell in row)
        if sheet.title not in {"Läs mig", "Diagram"}:
            assert len(sheet.tables) == 1
            assert next(iter(sheet.tables.values())).ref.startswith("A1:")


def test_a_manager_finds_key_figures_and_charts_first_and_every_table_stands_in_one_of_the_workbooks(released):
    content = workbook_bytes(released, language="sv")
    summary = openpyxl.load_workbook(io.BytesIO(content))
    tables = openpyxl.load_workbook(io.BytesIO(workbook_bytes(released, language="sv", part="tables")))
    assert summary.sheetnames[:3] == ["Läs mig", "Nyckeltal", "Diagram"]
    assert len(summary.sheetnames) <= 25
    assert 3 <= len(summary["Diagram"]._charts) <= MOST_CHARTS
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        drawings = "".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/drawings/d"))
    described = re.findall(r'descr="([^"]*)"', drawings)
    assert len(described) == len(summary["Diagram"]._charts)
    assert all(len(text) > 40 for text in described)
    names = [{table.name for sheet in book.worksheets for table in sheet.tables.values()} for book in (summary, tables)]
    assert names[0] & names[1] <= {"t_definitions", "t_notes"}
    wanted = {f"t_{view.name}" for result in ReportPages(released, "sv").results for view in result.views("sv")
              if len(view.frame) and not view.name.startswith("indicators_")}  # fmt: skip
    drawn = {f"{name}_chart" for name in wanted} & (names[0] | names[1])
    assert {name for name in wanted if name not in names[0] | names[1]} <= {one.removesuffix("_chart") for one in drawn}


def test_the_same_evaluation_gives_the_same_bytes(released, tmp_path):
    assert workbook_bytes(released) == workbook_bytes(released)
    first = {path.name: path.read_bytes() for path in render_report(released, tmp_path / "a")}
    second = {path.name: path.read_bytes() for path in render_report(released, tmp_path / "b")}
    assert first == second


def test_hidden_values_are_two_dots_on_the_page_and_absent_from_the_file_of_released_figures(released):
    assert HIDDEN in "".join(ReportPages(released, "sv").section(name).html for name in ReportPages(released).sections)
    assert json.loads(released_json(released))


def test_an_unknown_format_or_language_is_refused(released, tmp_path):
    with pytest.raises(ValueError, match="docm"):
        render_report(released, tmp_path, formats=("docm",))
    with pytest.raises(ValueError, match="fi"):
        render_report(released, tmp_path, language="fi")
    assert not list(tmp_path.iterdir())


def test_the_logo_goes_with_the_released_figures_and_stands_on_the_page_in_any_folder(released, tmp_path):
    plan = released.plan.with_picture("data:image/png;base64,AAAA")
    path = tmp_path / "released.json"
    path.write_text(released_json(dataclasses.replace(released, plan=plan)), encoding="utf-8")
    assert '<img src="data:image/png;base64,AAAA"' in report_html(read_released(path), here=True)


def test_a_logo_that_is_not_there_stops_the_page(released):
    plan = released.plan.model_copy(update={"organisation": Organisation(logo="none.png")})
    with pytest.raises(ReportError, match=r"none\.png"):
        report_html(dataclasses.replace(released, plan=plan), here=True)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_reader_is_told_how_numbers_are_rounded(released, language):
    rounded = released.plan.model_copy(update={"disclosure": Disclosure(method="round", base=6)})
    usual = ReportPages(released, language).guide().html
    told = ReportPages(dataclasses.replace(released, plan=rounded), language).guide().html
    assert {"sv": "avrundade till en multipel av 6", "en": "rounded to a multiple of 6"}[language] in told
    assert {"sv": "6 för 1 till 12", "en": "6 for 1 to 12"}[language] in told
    assert {"sv": "avrundade", "en": "rounded"}[language] not in usual


def test_a_report_of_one_team_is_named_by_the_team(released):
    one = dataclasses.replace(released, provenance={**released.provenance, "team": "FACT Väst"})
    assert ReportPages(one, "sv").title == f"FACT Väst: {ReportPages(released, 'sv').title}"
    assert "FACT Väst" not in ReportPages(released, "en").title
