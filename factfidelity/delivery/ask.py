"""What a plan needs of data: tables, columns, codes and years, ready to be asked for and to be assessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from factfidelity.schemas.files import read_yaml, schema_files
from factfidelity.schemas.outcome import shipped_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.schemas.programme import indicator_vocabulary, load_programme
from factfidelity.schemas.table import table_schemas

# Staff are counted by post and rated teams by item: what names a person beyond that is not asked for.
_NOT_ASKED = frozenset({"skills", "observed_from", "observed_to", "catchment", "precision", "ward_type"})
# Who is followed, and until when: every plan needs it.
_ALWAYS = ("clients", "enrolments", "teams", "staff", "deaths")
# Indicators that are computed by a room of its own and name no table.
_BESIDE = {"fidelity": ("ratings",), "coercion": ("coercion", "episodes"), "equity": ("population",)}


@dataclass(frozen=True, kw_only=True, eq=False)
class DataRequest:
    """What to ask for, of whom.

    Attributes
    ----------
    table : DataFrame, one row per column asked for
        table, column, required, source_column (the holder's own name, empty where it is not known), holder_sv,
        holder_en, register_sv, register_en, means_sv, means_en, why_sv, why_en, codes, first_year, last_year.
    first_year, last_year : int or None
        Years that the plan's windows reach into; None where the plan names no period.
    plan : str
        Name of the plan.
    """

    table: pd.DataFrame
    first_year: int | None
    last_year: int | None
    plan: str

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Columns by table: what is loaded, and no more."""
        return {str(name): tuple(part["column"]) for name, part in self.table.groupby("table", sort=False)}


def tables_of(plan: Plan) -> tuple[str, ...]:
    """Return the tables that a plan rests on: its outcomes, and the indicators of its care model and of its modules.

    Examples
    --------
    >>> "services" in tables_of(Plan(programme="case_management"))
    True
    """
    programme = load_programme(plan.programme)
    listed = [*programme.indicators, *(one for name in programme.modules for one in load_programme(name).indicators)]
    vocabulary = indicator_vocabulary()
    needed = [*_ALWAYS]
    for indicator in listed:
        needed += [*vocabulary[indicator].needs, *_BESIDE.get(indicator, ())]
    shipped = shipped_outcomes()
    chosen = [shipped[name] for name in plan.outcomes if name in shipped] or [
        one for one in shipped.values() if one.default
    ]
    needed += [table for outcome in (*chosen, *plan.own_outcomes) for table in outcome.tables]
    needed += ["leave"] if plan.day_count == "days" else []
    held = [item["table"] for item in read_yaml(schema_files("codes")["data_holders"])["holders"]]
    return tuple(name for name in held if name in needed)


def data_request(plan: Plan, *, tables: Sequence[str] | None = None) -> DataRequest:
    """Work out what a plan needs.

    Parameters
    ----------
    plan : Plan
    tables : sequence of str, optional
        Tables of the extract; default those that the plan's outcomes and its care model's indicators rest on.

    Raises
    ------
    ValueError
        If nobody is known to hold a table.
    """
    holders = {item["table"]: item for item in read_yaml(schema_files("codes")["data_holders"])["holders"]}
    tables = tables_of(plan) if tables is None else tables
    unknown = [name for name in tables if name not in holders]
    if unknown:
        raise ValueError(f"tables must be among {', '.join(holders)}, got {', '.join(unknown)}")
    first, last = _years(plan)
    rows = []
    for name in tables:
        holder = holders[name]
        for column, spec in table_schemas()[name].columns.items():
            if column in _NOT_ASKED:
                continue
            codes = ", ".join(sorted(plan.mvo_codes)) if holder.get("care") and column == "mvo" else ""
            rows.append({
                "table": name, "column": column, "required": spec.required or not spec.may_be_empty,
                "source_column": holder.get("columns", {}).get(column, ""),
                "holder_sv": holder["holder"]["sv"], "holder_en": holder["holder"]["en"],
                "register_sv": holder["register"]["sv"], "register_en": holder["register"]["en"],
                "means_sv": spec.means.sv, "means_en": spec.means.en,
                "why_sv": holder["why"]["sv"], "why_en": holder["why"]["en"],
                "codes": codes or ", ".join(spec.allowed), "first_year": first, "last_year": last,
            })  # fmt: skip
    return DataRequest(table=pd.DataFrame(rows), first_year=first, last_year=last, plan=plan.plan)


def _years(plan: Plan) -> tuple[int | None, int | None]:
    """Years that the windows reach into: two before windows, and a year more since stays are filed by discharge."""
    if plan.period.start is None or plan.period.end is None:
        return None, None
    before = pd.Timedelta(days=2 * plan.windows.before + plan.windows.washout_before)
    after = pd.Timedelta(days=plan.windows.after + plan.windows.washout_after)
    first = pd.Timestamp(plan.period.start) - before
    last = pd.Timestamp(plan.period.end) + after
    return first.year, last.year + 1
