"""The files of schemas/tables are read strictly, and say everything in both languages."""

from __future__ import annotations

import pytest

from factfidelity.errors import SchemaError
from factfidelity.schemas.table import load_table_schema, table_schemas

GOOD = """
table: demo
one_row_is: {sv: "en rad", en: "one row"}
columns:
  client_id: {type: id, required: true, may_be_empty: false, means: {sv: "nyckel", en: "key"}}
  hours: {type: number, lowest: 0, means: {sv: "timmar", en: "hours"}}
rules:
  - id: too_long
    check: longer_than
    columns: [hours]
    threshold: most_hours
    severity: note
    sentence: {sv: "för långt", en: "too long"}
    do: {sv: "kontrollera", en: "check"}
thresholds:
  most_hours: {value: 10, means: {sv: "högst", en: "at most"}}
"""


def load(tmp_path, text: str):
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    return load_table_schema(path)


def test_a_schema_knows_its_required_columns(tmp_path):
    assert load(tmp_path, GOOD).required_columns == ("client_id",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("columns: [hours]", "columns: [days]", "names days, which the table does not have"),
        ("threshold: most_hours", "threshold: most_days", 'names the threshold "most_days", which is not given'),
        ("check: longer_than", "check: taller_than", "check"),
        ('sentence: {sv: "för långt", en: "too long"}', 'sentence: {sv: "för långt"}', "sentence"),
        ("severity: note", "severity: grave", "severity"),
        ("one_row_is", "one_rows_is", "unknown key"),
        ("type: number", "type: float", "type"),
    ],
)
def test_a_fault_in_a_schema_is_named(tmp_path, old, new, said):
    with pytest.raises(SchemaError, match=said):
        load(tmp_path, GOOD.replace(old, new))


def test_every_column_rule_and_threshold_is_worded_in_both_languages():
    for schema in table_schemas().values():
        texts = [schema.one_row_is, *(column.means for column in schema.columns.values())]
        texts += [text for rule in schema.rules for text in (rule.sentence, rule.do)]
        texts += [limit.means for limit in schema.thresholds.values()]
        assert all(text.sv and text.en for text in texts), schema.table


def test_every_threshold_is_used():
    for schema in table_schemas().values():
        used = {rule.threshold for rule in schema.rules} | {"set_aside_share", "missing_share"}
        assert set(schema.thresholds) <= used
