"""What the columns of a deck mean: by the usual headers, by the user's word, or by position."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from minutebook.errors import InputError
from minutebook.words import did_you_mean

FIELDS: dict[str, tuple[str, ...]] = {
    "prefix": ("prefix", "code", "dialprefix", "dialcode", "dstcode", "destinationcode", "areacode", "dialingcode"),
    "name": ("name", "destination", "description", "destinationname", "dstname", "zone", "area"),
    "rate": (
        "rate", "price", "cost", "costmin", "ratemin", "pricemin", "costperminute", "rateperminute",
        "priceperminute", "priceminute", "rateminute", "rateinitial", "buyrate", "sellrate", "ratecost",
    ),
    "connect_fee": (
        "connectfee", "connectionfee", "connectcost", "connectioncost", "setupfee", "surcharge", "ratesurcharge",
        "connectionrate",
    ),
    "increment": ("increment", "increments", "billingincrement", "billing"),
    "minimum": (
        "minimum", "mcd", "initialincrement", "initialinterval", "mintime", "initblock", "rateminimum",
        "minimumduration", "firstincrement",
    ),
    "pulse": ("pulse", "interval", "billinginterval", "rateincrement", "recurringincrement", "nextincrement"),
    "grace": ("grace", "gracetime", "graceseconds", "graceperiod", "ratenochargetime"),
    "rounding": ("rounding", "roundingmethod"),
    "precision": ("precision", "decimals"),
    "status": ("status", "state"),
    "steps": ("steps",),
}  # fmt: skip
"""Our fields, and the headers that are taken for them (lower case, letters and digits alone)."""

REFUSED = {
    "interrate": "jurisdictional prices", "intrarate": "jurisdictional prices", "ijrate": "jurisdictional prices",
    "interstate": "jurisdictional prices", "intrastate": "jurisdictional prices",
    "indeterminate": "jurisdictional prices", "timeslot": "prices by time of day",
    "code2": "code ranges", "codeto": "code ranges",
}  # fmt: skip
"""Headers that change what a call costs in ways that this version does not know."""

ALIKE = (
    "currency", "currencycode", "effective", "effectivedate", "effectivefrom", "startdate", "validfrom",
    "end", "enddate", "endsat", "expires", "expiry", "expirydate", "expirationdate", "validto", "validuntil",
)  # fmt: skip
"""Headers that are not read, and would change what a call costs if rows differed in them."""

_DELIMITERS = ",;|\t"


def delimiter(first_line: str) -> str:
    """The delimiter that the first line has most of; a comma where it has none."""
    return max(_DELIMITERS, key=lambda mark: (first_line.count(mark), mark == ","))


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds which field; `currency` where a price's header names one.

    `alike` are the columns of headers in ALIKE.
    """

    fields: dict[str, int]
    width: int
    has_header: bool
    ignored: tuple[str, ...]
    alike: dict[str, int]
    currency: str | None

    @classmethod
    def of(cls, row: list[str], given: dict[str, str], file: str) -> Self:
        """The layout that a deck's first row shows; `InputError` where it leaves a question."""
        for field in given:
            if field not in FIELDS:
                what = f"there is no such field{did_you_mean(field, FIELDS)}; they are {', '.join(FIELDS)}"
                raise InputError(f"columns, {field!r}: {what}", shell=f"--map {field}=…: {what}")
        if not given and re.fullmatch(r"\s*\+?[0-9][0-9 ]*", row[0]):
            return cls._by_position(row, file)
        headers = [cell.strip() for cell in row]
        plain = [_plain(header) for header in headers]
        fields = {field: _mapped(field, header, headers, file) for field, header in given.items()}
        for field, usual in FIELDS.items():
            if field not in fields:
                found = [
                    n for n, name in enumerate(plain) if name in usual and n not in fields.values()
                ]
                if len(found) > 1 and field != "name":
                    both = " and ".join(repr(headers[n]) for n in found)
                    raise InputError.advised(
                        f"{both} could both be the {field}",
                        f"say which in columns: {{{field!r}: …}}",
                        shell=f"say which: --map {field}=…",
                        file=file,
                        line=1,
                    )
                if found:
                    fields[field] = found[0]
        for n, name in enumerate(plain):
            if name in REFUSED and n not in fields.values():
                raise InputError(
                    f"column {headers[n]!r}: {REFUSED[name]} are not part of this version; leave the column out",
                    file=file,
                    line=1,
                )
        for field in ("prefix", "rate"):
            if field not in fields and not (field == "rate" and "steps" in fields):
                raise InputError.advised(
                    f"no column is the {field} (there are {', '.join(headers)})",
                    f"say which in columns: {{{field!r}: …}}",
                    shell=f"say which: --map {field}=…",
                    file=file,
                    line=1,
                )
        ignored = tuple(
            header for n, header in enumerate(headers) if n not in fields.values() and header
        )
        alike = {
            header: n
            for n, header in enumerate(headers)
            if plain[n] in ALIKE and n not in fields.values()
        }
        currency = (
            re.search(r"\(([A-Z]{3})\)", headers[fields["rate"]]) if "rate" in fields else None
        )
        return cls(fields, len(row), True, ignored, alike, currency and currency[1])

    @classmethod
    def _by_position(cls, row: list[str], file: str) -> Self:
        names = ("prefix", "rate", "name")
        if not 1 < len(row) <= len(names):
            raise InputError(
                f"has no header, and {len(row)} columns; without one a deck is prefix,rate or prefix,rate,name",
                file=file,
                line=1,
            )
        fields = {name: n for n, name in enumerate(names[: len(row)])}
        return cls(fields, len(row), False, (), {}, None)


def _plain(header: str) -> str:
    """A header's letters and digits, lower case, without what stands in brackets."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\(.*?\)", "", header.lower()))


def _mapped(field: str, header: str, headers: list[str], file: str) -> int:
    for compare in (str, str.lower):
        wanted = [n for n, name in enumerate(headers) if compare(name) == compare(header)]
        if wanted:
            return wanted[0]
    what = f"the deck has no such column; it has {', '.join(headers)}"
    raise InputError(
        f"columns, {field!r}: {header!r}: {what}",
        shell=f"--map {field}={header}: {what}",
        file=file,
        line=1,
    )
