"""The search for the columns of a deck's fields, and for what must not stay unread."""

from __future__ import annotations

import re
import shlex

from minutebook.cards import deck_words
from minutebook.cards.deck_fields import heading_question
from minutebook.cards.deck_guess import mapping_advice
from minutebook.cards.deck_prefixes import american_digits
from minutebook.cards.deck_prose import Prose, prose_question
from minutebook.cards.deck_questions import is_of_old, question_of
from minutebook.cards.deck_told import MEND, ToldColumns
from minutebook.cards.deck_words import FIELDS
from minutebook.errors import InputError

PREFIX = re.compile(r"\+?\d[\d ]*", re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")
_INERT = {
    **dict.fromkeys(("direction", "trafficdirection"), "outbound out outgoing termination terminating"),
    **dict.fromkeys(("timezone", "tz"), "utc gmt z etc/utc +00:00"),
    **dict.fromkeys(
        ("change", "changetype", "ratechange", "ratestatus", "action", "changes", "codechange"),
        "increase increased decrease decreased new same unchanged current changed update updated add added"
        " no\N{NO-BREAK SPACE}change nochange none",
    ),
}  # fmt: skip
"""Headings that change nothing while all of their cells are one of these words."""


class Search(ToldColumns):
    """The search for the columns of a deck's fields."""

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
            if len({self.headings[n].text for n in found}) < len(found):
                raise self._alike(self.headings[found[0]].text)
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

    def _refuse(self, n: int) -> None:
        text, why, cell = self.headings[n].text, self._unread_field(n), ""
        mend = in_shell = MEND
        then = ", or say that it is not to be read: "
        if not why:
            why, cell = self._why_refused(n)
            mend, in_shell = mapping_advice(self.headings[n], n + 1, self._cells(n), self.fields)
        prose = None if why and " holds units" not in why else self._prose(n)
        if prose and (not why or prose.kind in ("fee", "increment")):  # it knows better than a unit
            why, cell = f" says {prose.cell!r}, which speaks of {prose.what}", prose.cell
            mend, in_shell = prose.do, prose.shell
            then = "; then, or where prices are right without it, say that the column is not to be read: "
        if why:
            name = text or f"#{n + 1}"
            raise InputError.advised(
                f"column {text or n + 1!r}{why}",
                f"{mend}{then}ignore=[{name!r}]",
                shell=f"{in_shell}{then}--ignore {shlex.quote(name)}",
                file=self._file,
                line=self._line_of(n, cell),
            )

    def _prose(self, n: int) -> Prose | None:
        """The words in a column that is not read which speak of prices."""
        return prose_question(dict.fromkeys(self._cells(n)), dates=not is_of_old(self._names(n)))

    def refuse_missing(self, field: str, instead: str) -> None:
        """`InputError` where no column is a field, nor one that does instead."""
        if field not in self.fields and instead not in self.fields:
            there = ", ".join(heading.text for heading in self.headings)
            raise self._which(f"no column is the {field} (there are {there})", field)

    def _is(self, n: int, field: str, usual: tuple[str, ...]) -> bool:
        heading = self.headings[n]
        names = self._names(n)
        if field in deck_words.SECONDS:
            names.add(re.sub(r"(seconds?|secs?)$", "", heading.name))
        if field == "rate" and heading.text and not heading.name:
            return heading.minor or bool(heading.currencies)
        return not names.isdisjoint(usual) and not heading_question(field, heading)

    def _unread_field(self, n: int) -> str:
        """What the heading of a column says that its field does not understand."""
        names = self._names(n)
        usual = [field for field, known in FIELDS.items() if not names.isdisjoint(known)]
        asked = [field for name in names for field in deck_words.ASKED.get(name, ())]
        whys = [heading_question(field, self.headings[n]) for field in (*usual, *asked)]
        return f": {whys[0]}" if whys and all(whys) else ""

    def _ask(self) -> None:
        """Headings with two meanings: `from` and `to`, grace."""
        prefixes = any(h.name in FIELDS["prefix"] for h in self.headings) or "prefix" in self.fields
        for n in self._free():
            name = self.headings[n].name
            if name not in deck_words.ASKED:
                continue
            first, other = deck_words.ASKED[name]
            cells = self._cells(n)
            asks = first == "grace" and any(cell.strip("0.,") for cell in cells)
            if asks and not heading_question(first, self.headings[n]):
                self._ask_grace(n)
            elif first == "grace":
                first = other = "grace" if "grace" not in self.fields else "free_seconds"
            elif (prefixes and first == "prefix") or not all(map(PREFIX.fullmatch, cells)):
                first = other
            noughts = first in deck_words.SECONDS and not asks
            if first not in self.fields and (
                noughts or not heading_question(first, self.headings[n])
            ):
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
        elif prefix is not None:
            if country is not None and american_digits(self.headings[prefix]):
                self._beside_american(country)
            if area is None or self.headings[prefix].name != "npa":
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

    def _beside_american(self, country: int) -> None:
        """A country code of 1 beside NPA or NPA-NXX says what these mean anyway."""
        if {_digits(cell) for cell in self._cells(country)} <= {"1"}:
            del self.fields["country_code"]
            self.left_out.add(country)

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
            if field == "country_code" and "prefix" not in self._given:
                self._refuse_short(prefix, n)
            del self.fields[field]
            self.left_out.add(n)

    def _refuse_short(self, prefix: int, country: int) -> None:
        """`InputError` where a country code of one digit may stand before area codes that begin with that digit: of 7
        and 77 nobody can say whether it is 77 or 777. In North America no area code begins with a 1.
        """
        pairs = {
            (_digits(row[prefix]), _digits(row[country]))
            for row in self._body
            if len(row) > max(prefix, country)
        }
        codes = {code for _, code in pairs if code}
        if len(codes) != 1 or codes == {"1"} or len(min(codes)) > 1:
            return
        if not any(whole == code for whole, code in pairs):
            text = self.headings[prefix].text
            raise InputError.advised(
                f"{text!r} begins with the country code {min(codes)} in every row: it may be the whole prefix, or be what"
                " follows that code",
                f"say columns: {{'prefix': {text!r}}} if it is whole, or both 'country_code' and 'area_code' to join them",
                shell=f"say --map {shlex.quote('prefix=' + text)} if it is whole, or --map country_code=…,area_code=… to join them",
                file=self._file,
                line=self._line,
            )

    def _why_refused(self, n: int) -> tuple[str, str]:
        """Why a column is a question, and by which cell."""
        heading = self.headings[n]
        cells = self._cells(n)
        words = tuple(re.findall(r"[^\W_]+", heading.text.lower()))
        names = self._names(n)
        if names & _INERT.keys() and cells:
            inert = _INERT[next(iter(names & _INERT.keys()))].split(" ")
            if all(cell.lower().replace(" ", "\N{NO-BREAK SPACE}") in inert for cell in cells):
                return "", ""
        for name in names:
            if name in deck_words.REFUSED:
                what = deck_words.REFUSED[name]
                why = deck_words.DECLARED.get(what, "are not part of this version")
                return f": {what} {why}", ""
        if not cells and not heading.text:
            return "", ""
        known = any(map(deck_words.is_harmless, names)) or not names.isdisjoint(FIELDS["name"])
        bears = deck_words.bears_on_money(heading.plain, words) or heading.currencies
        if not known and (bears or heading.minor):
            several = {deck_words.REFUSED[word] for word in words if word in deck_words.REFUSED}
            if len(several) > 1:
                told = (f"{what} {deck_words.DECLARED[what]}" for what in sorted(several))
                return f": {', and '.join(told)}", ""
            return " bears on prices, and is not understood", ""
        return question_of(set(cells), names)


def _digits(cell: str) -> str:
    return re.sub(r"\D", "", cell)
