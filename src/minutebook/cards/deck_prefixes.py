"""What a deck's cells say of prefixes: as digits, joined, as lists and as ranges
(docs/rules/cards.md, "Prefixes of a deck").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from minutebook.cards.deck_advice import prefix_advice
from minutebook.cards.deck_files.workbook import FORMULA_ERRORS, LOST, damage
from minutebook.cards.prefixes import MAX_PREFIX_DIGITS
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minutebook.cards.deck_headings import Heading

_DRESSING = r"[\s()\u00a0]"
_WHOLE = rf"^\+?(?:00|011)?([1-9][0-9]{{0,{MAX_PREFIX_DIGITS - 1}}})$"
"""What is dialled before a country code goes: no country code begins with 0."""
_COUNTRY_DIGITS = 3
_QUESTION = (
    r"[\n\r\x0b\x0c\u0085\u2028\u2029]|\(\s*0\s*\)|^\s*\(?\+?0011"
    rf"|^[\s(+]*(?:00|011)?[\s(]*[1-9][0-9)\u2013-]{{{_COUNTRY_DIGITS},}}[\s(]+[0-9(]"
)
"""What a cell of digits has that may be two prefixes, or digits that are not dialled."""
_BETWEEN = r"[,;/|\n\r\x0b\x0c\u0085\u2028\u2029]"
"""Divides a list of prefixes: a line end, too."""
_NOUGHT = re.compile(r"\(\s*0\s*\)")
_AUSTRALIAN = re.compile(r"[\s(+]*0011")
_NPA, _NPANXX = 3, 6
_EACH = 100
"""A range of up to so many codes is a row each; of more, the fewest prefixes that cover it."""
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_DATED = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_DAMAGED = re.compile(rf"[\d.,]+e[+-]?\d+{LOST}?|[\d.]+{LOST}", re.ASCII | re.IGNORECASE)
_KEEP_NOUGHT = ("39", "378", "379", "225", "227", "229", "241", "242")
"""Where numbers begin with a nought that is dialled from abroad too: Italy and its neighbours, and parts of Africa."""
_AFTER_COUNTRY = (
    rf"^[\s(+]*(?:00|011)?[\s(]*([1-9][0-9]{{0,{_COUNTRY_DIGITS - 1}}})[\s()\u00a0\u2013-]+0"
)
"""A nought that stands apart, behind a country code: 44 020."""


def prefixes(table: pl.DataFrame, headings: dict[str, Heading], file: str) -> pl.DataFrame:
    """The table with `prefix` as digits, a row a prefix; its other columns repeat.

    Reads `prefix`, `prefix_to`, `country_code` and `area_code`, all text. The first cell that is
    not understood is an `InputError` with its line.
    """
    if "country_code" in headings:
        return _each(table, ("country_code", "area_code"), _joined, file)
    if "area_code" in headings:
        return _each(table, ("prefix", "area_code"), _npa_nxx, file)
    if "prefix_to" in headings:
        return _each(table, ("prefix", "prefix_to"), _between, file)
    size = american_digits(headings["prefix"]) if "prefix" in headings else 0
    if size:
        return _each(table, ("prefix",), lambda cell: _north_american(cell, size), file)
    bare = pl.col("prefix").str.replace_all(_DRESSING, "")
    table = table.with_columns(
        whole=pl.when(~pl.col("prefix").str.contains(f"{_QUESTION}|{_AFTER_COUNTRY}")).then(
            bare.str.extract(_WHOLE)
        )
    )
    if table["whole"].null_count() == 0:
        return table.with_columns(prefix="whole").drop("whole")
    simple = table.filter(pl.col("whole").is_not_null()).with_columns(prefix="whole")
    others = _each(table.filter(pl.col("whole").is_null()), ("prefix",), _listed, file)
    return pl.concat([simple, others]).drop("whole").sort("line", maintain_order=True)


def american_digits(heading: Heading) -> int:
    """How many digits a column has that is named for numbers of North America, anywhere in its heading; 0: it is not."""
    if re.search("npanxx[xy]", heading.plain):
        return _NPANXX + 1
    if "npanxx" in heading.plain:
        return _NPANXX
    return _NPA if heading.name == "npa" or heading.unread == ("npa",) else 0


def _each(
    table: pl.DataFrame, columns: tuple[str, ...], read: Callable[..., list[str]], file: str
) -> pl.DataFrame:
    """The table with a row for each prefix that `read` makes of the cells of `columns`."""
    known: dict[tuple[str, ...], list[str]] = {}
    found = []
    for *cells, line in table.select(*columns, "line").iter_rows():
        key = tuple(cells)
        if key not in known:
            try:
                known[key] = read(*cells)
            except InputError as error:
                raise error.at(file, line, f"{columns[-1] if len(columns) > 1 and cells[-1] else columns[0]}"
                               f" {(cells[-1] if len(columns) > 1 and cells[-1] else cells[0])!r} ") from None  # fmt: skip
        found.append(known[key])
    return table.with_columns(prefix=pl.Series(found, dtype=pl.List(pl.String))).explode("prefix")


def whole_prefix(cell: str) -> str:
    """One prefix, country code first, as digits."""
    cell = _without_nought(cell)
    if re.search(_QUESTION, re.sub(r"\s*[-\u2013]\s*", "-", cell.strip())):
        if _AUSTRALIAN.match(cell):
            raise InputError(
                "begins with 0011, which is dialled before a country code, or a country code of 1; write it without what is"
                " dialled before it"
            )
        raise InputError(
            "may be a list of prefixes or one; write each prefix without spaces, in a row of its own"
        )
    bare = re.sub(_DRESSING, "", cell)
    if bare in FORMULA_ERRORS:
        raise InputError(damage(bare))
    if _DAMAGED.fullmatch(bare):
        raise InputError("was damaged by a spreadsheet, digits are lost; export the column as text")
    match = re.match(_WHOLE, bare)
    if not match:
        if re.fullmatch(r"0[0-9]+", bare):
            raise InputError(
                "begins with 0, and no country code does; write the prefix with its country code"
            )
        raise InputError(prefix_advice(cell))
    return match[1]


def _without_nought(cell: str) -> str:
    """A cell without the (0) that is dialled within a country alone: +44 (0) 20 is 4420."""
    bare = _NOUGHT.sub(" ", cell)
    if bare != cell and re.match(rf"[\s(+]*(?:00|011)?\s*(?:{'|'.join(_KEEP_NOUGHT)})\b", bare):
        raise InputError(
            "has a nought in brackets, which is dialled in Italy; write it among the digits"
            if re.match(r"\D*(?:00|011)?\s*3", bare)
            else "has a nought in brackets, which may be dialled from abroad too; write the prefix as it is dialled from there"
        )
    behind = re.match(_AFTER_COUNTRY, bare)
    if behind and behind[1] not in _KEEP_NOUGHT:
        raise InputError(
            "has a 0 behind its country code, which is mostly dialled within the country alone; write the prefix as it is"
            " dialled from abroad, without spaces"
        )
    return bare


def _listed(cell: str) -> list[str]:
    """A prefix, a range, or a list of these in one cell."""
    if _DAMAGED.fullmatch(cell.strip()):
        return [whole_prefix(cell)]
    if _THOUSANDS.fullmatch(cell.strip()):
        raise InputError(
            "may be one number with a comma for its thousands, or a list; write each prefix in a row of its own, without commas"
        )
    if _DATED.fullmatch(cell.strip()):
        raise InputError(
            "is a date, as a spreadsheet makes one of digits; write the prefix as text"
        )
    parts = [part for part in re.split(_BETWEEN, cell) if part.strip()]
    if len(parts) <= 1:
        return _ranged(cell)
    found = [_ranged(part) for part in parts]
    start = found[0][0][:2]
    for part, codes in zip(parts, found, strict=True):
        if not codes[0].startswith(start):
            raise InputError(
                f"is a list in which {part.strip()} may be a country's code or an area's; write each prefix whole, in a row of its own"
            )
    return [code for codes in found for code in codes]


def _ranged(part: str) -> list[str]:
    """A prefix whose parts a hyphen joins, or a range of prefixes."""
    part = _without_nought(part)
    if re.search(_QUESTION, re.sub(r"\s*[-\u2013]\s*", "-", part.strip())):
        return [whole_prefix(part)]
    bare = re.sub(_DRESSING, "", part)
    pieces = re.split(r"[-\u2013]", bare)
    if len(pieces) == 1:
        return [whole_prefix(bare)]
    if not all(re.fullmatch(r"\+?[0-9]+", piece) for piece in pieces):
        return [whole_prefix(bare)]
    first = whole_prefix(pieces[0])
    last = pieces[-1].removeprefix("+")
    if pieces[1:] == pieces[-1:] and len(first) == len(last) and first <= last:
        if len(first) <= _COUNTRY_DIGITS:
            raise InputError(
                f"may be a range or a country code and an area code; write each prefix of the range in a row of its own, or, if it is"
                f" one prefix, {first}{last}"
            )
        return list(span(first, last))
    if len(first) > _COUNTRY_DIGITS or pieces[1].startswith("+"):
        raise InputError(
            "is no range: its ends are not of one length, in order; write both ends whole"
        )
    return [whole_prefix("".join(pieces))]


def _between(first: str, last: str) -> list[str]:
    """A range in two columns; a blank end is the one prefix."""
    if not last.strip():
        return _listed(first)
    begin, end = whole_prefix(first), whole_prefix(last)
    if len(begin) != len(end) or begin > end:
        raise InputError(
            f"does not end the range from {first}; write both ends of one length, in order"
        )
    return list(span(begin, end))


def span(first: str, last: str) -> Iterator[str]:
    """The prefixes of a range, both ends of one length."""
    length, begin, end = len(first), int(first), int(last)
    each = end - begin < _EACH
    while begin <= end:
        zeros = 0
        while (
            not each
            and zeros < length - 1
            and begin % 10 ** (zeros + 1) == 0
            and begin + 10 ** (zeros + 1) - 1 <= end
        ):
            zeros += 1
        yield str(begin // 10**zeros)
        begin += 10**zeros


def _joined(country: str, area: str) -> list[str]:
    """A country code and its area codes: one, a list, a range, or none."""
    if area.strip() and not country.strip():
        raise InputError("has no country code beside it; write the country code in each row")
    code = whole_prefix(country)
    if not area.strip():
        return [code]
    found: list[str] = []
    for part in re.split(_BETWEEN, area):
        if re.search(r"\d\s+\d", part):
            raise InputError(
                "may be a list of area codes or one; write them without spaces, with a comma between them"
            )
        ends = [re.sub(_DRESSING, "", end) for end in re.split(r"[-\u2013]", part)]
        if not all(re.fullmatch(r"[0-9]+", end) for end in ends) or ends[2:]:
            raise InputError("is not an area code of digits")
        if ends[0].startswith("0") and code not in _KEEP_NOUGHT:
            raise InputError(
                "begins with 0, which is not dialled after a country code; write the area code without it"
            )
        first, last = ends[0], ends[-1]
        if len(first) != len(last) or first > last:
            raise InputError(
                "is no range: its ends are not of one length, in order; write both ends whole"
            )
        found += span(code + first, code + last)
    return found


def _npa_nxx(npa: str, nxx: str) -> list[str]:
    """The two columns of North America; a blank NXX is the whole NPA."""
    found = [_north_american(npa, _NPA)[0]]
    return [found[0] + part for part in _blocks(nxx, _NPA)] if nxx.strip() else found


def _north_american(cell: str, digits: int) -> list[str]:
    """1 and so many digits of North America; the 1 may be written."""
    return ["1" + code.removeprefix("1") for code in _blocks(cell, digits)]


def _blocks(cell: str, digits: int) -> list[str]:
    bare = re.sub(r"[\s()-]", "", cell).removeprefix("+")
    if not re.fullmatch(rf"1?[2-9][0-9]{{{digits - 1}}}", bare):
        raise InputError(
            f"is not {digits} digits of a North American number, with a 1 before them or without"
        )
    return [bare]
