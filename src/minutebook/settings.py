"""`book.toml`: where a book is and what it uses."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from minutebook.errors import InputError
from minutebook.open_id import OpenId, read_open_id
from minutebook.words import did_you_mean

FILE = "book.toml"
_AWKWARD = re.compile(r"[=\\]|%[0-9A-Fa-f]{2}")
"""What would be taken for a partition's name, for a folder's end, or decoded."""
_BOUNDS = ("bound_day_times", "bound_refund_percent", "bound_floor")
_KNOWN = ("book", "currency", "database", "database_owner", "lake", "requests_per_second", *_BOUNDS)
_SIGN_IN = "sign_in"
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,10})?", re.ASCII)

_TEMPLATE = """\
# A Minutebook. Everything that it knows is in this folder, unless a line below says otherwise.

# The book's own name: its database carries the same, so that no other book writes there.
{book}
# The currency of a rate card that names none.
currency = "{currency}"

# An outside PostgreSQL (15 or newer) instead of the embedded one, and the role that owns the
# tables there, where that is another one than the program's:
{database}
"""


_OF_THE_PLACE = frozenset(("database", "database_owner", "lake"))
_OF_A_PLACE = re.compile(
    rf"""^[ \t]*["']?({"|".join(sorted(_OF_THE_PLACE))})["']?[ \t]*=.*\n?""", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Beyond what a run parks an account's charges (docs/rules/runs.md, "Bounds").

    `floor` is an amount of a currency with two decimals, and as many of its smallest units in others.
    """

    day_times: Decimal | None = Decimal(3)
    """A day's charge may be so many times the usual; None: any."""
    refund_percent: Decimal | None = Decimal(20)
    """Of what was charged, so much may be paid back at once; None: all."""
    floor: Decimal = Decimal(100)
    """What comes to no more is never parked."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `book.toml` says; paths are absolute."""

    folder: Path
    currency: str = "USD"
    book: str | None = None
    database: str | None = field(default=None, repr=False)  # a password may be in it
    database_owner: str | None = field(default=None, repr=False)
    lake: str | None = None
    bounds: Bounds = field(default_factory=Bounds)
    open_id: OpenId | None = None
    requests_per_second: Decimal | None = Decimal(100)
    """Of a key, and twice as many at once; None: any."""

    @property
    def lake_folder(self) -> Path:
        """Where calls, quarantine and decks are; `InputError` where they cannot be."""
        self.check_lake()
        return self.folder / (self.lake or "lake")

    def check_lake(self) -> None:
        """`InputError` where no lake can lie at its place."""
        lake = self.lake or "lake"
        if "://" in lake:
            raise InputError(
                f"lake is {lake}, and must be a folder; object stores come later",
                file=str(self.folder / FILE),
            )
        if _AWKWARD.search(str((self.folder / lake).absolute())):
            raise InputError(
                f"no lake can lie at {self.folder / lake}, under a path with =, \\ or a % escape;"
                f" move the book, or name another folder as lake in its {FILE}"
            )


def find(given: Path | None, *, start: Path | None = None) -> Path:
    """The book's folder: the one given, else `$MINUTEBOOK`, else the nearest upward of `start`."""
    if given is None and os.environ.get("MINUTEBOOK"):
        given = Path(os.environ["MINUTEBOOK"])
    if given is not None:
        if not (given / FILE).is_file():
            raise InputError.advised(
                f"{given} is not a book: it has no {FILE}",
                f"make one with minutebook.init({str(given)!r})",
                shell=f"make one with: minutebook init {given}",
            )
        return given.resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise InputError.advised(
        "no book here",
        "pass its folder, set MINUTEBOOK, or make one with minutebook.init(folder)",
        shell="say --book PATH, set MINUTEBOOK, or make one with: minutebook init PATH",
    )


def read(folder: Path) -> Settings:
    """The settings of the book in `folder`."""
    path = folder / FILE
    values = tomllib.loads(_text(path))
    open_id = read_open_id(values.pop(_SIGN_IN, {}), path)
    for key, value in values.items():
        if key not in _KNOWN:
            raise InputError(
                f"unknown key {key!r}{did_you_mean(key, _KNOWN)}; known are {', '.join(_KNOWN)}",
                file=str(path),
            )
        if not isinstance(value, str):
            raise InputError(f"{key} is a text in quotes", file=str(path))
    said = {key: _bound(key, values.pop(key), path) for key in _BOUNDS if key in values}
    if "requests_per_second" in values:
        values["requests_per_second"] = _rate(values["requests_per_second"], path)
    bounds = Bounds(**{key.removeprefix("bound_"): bound for key, bound in said.items()})
    return Settings(folder, bounds=bounds, open_id=open_id, **values)


def _rate(text: str, path: Path) -> Decimal | None:
    """How many requests a key may ask; None: any."""
    if text != "off" and not (_NUMBER.fullmatch(text) and Decimal(text)):
        raise InputError(
            f'requests_per_second {text!r} is no number above 0; write it as in "100", or "off"',
            file=str(path),
        )
    return None if text == "off" else Decimal(text)


def _bound(key: str, text: str, path: Path) -> Any:
    """A bound; None where it is off."""
    if text == "off" and key != "bound_floor":
        return None
    if not _NUMBER.fullmatch(text):
        off = "" if key == "bound_floor" else ', or "off"'
        raise InputError(
            f'{key} {text!r} is no number of 0 or more; write it as in "20"{off}', file=str(path)
        )
    return Decimal(text)


def write(
    folder: Path,
    currency: str,
    database: str | None,
    database_owner: str | None,
    book: str | None = None,
) -> None:
    """Make `book.toml`, whole or not at all."""
    lines = [
        f"{key} = {_quoted(value)}" if value else f'# {key} = "postgresql://…"'
        for key, value in (("database", database), ("database_owner", database_owner))
    ]
    name = f'book = "{book}"\n' if book else ""
    text = _TEMPLATE.format(book=name, currency=currency, database="\n".join(lines))
    _write(folder / FILE, text)


def write_movable(folder: Path, to: Path) -> None:
    """Copy the settings of the book in `folder`, without those that say where its stores are.

    The addresses, and the passwords in them, stay where they are.
    """
    read(folder)
    text = _OF_A_PLACE.sub("", (folder / FILE).read_text("utf-8"))
    try:
        left = tomllib.loads(text).keys() & _OF_THE_PLACE
    except tomllib.TOMLDecodeError:
        left = set(_OF_THE_PLACE)
    if left:
        keys = ", ".join(sorted(left))
        raise InputError(f"write {keys} in a line each, as lake = 'lake'", file=str(folder / FILE))
    _write(to, text)


def write_restored(
    movable: Path, folder: Path, database: str | None, database_owner: str | None
) -> None:
    """Make `book.toml` in `folder` of what `write_movable` made, with these addresses."""
    text = _text(movable)
    named = (("database", database), ("database_owner", database_owner))
    lines = [f"{key} = {_quoted(value)}\n" for key, value in named if value]
    _write(folder / FILE, "".join(lines) + text)


def _text(path: Path) -> str:
    """The text of a file, which is TOML."""
    try:
        text = path.read_text("utf-8")
        tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot be read: {error}", file=str(path)) from None
    return text


def _quoted(text: str) -> str:
    """A text as TOML has it: JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    """Write a private file, whole or not at all: an address may hold a password."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, "utf-8")
    handle = os.open(part, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    part.replace(path)
