"""Where the shipped folders lie, and how a YAML file becomes a checked, frozen model."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from factfidelity.errors import FactFidelityError, Problem, SchemaError

_PACKAGE = Path(__file__).resolve().parent.parent
_PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_LARGEST_PICTURE = 1_000_000


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know; base of every schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Model = TypeVar("Model", bound=BaseModel)


def shipped_folder(name: str) -> Path:
    """Return the folder ``schemas``, ``notebooks`` or ``sample_data``, from a wheel or from a checkout.

    Raises
    ------
    SchemaError
        If the installation lacks it.
    """
    for folder in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    problem = Problem(f"the folder {name}/ is missing from this installation", "install factfidelity again")
    raise SchemaError(problems=[problem])


def schema_files(kind: str) -> dict[str, Path]:
    """Return the YAML files of one kind (``tables``, ``mappings``, ``scales`` …) by name, sorted."""
    folder = shipped_folder("schemas") / kind
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C where it is installed: ten times as fast


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML that keeps dates as text-like scalars of their own and refuses doubled keys."""


class _DoubledKeyError(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


def _mapping_without_doubles(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[str] = set()
    for key_node, _ in node.value:
        key = str(key_node.value)
        if key in seen:
            raise _DoubledKeyError(key, key_node.start_mark.line + 1)
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=deep)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_doubles)


def read_yaml(path: Path, *, error: type[FactFidelityError] = SchemaError, text: str | None = None) -> Any:
    """Read one YAML file; a doubled key or broken syntax is refused with its line.

    Parameters
    ----------
    path : Path
    error : type
        The kind of error to raise.
    text : str, optional
        The content, when it was read already.
    """
    kind = error.kind
    try:
        content = path.read_text(encoding="utf-8") if text is None else text
        return yaml.load(content, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except _DoubledKeyError as fault:
        problem = Problem(f'the key "{fault.key}" stands twice', "keep one of them", path.name, rows=(fault.line,))
    except UnicodeDecodeError:
        problem = Problem("is not UTF-8 text", "save it as UTF-8", path.name)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        rows = (mark.line + 1,) if mark is not None else ()
        problem = Problem("is not valid YAML", "check indents, colons and quotes near this line", path.name, rows=rows)
    except OSError:
        problem = Problem("cannot be read", "check that the file exists and that you may read it", path.name)
    raise error(problems=[problem_of_kind(problem, kind)]) from None


def picture_of(path: Path, *, said_in: str, error: type[FactFidelityError] = SchemaError) -> str:
    """Return a picture as a ``data:`` address, so that nothing is fetched when a page is opened.

    Parameters
    ----------
    path : Path
        PNG, JPEG or SVG, at most 1 MB.
    said_in : str
        The file that names the picture, for the error.
    error : type
        The kind of error to raise where it is not there, is too large or of another kind.
    """
    kind = _PICTURES.get(path.suffix.lower())
    what, what_sv = (
        f"the picture {path.name} is not PNG, JPEG or SVG",
        f"bilden {path.name} är inte PNG, JPEG eller SVG",
    )
    try:
        content = path.read_bytes() if kind else b""
        if kind and 0 < len(content) <= _LARGEST_PICTURE:
            return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
        if kind:
            what = f"the picture {path.name} is empty or larger than 1 MB"
            what_sv = f"bilden {path.name} är tom eller större än 1 MB"
    except OSError:
        what, what_sv = f"there is no picture {path.name}", f"det finns ingen bild {path.name}"
    do = "give the path to a picture, seen from the folder of this file, or leave it out"
    do_sv = "ange sökvägen till en bild, sedd från den här filens mapp, eller utelämna den"
    problem = Problem(what, do, said_in, kind=error.kind, what_sv=what_sv, do_sv=do_sv)
    raise error(problems=[problem]) from None


def append_line(path: Path, line: str, *, error: type[FactFidelityError] = SchemaError) -> None:
    """Add one line at the end of a file, which is written anew as a whole or not at all."""
    text = path.read_text(encoding="utf-8")
    beside, gap = path.with_name(path.name + ".new"), "" if text.endswith("\n") or not text else "\n"
    try:
        beside.write_text(f"{text}{gap}{line}\n", encoding="utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        problem = Problem("cannot be written", "check that you may write to it", path.name, kind=error.kind,
                          what_sv="kan inte skrivas", do_sv="kontrollera att du får skriva i den")  # fmt: skip
        raise error(problems=[problem]) from None


def problem_of_kind(problem: Problem, kind: str) -> Problem:
    """Return the same problem marked with a kind."""
    import dataclasses

    return dataclasses.replace(problem, kind=kind)


def read_model(path: Path, model: type[Model], *, error: type[FactFidelityError] = SchemaError) -> Model:
    """Read one YAML file into a checked model; all faults at once, each with its line."""
    return build_model(read_yaml(path, error=error), model, path=path, error=error)


def build_model(
    data: Any, model: type[Model], *, path: Path, error: type[FactFidelityError] = SchemaError, text: str | None = None
) -> Model:
    """Check data that were read from ``path`` against a model."""
    if not isinstance(data, Mapping):
        problem = Problem("holds no keys", "write it as key: value", path.name, kind=error.kind)
        raise error(problems=[problem])
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        lines = key_lines(path, text)
        problems = [_problem(detail, path, lines, error.kind, model) for detail in fault.errors(include_input=False)]
    raise error(problems=problems) from None


def _problem(
    detail: Any, path: Path, lines: Mapping[tuple[str, ...], int], kind: str, model: type[BaseModel]
) -> Problem:
    place = tuple(str(part) for part in detail["loc"])
    key = ".".join(place)
    known = place
    while known and known not in lines:
        known = known[:-1]
    rows = (lines[known],) if known else ()
    kind_of, rule, texts = detail["type"], "wrong_value", _wording(detail, key)
    if kind_of == "extra_forbidden":
        near = _nearest(place[-1], model.model_fields) if len(place) == 1 else ""
        more = (f'. Did you mean "{near}"?', f'. Menade du "{near}"?') if near else ("", "")
        rule, texts = "unknown_key", (
            f'unknown key "{key}"{more[0]}', "remove it or correct its name",
            f'okänd nyckel "{key}"{more[1]}', "ta bort den eller rätta namnet",
        )  # fmt: skip
    elif kind_of == "missing":
        rule, texts = "missing_key", (f'the key "{key}" is missing', "add it",
                                      f'nyckeln "{key}" saknas', "lägg till den")  # fmt: skip
    what, do, what_sv, do_sv = texts
    return Problem(what, do, path.name, rows=rows, kind=kind, rule=rule, what_sv=what_sv, do_sv=do_sv)


_FORMS = {
    "tuple_type": ("a list, such as [a, b]", "en lista, till exempel [a, b]"),
    "list_type": ("a list, such as [a, b]", "en lista, till exempel [a, b]"),
    "int_parsing": ("a whole number", "ett heltal"),
    "int_type": ("a whole number", "ett heltal"),
    "float_parsing": ("a number", "ett tal"),
    "float_type": ("a number", "ett tal"),
    "bool_parsing": ("true or false", "true eller false"),
    "bool_type": ("true or false", "true eller false"),
    "string_type": ("text", "text"),
    "string_too_short": ("filled in", "ifyllt"),
    "date_from_datetime_parsing": ("a date, such as 2024-05-01", "ett datum, till exempel 2024-05-01"),
    "date_type": ("a date, such as 2024-05-01", "ett datum, till exempel 2024-05-01"),
    "dict_type": ("keys with values", "nycklar med värden"),
    "model_type": ("keys with values", "nycklar med värden"),
    "string_pattern_mismatch": (
        "a name of small letters a-z, digits and _, beginning with a letter",
        "ett namn med små bokstäver a–z, siffror och _, med en bokstav först",
    ),
}
_LIMITS = {"ge": ("at least", "minst"), "gt": ("above", "över"), "le": ("at most", "högst"), "lt": ("below", "under")}


def _wording(detail: Any, key: str) -> tuple[str, str, str, str]:
    """Say what a value should be, and what to do, in English and Swedish.

    A rule of our own may say both, with a broken bar between: ``English ¦ svenska``.
    """
    kind, told = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        english, _, swedish = detail["msg"].removeprefix("Value error, ").partition(" ¦ ")
        lead = f"{key}: " if key else ""
        return f"{lead}{english}", "correct the value", f"{lead}{swedish or english}", "rätta värdet"
    limit = next((name for name in _LIMITS if name in told), "")
    if kind == "literal_error":
        form = (str(told["expected"]), str(told["expected"]).replace(" or ", " eller "))
    elif limit:
        form = (f"{_LIMITS[limit][0]} {told[limit]}", f"{_LIMITS[limit][1]} {told[limit]}")
    elif kind in _FORMS:
        form = _FORMS[kind]
    else:
        what = f"{key}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
        return what, "correct the value", what, "rätta värdet"
    return f"{key}: must be {form[0]}", "correct the value", f"{key}: ska vara {form[1]}", "rätta värdet"


def _nearest(word: str, allowed: Any) -> str:
    import difflib

    found = difflib.get_close_matches(word, list(allowed), n=1)
    return found[0] if found else ""


def key_lines(path: Path, text: str | None = None) -> dict[tuple[str, ...], int]:
    """Return the line of every key and list entry of a YAML file."""
    lines: dict[tuple[str, ...], int] = {}

    def walk(node: Any, place: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                here = (*place, str(key.value))
                lines[here] = key.start_mark.line + 1
                walk(value, here)
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                here = (*place, str(number))
                lines[here] = value.start_mark.line + 1
                walk(value, here)

    walk(yaml.compose(path.read_text(encoding="utf-8") if text is None else text, Loader=_Loader), ())
    return lines
