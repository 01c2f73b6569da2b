"""The words for the board, and for teams whose board holds phases."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]

# Kind of board: what is said of it. A team with phases (SPOT) carries them in the same table, the phase as the reason.
TEXTS: Mapping[str, Mapping[str, Text]] = {
    "board": {
        "title": {"sv": "Tavlan", "en": "The board"},
        "share": {"sv": "Andel på tavlan", "en": "Share on the board"},
        "hidden": {"sv": "Andelen på tavlan visas inte.", "en": "The share on the board is not shown."},
        "first": {
            "sv": "Under {when} var {share} av de inskrivna dygnen på tavlan ({mean} klienter i genomsnitt).",
            "en": "In {when}, {share} of the enrolled days were on the board ({mean} clients on average).",
        },
        "intensity": {
            "sv": "På tavlan hade klienterna {on} möten i veckan, annars {off}.",
            "en": "On the board clients had {on} meetings a week, otherwise {off}.",
        },
        "time": {"sv": "Tid på tavlan", "en": "Time on the board"},
        "days": {"sv": "Dagar på tavlan", "en": "Days on the board"},
        "still": {"sv": "Andel kvar på tavlan", "en": "Share still on the board"},
        "outside": {
            "sv": "{days} dygn på tavlan utanför inskrivningen räknades inte.",
            "en": "{days} board-days outside the enrolment were not counted.",
        },
        "outside_hidden": {
            "sv": "Dygn på tavlan utanför inskrivningen: visas inte.",
            "en": "Board-days outside the enrolment: not shown.",
        },
    },
    "phases": {
        "title": {"sv": "Faser", "en": "Phases"},
        "share": {"sv": "Andel i fas", "en": "Share in a phase"},
        "hidden": {"sv": "Andelen av tiden i fas visas inte.", "en": "The share of time in a phase is not shown."},
        "first": {
            "sv": "Under {when} var {share} av de inskrivna dygnen i en fas ({mean} klienter i genomsnitt).",
            "en": "In {when}, {share} of the enrolled days were in a phase ({mean} clients on average).",
        },
        "intensity": {
            "sv": "I fas hade klienterna {on} möten i veckan, annars {off}.",
            "en": "In a phase clients had {on} meetings a week, otherwise {off}.",
        },
        "time": {"sv": "Tid i fas", "en": "Time in a phase"},
        "days": {"sv": "Dagar i fas", "en": "Days in a phase"},
        "still": {"sv": "Andel kvar i fas", "en": "Share still in a phase"},
        "outside": {
            "sv": "{days} dygn i fas utanför inskrivningen räknades inte.",
            "en": "{days} days in a phase outside the enrolment were not counted.",
        },
        "outside_hidden": {
            "sv": "Dygn i fas utanför inskrivningen: visas inte.",
            "en": "Days in a phase outside the enrolment: not shown.",
        },
    },
}

METHODS: Mapping[str, Text] = {
    "board": {
        "sv": "Andelen på tavlan är dygn på tavlan delade med inskrivna dygn. Dygn på tavlan utanför "
        "inskrivningen räknas inte. Perioder som överlappar eller ligger intill varandra är en period; en period "
        "utan slut pågår. Tiden på tavlan är skattad enligt Kaplan–Meier: perioder som pågår när observationen "
        "eller inskrivningen tar slut är censurerade, och perioder som började före observationen räknas från den "
        "dag de kan ses. En klient är åter på tavlan inom 30 (90) dagar om en ny period börjar så snart; bara "
        "perioder där klienten följdes så länge räknas. Möten är genomförda möten på plats. Att klienter på tavlan "
        "har fler möten eller inskrivningar följer av varför de förs upp och säger inget om tavlans verkan. Tiden "
        "till tavlan räknas från en inskrivning i heldygnsvård eller ett akutbesök när klienten är inskriven men inte "
        "på tavlan, till den dag klienten förs upp.",
        "en": "The share on the board is board-days divided by enrolled days. Board-days outside the enrolment are "
        "not counted. Periods that overlap or touch are one; a period without an end goes on. Time on the board is "
        "a Kaplan–Meier estimate: periods that go on when observation or enrolment ends are censored, and periods "
        "that began before observation count from the day they can be seen. A client is back within 30 (90) days "
        "if a new period begins so soon; only periods followed so long count. Meetings are attended face-to-face "
        "contacts. That clients on the board have more meetings or admissions follows from why they are put there and "
        "says nothing of the board's effect. Time to the board counts from an admission to hospital or an emergency "
        "visit while the client is enrolled but not on the board, to the day the client is put there.",
    },
    "phases": {
        "sv": "Andelen i fas är dygn i någon fas delade med inskrivna dygn. Dygn utanför inskrivningen räknas inte. "
        "Faser av samma slag som överlappar eller ligger intill varandra är en; en fas utan slut pågår. Längden är "
        "skattad enligt Kaplan–Meier: faser som pågår när observationen eller inskrivningen tar slut är censurerade. "
        "Möten är "
        "genomförda möten på plats. Att klienter i fas har fler möten eller inskrivningar följer av varför de är där "
        "och säger inget om fasens verkan. Tiden till en fas räknas från en inskrivning i heldygnsvård eller ett "
        "akutbesök när klienten är inskriven men inte i någon fas.",
        "en": "The share in a phase is days in any phase divided by enrolled days. Days outside the enrolment are not "
        "counted. Phases of one kind that overlap or touch are one; a phase without an end goes on. The length is a "
        "Kaplan–Meier estimate: phases that go on when observation or enrolment ends are censored. Meetings are "
        "attended face-to-face contacts. That clients in a phase have more meetings or admissions follows from why "
        "they are there and says nothing of the phase's effect. Time to a phase counts from an admission to hospital "
        "or an emergency visit while the client is enrolled but in no phase.",
    },
}

REFERENCE: Text = {
    "sv": " Modellens andel ({share}) är en referenslinje, inget mål.",
    "en": " The model's share ({share}) is a reference line, not a target.",
}

CAPTIONS: Mapping[str, Mapping[str, Text]] = {
    "board": {
        "board_share": {"sv": "Andel på tavlan efter team och period", "en": "Share on the board by team and period"},
        "board_episodes": {"sv": "Perioder på tavlan", "en": "Periods on the board"},
        "board_reasons": {
            "sv": "Varför klienter förs upp på tavlan och tas ned",
            "en": "Why clients are put on the board and taken off",
        },
        "board_phases": {"sv": "Perioder efter orsak", "en": "Periods by reason"},
        "board_time": {
            "sv": "Andel av perioderna på tavlan som pågår, efter antal dagar",
            "en": "Share of periods that still go on, by number of days",
        },
        "board_on_off": {
            "sv": "Möten och inskrivningar på och av tavlan",
            "en": "Meetings and admissions on and off the board",
        },
        "board_meetings": {"sv": "Tavelmöten per vecka, senaste året", "en": "Board meetings a week, last year"},
        "board_same_staff": {
            "sv": "Klienter som träffat samma medarbetare på tavlan och av den",
            "en": "Clients who met the same staff member on the board and off it",
        },
        "board_wait": {
            "sv": "Tid till tavlan efter inskrivning i heldygnsvård och efter akutbesök",
            "en": "Time to the board after admission and after an emergency visit",
        },
    },
    "phases": {
        "board_share": {"sv": "Andel i fas efter team och period", "en": "Share in a phase by team and period"},
        "board_episodes": {"sv": "Perioder i fas", "en": "Periods in a phase"},
        "board_reasons": {"sv": "Faser och hur de avslutades", "en": "Phases and how they ended"},
        "board_phases": {"sv": "Faser: antal och längd", "en": "Phases: number and length"},
        "board_time": {
            "sv": "Andel av faserna som pågår, efter antal dagar",
            "en": "Share of phases that still go on, by number of days",
        },
        "board_on_off": {
            "sv": "Möten och inskrivningar i fas och annars",
            "en": "Meetings and admissions in a phase and otherwise",
        },
        "board_meetings": {"sv": "Teammöten per vecka, senaste året", "en": "Team meetings a week, last year"},
        "board_same_staff": {
            "sv": "Klienter som träffat samma medarbetare i fas och annars",
            "en": "Clients who met the same staff member in a phase and otherwise",
        },
        "board_wait": {
            "sv": "Tid till fas efter inskrivning i heldygnsvård och efter akutbesök",
            "en": "Time to a phase after admission and after an emergency visit",
        },
    },
}

# Headings and codes that differ where the board holds phases.
PHASE_HEADS: Mapping[str, tuple[str, str]] = {
    "board_days": ("Dygn i fas", "Days in a phase"),
    "share_on": ("Andel i fas", "Share in a phase"),
    "on_board": ("I fas i genomsnitt", "In a phase on average"),
    "persons_on": ("Personer i fas", "Persons in a phase"),
    "ever_share": ("Andel någon gång i fas", "Share ever in a phase"),
    "share_still": ("Andel kvar i fas", "Share still in a phase"),
    "meetings": ("Möten", "Meetings"),
}

MOMENTS: Mapping[str, Mapping[str, Text]] = {
    "board": {
        "on": {"sv": "Upp på tavlan", "en": "Put on the board"},
        "off": {"sv": "Ned från tavlan", "en": "Taken off the board"},
    },
    "phases": {
        "on": {"sv": "Fas", "en": "Phase"},
        "off": {"sv": "Avslutades", "en": "Ended"},
    },
}

STATES: Mapping[str, Mapping[str, Text]] = {
    "board": {"on": {"sv": "På tavlan", "en": "On the board"}, "off": {"sv": "Inte på tavlan", "en": "Off the board"}},
    "phases": {"on": {"sv": "I fas", "en": "In a phase"}, "off": {"sv": "Annars", "en": "Otherwise"}},
}

STILL_ON: Mapping[str, Text] = {
    "board": {"sv": "Kvar på tavlan", "en": "Still on the board"},
    "phases": {"sv": "Kvar i fas", "en": "Still in the phase"},
}

WAIT_FROM: Mapping[str, Text] = {
    "admission": {"sv": "Inskrivning i heldygnsvård", "en": "Admission to hospital"},
    "emergency": {"sv": "Akutbesök", "en": "Emergency visit"},
}
