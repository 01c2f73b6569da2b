from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.contact.equity import clustered_rate, equity, standardised
from factfidelity.extract import Extract

CLIENTS = """
    client_id | sex    | birth_year | municipality | observed_from | observed_to
    A         | female | 2000       | 0180         | 2020-01-01    |
    B         | male   | 1980       | 0180         | 2020-01-01    | 2024-07-01
    C         | female | 1980       | 0181         | 2020-01-01    |
"""
ENROLMENTS = """
    client_id | team_id | start      | end
    A         | norr    | 2023-01-01 |
    B         | norr    | 2023-01-01 |
    C         | norr    | 2023-01-01 |
"""
CONTACTS = """
    contact_id | client_id | team_id | date       | form  | face_to_face | attended | staff_id | minutes
    1          | A         | norr    | 2024-02-01 | visit | yes          | yes      | M1       | 30
    1          | A         | norr    | 2024-02-01 | visit | yes          | yes      | M2       | 30
    2          | B         | norr    | 2024-02-01 | visit | yes          | yes      | M1       | 30
    3          | C         | norr    | 2023-02-01 | visit | yes          | yes      | M1       | 30
"""
POPULATION = """
    area | area_kind    | age_group | sex    | year | persons
    0180 | municipality | 18-24     | female | 2024 | 100
    0180 | municipality | 25-64     | female | 2024 | 300
"""


def result(**more):
    tables = {"clients": CLIENTS, "enrolments": ENROLMENTS, "contacts": CONTACTS, **more}
    return equity(extract_of("2023-01-01", "2025-01-01", **tables))


def test_rates_are_events_per_client_year_of_the_last_year():
    table = result().table.set_index(["dimension", "group"])
    women = table.loc[("sex", "female")]
    assert (women["persons"], women["events"]) == (2, 1)
    assert women["years"] == pytest.approx(2 * 366 / 365.25)
    assert women["rate"] == pytest.approx(1 / (2 * 366 / 365.25))
    assert table.loc[("sex", "male"), "years"] == pytest.approx(182 / 365.25)


def test_groups_add_up_to_the_whole():
    table = result().table
    for _, part in table.groupby("dimension"):
        groups, total = part.loc[part["group"] != "total"], part.loc[part["group"] == "total"].iloc[0]
        assert groups["events"].sum() == total["events"]
        assert groups["years"].sum() == pytest.approx(total["years"])


def test_direct_standardisation_weighs_the_age_groups_with_the_population():
    people = pd.DataFrame({"age_group": ["18-24", "25-64", "25-64"], "events": [4.0, 1, 1], "years": [2.0, 1, 3]})
    weights = pd.Series({"18-24": 100.0, "25-64": 300.0})
    # (100 x 4/2 + 300 x 2/4) / 400 = (200 + 150) / 400
    assert standardised(people, weights) == (0.875, "")
    assert standardised(people.iloc[1:], weights)[1] == "empty_age_group"


def test_the_population_gives_the_age_groups_and_the_weights():
    table = result(population=POPULATION).table.set_index(["dimension", "group"])
    young, old = 1 / (366 / 365.25), 0.0
    assert table.loc[("sex", "female"), "standardised"] == pytest.approx((100 * young + 300 * old) / 400)
    assert np.isnan(table.loc[("sex", "male"), "standardised"])
    assert table.loc[("sex", "male"), "why"] == "empty_age_group"


def test_ages_that_the_population_does_not_count_are_groups_of_their_own_and_not_unknown():
    clients = CLIENTS.replace("2000      ", "2010      ").replace(
        "B         | male   | 1980", "B         | male   | 1950"
    )
    table = result(clients=clients, population=POPULATION).table.set_index(["dimension", "group"])
    ages = table.loc["age_group", "persons"].drop("total")
    assert ages.to_dict() == {"0-17": 1, "25-64": 1, "65+": 1}


def test_the_interval_has_clients_as_the_unit():
    # by hand: rate 1, residuals -1, 0, 1, so the error of the log is sqrt(3/2 x 2)/3 and t(2) = 4.302653
    rate, low, high = clustered_rate(np.array([0.0, 1, 2]), np.ones(3))
    assert rate == 1
    assert high == pytest.approx(np.exp(4.302653 * np.sqrt(3) / 3), rel=1e-6)
    assert low == pytest.approx(1 / high)


def test_few_clients_are_hidden_and_both_languages_speak():
    released = result(population=POPULATION).released()
    assert released.table["rate"].isna().all()
    for language in ("sv", "en"):
        released.summary(language)
        released.views(language)
        for figure in released.figures(language):
            figure.draw(None)


def test_a_rate_is_over_the_days_that_its_own_source_covers():
    tables = extract_of("2023-01-01", "2024-01-01", enrolments="""
        client_id | team_id | start      | end
        A         | norr    | 2022-01-01 |
    """, clients="client_id | sex | birth_year\nA | female | 1980", contacts="""
        contact_id | client_id | team_id | date       | form  | face_to_face | attended | staff_id
        1          | A         | norr    | 2023-09-01 | visit | yes          | yes      | M1
        2          | A         | norr    | 2023-02-01 | visit | yes          | yes      | M1
    """)  # fmt: skip
    late = replace(tables.source("contacts"), start=pd.Timestamp("2023-07-01"))
    extract = Extract(
        tables=tables.tables, start=tables.start, end=tables.end, sources={**tables.sources, "contacts": late}
    )
    row = equity(extract).table.set_index(["measure", "dimension", "group"]).loc[("contacts", "sex", "female")]
    assert row["events"] == 1
    assert row["years"] == pytest.approx(184 / 365.25)
