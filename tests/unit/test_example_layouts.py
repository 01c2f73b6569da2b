"""Nine invented deliveries that look genuine, and one that must be refused: what each must give, number by number."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plants import planted

from factfidelity.delivery.assemble import Assembled, assemble
from factfidelity.delivery.load import check_extract
from factfidelity.errors import IdentityFoundError
from factfidelity.schemas.plan import Plan

LAYOUTS = Path(__file__).parent / "example_layouts"


@pytest.fixture
def read(tmp_path):
    def of(number: str, **plan: object) -> tuple[Assembled, object]:
        folder = tmp_path / number
        folder.mkdir()
        shutil.copy(next(LAYOUTS.glob(f"{number}_*")), folder)
        return assemble(folder, None, Plan.model_validate(plan), None), check_extract(folder)

    return of


def nights(frame: pd.DataFrame) -> list[int]:
    return (frame["discharged"] - frame["admitted"]).dt.days.tolist()


def test_stays_of_the_register_lose_a_duplicate_and_set_aside_what_cannot_be(read):
    made, report = read("01")
    assert report.account() == {"used": 6, "duplicate": 1, "superseded": 0, "furniture": 0, "set_aside": 2}
    assert set(report.rows.loc[report.rows["fate"] == "set_aside", "line"]) == {8, 10}
    stays = made.tables["episodes"]
    assert stays["client_id"].tolist() == ["1001", "1001", "1001", "1002", "1003", "1004", "1005"]
    assert nights(stays[stays["client_id"] == "1001"]) == [4, 19, 0]
    assert nights(stays[stays["client_id"] == "1002"]) == [77]
    assert stays["discharged"].isna().tolist().count(True) == 1
    assert stays.loc[stays["client_id"] == "1001", "main_diagnosis"].tolist() == ["F200", "F200", "F209"]
    assert report.files["encoding"].tolist() == ["cp1252"]


def test_a_partial_date_is_used_as_the_plan_says_and_the_stay_is_somatic(read):
    made, _ = read("01", impute_partial="middle")
    last = made.tables["episodes"].iloc[-1]
    assert (last["client_id"], last["mvo"]) == ("1006", "955")
    assert last["admitted"] == pd.Timestamp("2024-03-15")


def test_a_form_of_care_repeated_for_each_measure_is_one_period(read):
    made, report = read("02")
    assert report.account()["used"] == 7
    legal = made.tables["legal_status"]
    closed = legal[(legal["client_id"] == "P-00417") & (legal["form"] == "LPT")]
    assert (closed["end"] - closed["start"]).dt.days.tolist() == [43]
    assert legal["form"].tolist() == ["HSL", "LPT", "LPT_open", "LPT", "LRV"]
    leave = made.tables["leave"]
    assert (leave["end"] - leave["start"]).dt.days.tolist() == [2]
    assert sorted(made.tables["coercion"]["kind"]) == ["forced_medication", "other_measure", "restraint", "seclusion"]


def test_contacts_say_where_and_with_whom_and_a_list_of_codes_gives_the_plan(read):
    made, _ = read("03")
    contacts = made.tables["contacts"]
    assert contacts["attended"].sum() == 6
    assert contacts["contact_id"].is_unique
    met = contacts[contacts["attended"] & contacts["face_to_face"]]
    assert (len(met), met["outside_clinic"].sum()) == (3, 2)
    assert contacts["minutes"].tolist() == [75, 15, 30, 90, 0, 45, 30]
    assert (contacts["relatives"] | contacts["agencies"].notna()).sum() == 2
    assert made.tables["care_plans"]["kind"].tolist() == ["SIP"]


def test_a_spreadsheet_of_a_municipality_is_repaired_and_the_repairs_are_counted(read):
    made, report = read("04")
    services = made.tables["services"]
    assert services["municipality"].tolist() == ["0180", "0117", "0486", "0180", "0117", "0180"]
    repaired = dict(zip(report.repaired["repair"], report.repaired["count"], strict=True))
    assert repaired == {"repaired_zero": 6, "serial_date": 1}
    assert services["decided"].iloc[1] == pd.Timestamp("2025-01-15")
    assert services["hours"].sum() == pytest.approx(1061.0)
    assert services["law"].tolist().count("SoL 2025") == 1
    reasons = report.rows.loc[report.rows["fate"] == "furniture", "reason"].value_counts().to_dict()
    assert {name: number for name, number in reasons.items() if number} == {
        "preamble": 3,
        "sep_line": 1,
        "total_row": 1,
    }
    assert len(report.rows) == 11
    assert report.files["header_line"].tolist() == [5]


def full_time(staff: pd.DataFrame, day: str) -> tuple[float, float]:
    stamp = pd.Timestamp(day)
    here = staff[(staff["start"] <= stamp) & (staff["end"].isna() | (staff["end"] > stamp))]
    return round(here["fte"].sum(), 2), round(here.loc[here["case_carrying"].astype(bool), "fte"].sum(), 2)


def test_a_roster_gives_full_time_posts_on_a_day(read):
    made, _ = read("05")
    assert full_time(made.tables["staff"], "2024-06-01") == (4.20, 2.80)
    assert full_time(made.tables["staff"], "2025-02-01") == (3.95, 2.55)


def test_a_board_log_gives_three_periods_one_of_them_open(read):
    made, _ = read("06")
    board = made.tables["board"].set_index("client_id")
    length = (board["end"] - board["start"]).dt.days
    assert (length["P-00417"], length["P-01203"]) == (21, 20)
    assert board.loc["P-00988", "start"] == pd.Timestamp("2024-05-28")
    assert pd.isna(board.loc["P-00988", "end"])


def test_ratings_side_by_side_are_one_row_each_and_nine_is_no_score(read):
    made, _ = read("07")
    ratings = made.tables["ratings"]
    of_2024 = ratings[ratings["assessment"].str.startswith("2024")]
    agreed = of_2024[of_2024["rater"] == "consensus"].set_index("item")["score"]
    assert pd.isna(agreed.get("4", np.nan))
    assert of_2024.loc[of_2024["item"] == "5", "score"].isna().all()
    assert 3.5 in ratings["score"].tolist()


def test_income_before_and_after_the_change_of_source_are_two_kinds(read):
    made, report = read("08")
    assert report.repaired.set_index("column")["count"].to_dict() == {"Lan": 5, "Kommun": 5}
    kinds = made.tables["work"].groupby(made.tables["work"]["start"].dt.year)["kind"].agg(set).to_dict()
    assert kinds == {2018: {"no_income", "income_ku"}, 2019: {"no_income", "income_agi"}}


def test_identity_numbers_refuse_the_file_and_are_not_repeated_in_the_message(tmp_path):
    draw = np.random.default_rng(9)
    number = planted("personnummer_dash", 1, draw)[0]
    folder = tmp_path / "09"
    folder.mkdir()
    body = f"Pnr;Inskriven;Utskriven;Diagnos\r\n{number};2024-01-03;2024-01-09;F20.0\r\n"
    (folder / "patienter.csv").write_bytes(body.encode("cp1252"))
    with pytest.raises(IdentityFoundError) as caught:
        check_extract(folder)
    assert number not in caught.value.render("sv") + caught.value.render("en")


def test_population_is_split_from_its_names_and_two_points_are_no_number(read):
    made, _ = read("10")
    population = made.tables["population"]
    assert sorted(population["area"].unique()) == ["0117", "0180", "0486"]
    assert len(population) == 10
    assert (population["persons"] > 0).all()
    assert sorted(population["year"].unique()) == [2024, 2025]


@pytest.mark.parametrize("path", sorted(LAYOUTS.glob("*.csv")), ids=lambda path: path.name[:2])
def test_every_layout_is_recognised_and_every_row_has_one_fate(path, tmp_path):
    shutil.copy(path, tmp_path)
    report = check_extract(tmp_path)
    assert "unknown_file" not in set(report.table["rule"])
    assert not report.rows.duplicated(["file", "line"]).any()
    below = [line for line in path.read_bytes().splitlines() if line.strip()]
    assert len(report.rows) == len(below) - 1
