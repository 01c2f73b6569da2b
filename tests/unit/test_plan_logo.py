"""The logo of a plan: found beside the plan wherever the work is done, and never left out in silence."""

import base64

import pytest

from factfidelity.errors import PlanError
from factfidelity.schemas.plan import load_plan

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8'/></svg>"


def plan_in(folder, logo: str):
    (folder / "plan.yaml").write_text(f'plan: mine\norganisation: {{name: "Nord", logo: "{logo}"}}\n', encoding="utf-8")
    return folder / "plan.yaml"


def test_a_logo_is_found_beside_its_plan_from_any_folder(tmp_path, monkeypatch):
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    kind, _, content = load_plan(plan_in(tmp_path, "logo.svg")).picture.partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(content).decode() == SVG


def test_the_picture_is_no_part_of_what_a_plan_decides(tmp_path):
    path = plan_in(tmp_path, "logo.svg")
    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    before = load_plan(path)
    (tmp_path / "logo.svg").write_text(SVG.replace("8", "9"), encoding="utf-8")
    after = load_plan(path)
    assert before.picture != after.picture
    assert before.fingerprint == after.fingerprint
    assert "base64" not in str(after.record())


@pytest.mark.parametrize(
    ("logo", "content", "said"),
    [
        ("none.png", None, "there is no picture none.png"),
        ("logo.gif", b"GIF89a", "not PNG, JPEG or SVG"),
        ("empty.png", b"", "empty or larger than 1 MB"),
        ("big.png", b"0" * 1_000_001, "empty or larger than 1 MB"),
    ],
)
def test_a_logo_that_cannot_be_used_is_said_so(tmp_path, logo, content, said):
    if content is not None:
        (tmp_path / logo).write_bytes(content)
    with pytest.raises(PlanError, match=said):
        load_plan(plan_in(tmp_path, logo))
