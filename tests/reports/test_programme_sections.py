"""A report has the sections that the care model's indicators and the delivered data fill; a new file needs no code."""

import shutil

import pytest

import factfidelity as ff
from factfidelity.evaluation import answers
from factfidelity.reports.pages import ReportPages
from factfidelity.schemas import files, programme
from factfidelity.schemas.plan import Plan


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """A care model that nobody has heard of, as one more file in a copy of the folder."""
    folder = shutil.copytree(files.shipped_folder("schemas"), tmp_path / "schemas")
    text = (folder / "programmes" / "mgt.yaml").read_text(encoding="utf-8")
    start, end = text.index("indicators:"), len(text)
    text = text[:start] + "indicators: [inflow, caseload_ratio, ordinary_work, board_share]\n" + text[end:]
    for old, new in (("programme: mgt", "programme: havsbris"), ("Myndighetsgemensamt team (MGT)", "Havsbris"),
                     ("Multi-agency team (MGT)", "Sea Breeze"),
                     ('sv: "MGT", en: "MGT"', 'sv: "Havsbris", en: "Sea Breeze"'),
                     ("modules: [sip, brukarrevision]", "modules: []")):  # fmt: skip
        text = text.replace(old, new)
    lines = [line for line in text.splitlines() if not line.startswith("aliases:")]
    board = 'board: {used: true, name: {sv: "Lotsbordet", en: "Pilot table"}, meetings_per_week: {status: unknown}, share: {status: unknown}}'  # noqa: E501
    lines = [board if line.startswith("board:") else line for line in lines]
    (folder / "programmes" / "havsbris.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shipped = files.shipped_folder
    monkeypatch.setattr(files, "shipped_folder", lambda name: folder if name == "schemas" else shipped(name))
    caches = (programme.programmes, programme._names, programme._vocabulary)
    for cached in caches:
        cached.cache_clear()
    yield "havsbris"
    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()


ASKED = {"enrolment_flow", "caseload_ratios", "board_use", "contact_pattern", "programme_indicators"}


@pytest.fixture(autouse=True)
def _few_questions(monkeypatch):
    asked = tuple(question for question in answers.QUESTIONS if question.name in ASKED)
    monkeypatch.setattr(answers, "QUESTIONS", asked)


def pages_of(extract, name, language="sv"):
    results = {key: one.released() for key, one in ff.evaluate(extract, Plan(programme=name)).results.items()}
    provenance = {"period": ["2020-01-01", "2022-12-31"], "versions": {}}
    return ReportPages(answers.ReleasedEvaluation(results, {}, Plan(programme=name), provenance), language)


def said_by(pages):
    """All headings, answers, methods and captions of a report."""
    parts = [chapter.title for chapter in pages.chapters]
    for result in pages.results:
        parts += [result.heading(), result.summary(), result.methods(), *(view.caption for view in result.views())]
        parts += [heading.heading for view in result.views() for heading in view.columns]
    return " ".join(parts).replace("FACT Norr", "").replace("FACT Söder", "")


@pytest.fixture(scope="module")
def extract():
    plain = ff.sample_extract(seed=5, clients=60, teams=2, years=3)
    none = plain.teams.assign(programme=None).astype({"programme": "str"})
    return ff.Extract(tables={**plain.tables, "teams": none}, start=plain.start, end=plain.end, sources=plain.sources)


def test_a_new_file_gives_a_report_with_its_sections(made_up, extract):
    pages = pages_of(extract, made_up)
    titles = {chapter.name: chapter.title for chapter in pages.chapters}
    assert titles["board"] == "Lotsbordet"
    assert titles["indicators-work"] == "Arbete och studier"
    assert "indicators-plans" not in titles
    assert "work" not in titles  # it lists no indicator of contacts
    assert "Havsbris" in pages.title
    assert "FACT" not in said_by(pages)


@pytest.mark.parametrize("name", ["spot", "mgt"])
def test_no_other_models_words_stand_in_a_report(extract, name):
    pages = pages_of(extract, name)
    assert "FACT" not in said_by(pages)
    assert ("board" in pages.sections) == (name == "spot")


def test_the_definitions_are_those_of_the_model():
    provenance = {"period": ["2020-01-01", "2022-12-31"], "versions": {}}
    words = {}
    for name in ("fact", "spot", "ips"):
        pages = ReportPages(answers.ReleasedEvaluation({}, {}, Plan(programme=name), provenance))
        words[name] = [term for term, _ in pages.terms()]
    assert "FACT-tavlan" in words["fact"]
    assert "Fas" in words["spot"]
    assert not {"FACT-tavlan", "Fas"} & set(words["ips"])
