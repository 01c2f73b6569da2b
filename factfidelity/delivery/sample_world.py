"""One invented world: everybody's simulated truth, in whole days, before any supplier has written it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import OPEN, day_number
from factfidelity.delivery import sample_clients as people
from factfidelity.delivery import sample_follow as follow
from factfidelity.delivery import sample_hospital as hospital
from factfidelity.delivery import sample_team as team_life
from factfidelity.delivery.sample_clients import Span
from factfidelity.delivery.sample_draws import Draw, Effects, Ints, Numbers
from factfidelity.delivery.sample_programmes import programme_tables
from factfidelity.delivery.sample_voice import around_tables
from factfidelity.schemas.files import read_yaml, shipped_folder

YEARS_BEFORE = 3
PROGRAMMES = ("fact", "fact_ung", "ract", "spot", "sis_bup")


@dataclass(frozen=True, eq=False)
class World:
    """The simulated truth.

    Attributes
    ----------
    seed : int
    effects : Effects
    setting : mapping
        The region: ``schemas/sample/<programme>.yaml``, with as many teams as asked for.
    span : Span
        The delivery's days and the teams' first days.
    ids : list of str
        Pseudonym of client 0, 1, …
    index, factors, compulsion : arrays
        First day in a team (``OPEN`` for those never enrolled), factor on the rates of admission, factor on the
        chance of compulsory care.
    tables : mapping of DataFrame
        ``client`` and ``team`` are numbers; days are whole numbers; ``OPEN`` goes on.
    """

    seed: int
    effects: Effects
    setting: Mapping[str, Any]
    span: Span
    ids: list[str]
    index: Ints
    factors: Numbers
    compulsion: Numbers
    tables: Mapping[str, pd.DataFrame]


def read_setting(programme: str, teams: int | None) -> dict[str, Any]:
    """Return the invented region of a care model with the first ``teams`` of its teams; more are made from the last."""
    if programme not in PROGRAMMES:
        raise ValueError(f"programme must be one of {', '.join(PROGRAMMES)}, got {programme!r}")
    setting: dict[str, Any] = read_yaml(shipped_folder("schemas") / "sample" / f"{programme}.yaml")
    known, teams = list(setting["teams"]), teams or int(setting["size"]["teams"])
    extra = [{**known[-1], "name": f"Team {number}"} for number in range(len(known) + 1, teams + 1)]
    setting["teams"] = (known + extra)[:teams]
    return setting


def span_of(setting: Mapping[str, Any], years: int) -> Span:
    """Return the delivery's days: three years before the last ``years``, and team starts a while apart."""
    first = day_number(setting["start"])
    last = day_number(f"{int(str(setting['start'])[:4]) + YEARS_BEFORE + years}-01-01")
    teams = len(setting["teams"])
    opened = first + int(setting["first_team_after_days"])
    step = min(0.16, 0.6 / max(teams - 1, 1)) * (last - opened)
    starts = opened + np.floor(np.arange(teams) * step).astype(np.int64)
    return Span(first, last, starts - (starts + 3) % 7)


def make_world(
    seed: int, setting: Mapping[str, Any], *, clients: int, years: int, effects: Effects, contacts: bool = True
) -> World:
    """Simulate the world. ``contacts=False`` leaves out contacts and meetings, most of the rows."""
    span = span_of(setting, years)

    def draw(part: str) -> Draw:
        return Draw(seed, part)

    factors = hospital.client_rates(draw("rates"), clients, effects)
    weights = [float(entry["weight"]) for entry in setting["teams"]]
    team, planned = people.planned_index(draw("index"), span, weights, clients)
    compulsion = np.array([float(entry["compulsory_factor"]) for entry in setting["teams"]])[team]
    possible = hospital.possible_admissions(draw("admissions"), factors, effects, span.first, span.last)
    opened = span.starts[team]
    meant = people.crisis_index(draw("crisis"), planned, possible, opened, span.last, effects.crisis_enrolment)
    life = people.life_of(draw("life"), meant, effects, span).assign(team=team, meant=meant)
    index = np.where(life["enrolled"], meant, OPEN)
    ids = people.pseudonyms(draw("pseudonyms"), clients)
    enrolments = people.enrolments_of(draw("enrolments"), life, meant, team, span, effects)
    tables = _hospital_tables(draw, possible, index, life, factors, compulsion, effects, span, setting)
    tables["clients"] = people.clients_of(draw("clients"), ids, life, meant, team, setting)
    tables["life"], tables["enrolments"] = life, enrolments
    size = team_life.staffed_for(weights, clients, float(setting.get("at_once", 0.86)))
    tables["posts"] = team_life.posts_of(span, setting, size, effects)
    tables["staff"] = team_life.staff_of(draw("staff"), tables["posts"], span.last, effects)
    tables["board"] = team_life.board_of(draw("board"), enrolments, tables["spells"], effects, span.last)
    if contacts:
        daily = bool(setting.get("every_day"))
        met = team_life.contact_days_of(
            draw("contact days"), enrolments, tables["board"], effects, span.last, every_day=daily
        )
        tables["contacts"] = team_life.contacts_of(
            draw("contacts"), met, tables["staff"], effects, latest=20 if daily else 16
        )
        tables["meetings"] = team_life.meetings_of(draw("meetings"), span, tables["board"])
    tables |= follow.follow_tables(draw, tables, index, factors, effects, span, setting)
    tables |= programme_tables(draw, tables, setting, index, factors, span)
    tables |= around_tables(draw, setting, span)
    return World(seed, effects, setting, span, ids, index, factors, compulsion, tables)


def _hospital_tables(
    draw: Any, possible: Any, index: Ints, life: pd.DataFrame, factors: Numbers, compulsion: Numbers,
    effects: Effects, span: Span, setting: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    death = life["death"].to_numpy()
    spells = hospital.spells_of(draw("spells"), possible, index, death, compulsion, effects)
    legal = hospital.legal_periods(draw("legal"), spells, death, span.last)
    leave = hospital.leaves(draw("leave"), spells, legal, span.last)
    days = hospital.closed_days(legal, leave, span.last)
    measures = hospital.measures(draw("measures"), days, effects, span.first)
    other = hospital.other_stays(draw("other stays"), spells, factors, effects, (span.first, span.last))
    other = other.loc[other["admitted"].to_numpy() <= death[other["client"].to_numpy()]].reset_index(drop=True)
    other["discharged"] = np.minimum(other["discharged"].to_numpy(), death[other["client"].to_numpy()])
    episodes = hospital.episodes_of(draw("episodes"), spells, setting["clinics"], effects)
    if "forensic" in setting["clinics"]:
        forensic, forms = _forensic(draw("forensic"), spells, other, index, life, span)
        other = pd.concat([other, forensic], ignore_index=True)
        legal = pd.concat([legal, forms], ignore_index=True)
    seen = (spells["discharged"] >= span.first).to_numpy()
    kept = set(spells.loc[seen, "spell"].tolist())
    return {
        "spells": spells.loc[seen].reset_index(drop=True),
        "episodes": episodes.loc[
            episodes["spell"].isin(kept) & (episodes["admitted"] < span.last) & (episodes["discharged"] >= span.first)
        ],
        "other": other.loc[(other["discharged"] >= span.first) & (other["admitted"] < span.last)],
        "legal": legal.loc[legal["last"] >= span.first].reset_index(drop=True),
        "leave": leave.loc[leave["back"] >= span.first].reset_index(drop=True),
        "measures": measures,
    }


def _forensic(
    draw: Draw, spells: pd.DataFrame, other: pd.DataFrame, index: Ints, life: pd.DataFrame, span: Span
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two clients' forensic stays under LRV, soon after the index day, who were in no other hospital then."""
    start, until = index + 20, index + 320
    busy = np.zeros(len(index), dtype=bool)
    for stays in (spells, other):
        client = stays["client"].to_numpy()
        meets = (stays["admitted"] <= until[client] + 10) & (stays["discharged"] >= start[client] - 10)
        busy[client[meets.to_numpy()]] = True
    free = np.nonzero(~busy & (until + 110 < np.minimum(life["death"].to_numpy(), span.last)))[0]
    client = np.sort(free[draw.order(len(free))[:2]])
    stays = pd.DataFrame({"client": client, "admitted": start[client], "discharged": until[client]})
    closed = pd.DataFrame({"client": client, "spell": -1, "form": "LRV", "start": start[client], "last": until[client]})
    freer = closed.assign(form="LRV_open", start=until[client], last=until[client] + 100)
    return stays.assign(clinic="forensic"), pd.concat([closed, freer], ignore_index=True)
