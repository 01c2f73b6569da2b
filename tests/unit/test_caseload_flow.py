import numpy as np
import pytest
from frames import extract_of

from factfidelity.caseload.flow import enrolment_flow

ENROLMENTS = """
    client_id | team_id | start      | end        | end_reason
    A         | norr    | 2022-06-01 | 2024-01-01 | planned
    B         | norr    | 2023-02-01 | 2023-05-01 | changed
    B         | norr    | 2023-05-01 | 2024-03-01 | moved
    C         | norr    | 2024-02-01 |            |
    D         | syd     | 2024-02-01 | 2024-04-01 |
"""


def flow(**more):
    return enrolment_flow(extract_of("2023-01-01", "2025-01-01", enrolments=ENROLMENTS, **more))


def test_clients_who_came_and_left_by_year():
    table = flow().table.set_index(["team_id", "period_start"])
    assert table.loc[("norr", "2023-01-01"), ["began", "ended"]].tolist() == [1, 0]
    assert table.loc[("norr", "2024-01-01"), ["began", "ended"]].tolist() == [1, 2]
    assert table.loc[("total", "2024-01-01"), ["began", "ended"]].tolist() == [2, 3]


def test_an_enrolment_that_began_before_the_period_is_no_inflow_but_counts_from_when_it_is_seen():
    length = flow().length.set_index("team_id").loc["norr"]
    # A is seen 365 days, B 394, C 335 of the days enrolled; two of the three ended
    assert length["left_per_year"] == pytest.approx(2 / ((365 + 394 + 335) / 365.25))
    assert length["persons"] == 3


def test_enrolments_that_touch_are_one_and_end_for_the_last_reason():
    reasons = flow().reasons
    norr = reasons.loc[reasons["team_id"] == "norr"].set_index("reason")["ended"]
    assert norr.to_dict() == {"moved": 1, "planned": 1}
    assert reasons.loc[reasons["team_id"] == "syd", "reason"].tolist() == ["not_stated"]


def test_the_median_is_empty_where_more_than_half_stay():
    stays = "client_id | team_id | start | end\nA|norr|2023-02-01|\nB|norr|2023-02-01|\nC|norr|2023-02-01|2023-06-01"
    result = enrolment_flow(extract_of("2023-01-01", "2025-01-01", enrolments=stays))
    assert np.isnan(result.length["median_years"].iloc[0])
    assert "67%" in result.summary("en")


def test_leaving_observation_is_no_ending():
    clients = """
        client_id | observed_from | observed_to
        A         | 2020-01-01    | 2023-07-01
    """
    table = flow(clients=clients).table.set_index(["team_id", "period_start"])
    assert table.loc[("norr", "2024-01-01"), "ended"] == 1


def test_a_released_flow_hides_few_clients_in_both_languages():
    released = flow().released()
    assert released.table[["began", "ended"]].fillna(0).eq(0).all().all()
    for language in ("sv", "en"):
        released.summary(language)
        released.methods(language)
        released.views(language)
        for figure in released.figures(language):
            figure.draw(None)
