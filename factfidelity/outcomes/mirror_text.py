"""The sentences of a before/after result, made from its released or unreleased numbers. No causal verbs."""

from __future__ import annotations

from math import isnan

import pandas as pd

from factfidelity.display.views import KeyFigure
from factfidelity.outcomes.breaks import break_sentence
from factfidelity.outcomes.cover import poor_cover
from factfidelity.outcomes.shown import Shown
from factfidelity.outcomes.words import CHOICES, lock_words, say
from factfidelity.wording import HIDDEN, integer, interval, number, percent

SMALL_GROUP = 30
_MAIN = ("admissions", "bed_days")
_NAMES = {
    "admissions": {"sv": "inskrivningarna", "en": "admissions"},
    "bed_days": {"sv": "vårddygnen", "en": "bed-days"},
    "any_admission": {"sv": "andelen med någon inskrivning", "en": "the share with any admission"},
}
_ROSE = {"sv": "steg", "en": "rose"}
_FELL = {"sv": "sjönk", "en": "fell"}
_SAME = {"sv": "ändrades inte", "en": "did not change"}


def rates(result: Shown, outcome: str) -> dict[str, float]:
    """Return the rate of an outcome in both windows, in the cohort of rates; missing where hidden."""
    rows = result.table[(result.table["outcome"] == outcome) & (result.table["cohort"] == result.notes["cohort"])]
    found = rows.set_index("window")["rate"].astype("float64") if len(rows) else pd.Series(dtype=float)
    return {window: float(found.get(window, float("nan"))) for window in ("before", "after")}


def any_change(result: Shown) -> float:
    """Return the change of the share with any admission; missing where hidden."""
    row = result.change_row("any_admission", "any_difference")
    return float(row["estimate"]) if pd.notna(row["estimate"]) else float("nan")


def directions(result: Shown) -> dict[str, str]:
    """Return for admissions, bed-days and any-use whether each rose, fell or stayed; what is hidden is left out."""
    found: dict[str, str] = {}
    for outcome in _MAIN:
        pair = rates(result, outcome)
        found |= _direction(outcome, pair["after"] - pair["before"])
    return found | _direction("any_admission", any_change(result))


def _direction(name: str, change: float) -> dict[str, str]:
    if isnan(change):
        return {}
    return {name: "same" if abs(change) < 1e-12 else "rose" if change > 0 else "fell"}


def _joined(names: list[str], language: str) -> str:
    words = [say(_NAMES, name, language) for name in names]
    last = " och " if language == "sv" else " and "
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def first_sentence(result: Shown, language: str) -> str:
    """Say how the three main figures moved, and that they moved apart where they did."""
    moved = directions(result)
    groups = {way: [name for name, found in moved.items() if found == way] for way in ("rose", "fell", "same")}
    if not moved:
        hidden = {
            "sv": f"Hur slutenvården förändrades visas inte ({HIDDEN}): för få klienter, eller inget räknat.",
            "en": f"How hospital care changed is not shown ({HIDDEN}): too few clients, or nothing counted.",
        }
        return hidden[language]
    verbs = {"rose": _ROSE, "fell": _FELL, "same": _SAME}
    parts = [f"{_joined(names, language)} {verbs[way][language]}" for way, names in groups.items() if names]
    if groups["rose"] and groups["fell"]:
        opening = {"sv": "Måtten går åt olika håll: ", "en": "The figures move in different directions: "}[language]
        joint = {"sv": ", medan ", "en": ", while "}[language]
        text = opening + joint.join(parts)
    else:
        joint = {"sv": " och ", "en": " and "}[language]
        text = joint.join(parts)
    ending = {"sv": " från före till efter indexdagen.", "en": " from before to after the index day."}[language]
    return text[:1].upper() + text[1:] + ending


def ratio_sentence(result: Shown, outcome: str, language: str) -> str:
    """Give the rates before and after with the ratio and its interval."""
    pair, row = rates(result, outcome), result.ratio(outcome)
    level = float(result.notes["level"])
    ratio = interval(row["estimate"], row["low"], row["high"], language=language, level=level)
    before, after = (number(pair[window], decimals=2, language=language) for window in ("before", "after"))
    label = result.label(outcome, language)
    clients = integer(row["clients"], language=language)
    one = row["clients"] == 1
    if language == "sv":
        noun = "klient" if one else "klienter"
        return f"{label} per klientår: {before} före, {after} efter; kvot {ratio}, {clients} {noun}."
    noun = "client" if one else "clients"
    return f"{label} per client-year: {before} before, {after} after; ratio {ratio}, {clients} {noun}."


def summary(result: Shown, language: str) -> str:
    """Return the answer in a few sentences."""
    there = [name for name in _MAIN if name in set(result.table["outcome"])]
    sentences = [first_sentence(result, language), *(ratio_sentence(result, name, language) for name in there)]
    sentences += [_other_choices(result, language)] if there else []
    sentences.append(_small(result, language))
    sentences.append(
        "En jämförelse före–efter utan kontrollgrupp visar inte vad som ligger bakom förändringen."
        if language == "sv"
        else "A before/after comparison without a control group does not show what lies behind the change."
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _other_choices(result: Shown, language: str) -> str:
    outcome = "bed_days" if "bed_days" in set(result.table["outcome"]) else "admissions"
    others = [stay for stay in result.notes["index_stays"].split(",") if stay != result.notes["index_stay"]]
    parts = []
    for stay in others:
        row = result.other_ratio(outcome, stay)
        parts.append(f"{number(row['estimate'], decimals=2, language=language)} ({say(CHOICES, stay, language)})")
    if not parts:
        return ""
    label = result.label(outcome, language)
    lead = {
        "sv": f"Med andra val för den vårdtid som omfattar indexdagen är kvoten för {label.lower()} ",
        "en": f"With other choices for the stay that holds the index day the ratio of {label.lower()} is ",
    }[language]
    return lead + {"sv": " respektive ", "en": " and "}[language].join(parts) + "."


def _small(result: Shown, language: str) -> str:
    """Say of a small group what it could have shown, and where intervals hold the truth less often than they say."""
    sentences = []
    clients = result.ratio("admissions")["clients"]
    if pd.notna(clients) and clients < SMALL_GROUP:
        sentences.append(
            {
                "sv": "Urvalet är litet; siffrorna beskriver dessa klienter och inte mer.",
                "en": "The group is small; the figures describe these clients and no more.",
            }[language]
        )
        sentences += [could_show(result, outcome, language) for outcome in _MAIN]
    sentences += [cover_sentence(result, outcome, language) for outcome in _MAIN]
    return " ".join(sentence for sentence in sentences if sentence)


def late_sentence(result: Shown, language: str) -> str:
    """Say where a source of finished stays is cut, and how many earlier stays were longer; else nothing."""
    if not len(result.late):
        return ""
    row = result.late.iloc[0]
    lag, share = integer(row["lag"], language=language), percent(row["share_long"], decimals=1, language=language)
    if language == "sv":
        return (
            f"Källan levererar bara avslutade vårdtillfällen; de sista {lag} dagarna före den sista utskrivningen "
            f"räknas därför inte. Av tidigare vårdtider var {share} längre än så."
        )
    return (
        f"The source delivers finished stays only; the last {lag} days before the last discharge are therefore not "
        f"counted. Of earlier spells, {share} were longer than that."
    )


def could_show(result: Shown, outcome: str, language: str) -> str:
    """Say the smallest fall that 80 per cent power would have found, and the clients that a fall of 30 per cent needs.

    Empty where it was not simulated.
    """
    row = result.ratio(outcome)
    label = result.label(outcome, language).lower()
    found, clients = float(row["detectable"]), float(row["clients"])
    if isnan(found):
        if isnan(clients) or clients >= SMALL_GROUP or isnan(float(row["estimate"])):
            return ""
        return {
            "sv": f"För {label} hade inte ens en mycket stor minskning kunnat visas.",
            "en": f"For {label} not even a very large fall could have been shown.",
        }[language]
    least = number(found, decimals=2, language=language)
    needed = integer(row["needed"], language=language)
    if language == "sv":
        return (
            f"För {label} hade en kvot på högst {least} kunnat visas med 80 procents styrka; för att visa en kvot på "
            f"0,70 behövs {needed} klienter."
        )
    return (
        f"For {label} a ratio of at most {least} could have been shown with 80 per cent power; to show a ratio of "
        f"0.70 takes {needed} clients."
    )


def cover_sentence(result: Shown, outcome: str, language: str) -> str:
    """Say the measured cover of an outcome's interval where it is poor at this number of clients; else nothing."""
    row = result.ratio(outcome)
    found = poor_cover(str(row["method"]), float(row["clients"])) if pd.notna(row["low"]) else None
    if found is None:
        return ""
    share = percent(found.cover, decimals=1, language=language)
    label, clients = result.label(outcome, language), integer(found.clients, language=language)
    if language == "sv":
        return f"{label}: vid {clients} klienter täckte 95-procentsintervallen sanningen i {share} av simuleringarna."
    return f"{label}: with {clients} clients the 95 per cent intervals held the truth in {share} of the simulations."


def methods(result: Shown, language: str) -> str:
    """Return the paragraph for a methods section."""
    notes = result.notes
    choice = {name: say(CHOICES, notes[name], language) for name in _CHOSEN}
    kinds = ", ".join(say(CHOICES, kind, language) for kind in notes["care_kind"].split(","))
    level = percent(float(notes["level"]), language=language)
    values = dict(notes) | choice | {"kinds": kinds, "level": level}
    washout = notes["washout_before"] != "0" or notes["washout_after"] != "0"
    parts = [
        _METHODS[language],
        _WASHOUT[language] if washout else "",
        _TESTS[language] if notes["tests"] != "0" else "",
    ]
    parts.append(_NO_MVO[language] if notes["mvo"] == "not_given" else "")
    said = [part.format(**values) for part in parts if part]
    said += [late_sentence(result, language), lock_words(notes, language)]
    return " ".join(filter(None, [*said, break_sentence(notes, language)]))


_CHOSEN = ("index", "cohort", "paired_cohort", "index_stay", "follow", "day_count", "at_risk")
_METHODS = {
    "sv": (
        "Spegelstudie med klienten som sin egen jämförelse. Indexdag: {index}. Fönster: {width_before} dagar före och "
        "{width_after} dagar efter, klippta till observerad tid; {follow}. Vårdtillfällen ({kinds}) fogades samman när "
        "glappet var högst {gap_days} dagar; en inskrivning är en sammanhängande vårdtid vars första dag ligger i "
        "fönstret (nationell statistik räknar efter utskrivning). Vårddygn räknades som {day_count} på vårdtider "
        "sammanfogade utan glapp. Vårdtiden som omfattar indexdagen: {index_stay}; övriga val redovisas bredvid. "
        "Kvoter av totala frekvenser per klientår (365,25 dagar; tid under risk: {at_risk}) gäller {cohort}. "
        "Medelvärden, medianer och parvisa test gäller {paired_cohort}. Intervall ({level}): klienter som kluster på "
        "logaritmisk skala för händelser, omsampling av klienter ({draws} dragningar, frö {seed}) för dygn (BCa för "
        "kvoter, percentiler för skillnader), exakt villkorligt intervall vid färre än 20 händelser. Skillnader i "
        "andelar prövades med exakt McNemar och skillnader i medelvärden med teckenrangtest."
    ),
    "en": (
        "Mirror-image study with each client as its own comparison. Index day: {index}. Windows: {width_before} days "
        "before and {width_after} days after, cut to observed time; {follow}. Stays ({kinds}) were joined when the gap "
        "was at most {gap_days} days; an admission is a spell whose first day lies in the window (national statistics "
        "count by discharge). Bed-days were counted as {day_count} on spells joined without a gap. The stay that holds "
        "the index day: {index_stay}; the other choices are shown beside it. Ratios of total rates per client-year "
        "(365.25 days; time at risk: {at_risk}) are for {cohort}. Means, medians and paired tests are for "
        "{paired_cohort}. Intervals ({level}): clients as clusters on the log scale for events, resampling of clients "
        "({draws} draws, seed {seed}) for days (BCa for ratios, percentiles for differences), exact conditional "
        "interval for fewer than 20 events. Differences of shares were tested with the exact McNemar test and "
        "differences of means with the signed rank test."
    ),
}
_WASHOUT = {
    "sv": "{washout_before} dagar närmast före och {washout_after} dagar närmast efter indexdagen räknades inte.",
    "en": "{washout_before} days just before and {washout_after} days just after the index day were not counted.",
}
_TESTS = {
    "sv": (
        "Falska fynd hölls med Benjamini–Hochberg över {tests} parvisa test: kritiskt p {critical_p}, "
        "{rejections} förkastade."
    ),
    "en": (
        "False discoveries were held with Benjamini–Hochberg over {tests} paired tests: critical p {critical_p}, "
        "{rejections} rejected."
    ),
}
_NO_MVO = {
    "sv": "Källan anger inget medicinskt verksamhetsområde; alla dess vårdtillfällen räknades som psykiatriska.",
    "en": "The source gives no medical area; all its stays were counted as psychiatric.",
}


def key_figures(result: Shown, language: str) -> tuple[KeyFigure, ...]:
    """Return the ratio of admissions and of bed-days, and of compulsory days where counted."""
    found = []
    for outcome in (*_MAIN, "compulsory_days"):
        if outcome not in set(result.table["outcome"]):
            continue
        row = result.ratio(outcome)
        values = {name: None if pd.isna(row[name]) else float(row[name]) for name in ("estimate", "low", "high")}
        label = result.label(outcome, language)
        suffix = {"sv": "kvot efter/före", "en": "ratio after/before"}[language]
        why = "" if values["estimate"] is not None else {"sv": "visas inte", "en": "not shown"}[language]
        found.append(
            KeyFigure(
                name=f"{outcome}_ratio", label=f"{label}, {suffix}", value=values["estimate"], low=values["low"],
                high=values["high"], decimals=2, sentence=ratio_sentence(result, outcome, language), why=why,
            )
        )  # fmt: skip
    return tuple(found)
