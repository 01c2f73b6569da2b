"""All that a batch writes, laid side by side: three years, every team beside the whole, in both languages.

The script sees the files: the released figures of every report, pages, workbooks and the charts in them.
"""

from __future__ import annotations

from pathlib import Path

import attacker
import numpy as np
import pandas as pd
import pytest
from attacker_of_reports import attack_on_files, leaks, turned
from small_groups import with_small_groups

import factfidelity as ff
from factfidelity.evaluation import cut_at, evaluate, only_team
from factfidelity.reports.batch import render_batch
from factfidelity.reports.released import read_released

NORD = Path(ff.__file__).parents[1] / "sample_data" / "region_nord"
FEW = range(1, 5)


@pytest.fixture(scope="module")
def batch(request, tmp_path_factory):
    """The folder of a batch, what is true of each report in it, and what the attacker made of all together."""
    extract, plan, years = request.param()
    root = tmp_path_factory.mktemp("batch")
    outcome = render_batch(extract, plan, root, years=years, formats=("html", "xlsx"))
    assert not outcome.failed
    truths, reports = {}, {}
    for folder in dict.fromkeys(job.folder for job in outcome.done):
        job = next(job for job in outcome.done if job.folder == folder)
        cut = cut_at(extract, min(pd.Timestamp(job.year + 1, 1, 1), extract.end))
        part = cut if job.team == "all" else only_team(cut, job.team)
        path = root / folder / "released.json"
        truths[folder] = evaluate(part, plan, grains=read_released(path).provenance["grains"]).results
        reports[folder] = attacker.tables_of_json(path.read_text(encoding="utf-8"))
    sums = [
        (f"{year}/all", [one for one in reports if one.startswith(f"{year}/") and one != f"{year}/all"])
        for year in years
    ]
    numbers, hidden = sum(len(column) for column in _columns(reports)), _hidden(reports)
    attacker.work_out_union(reports, sums=sums)
    print(f"{len(reports)} reports, {numbers} numbers, {hidden - _hidden(reports)} of {hidden} empty ones worked out")
    return root, truths, reports


def _columns(reports):
    return [column for one in reports.values() for table in one.values() for column in table.numbers.values()]


def _hidden(reports):
    return sum(int(np.isnan(column).sum()) for column in _columns(reports))


def nord():
    return with_small_groups(ff.load_extract(NORD)), ff.load_plan(NORD / "plan.yaml"), [2022, 2023, 2024]


def small():
    return ff.sample_extract(seed=17, clients=110, teams=2, years=4), ff.load_plan(), [2020, 2021]


KINDS = [pytest.param(make, marks=pytest.mark.slow) for make in (small, nord)]


@pytest.mark.parametrize("batch", KINDS, indirect=True)
def test_teams_and_years_together_give_no_number_of_1_to_4_persons(batch):
    _, truths, reports = batch
    tables = {f"{report}/{name}": table for report, one in reports.items() for name, table in one.items()}
    assert len(reports) >= 6
    assert not leaks(tables, truths)
    assert not turned(tables, truths)


@pytest.mark.parametrize("batch", KINDS, indirect=True)
def test_no_number_of_persons_is_hidden_in_one_report_and_shown_in_another(batch):
    """The same team, the same days: the number of clients of a month in the reports of two years."""
    _, truths, reports = batch
    shown, hidden = set(), set()
    for report, results in truths.items():
        for name, result in results.items():
            for part, frame in result.frames().items():
                gate, table = result.gates[part], reports[report].get(f"{name}.{part}")
                if table is None or "period_start" not in gate.keys or "team_id" not in gate.keys:
                    continue
                team = report.partition("/")[2]
                for column in set(gate.counts) & set(table.numbers) & set(frame.columns):
                    for row in range(len(table)):
                        scope = table.labels["team_id"][row]
                        if team != "all" and scope == "total":
                            continue
                        keys = tuple(table.labels[key][row] for key in gate.keys if key in table.labels)
                        number = frame[column].iloc[row]
                        if pd.notna(number) and number in FEW:
                            is_shown = not np.isnan(table.numbers[column][row]) and (column, row) not in table.found
                            (shown if is_shown else hidden).add((name, part, column, keys, float(number)))
    assert hidden
    assert not shown


@pytest.mark.parametrize("batch", KINDS, indirect=True)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_pages_and_workbooks_of_a_batch_give_no_number_of_1_to_4_persons(batch, language):
    root, truths, _ = batch
    for report, truth in truths.items():
        names = (f"report_{language}.html", f"summary_{language}.xlsx", f"tables_{language}.xlsx")
        files = {name: (root / report / name).read_bytes() for name in names}
        assert not attack_on_files(files, truth, language), report
