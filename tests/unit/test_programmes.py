import re

import pytest

from factfidelity.errors import SchemaError
from factfidelity.schemas.files import build_model, schema_files
from factfidelity.schemas.programme import (
    Programme,
    Range,
    Sourced,
    indicator_vocabulary,
    load_programme,
    programmes,
)

MODELS = [
    "fact", "fact_ung", "act", "ract", "case_management", "strengths", "icm", "ips", "mgt", "spot", "sis_bup", "hvb",
    "samordnad_vard",
]  # fmt: skip


def figures(model, path=""):
    """Every sourced figure of a model, with where it stands."""
    if isinstance(model, Sourced):
        yield path, model
    fields = type(model).model_fields if hasattr(type(model), "model_fields") else {}
    for name in fields:
        value = getattr(model, name)
        for number, part in enumerate(value if isinstance(value, tuple) else (value,)):
            if hasattr(type(part), "model_fields"):
                yield from figures(part, f"{path}.{name}[{number}]")


@pytest.mark.parametrize("name", MODELS)
def test_every_care_model_says_each_of_its_facts_or_that_none_is_known(name):
    programme = load_programme(name)
    assert programme.kind == "model"
    assert set(programme.name) == {"sv", "en"}
    assert programme.indicators
    assert programme.caseload or programme.caseload_note
    assert programme.scale.id or programme.scale.note
    assert programme.entry.published or programme.entry.note


def test_every_figure_has_a_source_unless_it_is_remembered_or_unknown():
    for name, programme in programmes().items():
        for path, figure in figures(programme, name):
            if figure.status in ("verified", "derived", "background"):
                assert figure.source, path
            if figure.status == "unknown" and isinstance(figure, Range):
                assert figure.low is None, path
                assert figure.high is None, path


def test_every_caseload_norm_says_its_denominator_in_both_languages():
    for programme in programmes().values():
        for norm in programme.caseload:
            assert set(norm.denominator) == {"sv", "en"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("FACT", "fact"),
        ("Flexible Assertive Community Treatment (FACT)", "fact"),
        ("f-act", "fact"),
        ("R-ACT", "ract"),
        ("Resursgrupps-ACT", "ract"),
        ("Integrerad psykiatri", "ract"),
        ("resursgruppsstöd", "ract"),
        ("Optimal treatment", "ract"),
        ("Vård- och stödsamordning", "case_management"),
        ("SiS-BUP", "sis_bup"),
        ("SOU 2021:93", "samordnad_vard"),
        ("SIP", "sip"),
    ],
)
def test_a_model_is_found_by_any_of_its_names(asked, found):
    if asked == "Resursgrupps-ACT":
        asked = load_programme("ract").name["sv"]
    assert load_programme(asked).programme == found


def test_an_unknown_model_is_refused_with_the_nearest_name():
    with pytest.raises(SchemaError, match=r'there is no care model "fakt"\. Did you mean "fact"'):
        load_programme("fakt")


def test_norms_are_laid_beside_the_same_denominator_only():
    fact = load_programme("fact")
    assert (fact.reference("team").low, fact.reference("team").high) == (16.7, 18.2)
    assert (fact.reference("case_managers").low, fact.reference("case_managers").high) == (20, 24.3)
    assert load_programme("act").reference("team").high == 10
    assert load_programme("icm").reference("case_carrying").high == 20
    assert load_programme("case_management").reference("case_carrying").low == 25
    assert load_programme("fact_ung").reference("team").high == 15
    assert load_programme("ract").reference("team") is None


def test_sections_follow_from_the_indicators():
    assert "board" in load_programme("fact").sections
    assert "board" not in load_programme("ips").sections
    assert "work" in load_programme("ips").sections
    assert set(load_programme("sip").indicators) <= set(indicator_vocabulary())


def build(**changes):
    base = load_programme("sip").model_dump(exclude_none=True)
    return build_model({**base, **changes}, Programme, path=schema_files("programmes")["sip"])


def test_an_unknown_key_is_refused():
    with pytest.raises(SchemaError, match="unknown key"):
        build(caseloads=[])


def test_a_verified_figure_without_a_source_is_refused():
    with pytest.raises(SchemaError, match="must name its source"):
        build(age={"low": 18, "status": "verified"})


def test_an_unknown_figure_with_a_value_is_refused():
    with pytest.raises(SchemaError, match="must be empty"):
        build(age={"low": 18, "status": "unknown"})


WORDS = re.compile(r"\b(for|the|and|of|with|quoted|table|et al|observed|every|fewer|daily|one example|scale)\b")


def test_a_source_in_words_is_in_both_languages():
    """Names, addresses and years are the same in both; sentences are not."""
    for name, programme in programmes().items():
        for path, figure in figures(programme, name):
            if isinstance(figure.source, str):
                assert not WORDS.search(re.sub(r"https?://\S+", "", figure.source)), path
            else:
                assert set(figure.source) == {"sv", "en"}, path
                assert not WORDS.search(re.sub(r"https?://\S+", "", figure.source["sv"])), path


# What the programmes' sources say: model, where it stands, low, high. Read once more, number by number.
READ = [
    ("fact", "caseload manual_team", 16.7, 18.2), ("fact", "caseload case_manager", 20, 24.3),
    ("fact", "caseload ontario", 20, 20), ("fact", "caseload england", 25, 25), ("fact", "caseload flexing", 25, 30),
    ("fact", "caseload before_fact", 40, 50), ("fact", "caseload audit_ceiling", None, 34),
    ("fact", "team_size", 11, 12),
    ("fact", "clients", 200, 220), ("fact", "heads", None, 20), ("fact", "catchment", 40000, 50000),
    ("fact", "stable_clients", 50, 50), ("fact", "composition case_managers", 7, 7),
    ("fact", "composition psychiatrist", 0.8, 0.8), ("fact", "composition psychologist", 0.6, 0.6),
    ("fact", "composition employment_specialist", 0.5, 0.5), ("fact", "composition peer_worker", 0.6, 0.6),
    ("fact", "composition team_leader", 0.5, 0.5), ("act", "caseload ten_to_one", 10, 10),
    ("act", "caseload audit_ceiling", None, 20), ("act", "caseload england", 12, 15), ("act", "team_size", 10, 11),
    ("act", "clients", 60, 100), ("act", "heads", None, 20),
    ("act", "composition social_worker", 1, 1), ("act", "composition occupational_therapist", 1, 1),
    ("act", "composition addiction_specialist", 1, 1), ("act", "composition employment_specialist", 1, 1),
    ("act", "composition peer_worker", 1, 1), ("act", "composition team_leader", 1, 1),
    ("act", "catchment", 200000, 200000), ("act", "composition nurse", 3, 3),
    ("act", "composition psychiatrist", 0.8, 0.8), ("act", "composition case_manager", 2, 2),
    ("fact_ung", "caseload youth_scale", None, 15), ("fact_ung", "caseload dutch_observed", 11.4, 11.4),
    ("fact_ung", "team_size", 6.6, 6.6), ("fact_ung", "clients", 75, 75), ("fact_ung", "heads", 10, 10),
    ("fact_ung", "age", 12, 24), ("icm", "caseload cochrane", None, 20),
    ("case_management", "caseload less_intensive", 25, 30), ("case_management", "caseload english_usual_care", 30, 30),
    ("ips", "caseload ips_scale", None, 20), ("mgt", "age", 16, 66), ("spot", "age", 18, None),
    ("spot", "clients", 50, 100), ("spot", "heads", 20, 20), ("sis_bup", "age", None, 18),
]  # fmt: skip


@pytest.mark.parametrize(("model", "place", "low", "high"), READ)
def test_every_figure_is_what_its_source_says(model, place, low, high):
    field, _, key = place.partition(" ")
    found = getattr(load_programme(model), field)
    if key:
        found = next(one for one in found if key in (getattr(one, "id", ""), getattr(one, "role", "")))
    assert (found.low, found.high) == (low, high)


def test_no_figure_stands_in_a_programme_that_was_not_read():
    known = {(model, place) for model, place, *_ in READ}
    for name, programme in programmes().items():
        for path, figure in figures(programme, name):
            if isinstance(figure, Range) and (figure.low is not None or figure.high is not None):
                field = path.split(".")[1].split("[")[0]
                key = getattr(figure, "id", "") or getattr(figure, "role", "")
                place = f"{field} {key}".strip()
                assert (name, place) in known or field == "board", path
