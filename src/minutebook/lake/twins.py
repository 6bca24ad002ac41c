"""One call that two files tell in two ways: it has two identities, and is one call all the same
(docs/rules/identity.md, "One call told in two ways").

- Asterisk's leg is the row's `sequence`; where a file has none, `channel@start` as the file wrote it.
- A proxy's `acc_cdrs` has no leg, and its `acc` the two tags of the dialog.
- FreeSWITCH's JSON names the server, and its CSV does not; the uuid is unique in the world.
- One file, or one source at the time, names the server, and another does not.

Asterisk's legs are one if they say the same, as instants and digits. Of the others no two are two
calls: they say the same, to the second where a file knows no finer, or contradict each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Sequence

TOLD = ("caller_digits", "called_digits", "setup_at", "answered_at", "ended_at", "duration_ms")
"""What two records of one call must say alike."""
_NUMBERS = ("caller", "called")
_TIMES = ("setup_at", "answered_at", "ended_at")
FLAGS = (*_NUMBERS, *_TIMES, "duration_ms")
"""Of a pair of records: in what the later one says otherwise."""
_FOUND = ("at", "order", "head", "order_head", *FLAGS)
_SECOND_US = 1_000_000
_TWO_CUT_US = 2 * _SECOND_US
"""Of a proxy's tables one takes the OK and the other the ACK, up to some 0.76 s later, and each cuts
to whole seconds: stamps a second apart, and lengths that differ by less than two."""
_CHANNEL_AT = r"^(.*)@[^@]*$"
_BY_CHANNEL = pl.col("leg").str.contains("@", literal=True)
_BY_SEQUENCE = pl.col("leg").str.contains(r"^[0-9]+$")
_BY_TAGS = pl.col("leg").str.contains("/", literal=True) & ~_BY_CHANNEL
_UUID_BYTES = 36
_ONE_UNNAMED = (pl.col("server") == "") != (pl.col("server_head") == "")


def leg_apart_from_its_telling() -> pl.Expr:
    """The leg, or nothing where a call's other record may tell it in another way."""
    told = _BY_CHANNEL | _BY_SEQUENCE | _BY_TAGS
    return pl.when(told).then(pl.lit("")).otherwise("leg")


def tags_apart() -> pl.Expr:
    """The leg, or nothing where it is the tags of a dialog."""
    return pl.when(_BY_TAGS).then(pl.lit("")).otherwise("leg")


def told_by_channel() -> pl.Expr:
    """Whether the leg is a channel with its start."""
    return _BY_CHANNEL


def told_as_asterisk() -> pl.Expr:
    """Whether the leg is a channel with its start, or a sequence."""
    return _BY_CHANNEL | _BY_SEQUENCE


def named_by_uuid(call_ids: pl.Series) -> pl.Series:
    """Whether a call's id is enough, whatever the server."""
    return call_ids.str.len_bytes() == _UUID_BYTES


def twins(heads: pl.DataFrame) -> pl.DataFrame:
    """Of records with different identities those that are an earlier one's call: `at`, `head`, FLAGS.

    `heads` has at, kin, order, caller and called as recorded, IDENTITY, and TOLD; `order` counts up.
    """
    rows = heads.select("at", "kin", "order", *IDENTITY, *_NUMBERS, *TOLD)
    found = pl.concat([_by_channel_or_sequence(rows), _contradicting_or_not(rows)])
    says_otherwise = pl.any_horizontal(FLAGS)
    ranked = found.sort("order", says_otherwise, "order_head")
    best = ranked.unique("at", keep="first", maintain_order=True)
    return best.select("at", "head", *FLAGS)


def _by_channel_or_sequence(heads: pl.DataFrame) -> pl.DataFrame:
    """Asterisk's rows of one call that say the same: the first sequence with the first channel, and so on."""
    rows = heads.filter(told_as_asterisk()).sort("order")
    said = ["kin", "source", "whose", "call_id", *TOLD]
    named = pl.when(pl.col("server") != "").then("server")
    rows = rows.with_columns(
        sequence=_BY_SEQUENCE,
        told=pl.when(_BY_CHANNEL).then(pl.col("leg").str.extract(_CHANNEL_AT, 1)).otherwise("leg"),
        whose=pl.coalesce(named, named.drop_nulls().first().over("kin", "source", "call_id")),
    )
    first = rows.unique([*said, "sequence", "told"], keep="first", maintain_order=True)
    ranked = first.with_columns(rank=pl.int_range(pl.len()).over([*said, "sequence"]))
    ranked = rows.join(
        ranked.select(*said, "sequence", "told", "rank"),
        on=[*said, "sequence", "told"],
        nulls_equal=True,
        maintain_order="left",
    )
    one = [*said, "rank"]
    ranked = ranked.with_columns(
        head=pl.col("at").first().over(one), order_head=pl.col("order").first().over(one)
    )
    agree = (pl.lit(value=False).alias(name) for name in FLAGS)
    found = ranked.filter(pl.col("at") != pl.col("head"))
    return found.with_columns(*agree).select(_FOUND)


def _contradicting_or_not(heads: pl.DataFrame) -> pl.DataFrame:
    """Records of which no two are two calls: of a proxy's two tables, with one uuid, or one without a
    server.
    """
    rows = heads.with_columns(uuid=named_by_uuid(heads["call_id"]))
    call = ["kin", "source", "call_id"]
    same_leg = _later(rows, rows, [*call, "leg"]).filter(_ONE_UNNAMED | pl.col("uuid"))
    tagged, bare = rows.filter(_BY_TAGS), rows.filter(pl.col("leg") == "")
    tables = pl.concat([_later(tagged, bare, call), _later(bare, tagged, call)], how="diagonal")
    one_server = pl.col("server") == pl.col("server_head")
    tables = tables.filter(one_server | _ONE_UNNAMED | pl.col("uuid"))
    dialogs = _flagged(tables, _TWO_CUT_US).filter(~(pl.col("tried") & pl.any_horizontal(FLAGS)))
    formats = _flagged(same_leg.filter("uuid"), _SECOND_US)
    servers = _flagged(same_leg.filter(~pl.col("uuid")), None)
    return pl.concat(found.drop("tried") for found in (dialogs, formats, servers))


def _later(rows: pl.DataFrame, heads: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Each of `rows` with the earlier ones of `heads` that are alike in `on`; their columns end in `_head`."""
    theirs = heads.rename({name: f"{name}_head" for name in heads.columns if name not in on})
    pairs = rows.join(theirs, on=list(on))
    return pairs.filter(pl.col("order_head") < pl.col("order"))


def _flagged(pairs: pl.DataFrame, within_us: int | None) -> pl.DataFrame:
    """The pairs, in what each says otherwise, and whether one of them was `tried` only.

    Instants and lengths are alike if they differ by less than `within_us`, and a setup that one does not
    know; without it they must be equal.
    """
    numbers = (
        pl.col(f"{name}_digits").ne_missing(pl.col(f"{name}_digits_head"))
        & pl.col(name).ne_missing(pl.col(f"{name}_head"))
        for name in _NUMBERS
    )
    apart = [(pl.col(name) - pl.col(f"{name}_head")).dt.total_microseconds() for name in _TIMES]
    apart.append((pl.col("duration_ms") - pl.col("duration_ms_head")) * 1000)
    known = pl.col("setup_at").is_not_null() & pl.col("setup_at_head").is_not_null()
    differs = []
    for name, apart_us in zip(FLAGS[len(_NUMBERS) :], apart, strict=True):
        one_lacks = pl.col(name).is_null() != pl.col(f"{name}_head").is_null()
        if within_us is not None and name == "setup_at":
            one_lacks = one_lacks & known
        differs.append(one_lacks | (apart_us.abs() >= (within_us or 1)).fill_null(value=False))
    flags = (flag.alias(name) for name, flag in zip(FLAGS, (*numbers, *differs), strict=True))
    tried = pl.col("answered_at").is_null() | pl.col("answered_at_head").is_null()
    return pairs.select(
        "at", "order", *flags, tried=tried, head="at_head", order_head="order_head"
    ).select(*_FOUND, "tried")
