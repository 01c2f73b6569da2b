"""What one result hides and another gives back: sums and rests that run across tables with other columns.

The identities were found by looking for them: 16 invented deliveries, every number and every product or quotient of two
columns of a row, and all triples A = B + C that hold in each of them.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from small_groups import with_small_groups

import factfidelity as ff

FEW = range(1, 5)


def planted(kind, extract):
    """Plant one man among women, one coercive measure and one client under LRV, or one death."""
    tables = {name: extract.table(name) for name in extract.tables}
    if kind == "one_man":
        clients = tables["clients"]
        sex = np.where(clients["client_id"] == clients["client_id"].iloc[7], "male", "female")
        tables["clients"] = clients.assign(sex=pd.Series(sex, index=clients.index, dtype="str"))
    if kind == "one_coerced":
        forms = tables["legal_status"]
        one = forms["client_id"] == forms.loc[forms["form"] == "LPT", "client_id"].iloc[0]
        changed = forms["form"].astype("object").mask(one & (forms["form"] == "LPT"), "LRV").astype("str")
        tables |= {"coercion": tables["coercion"].iloc[:1], "legal_status": forms.assign(form=changed)}
    if kind == "one_death":
        tables["deaths"] = tables["deaths"].iloc[:1]
    return dataclasses.replace(extract, tables=tables)


_WIDE = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("groups", "one_man", "one_coerced", "one_death")]


@pytest.fixture(scope="module", params=["small", *_WIDE])
def pair(request, attacked):
    if request.param == "small":
        return attacked
    extract = ff.sample_extract(seed=31, clients=90, teams=3, years=4)
    extract = with_small_groups(extract) if request.param == "groups" else planted(request.param, extract)
    truth = ff.evaluate(extract)
    return truth, truth.released()


def numbers(frame, column, by=("team_id",)):
    """Return a column by its keys, hidden as missing."""
    return frame.set_index(list(by))[column].astype("float64") if len(frame) else pd.Series(dtype="float64")


def told(shown, true, *, none=False):
    """Return whether a number worked out is there, right, and of few persons."""
    few = [*FEW, 0] if none else list(FEW)
    both = pd.concat({"shown": shown, "true": true}, axis=1)
    right = both["shown"].notna() & np.isclose(both["shown"], both["true"])
    return both.index[right & both["true"].isin(few)].tolist()


def frame(pair, result, name):
    truth, released = pair
    return released.results[result].frames()[name], truth.results[result].frames()[name]


@pytest.mark.parametrize("split", ["table", "reasons"])
def test_those_who_left_in_a_year_or_for_a_reason_do_not_follow_from_all_who_left(pair, split):
    shown, true = frame(pair, "enrolment_flow", split)
    length, _ = frame(pair, "enrolment_flow", "length")
    for team, rows in shown.groupby("team_id"):
        gone = rows["ended"].isna()
        if gone.sum() == 1 and team != "total":
            number = numbers(length, "ended").get(team) - rows["ended"].sum()
            assert not (number in FEW and number == true.loc[gone.idxmax(), "ended"]), team


def test_those_who_died_after_they_had_left_do_not_follow_from_all_who_died(pair):
    shown, true = frame(pair, "enrolment_flow", "reasons")
    dead, _ = frame(pair, "followed_up", "table")
    hits = dead.loc[dead["figure"] == "died", "hits"]
    rows = (shown["reason"] == "died") & (shown["team_id"] == "total")
    if len(hits) and rows.any():
        rest = float(hits.iloc[0]) - shown.loc[rows, "ended"].astype(float).iloc[0]
        assert rest not in FEW
    assert len(true)


def test_those_without_a_meeting_do_not_follow_from_those_who_were_met_by_somebody(pair):
    spread, _ = frame(pair, "caseload_ratios", "spread")
    latest, true = frame(pair, "contact_pattern", "latest")
    rest = numbers(latest, "persons") - numbers(spread, "persons")
    assert not told(rest, numbers(true, "without"))
    back = numbers(spread, "mean") * numbers(spread, "managers")
    assert not told(numbers(latest, "persons") - back, numbers(true, "without"))


def test_clients_under_one_form_of_compulsory_care_do_not_follow_from_those_under_the_other(pair):
    forms, true = frame(pair, "mirror_outcomes", "forms")
    table, _ = frame(pair, "mirror_outcomes", "table")
    closed = table[(table["outcome"] == "compulsory_days") & (table["cohort"] == "all")]
    for one, other in (("clients_lpt", "clients_lrv"), ("clients_lrv", "clients_lpt")):
        rest = numbers(closed, "clients_any", ["window"]) - numbers(forms, one, ["window"])
        assert not told(rest, numbers(true, other, ["window"]), none=True)


def test_clients_with_any_admission_are_those_of_the_row_of_admissions(pair):
    shown, _ = frame(pair, "mirror_outcomes", "table")
    rows = shown.set_index(["outcome", "window", "cohort"])["clients_any"].astype("float64")
    for window in ("before", "after"):
        if ("any_admission", window, "mirror") in rows.index:
            gap = abs(rows["admissions", window, "all"] - rows["any_admission", window, "mirror"])
            assert gap not in FEW


def test_staff_who_left_are_counted_as_few_in_the_fidelity_items_too(pair):
    true = frame(pair, "staffing", "people")[1]
    if "derived_teams" in pair[1].results:
        derived, _ = frame(pair, "derived_teams", "table")
        turnover = derived[derived["item"] == "H5"]
        assert not told(numbers(turnover, "numerator"), numbers(true, "left"))


@pytest.mark.parametrize("name", ["professions", "mix"])
def test_what_one_to_four_of_the_staff_did_is_not_shown(pair, name):
    """Whoever reads the roster knows who the psychiatrist is: the meetings are that person's work."""
    shown, true = frame(pair, "contact_pattern", name)
    few = true["staff"].between(1, 4).to_numpy()
    assert few.any()
    assert shown.loc[few, ["contacts", "persons", "per_month", "share"]].isna().all(axis=None)
    assert "staff" not in shown


def test_totals_of_the_paired_cohort_stay_in_the_room(pair):
    shown, _ = frame(pair, "regression_to_the_mean", "unchanged")
    assert not {"total_before", "total_after"} & set(shown)


def test_a_meeting_with_many_staff_of_a_profession_is_still_shown():
    extract = ff.sample_extract(seed=5, clients=120, teams=2, years=2)
    contacts = extract.contacts
    number = np.arange(len(contacts)) % 7
    contacts = contacts.assign(profession="nurse", staff_id=[f"S{one}" for one in number])
    tables = {name: extract.table(name) for name in extract.tables} | {"contacts": contacts}
    shown = ff.contact_pattern(dataclasses.replace(extract, tables=tables)).released().professions
    assert shown["contacts"].notna().all()


def persons_behind(shown, true, count, column):
    """Return the rows where a figure is shown though 1 to 4 persons are behind it."""
    few = true[count].between(1, 4).to_numpy()
    return shown.loc[few & shown[column].notna().to_numpy()]


@pytest.mark.parametrize("name", ["going_on", "beyond", "over_30", "over_90"])
def test_a_few_long_stays_are_those_of_as_few_clients(pair, name):
    shown, true = frame(pair, "hospital_stays", "table")
    assert not len(persons_behind(shown, true, f"persons_{name}", name))
    assert f"persons_{name}" not in shown


def test_a_few_open_episodes_on_the_board_are_as_many_clients(pair):
    shown, _ = frame(pair, "board_use", "episodes")
    assert not shown["open"].isin([*FEW]).any()


def test_the_few_who_were_met_inside_the_clinic_do_not_follow_from_the_share_outside(pair):
    shown, true = frame(pair, "contact_pattern", "table")
    assert not len(persons_behind(shown, true, "persons_inside", "outside_share"))


def test_those_with_fewer_than_three_meetings_do_not_follow_from_all_who_were_met(pair):
    shown, true = frame(pair, "contact_pattern", "continuity")
    spread, _ = frame(pair, "caseload_ratios", "spread")
    assert not told(numbers(spread, "persons") - numbers(shown, "persons"), numbers(true, "few"))


def test_those_whose_stay_became_compulsory_do_not_follow_from_two_outcomes(pair):
    shown, true = frame(pair, "mirror_outcomes", "table")
    for rows, at in ((shown, "shown"), (true, "true")):
        assert len(rows), at
    for cohort in ("all", "mirror"):
        parts = [
            rows[(rows["cohort"] == cohort) & (rows["outcome"] == outcome)].set_index("window")["clients_any"]
            for rows in (shown, true)
            for outcome in ("compulsory_any_day", "compulsory_admissions")
        ]
        assert not told((parts[0] - parts[1]).astype(float), (parts[2] - parts[3]).astype(float))


def test_no_number_of_one_to_four_stands_where_happenings_of_persons_are_counted(pair):
    """Stays, episodes, open ones: a number of 1 to 4 happenings is one of as few persons."""
    _, released = pair
    numbers_of_other_things = {"score", "value", "numerator", "denominator", "median", "q1", "q3", "estimate"}
    for name, result in released.results.items():
        for field, shown in result.frames().items():
            gate = result.gates[field]
            skipped = {*gate.public, *gate.keys, *numbers_of_other_things}
            for column in shown.columns.difference(list(skipped)):
                values = shown[column]
                if pd.api.types.is_integer_dtype(values) and not pd.api.types.is_bool_dtype(values):
                    assert not values.isin([*FEW]).any(), (name, field, column)


def test_discharges_that_no_meeting_followed_are_those_of_as_few_clients(pair):
    shown, true = frame(pair, "contact_pattern", "follow_up")
    assert not len(persons_behind(shown, true, "persons_unmet", "share"))


def test_plans_made_of_late_do_not_follow_from_all_plans_and_those_that_are_due(pair):
    shown, true = frame(pair, "programme_indicators", "table")
    assert not len(persons_behind(shown, true, "beside", "numerator"))


def test_who_has_more_care_than_before_does_not_follow_from_two_results(pair):
    shown, true = frame(pair, "who_changed", "table")
    worse, _ = frame(pair, "regression_to_the_mean", "unchanged")
    worse = worse[worse["figure"] == "worse"].set_index("outcome")["clients_hit"].astype(float)
    rows = shown.pivot_table("clients", ["group", "bin"], "outcome")
    sure = true.pivot_table("clients", ["group", "bin"], "outcome")
    for one, other in (("other", "more"), ("no_use_before", "new")), (("no_use_before", "new"), ("other", "more")):
        if one in rows.index and other in rows.index:
            assert not told((worse - rows.loc[one]).dropna(), sure.loc[other])


def test_a_few_contacts_outside_enrolment_are_not_counted_in_what_leaves(pair):
    truth, _ = pair
    whole = truth.results["contact_pattern"]
    few = dataclasses.replace(whole, notes={**whole.notes, "outside_enrolment": "3"})
    assert few.notes["outside_enrolment"] == "3"
    assert dataclasses.replace(few, is_released=True).notes["outside_enrolment"] == "0"


@pytest.mark.parametrize("result", ["contact_pattern", "board_use"])
def test_a_hidden_month_does_not_follow_from_the_other_months_and_the_year(pair, result):
    """Days and happenings add up over time: the last year stands in a table of its own."""
    months, true = frame(pair, result, "table")
    year, _ = frame(pair, result, "latest")
    added = {"board_days", "missed", "booked", "attended", "contacts", "outside", "minutes", "relatives", "network"}
    added &= {*year.columns} & {*months.columns}
    looked = 0
    for team, rows in months.groupby("team_id"):
        sure = true[true["team_id"] == team]
        for column in sorted(added):
            total = numbers(year, column).get(team)
            for last in (12, 4, 2):
                values, real = rows[column].astype(float).tail(last), sure[column].astype(float).tail(last)
                gone = values.index[values.isna() & real.notna().to_numpy()]
                looked += 1
                if len(gone) == 1 and real.notna().all():
                    assert total - values.sum() != real.to_numpy()[values.isna().to_numpy()][0], (team, column, last)
    assert looked


@pytest.mark.parametrize(("field", "kind"), [("forms", "form"), ("professions", "profession")])
def test_the_last_year_and_the_calendar_year_that_it_is_hide_the_same_numbers(pair, field, kind):
    shown, true = frame(pair, "contact_pattern", field)
    years, _ = frame(pair, "contact_pattern", "mix")
    of_kind = years[(years["kind"] == kind) & (years["period_start"] == years["period_start"].max())]
    one = numbers(shown, "persons", ["team_id", kind])
    other = numbers(of_kind.rename(columns={"code": kind}), "persons", ["team_id", kind])
    assert one.isna().any()
    assert one.isna().equals(other.reindex(one.index).isna())
    assert len(true) == len(one)


def test_who_is_in_two_teams_does_not_follow_from_clients_served_and_the_sum_over_teams(pair):
    shown, true = frame(pair, "followed_up", "served")
    for result, name in (("contact_pattern", "latest"), ("caseload_ratios", "denominators")):
        rows, sure = frame(pair, result, name)
        total, real = (one.loc[one["team_id"] == "total", "persons"].astype(float) for one in (rows, sure))
        assert len(real)
        twice = real.iloc[0] - float(true["clients"].iloc[-1])
        assert not (twice in FEW and total.iloc[0] - float(shown["clients"].iloc[-1]) == twice)


def test_who_left_in_the_last_year_does_not_follow_from_the_clients_of_the_year_and_of_its_last_day(pair):
    shown, true = frame(pair, "enrolment_flow", "table")
    gone, real = (one[one["period_start"] == true["period_start"].max()].set_index("team_id") for one in (shown, true))
    year = numbers(frame(pair, "contact_pattern", "latest")[0], "persons")
    indicators, _ = frame(pair, "programme_indicators", "table")
    last = numbers(frame(pair, "contact_pattern", "reach")[0], "last_persons")
    days = [last, *(numbers(rows, "persons") for _, rows in indicators.groupby("indicator"))]
    assert gone["ended"].isna().any()
    for day in days:
        follows = told((year - day).reindex(real.index), real["ended"].astype(float))
        if day is last or (year - day).equals(year - last):
            assert not follows


def test_clients_without_a_form_of_contact_in_an_earlier_year_do_not_follow_beside_that_years_report(pair):
    """The report of an earlier year shows its clients: 62 of 65 had a visit."""
    shown, true = frame(pair, "contact_pattern", "mix")
    by = ["team_id", "period_start", "kind", "code"]
    without = true.set_index(by)["persons_all"] - numbers(true, "persons", by)
    assert without.isin(FEW).any()
    assert numbers(shown, "persons", by)[without.isin(FEW)].isna().all()
    assert "persons_all" not in shown


def test_who_came_from_another_team_does_not_follow_from_all_in_a_team_and_those_who_began_there(pair):
    shown, true = frame(pair, "enrolment_flow", "length")
    began_shown, began = frame(pair, "baseline", "table")
    first = [
        numbers(table[(table["trait"] == "clients") & (table["level"] == "total")], "clients")
        for table in (began_shown, began)
    ]
    came = numbers(true, "persons") - first[1]
    assert told(numbers(shown, "persons") - first[0], came) == []
