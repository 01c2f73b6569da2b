"""Money: only at prices that the user brings, with year and source; by hand, against a published sum, and slowly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.schemas.plan import Plan
from factfidelity.schemas.price import Price

INDEX = pd.Timestamp("2020-01-01")
INVENTED = "påhittat exempel"
YEARS = 365 / 365.25


def price(item: str, unit: str, sek: float | None, year: int | None = 2022, source: str = INVENTED) -> Price:
    return Price(item=item, unit=unit, sek=sek, price_year=year, source=source)


def region(stays, clients: int = 40, **tables):
    """Clients enrolled on one day; stays as (client, first day counted from the index day, nights)."""
    ids = [f"C{number}" for number in range(clients)]
    rows = [
        (f"C{one}", INDEX + pd.Timedelta(days=day), INDEX + pd.Timedelta(days=day + nights))
        for one, day, nights in stays
    ]
    return extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT}),
        episodes=pd.DataFrame(rows, columns=["client_id", "admitted", "discharged"]),
        **tables,
    )


STAYS = [(one, -100, 10) for one in range(20)] + [(one, 50, 4) for one in range(15)]


def plan(*prices: Price, **more) -> Plan:
    return Plan(prices=prices, intervals={"draws": 200}, **more)


def test_cost_is_number_times_price_per_client_year_and_per_client():
    result = ff.costs(region(STAYS), plan(price("bed_days", "dygn", 5000), price("Inskrivningar", "st", 100)))
    rows = result.table.set_index(["outcome", "cohort", "window"])
    before, after = (rows.loc[("bed_days", "all", window)] for window in ("before", "after"))
    assert (before["quantity"], before["cost"]) == (200, 1_000_000)
    assert (after["quantity"], after["cost"]) == (60, 300_000)
    assert before["per_client_year"] == pytest.approx(1_000_000 / (40 * YEARS))
    assert rows.loc[("bed_days", "mirror", "before")]["per_client"] == 25_000
    assert pd.isna(before["per_client"])
    total = result.total.set_index(["cohort", "window"])["cost"]
    assert total["all", "before"] == 1_000_000 + 20 * 100
    assert total["all", "after"] == 300_000 + 15 * 100
    change = result.total_change.set_index(["estimand", "index_stay"])
    row = change.loc[("cost_per_client_year", "include")]
    assert row["estimate"] == pytest.approx((301_500 - 1_002_000) / (40 * YEARS))
    assert row["low"] < row["estimate"] < row["high"]
    assert change.loc[("cost_per_client", "include")]["estimate"] == (301_500 - 1_002_000) / 40
    assert set(result.change["index_stay"]) == {"include", "exclude", "after_discharge"}


def test_the_interval_is_the_price_times_that_of_the_bed_days():
    extract, chosen = ff.sample_extract(seed=5, clients=150, teams=2, years=4), plan(price("bed_days", "day", 10))
    money = ff.costs(extract, chosen).change.set_index(["index_stay", "estimand"])
    days = ff.mirror_outcomes(extract, chosen, outcomes=["bed_days"]).change.set_index(["index_stay", "estimand"])
    for name in ("estimate", "low", "high"):
        ours = money.loc[("include", "cost_per_client_year"), name]
        assert ours == pytest.approx(10 * days.loc[("include", "rate_difference"), name])


def test_the_published_sum_45_500_kronor_is_6_3_bed_days():
    # Socialstyrelsen, national guidelines on schizophrenia, ACT: 45 500 kronor more per patient-year equal the cost of
    # 6.3 days in hospital. The price of a day is theirs divided out; no price year stands there, 2010 is made up.
    team, day = price("team", "patientår", 45_500, 2010), price("vårddygn", "per dygn", 45_500 / 6.3, 2010)
    result = ff.costs(region(STAYS), plan(team, day))
    assert result.team["break_even"].iloc[0] == pytest.approx(6.3)
    assert "6,3 vårddygn" in result.summary("sv")
    assert "6.3 bed-days" in result.summary("en")


def test_a_teams_yearly_cost_and_its_full_time_years_become_kronor_per_client_year():
    staff = pd.DataFrame({"staff_id": ["S1", "S2"], "team_id": "T", "profession": "nurse", "fte": [1.0, 0.5],
                          "start": INDEX, "end": pd.NaT})  # fmt: skip
    extract = region(STAYS, staff=staff)
    years = (pd.Timestamp("2025-01-01") - INDEX).days / 365.25
    chosen = plan(
        price("team", "år", 400_000), price("team_staff", "årsarbetare", 800_000), price("bed_days", "day", 5000)
    )
    rows = ff.costs(extract, chosen).team.set_index("item")
    assert rows.loc["team", "quantity"] == pytest.approx(years)
    assert rows.loc["team", "per_client_year"] == pytest.approx(400_000 / 40)
    assert rows.loc["team_staff", "per_client_year"] == pytest.approx(1.5 * 800_000 / 40)
    assert rows.loc["total", "per_client_year"] == pytest.approx(40_000)
    assert rows.loc["total", "break_even"] == pytest.approx(8)
    assert rows.loc["total", "break_even_year"] == pytest.approx(320)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (price("bed_days", "day", None), "no_price"),
        (price("bed_days", "day", 5000, None), "no_year"),
        (price("bed_days", "day", 5000, source=""), "no_source"),
        (price("bed_days", "day", 0), "not_above_0"),
        (price("bed_days", "besök", 5000), "unit_does_not_fit"),
        (price("bed_days", "fjärding", 5000), "unknown_unit"),
        (price("spårvagn", "st", 5000), "unknown_item"),
        (price("any_admission", "st", 5000), "unit_does_not_fit"),
        (price("placement_days", "dygn", 5000), "not_delivered"),
        (price("team", "årsarbetare", 5000), "no_staff"),
    ],
)
def test_a_price_that_cannot_be_used_gives_no_cost_and_says_why(row, why):
    result = ff.costs(region(STAYS), plan(row))
    assert result.prices["why"].tolist() == [why]
    assert result.table.empty
    assert result.team.empty
    for language in ("sv", "en"):
        assert row.item in result.summary(language)
        assert "nan" not in result.summary(language)
    assert result.released().views("sv")[-1].frame["why"].iloc[0]


def test_no_price_is_assumed():
    result = ff.costs(region(STAYS), Plan())
    assert result.table.empty
    assert result.prices.empty
    assert "costs" not in ff.evaluate(region(STAYS), Plan(intervals={"draws": 100})).results


def test_two_prices_of_one_item_are_both_left_out():
    result = ff.costs(region(STAYS), plan(price("bed_days", "day", 5000, 2021), price("vårddygn", "day", 5200, 2022)))
    assert result.prices["why"].tolist() == ["twice", "twice"]


def test_prices_of_several_years_are_added_up_only_with_the_users_own_index():
    rows = price("bed_days", "day", 5000, 2020), price("admissions", "st", 100, 2022)
    apart = ff.costs(region(STAYS), plan(*rows))
    assert len(apart.table)
    assert apart.total.empty
    assert "flera prisår" in apart.summary("sv")
    indexed = ff.costs(region(STAYS), plan(*rows, price_year=2022, price_index={2020: 100, 2022: 110}))
    assert indexed.prices["used_sek"].tolist() == pytest.approx([5500, 100])
    assert indexed.total.query("cohort == 'all' and window == 'before'")["cost"].iloc[0] == pytest.approx(1_102_000)
    lacking = ff.costs(region(STAYS), plan(*rows, price_year=2022))
    assert lacking.prices["why"].tolist() == ["no_index", ""]


def test_items_that_count_the_same_days_are_not_added_up():
    label, unit = {"sv": "Dygn på akutavdelning", "en": "Days on an acute ward"}, {"sv": "dygn", "en": "days"}
    own = {"outcome": "acute_ward_days", "kind": "bed_days", "where": {"ward_type": ["acute"]}}
    own |= {"label": label, "unit": unit}
    stays = [(one, -100, 10) for one in range(20)]
    extract = region(stays)
    extract = ff.Extract(
        {**extract.tables, "episodes": extract.episodes.assign(ward_type="acute")}, extract.start, extract.end,
        extract.sources,
    )  # fmt: skip
    chosen = plan(price("bed_days", "day", 10), price("Dygn på akutavdelning", "day", 20), own_outcomes=[own])
    result = ff.costs(extract, chosen)
    assert result.table["outcome"].nunique() == 2
    assert result.notes["no_total"] == "overlap"
    assert result.total.empty


def test_a_hidden_item_cannot_be_had_from_the_total():
    visits = pd.DataFrame({"client_id": ["C1", "C2", "C3"], "date": INDEX - pd.Timedelta(days=20), "kind": "emergency"})
    extract = region(STAYS, visits=visits)
    chosen = plan(price("bed_days", "day", 5000), price("emergency_visits", "besök", 3000))
    shown = ff.costs(extract, chosen).released()
    assert shown.table.query("outcome == 'emergency_visits' and window == 'before'")["cost"].isna().all()
    assert shown.total.query("window == 'before'")["cost"].isna().all()
    assert shown.total_change["estimate"].isna().all()
    assert shown.table.query("outcome == 'bed_days' and window == 'before'")["cost"].notna().all()
    for language in ("sv", "en"):
        assert shown.summary(language)
        assert "nan" not in shown.summary(language)


def test_one_client_with_most_of_the_days_hides_the_cost():
    stays = [(0, -300, 200)] + [(one, -100, 3) for one in range(1, 20)]
    shown = ff.costs(region(stays), plan(price("bed_days", "day", 5000))).released()
    assert shown.table.query("window == 'before'")["cost"].isna().all()
    assert "1 285 000" not in shown.summary("sv").replace("\u00a0", " ")


def test_random_regions_cost_what_a_slow_count_of_days_and_admissions_costs():
    rng = np.random.default_rng(4)
    for _ in range(12):
        clients = int(rng.integers(3, 12))
        stays = [
            (int(rng.integers(clients)), int(rng.integers(-500, 450)), int(rng.integers(0, 60)))
            for _ in range(int(rng.integers(1, 25)))
        ]
        stays = sorted({(one, day): (one, day, nights) for one, day, nights in stays}.values())
        day_price, stay_price = float(rng.integers(1, 9000)), float(rng.integers(1, 9000))
        chosen = plan(price("bed_days", "day", day_price), price("admissions", "st", stay_price))
        total = ff.costs(region(stays, clients), chosen).total.query("cohort == 'all'").set_index("window")["cost"]
        for window, (low, high) in {"before": (-365, 0), "after": (0, 365)}.items():
            expected = 0.0
            for client in range(clients):
                mine = [(day, day + nights) for one, day, nights in stays if one == client]
                nights = {day for start, end in mine for day in range(start, end)}
                in_hospital = {day for start, end in mine for day in range(start, end + 1)}
                starts = {day for day, _ in mine if not any(s < day <= e for s, e in mine)}
                expected += day_price * sum(low <= day < high for day in nights)
                expected += stay_price * sum(low <= day < high for day in starts)
                assert starts <= in_hospital
            assert total[window] == pytest.approx(expected)


def test_prices_come_with_the_delivery_as_a_file(tmp_path):
    ff.sample_extract(seed=11, clients=60, teams=1, years=4).save(tmp_path)
    (tmp_path / "costs.csv").write_text(
        "Post;Enhet;Pris (kr);Prisår;Källa\nVårddygn;dygn;7 250,50;2022;påhittat exempel\n"
        "Akutbesök;besök;;2022;påhittat exempel\n",
        encoding="utf-8",
    )
    extract = ff.load_extract(tmp_path)
    assert extract.costs.set_index("item")["sek"]["Vårddygn"] == 7250.5
    result = ff.evaluate(extract, Plan(intervals={"draws": 100}))["costs"]
    assert result.prices.set_index("item")["why"].to_dict() == {"Vårddygn": "", "Akutbesök": "no_price"}
    assert result.table["sek"].unique().tolist() == [7250.5]
    assert "påhittat exempel" in result.methods("sv")


def test_a_released_evaluation_with_prices_comes_back_from_its_file(tmp_path):
    extract = ff.sample_extract(seed=11, clients=90, teams=1, years=4)
    chosen = plan(price("bed_days", "day", 5000), price("team", "år", 9_000_000))
    result = ff.costs(extract, chosen).released()
    again = type(result)(**result.frames(), notes=dict(result.notes), language="en", is_released=True)
    for language in ("sv", "en"):
        assert again.summary(language) == result.summary(language)
        assert again.methods(language) == result.methods(language)
        assert len(again.views(language)) == 5
        assert again.figures(language)[0].alt == result.figures(language)[0].alt
        assert again.key_figures(language)
