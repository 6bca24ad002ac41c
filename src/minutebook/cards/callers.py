"""Prices that differ by the caller's prefix (docs/rules/origins.md, "Prices by the caller's prefix")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from minutebook.errors import InputError

OTHER: Final = "other"
"""The class of calls whose callers begin with none of the prefixes."""
_MOST_PREFIXES: Final = 100


@dataclass(frozen=True, slots=True)
class Callers:
    """A card's prices differ by the longest of these prefixes that begins the caller's number."""

    prefixes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The prefixes, as the rows name them, and before them the others."""
        return (OTHER, *self.prefixes)

    def shorter(self) -> dict[str, tuple[str, ...]]:
        """For each prefix those that begin it, the longest first: where a row says nothing of it, they hold."""
        return {
            one: tuple(
                sorted((p for p in self.prefixes if one.startswith(p) and p != one), key=len)
            )[::-1]
            for one in self.prefixes
        }


def check_callers(callers: Callers) -> Callers:
    """The callers; `InputError` where they are none, or too many."""
    if not 0 < len(callers.prefixes) <= _MOST_PREFIXES:
        raise InputError(f"say one prefix or more, and at most {_MOST_PREFIXES}")
    return callers


def callers_body(callers: Callers) -> list[str]:
    """Callers as JSON."""
    return list(callers.prefixes)


def callers_from_body(body: list[Any]) -> Callers:
    """The inverse of `callers_body`."""
    return Callers(tuple(map(str, body)))
