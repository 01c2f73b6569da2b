"""What leaves the room, attacked by somebody who has the files only.

The attacker is written apart from the library: it knows the tables and what their columns count (the gates say so in
public), adds, subtracts and multiplies, and reads sentences, alt texts and charts. What it finds is held against the
truth, so that a coincidence is told from a leak.
"""

from __future__ import annotations

import io
import itertools
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.delivery import quality_guard
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.released import read_released, released_json
from factfidelity.reports.workbook import workbook_bytes

FEW = range(1, 5)
GUARDED = {"coercion", "legal_status", "death", "diagnosis"}


@pytest.fixture(scope="module")
def made(attacked, tmp_path_factory):
    """A small extract with planted groups, evaluated, released, written and read again."""
    truth, released = attacked
    path = tmp_path_factory.mktemp("room") / "released.json"
    path.write_text(released_json(released), encoding="utf-8")
    return truth, read_released(path), path.read_text(encoding="utf-8")


def counts_of(truth, released):
    """Each released column of persons beside its truth, row by row."""
    for name, result in released.results.items():
        for field, frame in result.frames().items():
            gate, before = result.gates[field], truth.results[name].frames()[field].reset_index(drop=True)
            for count in gate.counts:
                if count in frame.columns and len(frame):
                    yield name, field, count, gate, frame, before


def test_no_number_of_persons_from_1_to_4_is_shown(made):
    truth, released, _ = made
    for name, field, count, _gate, frame, _ in counts_of(truth, released):
        shown = pd.to_numeric(frame[count], errors="coerce")
        assert not shown.isin(list(FEW)).any(), (name, field, count)


def test_neither_none_nor_all_is_shown_where_it_would_tell(made):
    truth, released, _ = made
    for name, field, count, gate, frame, _ in counts_of(truth, released):
        topic = frame[gate.topic] if gate.topic in frame.columns else pd.Series(gate.topic, index=frame.index)
        told = topic.isin(list(GUARDED)).to_numpy(dtype=bool)
        shown = pd.to_numeric(frame[count], errors="coerce").to_numpy(dtype=float)
        whole = gate.wholes.get(count)
        if whole in frame.columns:
            rest = pd.to_numeric(frame[whole], errors="coerce").to_numpy(dtype=float) - shown
            assert not (told & ((shown == 0) | (rest == 0))).any(), (name, field, count)


def test_no_rest_of_a_whole_is_1_to_4(made):
    truth, released, _ = made
    for name, field, count, gate, frame, _ in counts_of(truth, released):
        whole = gate.wholes.get(count)
        if whole in frame.columns:
            rest = pd.to_numeric(frame[whole], errors="coerce") - pd.to_numeric(frame[count], errors="coerce")
            assert not rest.isin(list(FEW)).any(), (name, field, count)


def test_what_all_teams_have_less_the_other_teams_gives_no_hidden_number(made):
    truth, released, _ = made
    for name, field, count, gate, frame, before in counts_of(truth, released):
        for key, total in gate.margins.items():
            others = [one for one in gate.keys if one != key and one in frame.columns]
            lines = frame.groupby(others, dropna=False) if others else [((), frame)]
            for _, line in lines:
                values, true = pd.to_numeric(line[count], errors="coerce"), before.loc[line.index, count]
                is_total = (line[key] == total).to_numpy()
                if is_total.sum() != 1 or values.isna().sum() != 1:
                    continue
                gone = values.isna().to_numpy()
                if pd.isna(true[gone]).all():
                    continue
                found = (values[is_total].sum() if not gone[is_total].any() else 0) - values[~is_total].sum()
                true_total, true_parts = true[is_total].sum(), true[~is_total].sum()
                leaked = true_total == true_parts and abs(float(found)) == float(true[gone].iloc[0])
                assert not (leaked and true[gone].iloc[0] in FEW), (name, field, count, key)


def test_no_hidden_number_is_a_shown_figure_times_a_shown_figure(made):
    """Rate × years, share × whole, mean × number: no coincidence where it gives back the truth in every row."""
    truth, released, _ = made
    for name, field, count, _gate, frame, before in counts_of(truth, released):
        hidden = frame[count].isna().to_numpy() & before[count].notna().to_numpy()
        true = pd.to_numeric(before[count], errors="coerce").to_numpy(dtype=float)
        columns = [one for one in frame.columns if one != count and pd.api.types.is_numeric_dtype(frame[one])]
        for one, other in itertools.combinations(columns, 2):
            left = pd.to_numeric(before[one], errors="coerce").to_numpy(dtype=float)
            right = pd.to_numeric(before[other], errors="coerce").to_numpy(dtype=float)
            known = np.isfinite(left) & np.isfinite(right) & np.isfinite(true)
            if known.sum() < 4 or not np.allclose(left[known] * right[known], true[known], rtol=1e-6):
                continue
            both = frame[one].notna().to_numpy() & frame[other].notna().to_numpy()
            assert not (hidden & both & (true > 0)).any(), (name, field, count, one, other)


def test_nested_groups_of_persons_do_not_differ_by_1_to_4(made):
    truth, released, _ = made
    for name, field, count, gate, frame, before in counts_of(truth, released):
        for key, chain in gate.nested.items():
            others = [one for one in gate.keys if one != key and one in frame.columns]
            for _, line in frame.groupby(others, dropna=False) if others else [((), frame)]:
                order = sorted(line[key].unique()) if chain == ("*",) else chain
                rows = [line[line[key].astype(str) == str(value)] for value in order]
                rows = [row for row in rows if len(row) == 1 and pd.notna(row[count].iloc[0])]
                whole = gate.wholes.get(count, count)
                for one, other in itertools.pairwise(rows):
                    sizes = [before.loc[row.index[0], whole] for row in (one, other)]
                    if sizes[0] != sizes[1]:
                        gap = abs(float(one[count].iloc[0]) - float(other[count].iloc[0]))
                        assert gap not in FEW, (name, field, count, key)


def test_a_part_of_another_table_does_not_leave_a_rest_of_1_to_4(made):
    truth, released, _ = made
    for name, field, count, gate, frame, _ in counts_of(truth, released):
        for source in gate.within.get(count, ()):
            other_name, _, column = source.partition(".")
            other = released.results[name].frames()[other_name]
            keys = [key for key in gate.keys if key in released.results[name].gates[other_name].keys]
            if not keys or not len(other):
                continue
            both = frame[[*keys, count]].merge(
                other[[*keys, column]].drop_duplicates(keys), on=keys, suffixes=("", "_whole")
            )
            whole = both[column if column != count else f"{count}_whole"]
            rest = pd.to_numeric(whole, errors="coerce") - pd.to_numeric(both[count], errors="coerce")
            assert not rest.isin(list(FEW)).any(), (name, field, count, source)


def test_index_stays_and_cohorts_do_not_differ_by_a_few_clients():
    """Two rows of the same clients whose totals differ by what happened to one of them are not both shown."""
    result = ff.mirror_outcomes(ff.sample_extract(seed=21, clients=120, teams=2, years=4))
    stays, before = result.released().stays, result.stays
    few = before["moved_total"].between(1, 4)
    assert few.any()
    assert stays.loc[few.to_numpy(), ["total", "rate"]].isna().all(axis=None)


def text_of(released, language):
    pages = ReportPages(released, language)
    for result in pages.results:
        yield result.name, result.summary(language)
        yield result.name, result.methods(language)
        for figure in result.figures(language):
            yield result.name, figure.alt
        for key in result.key_figures(language):
            yield result.name, f"{key.sentence} {key.why}"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_sentence_and_no_alt_text_counts_1_to_4_persons(made, language):
    _, released, _ = made
    persons = {"sv": r"(?:klient(?:er)?|person(?:er)?|patient(?:er)?)", "en": r"(?:clients?|persons?|patients?)"}[
        language
    ]
    few = re.compile(rf"(?<![\d.,–-])[1-4] {persons}\b(?! (?:per|på|for|for each))")
    allowed = re.compile(r"(?:färre än|minst|under|fewer than|at least|below|1 eller|per|varje|each)\s+[1-5] ")
    for name, text in text_of(released, language):
        for found in few.finditer(text):
            before = text[max(0, found.start() - 14) : found.end()]
            assert allowed.search(before), (name, text[max(0, found.start() - 60) : found.end() + 20])


def test_the_workbook_shows_no_number_that_the_released_figures_hide(made):
    _, released, _ = made
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(released, language="en")))
    assert all(sheet.sheet_state == "visible" for sheet in book.worksheets)
    shown = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            shown |= {value for value in row if isinstance(value, float) and value != int(value)}
    known = set()
    for result in released.results.values():
        for view in result.views("en"):
            known |= {round(float(value), 9) for value in view.frame.select_dtypes("number").to_numpy().ravel()}
        for figure in result.figures("en"):
            known |= {round(float(value), 9) for value in figure.table.frame.select_dtypes("number").to_numpy().ravel()}
        for key in result.key_figures("en"):
            known |= {round(float(value), 9) for value in (key.value, key.low, key.high) if value is not None}
    pages = ReportPages(released, "en")
    for view in [*pages.quality_views(), *pages.change_views(), pages.hidden_view()]:
        known |= {round(float(value), 9) for value in view.frame.select_dtypes("number").to_numpy().ravel()}
    assert not {value for value in shown if round(value, 9) not in known}


def test_the_file_of_released_figures_holds_no_inner_column(made):
    _, released, text = made
    content = json.loads(text)
    for name, record in content["results"].items():
        for field, frame in record["frames"].items():
            gate = released.results[name].gates[field]
            hidden = set(gate.inner) | {column for pair in gate.largest.values() for column in pair}
            assert not hidden & {column for column, _ in frame["columns"]}, (name, field)


def test_a_unit_with_few_rows_a_month_is_shown_by_year_and_one_with_few_a_year_not_at_all():
    months = pd.DataFrame({
        "table": "episodes", "unit": ["Rättspsykiatri"] * 12 + ["Avdelning 2"] * 12, "year": 2021,
        "rows": [0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 2, 1, 0, 0, 1, 0, 1, 0, 1, 1],
        "state": ["outside", "outside", "started", *["silent"] * 6, "stopped", "outside", "outside"]
        + ["reported", "silent"] * 6,
        "mark": "t",
    })  # fmt: skip
    marks = quality_guard.coverage_marks(months)
    assert set(marks[:12]) == {".."}
    assert set(marks[12:]) == {"r"}


def test_the_run_record_does_not_count_the_rows_of_a_few_persons():
    assert quality_guard.shown_rows({"deaths": 3, "clients": 40, "teams": 2}) == {
        "deaths": None, "clients": 40, "teams": 2,
    }  # fmt: skip
    files = pd.DataFrame({
        "file": ["dors.csv", "klienter.csv", "slutenvard.csv"], "tables": ["deaths", "clients", "episodes"],
        "rows": [3, 40, 90], "used": [3, 40, 89], "set_aside": [0, 0, 1],
    })  # fmt: skip
    shown = quality_guard.shown_files(files)
    assert shown["rows"].isna().tolist() == [True, True, False]
