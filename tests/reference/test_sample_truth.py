"""The invented delivery against its truth: made again byte for byte, counted by the library, and recovered."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

import factfidelity as ff
from factfidelity.care.spells import chain_spells
from factfidelity.delivery.sample import world_of, write_sample
from factfidelity.delivery.sample_canonical import extract_of_world
from factfidelity.delivery.sample_expected import expected_rates
from factfidelity.delivery.sample_hospital import closed_days
from factfidelity.delivery.sample_planted import planted
from factfidelity.delivery.sample_truth import day_sets, lives, realised, windows_of
from factfidelity.schemas.files import shipped_folder

DELIVERIES = {
    "region_nord": "fact",
    "fact_ung": "fact_ung",
    "ract": "ract",
    "spot": "spot",
    "sis_bup": "sis_bup",
}
ADULT = ("901", "906", "921", "928", "944", "957")


@pytest.fixture(scope="module")
def world():
    return world_of(7, 400, 3, 4, None)


@pytest.fixture(scope="module")
def truth(world):
    return realised(world)


@pytest.mark.parametrize(("name", "programme"), DELIVERIES.items())
def test_the_shipped_delivery_is_made_again_byte_for_byte(tmp_path, name, programme):
    shipped, written = shipped_folder("sample_data") / name, tmp_path / name
    write_sample(written, programme=programme)
    names = {path.name for path in shipped.iterdir()}
    assert {path.name for path in written.iterdir()} == names
    different = [file for file in sorted(names) if (shipped / file).read_bytes() != (written / file).read_bytes()]
    assert different == []
    assert sum((shipped / file).stat().st_size for file in names) < 6_000_000


def test_line_ends_and_encodings_are_those_of_the_suppliers():
    shipped = shipped_folder("sample_data") / "region_nord"
    register = (shipped / "ut_r_par_sv_9140_2023.csv").read_bytes()
    assert "Psykosvård".encode("cp1252") in register
    assert register.count(b"\r\n") == register.count(b"\n")
    assert (shipped / "kontaktlista_2023.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not (shipped / "tvangsvard.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_file_holds_anything_like_an_identity_number():
    day = r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
    shape = re.compile(rf"(?<!\d)(?:(?:18|19|20)\d\d|\d\d)(?:0[1-9]|1[0-2]){day}[-+ ]?\d{{3}}[\dATX](?!\d)")
    for path in sorted(file for name in DELIVERIES for file in (shipped_folder("sample_data") / name).iterdir()):
        assert not [match for match in shape.findall(_text(path)) if _passes_luhn(match)], path.name
        assert not re.search(r"[\w.]+@[\w.]+|(?<!\w)SE\d{10}-", _text(path)), path.name


def _text(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_bytes().decode("latin-1")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
        return "\n".join(book.read(name).decode("latin-1") for name in book.namelist())


def _passes_luhn(text: str) -> bool:
    digits = [int(sign) for sign in re.sub(r"\D", "", text)][-10:]
    total = sum(sum(divmod(digit * (2 - place % 2), 10)) for place, digit in enumerate(digits))
    return len(digits) == 10 and total % 10 == 0


def test_pseudonyms_look_like_pseudonyms_and_are_different():
    ids = json.loads(json.dumps(world_of(7, 400, 3, 4, None).ids))
    assert len(set(ids)) == 400
    assert all(re.fullmatch(r"(?:[A-HJ-NP-Z][2-9]){3}", name) for name in ids)


def test_the_library_counts_what_the_slow_way_counted(world, truth):
    extract = extract_of_world(world)
    spells = chain_spells(extract.episodes[extract.episodes["mvo"].isin(ADULT)])
    assert len(spells) == truth["spells"]
    assert int(spells["open"].sum()) == truth["spells_open"]
    names = ("admissions", "bed_days", "compulsory_admissions", "compulsory_any_day", "compulsory_days", "lpt_days")
    names = (*names, "lrv_days", "lpt_open_days")
    change = ff.mirror_outcomes(extract, outcomes=names).change
    change = change[(change["cohort"] == "all") & (change["estimand"] == "rate_ratio")]
    assert len(change) == len(names) * 3
    for row in change.to_dict("records"):
        counted = truth["windows"][row["index_stay"]]
        assert row["clients"] == counted["before"]["clients"]
        for window in ("before", "after"):
            assert row[f"total_{window}"] == counted[window][row["outcome"]], (
                row["outcome"],
                row["index_stay"],
                window,
            )


def test_the_ratios_for_days_that_are_worked_out_are_those_of_a_large_simulation():
    world = world_of(1, 20_000, 3, 4, None, contacts=False)
    expected = expected_rates(world)
    people, spells = world.tables["clients"], world.tables["spells"]
    closed = closed_days(world.tables["legal"], world.tables["leave"], world.span.last)
    since, until = people["observed_from"].to_numpy(), np.minimum(people["observed_to"], world.span.last).to_numpy()
    for name, low, high in (
        ("before", world.index - 365, world.index),
        ("after", world.index, world.index + 365),
    ):
        low, high = np.maximum(low, since), np.minimum(high, until)
        years = np.maximum(high - low, 0).sum() / 365.25
        client = spells["client"].to_numpy()
        nights = np.minimum(spells["discharged"].to_numpy(), high[client])
        nights = np.maximum(nights - np.maximum(spells["admitted"].to_numpy(), low[client]), 0)
        own = np.bincount(client, weights=nights, minlength=len(low))
        _near(own.sum() / years, expected[f"bed_days_{name}"], own.std() * np.sqrt(len(own)) / years)
        held = closed["client"].to_numpy()
        days = (closed["day"].to_numpy() >= low[held]) & (closed["day"].to_numpy() < high[held])
        own = np.bincount(held, weights=days, minlength=len(low))
        _near(own.sum() / years, expected[f"lpt_days_{name}"], own.std() * np.sqrt(len(own)) / years)


@pytest.mark.parametrize("programme", ["fact_ung", "ract", "spot", "sis_bup"])
def test_the_planted_events_of_the_other_care_models_are_recovered(programme):
    world = world_of(7, programme=programme)
    facts = {name: fact["value"] for name, fact in planted(world).items()}
    everybody = lives(world)
    windows = {life.number: windows_of(life, "include", world.span.last) for life in everybody}
    kept = [number for number, (before, after, _) in windows.items() if before and after]
    time = np.array([[len(windows[number][0]), len(windows[number][1])] for number in kept]) / 365.25
    for rule in world.setting.get("events", ()):
        rows = world.tables["events"].query("kind == @rule['kind']")
        days: dict[int, list[int]] = {number: [] for number in kept}
        for client, day in zip(rows["client"], rows["day"], strict=True):
            days.setdefault(client, []).append(day)
        counts = np.array(
            [[sum(day in window for day in days[number]) for window in windows[number][:2]] for number in kept]
        )
        estimate, error = _rate_ratio(counts.astype(float), time)
        assert abs(estimate - facts[f"{rule['kind']}_rate_ratio"]) <= 3 * error, (rule["kind"], estimate, error)
    admissions = [
        [len(life.admissions["admissions"] & window) for window in windows[life.number][:2]] for life in everybody
    ]  # of everybody; those without both windows are left out below
    estimate, error = _rate_ratio(np.array(admissions, dtype=float)[kept], time)
    assert abs(estimate - facts["admission_rate_ratio"]) <= 3 * error


def test_a_resource_group_is_formed_before_it_meets_and_placements_never_overlap():
    events = world_of(7, programme="ract").tables["events"]
    formed = events[events["kind"] == "resource_group_formed"].set_index("client")["day"]
    meetings = events[events["kind"] == "resource_group_meeting"]
    assert (meetings["day"].to_numpy() > formed.loc[meetings["client"]].to_numpy()).all()
    for programme in ("fact_ung", "sis_bup"):
        rows = world_of(7, programme=programme).tables["placements"]
        assert len(rows) > 20
        assert not rows.duplicated("client").any()
        assert (rows["end"] > rows["start"]).all()


def _near(estimate: float, parameter: float, error: float) -> None:
    assert abs(estimate - parameter) < 3 * error, (estimate, parameter, error)


@pytest.mark.parametrize("seed", [7, 2024])
def test_every_planted_parameter_is_recovered_within_three_standard_errors(seed):
    world = world_of(seed, 400, 3, 4, None)
    facts = {name: fact["value"] for name, fact in planted(world).items()}
    far = {
        name: (round(estimate, 3), facts[name], round((estimate - facts[name]) / error, 1))
        for name, (estimate, error) in (_windows(world) | _work(world)).items()
        if not abs(estimate - facts[name]) <= 3 * error
    }
    assert far == {}


def _windows(world) -> dict[str, tuple[float, float]]:
    """Estimate rates before and after, client by client, with clients as clusters."""
    counts: dict[str, list[tuple[float, float]]] = {}
    years = []
    visits, somatic = _by_client(world, "visits", "day"), _somatic(world)
    for life in lives(world):
        before, after, _ = windows_of(life, "include", world.span.last)
        if not before or not after:
            continue
        years.append((len(before) / 365.25, len(after) / 365.25))
        sets = {**day_sets(life), **life.admissions}
        sets |= {"emergency": visits.get(life.number, set()), "somatic": somatic.get(life.number, set())}
        lpt = life.forms.get("LPT", set())
        sets["begun_in_lpt"] = {spell.first for spell in life.spells if spell.first in lpt}
        for name, days in sets.items():
            counts.setdefault(name, []).append((len(days & before), len(days & after)))
    time = np.array(years)
    found = {name: np.array(pairs, dtype=float) for name, pairs in counts.items()}
    answer = {}
    for name, stem in (("admissions", "admissions"), ("bed_days", "bed_days"), ("lpt_days", "lpt_days")):
        for place, window in enumerate(("before", "after")):
            answer[f"{stem}_per_year_{window}"] = _ratio(found[name][:, place], time[:, place])
    for place, window in enumerate(("before", "after")):
        share = _ratio(found["begun_in_lpt"][:, place], found["admissions"][:, place])
        answer[f"compulsory_share_first_day_{window}"] = share
    for name, parameter in (
        ("admissions", "admission_rate_ratio"),
        ("bed_days", "bed_day_rate_ratio"),
        ("lpt_days", "lpt_day_rate_ratio"),
        ("begun_in_lpt", "compulsory_admission_rate_ratio"),
        ("emergency", "emergency_rate_ratio"),
        ("somatic", "somatic_rate_ratio"),
    ):
        answer[parameter] = _rate_ratio(found[name], time)
    return answer


def _by_client(world, table: str, column: str) -> dict[int, set[int]]:
    days: dict[int, set[int]] = {}
    for row in world.tables[table].to_dict("records"):
        days.setdefault(row["client"], set()).add(row[column])
    return days


def _somatic(world) -> dict[int, set[int]]:
    days: dict[int, set[int]] = {}
    for row in world.tables["other"].to_dict("records"):
        if row["clinic"] == "somatic":
            days.setdefault(row["client"], set()).add(row["admitted"])
    return days


def _ratio(above, below) -> tuple[float, float]:
    """Ratio of sums over clients, and its standard error with clients as clusters."""
    above, below = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    ratio = above.sum() / below.sum()
    return ratio, float(np.sqrt(((above - ratio * below) ** 2).sum()) / below.sum())


def _rate_ratio(counts, time) -> tuple[float, float]:
    rates = counts.sum(axis=0) / time.sum(axis=0)
    part = (counts - rates * time) / counts.sum(axis=0)
    ratio = rates[1] / rates[0]
    return ratio, float(ratio * np.sqrt(((part[:, 1] - part[:, 0]) ** 2).sum()))


def _work(world) -> dict[str, tuple[float, float]]:
    """Estimate what the teams do, client by client."""
    everybody = lives(world)
    enrolled = [sum(len(days) for days in life.enrolled.values()) for life in everybody]
    board = [sum(len(days) for days in life.board.values()) for life in everybody]
    contacts = world.tables["contacts"].drop_duplicates("contact")
    on = np.bincount(contacts.loc[contacts["on_board"], "client"], minlength=len(enrolled))
    off = np.bincount(contacts.loc[~contacts["on_board"], "client"], minlength=len(enrolled))
    face = contacts[contacts["attended"] & contacts["face_to_face"]]
    kept = contacts[contacts["attended"]]
    weeks_on, weeks_off = np.array(board) / 7, (np.array(enrolled) - np.array(board)) / 7
    honos = world.tables["measurements"].query("instrument == 'HoNOS'").pivot(
        index="client", columns="wave", values="score"
    )  # fmt: skip
    change = (honos[1] - honos[0]).dropna()
    ratings = world.tables["ratings"].query("rated")
    inner = ratings[ratings["true"].between(2, 4)]
    off_by = np.r_[inner["A"] != inner["true"], inner["B"] != inner["true"]].astype(float)
    days = sum(len(day_sets(life)["lpt_days"]) for life in everybody)
    measures = len(world.tables["measures"])
    return {
        "board_share": _ratio(board, enrolled),
        "contacts_per_week_on_board": _ratio(on, weeks_on),
        "contacts_per_week_off_board": _ratio(off, weeks_off),
        "outside_share": _ratio(face["outside_clinic"], np.ones(len(face))),
        "relatives_share": _ratio(kept["relatives"], np.ones(len(kept))),
        "honos_change": (float(change.mean()), float(change.std() / np.sqrt(len(change)))),
        "rater_error": (float(off_by.mean()), float(off_by.std() / np.sqrt(len(off_by)))),
        "coercion_per_1000_lpt_days": (1000 * measures / days, 1000 * np.sqrt(measures) / days),
    }


def test_the_library_counts_the_teams_work_as_the_slow_way_did(world, truth):
    extract = extract_of_world(world)
    months = ff.caseload_ratios(extract).table
    months = months[months["team_id"].isin(truth["caseload_by_month"])]
    counted = {
        (team, month): (facts["client_days"], facts["case_carrying_fte_days"])
        for team, months_ in truth["caseload_by_month"].items()
        for month, facts in months_.items()
    }
    found = {
        (row["team_id"], f"{row['period_start']:%Y-%m}"): (row["client_days"], pytest.approx(row["fte_days"]))
        for row in months.to_dict("records")
    }
    assert counted == found
    board = ff.board_use(extract).table.groupby("team_id")[["board_days", "client_days"]].sum()
    for team, facts in truth["board"].items():
        assert tuple(board.loc[team]) == (facts["board_days"], facts["enrolled_days"])
    contacts = (
        ff.contact_pattern(extract, every="year").table.groupby("team_id")[["attended", "contacts", "outside"]].sum()
    )
    for team, facts in truth["contacts"].items():
        slow = (facts["attended"], facts["attended_face_to_face"], facts["attended_face_to_face_outside"])
        assert tuple(contacts.loc[team]) == slow


def test_planted_ratings_give_the_totals_that_the_library_scores(world, truth):
    scores = ff.score_fidelity(extract_of_world(world).ratings, ff.load_scale("dacts")).table
    totals = scores[scores["level"] == "total"].set_index(["team_id", "assessment"])
    assert len(totals) == len(truth["fidelity"]) == 6
    for fact in truth["fidelity"]:
        row = totals.loc[(fact["team"], fact["assessment"])]
        assert int(row["n_rated"]) == fact["n_rated"]
        assert float(row["lowest"]) == pytest.approx(fact["lowest"], abs=1e-9)
        assert float(row["highest"]) == pytest.approx(fact["highest"], abs=1e-9)
        if fact["total"] is None:
            assert np.isnan(row["score"])
        else:
            assert float(row["score"]) == pytest.approx(fact["total"], abs=1e-9)
