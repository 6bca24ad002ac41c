"""What the headings of another side's file say: which column is which, its unit, its currency
(docs/rules/disputes.md, "Which columns are read").

Pure. A heading is understood whole or the file is refused by its name; `--map` says what none says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from minutebook import money
from minutebook.disputes.reading.figures import SIGNS

MONEY_WORDS: Final = frozenset(
    [
        "amount",
        "amounts",
        "cost",
        "costs",
        "charge",
        "charges",
        "charged",
        "price",
        "sell",
        "total",
        "value",
        "net",
        "gross",
        "revenue",
        "billed",
    ]
)
TAX_WORDS: Final = frozenset(["tax", "taxes", "vat", "gst", "iva", "mwst"])
WITH_OR_WITHOUT: Final = frozenset(
    [
        "excl",
        "excluding",
        "ex",
        "incl",
        "including",
        "inc",
        "without",
        "with",
        "before",
        "after",
        "plus",
    ]
)
"""Words that set a tax, or another sum, apart from an amount."""
_BESIDES: Final = WITH_OR_WITHOUT | frozenset(
    [
        "of",
        "in",
        "the",
        "call",
        "calls",
        "usage",
        "retail",
        "wholesale",
        "customer",
        "sale",
        "sales",
        "line",
        "final",
        "sum",
        "grand",
        "sub",
        "subtotal",
        "our",
        "your",
        "their",
    ]
)
_MINOR: Final = {
    **dict.fromkeys(
        ["cent", "cents", "ct", "cts", "pence", "penny", "eurocent", "eurocents", "eurocents"], 2
    ),
    **dict.fromkeys(["mill", "mills"], 3),
    **dict.fromkeys(["millicent", "millicents"], 5),
    **dict.fromkeys(["micro", "micros", "micropounds", "microdollars", "microeuros"], 6),
}
_WORDS_TOO: Final = frozenset({"ALL", "TOP", "TRY", "CUP", "PEN", "MOP", "COP", "SOS"})
_UNITS_MS: Final = {
    **dict.fromkeys(("ms", "msec", "milliseconds"), 1),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1_000),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60_000),
    **dict.fromkeys(("h", "hour", "hours"), 3_600_000),
}
_SIGN: Final = re.compile("|".join(re.escape(s) for s in sorted(SIGNS, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class TheirHeading:
    """A heading taken apart: its words, and what of them is unit or currency."""

    words: tuple[str, ...]
    decimals: int = 0
    currencies: frozenset[str] | None = None
    length_ms: int | None = None
    strange: tuple[str, ...] = field(default=())
    """What stands in brackets and is neither a unit, nor a currency, nor a usual word."""

    @property
    def plain_heading(self) -> str:
        """The words by `_`, units and currencies left out."""
        return "_".join(self.words)


def heading(name: str) -> TheirHeading:
    """A heading taken apart: `Billed Amount (USD)` is billed_amount, in dollars."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    bare, bracketed = (
        re.sub(r"[(\[][^)\]]*[)\]]", " ", spaced),
        re.findall(r"[(\[]([^)\]]*)[)\]]", spaced),
    )
    words: list[str] = []
    decimals, length_ms, strange = 0, None, []
    currencies: frozenset[str] | None = None
    inside = [word for part in bracketed for word in _split(part)]
    for place, word in enumerate([*_split(bare), *inside]):
        in_brackets, low = place >= len(_split(bare)), word.lower()
        if word in SIGNS:
            currencies = SIGNS[word]
        elif word.upper() in money.MINOR_DIGITS and (
            word.isupper() or word.upper() not in _WORDS_TOO
        ):
            currencies = frozenset({word.upper()})
        elif low in _MINOR or (in_brackets and low in ("c", "p")):
            decimals = _MINOR.get(low, 2)
        elif (in_brackets and low in _UNITS_MS) or (words and low in _UNITS_MS and len(low) > 1):
            length_ms = _UNITS_MS[low]
            words += [] if in_brackets else [low]
        elif in_brackets:
            if low not in _BESIDES | MONEY_WORDS | TAX_WORDS and not re.fullmatch(
                "[hms]{1,3}", low
            ):
                strange.append(low)
            words.append(low)
        else:
            words.append(low)
    return TheirHeading(tuple(words), decimals, currencies, length_ms, tuple(strange))


def _split(text: str) -> list[str]:
    return re.findall(rf"%|{_SIGN.pattern}|[^\W_]+", text)


def plain_heading(name: str) -> str:
    """A heading as names are compared: small letters, `_`, no units and currencies in brackets."""
    bare = re.sub(r"\s*[(\[][^)\]]*[)\]]", "", name) or name
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")
