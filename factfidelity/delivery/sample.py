"""Invented deliveries with a known truth: as an extract, and as files in the suppliers' own forms."""

from __future__ import annotations

from pathlib import Path

from factfidelity.delivery import sample_forms as region
from factfidelity.delivery import sample_team_forms as local
from factfidelity.delivery.sample_world import World


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
