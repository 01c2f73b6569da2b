"""What the page and the workbooks of a report share is made once, and nothing is kept after it."""

from __future__ import annotations

import pytest
from frames import frame

import factfidelity as ff
from factfidelity.delivery.quality_guard import shown_files
from factfidelity.evaluation import Evaluation
from factfidelity.reports import batch, once, run
from factfidelity.reports.released import read_released, released_json
from factfidelity.reports.render import report_files, stored_files


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A small released evaluation in a file."""
    extract, plan = ff.sample_extract(seed=8, clients=40, teams=2, years=3), ff.load_plan()
    results = {"caseload_ratios": ff.caseload_ratios(extract), "enrolment_flow": ff.enrolment_flow(extract)}
    path = tmp_path_factory.mktemp("stored") / "released.json"
    path.write_text(released_json(Evaluation(extract, plan, results).released()), encoding="utf-8")
    return path


def test_the_tables_of_a_result_are_made_once_for_page_and_workbooks(stored, monkeypatch):
    kind = type(read_released(stored).results["caseload_ratios"])
    counted = []
    plain = kind.views

    def views(self, language=None):
        counted.append(language)
        return plain(self, language)

    monkeypatch.setattr(kind, "figures", lambda self, language=None: ())
    monkeypatch.setattr(kind, "views", views)
    stored_files(stored, language="sv", formats=("html", "xlsx"))
    assert counted == ["sv"]


def test_files_made_together_are_those_made_one_by_one(stored):
    released = read_released(stored)
    together = stored_files(stored, language="en", formats=("html", "xlsx"))
    alone = {}
    for form in ("html", "xlsx"):
        alone |= report_files(released, language="en", formats=(form,), here=True)
    assert together == alone


def test_nothing_is_kept_after_a_report(stored):
    stored_files(stored, language="sv", formats=("xlsx",))
    made = []
    for _ in range(2):
        once.once("key", lambda: made.append(1))
    assert len(made) == 2
    with once.kept():
        for _ in range(2):
            once.once("key", lambda: made.append(1))
    assert len(made) == 3


def test_a_report_of_a_batch_reads_its_figures_once(stored, monkeypatch):
    from factfidelity.reports import released

    read = []
    plain = released.read_released
    monkeypatch.setattr(released, "read_released", lambda path: read.append(path) or plain(path))
    job = batch.Job("A", 2020, "sv", "")
    assert batch._one(stored.parent, job, ("html", "xlsx")) == ""
    assert len(read) == 1


def test_a_file_of_a_few_persons_has_no_check_sum_in_the_record():
    whole = frame("""
        file        | tables     | rows | used | content_hash
        dead.csv    | deaths     | 3    | 3    | aa
        stays.csv   | episodes   | 900  | 900  | bb
        staff.csv   | staff      | 60   | 60   | cc
    """)
    hashes = run._without_tellable_hashes(shown_files(whole), whole).set_index("file")["content_hash"]
    assert hashes.isna().to_dict() == {"dead.csv": True, "stays.csv": False, "staff.csv": True}
