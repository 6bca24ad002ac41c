"""Words about amounts of things, for people."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from fractions import Fraction


_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What a terminal would obey rather than show: control characters, and those that turn lines round."""

_OBEYED_IN_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Of these, those that JSON has as they are."""


def harmless(text: str) -> str:
    """A text with what a terminal would obey written out, as `\\x1b`; a tab is a blank."""
    return _OBEYED.sub(_written_out, text)


def harmless_json(text: str) -> str:
    """JSON that means the same, with what a terminal would obey as `\\u009b`."""
    return _OBEYED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _written_out(found: re.Match[str]) -> str:
    return " " if found[0] == "\t" else found[0].encode("unicode_escape").decode("ascii")


RISKY_CELL = "^'*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]"
"""How a cell of CSV begins that a spreadsheet may take for a formula, or that was made harmless."""
HARMLESS_CELL = "^'+[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]"
"""How one begins that was made harmless."""
NUMBER_CELL = r"^[+-]?[0-9]+([.,][0-9]+)*%?$"
"""A number, an amount, a telephone number: these stay as they are."""


def safe_cell(text: str) -> str:
    """A text as CSV has it: one that a spreadsheet would compute begins with an apostrophe."""
    risky = re.match(RISKY_CELL, text) and not re.match(NUMBER_CELL, text)
    return f"'{text}" if risky else text


def plain_cell(text: str) -> str:
    """The text that `safe_cell` was given."""
    return text[1:] if re.match(HARMLESS_CELL, text) else text


def counted(number: int, what: str) -> str:
    """`number` of `what`, in the plural where it is one: `1 call`, `1,200 calls`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def some_of(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many there are beside them: `acme, globex and 12 more`."""
    left = len(names) - most
    *told, last = [*names[:most], f"{left:,} more"] if left > 0 else names
    return f"{', '.join(told)} and {last}" if told else last


def stretches(days: Sequence[date]) -> str:
    """Days in order, those in a row as one: `2026-10-03, 2026-10-10 to 2026-10-12`."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1][1:] = [day]
        else:
            runs.append([day])
    return ", ".join(" to ".join(day.isoformat() for day in run) for run in runs)


def percent_text(share: Fraction) -> str:
    """A share in percent with the decimals that it has, up to ten digits: 1%, 0.0001%."""
    return f"{Decimal(f'{float(share * 100):.10g}'):f}%"


def more_text(growth: Fraction) -> str:
    """A growth as traffic has it: 2.5% more, 20% less."""
    return f"{percent_text(abs(growth))} {'more' if growth > 0 else 'less'}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """What an error adds where a name is nearly a known one: ` (did you mean acme?)`, or nothing."""
    by_lower = {other.lower(): other for other in known if other != name}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f" (did you mean {by_lower[near[0]]}?)" if near else ""


def reason_kept(reason: str, what: str) -> str:
    """The reason of `what` a person does, as it is kept; `InputError` where it says nothing."""
    said = reason.strip()
    if not said:
        raise InputError.advised(
            f"{what} needs a reason, which is kept", "pass reason", shell="say --reason TEXT"
        )
    return said


def not_utf8(text: bytes) -> str:
    """Text that is not UTF-8: cp1252, which is Latin-1 with signs in place of 27 control characters;
    the five bytes that it has no sign for stay such characters."""
    try:
        return text.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text)
