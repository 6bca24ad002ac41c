"""Number formats of spreadsheets: what a cell shows beside the number that it holds."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<general>General)'
    r"|(?P<exponent>E[+-])|(?P<end>;)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_DATES = frozenset("dmyhseDMYHSE")
_SLOTS = frozenset("0#?")
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?[\d.]+)")
_TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_USUAL = {1: (), 2: ((">=", 0),), 3: ((">", 0), ("<", 0))}
"""Which numbers the first sections are for, where a format of so many sections does not say it."""
_SCALED = re.compile(r"[0#?](,+)(?![0#?,])")
_PADDED = re.compile(r"0,[0#?]")
_THOUSAND = 1000
SPACES = " \t\u00a0\u202f\u2009'’+"
"""What may stand in a number and says nothing."""
SIGNS = "-−–()"
"""What may also stand in a number below nought, in nought, and in a prefix."""
ANY_CURRENCY = "¤"
"""The sign of the currency of whoever opens the file."""
_MONEY = f'"{ANY_CURRENCY}"#,##0.00'
BUILT_IN = {
    **dict.fromkeys((5, 6, 7, 8), _MONEY), 9: "0%", 10: "0.00%", 41: '#,##0;-#,##0;"-"', 42: f'{_MONEY};-{_MONEY};"-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: f'{_MONEY};-{_MONEY};"-"',
}  # fmt: skip
"""Formats that a file may name by their numbers alone, as far as they show more than a number or a date."""


@dataclass(frozen=True, slots=True)
class FormatSection:
    """A part of a format, for the numbers above nought, below it, or nought itself."""

    parts: tuple[tuple[str, str], ...]
    """Slots of digits, and the texts between them, in order."""
    condition: tuple[str, Decimal] | None
    number: int
    """Which section it is, from 0."""

    @property
    def words(self) -> str:
        """What it shows that is no part of a number."""
        return "".join(text for kind, text in self.parts if kind == "text")

    @property
    def pattern(self) -> str:
        """Its slots, points and commas alone."""
        return "".join(text for kind, text in self.parts if kind == "slot")

    @property
    def shows_number(self) -> bool:
        """Whether digits are shown."""
        return "G" in self.pattern or "0" in self.pattern or "#" in self.pattern

    @property
    def scale(self) -> int:
        """By which power of ten the number is divided before it is shown; percent: below nought."""
        found = _SCALED.search(self.pattern)
        return 3 * len(found[1]) if found else -2 * self.words.count("%")

    def is_padded(self, number: Decimal) -> bool:
        """Whether noughts before a comma of thousands make a number look like a decimal: 0,012 for 12."""
        return abs(number) < _THOUSAND and bool(_PADDED.search(self.pattern))

    def tells(self, number: Decimal) -> bool:
        """Whether a number that it shows looks like more, or another, than it is."""
        nothing = SPACES + (SIGNS if self.number else "")
        return (
            not self.shows_number
            or bool(self.scale)
            or bool(self.words.strip(nothing))
            or self.is_padded(number)
        )

    def shown(self, number: Decimal) -> str:
        """A number as it stands in its cell, with all of its decimals."""
        scaled = abs(number).scaleb(-self.scale)
        whole, _, decimals = f"{scaled:f}".partition(".")
        pattern = self.pattern.partition("E")[0]
        before, _, after = pattern.partition(".")
        decimals = decimals.rstrip("0").ljust(after.count("0"), "0")
        whole = whole.lstrip("0").rjust(before.count("0"), "0") or "0"
        slots = sum(char in "0#?G" for char in before)
        digits = list(whole)
        text, past = "", False
        for kind, part in self.parts:
            if kind == "text":
                text += part
            elif part == "." or past:
                text += "" if past or not decimals else f".{decimals}"
                past = True
            elif part in "0#?G":
                slots -= 1
                taken = max(len(digits) - slots, 0)
                text += "".join(digits[:taken])
                del digits[:taken]
                if not slots and decimals and "." not in pattern:
                    text += f".{decimals}"
            elif part == "," and text[-1:].isdigit() and digits:
                text += ","
        return ("-" if number < 0 and not self.number else "") + text.strip()


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format, taken apart: its sections for numbers; none for dates and for text."""

    code: str
    sections: tuple[FormatSection, ...]

    @classmethod
    def of(cls, code: str) -> Self:
        """A format's code taken apart; never refused."""
        sections: list[FormatSection] = []
        parts: list[tuple[str, str]] = []
        condition, is_text, is_date = None, False, False
        for token in [*_TOKEN.finditer(code), None]:
            kind = token.lastgroup if token else "end"
            text = token[kind] if token and kind else ""
            if kind == "end":
                if not is_text and len(sections) < max(_USUAL):
                    sections.append(FormatSection(tuple(parts), condition, len(sections)))
                parts, condition, is_text = [], None, False
            elif kind == "bracket":
                if text.startswith("$"):
                    parts.append(("text", text[1:].partition("-")[0]))
                elif found := _CONDITION.fullmatch(text):
                    condition = _condition(found)
                is_date = is_date or bool(_ELAPSED.fullmatch(text))
            elif kind in ("quoted", "escaped"):
                parts.append(("text", text))
            elif kind in ("general", "exponent"):
                parts.append(("slot", text[0].upper()))
            elif kind == "plain":
                is_text = is_text or text == "@"
                is_date = is_date or text in _DATES
                parts.append(("slot" if text in _SLOTS or text in ".," else "text", text))
        return cls(code, () if is_date else tuple(sections))

    @property
    def tells(self) -> bool:
        """Whether any number in it may look like more, or another, than it is."""
        return any(section.tells(Decimal(1)) for section in self.sections)

    @property
    def is_even(self) -> bool:
        """Whether it shows the same of every number."""
        said = {section.words.strip(SPACES + SIGNS) for section in self.sections}
        return (
            len(said) == 1
            and len(self.sections) < max(_USUAL)
            and all(
                s.shows_number and not s.condition and not s.is_padded(Decimal(1))
                for s in self.sections
            )
        )

    def section(self, number: Decimal) -> FormatSection:
        """The section that a number is shown by."""
        for section, usual in zip(self.sections, _USUAL[len(self.sections)], strict=False):
            sign, bound = section.condition or usual
            if _TESTS[sign](number, Decimal(bound)):
                return section
        return self.sections[-1]


def _condition(found: re.Match[str]) -> tuple[str, Decimal] | None:
    try:
        return found[1], Decimal(found[2])
    except InvalidOperation:
        return None
