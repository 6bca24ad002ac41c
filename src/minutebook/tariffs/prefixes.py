"""The one longest-prefix search in the program: numbers against a set of prefixes.

How it works. A number's key is its first 15 digits as an integer, pushed to the left, and its
length; so its first digits are a division away. They index a table (for 100,000 prefixes 7 of
them: 40 MB) whose entries are the answer, with what a shorter prefix covers filled in beforehand;
or, where longer prefixes begin with those digits, the offset of a page of the next table, indexed
by the next two digits, and so on. An entry is a position (≥ 0) or an offset, negated. Page 0 of
each further table is all zeros, so that `max(entry, 0) + table[max(-entry, 0) + digits]` is right
for both, without a branch.

The zeros that fill a number up could be taken for dialled ones, and a prefix or number may be
longer than 15 digits. Both are rare, and are seen in the answer: such numbers are searched
again, length by length.

A key does not depend on the prefixes. Where calls keep theirs beside the number, the search
needs no text at all, and takes half the time.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PREFIX_DIGITS: Final = 40
_WIDTH: Final = 15  # digits of a key, the most that E.164 allows
_LENGTHS: Final = 100  # a key ends with the number's length, 99 for all from there on
_FIRST: Final = {3: 100, 5: 10_000, 7: 10**10}  # digits of the first table, up to so many prefixes
_PAGE: Final = 2  # digits that index a page
_PAGE_SIZE: Final = 10**_PAGE
_DIGITS: Final = "^[0-9]+$"  # \d would take other scripts' digits
_FACTORS: Final = pl.Series(  # by the number's length; 0 for those that are longer than a key
    [10 ** (_WIDTH - length) for length in range(_WIDTH + 1)] + [0], dtype=pl.UInt64
)


def number_key(number: pl.Expr) -> pl.Expr:
    """The key (Int64, never null) of a number (String): its first digits and its length.

    0 where it is not of ASCII digits alone. A call can carry it, for `PrefixIndex.matched`.
    """
    digits = number.str.slice(0, _WIDTH).str.pad_end(_WIDTH, "0").cast(pl.Int64, strict=False)
    length = number.str.len_bytes().clip(upper_bound=_LENGTHS - 1).cast(pl.Int64)
    key = digits * _LENGTHS + length
    return pl.when(number.str.contains(_DIGITS)).then(key).otherwise(0).fill_null(0)


class PrefixIndex:
    """Prefixes, ready for the search of the longest one that begins a number.

    Positions are those in the series that the index was built from. Immutable once built.
    """

    __slots__ = ("_by_length", "_deepest", "_first", "_lengths", "_tables", "_zero_led", "count")

    def __init__(self, prefixes: pl.Series) -> None:
        """`prefixes` as for `build`, checked already."""
        self.count: Final = len(prefixes)
        """How many prefixes there are; also the position that `matched` gives for none."""
        keys = pl.DataFrame({"prefix": prefixes}).select(
            "prefix",
            position=pl.int_range(pl.len(), dtype=pl.Int32),
            length=pl.col("prefix").str.len_bytes().cast(pl.UInt8),
        )
        self._lengths: Final = keys["length"].append(pl.Series([0], dtype=pl.UInt8))
        self._by_length: Final = {
            int(length): part.select("prefix", "position")
            for (length,), part in keys.sort("length").group_by("length", maintain_order=True)
        }
        self._deepest: Final = max(self._by_length, default=0)
        self._zero_led: Final = bool(prefixes.str.contains("^(0|$)").any())
        first = next(digits for digits, most in _FIRST.items() if self.count <= most)
        self._first: Final = min(first, max(1, self._deepest))
        usual = keys.filter(pl.col("length") <= _WIDTH)
        self._tables: Final = _tables(usual, self._first, none=self.count)

    @classmethod
    def build(cls, prefixes: pl.Series | Sequence[str]) -> PrefixIndex:
        """The index of distinct prefixes of 0 to 40 ASCII digits; "" begins every number.

        `InputError` names a prefix that is not of digits, too long, or there twice.
        """
        series = pl.Series("prefix", prefixes, dtype=pl.String)
        digits = series.str.contains(f"^[0-9]{{0,{MAX_PREFIX_DIGITS}}}$").fill_null(value=False)
        wrong = series.filter(~digits)
        if len(wrong):
            raise InputError(
                f"prefix {wrong[0]!r} is not a string of up to {MAX_PREFIX_DIGITS} digits"
            )
        twice = series.filter(series.is_duplicated())
        if len(twice):
            raise InputError(f"prefix {twice[0]!r} is there more than once")
        return cls(series)

    def matched(
        self, frame: pl.LazyFrame, number: str, into: str, key: str | None = None
    ) -> pl.LazyFrame:
        """`frame` with a UInt32 column `into`: where the longest prefix of column `number` stands.

        `count` where no prefix begins the number or it is not of ASCII digits alone. Streams.
        With `key`, a column of the numbers' `number_key` (a null fails the query), the numbers
        themselves are read only if some prefix is longer than a key.
        """
        if self._deepest > _WIDTH:
            key = None
        aligned, head, entry = f"__{into}_aligned", f"__{into}_head", f"__{into}_entry"
        digits = _aligned(pl.col(number)) if key is None else _unsigned(pl.col(key)) // _LENGTHS
        frame = frame.with_columns(digits.alias(aligned))
        # the first two tables' digits in one 32-bit number: its divisions are cheap
        depth = self._first + _PAGE
        frame = frame.with_columns(_narrow(_leading(aligned, depth)).alias(head))
        first = pl.lit(self._tables[0]).gather(pl.col(head) // _PAGE_SIZE)
        frame = frame.with_columns(first.alias(entry))
        for k, table in enumerate(self._tables[1:]):
            known = pl.col(head) if k == 0 else _leading(aligned, depth)
            frame = frame.with_columns(_next_entry(entry, table, known % _PAGE_SIZE).alias(entry))
            depth += _PAGE
        settled = pl.map_batches(
            [pl.col(key or number), _narrow(pl.col(entry))],
            self._settled_text if key is None else self._settled_keys,
            return_dtype=pl.UInt32,
            is_elementwise=True,
        )
        return frame.with_columns(settled.alias(into)).drop(aligned, head, entry)

    def longest(self, number: pl.Expr) -> pl.Expr:
        """The position (Int32) of the longest prefix that begins `number`.

        Null where no prefix does, or where the number is not of ASCII digits alone. Streams;
        over whole tables of calls `matched` is the faster one.
        """
        return number.map_batches(self._longest, return_dtype=pl.Int32, is_elementwise=True)

    def _longest(self, numbers: pl.Series) -> pl.Series:
        frame = numbers.alias("number").to_frame().lazy()
        found = self.matched(frame, "number", "position").select(
            pl.when(pl.col("position") < self.count).then("position").cast(pl.Int32)
        )
        return found.collect().to_series()

    def _settled_text(self, columns: Sequence[pl.Series]) -> pl.Series:
        """The positions that entries (UInt32) are, those of unusual numbers searched again."""
        numbers, positions = columns
        if positions.null_count():
            positions = positions.fill_null(self.count)
        lengths = numbers.str.len_bytes()
        unusual = self._too_short(lengths, positions)
        longest = lengths.max()
        if isinstance(longest, int) and longest > _WIDTH:
            unusual.append(lengths > _WIDTH)
        if self._zero_led:  # text becomes an integer with a sign as well, one digit short
            unusual.append(numbers.str.starts_with("+"))
        where = _where(unusual)
        if len(where) == 0:
            return positions
        return positions.scatter(where, self._searched(numbers.gather(where)))

    def _settled_keys(self, columns: Sequence[pl.Series]) -> pl.Series:
        """As `_settled_text`, from the numbers' keys; here none is too long."""
        keys, positions = columns
        if keys.null_count():
            raise ValueError(f"column {keys.name} has no key for some numbers")
        lengths = keys.cast(pl.UInt64, wrap_numerical=True) % _LENGTHS
        unusual = self._too_short(lengths, positions)
        if self._zero_led:  # the key of what is no number reads as zeros
            unusual.append(lengths == 0)
        where = _where(unusual)
        if len(where) == 0:
            return positions
        digits = (keys.gather(where) // _LENGTHS).cast(pl.String).str.zfill(_WIDTH)
        numbers = digits.to_frame("digits").select(
            pl.col("digits").str.slice(0, lengths.gather(where).clip(upper_bound=_WIDTH))
        )
        return positions.scatter(where, self._searched(numbers.to_series()))

    def _too_short(self, lengths: pl.Series, positions: pl.Series) -> list[pl.Series]:
        """Where a zero that fills up was taken for a dialled one: a mask, if there is any."""
        short = lengths < self._deepest
        if not short.any():
            return []
        found = self._lengths.gather(positions.filter(short))
        if not (found > lengths.filter(short)).any():
            return []
        return [self._lengths.gather(positions) > lengths]

    def _searched(self, numbers: pl.Series) -> pl.Series:
        """The positions of any numbers, by looking up their beginnings of every length."""
        found = pl.DataFrame({"number": numbers}).select(
            "number",
            digits=pl.col("number").str.contains(_DIGITS),
            best=pl.lit(self.count, dtype=pl.Int32),
        )
        for length, keys in self._by_length.items():
            beginning = pl.col("number").str.slice(0, length)
            found = (
                found.with_columns(prefix=pl.when("digits").then(beginning))
                .join(keys, on="prefix", how="left", maintain_order="left")
                .select("number", "digits", best=pl.coalesce("position", "best"))
            )
        return found["best"].cast(pl.UInt32)


def _aligned(number: pl.Expr) -> pl.Expr:
    """The number (String) at the left of `_WIDTH` digits; null where it is no integer."""
    length = pl.min_horizontal(number.str.len_bytes(), pl.lit(_WIDTH + 1, dtype=pl.UInt32))
    return number.cast(pl.UInt64, strict=False) * pl.lit(_FACTORS).gather(length)


def _unsigned(number: pl.Expr) -> pl.Expr:
    """A number of 0 or more, as the type whose division is cheap."""
    return number.cast(pl.UInt64, wrap_numerical=True)


def _where(masks: list[pl.Series]) -> pl.Series:
    """The positions where any of the masks holds."""
    if not any(mask.any() for mask in masks):
        return pl.Series(dtype=pl.UInt32)
    return reduce(or_, masks).arg_true()


def _leading(aligned: str, digits: int) -> pl.Expr:
    """The first digits of a left-aligned number, as an integer."""
    divisor: int = 10 ** (_WIDTH - digits)
    return pl.col(aligned) // divisor


def _narrow(number: pl.Expr) -> pl.Expr:
    """A number that fits as UInt32; to check that it does would cost more than the rest."""
    return number.cast(pl.UInt32, wrap_numerical=True)


def _next_entry(entry: str, table: pl.Series, digits: pl.Expr) -> pl.Expr:
    zero = pl.lit(0, dtype=pl.Int32)
    slot = pl.max_horizontal(-pl.col(entry), zero) + digits.cast(pl.Int32, wrap_numerical=True)
    return pl.max_horizontal(pl.col(entry), zero) + pl.lit(table).gather(_narrow(slot))


def _tables(keys: pl.DataFrame, first: int, none: int) -> list[pl.Series]:
    """The tables of entries (Int32) over `keys` (position, prefix, length ≤ `_WIDTH`)."""
    table = _filled(pl.Series([none], dtype=pl.Int32), keys, 0, first, pl.lit(0))
    tables = [table]
    depth = first
    keys = keys.with_columns(slot=_integer(pl.col("prefix").str.slice(0, first)))
    page = pl.col("page").cast(pl.Int64)
    while True:
        keys = keys.filter(pl.col("length") > depth)
        if keys.is_empty():
            return tables
        slots = keys["slot"].unique().sort()
        pages = pl.DataFrame({"slot": slots}).with_row_index("page", offset=1)
        inherited = pl.Series([0], dtype=pl.Int32).append(tables[-1].gather(slots))
        tables[-1].scatter(slots, pages["page"].cast(pl.Int32) * -_PAGE_SIZE)
        keys = keys.join(pages, on="slot")
        tables.append(_filled(inherited, keys, depth, depth + _PAGE, page))
        digits = _integer(pl.col("prefix").str.slice(depth, _PAGE))
        keys = keys.with_columns(slot=page * _PAGE_SIZE + digits).drop("page")
        depth += _PAGE


def _filled(
    table: pl.Series, keys: pl.DataFrame, depth: int, until: int, page: pl.Expr
) -> pl.Series:
    """`table`, an entry a page, widened by the digits from `depth` to `until`.

    Each entry passes to the ten below it, unless a prefix of `keys` ends there.
    """
    for length in range(depth, until + 1):
        if length > depth:
            table = table.gather(pl.int_range(len(table) * 10, eager=True) // 10)
        ending = keys.filter(pl.col("length") == length)  # none at `depth`: in the table before
        if ending.height:
            digits = _integer(pl.col("prefix").str.slice(depth, length - depth))
            slots = ending.select(page * 10 ** (length - depth) + digits).to_series()
            table.scatter(slots, ending["position"])
    return table


def _integer(digits: pl.Expr) -> pl.Expr:
    """Text of digits as Int64; the empty text is 0."""
    return pl.when(digits == "").then(pl.lit("0")).otherwise(digits).cast(pl.Int64)
