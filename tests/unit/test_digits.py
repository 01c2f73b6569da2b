"""Digits of released figures: those that hold on every processor."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factfidelity.display.digits import rounded, with_digits


def test_by_hand():
    values = np.array([0.0785439705417381, 1234567.891234567, 0.0, -2 / 3, np.nan, np.inf, 12345678901234.0, 1.25e-30])
    expected = [0.07854397054, 1234567.891, 0.0, -0.6666666667, np.nan, np.inf, 12345678901234.0, 1.25e-30]
    np.testing.assert_array_equal(rounded(values), expected)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-300, max_value=1e300))
def test_every_number_is_what_writing_it_with_ten_digits_gives(value):
    if value == round(value):
        assert rounded(np.array([value]))[0] == value
    else:
        assert rounded(np.array([value]))[0] == pytest.approx(float(f"{value:.9e}"), rel=1.1e-9, abs=0)


@given(st.floats(min_value=1e-12, max_value=1e12), st.integers(-3, 3))
def test_neighbours_in_the_last_places_become_one_number(value, steps):
    near = value + steps * np.spacing(value)
    one, other = rounded(np.array([value])), rounded(np.array([near]))
    kept = f"{value:.13e}"[10:14]  # within a hair of half a step either way may be right
    if kept not in {"4999", "5000"} and value != round(value) and near != round(near):
        assert one[0] == other[0]


def test_words_dates_whole_numbers_and_the_frame_itself_stay():
    frame = pd.DataFrame({"team": ["A"], "day": [pd.Timestamp("2024-01-01")], "n": [10**15 + 1], "rate": [1 / 3]})
    out = with_digits(frame)
    assert out["rate"].tolist() == [0.3333333333]
    assert frame["rate"].tolist() == [1 / 3]
    pd.testing.assert_frame_equal(out.drop(columns="rate"), frame.drop(columns="rate"))
