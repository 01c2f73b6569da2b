"""Invented deliveries with a known truth: as an extract, and as files in the suppliers' own forms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from factfidelity.delivery import sample_forms as region
from factfidelity.delivery import sample_team_forms as local
from factfidelity.delivery.sample_canonical import extract_of_world
from factfidelity.delivery.sample_draws import effects_of
from factfidelity.delivery.sample_world import World, make_world
from factfidelity.extract import Extract


def sample_extract(
    seed: int = 7,
    *,
    clients: int = 400,
    teams: int = 3,
    years: int = 4,
    effects: Mapping[str, float] | None = None,
    contacts: bool = True,
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

    Raises
    ------
    ValueError
        If an argument is out of range or an effect is unknown.
    """
    return extract_of_world(world_of(seed, clients, teams, years, effects, contacts=contacts))


def world_of(
    seed: int,
    clients: int,
    teams: int,
    years: int,
    effects: Mapping[str, float] | None,
    *,
    contacts: bool = True,
) -> World:
    """Return the simulated world; arguments as in ``sample_extract``."""
    for name, value, low, high in (("clients", clients, 10, 200_000), ("teams", teams, 1, 50), ("years", years, 2, 12)):
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low} to {high}, got {value}")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, got {seed}")
    return make_world(seed, clients=clients, teams=teams, years=years, effects=effects_of(effects), contacts=contacts)


def delivery_files(world: World) -> dict[str, bytes]:
    """Return every file of the delivery by name, as bytes."""
    inpatient, _ = region.inpatient_files(world)
    contacts, _ = region.contact_files(world)
    board, _ = local.board_file(world)
    files = {name: text.encode("cp1252") for name, text in inpatient.items()}
    files |= {name: text.encode("utf-8-sig") for name, text in contacts.items()}
    files |= {
        "lopnr_nyckel.csv": region.crosswalk(world).encode("cp1252"),
        "ut_r_dors_9140_2024.csv": region.deaths_file(world).encode("cp1252"),
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
    return files | {name: text.encode("utf-8-sig") for name, text in local.other_files(world).items()}


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Write files into a folder that is made where it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        (folder / name).write_bytes(content)
