"""The words of a methods section: paragraphs joined in order, each said once."""

from __future__ import annotations

from collections.abc import Iterable

from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.result import Result


def methods_section(results: Iterable[Result], language: str = "sv", *, rule: DisclosureRule | None = None) -> str:
    """Return the methods paragraphs of several results as one text, with a last paragraph on what is hidden.

    Parameters
    ----------
    results : iterable of Result
        In the order of the report.
    language : str
        ``sv`` or ``en``.
    rule : DisclosureRule, optional
        Where given, the paragraph on small counts is added.

    Returns
    -------
    str
        Paragraphs with an empty line between; a sentence that was said in an earlier paragraph is not said again.
    """
    said: set[str] = set()
    paragraphs = [_unsaid(result.methods(language), said) for result in results]
    if rule is not None:
        paragraphs.append(disclosure_paragraph(rule, language))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _unsaid(text: str, said: set[str]) -> str:
    """Return the text without the paragraphs that stand in an earlier one."""
    kept: list[str] = []
    for block in text.strip().split("\n\n"):
        plain = " ".join(block.split())
        if plain and plain not in said:
            said.add(plain)
            kept.append(block.strip())
    return "\n\n".join(kept)


def disclosure_paragraph(rule: DisclosureRule, language: str = "sv") -> str:
    """Return what was hidden, by which rule, in words."""
    one, two = (f"{share * 100:.0f}" for share in rule.dominance)
    if language == "sv":
        text = (
            f"Alla antal avser personer. Antal mellan 1 och {rule.smallest - 1} visas inte (..), inte heller uppgifter "
            "som de kan räknas fram ur: resten av en grupp, summor, andelar, kvoter och intervall. Summor där en "
            f"person står för mer än {one} procent, eller två för mer än {two} procent, visas inte. För tvångsvård, "
            "vårdform, dödsfall och diagnos visas inte heller att ingen eller alla berörs. Alla tabeller i rapporten "
            "har prövats tillsammans: varje dolt antal kan enligt det som visas ligga i ett intervall som är minst "
            f"{rule.protection} brett."
        )
        if rule.method == "round":
            text += (
                f" Antal personer visas som jämna {rule.base}-tal, högst {rule.base} från det sanna talet, och döljs "
                "bara där också de avrundade talen skulle röja ett litet antal."
            )
        return text
    text = (
        f"All counts are of persons. Counts from 1 to {rule.smallest - 1} are not shown (..), nor are figures that "
        "give them back: the rest of a group, totals, shares, ratios and intervals. Sums of which one person makes up "
        f"more than {one} per cent, or two more than {two} per cent, are not shown. For coercion, legal status, death "
        "and diagnosis, none and all are not shown either. All tables of the report were tested together: given "
        f"what is shown, each hidden count may lie in an interval at least {rule.protection} wide."
    )
    if rule.method == "round":
        text += (
            f" Counts of persons are shown as multiples of {rule.base}, at most {rule.base} from the true count, and "
            "hidden only where rounded counts too would give a small one away."
        )
    return text
