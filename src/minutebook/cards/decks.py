"""Rate decks as carriers send them: a table of prefixes and prices, read exactly or refused.

A deck is believed as a whole: one bad row refuses it, with its line. Nothing is guessed that
would change a price: an empty price is not 0, an exponent is not a prefix, two columns that could
both be the price are a question to the user (docs/rules/cards.md, "What a deck may say").
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards import deck_columns
from minutebook.cards.deck_columns import Layout
from minutebook.cards.tariff import Increment, Step, check_steps
from minutebook.errors import InputError, no_device
from minutebook.words import plain_cell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STEP = pl.Struct({"from_s": pl.Int32, "rate": pl.Int64, "pulse_s": pl.Int32})

DECK_SCHEMA: dict[str, pl.DataType] = {
    "prefix": pl.String(),  # digits
    "name": pl.String(),
    "rate": pl.Int64(),  # a minute, in units of 1e-10; null where blocked, or priced by steps
    "connect_fee": pl.Int64(),  # units of 1e-10; null: the card or plan says
    "minimum_s": pl.Int32(),
    "pulse_s": pl.Int32(),
    "rounding_method": pl.String(),
    "rounding_precision": pl.Int8(),
    "grace_ms": pl.Int64(),
    "status": pl.String(),  # open or blocked
    "steps": pl.List(STEP),
}

_MS_UNITS = 10 ** (money.SCALE - 3)
"""Units of 1e-10, as which `_amounts` reads seconds, in a millisecond."""
_WHOLE_DIGITS = 8  # 99,999,999 a minute fits in Int64 units with room
_STATUS = {"open": "open", "active": "open", "enabled": "open", "": "open"}
_STATUS |= dict.fromkeys(
    ("block", "blocked", "inactive", "disabled", "reject", "rejected"), "blocked"
)


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck in DECK_SCHEMA, sorted by prefix; the columns that were not read; its currency if it says one."""

    frame: pl.DataFrame
    ignored_columns: tuple[str, ...]
    currency: str | None


def read_deck(path: Path, columns: Mapping[str, str] | None = None) -> Deck:
    """A deck from delimited text (, ; | or tab), with a header or as prefix,rate[,name].

    `columns`: our name → the file's header. Raises `InputError` with file and line for the first
    row that is wrong.
    """
    file = str(path)
    rows, lines = _rows(path)
    layout = Layout.of(rows[0], dict(columns or {}), file)
    if layout.has_header:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise InputError("the deck has no prices", file=file)
    for row, line in zip(rows, lines, strict=True):
        if len(row) != layout.width:
            raise InputError(
                f"{len(row)} columns where the deck has {layout.width}; mend the row",
                file=file,
                line=line,
            )
    _refuse_unlike(rows, lines, layout, file)
    currency = _currency(rows[0], layout, file)
    cells = {field: [row[index].strip() for row in rows] for field, index in layout.fields.items()}
    absent = [pl.lit("").alias(field) for field in deck_columns.FIELDS if field not in cells]
    table = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)).with_columns(
        *absent, line=pl.Series(lines, dtype=pl.Int64)
    )
    frame = _checked(table, file)
    return Deck(_unique(frame, file), layout.ignored, currency)


def _refuse_unlike(rows: list[list[str]], lines: list[int], layout: Layout, file: str) -> None:
    """`InputError` for the first row that differs in what must be one for all."""
    for header, index in layout.alike.items():
        first = rows[0][index].strip()
        for row, line in zip(rows, lines, strict=True):
            if row[index].strip() != first:
                raise InputError(
                    f"{header} {row[index].strip()!r} is not {first!r} as in line {lines[0]};"
                    " split the deck, a revision holds for all of its rows",
                    file=file,
                    line=line,
                )


def _currency(row: list[str], layout: Layout, file: str) -> str | None:
    """What the price's header or a column of currencies says, if one does."""
    said = {
        row[n].strip().upper() for name, n in layout.alike.items() if "currency" in name.lower()
    }
    said = (said | {layout.currency or ""}) - {""}
    if len(said) > 1:
        raise InputError(f"says two currencies, {' and '.join(sorted(said))}", file=file, line=1)
    return next(iter(said), None)


def _rows(path: Path) -> tuple[list[list[str]], list[int]]:
    """The rows that are not empty, each with its line."""
    file = str(path)
    no_device(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError(
            "is not UTF-8 text; export it as UTF-8 CSV", file=file, line=line
        ) from None
    if "\0" in text:
        raise InputError("is not a text file; export the deck as CSV", file=file)
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(
        text.splitlines(keepends=True), delimiter=deck_columns.delimiter(first), strict=True
    )
    rows, lines = [], []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([plain_cell(cell) for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"is broken CSV: {error}; mend the row", file=file, line=reader.line_num
        ) from None
    if not rows:
        raise InputError("is empty", file=file)
    return rows, lines


def _checked(table: pl.DataFrame, file: str) -> pl.DataFrame:
    """DECK_SCHEMA and `line` from the cells; the first bad one is an error."""
    text = {field: pl.col(field) for field in deck_columns.FIELDS}
    prefix = text["prefix"].str.replace_all(r"[\s()+]", "")
    prefix = (
        pl.when(text["prefix"].str.contains(r"^\s*\(?\+"))
        .then(prefix.str.replace_all("-", ""))
        .otherwise(prefix)
    )
    _refuse(table, text["prefix"].str.contains(r"(?i)^\s*[\d.,]+e[+-]?\d+\s*$"), "prefix", file,
            "was damaged by a spreadsheet, digits are lost; export the column as text")  # fmt: skip
    _refuse(
        table, ~prefix.str.contains(r"^[0-9]{1,40}$"), "prefix", file, "is not a prefix of digits"
    )
    status = text["status"].str.to_lowercase()
    _refuse(table, ~status.is_in(list(_STATUS)), "status", file, "is neither open nor blocked")
    table = table.with_columns(
        status=status.replace_strict(_STATUS, return_dtype=pl.String), prefix=prefix
    )
    is_open = pl.col("status") == "open"
    priced = (text["rate"] != "") | (text["steps"] != "")
    _refuse(table, is_open & ~priced, "rate", file, "is empty; give a price, or the status blocked")
    _refuse(
        table,
        (text["rate"] != "") & (text["steps"] != ""),
        "steps",
        file,
        "stand beside a rate; keep one",
    )
    rate = _amounts(table, "rate", file, pl.col("status") == "open")
    fee = _amounts(table, "connect_fee", file, pl.lit(value=True))
    minimum, pulse = _increments(table, file)
    grace = _amounts(table, "grace", file, pl.lit(value=True))
    _refuse(table, grace % _MS_UNITS != 0, "grace", file, "is finer than a millisecond")
    method = text["rounding"].str.to_lowercase()
    _refuse(
        table,
        ~method.is_in([*map(str, money.Method), ""]),
        "rounding",
        file,
        f"is none of {', '.join(money.Method)}",
    )
    _refuse(
        table,
        ~text["precision"].str.contains(r"^([0-9]|10)?$"),
        "precision",
        file,
        "is not 0 to 10",
    )
    return table.select(
        "prefix",
        name=_filled(text["name"]),
        rate=pl.when(is_open).then(rate),
        connect_fee=fee,
        minimum_s=minimum,
        pulse_s=pulse,
        rounding_method=_filled(method),
        rounding_precision=_filled(text["precision"]).cast(pl.Int8),
        grace_ms=grace // _MS_UNITS,
        status="status",
        steps=pl.Series(_steps(table, file), dtype=pl.List(STEP)),
        line="line",
    )


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _refuse(table: pl.DataFrame, wrong: pl.Expr, field: str, file: str, why: str) -> None:
    """`InputError` for the first row where `wrong` holds."""
    first = table.filter(wrong).head(1)
    if first.height:
        raise InputError(f"{field} {first[field][0]!r} {why}", file=file, line=first["line"][0])


def _amounts(table: pl.DataFrame, field: str, file: str, needed: pl.Expr) -> pl.Expr:
    """A column of amounts in units of 1e-10; null where empty. Never through a float."""
    text = pl.col(field)
    said = needed & (text != "")
    _refuse(
        table, said & text.str.starts_with("-"), field, file, "is negative; prices are 0 or more"
    )
    _refuse(table, said & text.str.contains(",", literal=True), field, file,
            "has a comma; write it with a point, without thousands commas")  # fmt: skip
    pattern = rf"^([0-9]{{1,{_WHOLE_DIGITS}}}(\.[0-9]*)?|\.[0-9]+)$"
    _refuse(table, said & ~text.str.contains(pattern), field, file, "is not an exact price")
    parts = text.str.split_exact(".", 1)
    whole, decimals = parts.struct[0], parts.struct[1].fill_null("").str.strip_chars_end("0")
    _refuse(table, said & (decimals.str.len_bytes() > money.SCALE), field, file,
            f"has more than {money.SCALE} decimals")  # fmt: skip
    units = _integer(whole) * money.UNITS + _integer(decimals.str.pad_end(money.SCALE, "0"))
    return pl.when(said).then(units)


def _integer(digits: pl.Expr) -> pl.Expr:
    return digits.cast(pl.Int64, strict=False).fill_null(0)


def _increments(table: pl.DataFrame, file: str) -> tuple[pl.Expr, pl.Expr]:
    """Minimum and pulse in seconds, from `increment` (M/P, or the pulse alone), `minimum`, `pulse`."""

    def seconds(text: pl.Expr, field: str) -> pl.Expr:
        _refuse(table, (text != "") & ~text.str.contains(r"^0*[1-9][0-9]{0,5}$"), field, file,
                "is not whole seconds of 1 or more")  # fmt: skip
        return text.cast(pl.Int32, strict=False)

    text = pl.col("increment").str.replace_all(r"\s", "")
    pair, both = text.str.split_exact("/", 1), text.str.contains("/", literal=True)
    _refuse(
        table, both & (pair.struct[1] == ""), "increment", file, "is not MINIMUM/PULSE, as in 60/6"
    )
    stated_minimum = pl.when(both).then(pair.struct[0]).otherwise(pl.lit(""))
    stated_pulse = pl.when(both).then(pair.struct[1]).otherwise(text)
    minimum = pl.coalesce(
        seconds(stated_minimum, "increment"), seconds(pl.col("minimum"), "minimum")
    )
    pulse = pl.coalesce(seconds(stated_pulse, "increment"), seconds(pl.col("pulse"), "pulse"))
    return minimum, pulse


def _steps(table: pl.DataFrame, file: str) -> list[list[dict[str, int]] | None]:
    """Rate steps, written `0:0.40/30 60:0.20/10`: from a second, a rate a minute, by a pulse."""
    if (table["steps"] == "").all():
        return [None] * table.height
    found: list[list[dict[str, int]] | None] = []
    for text, line in table.select("steps", "line").iter_rows():
        if not text:
            found.append(None)
            continue
        try:
            steps = check_steps(tuple(_step(part) for part in text.split()))
        except InputError as error:
            raise InputError(f"steps {text!r}: {error.message}", file=file, line=line) from None
        found.append(
            [{"from_s": s.from_s, "rate": money.units(s.rate), "pulse_s": s.pulse_s} for s in steps]
        )
    return found


def _step(text: str) -> Step:
    match = re.fullmatch(r"(\d{1,6}):([\d.]+)/(\d{1,6})", text, re.ASCII)
    if not match:
        raise InputError("a step is FROM:RATE/PULSE, as in 60:0.20/10")
    return Step(
        int(match[1]), money.parse_price(match[2], "rate"), Increment(1, int(match[3])).pulse_s
    )


def _unique(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Each prefix once, sorted; the same prefix with another content is an error that names both lines."""
    distinct = frame.unique(subset=list(DECK_SCHEMA), keep="first", maintain_order=True)
    twice = distinct.filter(pl.col("prefix").is_duplicated())
    if twice.height:
        first = twice.row(0, named=True)
        other = twice.filter(pl.col("prefix") == first["prefix"])["line"][1]
        raise InputError(
            f"prefix {first['prefix']} has another price than on line {first['line']}; keep one of them",
            file=file,
            line=other,
        )
    return distinct.select(pl.col(name).cast(dtype) for name, dtype in DECK_SCHEMA.items()).sort(
        "prefix"
    )
