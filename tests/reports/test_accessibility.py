"""What a machine can see of WCAG 2.1 AA: contrast of the style sheet, and axe-core where it can be had."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import factfidelity as ff
from factfidelity.delivery.ask import data_request
from factfidelity.reports.batch import full_years, render_batch
from factfidelity.reports.delivery import write_delivery_report
from factfidelity.reports.order import write_order
from factfidelity.reports.render import report_html
from factfidelity.schemas.plan import Plan

STYLE = Path(ff.__file__).parent / "reports" / "templates" / "style.css"
SAMPLES = Path(__file__).parents[2] / "sample_data"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = os.environ.get("FACTFIDELITY_AXE", "")


def _luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_gives_the_published_extremes():
    assert _contrast("#000", "#fff") == pytest.approx(21.0)
    assert _contrast("#0072B2", "#ffffff") == pytest.approx(5.19, abs=0.01)


def test_text_stands_out_from_every_ground_that_it_stands_on():
    colours = dict(re.findall(r"--(\w+): (#[0-9a-fA-F]{3,6})", STYLE.read_text(encoding="utf-8")))
    for text in ("ink", "soft", "accent"):
        for ground in ("paper", "wash"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert _contrast("#ffffff", colours["accent"]) >= 4.5


def test_a_focus_is_visible_and_nothing_moves():
    style = STYLE.read_text(encoding="utf-8")
    assert re.search(r":focus[^{]*\{[^}]*outline: 3px", style)
    assert "animation" not in style
    assert "transition" not in style


needs_axe = pytest.mark.skipif(
    not (CHROMIUM and AXE), reason="needs Chromium, and FACTFIDELITY_AXE = the path of axe.min.js"
)


def violations(html, place):
    """Return what axe-core finds on a page with everything on it unfolded."""
    check = (
        f"<script>{Path(AXE).read_text(encoding='utf-8')}</script><script>"
        "document.querySelectorAll('details').forEach(one => { one.open = true; }); axe.run().then(found => {"
        "document.title = 'AXE ' + found.violations.map(one => one.id + ':' + one.nodes.length).join(' ') + ' END';"
        "});</script></body>"
    )
    page = place / "page.html"
    page.write_text(html.replace("</body>", check), encoding="utf-8")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        f"--user-data-dir={place / 'profile'}", "--virtual-time-budget=60000", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    found = re.search(r"<title>AXE (.*?) ?END</title>", run.stdout)
    assert found, "axe did not answer"
    return found.group(1)


@needs_axe
@pytest.mark.parametrize("language", ["sv", "en"])
def test_axe_finds_no_violation(language, tmp_path):
    released = ff.evaluate(ff.sample_extract(seed=5, clients=150, teams=3, years=4)).released()
    assert violations(report_html(released, language=language), tmp_path) == ""


@needs_axe
@pytest.mark.parametrize("language", ["sv", "en"])
def test_axe_finds_no_violation_on_the_order_form_and_the_delivery_report(language, tmp_path):
    _, form = write_order(data_request(Plan()), tmp_path / "order", language=language)
    delivered = ff.load_extract(SAMPLES / "sis_bup").delivery
    (told,) = write_delivery_report(delivered, tmp_path / "delivery", language=language, formats=("html",))
    for number, page in enumerate((form, told)):
        place = tmp_path / str(number)
        place.mkdir()
        assert violations(page.read_text(encoding="utf-8"), place) == ""


@needs_axe
def test_axe_finds_no_violation_on_the_index_of_a_batch(tmp_path):
    extract = ff.sample_extract(seed=5, clients=120, teams=2, years=3)
    year = full_years(extract)[-1]
    outcome = render_batch(extract, ff.load_plan(), tmp_path / "all", years=[year], formats=("xlsx",), workers=1)
    assert outcome.index
    for page in outcome.index:
        place = tmp_path / page.stem
        place.mkdir()
        assert violations(page.read_text(encoding="utf-8"), place) == ""
