"""Prices that differ by several things at once: bands, jurisdictions, origins, prefixes of callers
(docs/rules/classes.md, "Prices by more than one thing").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations, product
from math import prod
from typing import Final, TypeAlias

from minutebook.cards.bands import Bands, plain_name
from minutebook.cards.callers import Callers
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.errors import InputError

PriceClass: TypeAlias = Bands | Jurisdictions | Origins | Callers
"""One thing that prices differ by. Each has `names`: those of the classes of calls, in the order of their places."""
KINDS: Final = (Bands, Jurisdictions, Origins, Callers)
"""The kinds of them, in the order in which they stand in a name."""
_MOST_CLASSES: Final = 100


@dataclass(frozen=True, slots=True)
class Combined:
    """A card's prices differ by several things: its classes are those of each, one of each at a time."""

    parts: tuple[PriceClass, ...]
    """Two or more, in the order of KINDS, one of a kind."""
    names: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """One of each part's names, as in `peak inter`; those of the first part change first."""

    def __post_init__(self) -> None:
        backwards = product(*(part.names for part in reversed(self.parts)))
        object.__setattr__(self, "names", tuple(" ".join(one[::-1]) for one in backwards))

    def stride(self, part: PriceClass) -> int:
        """How far apart in `names` two neighbours of a part stand: a class's place is the sum of its parts', so
        many times each.
        """
        return prod(len(one.names) for one in self.parts[: self.parts.index(part)])


USUAL: Final = {
    "inter": ("interstate", "interjurisdiction"),
    "intra": ("intrastate", "intrajurisdiction"),
    "indeterminate": ("indet", "ij", "indeterminant", "indeterminatejurisdiction"),
}
"""How decks call the jurisdictions besides."""


@cache
def said_names(parts: tuple[PriceClass, ...]) -> dict[str, tuple[str | None, ...]]:
    """What a deck may name: a class, or some parts of one, by its name, and of each part the name that it says; None of
    a part that it leaves open. Classes come first, in the order of their places.
    """
    return {" ".join(filter(None, one)): one for one in _choices(parts)}


def _choices(parts: tuple[PriceClass, ...]) -> list[tuple[str | None, ...]]:
    every = product(*((*part.names, None) for part in reversed(parts)))
    found = [one[::-1] for one in every if any(one)]
    return sorted(found, key=lambda one: one.count(None))


def said_words(said: tuple[str | None, ...], beside: tuple[str, ...] = ("",)) -> tuple[str, ...]:
    """How a deck may write what it names: small letters and digits, in whatever order the parts stand; with one of the
    words `beside` before, behind or among them.
    """
    words = [_words_of(name) for name in said if name is not None]
    written = [one for order in permutations(words) for one in product(*order)]
    places = range(len(words) + 1)
    return tuple(
        dict.fromkeys(
            "".join((*one[:n], word, *one[n:]))
            for word in beside
            for one in written
            for n in places
        )
    )


def may_say(text: str, said: tuple[str | None, ...]) -> bool:
    """Whether a text may be one of `said_words`: most are none, and this is told sooner."""
    return all(any(word in text for word in _words_of(name)) for name in said if name is not None)


def _words_of(name: str) -> tuple[str, ...]:
    return (plain_name(name), *USUAL.get(name, ()))


def class_words(name: str) -> frozenset[str]:
    """The words of a name, as brackets of a heading may say it."""
    found = re.findall(r"[^\W_]+", name.lower())
    return frozenset((*found, *(other for word in found for other in USUAL.get(word, ()))))


def check_combined(combined: Combined) -> Combined:
    """What prices differ by; `InputError` where the classes are too many, or two of their names are read alike."""
    if len(combined.names) > _MOST_CLASSES:
        counts = " times ".join(str(len(part.names)) for part in combined.parts)
        raise InputError(
            f"{counts} are {len(combined.names):,} classes of prices, and a card has at most {_MOST_CLASSES};"
            " declare fewer of one of them"
        )
    known: dict[str, tuple[str | None, ...]] = {}
    for said in _choices(combined.parts):
        for word in said_words(said):
            if known.setdefault(word, said) != said:
                raise InputError(
                    f"a deck that says {word!r} could mean two classes of prices, or parts of them; call the band otherwise"
                )
    return combined
