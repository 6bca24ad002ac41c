"""Tables of North American numbers: immutable files beside the prices of cards, named by their SHA-256.

A table of states is Parquet. One of ported numbers is an Arrow file, sorted by key and not compressed: it is
mapped into memory, so that a hundred million numbers cost no time to open.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.classes import parts_of
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.number_key import number_key
from minutebook.cards.origins import Origins
from minutebook.errors import InputError
from minutebook.rating.band_times import Holidays
from minutebook.rating.countries import Countries
from minutebook.rating.lookups import NO_LOOKUPS
from minutebook.rating.numbering import Numbering, PortedNumbers

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.combined import PriceClass
    from minutebook.lake.card_store import CardStore
    from minutebook.rating.lookups import LookUps

_PORTED: Final = ".arrow"
_ROUTES: Final = b"routes"


def keep_ported(
    store: CardStore, keys: pl.Series, places: pl.Series, routes: pl.Series
) -> tuple[int, str]:
    """Keep ported numbers: their keys (Int64, rising), and the place of each one's routing number among `routes`
    (Int64, eleven digits, rising). Gives how many there are, and the SHA-256.

    The few routing numbers stand in the file once, and a small number for each call.
    """
    import pyarrow as pa

    listed = ",".join(map(str, routes)).encode()
    table = pa.table(
        {"key": keys.rechunk().to_arrow(), "route": places.rechunk().to_arrow()}
    ).replace_schema_metadata({_ROUTES: listed})

    def write(_: Path, file: IO[bytes]) -> None:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    return len(keys), store.keep(write, _PORTED)


def lookups_of(store: CardStore, classes: PriceClasses | None) -> LookUps:
    """The tables by which the revision of a card prices, ready to look up."""
    found = NO_LOOKUPS
    for part in parts_of(classes):
        match part:
            case Jurisdictions():
                found = replace(found, numbering=_numbering(store, part.states, part.ported))
            case Origins():
                found = replace(found, countries=_countries(store, part.countries))
            case Bands() if part.calendar:
                found = replace(found, holidays=_holidays(store, part.calendar))
    return found


def tables_sound(store: CardStore, classes: PriceClasses | None) -> bool:
    """Whether the tables by which a revision prices are there, and are what they are named by."""
    return all(_table_sound(store, part) for part in parts_of(classes))


def _table_sound(store: CardStore, part: PriceClass) -> bool:
    match part:
        case Origins():
            return store.is_sound(part.countries)
        case Bands():
            return not part.calendar or store.is_sound(part.calendar)
        case Jurisdictions():
            ported = part.ported
            return store.is_sound(part.states) and (not ported or store.is_sound(ported, _PORTED))
    return True


@lru_cache(maxsize=4)
def _numbering(store: CardStore, states: str, ported: str) -> Numbering:
    table = store.read_table(states, "the states of numbers")
    return Numbering.of(table, open_ported(store.path(ported, _PORTED)) if ported else None)


@lru_cache(maxsize=4)
def _countries(store: CardStore, countries: str) -> Countries:
    return Countries.of(store.read_table(countries, "the countries of numbers"))


@lru_cache(maxsize=16)
def _holidays(store: CardStore, calendar: str) -> Holidays:
    table = store.read_table(calendar, "the holidays of a calendar")
    return Holidays(tuple(table["date"].to_list()))


def open_ported(path: Path) -> PortedNumbers:
    """The ported numbers of a file, mapped into memory; `InputError` where it is gone."""
    import pyarrow as pa

    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(
            f"the ported numbers are gone from the book ({path.name}); restore them from a backup"
        ) from error
    keys, route = (pl.Series(pl.from_arrow(table[name])) for name in ("key", "route"))
    listed = (table.schema.metadata or {}).get(_ROUTES, b"").decode()
    routes = pl.Series(listed.split(",") if listed else [], dtype=pl.String)
    return PortedNumbers(keys, route, routes, pl.select(number_key(pl.lit(routes))).to_series())
