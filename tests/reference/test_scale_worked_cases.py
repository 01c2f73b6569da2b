"""Scores printed in reports and articles, computed again from what they print."""

from __future__ import annotations

import pytest
from fidelity_scales import ratings_of

from factfidelity.fidelity.score import score_fidelity
from factfidelity.fidelity.totals import band_of, shown_decimals
from factfidelity.schemas.scale import list_scales, load_scale
from factfidelity.wording import number


def of_sums(parts):
    """Spread sums over items of 1 to 5, as evenly as whole points allow."""
    scores = {}
    for items, total in parts:
        low, more = divmod(total, len(items))
        scores |= {item: low + (place < more) for place, item in enumerate(items)}
    return scores


def test_a_georgia_team_of_2013_had_117_points_a_mean_of_4_18_and_4_45_on_human_resources():
    # Georgia DBHDD, DACTS fidelity review, Behavioral Health Services of South Georgia, 25-26 April 2013: total 117,
    # mean 4.18, human resources 4.45. 49 of 11 items gives 4.45; the other 68 points lie on the 17 items of O and S.
    scale = load_scale("DACTS")
    rest = scale.items_of("O") + scale.items_of("S")
    scores = score_fidelity(ratings_of(of_sums([(scale.items_of("H"), 49), (rest, 68)])), scale)
    total = scores.totals().iloc[0]
    human = scores.table.query("level == 'subscale' and name == 'H'").iloc[0]
    assert round(total["score"] * 28) == 117
    assert number(total["score"], decimals=2, language="en") == "4.18"
    assert number(human["score"], decimals=2, language="en") == "4.45"
    assert total["band"] == "established"


@pytest.mark.parametrize(
    ("months", "parts", "printed"),
    # IJIC 10.5334/ijic.3547, table 3: six TMACT subscales and the total of a Swedish ACT team.
    [
        (6, {"OS": 3.9, "CT": 3.3, "ST": 2.6, "CP": 3.6, "EP": 3.6, "PP": 2.2}, 3.2),
        (18, {"OS": 4.2, "CT": 4.4, "ST": 4.2, "CP": 4.0, "EP": 4.1, "PP": 3.2}, 4.02),
        (24, {"OS": 4.6, "CT": 4.0, "ST": 4.9, "CP": 4.0, "EP": 4.4, "PP": 4.2}, 4.35),
    ],
)
def test_the_swedish_tmact_series_is_the_mean_of_its_six_subscales(months, parts, printed):
    scale = load_scale("tmact")
    assert scale.total.combine == "mean_of_subscales"
    sums = [(scale.items_of(part), round(mean * len(scale.items_of(part)))) for part, mean in parts.items()]
    scores = score_fidelity(ratings_of(of_sums(sums)), scale).table.set_index("name")["score"]
    # The parts are printed to one decimal, so that whole points give them back within half a step of it.
    worst = max(abs(scores[part] - mean) for part, mean in parts.items())
    assert worst <= 0.13
    assert scores["total"] == pytest.approx(printed, abs=0.06)
    stored = {value.name: value.mean for value in scale.reference_values if value.months == months and value.teams == 1}
    assert stored == parts | {"total": printed}
    assert sum(parts.values()) / 6 == pytest.approx(printed, abs=0.0051)


@pytest.mark.parametrize(
    ("total", "band"),
    # CCAF, criteria of December 2017: no certificate to 6.6, provisional 6.7-7.4, certificate 7.5-8.7, optimal 8.8-13.
    [
        (6.6, "no_certificate"), (6.7, "provisional"), (7.4, "provisional"), (7.5, "certificate"),
        (8.7, "certificate"), (8.8, "optimal"), (13.0, "optimal"),
    ],
)  # fmt: skip
def test_the_dutch_certificate_follows_the_printed_table(total, band):
    assert band_of(total, load_scale("facts_2017").total.bands).name == band


def test_a_total_between_two_printed_bands_gets_the_lower_one_and_shows_why():
    scale = load_scale("facts_2017")
    assert band_of(6.68, scale.total.bands).name == "no_certificate"
    assert shown_decimals(6.68, (6.7, 7.5, 8.8), 1) == 2


@pytest.mark.parametrize(
    ("total", "band"),
    # Supported Employment Fidelity Scale: 74-99 fair, 100-114 good, 115-125 exemplary; 73 and below is not IPS.
    [(25, "not_supported_employment"), (73, "not_supported_employment"), (74, "fair"), (99, "fair"), (100, "good"),
     (114, "good"), (115, "exemplary"), (125, "exemplary")],
)  # fmt: skip
def test_ips_adds_up_25_items_and_reads_the_printed_bands(total, band):
    scale = load_scale("ips25")
    row = score_fidelity(ratings_of(of_sums([(list(scale.items), total)])), scale).totals().iloc[0]
    assert (row["score"], row["band"], row["range_low"], row["range_high"]) == (total, band, 25, 125)


def test_the_strengths_model_is_high_from_45_of_55():
    scale = load_scale("strengths")
    bands = [
        score_fidelity(ratings_of(of_sums([(list(scale.items), total)])), scale).totals()["band"].iloc[0]
        for total in (44, 45, 55)
    ]
    assert bands == ["below_high", "high", "high"]


def test_eight_of_nine_entry_criteria_must_be_met():
    scale = load_scale("ccaf_fact")
    nine = [f"C{number}" for number in range(1, 10)]
    bands = []
    for missed in (2, 1, 0):
        met = {item: float(place >= missed) for place, item in enumerate(nine)}
        bands.append(score_fidelity(ratings_of(met), scale).totals()["band"].iloc[0])
    assert bands == ["not_met", "met", "met"]


@pytest.mark.parametrize("name", [f"{row.scale}|{row.version}" for row in list_scales().itertuples()])
def test_every_scale_reaches_its_lowest_and_highest_total_and_no_further(name):
    scale = load_scale(*name.split("|"))
    if not scale.items or scale.kind == "skeleton":
        assert scale.kind == "skeleton"
        return
    for end in ("lowest", "highest"):
        row = score_fidelity(ratings_of({item: getattr(scale.range_of(item), end) for item in scale.items}), scale)
        total = row.totals().iloc[0]
        if scale.total.combine == "none":
            assert total["score"] != total["score"]
        else:
            assert total["score"] == total["range_low" if end == "lowest" else "range_high"]
