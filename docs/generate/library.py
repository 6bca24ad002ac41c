"""The library: what `import minutebook` gives, from the source's signatures and docstrings."""

from __future__ import annotations

import dataclasses
import re
from ast import literal_eval
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, get_args

import griffe
from docs.generate.tables import table

import minutebook

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# The library

For engineers who work from Python: everything that `import minutebook` gives, with signatures, results and their fields. How to work with it,
with examples: [The library](../engineer/library.md). This page is written by `make docs` from the source; do not edit it.

- Days are `datetime.date`, UTC days, both ends included. Instants are `datetime` with an offset. Amounts are `Decimal`, exact;
  only the frames of `book.cards.prices` and `difference` count them in whole units of 10⁻¹⁰.
- What is wrong raises `InputError`, `DatabaseError` or `LedgerError`, all of them a `MinutebookError`: [every message](errors.md).
- A `Rows[…]` is a list that a notebook shows as a table.

"""
_ENTRY = ("open", "init")
_UNIONS = {
    "rating.steps": ("PriceStep",),
    "statements.steps": ("CallStep", "ChargeStep"),
    "statements.recurring": ("RecurringStep",),
    "statements.month_quote": ("MonthStep",),
    "billing.differences": ("Difference",),
}
"""Where the kinds of steps and differences are."""
_FACTS = """
## Steps and differences

What a result says beside its figures is data too: a class a kind. `str()` of one is the sentence that the commands print.
"""
_RULE = re.compile(r'docs/rules/([\w-]+)\.md, "([^"]+)"')
_DOC = re.compile(r"Doc\((.*)\)\]$", flags=re.DOTALL)
_OF_COMMANDS = re.compile(r"--|`from`|`to`")
_INNER = ("lake", "quarantined", "card_store", "carrier")
"""Of a book: what the other parts are made with, which may change."""


def page() -> str:
    """The whole page."""
    source = _source()
    book = _of(source, "Book")
    parts = {
        name: source[_module(source, str(member.value.function))]
        for name, member in book.members.items()
        if isinstance(member, griffe.Attribute) and isinstance(member.value, griffe.ExprCall)
    }
    lines = [HEAD, _contents([*(f"book.{name}" for name in parts)]), "\n## Functions\n"]
    lines += [_function(source[name], f"minutebook.{name}") for name in _ENTRY]
    lines.append(f"\n## Book\n\n{_said(book)}\n")
    lines += _methods(source["book.opening.OpenBook"], "book")
    lines += _methods(book, "book")
    for name, part in parts.items():
        lines.append(f"\n## book.{name}\n\n{_said(part)}\n")
        lines += _methods(part, f"book.{name}")
    lines.append("\n## Results and errors\n")
    for name in minutebook.__all__:
        if isinstance(getattr(minutebook, name), type) and name != "Book":
            lines.append(_class(_of(source, name)))
    lines += [_FACTS, *(_kinds(source, at, name) for at in _UNIONS for name in _UNIONS[at])]
    return "".join(lines)


def unsaid() -> list[str]:
    """The fields and methods of results that no sentence explains."""
    source = _source()
    return [
        f"{name}.{member}"
        for name in minutebook.__all__
        if isinstance(getattr(minutebook, name), type)
        for member, of in _of(source, name).members.items()
        if not member.startswith("_")
        and (
            isinstance(of, griffe.Function) or (isinstance(of, griffe.Attribute) and of.annotation)
        )
        and not _said(of)
    ]


@cache
def _source() -> griffe.Object:
    """The package; a field without a sentence has that of the JSON key that is made of it."""
    source = griffe.load("minutebook", resolve_aliases=True, resolve_external=False)
    assert isinstance(source, griffe.Module)
    for name in minutebook.__all__:
        if isinstance(getattr(minutebook, name), type):
            meanings = {}
            for key, meaning in _keys(source["show"], name):
                meanings.setdefault(key, meaning)
            for field, member in _of(source, name).members.items():
                if not member.docstring and field in meanings:
                    member.docstring = griffe.Docstring(meanings[field])
    return source


def _keys(room: griffe.Object, result: str) -> Iterator[tuple[str, str]]:
    """The keys of the models in `show` that are made of a result, and what they mean.

    None that is told in words of the commands: `--by server`, `from`.
    """
    for member in room.members.values():
        if member.is_alias:
            continue
        if member.is_module:
            yield from _keys(member, result)
        elif isinstance(member, griffe.Class) and any(
            isinstance(made, griffe.Function)
            and "classmethod" in made.labels
            and [str(parameter.annotation) for parameter in made.parameters][1:2] == [result]
            for made in member.members.values()
        ):
            for field, key in member.members.items():
                doc = (
                    _DOC.search(str(key.annotation)) if isinstance(key, griffe.Attribute) else None
                )
                meaning = str(literal_eval(doc[1])) if doc else ""
                if meaning and not _OF_COMMANDS.search(meaning):
                    text = meaning.replace("null", "None")
                    yield field.rstrip("_"), f"{text[0].upper()}{text[1:]}."


def _kinds(source: griffe.Object, module: str, union: str) -> str:
    """The kinds of a union, with their fields."""
    rows = []
    for kind in get_args(getattr(import_module(f"minutebook.{module}"), union)):
        of = source[f"{kind.__module__.removeprefix('minutebook.')}.{kind.__name__}"]
        fields = (f"`{field.name}`" for field in dataclasses.fields(kind))
        rows.append((f"`{kind.__name__}`", ", ".join(fields), _said(of).replace("\n", " ")))
    return f"\n### {union}\n\n{table(('kind', 'fields', 'meaning'), rows)}"


def _of(source: griffe.Object, name: str) -> griffe.Class:
    """The class that the package gives under a name."""
    module = getattr(minutebook, name).__module__.removeprefix("minutebook.")
    found = source[f"{module}.{name}"]
    assert isinstance(found, griffe.Class)
    return found


def _module(source: griffe.Object, name: str) -> str:
    """Where a part of the book stands."""
    found = source[f"book.{name}"]
    return str(found.target_path if found.is_alias else found.path).removeprefix("minutebook.")


def _contents(names: list[str]) -> str:
    links = [f"[`{name}`](#{name.replace('.', '')})" for name in names]
    return " · ".join([*links, "[results and errors](#results-and-errors)"]) + "\n"


def _methods(of: griffe.Class, prefix: str) -> Iterator[str]:
    for name, member in {**of.members, **of.inherited_members}.items():
        called = prefix if name == "__call__" else f"{prefix}.{name}"
        if name in _INNER or (name != "__call__" and name.startswith("_")):
            continue
        if isinstance(member, griffe.Function):
            yield _function(member, called)
        elif "property" in member.labels and member.docstring:
            yield f"\n**`{called}`** → `{member.annotation}`\n\n{_said(member)}\n"


def _function(function: griffe.Object, called: str) -> str:
    """Its signature, in a block that is no `python`, which the tests would run; and what it says."""
    assert isinstance(function, griffe.Function)
    return f"\n```py\n{called}({_parameters(function)}) -> {function.returns}\n```\n\n{_said(function)}\n"


def _parameters(function: griffe.Function) -> str:
    shown, only = [], False
    for parameter in function.parameters:
        if parameter.name == "self":
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and not only:
            shown.append("*")
            only = True
        default = "" if parameter.default is None else f" = {parameter.default}"
        shown.append(f"{parameter.name}: {parameter.annotation}{default}")
    return ", ".join(shown)


def _class(of: griffe.Class) -> str:
    """A result: what it says, its fields and properties, what can be asked of it."""
    rows = [
        (f"`{name}`", f"`{member.annotation}`", _said(member))
        for name, member in of.members.items()
        if isinstance(member, griffe.Attribute) and not name.startswith("_") and member.annotation
    ]
    fields = table(("field", "type", "meaning"), rows) if rows else ""
    methods = "".join(
        _function(member, name)
        for name, member in of.members.items()
        if isinstance(member, griffe.Function)
        and not name.startswith("_")
        and "property" not in member.labels
    )
    return f"\n### {of.name}\n\n{_said(of)}\n" + (f"\n{fields}" if fields else "") + methods


def _said(of: griffe.Object) -> str:
    return _RULE.sub(_linked, of.docstring.value.strip()) if of.docstring else ""


def _linked(rule: re.Match[str]) -> str:
    heading = rule[2].split("\n")
    anchor = re.sub(r"[^\w\- ]", "", " ".join(line.strip() for line in heading).lower())
    return f"[{' '.join(heading)}](../rules/{rule[1]}.md#{anchor.replace(' ', '-')})"
