"""Small groups planted in an extract, for those who look for them in a report afterwards."""

from __future__ import annotations

import dataclasses

import pandas as pd


def with_small_groups(extract):
    """Plant a team of three, a municipality of two, one case of LPT, and one client with most of the bed-days."""
    tables = {name: extract.table(name) for name in extract.tables}
    enrolments, teams = tables["enrolments"], tables["teams"]
    three = enrolments["client_id"].isin(sorted(enrolments["client_id"].unique())[:3])
    team = enrolments["team_id"].astype("object").mask(three, "Tiny").astype("str")
    clients, status, episodes = tables["clients"], tables["legal_status"], tables["episodes"]
    two = clients["client_id"].isin(sorted(clients["client_id"])[5:7])
    heavy = (episodes["client_id"] == episodes["client_id"].mode().iloc[0]) & episodes["discharged"].notna()
    longer = episodes["admitted"] + 40 * (episodes["discharged"] - episodes["admitted"])
    limit = extract.end - pd.Timedelta(days=1)
    tables |= {
        "enrolments": enrolments.assign(team_id=team),
        "teams": pd.concat([teams, teams.iloc[[0]].assign(team_id="Tiny", name="Tiny")], ignore_index=True),
        "clients": clients.assign(
            municipality=clients["municipality"].astype("object").mask(two, "0480").astype("str")
        ),
        "legal_status": status[(status["client_id"] == status["client_id"].min()) | (status["form"] != "LPT")],
        "episodes": episodes.assign(
            discharged=episodes["discharged"].mask(heavy, longer.where(longer < limit, limit))
        ),
    }  # fmt: skip
    return dataclasses.replace(extract, tables=tables)
