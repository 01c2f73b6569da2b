"""Charts: what is drawn, what is said of it, and that nothing global is touched."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from frames import frame
from matplotlib.text import Text

from factfidelity.display import charts

COURSE = frame("""
    month | team | value | low | high
    1     | Norr | 10    | 8   | 12
    2     | Norr |       |     |
    3     | Norr | 14    | 11  | 17
    1     | Söder | 5    | 4   | 6
    2     | Söder | 6    | 5   | 7
    3     | Söder | 7    | 6   | 8
""")
PAIRS = frame("""
    what | window | value | low | high | n
    beds | before | 30.2  | 25  | 35   | 120
    beds | after  | 21.1  | 17  | 26   | 120
    days | before | 4.5   | 3   | 6    | 45
    days | after  |       |     |      |
""")
ITEMS = frame("""
    item | value | low | high | past | norm_low | norm_high
    One  | 1.5   | 1   | 2    | 2    | 1        | 3
    Two  | 4     | 3   | 5    | 3    | 2        | 4
    Three |      |     |      |      | 2        | 4
    Four | 5     | 5   | 5    | 4    |          | 4
""")

CALLS = {
    "lines": (
        COURSE,
        {"x": "month", "y": "value", "series": "team", "low": "low", "high": "high", "mark": (2, "Start")},
    ),
    "steps": (COURSE, {"x": "month", "y": "value", "series": "team", "form": "number"}),
    "before_after": (PAIRS, {"category": "what", "window": "window", "value": "value", "low": "low", "high": "high"}),
    "bars": (ITEMS, {"category": "item", "value": "value"}),
    "stacked_bars": (PAIRS, {"category": "what", "part": "window", "value": "value"}),
    "waterfall": (ITEMS, {"step": "item", "value": "value"}),
    "interval_plot": (ITEMS, {"label": "item", "estimate": "value", "low": "low", "high": "high", "reference": 1}),
    "dots_against_norm": (
        ITEMS,
        {"category": "item", "value": "value", "norm_low": "norm_low", "norm_high": "norm_high"},
    ),
    "profile": (ITEMS, {"item": "item", "value": "value", "low": "low", "high": "high", "previous": "past"}),
    "radar": (ITEMS, {"item": "item", "value": "value"}),
    "heat_map": (PAIRS, {"x": "window", "y": "what", "value": "value"}),
    "flow": (ITEMS, {"step": "item", "value": "value"}),
}


def texts(ax):
    root = ax.get_figure(root=True)
    root.draw_without_rendering()
    return [item for item in root.findobj(Text) if item.get_text().strip() and item.get_visible()]


@pytest.mark.parametrize("name", CALLS)
def test_a_hidden_value_is_not_drawn_and_two_dots_stand_in_its_place(name):
    table, options = CALLS[name]
    ax = getattr(charts, name)(table, **options)
    assert any(".." in item.get_text() for item in texts(ax))


@pytest.mark.parametrize("name", CALLS)
def test_letters_are_at_least_nine_points(name):
    table, options = CALLS[name]
    assert min(item.get_fontsize() for item in texts(getattr(charts, name)(table, **options))) >= 9


@pytest.mark.parametrize("name", CALLS)
def test_the_same_numbers_give_the_same_bytes_and_no_date(name):
    table, options = CALLS[name]
    draw = getattr(charts, name)
    first, second = draw(table, **options), draw(table.copy(), **options)
    assert charts.to_svg(first) == charts.to_svg(second) == charts.to_svg(first)
    assert charts.to_png(first) == charts.to_png(second)
    assert "<dc:date>" not in charts.to_svg(first)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("language", "hidden"), [("sv", "visas inte"), ("en", "not shown")])
def test_alt_text_says_what_is_hidden_in_both_languages(name, language, hidden):
    table, options = CALLS[name]
    said = getattr(charts.alt, name)(table, **options, what="Figur", language=language)
    assert hidden in said
    assert "Figur." in said
    assert "nan" not in said.lower()


@pytest.mark.parametrize("name", CALLS)
def test_a_table_where_everything_is_hidden_is_an_empty_chart_with_words(name):
    table, options = CALLS[name]
    value = options.get("value") or options.get("y") or options.get("estimate")
    gone = table.drop(columns=[value]).assign(**{value: np.nan})
    ax = getattr(charts, name)(gone, **options)
    assert any(".." in item.get_text() for item in texts(ax))
    assert getattr(charts.alt, name)(gone, **options)


def test_alt_text_is_made_of_the_numbers_of_the_chart():
    table, options = CALLS["lines"]
    said = charts.alt.lines(table, **options, what="Vårddygn", unit="dygn")
    assert said == (
        "Linjediagram. Vårddygn. Enhet: dygn. Från 1 till 3. "
        "Norr: först 10,0, sist 14,0, lägst 10,0, högst 14,0. 1 värde visas inte. "
        "Söder: först 5,0, sist 7,0, lägst 5,0, högst 7,0. Lodrät linje: Start (2)."
    )


def test_before_is_grey_and_hatched_after_is_blue_and_both_stand_on_zero():
    table, options = CALLS["before_after"]
    ax = charts.before_after(table, **options)
    before, after = ax.containers[0].patches[0], ax.containers[2].patches[0]
    assert mpl.colors.to_hex(before.get_facecolor()).upper() == "#595959"
    assert mpl.colors.to_hex(after.get_facecolor()).upper() == "#0072B2"
    assert before.get_hatch()
    assert ax.get_xlim()[0] == 0


def test_numbers_are_written_as_the_language_writes_them():
    table, options = CALLS["before_after"]
    swedish = " ".join(item.get_text() for item in texts(charts.before_after(table, **options, count="n")))
    english = " ".join(
        item.get_text() for item in texts(charts.before_after(table, **options, count="n", language="en"))
    )
    assert "30,2  (n = 120)" in swedish
    assert "Före" in swedish
    assert "30.2  (n = 120)" in english
    assert "Before" in english


def test_more_than_four_lines_become_small_charts():
    many = pd.concat([COURSE[COURSE["team"] == "Söder"].assign(team=name) for name in "ABCDE"])
    ax = charts.lines(many, x="month", y="value", series="team")
    small = [other for other in ax.get_figure(root=True).axes if other is not ax]
    assert [other.get_title(loc="left") for other in small] == list("ABCDE")
    assert len({other.get_ylim() for other in small}) == 1


def test_series_differ_in_more_than_colour():
    table, options = CALLS["lines"]
    first, second = charts.lines(table, **options).lines[:2]
    assert first.get_marker() != second.get_marker()
    assert first.get_linestyle() != second.get_linestyle()


def test_months_are_written_in_swedish_on_the_axis():
    months = pd.DataFrame({"month": pd.date_range("2024-01-01", periods=9, freq="MS"), "value": range(9)})
    said = " ".join(item.get_text() for item in texts(charts.lines(months, x="month", y="value")))
    assert "mars 2024" in said


def test_a_chart_can_be_drawn_on_an_axes_that_is_given():
    ax = charts.figure((5, 3))
    assert charts.bars(ITEMS, category="item", value="value", ax=ax) is ax


def test_a_step_after_a_hidden_one_is_not_placed_where_it_gives_the_hidden_one_away():
    table = frame("""
        step | value | total
        a    | 40    | yes
        b    |       | no
        c    | 7     | no
        d    | 50    | yes
    """)
    table["total"] = table["total"].eq("yes")
    ax = charts.waterfall(table, step="step", value="value", total="total")
    assert [patch.get_width() for patch in ax.patches] == [40, 50]


def test_drawing_changes_no_setting_and_never_loads_the_window_machinery():
    code = (
        "import sys, matplotlib as m; before = dict(m.rcParams); import pandas as pd;"
        "from factfidelity.display import charts;"
        "charts.to_svg(charts.bars(pd.DataFrame({'a': ['x'], 'b': [1.0]}), category='a', value='b'));"
        "assert 'matplotlib.pyplot' not in sys.modules; assert dict(m.rcParams) == before"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
