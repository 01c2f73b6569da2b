"""Every result keeps the promises of its base: words, tables, pictures, a gate, in two languages."""

from __future__ import annotations

import inspect
import re

import pytest

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.display.result import Result
from factfidelity.reports.released import read_released, released_json


def _subclasses(kind: type) -> set[type]:
    return {one for child in kind.__subclasses__() for one in {child} | _subclasses(child)}


@pytest.fixture(scope="module")
def evaluation():
    return ff.evaluate(ff.sample_extract(seed=11, clients=120, teams=2, years=4))


@pytest.fixture(scope="module")
def released(evaluation):
    return evaluation.released()


def test_the_evaluation_answers_the_main_questions(evaluation):
    wanted = {"caseload_ratios", "staffing", "board_use", "fidelity_scores", "mirror_outcomes"}
    assert wanted <= set(evaluation.results)


def test_every_subclass_says_what_it_is(evaluation):
    for kind in _subclasses(Result):
        if not kind.__module__.startswith("factfidelity.") or inspect.isabstract(kind):
            continue
        assert kind.__doc__, kind
        assert set(kind.title) >= {"sv", "en"}, kind
        assert kind.name, kind
        assert "table" in kind.gates, kind


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("state", ["raw", "released"])
def test_every_result_speaks_and_shows_itself(evaluation, released, language, state):
    for name, result in (evaluation if state == "raw" else released).results.items():
        assert result.name == name
        assert result.summary(language).strip(), name
        assert len(result.methods(language)) > 80, name
        assert "nan" not in re.findall(r"\b\w+\b", result.summary(language).lower()), name
        assert result._repr_html_()
        for view in result.views(language):
            assert view.caption, (name, view.name)
            assert {column.name for column in view.columns} <= set(view.frame.columns), (name, view.name)
        for figure in result.figures(language):
            assert len(figure.alt) > 40, (name, figure.name)
            if figure.native:
                shown = {column.name for column in figure.table.columns}
                assert {figure.native.category, *figure.native.series} <= shown, (name, figure.name)
            ax = charts.figure(figure.size)
            figure.draw(ax)
            assert charts.to_svg(ax).lstrip().startswith("<"), name


def test_plot_takes_and_returns_an_axes(released):
    for result in released.results.values():
        ax = charts.figure((6, 4))
        assert result.plot(ax=ax) is not None


def test_the_summaries_differ_between_the_languages(released):
    for name, result in released.results.items():
        assert result.summary("sv") != result.summary("en"), name


def test_a_released_evaluation_comes_back_from_its_file_unchanged(released, tmp_path):
    path = tmp_path / "released.json"
    path.write_text(released_json(released), encoding="utf-8")
    again = read_released(path)
    assert released_json(again) == path.read_text(encoding="utf-8")
    for name, result in released.results.items():
        assert again.results[name].summary("sv") == result.summary("sv"), name


def test_a_result_that_was_not_released_is_refused(evaluation):
    with pytest.raises(ff.DisclosureError, match="released"):
        evaluation["mirror_outcomes"].require_released()


def test_the_evaluation_does_not_change_the_extract():
    extract = ff.sample_extract(seed=3, clients=60, teams=2, years=3)
    before = extract.fingerprint
    ff.evaluate(extract)
    assert extract.fingerprint == before
