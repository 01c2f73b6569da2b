"""Audits, their actions and the catchment area's months, as a region writes them."""

import pandas as pd

from factfidelity.delivery.load import load_extract

FILES = {
    "brukarrevision.csv": "Team;Datum;Revision;Tema;Omdöme;Antal\n"
    "SPOT Norr;2023-05-02;Brukarrevision 2023;Delaktighet;Positivt;12\n"
    "SPOT Norr;2023-05-02;Brukarrevision 2023;Delaktighet;Negativt;7\n"
    "SPOT Norr;2023-05-02;Brukarrevision 2023;Tillgänglighet;Blandat;6\n",
    "atgarder.csv": "Team;Revision;Tema;Beslutad;Klar senast;Klar;Ansvarig roll\n"
    "SPOT Norr;Brukarrevision 2023;Delaktighet;2023-06-01;2023-12-01;2023-11-20;Enhetschef\n"
    "SPOT Norr;Brukarrevision 2023;Tillgänglighet;2023-06-01;2023-12-01;;Enhetschef\n",
    "upptagningsomrade.csv": "Team;Månad;Vårddygn;Vårdtillfällen;Patienter;Vårdplatser;Invånare\n"
    "SPOT Norr;2023-01;620;41;55;22,5;90 120\n"
    "SPOT Norr;2023-02;561;38;51;22,5;90 140\n",
    "clients.csv": "client_id;birth_year\nA2B3C4;1980\n",
    "teams.csv": "team_id;name;programme;started;catchment\nSPOT Norr;SPOT Norr;spot;2020-02-03;90000\n",
}
MAPPING = """
mapping: voices
period: {start: 2023-01-01, end: 2024-01-01}
sources:
  clients: {files: [clients.csv], table: clients}
  teams: {files: [teams.csv], table: teams}
  audit: {files: [brukarrevision.csv], layout: surveys}
  actions: {files: [atgarder.csv], layout: actions}
  area: {files: [upptagningsomrade.csv], layout: catchment}
"""


def test_swedish_files_become_surveys_actions_and_months(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    extract = load_extract(tmp_path)
    assert sorted(extract.surveys["answer"]) == ["mixed", "negative", "positive"]
    assert extract.surveys["n"].sum() == 25
    assert extract.actions.set_index("item")["done"].notna().to_dict() == {"Delaktighet": True, "Tillgänglighet": False}
    assert extract.actions["due"].eq(pd.Timestamp("2023-12-01")).all()
    months = extract.catchment.sort_values("date")
    assert months["date"].tolist() == [pd.Timestamp("2023-01-01"), pd.Timestamp("2023-02-01")]
    assert months["bed_days"].tolist() == [620, 561]
    assert months[["beds", "inhabitants"]].to_numpy().tolist() == [[22.5, 90120], [22.5, 90140]]
    assert extract.source("surveys").register == ""
