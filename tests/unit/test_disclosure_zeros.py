"""What nobody can keep: zeros that the layout tells, numbers that others know; and what is not known after all."""

import numpy as np
from frames import frame

from factfidelity.display.disclosure import DisclosureRule
from factfidelity.display.disclosure_known import Known
from factfidelity.display.disclosure_links import close, guard
from factfidelity.display.disclosure_secondary import protect_system
from factfidelity.display.disclosure_system import System
from factfidelity.display.disclosure_zeros import never_moved, note_last_in_line
from factfidelity.display.gate import Gate

RULE = DisclosureRule()
TEAMS = Gate(
    keys=("report", "team", "group"), counts={"clients": ()}, margins={"report": "all", "team": "all", "group": "all"},
    topic="topic",
)  # fmt: skip
# the report of b has no row for autism: nobody has it there
TABLE = frame("""
    report | team | group     | clients | topic
    all    | a    | autism    | 12      | diagnosis
    all    | b    | autism    | 0       | diagnosis
    all    | all  | autism    | 12      | diagnosis
    all    | a    | psychosis | 40      | diagnosis
    all    | b    | psychosis | 31      | diagnosis
    all    | all  | psychosis | 71      | diagnosis
    all    | a    | all       | 52      |
    all    | b    | all       | 31      |
    all    | all  | all       | 83      |
    a      | a    | autism    | 12      | diagnosis
    a      | a    | psychosis | 40      | diagnosis
    a      | a    | all       | 52      |
    b      | b    | psychosis | 31      | diagnosis
    b      | b    | all       | 31      |
""")


def closed(**frames):
    gates = frames.pop("gates")
    return close([guard("result", name, table, gates[name], RULE) for name, table in frames.items()], RULE)


def test_a_zero_that_a_missing_row_tells_takes_no_other_number_with_it():
    found = closed(table=TABLE, gates={"table": TEAMS})
    hidden = found.frames[0].mask["clients"]
    assert hidden[1], "the zero itself is not shown"
    assert not hidden[[2, 3, 5, 8]].any()
    assert found.left == []


def never(system):
    return never_moved(system, system.blocks(~system.fixed), np.arange(len(system.values))).tolist()


def test_only_zeros_are_told_by_the_layout():
    # 0 + 4 = 4 and the 4 stands alone elsewhere: the 4 may be any number, the 0 beside it none
    system = System.of([0.0, 4.0, 4.0], [((0, 1, 2), (1.0, 1.0, -1.0)), ((1, 2), (1.0, -1.0))])
    system.hidden[:] = system.sensitive[:] = True
    system.widths[:] = 5.0
    assert never(system) == [0]
    assert protect_system(system) == []
    assert system.sensitive.tolist() == [False, True, True]
    # without the second sum it may be anything too
    assert never(System.of([0.0, 4.0, 4.0], [((0, 1, 2), (1.0, 1.0, -1.0))])) == []


def test_what_is_told_by_numbers_that_others_know_is_found_for_all_at_once():
    # 5 + 7 = 12 with 7 and 12 known, and of 3 + 9 = 12 only the 3: what a known 0 is the sum of is 0
    sums = [((0, 1, 2), (1.0, 1.0, -1.0)), ((3, 4, 5), (1.0, 1.0, -1.0)), ((6, 7, 8), (1.0, 1.0, -1.0))]
    system = System.of([5.0, 7.0, 12.0, 3.0, 9.0, 12.0, 0.0, 0.0, 0.0], sums)
    system.fixed[[1, 2, 3, 8]] = True
    blocks = system.blocks(~system.fixed)
    assert never_moved(system, blocks, np.array([0, 4, 5, 6, 7])).tolist() == [0, 6, 7]
    note_last_in_line(system)
    assert np.flatnonzero(system.rigid).tolist() == [0]


def test_what_was_found_before_a_number_became_known_is_not_counted_on():
    # 8 + 2 + 2 = 12: with 12 hidden the small ones are safe, with 12 known 8 must go as well
    system = System.of([8.0, 2.0, 2.0, 12.0], [((0, 1, 2, 3), (1.0, 1.0, 1.0, -1.0))])
    system.hidden[[1, 2, 3]] = system.sensitive[[1, 2]] = True
    system.widths[[1, 2]] = 5.0
    system.costs[:] = [9.0, 1.0, 1.0, 1.0]
    system.persons[:] = True
    assert protect_system(system) == []
    assert not system.hidden[0]
    system.fix(np.array([3]), system.blocks(~system.fixed))
    assert protect_system(system) == []
    assert system.hidden[0]


def test_a_number_that_is_the_same_by_chance_as_one_that_is_known_is_not_known():
    # 37 had a telephone call, which last year's report shows; 37 had two contacts or more, which it does not
    forms = frame("""
        team | form  | clients
        Norr | phone | 37
        Norr | visit | 30
    """)
    often = frame("""
        team | clients
        Norr | 37
    """)
    gates = {
        "forms": Gate(keys=("team", "form"), counts={"clients": ()}),
        "often": Gate(keys=("team",), counts={"clients": ()}),
    }
    known = Known.from_releases([{"result.forms": (forms, gates["forms"])}])
    frames = [
        guard("result", "forms", forms, gates["forms"], RULE),
        guard("result", "often", often, gates["often"], RULE),
    ]
    found = close(frames, RULE, before=known)
    system, cells = found.registry.system, dict(zip(found.sheets, found.registry.cells, strict=True))
    assert system.fixed[cells[0, "clients"]].all()
    assert not system.fixed[cells[1, "clients"]].any()
    # where nothing is known the two may be one number, and go together
    plain = close(
        [guard("result", name, table, gates[name], RULE) for name, table in (("forms", forms), ("often", often))], RULE
    )
    cells = dict(zip(plain.sheets, plain.registry.cells, strict=True))
    assert cells[0, "clients"][0] == cells[1, "clients"][0]


def test_what_is_shown_in_the_row_is_hidden_and_not_taken_for_known():
    # 8 of a were shown last year, among fewer; the whole 12 may hide the 2 and 2, and the share of the whole its 12
    now = frame("""
        team | clients | within | persons | share
        a    | 156     | 8      | 8       | 0.0512820512820513
        b    | 107     | 2      | 2       | 0.0186915887850467
        c    | 80      | 2      | 2       | 0.025
        all  | 343     | 12     | 12      | 0.0349854227405248
    """)
    before = frame("""
        team | clients | within | share
        a    | 174     | 8      | 0.0459770114942529
        b    | 129     |        |
        c    | 97      |        |
        all  | 400     |        |
    """)
    gate = Gate(
        keys=("team",), counts={"clients": ("share",), "persons": ("within", "share")}, margins={"team": "all"},
        inner=("persons",),
    )  # fmt: skip
    known = Known.from_releases([{"result.table": (before, gate)}])
    found = close([guard("result", "table", now, gate, RULE)], RULE, before=known)
    mask = found.frames[0].mask
    assert found.left == []
    assert mask["within"][[1, 2, 3]].all()
    assert mask["share"][[1, 2, 3]].all()
    assert not mask["clients"].any()


def test_what_follows_from_a_known_sum_and_a_number_of_clients_is_known_and_the_clients_stay():
    # the 18 measures stood in last year's report; 28 and 30 under compulsory care tell of two, and their days go
    now = frame("""
        team | clients | compulsory | measures | per_client | days | per_day
        a    | 150     | 28         | 18       | 0.12       | 703  | 0.0256045519203414
        b    | 110     | 30         | 40       | 0.3636363636363636 | 650 | 0.0615384615384615
    """)
    before = now.assign(clients=[129, 90], compulsory=[30, 22], per_client=[18 / 129, 0.1], days=[760.0, 480.0])
    before = before.drop(columns="per_day")
    gate = Gate(
        keys=("team",), wholes={"compulsory": "clients"},
        counts={"clients": ("per_client",), "compulsory": ("days", "per_day", "measures", "per_client")},
    )  # fmt: skip
    known = Known.from_releases([{"result.table": (before, gate)}])
    found = close([guard("result", "table", now, gate, RULE)], RULE, before=known)
    mask = found.frames[0].mask
    assert mask["compulsory"][0]
    assert mask["per_client"][0]
    assert not mask["clients"].any()
    assert not any(mask[name][1] for name in mask)


def test_what_others_know_whatever_is_hidden_takes_nothing_with_it_unless_it_is_a_few_persons():
    # both months stood in last year's report: the sum of the year is known, whether this report is written or not
    def months(first, second):
        system = System.of([first, second, first + second, 900.0], [((0, 1, 2), (1.0, 1.0, -1.0))])
        system.fixed[[0, 1]] = True
        system.hidden[2] = system.sensitive[2] = True
        system.widths[2] = max(5.0, 0.2 * (first + second))
        return system

    system = months(300.0, 240.0)
    assert protect_system(system) == []
    assert not system.hidden[3]
    assert not system.sensitive[2]
    assert protect_system(months(1.0, 2.0)) == [2]
