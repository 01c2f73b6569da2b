"""A first mapping for files that nobody has described."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from plants import planted

from factfidelity.delivery.propose import propose_mapping
from factfidelity.errors import IdentityFoundError
from factfidelity.schemas.mapping import Mapping

LAYOUTS = Path(__file__).parent / "example_layouts"
UNKNOWN = "Nyckel;Ankomst;Ort;Belopp;Diagn;Koder;Genomfört\n" + "".join(
    f"Q{n}F3K;2024-01-{n + 1:02d};0180;{n},5;F20{n % 9};AU118 AU123;Ja\n" for n in range(9)
)


def test_known_files_get_their_layout_and_the_proposal_is_a_valid_mapping(tmp_path):
    for path in LAYOUTS.glob("*.csv"):
        shutil.copy(path, tmp_path)
    said = yaml.safe_load(propose_mapping(tmp_path))
    mapping = Mapping.model_validate(said)
    assert {spec.layout for spec in mapping.sources.values()} == {
        "par_sv", "compulsory_care", "contact_list", "sol_lss_services", "roster", "board_log", "ratings", "lisa",
        "population",
    }  # fmt: skip


def test_an_unknown_file_is_described_by_the_form_of_its_values_and_says_how_sure_it_is(tmp_path):
    (tmp_path / "okand.csv").write_text(UNKNOWN, encoding="utf-8")
    text = propose_mapping(tmp_path)
    columns = yaml.safe_load(text)["sources"]["unknown"]["columns"]
    kinds = {spec["names"][0]: spec["kind"] for spec in columns.values()}
    assert kinds == {
        "Nyckel": "id", "Ankomst": "date", "Ort": "municipality", "Belopp": "number", "Diagn": "icd10", "Koder": "list",
        "Genomfört": "flag",
    }  # fmt: skip
    assert "# likely" in text
    assert "Q3F3K" not in text


def test_a_file_with_identity_numbers_is_not_described(tmp_path):
    number = planted("personnummer_dash", 1, np.random.default_rng(4))[0]
    (tmp_path / "okand.csv").write_text(f"Nyckel;Ankomst\n{number};2024-01-01\n", encoding="utf-8")
    with pytest.raises(IdentityFoundError) as caught:
        propose_mapping(tmp_path)
    assert number not in str(caught.value)
