import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.caseload.ratios import caseload_ratios

TEAMS = """
    team_id | name      | programme | started
    norr    | FACT Norr | fact      | 2024-01-01
    syd     | FACT Syd  | fact      | 2024-02-15
"""
STAFF = """
    staff_id | team_id | profession   | employer | fte | start      | end        | leader | case_carrying
    M1       | norr    | case_manager | region   | 1   | 2023-01-01 | 2024-02-20 | no     | yes
    M2       | norr    | psychiatrist | region   | 0.5 | 2023-01-01 |            | no     | no
    M3       | syd     | nurse        | region   | 0.5 | 2024-01-01 |            | no     | yes
"""
ENROLMENTS = """
    client_id | team_id | start      | end        | end_reason
    A         | norr    | 2023-06-01 |            |
    B         | norr    | 2024-01-17 | 2024-03-01 | moved
    C         | syd     | 2024-01-01 |            |
"""


def small():
    return extract_of("2024-01-01", "2024-04-01", teams=TEAMS, staff=STAFF, enrolments=ENROLMENTS)


def row(result, team, month):
    table = result.table
    return table.loc[(table["team_id"] == team) & (table["period_start"] == month)].iloc[0]


def test_the_ratio_is_client_days_divided_by_fte_days():
    february = row(caseload_ratios(small()), "norr", "2024-02-01")
    assert february["client_days"] == 29 + 29
    assert february["fte_days"] == pytest.approx(19.0)
    assert february["clients"] == pytest.approx(58 / 29)
    assert february["fte"] == pytest.approx(19 / 29)
    assert february["ratio"] == pytest.approx(58 / 19)


def test_a_month_without_staff_has_no_ratio_and_says_why():
    march = row(caseload_ratios(small()), "norr", "2024-03-01")
    assert np.isnan(march["ratio"])
    assert march["why"] == "no_staff"
    total = row(caseload_ratios(small()), "total", "2024-03-01")
    assert np.isnan(total["ratio"])
    assert total["why"] == "team_without_staff"


def test_the_denominator_is_a_choice_and_the_norm_follows_it():
    team = row(caseload_ratios(small(), staff="team"), "norr", "2024-03-01")
    assert team["ratio"] == pytest.approx(31 / (31 * 0.5))
    assert (team["reference_low"], team["reference_high"]) == (16.7, 18.2)
    assert row(caseload_ratios(small()), "norr", "2024-02-01")["reference_low"] == 20


def test_days_before_the_team_started_count_neither_clients_nor_staff():
    february = row(caseload_ratios(small()), "syd", "2024-02-01")
    assert february["client_days"] == 15
    assert february["fte_days"] == pytest.approx(7.5)
    assert february["days"] == 15
    assert (caseload_ratios(small()).table.query("team_id == 'syd'")["period_start"] >= "2024-02-01").all()


@pytest.mark.parametrize("every", ["month", "quarter", "half_year", "year"])
def test_team_ratios_weighted_by_fte_days_give_the_regions(every):
    table = caseload_ratios(small(), every=every, staff="team").table
    parts, total = table.loc[table["team_id"] != "total"], table.loc[table["team_id"] == "total"]
    summed = (parts["ratio"] * parts["fte_days"]).groupby(parts["period_start"]).sum()
    weight = parts.groupby("period_start")["fte_days"].sum()
    assert total["ratio"].to_numpy() == pytest.approx((summed / weight).to_numpy())


def test_a_leap_february_has_29_days():
    assert row(caseload_ratios(small()), "norr", "2024-02-01")["days"] == 29


def test_an_unknown_denominator_or_period_is_refused_with_what_it_got():
    with pytest.raises(ValueError, match="got 'heads'"):
        caseload_ratios(small(), staff="heads")
    with pytest.raises(ValueError, match="got 'week'"):
        caseload_ratios(small(), every="week")


def test_the_words_name_the_denominator_in_both_languages():
    result = caseload_ratios(small(), staff="team")
    assert "heltidstjänst i teamet utom administratörer" in result.summary("sv")
    assert "team FTE without administrators" in result.summary("en")
    assert "team FTE without administrators" in result.methods("en")


def test_a_released_result_says_what_is_hidden_and_never_a_small_number():
    released = caseload_ratios(small()).released()
    shown = released.table.loc[released.table["persons"].between(1, 4)]
    assert len(shown) == 0
    assert released.table["ratio"].dropna().empty
    for language in ("sv", "en"):
        released.summary(language)
        released.methods(language)
        released.views(language)
        assert released.key_figures(language)[0].value is None
        released.figures(language)[0].draw(None)


def test_an_extract_without_enrolments_gives_zero_clients():
    result = caseload_ratios(extract_of("2024-01-01", "2024-04-01", teams=TEAMS, staff=STAFF))
    assert result.table["client_days"].sum() == 0
    result.summary("sv")


def number(date, missing):
    return missing if pd.isna(date) else int((date - pd.Timestamp("2020-01-01")).days)


def plain(table, *columns):
    """Rows as tuples with start and end as day numbers; an open end lies far ahead."""
    return [
        (*(getattr(row, column) for column in columns), number(row.start, None), number(row.end, 10**6))
        for row in table.itertuples()
    ]


@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(n, marks=pytest.mark.slow) for n in range(12, 100))])
def test_ratios_equal_a_slow_count_day_by_day(seed):
    extract = random_extract(np.random.default_rng(seed))
    result = caseload_ratios(extract, every="quarter").table
    seen = {row.client_id: (number(row.observed_from, 0), number(row.observed_to, 10**6)) for row in
            extract.clients.itertuples()}  # fmt: skip
    begun = {row.team_id: number(row.started, 0) for row in extract.teams.itertuples()}
    enrolments = plain(extract.enrolments, "client_id", "team_id")
    staff = plain(extract.staff, "team_id", "case_carrying", "fte")
    for found in result.loc[result["team_id"] != "total"].itertuples():
        client_days, fte_days, who = 0, 0.0, set()
        first = number(max(found.period_start, extract.start), None)
        last = number(min(found.period_start + pd.DateOffset(months=3), extract.end), None)
        for day in range(max(first, begun[found.team_id]), last):
            here = {
                client
                for client, team, start, end in enrolments
                if team == found.team_id and start <= day < end and seen[client][0] <= day < seen[client][1]
            }
            client_days, who = client_days + len(here), who | here
            fte_days += sum(
                fte
                for team, carries, fte, start, end in staff
                if team == found.team_id and carries and start <= day < end
            )
        assert (found.client_days, found.persons) == (client_days, len(who))
        assert found.fte_days == pytest.approx(fte_days)


def random_extract(draw):
    def dates(n, low, high):
        days = pd.to_timedelta(draw.integers(low, high, n), unit="D")
        return pd.Series(pd.Timestamp("2023-11-01") + days).astype("datetime64[s]")

    n, m = int(draw.integers(1, 20)), int(draw.integers(1, 8))
    start = dates(n, 0, 150)
    enrolments = pd.DataFrame({"client_id": draw.choice(list("ABCDEF"), n), "team_id": draw.choice(["norr", "syd"], n)})
    end = (start + pd.to_timedelta(draw.integers(0, 120, n), unit="D")).where(draw.random(n) > 0.3)
    enrolments = enrolments.assign(start=start, end=end, end_reason=None)
    begin = dates(m, 0, 120)
    staff = pd.DataFrame({"staff_id": draw.choice(["M1", "M2", "M3"], m), "team_id": draw.choice(["norr", "syd"], m)})
    staff = staff.assign(
        profession="nurse", employer="region", fte=draw.choice([0.25, 0.4, 0.75, 1.0], m), start=begin,
        end=(begin + pd.to_timedelta(draw.integers(0, 120, m), unit="D")).where(draw.random(m) > 0.4), leader=False,
        case_carrying=pd.Series(draw.random(m) > 0.3, dtype="boolean"),
    )  # fmt: skip
    clients = pd.DataFrame({"client_id": list("ABCDEF"), "observed_from": dates(6, 0, 60)})
    clients["observed_to"] = dates(6, 100, 260).where(draw.random(6) > 0.5)
    teams = """
        team_id | name | programme | started
        norr    | Norr | fact      | 2023-12-10
        syd     | Syd  | act       | 2024-01-20
    """
    return extract_of("2023-11-20", "2024-04-20", teams=teams, staff=staff, enrolments=enrolments, clients=clients)
