"""Numbers that follow from several results together, and from persons who are counted twice."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from factfidelity.display.disclosure import DisclosureRule, release_frames, release_results
from factfidelity.display.disclosure_links import close, guard
from factfidelity.display.gate import Gate, sums_over_year


def of(table, **gate):
    return OneTable(table, Gate(**gate))


@dataclass(frozen=True)
class OneTable:
    """The least that the gate asks of a result, with a gate of its own."""

    table: pd.DataFrame
    gate: Gate
    is_released: bool = False

    @property
    def gates(self):
        return {"table": self.gate}

    def frames(self):
        return {"table": self.table}

    def with_frames(self, frames, *, released):
        return OneTable(frames["table"], self.gate, released)


LEFT = ("year.table.persons", "left.table.ended?year=last", "last_day.table.clients?what=enrolled")


def in_three_results(ended, last_day):
    year = column("team", "persons", a=111, b=90)
    left = pd.DataFrame({"team": ["a", "a", "b", "b"], "year": [2023, 2024] * 2, "ended": [9, ended, 12, 15]})
    day = pd.DataFrame({"team": ["a", "b"], "what": "enrolled", "clients": [last_day, 75]})
    return {
        "year": of(year, keys=("team",), counts={"persons": ()}),
        "left": of(left, keys=("team", "year"), counts={"ended": ()}),
        "last_day": of(day, keys=("team", "what"), counts={"clients": ()}, sums=(LEFT,)),
    }


def column(key, name, **values):
    return pd.DataFrame({key: list(values), name: list(values.values())})


def test_a_small_number_is_not_the_rest_of_two_that_other_results_show():
    released, record = release_results(in_three_results(3, 108), DisclosureRule())
    row = [released[name].table.iloc[place, -2] for name, place in (("year", 0), ("left", 1), ("last_day", 0))]
    assert np.isnan(row[1])
    assert np.isnan(row).sum() == 2
    assert record["narrowest"] >= 5
    assert released["year"].table["persons"].iloc[1] == 90
    assert released["left"].table["ended"].tolist()[2:] == [12, 15]


def test_the_rest_of_a_number_in_another_result_is_guarded_also_where_it_stands_nowhere():
    results = in_three_results(3, 108)
    del results["left"]
    released, _ = release_results(results, DisclosureRule())
    hidden = [released[name].table.iloc[:, -2].isna().tolist() for name in results]
    assert sum(hidden[0]) + sum(hidden[1]) == 1
    assert not hidden[0][1]
    assert not hidden[1][1]


def test_a_sum_over_results_that_does_not_hold_hides_nothing():
    released, _ = release_results(in_three_results(20, 101), DisclosureRule())
    assert all(one.table.iloc[:, -2].notna().all() for one in released.values())


def test_those_few_who_are_in_two_teams_are_not_the_teams_less_the_total():
    table = column("team", "persons", a=40, b=31, total=70)
    gate = {"keys": ("team",), "counts": {"persons": ()}, "margins": {"team": "total"}}
    shown = release_frames({"t": table}, {"t": Gate(**gate)})["t"]["persons"]
    assert shown.isna().sum() == 1
    many = column("team", "persons", a=40, b=31, total=60)
    assert release_frames({"t": many}, {"t": Gate(**gate)})["t"]["persons"].notna().all()


def test_of_two_numbers_that_would_do_the_one_goes_that_fewer_figures_rest_on():
    counts = pd.DataFrame({"team": ["a", "b", "c", "total"], "persons": [3, 30, 32, 65]})
    long = pd.concat([counts.assign(what=what) for what in ("days", "visits", "calls")], ignore_index=True)
    long = long[~(long["team"].eq("c") & long["what"].ne("days"))].assign(mean=0.5)
    gate = {"margins": {"team": "total"}}
    shown = release_frames(
        {"counts": counts, "long": long},
        {"counts": Gate(keys=("team",), counts={"persons": ()}, **gate),
         "long": Gate(keys=("team", "what"), counts={"persons": ("mean",)}, **gate)},
    )  # fmt: skip
    assert shown["counts"].loc[shown["counts"]["persons"].isna(), "team"].tolist() == ["a", "c"]
    assert shown["long"].loc[shown["long"]["team"].isin(["b", "total"]), "mean"].notna().all()


def year_and_periods(size, small):
    """Booked visits by period, one of them of two persons; and those of the last year."""
    start = pd.date_range("2022-01-01", periods=size + 3, freq=f"{12 // size}MS")
    booked = [9 + place for place in range(size + 3)]
    persons = [20] * (size + 3)
    booked[small], persons[small] = 3, 2
    table = pd.DataFrame({"team_id": "a", "period_start": start, "persons_booked": persons, "booked": booked})
    year = pd.DataFrame({"team_id": ["a"], "persons_booked": [25], "booked": [sum(booked[3:])]})
    counts = {"persons_booked": ("booked",)}
    return {
        "year": of(year, keys=("team_id",), counts=counts, sums=sums_over_year("table", "periods.table", ["booked"])),
        "periods": of(table, keys=("team_id", "period_start"), counts=counts),
    }


@pytest.mark.parametrize("size", [12, 4, 2])
@pytest.mark.parametrize("back", [1, 2])
def test_eleven_months_and_the_year_do_not_give_the_twelfth(size, back):
    released, _ = release_results(year_and_periods(size, size + 3 - back), DisclosureRule())
    months = released["periods"].table["booked"]
    assert np.isnan(months.iloc[-back])
    assert np.isnan(months.iloc[3:]).sum() + np.isnan(released["year"].table["booked"].iloc[0]) >= 2


def test_four_months_that_make_the_year_by_chance_do_not_tell_of_the_fifth():
    # a team that began in August, without visits in that month
    start = pd.date_range("2023-08-01", periods=5, freq="MS")
    booked = [0.0, 6.0, 7.0, 8.0, 9.0]
    table = pd.DataFrame({"team_id": "a", "period_start": start, "persons_booked": [0, 6, 7, 8, 9], "booked": booked})
    year = pd.DataFrame({"team_id": ["a"], "persons_booked": [25], "booked": [30.0]})
    results = {
        "year": of(year, keys=("team_id",), counts={"persons_booked": ("booked",)},
                   sums=sums_over_year("table", "periods.table", ["booked"])),
        "periods": of(table, keys=("team_id", "period_start"), counts={"persons_booked": ("booked",)}),
    }  # fmt: skip
    frames = [
        guard(name, "table", result.table, result.gates["table"], DisclosureRule()) for name, result in results.items()
    ]
    closed = close(frames, DisclosureRule())
    cells = dict(zip(closed.sheets, closed.registry.cells, strict=True))
    sums = closed.registry.system.sums
    of_year = [set(sums.cells[sums.rows == row]) for row in np.unique(sums.rows[sums.cells == cells[0, "booked"][0]])]
    assert of_year == [{*cells[1, "booked"], cells[0, "booked"][0]}]


def test_a_small_month_before_the_last_year_hides_no_other():
    released, _ = release_results(year_and_periods(12, 1), DisclosureRule())
    assert np.isnan(released["periods"].table["booked"]).sum() == 1
    assert not np.isnan(released["year"].table["booked"].iloc[0])


def one_number_in_two_tables(last):
    """Persons by form over the last year, and by form and calendar year: what is hidden along differs by chance."""
    form = pd.DataFrame({
        "team": [*"aabbtt"], "form": ["visit", "call"] * 3, "persons": [26, 20, 4, 12, 30, 32],
    }).replace({"team": {"t": "total"}})  # fmt: skip
    year = form.rename(columns={"form": "code"}).assign(year=2020)
    year = pd.concat([year.assign(year=2019, persons=[25, 20, 15, 12, 40, 32]), year.assign(persons=last)])
    counts = {"persons": ()}
    return {
        "last": of(form, keys=("team", "form"), counts=counts, margins={"team": "total"},
                   same=(("table.persons", "years.table.persons?year=last&code>form"),)),
        "years": of(year, keys=("team", "year", "code"), counts=counts, margins={"team": "total"}),
    }  # fmt: skip


def test_one_number_in_two_tables_is_hidden_in_both():
    released, _ = release_results(one_number_in_two_tables([26, 20, 4, 12, 30, 32]), DisclosureRule())
    last, years = (released[name].table for name in ("last", "years"))
    gone = last["persons"].isna().to_numpy()
    assert gone.sum() >= 2
    assert gone[2]
    assert (years.loc[years["year"] == 2020, "persons"].isna().to_numpy() == gone).all()
    assert years.loc[years["year"] == 2019, "persons"].notna().all()


def test_numbers_of_other_days_are_not_one_though_they_bear_one_name():
    released, _ = release_results(one_number_in_two_tables([24, 20, 14, 13, 38, 33]), DisclosureRule())
    years = released["years"].table
    assert years.loc[years["year"] == 2020, "persons"].isna().sum() <= 1


@pytest.mark.parametrize("first", ["enrolled", "asked"])
def test_what_key_figures_rest_on_is_hidden_last(first):
    # 97 of 100 were asked and 3 were not: one of the two large numbers goes with the small one
    def result(name, persons, **gate):
        table = pd.DataFrame({"team_id": ["a"], "persons": [persons], "mean": [1.5]})
        return of(table, keys=("team_id",), counts={"persons": ("mean",)}, headline=name == first, **gate)

    results = {
        "enrolled": result("enrolled", 100, sums=(("table.persons", "asked.table.persons", "left.table.persons"),)),
        "asked": result("asked", 97),
        "left": result("left", 3),
    }
    released, _ = release_results(results, DisclosureRule())
    hidden = {name: bool(one.table["persons"].isna().any()) for name, one in released.items()}
    assert hidden == {"enrolled": first != "enrolled", "asked": first != "asked", "left": True}
