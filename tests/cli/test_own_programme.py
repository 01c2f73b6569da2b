"""A care model of one's own is one more file: the public command gives its report, without any new code."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from factfidelity.delivery.sample import write_sample

FILE = """
programme: fjallteam
name: {sv: "Fjällteamet", en: "The Mountain Team"}
short: {sv: "Fjällteamet", en: "The Mountain Team"}
target_group: {sv: "De som bor långt bort", en: "Those who live far away"}
age: {status: unknown}
caseload:
  - {id: ours, kind: norm, low: 6, high: 8, denominator: {sv: "heltid i teamet", en: "FTE in the team"}, staff: [team],
     status: memory}
team_size: {status: unknown}
clients: {status: unknown}
heads: {status: unknown}
catchment: {status: unknown}
board: {used: false, meetings_per_week: {status: unknown}, share: {status: unknown}}
scale: {status: unknown, note: {sv: "Ingen skala är publicerad.", en: "No scale is published."}}
entry: {published: false, note: {sv: "Inga kriterier har setts.", en: "No criteria have been seen."}}
modules: [sip]
indicators: [inflow, outflow, caseload_ratio, self_harm, placement_days]
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A small delivery whose team works by a model that is not shipped, and the folder with the model."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "programmes").mkdir()
    (folder / "programmes" / "fjallteam.yaml").write_text(FILE, encoding="utf-8")
    write_sample(folder / "delivery", programme="sis_bup", clients=60, years=2)
    for name in ("plan.yaml", "teams.csv"):
        path = folder / "delivery" / name
        text = path.read_text(encoding="utf-8").replace("programme: sis_bup", "programme: fjallteam")
        path.write_text(text.replace(";sis_bup;", ";fjallteam;"), encoding="utf-8")
    return folder


def command(folder, *words):
    environment = os.environ | {"FACTFIDELITY_PROGRAMMES": str(folder / "programmes")}
    return subprocess.run(
        [sys.executable, "-m", "factfidelity", *words], env=environment, capture_output=True, text=True, check=False
    )


def test_the_report_has_the_sections_of_the_new_file(own):
    done = command(own, "report", str(own / "delivery"), "--out", str(own / "out"), "--formats", "html")
    assert done.returncode == 0, done.stderr
    page = (own / "out" / "report_sv.html").read_text(encoding="utf-8")
    headings = [re.sub("<[^>]+>", "", text) for text in re.findall(r"<h2[^>]*>(.*?)</h2>", page, flags=re.DOTALL)]
    assert {"Placeringar", "SIP och samtycke", "Teamet"} <= {text.strip() for text in headings}
    assert not {"Arbetssätt", "Tavlan", "Arbete och studier"} & {text.strip() for text in headings}
    assert "Fjällteamet" in page
    assert "SiS–BUP</h" not in page


def test_a_file_with_a_fault_says_what_and_where(own):
    path = own / "programmes" / "trasig.yaml"
    path.write_text(FILE.replace("fjallteam", "trasig").replace("self_harm", "self_harms"), encoding="utf-8")
    done = command(own, "report", str(own / "delivery"), "--out", str(own / "other"))
    path.unlink()
    assert done.returncode == 10
    assert 'unknown indicator "self_harms". Did you mean "self_harm"?' in done.stderr


def test_a_shipped_name_is_not_taken_over(own):
    path = own / "programmes" / "fact.yaml"
    path.write_text(FILE.replace("fjallteam", "fact"), encoding="utf-8")
    done = command(own, "report", str(own / "delivery"), "--out", str(own / "other"))
    path.unlink()
    assert done.returncode == 10
    assert "has the name of a care model that is shipped" in done.stderr
