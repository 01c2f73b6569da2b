"""What earlier releases showed is known: what follows from it together with what is shown now."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from frames import frame

from factfidelity.display.disclosure import DisclosureRule, release_results
from factfidelity.display.disclosure_audit import audited
from factfidelity.display.disclosure_known import Known
from factfidelity.display.disclosure_links import close, guard
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.errors import DisclosureError

RULE = DisclosureRule()


@dataclass(frozen=True, kw_only=True, eq=False)
class Levels(Result):
    name = "levels"
    title = {"sv": "Nivåer", "en": "Levels"}  # noqa: RUF012
    gates = {  # noqa: RUF012
        "table": Gate(
            keys=("team",), counts={"clients": ("years",), "any": ("total", "mean", "score")},
            wholes={"any": "clients"}, free=("score",),
        )
    }  # fmt: skip

    def summary(self, language=None):
        return ""

    def methods(self, language=None):
        return ""

    def plot(self, *, ax=None):
        raise NotImplementedError

    def views(self, language=None):
        return ()


NOW = frame("""
    team | clients | any | total | mean  | score | years
    Norr | 50      | 19  | 133   | 7.0   | 4.5   | 47.5
    Syd  | 60      | 30  | 240   | 8.0   | 5.5   | 58.25
    Öst  | 70      | 20  | 90    | 4.5   | 3.5   | 66.75
    Väst | 40      | 20  | 100   | 5.0   | 6.5   | 38.5
""")


def shown(table):
    return Levels(table=table, is_released=True)


def release(table, *before):
    return release_results({"levels": Levels(table=table)}, RULE, previous=[{"levels": one} for one in before])


def test_a_few_new_persons_take_with_them_all_that_rests_on_the_group_also_what_does_not_give_its_number_back():
    before = NOW.assign(any=[19, 28, 12, 8], total=[133, 210, 61, 40], mean=[7.0, 7.5, 61 / 12, 5.0])
    out, _ = release(NOW, shown(before))
    table = out["levels"].table.set_index("team")
    # Syd: 30 × 8.0 less 28 × 7.5 are the 30 days of two persons; their mean score would follow alike
    assert table.loc["Syd", ["any", "total", "mean", "score"]].isna().all()
    assert table.loc["Öst", ["any", "total", "mean", "score"]].notna().all()


def test_a_part_is_hidden_where_the_rest_of_its_whole_has_changed_by_a_few():
    # 10 of 40 and 19 of 50: nine more with any, one more without
    before = NOW.assign(
        clients=[40, 60, 70, 40], any=[10, 30, 20, 20], total=[80, 240, 90, 100], mean=[8.0, 8.0, 4.5, 5.0],
        years=[38.5, 58.25, 66.75, 38.5],
    )  # fmt: skip
    out, _ = release(NOW, shown(before))
    table = out["levels"].table.set_index("team")
    assert np.isnan(table.loc["Norr", "any"])
    assert table.loc["Syd", "any"] == 30


def test_a_number_of_persons_that_two_known_figures_give_back_stops_the_report():
    now = NOW.assign(any=[3, 30, 20, 20], total=[21, 240, 90, 100])
    # an earlier report hid the number, but showed 21 days and 7 days for each: three persons
    careless = now.assign(any=[np.nan, 30, 20, 20], score=np.nan)
    with pytest.raises(DisclosureError, match=r"any in levels\.table"):
        release(now, shown(careless))
    careful = careless.assign(mean=[np.nan, 8.0, 4.5, 5.0])
    out, _ = release(now, shown(careful))
    assert out["levels"].table.loc[0, ["any", "mean"]].isna().all()


def test_what_is_known_is_not_counted_on_to_hide_anything_in_its_row():
    table = frame("""
        team | any | total | years | rate
        Norr | 3   | 33    | 57.3  | 0.575916230366492
        Syd  | 11  | 150   | 48.1  | 3.118503118503119
        Öst  | 30  | 490   | 69.9  | 7.010014306151645
    """)

    class Rates(Levels):
        gates = {"table": Gate(keys=("team",), counts={"any": ("total",), "clients": ("years",)})}  # noqa: RUF012

    def sent(before):
        return release_results({"levels": Rates(table=table)}, RULE, previous={"levels": before})[0]["levels"].table

    # the days of Norr are hidden with their three persons, and one of years and rate so that they do not follow
    alone = sent(Rates(table=table.assign(any=np.nan, total=np.nan, years=np.nan, rate=np.nan), is_released=True))
    assert alone.loc[0, "total":].isna().sum() == 2
    years_known = table.assign(any=np.nan, total=np.nan, rate=np.nan, clients=[40, 50, 60])
    out = sent(Rates(table=years_known, is_released=True))
    assert np.isnan(out.loc[0, "rate"])


def test_several_earlier_reports_are_known_together():
    older = NOW.assign(total=[102, 196, 90, 100], mean=[6.0, 7.0, 4.5, 5.0])
    first, second = older.assign(any=[np.nan, 28, 20, 20]), older.assign(any=[17, np.nan, 20, 20])
    out, _ = release(NOW, shown(first), shown(second))
    assert out["levels"].table["any"].isna().tolist() == [True, True, False, False]


def test_what_rests_on_a_number_that_never_left_the_room_was_shown_all_the_same():
    """Contacts in the evening of teams: the persons behind them are counted in the room only."""
    table = frame("""
        team  | persons_late | late
        Norr  | 6            | 6
        Syd   | 7            | 9
        Väst  | 4            | 4
        total | 17           | 19
    """)

    class Late(Levels):
        gates = {  # noqa: RUF012
            "table": Gate(keys=("team",), counts={"persons_late": ("late",)}, margins={"team": "total"},
                          inner=("persons_late",))
        }  # fmt: skip

    last = table.drop(columns="persons_late").assign(late=[6, 9, np.nan, np.nan])
    before = {"levels": Late(table=last, is_released=True)}
    out = release_results({"levels": Late(table=table)}, RULE, previous=[before])[0]["levels"].table
    assert out.set_index("team")["late"].isna().loc[["Väst", "total"]].all()


def test_a_rest_that_others_know_is_named_by_the_part_beside_it():
    """60 met and 63 enrolled stood in two earlier reports: the three who were not met stand in no table."""
    table = frame("""
        team | enrolled | met
        Norr | 63       | 60
        Syd  | 90       | 70
    """)

    class Met(Levels):
        gates = {"table": Gate(keys=("team",), counts={"enrolled": (), "met": ()}, wholes={"met": "enrolled"})}  # noqa: RUF012

    careless = [
        {"levels": Met(table=table.assign(**{name: np.nan}), is_released=True)} for name in ("enrolled", "met")
    ]  # fmt: skip
    with pytest.raises(DisclosureError) as refused:
        release_results({"levels": Met(table=table)}, RULE, previous=careless)
    assert refused.value.problems
    assert all("levels.table" in problem.what for problem in refused.value.problems)


def test_a_row_that_is_named_by_a_number_is_found_again_after_release():
    """What leaves the room has ten digits, also where the number is a key: the years of a curve."""

    class Course(Levels):
        gates = {"table": Gate(keys=("years",), counts={"clients": ()})}  # noqa: RUF012

    table = pd.DataFrame({"years": [0.0, 0.999315537303217, 1.998631074606434], "clients": [60, 50, 40]})
    first = release_results({"levels": Course(table=table)}, RULE)[0]
    assert first["levels"].table.loc[1, "years"] != table.loc[1, "years"]
    out, _ = release_results({"levels": Course(table=table.assign(clients=[60, 51, 40]))}, RULE, previous=[first])
    assert out["levels"].table["clients"].isna().tolist() == [False, True, False]


def test_a_month_that_an_earlier_report_did_not_show_is_not_shown_in_the_next():
    # beside that year's sum, which stands in the earlier report alone, the other month of it would follow
    months = frame("""
        team | period_start | clients | missed
        Norr | 2023-01-01   | 40      | 12
        Norr | 2023-02-01   | 41      | 15
        Norr | 2023-03-01   | 43      | 11
    """)
    gate = Gate(keys=("team", "period_start"), counts={"clients": ("missed",)})
    before = months.assign(missed=[12, None, 11])
    known = Known.from_releases([{"result.table": (before, gate)}])
    found = close([guard("result", "table", months, gate, RULE)], RULE, before=known)
    assert found.frames[0].mask["missed"].tolist() == [False, True, False]
    assert not found.frames[0].mask["clients"].any()
    # the figures of other tables are of other days: what was hidden there may be shown
    plain = Gate(keys=("team",), counts={"clients": ("missed",)})
    year = months.iloc[:1].drop(columns="period_start")
    known = Known.from_releases([{"result.table": (year.assign(missed=[None]), plain)}])
    found = close([guard("result", "table", year, plain, RULE)], RULE, before=known)
    assert not found.frames[0].mask["missed"].any()


def test_a_share_that_two_figures_of_an_earlier_report_give_is_no_reason_to_leave_a_report_out():
    now = frame("""
        team | clients | few | contacts | agency | share
        Norr | 30      | 3   | 23       | 5      | 0.217391304347826
        Syd  | 40      | 9   | 50       | 12     | 0.24
        Öst  | 35      | 8   | 40       | 14     | 0.35
        Väst | 38      | 7   | 60       | 9      | 0.15
    """)
    gate = Gate(keys=("team",), counts={"clients": ("contacts",), "few": ("agency", "share")}, inner=("few",))
    before = now.drop(columns="few").assign(share=np.nan)
    known = Known.from_releases([{"result.table": (before, gate)}])
    found = close([guard("result", "table", now, gate, RULE)], RULE, before=known)
    assert found.frames[0].mask["share"][0]
    assert audited(found, RULE)["known_before"] > 0
    # what only this report gives away is found all the same
    found = close([guard("result", "table", now, gate, RULE)], RULE)
    found.frames[0].mask["agency"][:] = False
    with pytest.raises(DisclosureError):
        audited(found, RULE)


MONTHS = frame("""
    team | period_start | clients | few
    Norr | 2024-01-01   | 27      | 6
    Norr | 2024-02-01   | 28      | 7
""")
MONTHLY = Gate(keys=("team", "period_start"), counts={"clients": (), "few": ()})


@pytest.mark.parametrize(
    ("other", "told"),
    [
        # the same counts as in the last month: it is the table of that month, and 28 are known
        ("clients", True),
        # of 30 in the year 28 were asked and two were not: 28 clients in February are the same by chance
        ("unasked", False),
    ],
)
def test_what_is_known_of_a_month_is_not_known_of_a_table_that_counts_something_else_too(other, told):
    year = pd.DataFrame({"team": ["Norr"], "clients": [28], **({"unasked": [2]} if other == "unasked" else {})})
    gate = Gate(keys=("team",), counts=dict.fromkeys(year.columns[1:], ()))
    before = Known.from_releases([{"result.months": (MONTHS, MONTHLY)}])
    found = close(
        [guard("result", "months", MONTHS, MONTHLY, RULE), guard("result", "year", year, gate, RULE)], RULE,
        before=before,
    )  # fmt: skip
    cells = dict(zip(found.sheets, found.registry.cells, strict=True))
    system = found.registry.system
    assert system.fixed[cells[0, "clients"]].all()
    assert bool(system.fixed[cells[1, "clients"]].all()) == told
