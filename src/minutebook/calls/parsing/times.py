"""Times as text → instants in UTC, microseconds (docs/rules/time.md, "Local times").

Well-formed columns go through Arrow's own parser at tens of millions a second; it refuses a
whole column for one bad value, so a column that it refuses is tried again in small pieces, and
only the pieces that hold a bad value are taken apart exactly. What is not a time that exists,
to the second, gets a reason instead of a value; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from minutebook.calls.parsing.quantities import scaled
from minutebook.calls.schema import INSTANT, Reason
from minutebook.errors import InputError

UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Z", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu"})
_PIECE = 1 << 13  # a column with a bad value is read in pieces of so many
_LOCAL = pl.Datetime("us")
_SECONDS_COLON = 16  # in 2026-10-01T10:00:00, where a time without seconds has no colon
_PARTS = (
    r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]"  # the date
    r"([0-9]{2}:[0-5][0-9]:[0-5][0-9])(?:[.,]([0-9]+))?"  # the time, its decimals
    r"\s*(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?\s*$"  # the offset
)
_OFFSET = r"^([+-])([01][0-9]|2[0-3]):?([0-5][0-9])?$"
_MINUTE_US = 60_000_000
_LAST_US = 253_402_300_799_999_999  # the end of the year 9999, the last that Python can show
_FIRST_EPOCH_US = (
    1_000_000_000_000_000  # 2001-09-09: an epoch of seconds has ten digits since, and fewer if cut
)
_NEVER = (  # as MySQL shows a time that is not there, and an epoch of 0 in whatever zone
    r"^\s*(0000-00-00[Tt ]00:00|(1970-01-01|1969-12-31)[Tt ][0-9]{2}:(00|15|30|45)):00([.,]0*)?"
    r"\s*(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)?\s*$"
)
_FIRST_US = -62_135_596_800_000_000  # the beginning of the year 1


@dataclass(frozen=True, slots=True)
class Instants:
    """Times of a column: `values` (INSTANT), and for those that are none `reasons` (String,
    a Reason or null); `reasons` None: every text that is there was a time."""

    values: pl.Series
    reasons: pl.Series | None = None


def instants(texts: pl.Series, zone: str | None) -> Instants:
    """The instants of `YYYY-MM-DD`, `T` or a space, `hh:mm:ss`, decimals, and `Z` or an offset.

    Without an offset a time is local in `zone` (IANA): reason `no_zone` without one,
    `ambiguous_time` in the hour that a clock change repeats, `nonexistent_time` in the hour that
    it skips. Anything else, a date alone or a time without seconds too, is `bad_time`. More than
    six decimals are truncated. `InputError` where the zone itself is not known.
    """
    if texts.null_count() == len(texts):
        return Instants(pl.Series(texts.name, [None] * len(texts), dtype=INSTANT))
    fast = _fast(texts, zone)
    if fast is not None and _shown(fast.values).all():
        return fast
    if len(texts) <= _PIECE:
        return _exact(texts, zone)
    pieces = [texts.slice(at, _PIECE) for at in range(0, len(texts), _PIECE)]
    return _joined([instants(piece, zone) for piece in pieces])


def epochs(texts: pl.Series, decimals: int = 6) -> Instants:
    """The instants of epoch numbers; `decimals` 6 for seconds, 0 for microseconds.

    What is no number is `bad_time`, and so is an epoch before September 2001: it has lost digits.
    """
    micros = scaled(texts, decimals)
    good = micros.is_between(_FIRST_EPOCH_US, _LAST_US)
    values = _where(good, micros).cast(_LOCAL).dt.replace_time_zone("UTC")
    return Instants(values, _reasons(texts, values, Reason.BAD_TIME))


def instants_or_epochs(texts: pl.Series, zone: str | None) -> Instants:
    """Times as `instants`, or as epoch seconds with or without decimals; "0" is no time, and what
    `without_never` leaves out neither."""
    texts = without_never(texts)
    number = texts.str.contains(r"^\s*[0-9]+(\.[0-9]*)?\s*$").fill_null(value=False)
    if not number.any():
        return instants(texts, zone)
    never = texts.str.contains(r"^[0.]+$").fill_null(value=False)
    by_epoch = epochs(_where(number & ~never, texts))
    by_text = instants(_where(~number, texts), zone)
    values = pl.select(pl.coalesce(by_epoch.values, by_text.values)).to_series()
    return Instants(values.alias(texts.name), _first(by_epoch.reasons, by_text.reasons))


def without_never(texts: pl.Series) -> pl.Series:
    """Null for what tables hold where there was no such time: MySQL's date of noughts, and the instant
    that an epoch of 0 is, 1970-01-01 00:00:00, as it is shown in any zone."""
    nothing = texts.str.contains(_NEVER).fill_null(value=False)
    return _where(~nothing, texts).alias(texts.name) if nothing.any() else texts


def _fast(texts: pl.Series, zone: str | None) -> Instants | None:
    """All by Arrow, or None where one value at least is not to its taste."""
    lengths = texts.str.len_bytes()
    shortest = lengths.min()
    if not isinstance(shortest, int):  # no text in this piece
        return Instants(pl.Series(texts.name, [None] * len(texts), dtype=INSTANT))
    if shortest <= _SECONDS_COLON + 2:
        return None
    if not (texts.str.slice(_SECONDS_COLON, 1) == ":").all():
        return None
    first = texts.drop_nulls()[0]
    local = not (first.endswith(("Z", "z")) or "+" in first or first.count("-") > 2)  # noqa: PLR2004 - a date has two
    if local and zone is None:
        return None
    try:
        cast = pc.cast(texts.to_arrow(), pa.timestamp("us", None if local else "UTC"))
    except pa.ArrowInvalid:
        return None
    values = pl.Series(texts.name, pl.from_arrow(cast))
    return localised(values, zone) if local and zone else Instants(values)


def localised(local: pl.Series, zone: str) -> Instants:
    """The instants of local times (Datetime without zone) in an IANA zone."""
    if zone in UTC_NAMES:
        return Instants(local.cast(_LOCAL).dt.replace_time_zone("UTC"))
    try:
        values = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
        if values.null_count() == local.null_count():
            return Instants(values.dt.convert_time_zone("UTC"))
        earliest = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    except pl.exceptions.PolarsError:
        raise InputError(f"zone {zone!r} is no IANA time zone; use one as Europe/London") from None
    lost = values.is_null() & local.is_not_null()
    twice = _pick(lost & earliest.is_not_null(), Reason.AMBIGUOUS_TIME)
    never = _pick(lost & earliest.is_null(), Reason.NONEXISTENT_TIME)
    return Instants(values.dt.convert_time_zone("UTC"), _first(twice, never))


def _exact(texts: pl.Series, zone: str | None) -> Instants:
    """Each value by itself."""
    parts = texts.str.extract_groups(_PARTS).struct.unnest()
    date, time, fraction, offset = (parts.to_series(i) for i in range(4))
    written = date + " " + time + "." + fraction.fill_null("").str.head(6).str.pad_end(6, "0")
    local = written.str.to_datetime("%Y-%m-%d %H:%M:%S.%6f", time_unit="us", strict=False)
    east_us = _minutes_east(offset) * _MINUTE_US
    values = (local.cast(pl.Int64) - east_us).cast(_LOCAL).dt.replace_time_zone("UTC")
    without = offset.is_null() & local.is_not_null()
    why = _pick(without, Reason.NO_ZONE)
    if zone is not None and without.any():
        here = localised(_where(without, local), zone)
        values = pl.select(pl.coalesce(values, here.values)).to_series()
        why = here.reasons
    values = _where(_shown(values), values).alias(texts.name)
    missing = texts.is_not_null() & values.is_null()
    return Instants(values, _first(why, _pick(missing, Reason.BAD_TIME)))


def _minutes_east(offset: pl.Series) -> pl.Series:
    """Offsets as minutes east of UTC, null where there is none or it is impossible."""
    parts = offset.str.extract_groups(_OFFSET).struct.unnest()
    sign, hours, minutes = (parts.to_series(i) for i in range(3))
    east = hours.cast(pl.Int64) * 60 + minutes.fill_null("0").cast(pl.Int64)
    named = offset.is_in(["Z", "z", "UTC", "GMT"])
    return pl.select(
        pl.when(named).then(0).when(sign == "-").then(-east).otherwise(east)
    ).to_series()


def _shown(values: pl.Series) -> pl.Series:
    """Whether an instant lies in the years 1 to 9999."""
    return values.cast(pl.Int64).is_between(_FIRST_US, _LAST_US)


def _joined(pieces: list[Instants]) -> Instants:
    values = pl.concat([piece.values for piece in pieces])
    if all(piece.reasons is None for piece in pieces):
        return Instants(values)
    nothing = [
        piece.reasons
        if piece.reasons is not None
        else pl.Series([None] * len(piece.values), dtype=pl.String)
        for piece in pieces
    ]
    return Instants(values, pl.concat(nothing))


def _reasons(texts: pl.Series, values: pl.Series, reason: Reason) -> pl.Series | None:
    """`reason` where there is a text and no value."""
    if values.null_count() == texts.null_count():
        return None
    return _pick(texts.is_not_null() & values.is_null(), reason)


def _pick(mask: pl.Series, reason: Reason) -> pl.Series | None:
    if not mask.any():
        return None
    return pl.select(pl.when(mask).then(pl.lit(reason.value))).to_series()


def _where(mask: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(mask).then(values)).to_series()


def _first(one: pl.Series | None, other: pl.Series | None) -> pl.Series | None:
    if one is None or other is None:
        return other if one is None else one
    return pl.select(pl.coalesce(one, other)).to_series()
