"""Funnel: does one team differ from the others by more than chance?"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd

from factfidelity.care.client_days import enrolled_time
from factfidelity.care.exposure import observed_time
from factfidelity.care.line import codes_of
from factfidelity.care.period_use import psychiatric_stays
from factfidelity.care.spells import join_episodes
from factfidelity.care.teams import teams_of
from factfidelity.days import UNKNOWN, day_number, day_numbers
from factfidelity.extract import Extract
from factfidelity.monitoring.funnel_result import Funnel
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.stats import control
from factfidelity.stats.answers import refuse_days

KINDS = ("proportion", "rate", "ratio")
FEWEST_TEAMS = 3
_ADMITTED = {
    "sv": "klienter med psykiatrisk inskrivning under året",
    "en": "clients with a psychiatric admission in the year",
}


def funnel(
    data_or_extract: pd.DataFrame | Extract,
    *,
    unit: str = "team_id",
    count: str = "count",
    size: str = "size",
    kind: str = "proportion",
    persons: str | None = None,
    published: bool = False,
    target: float | None = None,
    overdispersion: bool = True,
    plan: Plan | str | Path | None = None,
    label: str | Mapping[str, str] | None = None,
    language: str = "sv",
) -> Funnel:
    """Lay each team's figure against the limits that chance alone gives a team of its size.

    Parameters
    ----------
    data_or_extract : DataFrame or Extract
        One row per unit with the columns named below; or an extract: of the clients enrolled through the whole last
        year, those with a psychiatric admission in it, by team.
    unit, count, size : str
        Columns: who; how many; persons (``proportion``), time at risk (``rate``) or expected number (``ratio``).
    kind : {"proportion", "rate", "ratio"}
        Bed-days come in runs, and have no funnel of rates: use the share of persons with any.
    persons : str, optional
        Persons that the count rests on; for a proportion the count itself. Without it the funnel cannot be released,
        unless ``published``.
    published : bool, default False
        The numbers are official statistics that anybody may see.
    target : float, optional
        Left out: the total (for ``ratio`` 1).
    overdispersion : bool, default True
        Widen the limits by the variance between units, from four units on.
    plan : Plan, path or name, optional
        For an extract.
    label : str or mapping, optional
        What is counted.
    language : str

    Returns
    -------
    Funnel
        Empty with the reason where there are fewer than three units.

    Raises
    ------
    ValueError
        If a column is missing or empty, or a count is out of its range.
    RateIntervalError
        If days, by the name of their column, are to have a funnel of rates.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if kind != "proportion" and not isinstance(data_or_extract, Extract):
        refuse_days(count)
    if isinstance(data_or_extract, Extract):
        chosen = plan if isinstance(plan, Plan) else load_plan(plan or "default")
        table, span = _from_extract(data_or_extract, chosen)
        kind, language, source, label = "proportion", chosen.language, "counted", label or _ADMITTED
    else:
        table, span = _from_frame(data_or_extract, unit, count, size, persons, kind), ""
        source = "published" if published else "given" if persons or kind == "proportion" else "none"
    named = {"sv": label, "en": label} if isinstance(label, str) else label or {"sv": "händelser", "en": "events"}
    notes = {
        "kind": kind, "persons": source, "span": span, "overdispersion": str(overdispersion), "units": str(len(table)),
        "given_target": str(target is not None), "label.sv": str(named["sv"]), "label.en": str(named["en"]),
    }  # fmt: skip
    limits, curve, centre = _limits(table, kind, target, overdispersion)
    return Funnel(table=table, limits=limits, curve=curve, centre=centre, notes=notes, language=language)


def _from_frame(data: pd.DataFrame, unit: str, count: str, size: str, persons: str | None, kind: str) -> pd.DataFrame:
    named = {"team_id": unit, "count": count, "size": size} | ({"persons": persons} if persons else {})
    lacking = [column for column in named.values() if column not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    table = pd.DataFrame({name: data[column] for name, column in named.items()}).reset_index(drop=True)
    if table.duplicated("team_id").any():
        raise ValueError("each unit must come once")
    if kind == "proportion":
        table = table.assign(persons=table["count"], clients=table["size"])
    elif "persons" not in table:
        table["persons"] = nan
    if "clients" not in table:
        table["clients"] = nan
    return table.assign(team=table["team_id"].astype("str"), value=table["count"] / table["size"])


def _from_extract(extract: Extract, plan: Plan) -> tuple[pd.DataFrame, str]:
    """Count the clients of each team who were enrolled and observed through the last year, and those admitted in it."""
    time = observed_time(extract, tables=("enrolments", "episodes")).set_index("client_id")
    seen = time.loc[time["why"] == "", "observed_to"]
    last = seen.max() if len(seen) else extract.end
    first = max(extract.start, last - pd.DateOffset(years=1))
    teams = teams_of(extract, ("enrolments",))
    enrolled = enrolled_time(extract.enrolments, first, last, clients=extract.clients, teams=extract.teams)
    whole = enrolled[(enrolled["start"] == first) & (enrolled["end"] == last)]
    known = pd.Index(whole["client_id"].unique())
    low = day_numbers(time["observed_from"].reindex(known), missing=UNKNOWN)
    high = day_numbers(time["observed_to"].reindex(known), missing=UNKNOWN)
    followed = (low <= day_number(first)) & (high >= day_number(last))
    spells = join_episodes(psychiatric_stays(extract, plan), known, gap_days=plan.spells.gap_days)
    admitted = _any_start(spells.start, len(known), day_number(first), day_number(last))
    code = codes_of(known, whole["client_id"])
    rows = whole.assign(followed=followed[code], admitted=admitted[code])
    rows = rows[rows["followed"]].drop_duplicates(["client_id", "team_id"])
    counted = rows.groupby("team_id")["admitted"].agg(["sum", "size"]).reindex(teams["team_id"]).fillna(0)
    table = pd.DataFrame(
        {
            "team_id": teams["team_id"].astype("str").to_numpy(), "team": teams["team"].to_numpy(),
            "count": counted["sum"].to_numpy(dtype="int64"), "size": counted["size"].to_numpy(dtype="int64"),
        }
    )  # fmt: skip
    table = table[table["size"] > 0].reset_index(drop=True)
    table = table.assign(persons=table["count"], clients=table["size"], value=table["count"] / table["size"])
    return table, f"{first:%Y-%m-%d}/{last - pd.Timedelta(days=1):%Y-%m-%d}"


def _any_start(starts: np.ndarray, clients: int, first: int, last: int) -> np.ndarray:
    from factfidelity.care.line import Points, places

    code = np.arange(clients, dtype=np.int64)
    low, high = (places(code, np.full(clients, day, dtype=np.int64)) for day in (first, last))
    found: np.ndarray = Points(starts).count(low, high) > 0
    return found


def _limits(
    table: pd.DataFrame, kind: str, target: float | None, overdispersion: bool
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    ends = ["lower_95", "upper_95", "lower_998", "upper_998"]
    if len(table) < FEWEST_TEAMS:
        nothing = (
            table[["team_id"]].rename(columns={"team_id": "unit"}).assign(**dict.fromkeys(ends, nan), z=nan, outside="")
        )
        centre = pd.DataFrame([{"what": "centre", "target": nan, "tau": nan, "why": "few_teams"}])
        return nothing, pd.DataFrame(columns=["at", *ends]), centre
    answer = control.funnel_limits(
        table["count"].to_numpy(), table["size"].to_numpy(), kind=kind, target=target,
        overdispersion=overdispersion and len(table) > FEWEST_TEAMS,
    )  # fmt: skip
    names = {"lower_99.8": "lower_998", "upper_99.8": "upper_998"}
    limits = answer.table.rename(columns=names)[[*ends, "z", "outside"]]
    curve = answer.curve.rename(columns={**names, "size": "at"})[["at", *ends]]
    centre = pd.DataFrame([{"what": "centre", "target": answer.estimate, "tau": answer.tau, "why": ""}])
    return pd.concat([table["team_id"].rename("unit"), limits], axis=1), curve, centre
