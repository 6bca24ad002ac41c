"""Which of a file's columns means what, where a switch or its user is free to name them.

The usual names are recognised whatever their case, and with `-` or a space for `_`;
`options = { columns = { our_name = "name in the file" } }` of the source says the rest
(docs/engineer/formats.md). A column that means nothing to the program is kept in `meta`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing.mapping import packed
from minutebook.calls.schema import RECORD_SCHEMA
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from minutebook.calls.source import Source

MAPPABLE = tuple(name for name in RECORD_SCHEMA if name not in ("row", "reason", "detail"))
"""What `options.columns` can name."""

USUAL: Mapping[str, tuple[str, ...]] = {
    "call_id": ("call_id", "callid", "sip_call_id", "sip_callid"),
    "server": ("server", "server_name", "switch", "hostname"),
    "leg": ("leg",),
    "account": (),  # explicit: only where the format or the user says so
    "account_code": ("account_code", "accountcode", "acct_code", "acc_code", "account_id"),
    "trunk": ("trunk", "trunk_id", "src_ip", "source_ip"),
    "direction": ("direction",),
    "caller": (
        "caller", "src_user", "from_user", "calling", "caller_number", "caller_id_number", "src"
    ),
    "called": (
        "called", "dst_user", "ruri_user", "dst_ouser", "to_user", "called_number",
        "destination_number", "destination", "dst",
    ),
    "duration_ms": ("duration_ms", "ms_duration"),
    "cause": ("cause", "hangup_cause", "sip_code"),
    "meta": ("meta",),
}  # fmt: skip
"""Our names, and the names of columns that are taken for them, the first that has a value."""


def plain(name: str) -> str:
    """A column's name as it is compared."""
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


class Columns:
    """The columns of one frame by our names, without an empty value: "" is null.

    `usual` extends or replaces `USUAL`. `InputError`: `options.columns` of the source names
    something that is no column of ours.
    """

    def __init__(
        self,
        names: Iterable[str],
        source: Source,
        usual: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        known = {**USUAL, **(usual or {})}
        given = chosen(source)
        names = list(names)
        by_plain: dict[str, list[str]] = {}
        for name in names:
            by_plain.setdefault(plain(name), []).append(name)
        self.names: dict[str, list[str]] = {}
        for field in dict.fromkeys((*MAPPABLE, *known)):
            wanted = (given[field],) if field in given else known.get(field, ())
            exact = [name for name in wanted if field in given and name in names]
            found = exact or [name for want in wanted for name in by_plain.get(plain(want), [])]
            self.names[field] = found
        taken = {name for found in self.names.values() for name in found[:1]}
        self.unknown = [name for name in names if name not in taken]

    def has(self, field: str) -> bool:
        """Whether the frame has a column for it."""
        return bool(self.names[field])

    def text(self, frame: pl.DataFrame, field: str) -> pl.Series:
        """The values of a field, String; null where there is no column, or nothing in it."""
        found = [_filled(frame.get_column(name)) for name in self.names[field]]
        if not found:
            return pl.Series(field, [None], dtype=pl.String).new_from_index(0, frame.height)
        if len(found) == 1:
            return found[0].alias(field)
        return pl.select(pl.coalesce(*found)).to_series().alias(field)

    def meta(self, frame: pl.DataFrame, leave: Iterable[str] = ()) -> pl.Series:
        """`meta`: the column of that name, or a JSON object with what no other field takes.

        Of several columns for one field, all but the first are kept here too. `leave` names columns
        (compared by `plain`) that are of no use, as a row's number.
        """
        own = self.text(frame, "meta")
        extra = [name for name in self.unknown if plain(name) not in leave]
        if not extra:
            return own
        kept = [_filled(frame.get_column(name)).alias(name) for name in extra]
        return packed("meta", [*kept, own])


def chosen(source: Source) -> dict[str, str]:
    """`options.columns` of a source, checked: our name → its name in the file."""
    given = source.options.get("columns", {})
    if not isinstance(given, dict):
        raise InputError(f'source {source.name}: options.columns is a table of our_name = "theirs"')
    for field, name in given.items():
        if not isinstance(name, str):
            raise InputError(f"source {source.name}: options.columns.{field} is not in quotes")
        if field not in MAPPABLE:
            raise InputError(
                f"source {source.name}: options.columns.{field} is no column of ours"
                f"{did_you_mean(field, MAPPABLE)}; "
                f"they are {', '.join(MAPPABLE)}"
            )
    return dict(given)


def option(source: Source, name: str, allowed: tuple[object, ...], default: object) -> object:
    """An option of the source, one of those allowed; `InputError` lists them."""
    value = source.options.get(name, default)
    if not any(type(value) is type(one) and value == one for one in allowed):
        listed = ", ".join(
            "true" if v is True else "false" if v is False else repr(v)
            for v in allowed
            if v is not None
        )
        raise InputError(f"source {source.name}: option {name} is {value!r}, not one of {listed}")
    return value


def _filled(values: pl.Series) -> pl.Series:
    """The values with null for what is empty."""
    if values.dtype != pl.String:
        values = values.cast(pl.String)
    empty = values == ""
    return values if not empty.any() else pl.select(pl.when(~empty).then(values)).to_series()
