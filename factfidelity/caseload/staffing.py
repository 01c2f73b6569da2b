"""Which posts a team has, by profession and employer, beside the care model's norm; vacancies, turnover, what-if."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from factfidelity.care.client_days import client_days, observed_days, one_period
from factfidelity.care.exposure import clients_seen
from factfidelity.care.staff_days import ADMINISTRATORS, fte_days, staff_turnover
from factfidelity.care.teams import last_year, shared_period, teams_of
from factfidelity.caseload.criteria import criteria_of
from factfidelity.caseload.staffing_result import Staffing
from factfidelity.extract import Extract
from factfidelity.schemas.programme import Programme, StaffNorm, load_programme

_SOURCES = ("enrolments", "staff")
PEERS = frozenset({"peer_worker", "peer"})


def staffing(extract: Extract, programme: str | Programme = "fact") -> Staffing:
    """Return each team's posts over the last year, beside the norm of a care model.

    Parameters
    ----------
    extract : Extract
        staff and enrolments; posts (established posts) where they are known.
    programme : str or Programme
        The care model whose norm is laid beside: an id, a name or an alias.

    Returns
    -------
    Staffing
        ``.table``: one row per team and role.
    """
    model = programme if isinstance(programme, Programme) else load_programme(programme)
    start, end = shared_period(extract, _SOURCES)
    since, until = last_year(start, end)
    teams, period = teams_of(extract, _SOURCES), one_period(since, until)
    clients = _clients(extract, teams, period)
    table = _by_role(extract, teams, period, clients, model)
    two_years = max(start, end - pd.DateOffset(years=2))
    notes = {
        "programme": model.programme,
        "start": f"{since:%Y-%m-%d}",
        "end": f"{until:%Y-%m-%d}",
        "turnover_start": f"{two_years:%Y-%m-%d}",
        "posts_known": "yes" if extract.has("posts") else "no",
    }
    people = _people(extract, teams, period, two_years, end, clients)
    return Staffing(
        table=table,
        employers=_by_employer(extract, teams, period),
        people=people,
        what_if=_what_if(table, clients, model),
        criteria=criteria_of(table, people, clients, model),
        notes=notes,
    )


def _clients(extract: Extract, teams: pd.DataFrame, period: pd.DataFrame) -> pd.DataFrame:
    """Return each team's days at work, average clients and persons; and of all teams."""
    counted = client_days(extract.enrolments, period, clients=clients_seen(extract), teams=teams)
    table = observed_days(teams, period).merge(counted, on=["team_id", "period_start"], how="left").fillna(
        {"client_days": 0.0, "persons": 0}
    )  # fmt: skip
    table = table.loc[table["days"] > 0].merge(teams[["team_id", "team"]], on="team_id")
    table["clients"] = table["client_days"] / table["days"]
    return with_total(table[["team_id", "team", "days", "clients", "persons"]], ["clients", "persons"])


def with_total(table: pd.DataFrame, sums: list[str], keys: tuple[str, ...] = ()) -> pd.DataFrame:
    """Add a row ``total`` for all teams where there are several; days are those of the longest."""
    if table["team_id"].nunique() < 2:
        return table.reset_index(drop=True)
    how = {**dict.fromkeys(sums, "sum"), **({"days": "max"} if "days" in table else {})}
    if keys:
        total = table.groupby(list(keys), sort=False, dropna=False).agg(how).reset_index()
    else:
        total = table.agg(how).to_frame().T
    return pd.concat([table, total.assign(team_id="total", team="total")], ignore_index=True)


def role_of(professions: pd.Series, norms: tuple[StaffNorm, ...]) -> pd.Series:
    """Return the norm's role that each profession fills; a profession that the norm does not name is its own."""
    roles = {profession: norm.role for norm in norms for profession in norm.professions}
    filled = professions.astype("object").where(professions.notna(), "not_stated")
    return filled.map(lambda name: roles.get(str(name), str(name))).astype("str")


def _mean_fte(frame: pd.DataFrame, teams: pd.DataFrame, period: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    found = fte_days(frame, period, teams=teams, by=by)
    days = observed_days(teams, period).set_index("team_id")["days"]
    length = days.reindex(found["team_id"]).to_numpy(dtype=float)
    return found.assign(fte=found["fte_days"].to_numpy() / np.where(length > 0, length, np.nan))[[*by, "fte", "heads"]]


def _by_role(
    extract: Extract, teams: pd.DataFrame, period: pd.DataFrame, clients: pd.DataFrame, model: Programme
) -> pd.DataFrame:
    keys = ["team_id", "role"]
    staff = extract.staff.assign(role=role_of(extract.staff["profession"], model.composition))
    have = _mean_fte(staff, teams, period, keys)[[*keys, "fte"]]
    posts = extract.posts.assign(staff_id="", role=role_of(extract.posts["profession"], model.composition))
    planned = _mean_fte(posts, teams, period, keys).rename(columns={"fte": "posts"})[[*keys, "posts"]]
    roles = [norm.role for norm in model.composition]
    grid = clients.loc[clients["team_id"] != "total", ["team_id"]].merge(pd.DataFrame({"role": roles}), how="cross")
    rows = pd.concat([grid, have[keys], planned[keys]], ignore_index=True).drop_duplicates()
    rows = rows.merge(have, on=keys, how="left").merge(planned, on=keys, how="left")
    rows = rows.loc[rows["team_id"].isin(clients["team_id"])]
    known = rows["team_id"].isin(extract.posts["team_id"])
    rows = rows.assign(fte=rows["fte"].fillna(0.0), posts=rows["posts"].fillna(0.0).where(known))
    rows = pd.concat([rows, _summed(rows, "team_id").assign(role="total")], ignore_index=True)
    if len(clients) > 1:
        rows = pd.concat([rows, _summed(rows, "role").assign(team_id="total")], ignore_index=True)
    return _against_norm(rows, clients, model)


def _summed(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Add up FTE and posts; where no posts are known there is no sum of them."""
    groups = rows.groupby(key, sort=False)
    return pd.DataFrame({"fte": groups["fte"].sum(), "posts": groups["posts"].sum(min_count=1)}).reset_index()


def _against_norm(rows: pd.DataFrame, clients: pd.DataFrame, model: Programme) -> pd.DataFrame:
    """Add FTE per 100 and 200 clients, the norm for as many, and the gap in posts; vacancies against the posts."""
    norms = {norm.role: norm for norm in model.composition if norm.per_clients and norm.low is not None}
    low = {role: float(norm.low or 0) / float(norm.per_clients or 1) for role, norm in norms.items()}
    high = {role: float(norm.high or norm.low or 0) / float(norm.per_clients or 1) for role, norm in norms.items()}
    table = rows.merge(clients[["team_id", "team", "clients", "persons"]], on="team_id")
    some = table["clients"].where(table["clients"] > 0)
    need_low, need_high = (table["role"].map(part) * table["clients"] for part in (low, high))
    gap = (table["fte"] - table["fte"].clip(need_low, need_high)).where(need_low.notna()).round(9)
    filled = table["fte"] / table["posts"].where(table["posts"] > 0)
    table = table.assign(
        fte_per_100=100 * table["fte"] / some, fte_per_200=200 * table["fte"] / some,
        norm_low=200 * table["role"].map(low), norm_high=200 * table["role"].map(high),
        needed_low=need_low, needed_high=need_high, gap=gap,
        vacancy=table["posts"] - table["fte"], vacancy_share=1 - filled, persons=table["persons"].astype("int64"),
    )  # fmt: skip
    order = {norm.role: place for place, norm in enumerate(model.composition)} | {"total": 10**6}
    table = table.assign(_team=table["team_id"] == "total", _role=table["role"].map(order).fillna(10**5))
    table = table.sort_values(["_team", "team_id", "_role", "role"], kind="stable").reset_index(drop=True)
    columns = ["team_id", "team", "role", "fte", "fte_per_100", "fte_per_200", "norm_low", "norm_high", "needed_low"]
    return table[[*columns, "needed_high", "gap", "posts", "vacancy", "vacancy_share", "clients", "persons"]]


def _by_employer(extract: Extract, teams: pd.DataFrame, period: pd.DataFrame) -> pd.DataFrame:
    employer = extract.staff["employer"].astype("object")
    staff = extract.staff.assign(employer=employer.where(employer.notna() & employer.ne(""), "unknown").astype("str"))
    table = _mean_fte(staff, teams, period, ["team_id", "employer"]).merge(teams[["team_id", "team"]], on="team_id")
    table = with_total(table[["team_id", "team", "employer", "fte"]], ["fte"], ("employer",))
    whole = table.groupby("team_id")["fte"].transform("sum")
    return table.assign(share=table["fte"] / whole.where(whole > 0))


def _people(
    extract: Extract,
    teams: pd.DataFrame,
    period: pd.DataFrame,
    since: pd.Timestamp,
    until: pd.Timestamp,
    clients: pd.DataFrame,
) -> pd.DataFrame:
    """Return turnover, FTE per head, leader's and peers' FTE by team."""
    staff = extract.staff
    work = staff.loc[~staff["profession"].isin(ADMINISTRATORS).to_numpy()]
    parts = {
        "fte": work,
        "leader_fte": staff.loc[staff["leader"].fillna(False).to_numpy(dtype=bool)],
        "peer_fte": staff.loc[staff["profession"].isin(PEERS).to_numpy()],
    }
    table = clients.loc[clients["team_id"] != "total", ["team_id", "team"]]
    for name, frame in parts.items():
        found = _mean_fte(frame, teams, period, ["team_id"]).rename(columns={"fte": name})
        table = table.merge(found[["team_id", name]], on="team_id", how="left").fillna({name: 0.0})
    moved = staff_turnover(work, since, until, teams=teams)
    table = table.merge(moved[["team_id", "left", "mean_heads", "heads"]], on="team_id", how="left")
    year = staff_turnover(work, period["start"].iloc[0], period["end"].iloc[0], teams=teams)
    table = table.merge(year[["team_id", "mean_heads"]].rename(columns={"mean_heads": "heads_now"}), how="left")
    sums = ["fte", "leader_fte", "peer_fte", "left", "mean_heads", "heads", "heads_now"]
    table = with_total(table, sums)
    table = table.assign(**table[sums].astype("float64").fillna(0.0))
    return table.assign(
        turnover=table["left"] / table["mean_heads"].where(table["mean_heads"] > 0),
        fte_per_head=table["fte"] / table["heads_now"].where(table["heads_now"] > 0),
    ).drop(columns="heads_now")


def caseload_arithmetic(
    clients: float, fte: Mapping[str, float], programme: str | Programme = "fact", *, stable: float | None = None
) -> pd.DataFrame:
    """Lay a number of clients beside posts: clients per post, posts needed, clients possible.

    Parameters
    ----------
    clients : float
        Clients on average.
    fte : mapping of str to float
        FTE by profession.
    programme : str or Programme
        The care model whose norms are used.
    stable : float, optional
        Clients who need little contact, taken out of the last row; default: what the care model's source says, for
        teams as large as it speaks of.

    Returns
    -------
    DataFrame, one row per denominator
        denominator (team | case_managers | case_managers_less_stable), clients, fte, ratio, norm_low, norm_high,
        posts_needed_low, posts_needed_high (for these clients), clients_possible_low, clients_possible_high (with
        these posts), gap (FTE missing, below 0, or over), why.
    """
    model = programme if isinstance(programme, Programme) else load_programme(programme)
    managers = next((set(norm.professions) for norm in model.composition if norm.role == "case_managers"), None)
    chosen = managers or {"case_manager"}
    team = sum(value for name, value in fte.items() if name not in ADMINISTRATORS and name != "total")
    carrying = sum(value for name, value in fte.items() if name in chosen or name == "case_managers")
    known = model.stable_clients.high if model.stable_clients is not None else None
    large = model.clients.low is not None and clients >= model.clients.low - 1e-9
    out = stable if stable is not None else (known if large else None)
    rows = [_line("team", clients, team, model), _line("case_managers", clients, carrying, model)]
    if out is not None:
        rows.append(_line("case_managers_less_stable", clients - out, carrying, model))
    return pd.DataFrame(rows)


def _line(denominator: str, clients: float, fte: float, model: Programme) -> dict[str, object]:
    less = denominator == "case_managers_less_stable"
    norm = model.reference("team" if denominator == "team" else "case_managers")
    if norm is not None and bool(norm.numerator) != less:
        norm = None  # a norm counts the clients that its source counts, and no others
    low = float("nan") if norm is None or norm.low is None else norm.low
    high = float("nan") if norm is None or norm.high is None else norm.high
    least, most = clients / high, clients / low
    close = float(np.clip(fte, np.nan_to_num(least, nan=-np.inf), np.nan_to_num(most, nan=np.inf)))
    return {
        "denominator": denominator, "clients": clients, "fte": fte, "ratio": clients / fte if fte > 0 else float("nan"),
        "norm_low": low, "norm_high": high, "posts_needed_low": least, "posts_needed_high": most,
        "clients_possible_low": fte * low, "clients_possible_high": fte * high,
        "gap": float("nan") if norm is None else fte - close, "why": "" if fte > 0 else "no_staff",
    }  # fmt: skip


def _what_if(table: pd.DataFrame, clients: pd.DataFrame, model: Programme) -> pd.DataFrame:
    parts = []
    for row in clients.to_dict("records"):
        own = table.loc[(table["team_id"] == row["team_id"]) & (table["role"] != "total")]
        fte = {str(role): float(value) for role, value in zip(own["role"], own["fte"], strict=True)}
        lines = caseload_arithmetic(float(row["clients"]), fte, model)
        many = row["team_id"] == "total"
        lines = lines.loc[lines["denominator"] != "case_managers_less_stable"] if many else lines
        parts.append(lines.assign(team_id=row["team_id"], team=row["team"], persons=int(row["persons"])))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
