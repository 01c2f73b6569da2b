"""Four claims: each verdict by hand, and a claim whose data are lacking is not judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.outcomes.claims import four_claims

INDEX = pd.Timestamp("2020-01-01")


def region(*, contacts=(2, 6), stays=(3, 1), coercion=(2, 2), clients=60, seed=1):
    """Poisson numbers of each kind per client, before and after."""
    rng = np.random.default_rng(seed)
    ids = [f"C{number}" for number in range(clients)]

    def dated(means):
        rows = []
        for low, mean in ((-360, means[0]), (1, means[1])):
            for client in ids:
                days = low + rng.choice(350, rng.poisson(mean), replace=False)
                rows += [(client, INDEX + pd.Timedelta(days=int(day))) for day in days]
        return pd.DataFrame(rows, columns=["client_id", "date"])

    held = dated(contacts)
    held = held.assign(
        contact_id=[f"K{row}" for row in range(len(held))], attended=True, face_to_face=True,
        profession=rng.choice(["nurse", "psychologist", "physician"], len(held)),
        relatives=rng.random(len(held)) < 0.2,
    )  # fmt: skip
    episodes = dated(stays).rename(columns={"date": "admitted"})
    return extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT}),
        contacts=held,
        episodes=episodes.assign(discharged=episodes["admitted"] + pd.Timedelta(days=2)),
        coercion=dated(coercion).assign(kind="restraint"),
    )


def verdicts(result):
    return {row["figure"]: result.verdict(row) for row in result.table.to_dict("records")}


def test_each_claim_gets_its_own_verdict():
    found = verdicts(four_claims(region()))
    assert found == {
        "contacts": "carried", "professions": "carried", "admissions": "carried", "bed_days": "carried",
        "coercive_measures": "open", "relatives": "described",
    }  # fmt: skip


def test_a_change_the_other_way_speaks_against():
    found = verdicts(four_claims(region(contacts=(6, 2), stays=(1, 3), coercion=(1, 4))))
    assert found["contacts"] == found["admissions"] == found["coercive_measures"] == "against"


def test_the_numbers_are_those_of_a_slow_count():
    extract = region(clients=40, seed=3)
    rows = four_claims(extract).table.set_index("figure")
    held = extract.contacts
    first, second = INDEX - pd.Timedelta(days=365), INDEX + pd.Timedelta(days=365)
    before = held[(held["date"] >= first) & (held["date"] < INDEX)]
    after = held[(held["date"] >= INDEX) & (held["date"] < second)]
    years = 40 * 365 / 365.25
    assert rows.loc["contacts", "value_before"] == pytest.approx(len(before) / years)
    assert rows.loc["contacts", "estimate"] == pytest.approx(len(after) / len(before))
    kinds = [part.groupby("client_id")["profession"].nunique().sum() / 40 for part in (before, after)]
    assert rows.loc["professions", "estimate"] == pytest.approx(kinds[1] - kinds[0])
    assert rows.loc["relatives", "clients_any_after"] == after[after["relatives"]]["client_id"].nunique()


def test_two_staff_at_one_contact_are_one_contact_and_two_professions():
    extract = region(clients=20)
    twice = pd.concat([extract.contacts, extract.contacts.assign(profession="occupational_therapist")])
    doubled = ff.Extract(dict(extract.tables) | {"contacts": twice}, extract.start, extract.end, extract.sources)
    one, two = (four_claims(part).table.set_index("figure") for part in (extract, doubled))
    assert one.loc["contacts", "value_after"] == two.loc["contacts", "value_after"]
    assert two.loc["professions", "value_after"] > one.loc["professions", "value_after"]


def test_contacts_that_begin_with_the_team_are_not_counted_as_none_before():
    extract = region()
    only = extract.contacts[extract.contacts["date"] >= INDEX]
    result = four_claims(ff.Extract(dict(extract.tables) | {"contacts": only}, extract.start, extract.end))
    row = result.table.set_index("figure").loc["contacts"]
    assert np.isnan(row["value_before"])
    assert np.isnan(row["estimate"])
    assert verdicts(result)["contacts"] == "unknown"
    assert "har inte levererats" in result.summary("sv")


def test_what_was_not_delivered_stands_there_with_its_reason():
    extract = region()
    bare = {name: extract.table(name) for name in ("clients", "enrolments", "episodes")}
    table = four_claims(ff.Extract(bare, extract.start, extract.end)).table.set_index("figure")
    assert table.loc["contacts", "why"] == table.loc["coercive_measures", "why"] == "not_delivered"
    assert np.isfinite(table.loc["admissions", "estimate"])


def test_no_change_is_rarely_called_a_change():
    called = 0
    for seed in range(25):
        found = verdicts(four_claims(region(contacts=(2, 2), stays=(1, 1), coercion=(1, 1), clients=40, seed=seed)))
        called += found["contacts"] != "open"
    assert called <= 5  # 5 per cent of 25 is 1.25; 6 or more has a chance of 0.1 per cent


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_and_survives_the_gate(language):
    result = four_claims(ff.sample_extract(seed=11, clients=150, teams=2, years=4))
    for shown in (result, result.released()):
        assert "nan" not in shown.summary(language).lower().split()
        assert len(shown.methods(language)) > 80
        for view in shown.views(language):
            assert {column.name for column in view.columns} <= set(view.frame.columns)
        assert shown.plot(ax=charts.figure((6, 3))) is not None
