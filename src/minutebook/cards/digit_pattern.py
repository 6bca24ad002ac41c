"""Patterns of digits, as numbering plans state them: whether anything that one matches begins with given digits.

The standard library's expressions tell whether a whole number matches, and not whether it could go on to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(
    r"\\d|\[(?P<set>[\d-]+)\]|\(\?:|\(|[|)]|\{(?P<least>\d+)(?:,(?P<most>\d*))?\}|\?|\d"
)
_SOME, _ANY = "?", "*"
"""A digit that suits a pattern if it can; and one that suits only where all do."""
_ALL = "0123456789"
_END = "."

_Part: TypeAlias = "tuple[str | _Choice, int, int]"
"""Digits of which one stands there, or a choice; and how often at least and at most."""
_Choice: TypeAlias = "tuple[tuple[_Part, ...], ...]"


@dataclass(frozen=True, slots=True)
class DigitPattern:
    """A pattern of digits, `\\d`, sets, groups, choices and counts, without any other sign."""

    choice: _Choice

    @classmethod
    def of(cls, pattern: str) -> DigitPattern:
        """The pattern of a text."""
        tokens = [*_TOKEN.finditer(pattern)]
        assert "".join(token[0] for token in tokens) == pattern, pattern
        tokens.reverse()
        return cls(_choice(tokens))

    def begins(self, digits: str) -> bool:
        """Whether something that it matches begins with the digits."""
        try:
            return len(digits) in _after(self.choice, digits, {0})
        except _ThroughError:
            return True

    def opens(self, digits: str) -> bool:
        """Whether the digits begin with something that it matches, or could, were there more of them."""
        try:
            return bool(_after(self.choice, digits, {0}))
        except _ThroughError:
            return True

    def may_have(self, digits: str, length: int) -> bool:
        """Whether something that it matches begins with the digits and has so many."""
        whole = digits + _SOME * (length - len(digits))
        return length in _after(self.choice, whole + _END, {0})

    def covers(self, digits: str, length: int) -> bool:
        """Whether it surely matches whatever begins with the digits and has so many."""
        whole = digits + _ANY * (length - len(digits))
        return length in _after(self.choice, whole + _END, {0})


class _ThroughError(Exception):
    """All digits were matched, and the pattern goes on."""


def _choice(tokens: list[re.Match[str]]) -> _Choice:
    """What stands until the end, or until a group's; tokens are taken from the list's end."""
    found: list[list[_Part]] = [[]]
    while tokens and (token := tokens.pop())[0] != ")":
        if token[0] == "|":
            found.append([])
        elif token["least"]:
            least = int(token["least"])
            most = least if token["most"] is None else int(token["most"])
            found[-1][-1] = (found[-1][-1][0], least, most)
        elif token[0] == "?":
            found[-1][-1] = (found[-1][-1][0], 0, 1)
        elif token[0].startswith("("):
            found[-1].append((_choice(tokens), 1, 1))
        else:
            found[-1].append((_digits(token), 1, 1))
    return tuple(map(tuple, found))


def _digits(token: re.Match[str]) -> str:
    digits = "".join(digit for digit in _ALL if re.fullmatch(token[0], digit))
    return digits + _SOME + (_ANY if digits == _ALL else "")


def _after(choice: _Choice, digits: str, starts: set[int]) -> set[int]:
    """Where the choice may have ended that began at one of the places."""
    found: set[int] = set()
    for parts in choice:
        places = starts
        for what, least, most in parts:
            if not places:
                break
            reached = set(places) if least == 0 else set()
            for count in range(1, most + 1):
                places = _once(what, digits, places)
                if not places:
                    break
                if count >= least:
                    reached |= places
            places = reached
        found |= places
    return found


def _once(what: str | _Choice, digits: str, places: set[int]) -> set[int]:
    if not isinstance(what, str):
        return _after(what, digits, places)
    if len(digits) in places:
        raise _ThroughError
    return {place + 1 for place in places if digits[place] in what}
