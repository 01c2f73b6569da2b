"""The words of the outcomes room, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Mapping

from factfidelity.wording import label

Text = Mapping[str, str]


def say(words: Mapping[str, Text], name: str, language: str) -> str:
    """Return the wording of a name; the name itself where there is none."""
    return words[name][language] if name in words else label(name, language)


CHOICES: Mapping[str, Text] = {
    "all": {
        "sv": "alla med någon observerad dag i båda fönstren",
        "en": "everybody with an observed day in both windows",
    },
    "complete": {"sv": "följda genom båda fönstren", "en": "observed through both windows"},
    "mirror": {
        "sv": "speglade: båda fönstren kortade till det kortare",
        "en": "mirrored: both windows shortened to the shorter",
    },
    "include": {"sv": "räknas där kalendern lägger dagarna", "en": "counted where the calendar puts its days"},
    "exclude": {"sv": "utesluts ur både täljare och tid", "en": "left out of both numerator and time"},
    "after_discharge": {"sv": "efterfönstret börjar vid utskrivningen", "en": "the after window begins at discharge"},
    "nights": {"sv": "vårdtid (nätter)", "en": "nights"},
    "days": {
        "sv": "vårddagar (påbörjade dygn, hela permissionsdygn borträknade)",
        "en": "started days less whole leave days",
    },
    "nights_min_one": {
        "sv": "nätter, minst en per sammanhängande vårdtid",
        "en": "nights, at least one for each spell",
    },
    "intention_to_treat": {
        "sv": "uppföljningen fortsätter efter avslutad insats",
        "en": "follow-up goes on after leaving the programme",
    },
    "while_enrolled": {
        "sv": "uppföljningen slutar när insatsen avslutas",
        "en": "follow-up ends on leaving the programme",
    },
    "enrolment": {
        "sv": "klientens första dag i ett team i programmet",
        "en": "the client's first day in a team of the programme",
    },
    "column": {
        "sv": "den dag som leveransen anger för klienten",
        "en": "the day that the delivery gives for the client",
    },
    "date": {"sv": "samma dag för alla", "en": "one day for everybody"},
    "all_days": {"sv": "alla observerade dagar", "en": "all observed days"},
    "outside_hospital": {"sv": "observerade dagar utanför sjukhus", "en": "observed days outside hospital"},
    "adult": {"sv": "vuxenpsykiatri", "en": "adult psychiatry"},
    "child": {"sv": "barn- och ungdomspsykiatri", "en": "child and adolescent psychiatry"},
    "addiction": {"sv": "beroendevård", "en": "addiction care"},
    "forensic": {"sv": "rättspsykiatri", "en": "forensic psychiatry"},
}

# Behind the words of an outcome that the locked plan did not ask for, or where the plan was changed after the lock.
SIGNS: Mapping[str, str] = {"added": " †", "changed": " ‡"}


def lock_words(notes: Mapping[str, str], language: str) -> str:
    """Say whether the plan was locked before outcomes were opened, and what was added to it; else nothing.

    Parameters
    ----------
    notes : mapping
        ``lock``, ``lock_date`` and the labels of a result.
    """
    if notes.get("lock", "open") == "open":
        return ""
    day, sign, start = notes["lock_date"], SIGNS["added"], f"label.{language}."
    added = [text.removesuffix(sign) for name, text in notes.items() if name.startswith(start) and text.endswith(sign)]
    if notes["lock"] == "changed":
        return {
            "sv": f"Planen låstes {day} men har ändrats sedan dess; vad som var planerat går inte att visa (‡).",
            "en": f"The plan was locked on {day} but has been changed since; what was planned cannot be shown (‡).",
        }[language]
    if language == "sv":
        more = f"Tillagda utfall: {', '.join(added)} (†)." if added else "Alla utfall ingår i planen."
        return f"Planen låstes {day} och är oförändrad. {more}"
    more = f"Outcomes added: {', '.join(added)} (†)." if added else "All outcomes are in the plan."
    return f"The plan was locked on {day} and is unchanged. {more}"


def with_lock(text: str, notes: Mapping[str, str], language: str) -> str:
    """Return a paragraph for a methods section, with how the figures stand to a locked plan."""
    return " ".join(part for part in (text, lock_words(notes, language)) if part)


FLOW: Mapping[str, Text] = {
    "cohort_file": {"sv": "Klienter i leveransen", "en": "Clients in the delivery"},
    "no_index": {"sv": "Ingen indexdag", "en": "No index day"},
    "not_linked": {
        "sv": "Finns inte i vårdkällan, som inte är länkad",
        "en": "Not in the care source, which is not linked",
    },
    "no_time": {"sv": "Ingen observerad tid", "en": "No observed time"},
    "no_before": {"sv": "Ingen observerad dag före", "en": "No observed day before"},
    "no_after": {"sv": "Ingen observerad dag efter", "en": "No observed day after"},
    "not_complete": {"sv": "Inte följda genom båda fönstren", "en": "Not observed through both windows"},
    "included": {"sv": "Ingår", "en": "Included"},
}

WHY: Mapping[str, Text] = {
    "no_clients": {"sv": "inga klienter i urvalet", "en": "no clients in the cohort"},
    "not_observed": {
        "sv": "ingen klient är observerad i hela den tidigare perioden",
        "en": "no client is observed through the earlier period",
    },
    "none": {"sv": "inget räknades i något fönster", "en": "nothing was counted in either window"},
    "none_before": {"sv": "inget räknades före", "en": "nothing was counted before"},
    "none_after": {"sv": "inget räknades efter", "en": "nothing was counted after"},
    "few_with_any": {
        "sv": "färre än 10 klienter med någon: inget intervall",
        "en": "fewer than 10 clients with any: no interval",
    },
    "no_interval": {"sv": "intervallet går inte att beräkna", "en": "the interval cannot be computed"},
}

HEADINGS: Mapping[str, Text] = {
    "outcome": {"sv": "Utfall", "en": "Outcome"},
    "cohort": {"sv": "Urval", "en": "Cohort"},
    "window": {"sv": "Fönster", "en": "Window"},
    "clients": {"sv": "Klienter", "en": "Clients"},
    "any_before": {"sv": "Med någon, före", "en": "With any, before"},
    "any_after": {"sv": "Med någon, efter", "en": "With any, after"},
    "total_before": {"sv": "Totalt före", "en": "Total before"},
    "total_after": {"sv": "Totalt efter", "en": "Total after"},
    "rate_before": {"sv": "Per klientår före", "en": "Per client-year before"},
    "rate_after": {"sv": "Per klientår efter", "en": "Per client-year after"},
    "ratio": {"sv": "Kvot efter/före", "en": "Ratio after/before"},
    "low": {"sv": "Nedre gräns", "en": "Lower limit"},
    "high": {"sv": "Övre gräns", "en": "Upper limit"},
    "mean_before": {"sv": "Medel före", "en": "Mean before"},
    "sd_before": {"sv": "SD före", "en": "SD before"},
    "median_before": {"sv": "Median före", "en": "Median before"},
    "q1_before": {"sv": "Nedre kvartil före", "en": "Lower quartile before"},
    "q3_before": {"sv": "Övre kvartil före", "en": "Upper quartile before"},
    "mean_after": {"sv": "Medel efter", "en": "Mean after"},
    "sd_after": {"sv": "SD efter", "en": "SD after"},
    "median_after": {"sv": "Median efter", "en": "Median after"},
    "q1_after": {"sv": "Nedre kvartil efter", "en": "Lower quartile after"},
    "q3_after": {"sv": "Övre kvartil efter", "en": "Upper quartile after"},
    "difference": {"sv": "Skillnad efter–före", "en": "Difference after–before"},
    "p": {"sv": "p-värde", "en": "p-value"},
    "adjusted_p": {"sv": "Justerat p-värde", "en": "Adjusted p-value"},
    "why": {"sv": "Anmärkning", "en": "Note"},
    "method": {"sv": "Metod", "en": "Method"},
    "index_stay": {"sv": "Vårdtiden vid index", "en": "The index stay"},
    "step": {"sv": "Steg", "en": "Step"},
    "clients_lpt": {"sv": "Klienter med LPT", "en": "Clients under LPT"},
    "lpt_days": {"sv": "Dygn i sluten LPT", "en": "Days in inpatient LPT"},
    "lpt_rate": {"sv": "LPT-dygn per klientår", "en": "LPT days per client-year"},
    "clients_lrv": {"sv": "Klienter med LRV", "en": "Clients under LRV"},
    "lrv_days": {"sv": "Dygn i sluten LRV", "en": "Days in inpatient LRV"},
    "lrv_rate": {"sv": "LRV-dygn per klientår", "en": "LRV days per client-year"},
    "kind": {"sv": "Åtgärd", "en": "Measure"},
    "measures": {"sv": "Antal åtgärder", "en": "Number of measures"},
    "clients_any": {"sv": "Klienter med någon", "en": "Clients with any"},
    "bed_days": {"sv": "Vårddygn", "en": "Bed-days"},
    "compulsory_days": {"sv": "Dygn i sluten tvångsvård", "en": "Compulsory inpatient days"},
    "per_client": {"sv": "Per klient", "en": "Per client"},
    "per_1000_bed_days": {"sv": "Per 1 000 vårddygn", "en": "Per 1,000 bed-days"},
    "per_1000_compulsory_days": {
        "sv": "Per 1 000 dygn i sluten tvångsvård",
        "en": "Per 1,000 compulsory inpatient days",
    },
    "clients_index_stay": {"sv": "Klienter inskrivna på indexdagen", "en": "Clients in hospital on the index day"},
    "days_between": {"sv": "Dagar mellan index och utskrivning", "en": "Days between index and discharge"},
}

METHODS: Mapping[str, Text] = {
    "cluster": {"sv": "klienter som kluster", "en": "clients as clusters"},
    "exact": {"sv": "exakt villkorligt", "en": "exact conditional"},
    "bootstrap": {"sv": "omsampling av klienter (BCa)", "en": "resampling of clients (BCa)"},
    "mcnemar": {"sv": "exakt McNemar", "en": "exact McNemar"},
}

WINDOWS: Mapping[str, Text] = {
    "before": {"sv": "Före", "en": "Before"},
    "after": {"sv": "Efter", "en": "After"},
    "total": {"sv": "Alla åtgärder", "en": "All measures"},
}


def heading(name: str, language: str) -> str:
    """Return the heading of a column."""
    return say(HEADINGS, name, language)
