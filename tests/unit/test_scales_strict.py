"""A scale file says what it means or is refused, with the line, all faults at once."""

from __future__ import annotations

import json
import re

import pytest
from fidelity_scales import small_data

from factfidelity.errors import ScaleError
from factfidelity.schemas.files import schema_files
from factfidelity.schemas.scale import list_scales, load_scale, read_scale

WORDS = {"sv": "x", "en": "x"}
CASELOAD = {
    "name": WORDS, "subscale": "a", "status": "memory", "unit": WORDS, "better": "lower",
    "anchors": [{"score": 5, "to": 10}, {"score": 4, "above": 10, "to": 20}, {"score": 1, "above": 20}],
}  # fmt: skip


def written(tmp_path, data, name="demo_1.yaml"):
    path = tmp_path / name
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


def with_item(**change):
    data = small_data()
    data["items"]["a1"] = CASELOAD | change
    return data


def refused(tmp_path, data):
    with pytest.raises(ScaleError) as caught:
        read_scale(written(tmp_path, data))
    return caught.value


def test_a_sound_file_is_read(tmp_path):
    assert read_scale(written(tmp_path, with_item())).items["a1"].place(10.5) == (4.0, "")


@pytest.mark.parametrize(
    ("anchors", "said"),
    [
        ([{"score": 5, "to": 10}, {"score": 4, "above": 11}], "leave a gap between 10 and 11"),
        ([{"score": 5, "below": 10}, {"score": 4, "above": 10}], "leave a gap between 10 and 10"),
        ([{"score": 5, "to": 10}, {"score": 4, "from": 10}], "overlap at 10"),
        ([{"score": 5, "to": 12}, {"score": 4, "above": 10}], "overlap at 12"),
        ([{"score": 5, "from": 0, "to": 10}, {"score": 4, "above": 10}], "do not reach both ends"),
        ([{"score": 4, "to": 10}, {"score": 5, "above": 10}], "do not follow the measure"),
        ([{"score": 5, "to": 10}, {"score": 5, "above": 10}], "a score has two anchors"),
        ([{"score": 9, "to": 10}, {"score": 4, "above": 10}], "outside 1 to 5"),
        ([{"score": 5, "to": 10, "below": 12}, {"score": 4, "above": 10}], "two lower or two upper limits"),
    ],
)
def test_anchors_that_gap_overlap_or_run_backwards_are_refused(tmp_path, anchors, said):
    error = refused(tmp_path, with_item(anchors=anchors))
    assert said in str(error)
    assert re.search(r"demo_1\.yaml, 1 row \(\d+\)", str(error))


def test_a_gap_that_is_declared_is_allowed_and_has_no_score(tmp_path):
    unscored = [{"score": None, "above": 10, "to": 15, "words": {"sv": "okänt", "en": "not known"}}]
    anchors = [{"score": 5, "to": 10}, {"score": 4, "above": 15}]
    item = read_scale(written(tmp_path, with_item(anchors=anchors, unscored=unscored))).items["a1"]
    assert item.place(12)[0] is None
    assert item.why_unscored(12, "sv") == "okänt"


def test_all_faults_are_told_at_once(tmp_path):
    data = with_item(subscale="c", anchors=[{"score": 5, "to": 10}, {"score": 4, "from": 10}])
    data["items"]["b1"]["sources"] = ["nowhere"]
    data["n_items"] = 7
    data["total"]["bands"][1]["from"] = 3.5
    said = str(refused(tmp_path, data))
    assert said.startswith("5 problems in demo_1.yaml")
    for part in ('the subscale "c"', "overlap at 10", 'the source "nowhere"', "n_items is 7 but 5", "leave a gap"):
        assert part in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["total"].update(combine="median"), "total.combine"),
        (lambda data: data["total"].update(combine="sum", needs_share_of_items=0.8), "would count them as 0"),
        (lambda data: data.update(colour="red"), 'unknown key "colour"'),
        (lambda data: data["items"]["a1"].update(derive={"measure": "by_feeling"}), "derive.measure"),
        (lambda data: data["items"]["a1"].update(status="verified"), "marked verified without a source"),
        (lambda data: data.pop("licence"), 'the key "licence" is missing'),
        (lambda data: data.update(minimums={"m": {"label": WORDS, "items": {"z": 3}, "status": "memory"}}), 'item "z"'),
    ],
)
def test_what_is_not_on_the_lists_is_refused(tmp_path, change, said):
    data = small_data()
    change(data)
    assert said in str(refused(tmp_path, data))


def test_a_doubled_key_is_refused_with_its_line(tmp_path):
    path = tmp_path / "demo_1.yaml"
    path.write_text("scale: demo\nversion: '1'\nscale: demo\n", encoding="utf-8")
    with pytest.raises(ScaleError, match=r'1 row \(3\): the key "scale" stands twice'):
        read_scale(path)


def test_a_file_must_bear_its_scales_name(tmp_path):
    with pytest.raises(ScaleError, match='is named "other" but holds "demo_1"'):
        read_scale(written(tmp_path, small_data(), "other.yaml"))


def test_every_shipped_file_is_sound_and_listed():
    listed = list_scales()
    assert len(listed) == len(schema_files("scales")) >= 15
    assert set(listed["scale"]) >= {"dacts", "ips25", "goi", "tmact", "facts_2017", "ccaf_fact", "strengths", "csi_r"}


@pytest.mark.parametrize("name", ["DACTS", "dacts", "Dacts_2008"])
def test_a_scale_is_found_whatever_the_case(name):
    assert load_scale(name).id == "dacts_2008"


def test_versions_are_found_and_the_default_is_taken():
    assert load_scale("facts_2017").version == "nl_2017"
    assert load_scale("facts_2017", "nordic_2021").total.combine == "none"
    assert load_scale("strengths").n_items == 11
    with pytest.raises(ScaleError, match="choose one of: nl_2017, nordic_2021"):
        load_scale("facts_2017", "1999")


def test_an_unknown_scale_names_those_there_are():
    with pytest.raises(ScaleError, match="choose one of: ccaf_act, "):
        load_scale("dartmouth")


def test_published_sizes_of_the_scales():
    sizes = {
        row.scale: row.n_items for row in list_scales().itertuples() if row.scale not in ("strengths", "facts_2017_r")
    }
    known = {"dacts": 28, "ips25": 25, "goi": 12, "tmact": 47, "fact_2010": 60, "facts_2017": 24, "ccaf_fact": 9}
    assert {name: sizes[name] for name in known} == known
    parts = {name: len(load_scale("dacts").items_of(name)) for name in "HOS"}
    assert parts == {"H": 11, "O": 7, "S": 10}
    parts = {name: len(load_scale("tmact").items_of(name)) for name in ("OS", "CT", "ST", "CP", "EP", "PP")}
    assert parts == {"OS": 12, "CT": 7, "ST": 8, "CP": 8, "EP": 8, "PP": 4}
