"""The cells of a deck as prices, seconds, statuses and steps: read exactly or refused with their line."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards.deck_advice import price_advice, seconds_advice, status_advice
from minutebook.cards.deck_files.workbook import damage
from minutebook.cards.deck_questions import SAYS_BLOCKED
from minutebook.cards.tariff import Increment, Step, check_steps
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from minutebook.cards.deck_headings import Heading

STEP = pl.Struct({"from_s": pl.Int32, "rate": pl.Int64, "pulse_s": pl.Int32})

_MS_UNITS = 10 ** (money.SCALE - 3)
"""Units of 1e-10, as which `cell_amounts` reads seconds, in a millisecond."""
_UNIT_OF_SECONDS = r"(?i)([0-9])(?:s|secs?|seconds?|sek|sekunden?|segundos?|secondes?|secondi)\b"
_WHOLE_DIGITS = 8  # 99,999,999 a minute fits in Int64 units with room
_MINOR_DIGITS = 2
_BLOCKED = (
    "block", "blocked", "inactive", "disabled", "reject", "rejected", "barred", "closed", "gesperrt", "bloqueado",
    "bloqué", "bloccato", "not offered", "no route", "bloqueada", "bloquée", "bloccata", "заблокирован", "закрыт", "kapalı",
    "engelli", "禁用", "关闭",
)  # fmt: skip
"""Words that block a row, as its status or in the place of its price."""
_STATUS = {
    **dict.fromkeys(
        (
            "open",
            "active",
            "enabled",
            "allowed",
            "",
            "aktiv",
            "offen",
            "actif",
            "activo",
            "attivo",
            "ativo",
            "активен",
            "открыт",
            "aktif",
            "açık",
            "启用",
            "开通",
        ),
        "open",
    )
}
_STATUS |= dict.fromkeys(_BLOCKED, "blocked")
_REMOVED = (
    "removed", "remove", "deleted", "delete", "deletion", "discontinued", "withdrawn", "ended", "removal", "gelöscht",
    "supprimé", "eliminado", "eliminato",
)  # fmt: skip
"""Words by which a row of a partial deck takes its prefix away."""
_CHANGES = {
    **dict.fromkeys(_REMOVED, "removed"),
    **dict.fromkeys(
        ("new", "add", "added", "increase", "increased", "decrease", "decreased", "unchanged", "same", "current", "no change",
         "changed", "change", "update", "updated"),
        "open",
    ),
}  # fmt: skip
_YES = ("yes", "y", "true", "1", "x", "ja", "si", "sí", "oui", "sim")
_NO = ("no", "n", "false", "0", "nein", "non", "não")
_OWN_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **dict.fromkeys(("blocked", "block", "isblocked"), (("blocked",), ("open", "unblocked", "not blocked"))),
    "barred": (("barred",), ("open", "not barred")), "disabled": (("disabled",), ("enabled",)),
    "rejected": (("rejected",), ("accepted",)), "gesperrt": (("gesperrt",), ("frei", "offen")),
    "bloqueado": (("bloqueado",), ("abierto", "aberto")), "bloque": (("bloqué",), ("ouvert",)),
    "bloccato": (("bloccato",), ("aperto",)), **dict.fromkeys(("active", "isactive"), (("active",), ("inactive",))),
    "enabled": (("enabled",), ("disabled",)), "allowed": (("allowed",), ("not allowed",)),
    "aktiv": (("aktiv",), ("inaktiv",)), "activo": (("activo",), ("inactivo",)),
    "actif": (("actif",), ("inactif",)), "attivo": (("attivo",), ("inattivo",)),
}  # fmt: skip
"""What is a yes and what a no under a heading, besides the usual words: `disabled` is a yes where a column asks that."""


def refuse(
    table: pl.DataFrame, wrong: pl.Expr, field: str, file: str, why: str | Callable[[str], str]
) -> None:
    """`InputError` for the first row where `wrong` holds."""
    first = table.filter(wrong).head(1)
    if first.height:
        cell = first[field][0]
        why = damage(cell) or (why if isinstance(why, str) else why(cell))
        raise InputError(f"{field} {cell!r} {why}", file=file, line=first["line"][0])


def filled_cells(text: pl.Expr) -> pl.Expr:
    """Null for an empty cell."""
    return pl.when(text != "").then(text)


def statuses(
    table: pl.DataFrame, file: str, headings: Mapping[str, Heading], *, partial: bool
) -> pl.Expr:
    """`open` or `blocked`: by the status, a yes or no, or a word in the place of the price; in a `partial` deck
    `removed` too (docs/rules/decks.md, "Partial decks").
    """
    status = pl.col("status").str.to_lowercase()
    words = _STATUS | (_CHANGES if partial else {})
    if not partial:
        _refuse_removed(table, file)
    named = "is neither open nor blocked" if not partial else "is neither open, blocked nor removed"
    refuse(table, ~status.is_in(list(words)), "status", file,
           functools.partial(status_advice, named=named))  # fmt: skip
    status = status.replace_strict(words, return_dtype=pl.String)
    blocked = status == "blocked"
    for field in ("blocked", "active"):
        text = pl.col(field).str.to_lowercase()
        name = headings[field].name if field in headings else field
        own = _OWN_WORDS.get(name, _OWN_WORDS[field])
        yes, no = (*_YES, *own[0]), (*_NO, *own[1])
        refuse(table, ~text.is_in(["", *yes, *no]), field, file, "is neither yes nor no")
        if field == "active":
            marked = text.is_in(["x"]).any()
            why = "is empty where other rows have an x; write yes or no in each row"
            refuse(table, marked & (text == ""), field, file, why)
        blocked |= text.is_in(list(yes if field == "blocked" else no))
    blocked |= pl.col("rate").str.to_lowercase().is_in(list(_BLOCKED))
    silent = pl.all_horizontal(pl.col(field) == "" for field in ("status", "blocked", "active"))
    named_so = pl.col("name").str.to_lowercase().str.contains(SAYS_BLOCKED.pattern)
    refuse(table, silent & named_so & ~blocked & (pl.col("rate") != ""), "name", file,
           "says that it is blocked, at a price; write a status, blocked or open, into the row")  # fmt: skip
    return (
        pl.when(status == "removed")
        .then(status)
        .when(blocked)
        .then(pl.lit("blocked"))
        .otherwise(pl.lit("open"))
    )


def _refuse_removed(table: pl.DataFrame, file: str) -> None:
    """`InputError` for a row that takes its prefix away, in a deck that is all that the card has."""
    first = table.filter(pl.col("status").str.to_lowercase().is_in(list(_REMOVED))).head(1)
    if first.height:
        raise InputError.advised(
            f"status {first['status'][0]!r} takes a prefix away, as rows of a partial deck do",
            "pass partial=True if the deck has changes alone, else take the row out",
            shell="say --partial if the deck has changes alone, else take the row out",
            file=file,
            line=first["line"][0],
        )


def cell_amounts(
    table: pl.DataFrame, field: str, file: str, needed: pl.Expr, heading: Heading | None = None
) -> pl.Expr:
    """A column of amounts in units of 1e-10, a minute or a call; null where empty. Never through a float.

    `heading` says whether they are in cents and a second's.
    """
    minor = heading is not None and heading.minor
    times = 60 // heading.seconds if heading is not None and heading.per == "second" else 1
    scale = money.SCALE - (_MINOR_DIGITS if minor else 0)
    whole_digits = _WHOLE_DIGITS - (_MINOR_DIGITS if times > 1 else 0)
    text, advice = pl.col(field), functools.partial(price_advice, field=field)
    said = needed & (text != "")
    refuse(table, said & text.str.starts_with("-"), field, file, advice)
    refuse(table, said & text.str.contains(",", literal=True), field, file,
           "has a comma; write it with a point, without thousands commas")  # fmt: skip
    pattern = rf"^([0-9]{{1,{whole_digits}}}(\.[0-9]*)?|\.[0-9]+)$"
    large = rf"^0*[1-9][0-9]{{{whole_digits},}}(\.[0-9]*)?$"
    refuse(table, said & text.str.contains(large), field, file,
           f"is out of range; it must be below {10**whole_digits:,}")  # fmt: skip
    refuse(table, said & ~text.str.contains(pattern), field, file, advice)
    parts = text.str.split_exact(".", 1)
    whole, decimals = parts.struct[0], parts.struct[1].fill_null("").str.strip_chars_end("0")
    refuse(table, said & (decimals.str.len_bytes() > scale), field, file,
           f"has more than {scale} decimals; round it to {scale}")  # fmt: skip
    units = _integer(whole) * 10**scale + _integer(decimals.str.pad_end(scale, "0"))
    return pl.when(said).then(units * times if times > 1 else units)


def cost_bounds(
    table: pl.DataFrame, file: str, headings: Mapping[str, Heading]
) -> tuple[pl.Expr, pl.Expr]:
    """The least and the most that a call costs, in units of 1e-10; null where empty."""
    least, most = (
        cell_amounts(table, field, file, pl.lit(value=True), headings.get(field))
        for field in ("minimum_cost", "maximum_cost")
    )
    refuse(table, least > most, "minimum_cost", file, "is above its maximum_cost; mend one of them")
    return least, most


def milliseconds(table: pl.DataFrame, field: str, file: str) -> pl.Expr:
    """A column of seconds in milliseconds; null where empty."""
    units = cell_amounts(table, field, file, pl.lit(value=True))
    refuse(table, units % _MS_UNITS != 0, field, file, "is finer than a millisecond")
    whole: pl.Expr = units // _MS_UNITS
    return whole


def _integer(digits: pl.Expr) -> pl.Expr:
    return digits.cast(pl.Int64, strict=False).fill_null(0)


def increments(table: pl.DataFrame, file: str) -> tuple[pl.Expr, pl.Expr]:
    """Minimum and pulse in seconds, from `increment` (M/P, or the pulse alone), `minimum`, `pulse`."""

    def seconds(text: pl.Expr, field: str) -> pl.Expr:
        wrong = ~text.str.contains(r"^0*[1-9][0-9]{0,5}$") | text.str.contains(
            r"^0*[1-9][0-9]*000$"
        )
        refuse(table, (text != "") & wrong, field, file, seconds_advice)
        return text.cast(pl.Int32, strict=False)

    text = pl.col("increment").str.replace_all(r"\s", "")
    refuse(table, text.str.count_matches("/", literal=True) > 1, "increment", file,
           "has a third part, which may be a minimum or a grace; write MINIMUM/PULSE, and the third in a column of its own")  # fmt: skip
    pair, both = text.str.split_exact("/", 1), text.str.contains("/", literal=True)
    refuse(
        table, both & (pair.struct[1] == ""), "increment", file, "is not MINIMUM/PULSE, as in 60/6"
    )
    stated_minimum = seconds(pl.when(both).then(pair.struct[0]).otherwise(pl.lit("")), "increment")
    stated_pulse = seconds(pl.when(both).then(pair.struct[1]).otherwise(text), "increment")
    minimum, pulse = seconds(pl.col("minimum"), "minimum"), seconds(pl.col("pulse"), "pulse")
    for stated, beside, field in (
        (stated_minimum, minimum, "minimum"),
        (stated_pulse, pulse, "pulse"),
    ):
        refuse(
            table, stated != beside, field, file, "is not what its increment says; keep one of them"
        )
    return pl.coalesce(stated_minimum, minimum), pl.coalesce(stated_pulse, pulse)


def in_bare_seconds(table: pl.DataFrame) -> pl.DataFrame:
    """The table, its increments without the unit of seconds, and the pair of 60+1 as 60/1."""
    fields = [
        f for f in ("increment", "minimum", "pulse") if table[f].str.contains("[A-Za-z+]").any()
    ]
    bare = [
        pl.col(f).str.replace_all(r"\s", "").str.replace_all(_UNIT_OF_SECONDS, "${1}")
        for f in fields
    ]
    pairs = (
        pl.when(text.str.contains(r"^[0-9]+\+[0-9]+$"))
        .then(text.str.replace("+", "/", literal=True))
        .otherwise(text)
        for text in bare
    )
    return table.with_columns(
        pl.when(text.str.contains(r"^[0-9]+(/[0-9]+)?$"))
        .then(text)
        .otherwise(pl.col(field))
        .alias(field)
        for field, text in zip(fields, pairs, strict=True)
    )


def steps(table: pl.DataFrame, file: str) -> list[list[dict[str, int]] | None]:
    """Rate steps, written `0:0.40/30 60:0.20/10`: from a second, a rate a minute, by a pulse."""
    if (table["steps"] == "").all():
        return [None] * table.height
    found: list[list[dict[str, int]] | None] = []
    for text, line in table.select("steps", "line").iter_rows():
        if not text:
            found.append(None)
            continue
        try:
            said = check_steps(tuple(_step(part) for part in text.split()))
        except InputError as error:
            raise InputError(f"steps {text!r}: {error.message}", file=file, line=line) from None
        found.append(
            [{"from_s": s.from_s, "rate": money.units(s.rate), "pulse_s": s.pulse_s} for s in said]
        )
    return found


def _step(text: str) -> Step:
    match = re.fullmatch(r"(\d{1,6}):([\d.]+)/(\d{1,6})", text, re.ASCII)
    if not match:
        raise InputError("a step is FROM:RATE/PULSE, as in 60:0.20/10")
    return Step(
        int(match[1]), money.parse_price(match[2], "rate"), Increment(1, int(match[3])).pulse_s
    )
