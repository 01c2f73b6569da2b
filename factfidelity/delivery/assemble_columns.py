"""Columns beyond ours: those that a plan names, and those of a saved extract. No others are loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from factfidelity.delivery.mapping import Assigned
from factfidelity.delivery.mapping_match import Match
from factfidelity.delivery.values import key_of
from factfidelity.delivery.words_read import problem
from factfidelity.errors import Problem
from factfidelity.extract import COLUMNS
from factfidelity.schemas.mapping import ColumnSpec, Derived, Layout
from factfidelity.schemas.plan import Plan


def asked_beyond(plan: Plan) -> dict[str, dict[str, str]]:
    """Return the columns that a plan asks for beyond ours, by table, each with its kind; no others are loaded."""
    asked: dict[str, dict[str, str]] = {}
    if plan.index.kind == "column" and plan.index.column:
        asked["clients"] = {plan.index.column: "date"}
    for outcome in plan.own_outcomes:
        table = asked.setdefault(outcome.table, {})
        table.update(dict.fromkeys(outcome.starts_with, "code"))
        for name, values in outcome.where.items():
            first = values[0] if values else ""
            table.setdefault(
                name, "flag" if isinstance(first, bool) else "code" if isinstance(first, str) else "number"
            )
    beyond = {
        table: {name: kind for name, kind in columns.items() if name not in COLUMNS.get(table, ())}
        for table, columns in asked.items()
    }
    return {table: columns for table, columns in beyond.items() if columns}


def headings_of(assigned: Sequence[Assigned]) -> dict[tuple[str, str, str], str]:
    """Return what each of our columns is called in each file, by file, table and column."""
    found: dict[tuple[str, str, str], str] = {}
    for one in assigned:
        for feed in one.layout.feeds:
            for ours, spec in feed.columns.items():
                ways = [
                    way.partition(".")[0] for way in (spec.column if isinstance(spec, Derived) else spec).split("|")
                ]
                heading = next((one.match.headings[way] for way in ways if way in one.match.headings), "")
                if heading:
                    found[one.raw.place, feed.table, ours] = heading
    return found


def lacking(asked: Mapping[str, Mapping[str, str]], assigned: Sequence[Assigned]) -> list[Problem]:
    """Say which columns of the plan no file has; a table that was not delivered is not asked for here."""
    given = {
        (feed.table, name)
        for one in assigned
        for feed in one.layout.feeds
        for name, spec in feed.columns.items()
        if not isinstance(spec, str) or any(way.partition(".")[0] in one.match.headings for way in spec.split("|"))
    }
    delivered = {table for table, _ in given}
    return [
        problem("plan_column", column=name, table=table)
        for table, columns in asked.items()
        for name in columns
        if table in delivered and (table, name) not in given
    ]


def with_extra(one: Assigned, extra: Mapping[str, Mapping[str, Any]]) -> Assigned:
    """Let a table keep columns beyond ours: those of a saved extract, and those that the plan names."""
    if not extra:
        return one
    layout, headings = one.layout, dict(one.match.headings)
    delivered = {key_of(str(heading)): str(heading) for heading in one.raw.frame.columns}
    columns, feeds = dict(layout.columns), []
    for feed in layout.feeds:
        more = {
            name: kind
            for name, kind in extra.get(feed.table, {}).items()
            if name not in feed.columns and key_of(name) in delivered
        }
        columns |= {name: ColumnSpec(names=(name,), kind=kind) for name, kind in more.items() if name not in columns}
        headings |= {name: delivered[key_of(name)] for name in more if name not in headings}
        feeds.append(feed.model_copy(update={"columns": {**feed.columns, **{name: name for name in more}}}))
    wider: Layout = layout.model_copy(update={"columns": columns, "feeds": tuple(feeds)})
    return replace(one, match=Match(wider, headings, one.match.lacking))
