"""Somebody who has the files of a report, adds, subtracts, multiplies and turns intervals round.

Knows nothing of the library but what is public: which column counts persons. A way of working a number out is used
only where it is right in every place that can be seen, so that a coincidence is told from a leak.
"""

from __future__ import annotations

import html.parser
import io
import itertools
import json
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np
import openpyxl
from scipy import stats

TOTALS = {"total", "all", "alla", "alla team", "all teams", "totalt", "samtliga"}
CLOSE = 1e-6


@dataclass
class Table:
    """What stands in one table: labels as text, numbers, what is hidden as missing.

    Attributes
    ----------
    name : str
    labels : dict of str to list of str
    numbers : dict of str to array
        By heading; hidden and empty is nan.
    found : set of (str, int)
        Numbers that were worked out.
    """

    name: str
    labels: dict
    numbers: dict
    found: set = field(default_factory=set)

    def __len__(self):
        return len(next(iter({**self.labels, **self.numbers}.values()), ()))

    def set(self, column, row, value):
        if np.isnan(self.numbers[column][row]) and np.isfinite(value):
            self.numbers[column][row] = value
            self.found.add((column, int(row)))
            return True
        return False


def tables_of_json(text):
    """Read the tables of ``released.json``; names are ``result.table``."""
    made = {}
    for name, record in json.loads(text)["results"].items():
        for part, frame in record["frames"].items():
            labels, numbers = {}, {}
            for place, (column, dtype) in enumerate(frame["columns"]):
                values = [row[place] for row in frame["rows"]]
                if column == "status" or (values and all(isinstance(value, bool) for value in values)):
                    continue
                if dtype.lower().startswith(("int", "float")):
                    numbers[column] = np.array([_number(value) for value in values], dtype=float)
                else:
                    labels[column] = [str(value) for value in values]
            made[f"{name}.{part}"] = Table(f"{name}.{part}", labels, numbers)
    return made


def _number(value):
    return float(value) if isinstance(value, (int, float)) else np.nan


class _Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tables, self.text, self.alts, self._cell, self._skip = [], [], [], None, 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "table":
            self.tables.append({"caption": "", "rows": []})
        elif tag == "tr" and self.tables:
            self.tables[-1]["rows"].append([])
        elif tag in {"th", "td", "caption"}:
            self._cell = []
        elif tag == "img":
            self.alts.append(given.get("alt", ""))
        elif tag in {"style", "script"}:
            self._skip += 1

    def handle_endtag(self, tag):
        if tag in {"th", "td"} and self._cell is not None:
            self.tables[-1]["rows"][-1].append("".join(self._cell).strip())
            self._cell = None
        elif tag == "caption":
            self.tables[-1]["caption"] = "".join(self._cell).strip()
            self._cell = None
        elif tag in {"style", "script"}:
            self._skip -= 1

    def handle_data(self, data):
        if self._skip:
            return
        if self._cell is not None:
            self._cell.append(data)
        else:
            self.text.append(data)


def read_page(text):
    """Return the tables of a page, its running text and its alternative texts."""
    page = _Page()
    page.feed(text)
    made = {}
    for number, table in enumerate(page.tables):
        head, *rows = table["rows"] or [[]]
        rows = [row for row in rows if len(row) == len(head)]
        made[f"{number} {table['caption']}"] = _from_texts(f"{number} {table['caption']}", head, rows)
    return made, " ".join(page.text), page.alts


def _from_texts(name, head, rows):
    labels, numbers = {}, {}
    for place, heading in enumerate(head):
        values = [row[place] for row in rows]
        read = [number_in(value) for value in values]
        if any(one is not None for one in read) and all(
            one is not None or value in {"", ".."} for one, value in zip(read, values, strict=True)
        ):
            numbers[heading] = np.array([np.nan if one is None else one for one in read], dtype=float)
        else:
            labels[heading] = values
    return Table(name, labels, numbers)


def number_in(text):
    """Return the number that a cell shows in Swedish or English, ``–`` being 0; none where it is no number."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", str(text)).replace("\u2212", "-")
    if plain == "–":
        return 0.0
    share = plain.endswith("%")
    plain = plain.removesuffix("%")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain) and "." in str(text):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return None
    return float(plain) / 100 if share else float(plain)


def read_workbook(content):
    """Return the tables of a workbook and the numbers that its charts hold."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=False)
    made = {}
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        if not rows or len(rows[0]) < 2:
            continue
        head, body = [str(value) for value in rows[0]], rows[1:]
        labels, numbers = {}, {}
        for place, heading in enumerate(head):
            values = [row[place] for row in body]
            real = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in values]
            empty = [value is None or value == ".." for value in values]
            if any(real) and all(one or other for one, other in zip(real, empty, strict=True)):
                numbers[heading] = np.array([float(v) if r else np.nan for v, r in zip(values, real, strict=True)])
            else:
                labels[heading] = [str(value) for value in values]
        made[sheet.title] = Table(sheet.title, labels, numbers)
    return made, [sheet.sheet_state for sheet in book.worksheets], chart_numbers(content)


def chart_numbers(content):
    """Return every number that the charts of a workbook hold in themselves."""
    held = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
                for cache in ElementTree.fromstring(book.read(name)).iter():
                    if cache.tag.endswith("}numCache"):
                        held += [float(one.text) for one in cache.iter() if one.tag.endswith("}v")]
    return held


def work_out(tables, *, sums=(), rounds=6):
    """Fill in every number that follows from the others, again and again until nothing more is found.

    Parameters
    ----------
    tables : dict of Table
        Of one report, or of several under names of their own.
    sums : sequence of (whole, parts)
        Names of tables that stand for all teams, and of those of each team.
    """
    for _ in range(rounds):
        found = 0
        for table in tables.values():
            found += _sums_in(table) + _sums_of_columns(table) + _products(table)
        found += _over_time(tables) + _same_elsewhere(tables)
        found += sum(_whole_and_teams(tables[whole], [tables[part] for part in parts]) for whole, parts in sums)
        if not found:
            return


def work_out_union(reports, *, sums=(), rounds=4):
    """Fill in what follows from many reports together: each by itself, and every table beside its like in the others.

    Parameters
    ----------
    reports : dict of dict of Table
        By report, then by ``result.table``.
    sums : sequence of (whole, parts)
        Reports of all teams, and of each team.
    """
    for _ in range(rounds):
        before = sum(len(table.found) for tables in reports.values() for table in tables.values())
        for tables in reports.values():
            work_out(tables, rounds=2)
        for name in dict.fromkeys(name for tables in reports.values() for name in tables):
            held = {report: tables[name] for report, tables in reports.items() if name in tables}
            for alike in _of_the_same_days(held):
                _same_elsewhere(alike)
            for whole, parts in sums:
                if all(name in reports[report] for report in (whole, *parts)):
                    _whole_and_teams(reports[whole][name], [reports[part][name] for part in parts])
        if before == sum(len(table.found) for tables in reports.values() for table in tables.values()):
            return


def _of_the_same_days(tables):
    """Return tables that tell of the same days: all that name them, else those of reports of the same year."""
    if all({"period_start", "year"} & set(table.labels) for table in tables.values()):
        return [tables]
    years = dict.fromkeys(report.partition("/")[0] for report in tables)
    return [{report: table for report, table in tables.items() if report.startswith(f"{year}/")} for year in years]


def _lines(table, label):
    """Return the rows that differ in one label only: those of its parts, and that of their total."""
    others = [name for name in table.labels if name not in {label, *_twins(table, label)}]
    groups = {}
    for row in range(len(table)):
        groups.setdefault(tuple(table.labels[name][row] for name in others), []).append(row)
    for rows in groups.values():
        total = [row for row in rows if table.labels[label][row].casefold() in TOTALS]
        parts = [row for row in rows if row not in total]
        if len(total) == 1 and parts:
            yield total[0], parts


def _twins(table, label):
    """Return labels that say the same as another one in other words: the name beside the id."""
    mine = table.labels[label]
    return [
        name for name, theirs in table.labels.items()
        if name != label and len(set(zip(mine, theirs, strict=True))) == len(set(mine)) == len(set(theirs))
    ]  # fmt: skip


def _sums_in(table):
    found = 0
    # of cohorts "all" is the widest group, not the sum of the others
    lines_of = {label: list(_lines(table, label)) for label in table.labels if label != "cohort"}
    for lines, (column, values) in itertools.product(lines_of.values(), table.numbers.items()):
        complete = [(values[total], values[parts].sum()) for total, parts in lines
                    if not np.isnan(values[[total, *parts]]).any()]  # fmt: skip
        if not _holds(complete, least=2):
            continue
        for total, parts in lines:
            cells = [total, *parts]
            gone = [row for row in cells if np.isnan(values[row])]
            if len(gone) != 1:
                continue
            rest = values[parts][~np.isnan(values[parts])].sum()
            found += table.set(column, gone[0], rest if gone[0] == total else values[total] - rest)
    return found


def _holds(pairs, *, least):
    """Tell whether two ways to a number agree wherever both are seen, and often enough to be believed."""
    told = [(one, other) for one, other in pairs if abs(one) > CLOSE or abs(other) > CLOSE]
    return len(told) >= least and all(abs(one - other) <= CLOSE * max(1.0, abs(one)) for one, other in told)


def _sums_of_columns(table):
    found = 0
    for whole, one, other in itertools.permutations(table.numbers, 3):
        if one > other:
            continue
        a, b, c = (table.numbers[name] for name in (whole, one, other))
        seen = ~np.isnan(a + b + c)
        if seen.sum() == len(a) or not _holds(list(zip(a[seen], (b + c)[seen], strict=True)), least=4):
            continue
        for row in np.flatnonzero(np.isnan(a) & ~np.isnan(b + c)):
            found += table.set(whole, row, b[row] + c[row])
        for part, rest in ((one, c), (other, b)):
            for row in np.flatnonzero(np.isnan(table.numbers[part]) & ~np.isnan(a + rest)):
                found += table.set(part, row, a[row] - rest[row])
    return found


def _products(table):
    """Rate × denominator, share × whole, mean × number, each with a factor of its own (per week, per 1,000)."""
    found = 0
    for product, one, other in itertools.permutations(table.numbers, 3):
        if one > other:
            continue
        a, b, c = (table.numbers[name] for name in (product, one, other))
        seen = (~np.isnan(a + b + c)) & (np.abs(b * c) > CLOSE)
        if seen.sum() < 4 or not np.isnan(np.concatenate([a, b, c])).any():
            continue
        factor = a[seen] / (b * c)[seen]
        if not np.allclose(factor, factor[0], rtol=1e-7) or len(np.unique(np.round(b[seen], 9))) < 3:
            continue
        if len(np.unique(np.round(c[seen], 9))) < 3 or abs(factor[0]) < CLOSE:
            continue
        for row in np.flatnonzero(np.isnan(a) & ~np.isnan(b + c)):
            found += table.set(product, row, factor[0] * b[row] * c[row])
        for part, rest in ((one, c), (other, b)):
            wanted = np.isnan(table.numbers[part]) & ~np.isnan(a) & (np.abs(np.nan_to_num(rest)) > CLOSE)
            for row in np.flatnonzero(wanted):
                found += table.set(part, row, a[row] / (factor[0] * rest[row]))
    return found


def _over_time(tables):
    """A year is the sum of its months: last year's table beside that of the months, one month being hidden."""
    found = 0
    for months, year in itertools.permutations(tables.values(), 2):
        if months.name.split(".")[0] != year.name.split(".")[0]:
            continue
        if "period_start" not in months.labels or "period_start" in year.labels or "team_id" not in year.labels:
            continue
        if set(year.labels) - set(months.labels) - {"why"}:
            continue
        periods = sorted(set(months.labels["period_start"]))
        for last, column in itertools.product((12, 4, 2, len(periods)), set(months.numbers) & set(year.numbers)):
            wanted = set(periods[-last:])
            lines = []
            for row, team in enumerate(year.labels["team_id"]):
                parts = [place for place, (mine, period) in enumerate(
                    zip(months.labels["team_id"], months.labels["period_start"], strict=True))
                    if mine == team and period in wanted]  # fmt: skip
                lines.append((row, parts))
            values, sums = months.numbers[column], year.numbers[column]
            complete = [(sums[row], values[parts].sum()) for row, parts in lines
                        if not np.isnan(values[parts]).any() and not np.isnan(sums[row])]  # fmt: skip
            if not _holds(complete, least=2):
                continue
            for row, parts in lines:
                gone = [part for part in parts if np.isnan(values[part])]
                if len(gone) == 1 and not np.isnan(sums[row]):
                    found += months.set(column, gone[0], sums[row] - np.nansum(values[parts]))
    return found


def _same_elsewhere(tables):
    """The same number under the same labels in another table; labels that only one has stand at their total there."""
    found = 0
    for one, other in itertools.permutations(tables.values(), 2):
        shared = [name for name in one.labels if name in other.labels and name not in {"why", "team"}]
        extra = [name for name in other.labels if name not in one.labels and name not in {"why", "team"}]
        if not shared or len(shared) < len([name for name in one.labels if name not in {"why", "team"}]):
            continue
        rows = {}
        for row in range(len(other)):
            if all(other.labels[name][row].casefold() in TOTALS for name in extra):
                rows.setdefault(tuple(other.labels[name][row] for name in shared), []).append(row)
        pairs = [(row, rows[key][0]) for row in range(len(one))
                 if len(rows.get(key := tuple(one.labels[name][row] for name in shared), ())) == 1]  # fmt: skip
        for column in set(one.numbers) & set(other.numbers):
            a, b = one.numbers[column], other.numbers[column]
            if not np.isnan(a).any():
                continue
            seen = [(a[row], b[place]) for row, place in pairs if not np.isnan(a[row] + b[place])]
            if not _holds(seen, least=3) or len({round(one, 6) for one, _ in seen}) < 3:
                continue
            for row, place in pairs:
                if np.isnan(a[row]) and not np.isnan(b[place]):
                    found += one.set(column, row, b[place])
    return found


def _whole_and_teams(whole, parts):
    """All teams less the other teams, row by row where the labels are the same."""
    found = 0
    names = [name for name in whole.labels if name not in {"why", "team", "team_id"}]
    place = [{tuple(part.labels[name][row] for name in names): row for row in range(len(part))}
             for part in parts if all(name in part.labels for name in names)]  # fmt: skip
    if len(place) != len(parts) or "team_id" in whole.labels:
        return 0
    for column, values in whole.numbers.items():
        if any(column not in part.numbers for part in parts):
            continue
        lines = []
        for row in range(len(whole)):
            key = tuple(whole.labels[name][row] for name in names)
            if all(key in rows for rows in place):
                lines.append((row, [rows[key] for rows in place]))
        cells = [(values[row], [part.numbers[column][at] for part, at in zip(parts, rows, strict=True)])
                 for row, rows in lines]  # fmt: skip
        complete = [(total, sum(ones)) for total, ones in cells if not np.isnan([total, *ones]).any()]
        if not _holds(complete, least=3):
            continue
        for (row, rows), (total, ones) in zip(lines, cells, strict=True):
            gone = np.flatnonzero(np.isnan(ones))
            if np.isnan(total) and not len(gone):
                found += whole.set(column, row, sum(ones))
            elif not np.isnan(total) and len(gone) == 1:
                found += parts[gone[0]].set(column, rows[gone[0]], total - np.nansum(ones))
    return found


def turned_round(share, low, high, *, largest=300):
    """Return each number of cases and whole whose exact or Wilson interval is the one that is shown."""
    hits = []
    for whole in range(1, largest + 1):
        cases = round(share * whole)
        if abs(cases / whole - share) > 1e-9:
            continue
        middle = (cases + 1.920729) / (whole + 3.841459)
        reach = 1.959964 * np.sqrt(cases * (whole - cases) / whole + 0.960365) / (whole + 3.841459)
        ends = [
            (middle - reach, middle + reach),
            (stats.beta.ppf(0.025, cases, whole - cases + 1) if cases else 0.0,
             stats.beta.ppf(0.975, cases + 1, whole - cases) if cases < whole else 1.0),
        ]  # fmt: skip
        if any(abs(one - low) < 1e-5 and abs(other - high) < 1e-5 for one, other in ends):
            hits.append((cases, whole))
    return hits


def events_behind(rate, low, high, *, largest=60):
    """Return how many events an exact Poisson interval rests on: the ends divided by the rate tell."""
    if not rate > 0:
        return []
    return [
        events for events in range(1, largest + 1)
        if abs(stats.chi2.ppf(0.025, 2 * events) / 2 / events - low / rate) < 1e-5
        and abs(stats.chi2.ppf(0.975, 2 * events + 2) / 2 / events - high / rate) < 1e-5
    ]  # fmt: skip
