"""The search for the columns of a deck's fields, and for what must not stay unread."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from minutebook.cards import deck_words
from minutebook.cards.deck_headings import Heading
from minutebook.cards.deck_questions import question_of
from minutebook.cards.deck_words import FIELDS
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = re.compile(r"\+?\d[\d ]*", re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")
_INERT = {
    **dict.fromkeys(("direction", "trafficdirection"), "outbound out outgoing termination terminating"),
    **dict.fromkeys(
        ("change", "changetype", "ratechange", "ratestatus", "action", "changes", "codechange"),
        "increase increased decrease decreased new same unchanged current changed update updated add added"
        " no\N{NO-BREAK SPACE}change nochange none",
    ),
}  # fmt: skip
"""Headings that change nothing while all of their cells are one of these words."""


class Search:
    """The search for the columns of a deck's fields."""

    def __init__(self, rows: Sequence[Sequence[str]], file: str, line: int | None = 1) -> None:
        self.headings = [Heading.of(cell.strip()) for cell in rows[0]]
        self.fields: dict[str, int] = {}
        self.left_out: set[int] = set()
        self._given: set[str] = set()
        self._body, self._file, self._line = rows[1:], file, line

    def named(self, heading: str, option: str, parameter: str) -> int:
        """The column of a heading that the user wrote."""
        texts = [known.text for known in self.headings]
        for compare in (str, str.lower):
            wanted = [
                n for n, text in enumerate(texts) if compare(text) == compare(heading.strip())
            ]
            if wanted:
                return wanted[0]
        what = f"the deck has no such column; it has {', '.join(texts)}"
        raise InputError(
            f"{parameter}: {heading!r}: {what}",
            shell=f"{option}{heading}: {what}",
            file=self._file,
            line=self._line,
        )

    def give(self, field: str, heading: str) -> None:
        """The user's word for a field."""
        n = self.named(heading, f"--map {field}=", f"columns, {field!r}")
        if n in self.left_out or n in self.fields.values():
            raise self._error(
                f"{heading!r} is named twice; name a column once, as a field or as ignored"
            )
        self.fields[field] = n
        self._given.add(field)
        if (why := self._not_read(field, self.headings[n])) and why.startswith("its heading says"):
            raise self._error(f"column {heading!r}: {why}; give the column another heading")

    def recognise(self) -> None:
        """The usual headings, and those whose cells tell what they are."""
        self._ask()
        for field, usual in FIELDS.items():
            self.find(field, usual)
        self._codes()

    def find(self, field: str, usual: tuple[str, ...]) -> None:
        """The column of a field, by its usual headings, where it is not found already."""
        if field in self.fields:
            return
        found = [n for n in self._free() if self._is(n, field, usual)]
        if len(found) > 1 and field != "name":
            both = " and ".join(repr(self.headings[n].text) for n in found)
            what = f"{both} could both be the {field}"
            raise self._which(what, field, "ignore the other")
        if found:
            self.fields[field] = found[0]

    def refuse_other_prices(self) -> None:
        """`InputError` for the first column of prices that are not one a prefix."""
        for n in self._free():
            if not deck_words.REFUSED.keys().isdisjoint(self._names(n)):
                self._refuse(n)

    def refuse_unread(self) -> tuple[str, ...]:
        """The headings of columns that are not read; `InputError` for one that bears on money."""
        for n in self._free():
            self._refuse(n)
        unread = (h.text for n, h in enumerate(self.headings) if n not in self.fields.values())
        return tuple(text for text in unread if text)

    def _names(self, n: int) -> set[str]:
        return {self.headings[n].name, self.headings[n].plain}

    def _refuse(self, n: int) -> None:
        text, why = self.headings[n].text, self._why_refused(n)
        if why:
            raise InputError.advised(
                f"column {text or n + 1!r}{why}",
                f"map it to a field, or say that it is not to be read: ignore=[{text!r}]",
                shell=f"map it to a field, or say that it is not to be read: --ignore {shlex.quote(text)}",
                file=self._file,
                line=self._line,
            )

    def refuse_missing(self, field: str, instead: str) -> None:
        """`InputError` where no column is a field, nor one that does instead."""
        if field not in self.fields and instead not in self.fields:
            there = ", ".join(heading.text for heading in self.headings)
            raise self._which(f"no column is the {field} (there are {there})", field)

    def _free(self) -> list[int]:
        taken = {*self.left_out, *self.fields.values()}
        return [n for n in range(len(self.headings)) if n not in taken]

    def _cells(self, n: int) -> list[str]:
        return [cell for row in self._body if len(row) > n and (cell := row[n].strip())]

    def _is(self, n: int, field: str, usual: tuple[str, ...]) -> bool:
        heading = self.headings[n]
        names = self._names(n)
        if field in deck_words.SECONDS:
            names.add(re.sub(r"(seconds?|secs?)$", "", heading.name))
        if field == "rate" and heading.text and not heading.name:
            return heading.minor or bool(heading.currencies)
        return not names.isdisjoint(usual) and not self._not_read(field, heading)

    def _not_read(self, field: str, heading: Heading) -> str:
        """Why a field's heading is not understood; "" where it is."""
        if deck_words.is_price(field):
            usual = ("", "minute", "second") if field.startswith("rate") else ("", "call")
            if heading.per not in usual or (heading.seconds > 1 and 60 % heading.seconds):
                return "its heading says another unit than a minute, a second or, of a fee, a call"
        if field in deck_words.SECONDS and heading.per not in ("", "second"):
            return "its heading says another unit than seconds"
        if (deck_words.is_price(field) or field in deck_words.SECONDS) and heading.unread:
            return f"is not understood for {' '.join(heading.unread)!r}"
        return ""

    def _ask(self) -> None:
        """Headings with two meanings: `from` and `to`, grace."""
        prefixes = any(h.name in FIELDS["prefix"] for h in self.headings) or "prefix" in self.fields
        for n in self._free():
            name = self.headings[n].name
            if name not in deck_words.ASKED:
                continue
            first, other = deck_words.ASKED[name]
            cells = self._cells(n)
            if first == "grace":
                if any(cell.strip("0.,") for cell in cells) and first not in self.fields:
                    self._ask_grace(n)
                first = other = "grace" if "grace" not in self.fields else "free_seconds"
            elif (prefixes and first == "prefix") or not all(map(PREFIX.fullmatch, cells)):
                first = other
            if first not in self.fields:
                self.fields[first] = n

    def _ask_grace(self, n: int) -> None:
        text = self.headings[n].text
        what = (
            f"{text!r} may be a grace (a call of at most so many seconds is free) or free seconds (the first seconds"
            " of every call are free)"
        )
        raise InputError.advised(
            what,
            f"say which in columns: {{'grace': {text!r}}} or {{'free_seconds': {text!r}}}",
            shell=f"say which: --map {shlex.quote('grace=' + text)} or --map {shlex.quote('free_seconds=' + text)}",
            file=self._file,
            line=self._line,
        )

    def _codes(self) -> None:
        """Country and area codes beside a prefix, or instead of one."""
        country, area = self.fields.get("country_code"), self.fields.get("area_code")
        if country is not None and all(map(_LETTER.search, self._cells(country))):  # GB, not 44
            self.left_out.add(self.fields.pop("country_code"))
        named = area is not None and self.headings[area].name == "area"
        if area is not None and named and all(map(_LETTER.search, self._cells(area))):
            self.fields.setdefault("name", self.fields.pop("area_code"))
        country, area, prefix = (
            self.fields.get(f) for f in ("country_code", "area_code", "prefix")
        )
        if country is None and area is None:
            return
        if prefix is None and area is None and country is not None:
            self.fields["prefix"] = self.fields.pop("country_code")
        elif prefix is None and country is None and area is not None:
            text = self.headings[area].text
            raise self._which(
                f"{text!r} has no country code beside it, and no column is the prefix", "prefix"
            )
        elif prefix is None and country is not None and area is not None:
            if not self._given & {"country_code", "area_code"}:
                self._refuse_whole(country, area)
        elif prefix is not None and self.headings[prefix].name != "npa":
            self._beside(prefix)

    def _refuse_whole(self, country: int, area: int) -> None:
        """`InputError` where every area code begins with its country code: it may be whole already."""
        pairs = [
            (_digits(row[area]), _digits(row[country]))
            for row in self._body
            if len(row) > max(area, country)
        ]
        pairs = [pair for pair in pairs if all(pair)]
        if pairs and all(part.startswith(code) for part, code in pairs):
            text = self.headings[area].text
            raise InputError.advised(
                f"{text!r} begins with the country code in every row, and may be the whole prefix",
                f"say columns: {{'prefix': {text!r}}} if it is, or both 'country_code' and 'area_code' to join them",
                shell=f"say --map {shlex.quote('prefix=' + text)} if it is, or --map country_code=…,area_code=… to join them",
                file=self._file,
                line=self._line,
            )

    def _beside(self, prefix: int) -> None:
        """Whole prefixes repeat the codes beside them; what does not is a question."""
        for field in ("country_code", "area_code"):
            n = self.fields.get(field)
            if n is None:
                continue
            of = str.startswith if field == "country_code" else str.endswith
            pairs = (
                (_digits(row[prefix]), _digits(row[n]))
                for row in self._body
                if len(row) > max(prefix, n)
            )
            if not all(of(whole, part) for whole, part in pairs):
                names = f"{self.headings[prefix].text!r} and {self.headings[n].text!r}"
                raise InputError.advised(
                    f"{names} may be two parts of one prefix, or not",
                    "say columns: {'country_code': …, 'area_code': …} to join them, or ignore the one that is no part",
                    shell="say --map country_code=…,area_code=… to join them, or --ignore the one that is no part",
                    file=self._file,
                    line=self._line,
                )
            del self.fields[field]
            self.left_out.add(n)

    def _why_refused(self, n: int) -> str:
        heading = self.headings[n]
        cells = self._cells(n)
        words = tuple(re.findall(r"[^\W_]+", heading.text.lower()))
        names = self._names(n)
        if names & _INERT.keys() and cells:
            inert = _INERT[next(iter(names & _INERT.keys()))].split(" ")
            if all(cell.lower().replace(" ", "\N{NO-BREAK SPACE}") in inert for cell in cells):
                return ""
        for name in names:
            if name in deck_words.REFUSED:
                what = deck_words.REFUSED[name]
                if what == deck_words.BY_TIME:
                    return f": {what} are read where the card declares bands of their names"
                return f": {what} are not part of this version"
        if not cells and not heading.text:
            return ""
        known = any(map(deck_words.is_harmless, names)) or not names.isdisjoint(FIELDS["name"])
        bears = deck_words.bears_on_money(heading.plain, words) or heading.currencies
        if not known and (bears or heading.minor):
            return " bears on prices, and is not understood"
        return question_of(set(cells), names)

    def _which(self, what: str, field: str, more: str = "") -> InputError:
        return InputError.advised(
            what,
            f"say which in columns: {{{field!r}: …}}" + (more and f", and {more}"),
            shell=f"say which: --map {field}=…" + (more and f", and --{more}"),
            file=self._file,
            line=self._line,
        )

    def _error(self, what: str) -> InputError:
        return InputError(what, file=self._file, line=self._line)


def _digits(cell: str) -> str:
    return re.sub(r"\D", "", cell)
