"""The report as a tagged PDF (PDF/UA-1): headings, alt texts, table headers, language, bookmarks."""

from __future__ import annotations

import tempfile
from pathlib import Path

from factfidelity.display import charts
from factfidelity.display.views import FigureView, TableView
from factfidelity.errors import Problem, ReportError
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.outline import Heading, Paragraph, column_weights, library_for, outline, rows_of
from factfidelity.reports.pages import ReportPages

_HEAD = """#set document(title: {title}, date: datetime(year: 2000, month: 1, day: 1))
#set page(paper: "a4", margin: (x: 20mm, y: 22mm), numbering: "1 / 1")
#set text(lang: {lang}, size: 10pt, hyphenate: true, font: ("{font}", "Libertinus Serif"))
#set par(leading: 0.68em, spacing: 0.95em)
#show heading.where(level: 1): set text(size: 17pt, fill: rgb("#00598c"))
#show heading.where(level: 2): set text(size: 13pt)
#show heading: set block(above: 1.5em, below: 0.8em, sticky: true)
#show figure: set block(breakable: true)
#show figure.where(kind: image): set block(breakable: false)
#show figure.caption: it => align(left, text(weight: "bold", it.body))
#set figure.caption(position: top)
#set figure(supplement: none, numbering: none)
#set table(
  stroke: (x, y) => if y == 0 {{ (bottom: 1pt) }} else {{ (bottom: 0.4pt + rgb("#cfd5dd")) }},
  inset: (x: 4pt, y: 3.5pt),
)
#text(size: 22pt, weight: "bold", fill: rgb("#00598c"))[#title()]
#text(size: 12pt)[#{period}]
#outline(title: [#{contents}], depth: 1)
#pagebreak()
"""


def report_pdf(released: ReleasedEvaluation, *, language: str = "sv") -> bytes:
    """Return the report as PDF/UA-1; the same figures give the same bytes.

    Parameters
    ----------
    released : ReleasedEvaluation
    language : {"sv", "en"}

    Raises
    ------
    ReportError
        If the extra ``pdf`` is not installed, or the page breaks a rule of PDF/UA.
    DisclosureError
        If a result has not passed the gate.
    """
    typst = library_for(released, "typst", "pdf", "the PDF needs typst")
    with tempfile.TemporaryDirectory(prefix="factfidelity-") as quiet:
        folder = Path(quiet)
        main = folder / "report.typ"
        main.write_text(_source(ReportPages(released, language), folder), encoding="utf-8")
        try:
            made: bytes = typst.compile(
                str(main),
                root=str(folder),
                font_paths=[str(charts.font_folder())],
                ignore_system_fonts=True,  # or the bytes would hang on what this machine has
                pdf_standards="ua-1",
            )
        except typst.TypstError as fault:
            problem = Problem(f"the PDF breaks a rule: {str(fault).splitlines()[0]}", "report this as a fault")
        else:
            return made
    raise ReportError(problems=[problem]) from None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _source(pages: ReportPages, folder: Path) -> str:
    parts = [
        _HEAD.format(
            title=_quoted(pages.title),
            lang=_quoted(pages.language),
            period=_quoted(pages.period),
            contents=_quoted(pages.words["contents"]),
            font=charts.FAMILY,
        )
    ]
    for number, element in enumerate(outline(pages)):
        if isinstance(element, Heading):
            parts.append(f"{'=' * element.level} #{_quoted(element.text)}\n")
        elif isinstance(element, Paragraph):
            parts.append(_paragraph(element))
        elif isinstance(element, FigureView):
            parts.append(_figure(element, folder / f"figure{number}.svg"))
        else:
            parts.append(_table(element, pages.language))
    return "\n".join(parts)


def _paragraph(element: Paragraph) -> str:
    text = f"#{_quoted(element.text)}"
    if element.kind == "point":
        return f"- {text}"
    if element.kind == "lead":
        # The question stays with its heading and with what follows.
        return f"#block(sticky: true)[{text}]\n"
    if element.kind == "answer":
        look = 'inset: (left: 8pt), stroke: (left: 2pt + rgb("#00598c"))'
        return f"#block(breakable: false, sticky: true, {look})[{text}]\n"
    return f"{text}\n"


def _figure(view: FigureView, path: Path) -> str:
    ax = charts.figure(view.size)
    view.draw(ax)
    path.write_text(charts.to_svg(ax), encoding="utf-8")
    image = f"image({_quoted(path.name)}, alt: {_quoted(view.alt)}, width: 100%)"
    return f"#figure({image}, caption: [#{_quoted(view.caption)}], alt: {_quoted(view.alt)})\n"


def _table(view: TableView, language: str) -> str:
    columns = view.columns
    align = ", ".join("right" if column.form in {"integer", "number", "percent"} else "left" for column in columns)
    widths = ", ".join(f"{weight}fr" for weight in column_weights(view, language))
    header = ", ".join(f"[*#{_quoted(column.heading)}*]" for column in columns)
    rows = [", ".join(f"[#{_quoted(text)}]" for text in texts) for texts in rows_of(view, language)]
    body = ",\n  ".join(rows)
    table = f"table(columns: ({widths},), align: ({align},), table.header({header}),\n  {body})"
    size = "9pt" if len(columns) <= 6 else "7pt" if len(columns) <= 11 else "5.8pt"
    notes = "".join(f'#text(size: 8.5pt, fill: rgb("#4d5562"))[#{_quoted(note)}]\n\n' for note in view.notes)
    # No alt text: one would take the place of rows and headers for whoever listens.
    return f"#[#set text(size: {size})\n#figure({table}, kind: table, caption: [#{_quoted(view.caption)}])]\n{notes}"
