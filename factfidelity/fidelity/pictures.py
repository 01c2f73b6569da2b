"""Pictures of fidelity: the profile with the range of its assessors, subscales, waves, teams beside each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from factfidelity.display.views import FigureView, NativeChart, TableView
from factfidelity.fidelity.tables import columns_of, labelled, latest_of, records
from factfidelity.fidelity.words import heading, score_text

if TYPE_CHECKING:
    from factfidelity.display.charts import Axes

Notes = Mapping[str, str]
# More teams than this are no longer told apart by colour and sign, nor named beside each other over columns.
MANY_TEAMS = 8
_LINE = 0.27  # inches of one line of a grid


def score_figures(table: pd.DataFrame, notes: Notes, language: str) -> tuple[FigureView, ...]:
    """Return the figures of scores that there is something to show in."""
    now = latest_of(table)
    if now["team_id"].nunique() > MANY_TEAMS:
        return _many_figures(table, now, notes, language)
    profiles = [_profile_figure(str(team), rows, notes, language) for team, rows in now.groupby("team_id", sort=False)]
    made: list[FigureView] = []
    totals = table[(table["level"] == "total") & table["score"].notna()]
    if totals.groupby("team_id").size().max() > 1:
        made.append(_wave_figure(totals, notes, language))
    many = len(profiles) > 1
    made += [_heat_figure(now, notes, language)] if many else profiles
    parts = now[(now["level"] == "subscale") & now["score"].notna()]
    if len(parts["name"].unique()) > 1:
        made.append(_subscale_figure(parts, notes, language))
        if len(parts["name"].unique()) > 2 and _same_range(parts):
            made.append(_radar_figure(parts, notes, language))
    made += profiles if many else []
    return tuple(made)


def _many_figures(table: pd.DataFrame, now: pd.DataFrame, notes: Notes, language: str) -> tuple[FigureView, ...]:
    """Return the figures of many teams: one line for each; their profiles stand in their own reports."""
    totals = table[(table["level"] == "total") & table["score"].notna()]
    parts = now[(now["level"] == "subscale") & now["score"].notna()]
    made = [_totals_figure(totals, notes, language)] if len(totals) else []
    made.append(_heat_figure(now, notes, language))
    if len(parts["name"].unique()) > 1:
        made.append(_parts_figure(parts, notes, language))
    return tuple(made)


def _totals_figure(rows: pd.DataFrame, notes: Notes, language: str) -> FigureView:
    """Return each team's latest total beside the one before."""
    place = pd.Series(pd.factorize(rows["team_id"])[0], index=rows.index)
    ordered = rows.assign(place=place).sort_values(["place", "assessment"], kind="stable").drop(columns="place")
    ordered = ordered.assign(before=ordered.groupby("team_id")["score"].shift())
    latest = ordered.drop_duplicates("team_id", keep="last")
    short = notes.get("short", "")
    caption = {
        "sv": f"Total programtrohet vid senaste tillfället, per team ({short}). Lodrätt streck: tillfället före.",
        "en": f"Total fidelity at the latest assessment, by team ({short}). Upright line: the assessment before.",
    }[language]
    view = TableView(
        "waves", caption, rows.reset_index(drop=True),
        columns_of(("team_id", "assessment", "score", "n_rated", "n_items"), language, decimals=2),
    )  # fmt: skip
    said = "; ".join(
        f"{row['team_id']} {row['assessment']}: {score_text(row['score'], row['decimals'], language)}"
        for row in records(latest)
    )
    draw = partial(_drawn, _draw_totals, latest, notes, language)
    return FigureView("waves", caption, f"{caption} {said}.", draw, view, size=(7.2, 1.0 + _LINE * len(latest)))


def _draw_totals(rows: pd.DataFrame, notes: Notes, language: str, *, ax: Axes | None = None) -> Axes:
    from factfidelity.display import charts_profile

    bounds = (float(rows["range_low"].min()), float(rows["range_high"].max()))
    return charts_profile.dots(
        rows, category="team_id", value="score", reference="before", bounds=bounds, decimals=2,
        unit=heading("score", language), language=language, ax=ax,
    )  # fmt: skip


def _parts_figure(rows: pd.DataFrame, notes: Notes, language: str) -> FigureView:
    """Return the subscales of many teams as a grid with one line for each team."""
    short = notes.get("short", "")
    caption = {
        "sv": f"Delskalor vid senaste tillfället, ett team per rad ({short}). Mörkare är högre.",
        "en": f"Subscales at the latest assessment, one team a line ({short}). Darker is higher.",
    }[language]
    return _of_subscales(rows, notes, language, caption, _draw_parts, 1.2 + _LINE * rows["team_id"].nunique())


def _of_subscales(
    rows: pd.DataFrame, notes: Notes, language: str, caption: str, draw: Callable[..., Axes], height: float
) -> FigureView:
    view = TableView(
        "subscales", caption, labelled(rows, language),
        columns_of(("team_id", "assessment", "label", "score", "n_rated", "n_items"), language, decimals=2),
    )  # fmt: skip
    return FigureView(
        "subscales", caption, f"{caption} {_said(rows, language)}",
        partial(_drawn, draw, rows, notes, language), view, size=(7.2, height),
    )  # fmt: skip


def _draw_parts(rows: pd.DataFrame, notes: Notes, language: str, *, ax: Axes | None = None) -> Axes:
    from factfidelity.display import charts_profile

    names = dict(zip(rows["name"], rows[f"label_{language}"], strict=True))
    bounds = (float(rows["range_low"].min()), float(rows["range_high"].max()))
    return charts_profile.heat(
        rows, row="team_id", column="name", value="score", bounds=bounds, decimals=2, names=names, language=language,
        ax=ax,
    )  # fmt: skip


def draw_profile(rows: pd.DataFrame, notes: Notes, language: str, *, ax: Axes | None = None) -> Axes:
    """Draw the items of one assessment as dots with the range of their assessors."""
    from factfidelity.display import charts_profile

    items = rows[rows["level"] == "item"]
    names = {name: f"{name} {label}" for name, label in zip(items["name"], items[f"label_{language}"], strict=True)}
    low, high = float(items["range_low"].min()), float(items["range_high"].max())
    return charts_profile.dots(
        items, category="name", value="score", low="rater_low", high="rater_high", bounds=(low, high),
        unit=heading("score", language), names=names, language=language, ax=ax,
    )  # fmt: skip


def _profile_figure(team: str, rows: pd.DataFrame, notes: Notes, language: str) -> FigureView:
    items = labelled(rows[rows["level"] == "item"], language)
    short, when = notes.get("short", ""), rows["assessment"].iloc[0]
    if language == "sv":
        caption = f"Programtrohet punkt för punkt, {team}, {when} ({short}). Strecket visar spannet mellan bedömarna."
    else:
        caption = f"Fidelity item by item, {team}, {when} ({short}). The line shows the range of the assessors."
    view = TableView(
        f"profile_{_slug(team)}", caption, items,
        columns_of(("name", "label", "score", "rater_low", "rater_high"), language),
    )  # fmt: skip
    scored = items.dropna(subset=["score"])
    said = "; ".join(
        f"{row['label']} {score_text(row['score'], 0 if row['score'] % 1 == 0 else 1, language)}"
        for row in records(scored)
    )
    size = (7.2, max(2.6, 1.0 + 0.27 * len(items)))
    draw = partial(_drawn, draw_profile, rows, notes, language)
    return FigureView(view.name, caption, f"{caption} {said}." if said else caption, draw, view, size=size)


def _drawn(draw: Callable[..., Axes], rows: pd.DataFrame, notes: Notes, language: str, ax: Axes) -> Axes:
    return draw(rows, notes, language, ax=ax)


def _draw_subscales(rows: pd.DataFrame, notes: Notes, language: str, *, ax: Axes | None = None) -> Axes:
    from factfidelity.display import charts_profile

    names = dict(zip(rows["name"], rows[f"label_{language}"], strict=True))
    bounds = (float(rows["range_low"].min()), float(rows["range_high"].max()))
    return charts_profile.dots(
        rows, category="name", value="score", series="team_id", bounds=bounds, unit=heading("score", language),
        names=names, language=language, decimals=2, ax=ax,
    )  # fmt: skip


def _subscale_figure(rows: pd.DataFrame, notes: Notes, language: str) -> FigureView:
    short = notes.get("short", "")
    caption = {
        "sv": f"Delskalor vid senaste tillfället, per team ({short}).",
        "en": f"Subscales at the latest assessment, by team ({short}).",
    }[language]
    height = max(2.4, 1.0 + 0.5 * rows["name"].nunique())
    return _of_subscales(rows, notes, language, caption, _draw_subscales, height)


def _draw_radar(rows: pd.DataFrame, notes: Notes, language: str, *, ax: Axes | None = None) -> Axes:
    from factfidelity.display import charts_profile

    names = dict(zip(rows["name"], rows[f"label_{language}"], strict=True))
    bounds = (float(rows["range_low"].min()), float(rows["range_high"].max()))
    return charts_profile.radar(
        rows, category="name", value="score", series="team_id", bounds=bounds, names=names, language=language, ax=ax
    )


def _radar_figure(rows: pd.DataFrame, notes: Notes, language: str) -> FigureView:
    caption = {
        "sv": "Samma delskalor i ett radardiagram. Ytan ska inte jämföras; läs av varje axel, eller figuren ovanför.",
        "en": "The same subscales as a radar. Do not compare areas; read each axis, or the figure above.",
    }[language]
    view = TableView(
        "subscales_radar", caption, labelled(rows, language),
        columns_of(("team_id", "label", "score"), language, decimals=2),
    )  # fmt: skip
    return FigureView(
        "subscales_radar", caption, f"{caption} {_said(rows, language)}",
        partial(_drawn, _draw_radar, rows, notes, language), view, size=(7.2, 5.4),
    )  # fmt: skip


def _draw_waves(rows: pd.DataFrame, notes: Notes, language: str, *, ax: Axes | None = None) -> Axes:
    from factfidelity.display import charts_profile

    cuts = [float(cut) for cut in notes.get("cuts", "").split()]
    bounds = (float(rows["range_low"].min()), float(rows["range_high"].max()))
    return charts_profile.waves(
        rows, x="assessment", value="score", series="team_id", bounds=bounds, cuts=cuts,
        unit=heading("score", language), language=language, ax=ax,
    )  # fmt: skip


def _wave_figure(rows: pd.DataFrame, notes: Notes, language: str) -> FigureView:
    short = notes.get("short", "")
    caption = {
        "sv": f"Total programtrohet vid varje tillfälle, per team ({short}). Streckad linje: gräns mellan nivåer.",
        "en": f"Total fidelity at each assessment, by team ({short}). Dashed line: limit between bands.",
    }[language]
    view = TableView(
        "waves", caption, rows.reset_index(drop=True),
        columns_of(("team_id", "assessment", "score", "n_rated", "n_items"), language, decimals=2),
    )  # fmt: skip
    said = "; ".join(
        f"{row['team_id']} {row['assessment']}: {score_text(row['score'], row['decimals'], language)}"
        for row in records(rows)
    )
    native = NativeChart("line", "waves", "assessment", ("score",), split="team_id", y_title=heading("score", language))
    return FigureView(
        "waves",
        caption,
        f"{caption} {said}." if said else caption,
        partial(_drawn, _draw_waves, rows, notes, language),
        view,
        native=native,
    )


def _draw_heat(rows: pd.DataFrame, notes: Notes, language: str, *, ax: Axes | None = None) -> Axes:
    from factfidelity.display import charts_profile

    items = rows[rows["level"] == "item"]
    bounds = (float(items["range_low"].min()), float(items["range_high"].max()))
    if items["team_id"].nunique() > MANY_TEAMS:  # a line for each team, the items by their signs
        return charts_profile.heat(
            items, row="team_id", column="name", value="score", bounds=bounds, language=language, ax=ax
        )
    names = {name: f"{name} {label}" for name, label in zip(items["name"], items[f"label_{language}"], strict=True)}
    return charts_profile.heat(
        items, row="name", column="team_id", value="score", bounds=bounds, names=names, language=language, ax=ax
    )


def _heat_figure(rows: pd.DataFrame, notes: Notes, language: str) -> FigureView:
    items = labelled(rows[rows["level"] == "item"], language)
    caption = {
        "sv": f"Alla punkter och team vid senaste tillfället ({notes.get('short', '')}). Mörkare är högre.",
        "en": f"All items and teams at the latest assessment ({notes.get('short', '')}). Darker is higher.",
    }[language]
    teams = items["team_id"].nunique()
    if teams > MANY_TEAMS:
        caption += {
            "sv": " Punkternas namn står i tabellen; varje teams profil står i dess egen rapport.",
            "en": " The names of the items stand in the table; each team's profile stands in its own report.",
        }[language]
    view = TableView("items_by_team", caption, items, columns_of(("team_id", "name", "label", "score"), language))
    said = "; ".join(
        f"{team}: {len(own)} {('punkter bedömda, lägst', 'items rated, lowest')[language == 'en']} "
        f"{score_text(own['score'].min(), 1, language)}"
        for team, own in items.dropna(subset=["score"]).groupby("team_id", sort=False)
    )
    lines, across = (teams, items["name"].nunique()) if teams > MANY_TEAMS else (items["name"].nunique(), teams)
    size = (max(7.2, 1.8 + 0.3 * across) if teams > MANY_TEAMS else 7.2, max(2.6, 1.0 + _LINE * lines))
    return FigureView(
        "items_by_team",
        caption,
        f"{caption} {said}." if said else caption,
        partial(_drawn, _draw_heat, rows, notes, language),
        view,
        size=size,
    )


def _said(rows: pd.DataFrame, language: str) -> str:
    return (
        "; ".join(
            f"{team}: "
            + ", ".join(
                f"{row['label']} {score_text(row['score'], 2, language)}" for row in records(labelled(own, language))
            )
            for team, own in rows.groupby("team_id", sort=False)
        )
        + "."
    )


def _same_range(rows: pd.DataFrame) -> bool:
    return len(rows[["range_low", "range_high"]].drop_duplicates()) == 1


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_") or "team"
