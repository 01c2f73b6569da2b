"""The words about stays: ward types, legal forms, changes of form, and how all of it was counted."""

from __future__ import annotations

from collections.abc import Mapping

from factfidelity.display.views import Head

Text = Mapping[str, str]

GROUPS: Mapping[str, Text] = {
    "total": {"sv": "Alla vårdtider", "en": "All stays"},
    "acute": {"sv": "Akutavdelning", "en": "Acute ward"},
    "psychosis": {"sv": "Psykosavdelning", "en": "Psychosis ward"},
    "long_stay": {"sv": "Långvård", "en": "Long-stay ward"},
    "rehabilitation": {"sv": "Rehabiliteringsavdelning", "en": "Rehabilitation ward"},
    "addiction": {"sv": "Beroendeavdelning", "en": "Addiction ward"},
    "forensic": {"sv": "Rättspsykiatrisk avdelning", "en": "Forensic ward"},
    "somatic": {"sv": "Somatisk avdelning", "en": "Somatic ward"},
    "other": {"sv": "Andra avdelningar", "en": "Other wards"},
    "unknown": {"sv": "Avdelningsslag saknas", "en": "Ward type not given"},
    "voluntary": {"sv": "Börjar frivilligt (HSL)", "en": "Begins voluntarily"},
    "LPT": {"sv": "Börjar med LPT", "en": "Begins under LPT"},
    "LRV": {"sv": "Börjar med LRV", "en": "Begins under LRV"},
}
BY: Mapping[str, Text] = {
    "all": {"sv": "alla", "en": "all"},
    "ward_type": {"sv": "första avdelningen", "en": "first ward"},
    "legal_status": {"sv": "vårdform första dagen", "en": "legal status on the first day"},
}
CONVERSIONS: Mapping[str, Text] = {
    "voluntary_to_closed": {
        "sv": "Frivillig vård övergick i sluten tvångsvård (HSL till LPT eller LRV)",
        "en": "Voluntary care became compulsory inpatient care (HSL to LPT or LRV)",
    },
    "closed_to_voluntary": {
        "sv": "Sluten tvångsvård övergick i frivillig vård före utskrivningen",
        "en": "Compulsory inpatient care became voluntary before discharge",
    },
    "lpt_to_open": {"sv": "LPT övergick i öppen LPT", "en": "Inpatient LPT became community LPT"},
    "lrv_to_open": {"sv": "LRV övergick i öppen LRV", "en": "Inpatient LRV became community LRV"},
    "open_to_closed": {
        "sv": "Öppen tvångsvård övergick i sluten vid inskrivningen eller senare under vårdtiden",
        "en": "Compulsory community care became inpatient at or after the admission",
    },
}
OF: Mapping[str, Text] = {
    "voluntary_to_closed": {"sv": "som började frivilligt", "en": "that began voluntarily"},
    "closed_to_voluntary": {"sv": "med sluten tvångsvård", "en": "with compulsory inpatient care"},
    "lpt_to_open": {"sv": "med sluten LPT", "en": "with inpatient LPT"},
    "lrv_to_open": {"sv": "med sluten LRV", "en": "with inpatient LRV"},
    "open_to_closed": {"sv": "som började under öppen tvångsvård", "en": "that began under compulsory community care"},
}
HEADS: Mapping[str, Head] = {
    "by": ("Indelning", "Divided by", "text"),
    "group": ("Vårdtider", "Stays", "text"),
    "window": ("Fönster", "Window", "text"),
    "stays": ("Antal vårdtider", "Number of stays", "integer"),
    "clients": ("Klienter", "Clients", "integer"),
    "mean": ("Medel (dygn)", "Mean (days)", "number", 1),
    "q1": ("Nedre kvartil", "Lower quartile", "number", 1),
    "median": ("Median (dygn)", "Median (days)", "number", 1),
    "q3": ("Övre kvartil", "Upper quartile", "number", 1),
    "going_on": ("Pågår när uppföljningen slutar", "Going on when follow-up ends", "integer"),
    "beyond": ("Fortsätter efter fönstret", "Goes on past the window", "integer"),
    "ward_type": ("Avdelning", "Ward", "text"),
    "admissions_before": ("Inskrivningar före", "Admissions before", "integer"),
    "admissions_after": ("Inskrivningar efter", "Admissions after", "integer"),
    "clients_any_before": ("Klienter med dygn före", "Clients with days before", "integer"),
    "clients_any_after": ("Klienter med dygn efter", "Clients with days after", "integer"),
    "bed_days_before": ("Vårddygn före", "Bed-days before", "integer"),
    "bed_days_after": ("Vårddygn efter", "Bed-days after", "integer"),
    "day_rate_before": ("Dygn per klientår före", "Days per client-year before", "number", 2),
    "day_rate_after": ("Dygn per klientår efter", "Days per client-year after", "number", 2),
    "estimate": ("Kvot efter/före", "Ratio after/before", "number", 2),
    "low": ("Nedre gräns", "Lower limit", "number", 2),
    "high": ("Övre gräns", "Upper limit", "number", 2),
    "why": ("Anmärkning", "Note", "text"),
    "conversion": ("Övergång", "Change of form", "text"),
    "of": ("Av avslutade vårdtider", "Of ended stays", "text"),
    "clients_hit": ("Klienter med övergång", "Clients with the change", "integer"),
    "converted": ("Vårdtider med övergång", "Stays with the change", "integer"),
    "share": ("Andel av vårdtiderna", "Share of the stays", "percent"),
}
METHODS: Mapping[str, str] = {
    "sv": (
        "En vårdtid är vårdtillfällen som fogats samman utan glapp; den hör till det fönster ({width_before} dagar "
        "före, {width_after} dagar efter indexdagen) där dess första dag ligger och räknas i sin helhet ({day_count}), "
        "även om den fortsätter efter fönstret. Vårdtider som pågår när uppföljningen slutar är censurerade: kvartiler "
        "och andelar läses då ur Kaplan–Meiers kurva, och medelvärdet räknar deras dygn hittills och är därför en "
        "undre gräns. Urval: {cohort}; vårdtiden som omfattar indexdagen: {index_stay}."
    ),
    "en": (
        "A stay is register rows joined without a gap; it belongs to the window ({width_before} days before, "
        "{width_after} days after the index day) that holds its first day and is counted whole ({day_count}), also "
        "where it goes on past the window. Stays that go on when follow-up ends are censored: quartiles and shares are "
        "then read off the Kaplan-Meier curve, and the mean counts their days so far and so is a lower limit. Cohort: "
        "{cohort}; the stay that holds the index day: {index_stay}."
    ),
}
WARDS_METHOD: Mapping[str, str] = {
    "sv": (
        "För varje avdelningsslag räknas inskrivningen där vårdtiden börjar och dygnen där de tillbringas; ett dygn på "
        "två avdelningar hör till den senare. Kvotens intervall ({level}): BCa-omsampling av klienter ({draws} "
        "dragningar, frö {seed}). Avdelningsslag med få klienter är sammanslagna."
    ),
    "en": (
        "For each ward type an admission is counted where the stay begins, and days where they are spent; a day on two "
        "wards belongs to the later one. Interval of the ratio ({level}): BCa resampling of clients ({draws} draws, "
        "seed {seed}). Ward types with few clients are put together."
    ),
}
FORMS_METHOD: Mapping[str, str] = {
    "sv": (
        "Övergångar mellan vårdformer räknas per avslutad vårdtid; en öppen form räknas om den börjar senast dagen "
        "efter utskrivningen."
    ),
    "en": (
        "Changes of legal form are counted per ended stay; an open form counts where it begins at the latest on the "
        "day after discharge."
    ),
}
