"""The one longest-prefix search in the program: numbers against a set of prefixes
(docs/rules/cards.md, "Longest prefix").

How it works. A number's key is its first 15 digits as an integer of base 11, in which 0 stands for
"no digit" and 1 to 10 for the digits 0 to 9, pushed to the left; so its first digits are a
division away, and a short number's missing ones are told from dialled zeros. They index a table
(for 100,000 prefixes 7 of them: 78 MB) whose entries are the answer, with what a shorter prefix
covers filled in beforehand; or, where longer prefixes begin with those digits, the offset of a
page of the next table, indexed by the next two digits, and so on. An entry is a position (≥ 0) or
an offset, negated. Page 0 of each further table is all zeros, so that
`max(entry, 0) + table[max(-entry, 0) + digits]` is right for both, without a branch.

A prefix of more than 15 digits, the most that E.164 allows, is rare: where a deck has some, the
numbers that are as long are searched again, length by length.

A key does not depend on the prefixes. Calls in the lake have theirs beside the number: the search
then needs no text at all, and takes a third of the time. Of the caller they have the key's head, its first
8 digits, which is all that most tables of callers ask for, in half the space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.number_key import BASE, HEAD_DIGITS, WIDTH, head_digits, number_key
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PREFIX_DIGITS: Final = 40
_FIRST: Final = {3: 100, 5: 10_000, 7: 10**10}  # digits of the first table, up to so many prefixes
_PAGE: Final = 2  # digits that index a page
_PAGE_SIZE: Final = BASE**_PAGE
_DIGITS: Final = "^[0-9]+$"  # \d would take other scripts' digits


class PrefixIndex:
    """Prefixes, ready for the search of the longest one that begins a number.

    Positions are those in the series that the index was built from. Immutable once built.
    """

    __slots__ = ("_first", "_long", "_tables", "by_head", "count")

    def __init__(self, prefixes: pl.Series) -> None:
        """`prefixes` as for `build`, checked already."""
        self.count: Final = len(prefixes)
        """How many prefixes there are; also the position that `matched` gives for none."""
        keys = pl.DataFrame({"prefix": prefixes}).select(
            "prefix",
            position=pl.int_range(pl.len(), dtype=pl.Int32),
            length=pl.col("prefix").str.len_bytes(),
        )
        longer = keys.filter(pl.col("length") > WIDTH).sort("length")
        self._long: Final = {
            int(length): part.select("prefix", "position")
            for (length,), part in longer.group_by("length", maintain_order=True)
        }
        self.by_head: Final = keys.filter(pl.col("length") > HEAD_DIGITS).is_empty()
        """Whether a number's head is enough to find its longest prefix: `matched_by_head`."""
        usual = keys.filter(pl.col("length") <= WIDTH)
        deepest = usual["length"].max()
        first = next(digits for digits, most in _FIRST.items() if self.count <= most)
        self._first: Final = min(first, deepest) if isinstance(deepest, int) and deepest else 1
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
        With `key`, a column of the numbers' `number_key`, the numbers themselves are read only if
        some prefix is longer than a key; a null is no number.
        """
        digits, head, entry = f"__{into}_key", f"__{into}_head", f"__{into}_entry"
        known = number_key(pl.col(number)) if key is None else pl.col(key)
        frame = frame.with_columns(known.cast(pl.UInt64, wrap_numerical=True).alias(digits))
        # the first two tables' digits in one 32-bit number: its divisions are cheap
        depth = self._first + _PAGE
        frame = frame.with_columns(_narrow(_leading(digits, depth)).alias(head))
        first = pl.lit(self._tables[0]).gather(pl.col(head) // _PAGE_SIZE)
        frame = frame.with_columns(first.alias(entry))
        for k, table in enumerate(self._tables[1:]):
            leading = pl.col(head) if k == 0 else _leading(digits, depth)
            frame = frame.with_columns(_next_entry(entry, table, leading % _PAGE_SIZE).alias(entry))
            depth += _PAGE
        position = _narrow(pl.col(entry)).fill_null(self.count)
        if self._long:
            position = pl.map_batches(
                [pl.col(number), position],
                self._of_long_numbers,
                return_dtype=pl.UInt32,
                is_elementwise=True,
            )
        return frame.with_columns(position.alias(into)).drop(digits, head, entry)

    def matched_by_head(self, frame: pl.LazyFrame, head: str, into: str) -> pl.LazyFrame:
        """As `matched`, by a column of the numbers' `number_head`; for an index that is `by_head`."""
        assert self.by_head
        leading, entry, depth = f"__{into}_head", f"__{into}_entry", self._first
        frame = frame.with_columns(head_digits(pl.col(head)).alias(leading))
        first = pl.lit(self._tables[0]).gather(pl.col(leading) // BASE ** (HEAD_DIGITS - depth))
        frame = frame.with_columns(first.alias(entry))
        for table in self._tables[1:]:
            depth += _PAGE
            digits = pl.col(leading)
            if depth <= HEAD_DIGITS:
                digits = digits // BASE ** (HEAD_DIGITS - depth)
            else:  # of the last page's two digits one is none: no prefix reaches it
                digits = digits * BASE ** (depth - HEAD_DIGITS)
            found = _next_entry(entry, table, digits % _PAGE_SIZE)
            frame = frame.with_columns(found.alias(entry))
        position = _narrow(pl.col(entry)).fill_null(self.count)
        return frame.with_columns(position.alias(into)).drop(leading, entry)

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

    def _of_long_numbers(self, columns: Sequence[pl.Series]) -> pl.Series:
        """The positions (UInt32) so far, those of longer prefixes in their place."""
        numbers, positions = columns
        where = (numbers.str.len_bytes() > WIDTH).arg_true()
        if len(where) == 0:
            return positions
        found = pl.DataFrame({"number": numbers.gather(where), "best": positions.gather(where)})
        digits = pl.col("number").str.contains(_DIGITS)
        for length, keys in self._long.items():
            beginning = pl.when(digits).then(pl.col("number").str.slice(0, length))
            found = (
                found.with_columns(prefix=beginning)
                .join(keys, on="prefix", how="left", maintain_order="left")
                .select("number", best=pl.coalesce(pl.col("position").cast(pl.UInt32), "best"))
            )
        return positions.scatter(where, found["best"])


def _leading(key: str, digits: int) -> pl.Expr:
    """The key of a number's first digits."""
    divisor: int = BASE ** (WIDTH - digits)
    return pl.col(key) // divisor


def _narrow(number: pl.Expr) -> pl.Expr:
    """A number that fits as UInt32; to check that it does would cost more than the rest."""
    return number.cast(pl.UInt32, wrap_numerical=True)


def _next_entry(entry: str, table: pl.Series, digits: pl.Expr) -> pl.Expr:
    zero = pl.lit(0, dtype=pl.Int32)
    slot = pl.max_horizontal(-pl.col(entry), zero) + digits.cast(pl.Int32, wrap_numerical=True)
    return pl.max_horizontal(pl.col(entry), zero) + pl.lit(table).gather(_narrow(slot))


def _tables(keys: pl.DataFrame, first: int, none: int) -> list[pl.Series]:
    """The tables of entries (Int32) over `keys` (position, prefix, length ≤ `WIDTH`).

    The first has one more at its end, which what is no number comes to.
    """
    keys = keys.with_columns(key=number_key(pl.col("prefix")))
    nothing = [pl.Series([none], dtype=pl.Int32) for _ in range(2)]
    tables = [_filled(nothing[0], keys.with_columns(page=0), 0, first).append(nothing[1])]
    depth = first
    keys = keys.with_columns(slot=_leading("key", first))
    while True:
        keys = keys.filter(pl.col("length") > depth)
        if keys.is_empty():
            return tables
        slots = keys["slot"].unique().sort()
        pages = pl.DataFrame({"slot": slots}).with_row_index("page", offset=1)
        inherited = pl.Series([0], dtype=pl.Int32).append(tables[-1].gather(slots))
        tables[-1].scatter(slots, pages["page"].cast(pl.Int32) * -_PAGE_SIZE)
        keys = keys.join(pages.cast(pl.Int64), on="slot")
        tables.append(_filled(inherited, keys, depth, depth + _PAGE))
        digits = _leading("key", depth + _PAGE) % _PAGE_SIZE
        keys = keys.with_columns(slot=pl.col("page") * _PAGE_SIZE + digits).drop("page")
        depth += _PAGE


def _filled(table: pl.Series, keys: pl.DataFrame, depth: int, until: int) -> pl.Series:
    """`table`, an entry a page, widened by the digits from `depth` to `until`.

    Each entry passes to those below it, unless a prefix of `keys` ends there.
    """
    for length in range(depth, until + 1):
        if length > depth:
            size = len(table) * BASE
            table = table.gather(pl.int_range(size, dtype=pl.UInt32, eager=True) // BASE)
        ending = keys.filter(pl.col("length") == length)  # none at `depth`: in the table before
        if ending.height:
            width = BASE ** (length - depth)
            slots = pl.col("page") * width + _leading("key", length) % width
            table.scatter(ending.select(slots).to_series(), ending["position"])
    return table
