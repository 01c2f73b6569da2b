"""The commands, as a user types them."""

from __future__ import annotations

import json

import pytest

from factfidelity.cli import main
from factfidelity.schemas.files import shipped_folder


@pytest.fixture(scope="module")
def made(region_report):
    return region_report[0]


def test_report_writes_page_summary_delivery_report_and_run_record(made):
    names = {path.name for path in made.iterdir()}
    assert {"report_sv.html", "summary_sv.xlsx", "released.json", "run.json"} <= names
    assert any(name.startswith("delivery") and name.endswith(".html") for name in names)
    assert not any(name.startswith(".") for name in names)


def test_the_run_record_accounts_for_every_row(made):
    record = json.loads((made / "run.json").read_text(encoding="utf-8"))
    assert sum(record["rows"].values()) > 10_000
    assert {"used", "duplicate", "set_aside"} <= set(record["rows"])
    assert record["plan"]["plan"]
    assert record["versions"]["factfidelity"]
    assert len(record["fingerprint"]) == 64


def test_a_folder_that_is_not_there_has_a_message_and_a_code_of_its_own(tmp_path, capsys):
    assert main(["report", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 20
    message = capsys.readouterr().err
    assert "nowhere" in message
    assert "Do:" in message
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_has_a_message_and_a_code_of_its_own(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["check", str(tmp_path / "empty")]) == 21
    assert "Do:" in capsys.readouterr().err


def test_a_plan_with_an_unknown_key_is_refused_with_its_line(tmp_path, capsys):
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: mine\nwindow: {width: 365}\n", encoding="utf-8")
    folder = str(shipped_folder("sample_data") / "region_nord")
    assert main(["report", folder, "--plan", str(plan), "--out", str(tmp_path / "out")]) == 14
    message = capsys.readouterr().err
    assert 'unknown key "window"' in message
    assert '"windows"' in message
    assert "(2)" in message
    assert not (tmp_path / "out").exists()


def test_every_command_shows_an_example(capsys):
    for verb in ("report", "check", "sample", "scales"):
        with pytest.raises(SystemExit) as stopped:
            main([verb, "--help"])
        assert stopped.value.code == 0
        assert "example: factfidelity" in capsys.readouterr().out


def test_scales_lists_and_shows_a_scale(capsys):
    assert main(["scales"]) == 0
    assert "dacts" in capsys.readouterr().out
    assert main(["scales", "dacts"]) == 0
    assert "H1" in capsys.readouterr().out


def test_a_scale_that_is_not_there_is_said_so(capsys):
    assert main(["scales", "nosuch"]) == 15
    assert "nosuch" in capsys.readouterr().err


def test_a_team_that_is_not_there_is_refused(tmp_path, capsys):
    folder = str(shipped_folder("sample_data") / "region_nord")
    assert main(["report", folder, "--team", "no such team", "--out", str(tmp_path / "out")]) == 14
    assert "choose one of" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_sample_writes_a_delivery_that_check_accepts(tmp_path, capsys):
    assert main(["sample", str(tmp_path / "demo"), "--seed", "3"]) == 0
    assert main(["check", str(tmp_path / "demo")]) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--teams", "FACT Nowhere"], "FACT Nowhere"),
        (["--years", "1999"], "1999"),
    ],
)
def test_a_batch_of_a_team_or_year_that_is_not_there_says_what_there_is(more, said, tmp_path, capsys):
    folder = str(shipped_folder("sample_data") / "sis_bup")
    code = main(["batch", folder, "--out", str(tmp_path / "out"), *more])
    told = capsys.readouterr().err
    assert code not in (0, 70)
    assert said in told
    assert "A fault in factfidelity" not in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [["--years", "x"], ["--languages", "de"], ["--formats", "odt"]])
def test_a_batch_refuses_a_choice_that_there_is_not(more, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["batch", "somewhere", *more])
    assert stop.value.code == 2
    assert more[0] in capsys.readouterr().err
