"""One table of persons: what is hidden, what is said of it, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from frames import frame

from factfidelity.display.disclosure import DisclosureRule, audit, audit_linked, protect, protect_linked
from factfidelity.errors import DisclosureError

TABLE = frame("""
    team | sex   | clients
    Norr | woman | 3
    Norr | man   | 12
    Syd  | woman | 14
    Syd  | man   | 9
""")


def states(out, *keys):
    return out.set_index(list(keys))["status"].to_dict()


def test_margins_are_added_and_labelled_total():
    out = protect(TABLE, rows="team", columns="sex")
    assert len(out) == 9
    assert out.set_index(["team", "sex"]).loc[("total", "total"), "clients"] == 38
    assert list(out.columns) == ["team", "sex", "clients", "status"]


def test_a_small_cell_takes_three_others_with_it_in_a_two_by_two_table():
    out = protect(TABLE, rows="team", columns="sex")
    assert states(out, "team", "sex") == {
        ("Norr", "woman"): "hidden",
        ("Norr", "man"): "hidden",
        ("Syd", "woman"): "hidden",
        ("Syd", "man"): "hidden",
        ("Norr", "total"): "shown",
        ("Syd", "total"): "shown",
        ("total", "woman"): "shown",
        ("total", "man"): "shown",
        ("total", "total"): "shown",
    }
    assert out.loc[out["status"] == "hidden", "clients"].isna().all()


def test_margins_that_are_given_for_one_team_only_are_added_for_the_others():
    table = frame("""
        team | sex | clients
        A | women | 12
        A | men | 10
        B | women | 20
        B | men | 30
        A | total | 22
    """)
    done = protect(table, rows="team", columns="sex").set_index(["team", "sex"])["clients"]
    assert done["B", "total"] == 50
    assert done["total", "women"] == 32
    assert done["total", "total"] == 72
    assert done.index.is_unique
    assert len(done) == 9


def test_the_audit_says_what_the_margins_allow():
    found = audit(protect(TABLE, rows="team", columns="sex")).set_index(["team", "sex"])
    # Norr has 15, women are 17, so Norr's women are 0 to 15; all else follows from it
    assert found.loc[("Norr", "woman"), ["lowest", "highest"]].tolist() == [0, 15]
    assert found.loc[("Norr", "man"), ["lowest", "highest"]].tolist() == [0, 15]
    assert found.loc[("Syd", "woman"), ["lowest", "highest"]].tolist() == [2, 17]
    assert found.loc[("Syd", "man"), ["lowest", "highest"]].tolist() == [6, 21]
    assert not found["pinned"].any()


def test_the_audit_sees_a_cell_that_was_hidden_alone():
    out = protect(TABLE, rows="team", columns="sex")
    full = frame("""
        team  | sex   | clients | status
        Norr  | woman |         | hidden
        Norr  | man   | 12      | shown
        Norr  | total | 15      | shown
    """)
    assert len(out) == 9
    found = audit(full)
    assert found[["lowest", "highest", "pinned"]].to_numpy().tolist() == [[3, 3, True]]


def test_zero_is_shown_as_a_state_of_its_own_and_missing_is_not_available():
    table = frame("""
        team | clients
        Norr | 0
        Syd  |
        Öst  | 20
    """)
    out = protect(table.assign(sex="all"), rows="team", columns="sex")
    found = states(out, "team", "sex")
    assert found["Norr", "all"] == "zero"
    assert found["Syd", "all"] == "not_available"
    assert found["Öst", "all"] == "shown"
    assert found["total", "all"] == "not_available"


def test_a_table_where_nothing_is_small_keeps_every_number():
    out = protect(TABLE.assign(clients=TABLE["clients"] + 10), rows="team", columns="sex")
    assert set(out["status"]) == {"shown"}


def test_a_table_of_too_few_persons_is_hidden_with_its_total():
    out = protect(TABLE.assign(clients=[1, 0, 2, 0]), rows="team", columns="sex")
    assert "shown" not in set(out["status"])


def test_numbers_beside_the_count_are_hidden_with_it():
    out = protect(TABLE.assign(rate=[1.5, 2.5, 3.5, 4.5]), rows="team", columns="sex").set_index(["team", "sex"])
    assert np.isnan(out.loc[("Norr", "woman"), "rate"])


def test_three_way_tables_take_lists_of_keys():
    table = pd.DataFrame(
        [(a, b, c, 4 if (a, b, c) == ("x", "u", "k") else 20) for a in "xy" for b in "uv" for c in "kl"],
        columns=["a", "b", "c", "clients"],
    )
    out = protect(table, rows=["a", "b"], columns="c")
    assert len(out) == 27
    hidden = out[out["status"] == "hidden"]
    assert len(hidden) == 8
    assert (audit(out, keys=["a", "b", "c"])["width"] >= 5).all()


def test_the_callers_table_is_not_changed():
    before = TABLE.copy()
    protect(TABLE, rows="team", columns="sex")
    pd.testing.assert_frame_equal(TABLE, before)


def test_the_order_of_the_rows_does_not_change_what_is_hidden():
    table = pd.DataFrame([(f"r{i}", f"c{j}", (7 * i + 5 * j) % 11) for i in range(5) for j in range(5)])
    table.columns = ["r", "c", "clients"]
    one = protect(table, rows="r", columns="c")
    two = protect(table.sample(frac=1, random_state=3), rows="r", columns="c")
    assert (one["status"] == "hidden").sum() == (two["status"] == "hidden").sum()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"clients": [-1, 2, 3, 4]}, "whole numbers"),
        ({"clients": [1.5, 2, 3, 4]}, "whole numbers"),
        ({"sex": ["man"] * 4}, "more than once"),
        ({"clients": ["8", "9", "10", "11"]}, "whole numbers"),
        ({"clients": [8, "..", 10, 11]}, "whole numbers"),
        ({"clients": [8, float("inf"), 10, 11]}, "whole numbers"),
    ],
)
def test_a_table_that_does_not_count_persons_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        protect(TABLE.assign(**change), rows="team", columns="sex")


def test_an_unknown_column_is_named():
    with pytest.raises(ValueError, match="no column kommun"):
        protect(TABLE, rows="kommun", columns="sex")


def test_margins_that_are_not_sums_are_refused_in_both_languages():
    table = frame("""
        team  | sex   | clients
        Norr  | woman | 3
        Norr  | man   | 12
        Norr  | total | 99
        total | woman | 3
        total | man   | 12
        total | total | 15
    """)
    with pytest.raises(DisclosureError, match="not the sum of their cells") as caught:
        protect(table, rows="team", columns="sex")
    assert "är inte summan av sina celler" in caught.value.render("sv")
    assert caught.value.exit_code == 13


def test_a_number_that_stands_in_two_tables_is_hidden_in_both():
    by_sex = frame("""
        team  | sex   | clients
        Norr  | woman | 3
        Norr  | man   | 12
        Norr  | total | 15
        Syd   | woman | 30
        Syd   | man   | 30
        Syd   | total | 60
    """)
    teams = frame("""
        team  | clients
        Norr  | 15
        Syd   | 60
        total | 75
    """)
    women = frame("""
        team | sex   | clients
        Norr | woman | 3
        Syd  | woman | 30
    """)
    out = protect_linked({"by_sex": by_sex, "teams": teams, "women": women}, DisclosureRule())
    assert states(out["by_sex"], "team", "sex")["Norr", "woman"] == "hidden"
    assert states(out["women"], "team", "sex")["Norr", "woman"] == "hidden"
    assert not audit_linked(out)["pinned"].any()


def test_a_total_in_another_table_is_part_of_the_attack():
    parts = frame("""
        team | clients
        Norr | 3
        Syd  | 20
        Öst  | 30
    """)
    whole = frame("""
        team  | clients
        total | 53
    """)
    alone = protect_linked({"parts": parts})
    assert (alone["parts"]["status"] == "hidden").sum() == 1
    both = protect_linked({"parts": parts, "whole": whole})
    assert (both["parts"]["status"] == "hidden").sum() + (both["whole"]["status"] == "hidden").sum() == 2
    given = {"parts": alone["parts"], "whole": whole}
    assert audit_linked(given)["pinned"].tolist() == [True]


def test_what_was_shown_last_year_is_known_this_year():
    table = frame("""
        team  | clients
        Norr  | 3
        Syd   | 6
        Öst   | 30
        total | 39
    """)
    before = frame("""
        team  | clients | status
        Norr  |         | hidden
        Syd   | 6       | shown
        Öst   |         | hidden
        total | 39      | shown
    """)
    now = protect_linked({"teams": table})
    assert states(now["teams"], "team") == {"Norr": "hidden", "Syd": "hidden", "Öst": "shown", "total": "shown"}
    # this year's and last year's table together give Norr = 39 - 6 - 30
    assert audit_linked(now, previous={"teams": before})["pinned"].any()
    careful = protect_linked({"teams": table}, previous={"teams": before})
    assert states(careful["teams"], "team")["Öst"] == "hidden"
    assert not audit_linked(careful, previous={"teams": before})["pinned"].any()


def test_a_number_that_has_changed_by_a_few_persons_since_last_year_is_hidden():
    before = frame("""
        team | clients | status
        Norr | 40      | shown
        Syd  | 40      | shown
    """)
    now = frame("""
        team | clients
        Norr | 42
        Syd  | 55
    """)
    out = protect_linked({"teams": now}, previous={"teams": before})
    assert states(out["teams"], "team") == {"Norr": "hidden", "Syd": "shown"}


def test_a_year_is_a_key_where_the_others_do_not_name_the_cell():
    table = pd.DataFrame({"team": ["a", "a", "b", "b"], "year": [2023, 2024] * 2, "clients": [3, 20, 30, 40]})
    out = protect_linked({"t": table})["t"]
    assert out["status"].tolist() == ["hidden", "shown", "shown", "shown"]
