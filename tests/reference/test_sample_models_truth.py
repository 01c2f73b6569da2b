"""The deliveries of the other care models: what the library says of their files is what was planted and realised."""

import json

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.caseload.board import board_use
from factfidelity.caseload.ratios import caseload_ratios
from factfidelity.contact.catchment import catchment_use
from factfidelity.contact.indicators import programme_indicators
from factfidelity.contact.pattern import contact_pattern
from factfidelity.delivery.load import load_extract
from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.schemas.files import shipped_folder
from factfidelity.schemas.plan import load_plan

MODELS = ("fact_ung", "ract", "spot", "sis_bup")
WINDOWS = ("admissions", "bed_days", "compulsory_days", "lpt_days")


@pytest.fixture(scope="module", params=MODELS)
def delivery(request):
    folder = shipped_folder("sample_data") / request.param
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return request.param, load_extract(folder), load_plan(folder / "plan.yaml"), truth


def main(frame):
    """The rows of all teams together, or of the only one."""
    return frame.loc[frame["team_id"] == ("total" if "total" in set(frame["team_id"]) else frame["team_id"].iloc[0])]


def test_care_before_and_after_is_what_was_realised(delivery):
    _, extract, plan, truth = delivery
    change = mirror_outcomes(extract, plan, outcomes=WINDOWS).change
    rows = change.loc[(change["cohort"] == "all") & (change["estimand"] == "rate_ratio")]
    for row in rows.to_dict("records"):
        counted = truth["realised"]["windows"][row["index_stay"]]
        for window in ("before", "after"):
            assert row[f"total_{window}"] == counted[window][row["outcome"]]


def test_caseload_and_board_are_what_was_realised(delivery):
    model, extract, _, truth = delivery
    table = caseload_ratios(extract, staff="team").table
    for team, months in truth["realised"]["caseload_by_month"].items():
        mine = table.loc[table["team_id"] == team].set_index("period_start")
        assert {f"{day:%Y-%m}": days for day, days in mine["client_days"].items() if days} == {
            month: counts["client_days"] for month, counts in months.items() if counts["client_days"]
        }
        assert mine["fte_days"].sum() == pytest.approx(sum(counts["fte_days"] for counts in months.values()))
    if extract.has("board"):
        episodes = board_use(extract, programme=model).episodes.set_index("team_id")
        days = board_use(extract, programme=model, every="year").table.groupby("team_id")[["board_days", "client_days"]]
        for team, counts in truth["realised"]["board"].items():
            assert days.sum().loc[team].tolist() == [counts["board_days"], counts["enrolled_days"]]
            assert episodes.loc[team, "persons_on"] == counts["clients_ever_on_board"]


def test_contacts_are_what_was_realised(delivery):
    _, extract, _, truth = delivery
    result = contact_pattern(extract, every="year")
    for team, counts in truth["realised"]["contacts"].items():
        mine = result.table.loc[result.table["team_id"] == team]
        assert mine["contacts"].sum() == counts["attended_face_to_face"]
        assert mine["outside"].sum() == counts["attended_face_to_face_outside"]
        assert mine["attended"].sum() == counts["attended"]
    assert main(result.referrals).iloc[0]["received"] == truth["realised"]["indicators"]["referrals"]


def test_the_models_own_indicators_are_what_was_realised(delivery):
    model, extract, _, truth = delivery
    true = truth["realised"]["indicators"]
    result = programme_indicators(extract, model)
    table = main(result.table).set_index("indicator")
    assert table.loc["sip_share", "denominator"] == true["enrolled_last_day"]
    if "referral_outcome" in table.index:
        row = table.loc["referral_outcome"]
        assert (row["numerator"], row["denominator"]) == (true["referrals_accepted"], true["referrals"])
    if model == "ract":
        assert table.loc["ordinary_work", "numerator"] == true["in_ordinary_work_last_day"]
    if extract.has("actions"):
        actions = main(result.actions)
        assert (actions["decided"].sum(), actions["done"].sum()) == (true["actions"], true["actions_done"])


def test_events_of_every_year_are_what_was_realised(delivery):
    """The last year is shown; year by year the whole extract is counted."""
    model, extract, _, truth = delivery
    wanted = truth["realised"]["indicators"].get("events_while_enrolled", {})
    names = {"transport": "transports", "self_harm": "self_harm", "isolation": "isolation",
             "school_absence": "school", "resource_group_meeting": "resource_group_meetings"}  # fmt: skip
    asked = [kind for kind in wanted if kind in names]
    found = dict.fromkeys(asked, 0.0)
    placed = 0.0
    for year in range(extract.start.year, extract.end.year):
        start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
        if end <= extract.source("enrolments").start:
            continue
        part = ff.Extract(tables=extract.tables, start=max(start, extract.source("enrolments").start), end=end,
                          sources=extract.sources)  # fmt: skip
        table = main(programme_indicators(part, model).table).set_index("indicator")
        for kind in asked:
            row = table.loc[names[kind]]
            events = extract.events.loc[extract.events["kind"] == kind]
            found[kind] += row["numerator"] / (events["amount"].mean() if kind == "school_absence" else 1)
        placed += table.loc["placement_days", "numerator"] if extract.has("placements") else 0
    for kind in asked:
        if kind != "school_absence":
            assert found[kind] == wanted[kind], kind
    if extract.has("placements"):
        assert placed == truth["realised"]["indicators"]["placement_days_while_enrolled"]


def test_the_planted_ratio_of_the_catchment_area_is_recovered():
    folder = shipped_folder("sample_data") / "spot"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    result = catchment_use(load_extract(folder), every="month")
    days = truth["realised"]["indicators"]["catchment_bed_days"]
    for state in ("before", "after"):
        assert result.table.loc[result.table["state"] == state, "bed_days"].sum() == days[state]
    planted = truth["planted"]["catchment_bed_day_ratio"]["value"]
    for row in result.change.itertuples():
        assert row.low <= planted <= row.high


@pytest.mark.parametrize("model", ["ract", "spot"])
def test_the_planted_voices_are_recovered(model):
    folder = shipped_folder("sample_data") / model
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    surveys = load_extract(folder).surveys
    said = surveys.groupby(["item", "answer"])["n"].sum()
    wanted = {tuple(key.split(": ")): n for key, n in truth["realised"]["indicators"]["audit_answers"].items()}
    assert said.loc[said > 0].to_dict() == {key: n for key, n in wanted.items() if n}
    first = surveys.loc[surveys["date"] == surveys["date"].min()]
    for item, part in first.groupby("item"):
        share = truth["planted"][f"audit_positive_{item}"]["value"]
        asked = part["n"].sum()
        found = part.loc[part["answer"] == "positive", "n"].sum() / asked
        assert abs(found - share) <= 3 * (share * (1 - share) / asked) ** 0.5
