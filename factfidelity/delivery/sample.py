"""Invented deliveries with a known truth: as an extract, and as files in the suppliers' own forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.delivery import sample_forms as region
from factfidelity.delivery import sample_team_forms as local
from factfidelity.delivery.sample_canonical import extract_of_world
from factfidelity.delivery.sample_draws import effects_of
from factfidelity.delivery.sample_planted import made_with, planted, planted_staff
from factfidelity.delivery.sample_truth import realised
from factfidelity.delivery.sample_world import World, make_world, read_setting
from factfidelity.extract import COLUMNS, Extract
from factfidelity.schemas.files import shipped_folder
from factfidelity.schemas.table import table_schemas


def sample_extract(
    seed: int = 7,
    *,
    clients: int = 400,
    teams: int = 3,
    years: int = 4,
    effects: Mapping[str, float] | None = None,
    contacts: bool = True,
    programme: str = "fact",
) -> Extract:
    """Return an invented extract with planted effects.

    Parameters
    ----------
    seed : int
        The same seed gives the same extract.
    clients : int
        Clients in the cohort, at least 10.
    teams : int
        FACT teams, each starting a while after the one before, 1 to 50.
    years : int
        Years from the first team's start, about, to the end; two more lie before, so that every client is
        observed for two years before the index day (a few have moved in since). At least 2.
    effects : mapping of str to float, optional
        What is planted, by name; see ``factfidelity.delivery.sample_draws.Effects``. With ``crisis_enrolment``
        above 0 rates fall after the index day without any effect.
    contacts : bool
        False leaves out contacts and meetings, most of the rows.
    programme : str
        The care model: fact, fact_ung, ract, spot or sis_bup.

    Raises
    ------
    ValueError
        If an argument is out of range or an effect is unknown.
    """
    return extract_of_world(world_of(seed, clients, teams, years, effects, contacts=contacts, programme=programme))


def world_of(
    seed: int = 7,
    clients: int | None = None,
    teams: int | None = None,
    years: int | None = None,
    effects: Mapping[str, float] | None = None,
    *,
    contacts: bool = True,
    programme: str = "fact",
) -> World:
    """Return the simulated world; arguments as in ``sample_extract``, sizes left out are the care model's own."""
    setting = read_setting(programme, teams)
    size = {**setting["size"], **({"clients": clients} if clients is not None else {})}
    size |= {"teams": teams} if teams is not None else {}
    size |= {"years": years} if years is not None else {}
    for name, low, high in (("clients", 10, 200_000), ("teams", 1, 50), ("years", 2, 12)):
        if not low <= size[name] <= high:
            raise ValueError(f"{name} must be from {low} to {high}, got {size[name]}")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, got {seed}")
    planted_effects = effects_of(effects, base=effects_of(setting.get("effects")))
    return make_world(
        seed, setting, clients=size["clients"], years=size["years"], effects=planted_effects, contacts=contacts
    )


def write_sample(
    folder: str | Path,
    *,
    seed: int = 7,
    programme: str = "fact",
    clients: int | None = None,
    teams: int | None = None,
    years: int | None = None,
    effects: Mapping[str, float] | None = None,
) -> list[Path]:
    """Write an invented delivery with its mapping, its plan and its truth.

    The FACT delivery is in the suppliers' own forms; those of the other care models hold our own tables.

    The same arguments give the same bytes on any machine. ``truth.json`` holds what was planted, what came of it
    (counted day by day, not with the library's own counting) and how many rows of each fault there are.

    Parameters
    ----------
    folder : str or Path
        A folder that does not exist or is empty.
    seed, clients, teams, years, effects, programme
        As in ``sample_extract``; sizes that are left out are the care model's own.

    Returns
    -------
    list of Path
        The files, sorted.

    Raises
    ------
    ValueError
        If the folder holds files already, or an argument is out of range.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(f"{target.name} must be a new or an empty folder")
    world = world_of(seed, clients, teams, years, effects, programme=programme)
    files = delivery_files(world) if programme == "fact" else table_files(world)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        (target / name).write_bytes(content)
    return [target / name for name in sorted(files)]


def delivery_files(world: World) -> dict[str, bytes]:
    """Return every file of the delivery by name, as bytes."""
    inpatient, inpatient_faults = region.inpatient_files(world)
    contacts, contact_faults = region.contact_files(world)
    board, board_faults = local.board_file(world)
    deaths, death_faults = region.deaths_file(world)
    files = {name: text.encode("cp1252") for name, text in inpatient.items()}
    files |= {name: text.encode("utf-8-sig") for name, text in contacts.items()}
    files |= {
        "lopnr_nyckel.csv": region.crosswalk(world).encode("cp1252"),
        "ut_r_dors_9140_2024.csv": deaths.encode("cp1252"),
        "tvangsvard.csv": region.compulsory_file(world).encode("utf-8"),
        "klienter.csv": local.client_file(world).encode("utf-8-sig"),
        "team.csv": local.team_file(world).encode("utf-8-sig"),
        "inskrivningar.csv": local.enrolment_file(world).encode("utf-8-sig"),
        "bemanning.csv": local.roster_file(world).encode("utf-8-sig"),
        "tjanster.csv": local.post_file(world).encode("utf-8-sig"),
        "fact_tavla.csv": board.encode("utf-8"),
        "tavelmoten.csv": local.meeting_file(world).encode("utf-8"),
        "programtrohet.xlsx": local.rating_workbook(world),
        "folkmangd.csv": local.population_file(world),
    }
    files |= local.municipal_files(world)
    files |= {name: text.encode("utf-8-sig") for name, text in local.other_files(world).items()}
    faults = {"inpatient": inpatient_faults, "contacts": contact_faults, "board": board_faults, "deaths": death_faults}
    files["truth.json"] = _truth(world, faults)
    here = shipped_folder("schemas") / "sample"
    copies = {name: here / name for name in ("plan.yaml", "mapping.yaml")}
    return files | {name: path.read_bytes() for name, path in copies.items() if path.is_file()}


def table_files(world: World) -> dict[str, bytes]:
    """Return a delivery that holds our own tables, one CSV file each, with the mapping and the plan that it needs."""
    extract = extract_of_world(world)
    files = {f"{name}.csv": plain_table(name, extract.table(name)) for name in COLUMNS if extract.has(name)}
    here, setting = [name.removesuffix(".csv") for name in files], world.setting
    model = setting["programme"]
    title = f'title: {{sv: "{setting["title"]["sv"]}", en: "{setting["title"]["en"]}"}}'
    start, end = (f"{day:%Y-%m-%d}" for day in extract.period)
    sources = [f"  {name}: {{files: [{name}.csv], table: {name}}}" for name in here]
    mapping = [
        f"mapping: {model}",
        title,
        f"period: {{start: {start}, end: {end}}}",
        "sources:",
        *sources,
    ]
    plan = [
        f"plan: {model}",
        title,
        "language: sv",
        f'organisation: {{name: "{setting["region"]} (påhittad)"}}',
    ]
    plan += [f"programme: {model}", f"care_kind: [{', '.join(setting.get('care_kind', ['adult']))}]"]
    plan += [f"caseload: {{every: {setting['every']}}}"] if "every" in setting else []
    files["mapping.yaml"] = ("\n".join(mapping) + "\n").encode("utf-8")
    files["plan.yaml"] = ("\n".join(plan) + "\n").encode("utf-8")
    return files | {"truth.json": _truth(world, {})}


def plain_table(name: str, frame: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 text with semicolons: dates as 2024-05-01, yes and no in words, empty where missing."""
    required = set(table_schemas()[name].required_columns)
    kept = [str(column) for column in frame if str(column) in required or frame[column].notna().any()]
    columns = {column: [plain_cell(value) for value in frame[column]] for column in kept}
    return region.table_text(list(columns), list(columns.values())).encode("utf-8")


def plain_cell(value: Any) -> str:
    """Return one value as text."""
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _truth(world: World, faults: Mapping[str, Mapping[str, int]]) -> bytes:
    content = {
        "made_with": made_with(world),
        "planted": planted(world),
        "planted_posts": planted_staff(world),
        "realised": realised(world),
        "faults": faults,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
