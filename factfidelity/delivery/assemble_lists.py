"""Files beside the data: crosswalks between pseudonyms, and lists of codes that the mapping joins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from factfidelity.delivery.mapping import Assigned
from factfidelity.delivery.mapping_match import Match
from factfidelity.delivery.mapping_rows import Link
from factfidelity.delivery.raw import RawTable
from factfidelity.delivery.values import key_of
from factfidelity.delivery.values_codes import municipality_codes
from factfidelity.delivery.words_read import problem
from factfidelity.errors import Problem
from factfidelity.schemas.mapping import MUNICIPALITIES, ColumnSpec
from factfidelity.schemas.mapping import Mapping as MappingFile

Beside = Mapping[tuple[str, str], Sequence[RawTable]]


def links_of(beside: Beside, mapping: MappingFile | None, problems: list[Problem]) -> dict[str, Link]:
    """Return the crosswalks by name.

    Parameters
    ----------
    beside : mapping of (kind, name) to tables
    mapping : Mapping or None
    problems : list of Problem
        Columns that are missing are added to it.
    """
    links: dict[str, Link] = {}
    for name, spec in (mapping.crosswalks if mapping else {}).items():
        pairs: dict[str, set[str]] = {}
        for raw in beside.get(("crosswalk", name), ()):
            columns = _columns(raw, [one for one in (spec.source, spec.client, spec.within) if one], name, problems)
            if not columns:
                continue
            source, client = columns[0], columns[1]
            if spec.within:
                source = within(columns[2], source)
            for theirs, ours in zip(source, client, strict=True):
                if theirs and ours:
                    pairs.setdefault(theirs, set()).add(ours)
        clear = {theirs: next(iter(ours)) for theirs, ours in pairs.items() if len(ours) == 1}
        links[name] = Link(name, clear, frozenset(pairs) - frozenset(clear))
    return links


def outside(
    tables: Mapping[str, pd.DataFrame], assigned: Sequence[Assigned], links: Mapping[str, Link]
) -> list[Problem]:
    """Say for which tables some clients are in no crosswalk, and yet count as zero since the mapping says linked."""
    clients = tables.get("clients")
    if clients is None or "client_id" not in clients.columns:
        return []
    cohort = set(clients["client_id"].dropna())
    found = []
    for table, frame in tables.items():
        mine = [one.spec for one in assigned if table in one.match.tables]
        if table in ("clients", "deaths") or "client_id" not in frame.columns:
            continue
        if not all(spec.crosswalk and spec.linked for spec in mine):
            continue
        names = sorted({spec.crosswalk for spec in mine})
        known = {client for name in names for client in links[name].clients.values()}
        if cohort - known:
            found.append(problem("clients_not_linked", file=table, crosswalk=", ".join(names), table=table))
    return found


def without_zeros(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Say in which files most of the unknown person keys are clients' keys whose leading zeros are gone."""
    clients = tables.get("clients")
    if clients is None or "client_id" not in clients.columns:
        return []
    known = set(clients["client_id"].dropna())
    bare = {key.lstrip("0") for key in known if key.startswith("0") and key.isdigit()}
    found = []
    for table, frame in tables.items() if bare else ():
        if table == "clients" or "client_id" not in frame.columns:
            continue
        for file, keys in frame.groupby("_source", observed=True)["client_id"]:
            unknown = set(keys.dropna()) - known
            if unknown and len(unknown & bare) > 0.5 * len(unknown):
                found.append(problem("keys_lost_zeros", file=str(file)))
    return found


def named_alike(tables: dict[str, pd.DataFrame]) -> None:
    """Give teams one spelling: what differs from a team's id, or is its name, by case and spaces only is that team."""
    teams = tables.get("teams")
    if teams is None or "team_id" not in teams.columns:
        return
    ids = teams["team_id"].dropna().unique().tolist()
    meant: dict[str, set[str]] = {}
    for column in ("team_id", "name"):
        if column in teams.columns:
            for text, team in zip(teams[column], teams["team_id"], strict=True):
                if isinstance(text, str) and isinstance(team, str):
                    meant.setdefault(key_of(text), set()).add(team)
    for table, frame in tables.items():
        if table == "teams" or "team_id" not in frame.columns:
            continue
        others = [text for text in frame["team_id"].dropna().unique().tolist() if text not in ids]
        ways = {text: next(iter(meant[key_of(text)])) for text in others if len(meant.get(key_of(text), ())) == 1}
        if ways:
            tables[table] = frame.assign(team_id=frame["team_id"].replace(ways))


def within(municipalities: pd.Series[str], keys: pd.Series[str]) -> pd.Series[str]:
    """Put the municipality before keys that are unique only inside it; empty where either is missing."""
    codes, _, _ = municipality_codes(municipalities.tolist())
    whole = [f"{code}-{key}" if code and key else "" for code, key in zip(codes, keys, strict=True)]
    return pd.Series(whole, dtype="str")


def _columns(raw: RawTable, names: Sequence[str], table: str, problems: list[Problem]) -> list[pd.Series[str]]:
    by_key = {key_of(str(heading)): str(heading) for heading in raw.frame.columns}
    lacking = ", ".join(one for one in names if key_of(one) not in by_key)
    if lacking:
        problems.append(problem("missing_column", file=raw.place, column=lacking, table=table, names=lacking))
        return []
    return [raw.frame[by_key[key_of(one)]].str.strip() for one in names]


def lists_of(beside: Beside, mapping: MappingFile | None, problems: list[Problem]) -> dict[str, dict[str, str]]:
    """Return the lists of codes by name, each code with its text.

    Where the mapping does not say which columns hold them, the first column is the code and the second the text; the
    row of headings counts as a code too where it looks like one, since such lists often have no headings.
    """
    found: dict[str, dict[str, str]] = {}
    for name, spec in (mapping.codes if mapping else {}).items():
        entries = found.setdefault(name, {})
        for raw in beside.get(("code_list", name), ()):
            headings = [str(heading) for heading in raw.frame.columns]
            code = spec.code or headings[0]
            text = spec.text or next((one for one in headings[1:2] if not spec.code), code)
            columns = _columns(raw, [code, text], name, problems)
            if columns:
                entries.update(zip(columns[0], columns[1], strict=True))
            if not spec.code and code[:1].isdigit():
                entries[code] = text
        entries.pop("", None)
    return found


def with_lists(assigned: Sequence[Assigned], lists: Mapping[str, Mapping[str, str]]) -> list[Assigned]:
    """Let the columns that ask for a list of codes have it."""
    if not lists:
        return list(assigned)
    towns = [code.split(" ")[0] for code in lists.get(MUNICIPALITIES, ())]
    codes, _, _ = municipality_codes(towns)
    known = tuple(sorted({code for code in codes if code}))

    def filled(spec: ColumnSpec) -> ColumnSpec:
        if spec.kind == "municipality" and known:
            return spec.model_copy(update={"known": known})
        if spec.from_list:
            return spec.model_copy(update={"values": {**lists.get(spec.from_list, {}), **spec.values}})
        return spec

    out = []
    for one in assigned:
        columns = {name: filled(spec) for name, spec in one.layout.columns.items()}
        layout = one.layout.model_copy(update={"columns": columns})
        out.append(replace(one, match=Match(layout, one.match.headings, one.match.lacking)))
    return out
