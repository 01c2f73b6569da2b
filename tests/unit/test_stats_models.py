"""Count models, series and panels: by hand, by slow obvious ways, at the edges."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from factfidelity.stats import compare, counts, panel, series


def long_form(before, after):
    return pd.DataFrame(
        {
            "client": [*range(len(before)), *range(len(after))],
            "y": [*before, *after],
            "after": [0] * len(before) + [1] * len(after),
        }
    )


def months(values, start="2020-01-01", **more):
    return pd.DataFrame({"month": pd.date_range(start, periods=len(values), freq="MS"), "y": values, **more})


def test_a_gee_with_independence_has_the_estimate_of_the_paired_ratio():
    rng = np.random.default_rng(1)
    before, after = rng.poisson(3, 40), rng.poisson(2, 40)
    paired = compare.paired_rate_ratio(before, after)
    model = counts.gee_counts(long_form(before, after), "y ~ after", cluster="client", correlation="independence")
    assert model.estimate == pytest.approx(paired.estimate)
    assert model.table["error"].iloc[1] * math.sqrt(40 / 39) == pytest.approx(paired.log_error)
    clustered = counts.count_model(long_form(before, after), "y ~ after", errors="cluster", cluster="client")
    assert (clustered.low, clustered.high) == pytest.approx((paired.low, paired.high))


def test_equal_counts_before_and_after_are_kept_by_every_model():
    # 8 after / 12 before; leaving out the two clients with equal counts would give 2 / 6
    data = long_form([3, 3, 2, 4], [1, 1, 2, 4])
    assert counts.gee_counts(data, "y ~ after", cluster="client").estimate == pytest.approx(8 / 12)
    assert counts.count_model(data, "y ~ after").estimate == pytest.approx(8 / 12)
    assert compare.paired_rate_ratio([3, 3, 2, 4], [1, 1, 2, 4]).estimate == pytest.approx(8 / 12)


def test_a_poisson_model_without_covariates_is_the_ratio_of_rates_with_wald_ends():
    data = pd.DataFrame({"y": [12, 30], "years": [4.0, 6.0], "after": [1, 0]})
    model = counts.count_model(pd.concat([data, data]), "y ~ after", exposure="years")
    error = math.sqrt(1 / 24 + 1 / 60)
    ratio = (12 / 4) / (30 / 6)
    z = 1.959963984540054
    assert (model.estimate, model.low, model.high) == pytest.approx(
        (ratio, ratio * math.exp(-z * error), ratio * math.exp(z * error))
    )


def test_a_group_without_events_is_empty_with_a_reason_and_without_a_warning():
    data = long_form([3, 2, 1, 4], [0, 0, 0, 0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for family in ("poisson", "quasi_poisson", "negative_binomial"):
            model = counts.count_model(data, "y ~ after", family=family)
            assert math.isnan(model.estimate)
            assert model.why
        model = counts.gee_counts(data, "y ~ after", cluster="client")
        assert math.isnan(model.estimate)


def test_nothing_counted_is_empty_with_a_reason():
    model = counts.count_model(long_form([0, 0, 0], [0, 0, 0]), "y ~ after")
    assert math.isnan(model.estimate)
    assert "nothing was counted" in model.why


def test_terms_that_cannot_be_told_apart_are_empty_with_a_reason():
    data = long_form([1, 2, 3], [2, 1, 1]).assign(copy=lambda d: d["after"])
    model = counts.count_model(data, "y ~ after + copy")
    assert math.isnan(model.estimate)
    assert "cannot be told apart" in model.why


def test_underdispersed_counts_make_the_negative_binomial_a_poisson():
    data = long_form([3, 3, 3, 3], [2, 2, 2, 2])
    model = counts.count_model(data, "y ~ after", family="negative_binomial")
    assert model.alpha == 0
    assert model.estimate == pytest.approx(2 / 3)


def test_one_term_of_a_model_can_be_asked_for_by_name():
    data = long_form([3, 1, 2, 5], [2, 1, 1, 1]).assign(team=["a", "a", "b", "b"] * 2)
    model = counts.count_model(data, "y ~ after + team")
    assert model.term("after").estimate == pytest.approx(5 / 11)
    with pytest.raises(ValueError, match="got 'sex'"):
        model.term("sex")


DATA = long_form([1, 2, 3], [2, 1, 1])
NINE = months([1] * 9)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: counts.count_model(DATA, "y ~ after", family="normal"), "got 'normal'"),
        (lambda: counts.count_model(DATA, "y ~ after", errors="cluster"), "cluster=None"),
        (lambda: counts.count_model(DATA, "y ~ after", cluster="client"), "errors='model'"),
        (lambda: counts.count_model(DATA, "y ~ age"), "cannot be used"),
        (lambda: counts.count_model(DATA, "y ~ after", exposure="years"), "no column years"),
        (lambda: counts.count_model(DATA.assign(years=0.0), "y ~ after", exposure="years"), "above 0, got 0"),
        (lambda: counts.count_model(DATA.assign(y=-1), "y ~ after"), "got -1"),
        (lambda: counts.count_model(DATA.assign(after=[np.nan, 0, 0, 1, 1, 1]), "y ~ after"), "cannot be used"),
        (lambda: counts.gee_counts(DATA, "y ~ after", cluster="client", correlation="toeplitz"), "got 'toeplitz'"),
        (
            lambda: series.segmented_regression(months([1] * 9), outcome="y", time="month", start="2019-01-01"),
            "both sides",
        ),
        (lambda: series.segmented_regression(months([1] * 9), outcome="y", time="month", start="soon"), "got 'soon'"),
        (
            lambda: series.segmented_regression(
                months([1] * 9), outcome="y", time="month", start="2020-05-01", level=False
            ),
            "got neither",
        ),
        (
            lambda: series.segmented_regression(
                pd.concat([months([1] * 9)] * 2), outcome="y", time="month", start="2020-05-01"
            ),
            "got 9 again",
        ),
        (
            lambda: series.segmented_regression(months([1, None, 3, 4]), outcome="y", time="month", start="2020-03-01"),
            "empty cells in y",
        ),
        (lambda: panel.two_by_two(DATA, outcome="y", treated="after", after="client"), "yes/no"),
        (lambda: panel.two_by_two(DATA, outcome="y", treated="after", after="after", errors="cluster"), "cluster=None"),
        (lambda: panel.two_by_two(DATA, outcome="y", treated="after", after="after", scale="ratio"), "got 'model'"),
        (lambda: panel.mixed_model(DATA.assign(team=1), "y ~ after", groups="team"), "got 1"),
    ],
)
def test_a_wrong_argument_says_what_it_got(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_planted_step_and_slope_come_back_from_a_series_without_noise():
    t = np.arange(48)
    mean = 1000 * np.exp(0.002 * t + np.where(t >= 24, -0.3 - 0.01 * (t - 24), 0))
    model = series.segmented_regression(
        months(np.round(mean)), outcome="y", time="month", start="2022-01-01", slope=True
    )
    assert model.estimate == pytest.approx(math.exp(-0.3), rel=2e-3)
    assert model.term("slope").estimate == pytest.approx(math.exp(-0.01), rel=1e-3)
    expected = (1000 * np.exp(0.002 * t[24:]) - mean[24:]).sum()
    assert model.averted == pytest.approx(expected, rel=0.01)
    assert (model.periods_before, model.periods_after) == (24, 24)


def test_averted_is_the_sum_of_expected_less_fitted_and_its_interval_that_of_many_draws():
    rng = np.random.default_rng(3)
    t = np.arange(40)
    data = months(rng.poisson(np.where(t >= 20, 30, 50)))
    model = series.segmented_regression(data, outcome="y", time="month", start="2021-09-01", family="poisson")
    after = model.course[model.course["after"]]
    assert model.averted == pytest.approx((after["counterfactual"] - after["fitted"]).sum())
    assert after["averted"].iloc[-1] == pytest.approx(model.averted)
    fit = model.table["log_estimate"].to_numpy()
    x = np.column_stack([np.ones(20), t[20:]])
    design = np.column_stack([np.ones(40), t, t >= 20])
    mean = np.exp(design @ fit)
    covariance = np.linalg.inv(design.T @ (design * mean[:, None]))
    drawn = rng.multivariate_normal(fit, covariance, 20_000)
    sums = (np.exp(drawn[:, :2] @ x.T) * (1 - np.exp(drawn[:, 2:]))).sum(axis=1)
    assert model.averted_high - model.averted_low == pytest.approx(2 * 1.96 * sums.std(), rel=0.06)


def test_phase_in_months_are_left_out_and_shown():
    data = months([10] * 12 + [900] * 3 + [5] * 12)
    model = series.segmented_regression(data, outcome="y", time="month", start="2021-01-01", phase_in=3)
    assert (~model.course["used"]).sum() == 3
    assert model.estimate < 1
    assert model.n == 24


def test_a_missing_month_does_not_move_the_season_or_the_trend():
    t = np.arange(36)
    mean = np.round(1000 * np.exp(0.01 * t + 0.3 * np.cos(2 * np.pi * t / 12) - 0.2 * (t >= 18)))
    whole = months(mean)
    gap = whole.drop(index=[5, 6])
    options = {"outcome": "y", "time": "month", "start": "2021-07-01", "harmonics": 1}
    full, less = (series.segmented_regression(frame, **options) for frame in (whole, gap))
    assert less.estimate == pytest.approx(full.estimate, rel=1e-3)
    assert less.estimate == pytest.approx(math.exp(-0.2), rel=2e-3)


def test_a_start_in_the_middle_of_a_month_begins_with_the_next():
    data = months([5, 6, 5, 6, 2, 3, 2, 3])
    middle = series.segmented_regression(data, outcome="y", time="month", start="2020-04-15")
    next_first = series.segmented_regression(data, outcome="y", time="month", start="2020-05-01")
    assert middle.periods_before == next_first.periods_before == 4


def test_quarters_weeks_and_whole_numbers_are_periods_too():
    values = [9, 8, 9, 10, 9, 8, 4, 5, 4, 3, 4, 5]
    quarters = pd.DataFrame({"when": pd.date_range("2019-01-01", periods=12, freq="QS"), "y": values})
    weeks = pd.DataFrame({"when": pd.date_range("2019-01-07", periods=12, freq="7D"), "y": values})
    numbers = pd.DataFrame({"when": range(12), "y": values})
    found = [
        series.segmented_regression(frame, outcome="y", time="when", start=frame["when"].iloc[6])
        for frame in (quarters, weeks, numbers)
    ]
    assert [model.periods_before for model in found] == [6, 6, 6]
    assert found[0].estimate == pytest.approx(found[2].estimate)
    assert found[1].estimate == pytest.approx(found[2].estimate)


def test_too_few_periods_on_a_side_are_empty_with_a_reason():
    model = series.segmented_regression(months([5, 6, 5, 4]), outcome="y", time="month", start="2020-04-01")
    assert math.isnan(model.estimate)
    assert "fewer than 3 periods" in model.why
    assert math.isnan(model.averted)


def test_the_callers_frame_is_not_changed():
    data = months([9, 8, 9, 10, 9, 4, 5, 4, 3]).sample(frac=1, random_state=1)
    copy = data.copy()
    series.segmented_regression(data, outcome="y", time="month", start="2020-06-01")
    pd.testing.assert_frame_equal(data, copy)


def four(cells, **more):
    rows = [(t, a, y) for (t, a), values in cells.items() for y in values]
    return pd.DataFrame(rows, columns=["treated", "after", "y"]).assign(**more)


def test_two_by_two_by_hand():
    data = four({(1, 1): [4, 6], (1, 0): [9, 11], (0, 1): [7, 9], (0, 0): [8, 10]})
    answer = panel.two_by_two(data, outcome="y", treated="treated", after="after")
    assert answer.estimate == (5 - 10) - (8 - 9)
    assert answer.error == pytest.approx(math.sqrt(8 / 4 * 4 / 2))  # four cells of two, squares 2 in each: s2 = 2


def test_a_ratio_of_rate_ratios_uses_totals_over_time():
    data = four({(1, 1): [2, 4], (1, 0): [6, 6], (0, 1): [5, 3], (0, 0): [4, 4]}, years=[1, 2, 1, 1, 1, 1, 1, 1])
    answer = panel.two_by_two(
        data, outcome="y", treated="treated", after="after", exposure="years", scale="ratio", errors="HC0"
    )
    assert answer.estimate == pytest.approx((6 / 3) / (12 / 2) / ((8 / 2) / (8 / 2)))
    long = data.assign(both=data["treated"] * data["after"])
    model = counts.count_model(long, "y ~ treated + after + both", exposure="years", errors="HC0")
    assert answer.estimate == pytest.approx(model.term("both").estimate)
    assert answer.error == pytest.approx(model.table["error"].iloc[3])


def test_an_empty_cell_or_one_without_events_is_empty_with_a_reason():
    data = four({(1, 1): [0, 0], (1, 0): [9, 11], (0, 1): [7, 9], (0, 0): [8, 10]})
    ratio = panel.two_by_two(data, outcome="y", treated="treated", after="after", errors="HC1", scale="ratio")
    assert math.isnan(ratio.estimate)
    assert "no events" in ratio.why
    missing = panel.two_by_two(data[data["after"] == 1], outcome="y", treated="treated", after="after")
    assert "no rows" in missing.why


def staggered(units=60, periods=6, effect=1.0, seed=0, starts=(3, 4, 5, None)):
    rng = np.random.default_rng(seed)
    start = rng.choice(np.array([np.nan if s is None else s for s in starts]), units)
    level, x = rng.normal(size=units), rng.normal(size=units)
    rows = [
        (u, t, start[u], level[u] + 0.3 * t + (effect if t >= start[u] else 0) + rng.normal(), x[u])
        for u in range(units)
        for t in range(1, periods + 1)
    ]
    return pd.DataFrame(rows, columns=["unit", "t", "start", "y", "x"])


OPTIONS = {"unit": "unit", "time": "t", "start": "start", "outcome": "y"}


@pytest.mark.parametrize("control", ["never", "not_yet"])
@pytest.mark.parametrize("base", ["varying", "universal"])
def test_group_time_effects_are_two_by_twos_written_out(control, base):
    data = staggered()
    wide = data.pivot_table(index="unit", columns="t", values="y")
    start = data.groupby("unit")["start"].first().fillna(np.inf)
    table = panel.group_time_effects(data, **OPTIONS, control=control, base=base).table
    assert len(table) == 3 * (5 if base == "varying" else 6)
    for row in table.itertuples():
        reference = row.group - 1 if row.time >= row.group or base == "universal" else row.time - 1
        if reference == row.time:
            assert row.estimate == 0
            continue
        treated = start == row.group
        later = max(row.time, reference)
        free = np.isinf(start) if control == "never" else (start > later) & ~treated
        change = wide[row.time] - wide[reference]
        assert row.estimate == pytest.approx(change[treated].mean() - change[free].mean())
        both = change[treated].var(ddof=0) / treated.sum() + change[free].var(ddof=0) / free.sum()
        assert row.error == pytest.approx(math.sqrt(both))
        assert (row.treated, row.controls) == (treated.sum(), free.sum())


def test_aggregates_are_weighted_by_group_size():
    data = staggered()
    effects = panel.group_time_effects(data, **OPTIONS)
    sizes = data.groupby("unit")["start"].first().value_counts()
    post = effects.table[effects.table["post"]]
    weights = post["group"].map(sizes)
    assert effects.estimate == pytest.approx(np.average(post["estimate"], weights=weights))
    dynamic = effects.aggregate("dynamic")
    zero = post[post["event_time"] == 0]
    at_zero = dynamic.table.set_index("key").loc[0]
    assert at_zero["estimate"] == pytest.approx(np.average(zero["estimate"], weights=zero["group"].map(sizes)))
    assert dynamic.estimate == pytest.approx(dynamic.table.query("key >= 0")["estimate"].mean())
    group = effects.aggregate("group")
    by_group = post.groupby("group")["estimate"].mean()
    assert group.table["estimate"].to_numpy() == pytest.approx(by_group.to_numpy())
    assert group.estimate == pytest.approx(np.average(by_group, weights=sizes[by_group.index]))
    calendar = effects.aggregate("calendar")
    assert calendar.estimate == pytest.approx(calendar.table["estimate"].mean())
    assert (dynamic.table["band_high"] >= dynamic.table["high"]).all()


def test_the_error_of_an_aggregate_is_close_to_resampling_units():
    data = staggered(units=80)
    effects = panel.group_time_effects(data, **OPTIONS)
    parts = dict(list(data.groupby("unit")))
    rng, drawn = np.random.default_rng(1), []
    for _ in range(60):
        picks = rng.integers(0, 80, 80)
        again = pd.concat([parts[u].assign(unit=i) for i, u in enumerate(picks)])
        drawn.append(panel.group_time_effects(again, **OPTIONS, draws=100).estimate)
    assert effects.aggregate("simple").error == pytest.approx(np.std(drawn), rel=0.3)


def test_covariates_take_out_a_trend_that_hangs_on_them():
    rng = np.random.default_rng(5)
    units = 400
    x = rng.normal(size=units)
    start = np.where(rng.random(units) < 1 / (1 + np.exp(-x)), 2, np.nan)
    rows = [
        (u, t, start[u], x[u] * t + (0.5 if t >= start[u] else 0) + rng.normal(scale=0.3), x[u])
        for u in range(units)
        for t in (1, 2)
    ]
    data = pd.DataFrame(rows, columns=["unit", "t", "start", "y", "x"])
    plain = panel.group_time_effects(data, **OPTIONS)
    robust = panel.group_time_effects(data, **OPTIONS, covariates=["x"])
    assert plain.estimate > 1
    assert robust.low < 0.5 < robust.high
    assert robust.estimate == pytest.approx(0.5, abs=0.1)


def test_the_doubly_robust_error_is_close_to_resampling_units():
    from factfidelity.stats.doubly_robust import doubly_robust_change

    rng = np.random.default_rng(7)
    x = rng.normal(size=300)
    treated = rng.random(300) < 1 / (1 + np.exp(-x))
    change, design = x + treated * 0.4 + rng.normal(size=300), np.column_stack([np.ones(300), x])
    influence = doubly_robust_change(change, treated, design)[1]
    assert influence.mean() == pytest.approx(0, abs=1e-9)
    drawn = []
    for _ in range(400):
        pick = rng.integers(0, 300, 300)
        drawn.append(doubly_robust_change(change[pick], treated[pick], design[pick])[0])
    assert math.sqrt((influence**2).sum()) / 300 == pytest.approx(np.std(drawn), rel=0.12)


def test_groups_without_a_before_are_left_out_and_cells_without_controls_are_empty():
    data = staggered(starts=(1, 3, 5))
    effects = panel.group_time_effects(data, **OPTIONS, control="not_yet")
    assert set(effects.table["group"]) == {3, 5}
    last = effects.table.query("group == 3 and time == 6").iloc[0]
    assert math.isnan(last["estimate"])
    assert "had not started" in last["why"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.iloc[:-1], "every unit must come once at every time"),
        (lambda d: d.assign(start=np.nan), "got none"),
        (lambda d: d.assign(start=3.0), "nobody can be compared"),
        (lambda d: d.assign(start=d["t"]), "one start"),
        (lambda d: d.assign(y=np.nan), "empty cells in y"),
    ],
)
def test_a_panel_that_cannot_be_used_is_refused(change, says):
    with pytest.raises(ValueError, match=says):
        panel.group_time_effects(change(staggered()), **OPTIONS)


def test_few_groups_in_a_mixed_model_are_said():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"y": rng.normal(size=24), "x": rng.normal(size=24), "team": np.repeat(range(6), 4)})
    model = panel.mixed_model(data, "y ~ x", groups="team")
    assert "only 6 groups" in model.why
    assert model.groups == 6


def test_a_mixed_model_without_variance_between_groups_is_least_squares_and_says_so():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"y": rng.normal(size=24), "x": rng.normal(size=24), "team": np.repeat(range(6), 4)})
    data["y"] -= data.groupby("team")["y"].transform("mean")
    model = panel.mixed_model(data, "y ~ x", groups="team")
    assert "variance between groups is 0" in model.why
    assert model.estimate == pytest.approx(np.polyfit(data["x"], data["y"], 1)[0])
    assert model.intraclass == 0


def test_a_mixed_model_whose_terms_cannot_be_told_apart_is_empty_with_a_reason():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [1, 1, 1, 1], "team": [1, 1, 2, 2]})
    model = panel.mixed_model(data, "y ~ x", groups="team")
    assert math.isnan(model.estimate)
    assert "cannot be told apart" in model.why
