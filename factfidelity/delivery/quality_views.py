"""The delivery report in words and tables. Counts of persons from 1 to 4 are not shown here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

import numpy as np
import pandas as pd

from factfidelity.delivery import quality_guard
from factfidelity.delivery.quality_frames import Delivered
from factfidelity.delivery.words import (
    ACCOUNT,
    CAPTIONS,
    COVERAGE_NOTE,
    FATES,
    FURNITURE,
    HEADINGS,
    REPAIRS,
    REPORT,
    SEVERITIES,
    source_label,
)
from factfidelity.display.views import Column, TableView
from factfidelity.wording import count_of, date, integer, percent, sort_key

_SMALLEST = 5
_MARKS = {"reported": "r", "silent": "t", "started": "F", "stopped": "S", "outside": ""}
_ORDER = {"stop": 0, "set_aside": 1, "warn": 2, "note": 3}
_MOST_ROWS = 400
_MONTHS = {
    "sv": "jan feb mars april maj juni juli aug sep okt nov dec",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}


def summary(report: Delivered, language: str) -> str:
    """Return what was delivered, whether it can be used, and every rule broken short of those that stop."""
    lines = [*headline(report, language), *_read_as(report, language)]
    milder = [problem for problem in report.problems if problem.severity != "stop"]
    if milder:
        milder.sort(key=lambda problem: _ORDER[problem.severity])
        lines += ["", REPORT["found"][language]]
        lines += [_with_severity(problem.render(language), problem.severity, language) for problem in milder]
    return "\n".join(lines)


def headline(report: Delivered, language: str) -> list[str]:
    """Return the first sentences: can it be used, what became of the rows, what of identifiers."""
    lines = []
    if report.ok:
        lines.append(REPORT["usable"][language].format(place=report.place))
    else:
        number = sum(problem.severity == "stop" for problem in report.problems)
        faults = {"sv": ("fel", "fel"), "en": ("fault is", "faults are")}[language]
        text = count_of(number, *faults, language=language)
        lines.append(REPORT["unusable"][language].format(place=report.place, count=text))
    account = {fate: count for fate, count in report.account().items() if count}
    if account:
        lines.append(_account(report, account, language))
        headings = int((report.files["header_line"].fillna(0).astype(int) > 0).sum())
        lines.append(REPORT["headings"][language].format(count=integer(headings, language=language)))
    if report.start is not None and report.end is not None:
        last = report.end - pd.Timedelta(days=1)
        lines.append(
            REPORT["period"][language].format(
                start=date(report.start, language=language), end=date(last, language=language)
            )
        )
    lines += [*_linked(report, language), *_since(report, language)]
    if len(report.rows) and not any(problem.kind == "identity" for problem in report.problems):
        lines.append(REPORT["screened"][language])
    return lines


def _read_as(report: Delivered, language: str) -> list[str]:
    """Say which files were taken for which of our tables: a file taken for another kind is seen here."""
    by_table: dict[str, list[str]] = {}
    for file, tables in zip(report.files["file"], report.files["tables"], strict=True):
        name = tables if isinstance(tables, str) else ", ".join(tables)
        by_table.setdefault(name, []).append(str(file))
    parts = []
    for name in sorted((name for name in by_table if name), key=sort_key):
        files = by_table[name]
        more = f" … {files[-1]} ({len(files)})" if len(files) > 2 else f", {files[1]}" if len(files) == 2 else ""
        parts.append(f"{name} ← {files[0]}{more}")
    return [REPORT["read_as"][language].format(parts="; ".join(parts))] if parts else []


def _linked(report: Delivered, language: str) -> list[str]:
    """Say what share of each source's persons the crosswalk knows, and what that means."""
    if not report.linkage:
        return []
    names = sorted(report.linkage, key=sort_key)
    shares = {name: percent(report.linkage[name], language=language) for name in names}
    parts = ", ".join(f"{source_label(name, language)} {share}" for name, share in shares.items())
    return [REPORT["linked"][language].format(parts=parts)]


def _since(report: Delivered, language: str) -> list[str]:
    """Say what was added, changed and taken away since the delivery before; small numbers of persons are not said."""
    if not len(report.compared):
        return []
    parts = []
    for row in quality_guard.shown_changes(report.compared).to_dict("records"):
        numbers = {name: row[name] for name in ("added", "changed", "removed")}
        if any(number != 0 for number in numbers.values()):
            texts = {
                name: integer(int(number), language=language) if number == number else ".."
                for name, number in numbers.items()
            }
            parts.append(REPORT["since_table"][language].format(table=row["table"], **texts))
    return [REPORT["since"][language].format(parts="; ".join(parts) or REPORT["since_none"][language])]


def _account(report: Delivered, account: dict[str, int], language: str) -> str:
    files = {"sv": ("fil", "filer"), "en": ("file", "files")}[language]
    rows = {"sv": ("rad", "rader"), "en": ("row", "rows")}[language]
    parts = ", ".join(
        f"{integer(count, language=language)} {ACCOUNT[fate][language]}" for fate, count in account.items()
    )
    return REPORT["account"][language].format(
        files=count_of(report.files["file"].nunique(), *files, language=language),
        rows=count_of(sum(account.values()), *rows, language=language),
        parts=parts,
    )


def _with_severity(text: str, severity: str, language: str) -> str:
    return f"  [{SEVERITIES[severity][language]}]{text[1:]}"


def views(report: Delivered, language: str) -> tuple[TableView, ...]:
    """Return the tables of the report that have rows, in the order of their weight."""
    made = (view(report, language) for view in _VIEWS)
    return tuple(view for view in made if view is not None)


def notebook_html(report: Delivered, language: str) -> str:
    """Return the report for a notebook: its first sentences and the rules broken."""
    from factfidelity.display.tables import table_html

    text = "".join(f"<p>{escape(line)}</p>" for line in headline(report, language))
    rules = _rules(report, language)
    return f"<div>{text}{table_html(rules, language) if rules else ''}</div>"


def _view(
    name: str, frame: pd.DataFrame, language: str, forms: dict[str, str], *, notes: Iterable[str] = ()
) -> TableView | None:
    if not len(frame):
        return None
    columns = tuple(
        Column(column, HEADINGS[column][language], form, 1) for column, form in forms.items() if column in frame.columns
    )
    return TableView(name, CAPTIONS[name][language], frame.reset_index(drop=True), columns, tuple(notes))


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "text")


def _integers(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "integer")


def _rules(report: Delivered, language: str) -> TableView | None:
    table = report.table
    if not len(table):
        return None
    frame = pd.DataFrame({
        "severity": [SEVERITIES[key][language] for key in table["severity"]],
        "file": table["file"].to_numpy(), "column": table["column"].to_numpy(),
        "count": table["count"].to_numpy(dtype=np.float64, na_value=np.nan), "lines": table["rows"].to_numpy(),
        "what": table[f"what_{language}"].to_numpy(), "do": table[f"do_{language}"].to_numpy(),
        "rule": table["rule"].to_numpy(),
    })  # fmt: skip
    frame = frame.iloc[np.argsort([_ORDER[key] for key in table["severity"]], kind="stable")]
    frame = frame.assign(count=[int(value) if value > 0 else "" for value in frame["count"]])
    forms = _texts("severity", "file", "what", "do") | _integers("count") | _texts("lines", "rule")
    return _view("rules", frame, language, forms)


def _files(report: Delivered, language: str) -> TableView | None:
    files = quality_guard.shown_files(report.files)
    if not len(files):
        return None
    names = {"\t": "tab", ",": ",", ";": ";", "|": "|", "": ""}
    frame = files.assign(
        tables=[value if isinstance(value, str) else ", ".join(value) for value in files["tables"]],
        separator=[names.get(str(value), str(value)) for value in files["separator"]],
        header_line=[value if value == value and value is not None else "" for value in files["header_line"]],
    )
    forms = (
        _texts("file", "sheet", "tables", "encoding", "separator")
        | _integers("header_line", "rows")
        | _integers(*FATES)
    )
    return _view("files", frame, language, forms)


def _reasons(report: Delivered, language: str) -> TableView | None:
    rows = report.rows
    if not len(rows):
        return None
    rest = rows.loc[(rows["fate"] != "used").to_numpy(dtype=bool), ["file", "fate", "reason"]].astype(str)
    counts = rest.groupby(["file", "fate", "reason"]).size().rename("count").reset_index()
    words = dict(zip(report.table["rule"], report.table[f"what_{language}"], strict=True))
    words |= {kind: text[language] for kind, text in FURNITURE.items()}
    counts = counts.assign(
        fate=[FATES[fate][language] for fate in counts["fate"]],
        reason=[words.get(reason, reason) for reason in counts["reason"]],
    )
    return _view("reasons", counts, language, _texts("file", "fate", "reason") | _integers("count"))


def _repaired(report: Delivered, language: str) -> TableView | None:
    forms = _texts("file", "table", "column", "repair") | _integers("count")
    words = [REPAIRS[rule][language] if rule in REPAIRS else rule for rule in report.repaired.get("repair", [])]
    return _view("repaired", report.repaired.assign(repair=words), language, forms)


def _coverage(report: Delivered, language: str) -> TableView | None:
    found = report.coverage
    if not len(found):
        return None
    month = pd.DatetimeIndex(found["month"])
    marks = found.assign(year=month.year, place=month.month, mark=found["state"].map(_MARKS))
    marks["mark"] = quality_guard.coverage_marks(marks)
    marks["unit"] = quality_guard.unit_names(marks)
    wide = marks.pivot_table(
        index=["table", "unit", "year"], columns="place", values="mark", aggfunc="first", observed=True
    ).reset_index()
    months = [place for place in range(1, 13) if place in wide.columns]
    wide = wide.rename(columns={place: f"m{place}" for place in months})
    wide = wide.assign(**{f"m{place}": wide[f"m{place}"].fillna("") for place in months})
    wide = wide.assign(year=wide["year"].astype(str)).head(_MOST_ROWS)
    columns = tuple(Column(name, HEADINGS[name][language]) for name in ("table", "unit", "year"))
    names = {
        "sv": "jan feb mars april maj juni juli aug sep okt nov dec",
        "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    }
    words = names[language].split()
    columns += tuple(Column(f"m{place}", words[place - 1]) for place in months)
    return TableView("coverage", CAPTIONS["coverage"][language], wide, columns, (COVERAGE_NOTE[language],))


def _missing(report: Delivered, language: str) -> TableView | None:
    found = report.missing
    if not len(found):
        return None
    found = found.loc[found["missing"] > 0]
    few = quality_guard.few_missing(found)
    frame = found.assign(
        year=[str(year) if year else REPORT["all_years"][language] for year in found["year"]],
        rows=found["rows"].where(found["rows"] >= _SMALLEST).astype("float64"),
        share=found["share"].where(~few),
    ).head(_MOST_ROWS)
    forms = _texts("table", "column", "year") | _integers("rows") | {"share": "percent"}
    return _view("missing", frame, language, forms)


def _breaks(report: Delivered, language: str) -> TableView | None:
    if not len(report.breaks):
        return None
    frame = report.breaks.assign(what=report.breaks[language])
    return _view("breaks", frame, language, {"date": "date"} | _texts("source", "tables", "what"))


def _length_of_stay(report: Delivered, language: str) -> TableView | None:
    forms = _texts("file") | _integers("stays", "differ") | {"share": "percent"}
    return _view("length_of_stay", report.length_of_stay, language, forms)


def _smallest_group(report: Delivered, language: str) -> TableView | None:
    found = report.smallest_group
    if not len(found):
        return None
    few = REPORT["fewer"][language]
    shown = [few if value < _SMALLEST else integer(value, language=language) for value in found["k"]]
    forms = _texts("k") | _integers("groups", "groups_below_5") | _texts("by")
    return _view("smallest_group", found.assign(k=shown), language, forms)


def _compared(report: Delivered, language: str) -> TableView | None:
    forms = _texts("table") | _integers("added", "changed", "removed", "unchanged")
    return _view("compared", quality_guard.shown_changes(report.compared), language, forms)


def _thresholds(report: Delivered, language: str) -> TableView | None:
    found = report.thresholds
    if not len(found):
        return None
    changed = found.loc[found["changed"].astype(bool)]
    frame = changed.assign(means=changed[language])
    forms = _texts("name") | {"value": "number", "default": "number"} | _texts("means")
    return _view("thresholds", frame, language, forms)


def _linkage(report: Delivered, language: str) -> TableView | None:
    names = sorted(report.linkage, key=sort_key)
    frame = pd.DataFrame({"source": names, "share": [float(report.linkage[name]) for name in names]})
    return _view("linkage", frame, language, _texts("source") | {"share": "percent"})


_VIEWS: tuple[Callable[[Delivered, str], TableView | None], ...] = (
    _rules, _files, _reasons, _repaired, _coverage, _missing, _breaks, _length_of_stay, _linkage, _smallest_group,
    _compared, _thresholds,
)  # fmt: skip
