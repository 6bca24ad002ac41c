"""One call that two files tell in two ways: it has two identities, and is one call all the same
(docs/rules/identity.md, "One call told in two ways").

- Asterisk's leg is the row's `sequence`; where a file has none, `channel@start` as the file wrote it.
- A proxy's `acc_cdrs` has no leg, and its `acc` the two tags of the dialog.
- FreeSWITCH's JSON names the server, and its CSV does not; the uuid is unique in the world.

Two such records are one call if they say the same of it: instants, lengths and numbers as digits, to
the second where a file knows no finer.
"""

from __future__ import annotations

import polars as pl

from minutebook.calls.schema import IDENTITY

TOLD = (
    "account",
    "caller_digits",
    "called_digits",
    "setup_at",
    "answered_at",
    "ended_at",
    "duration_ms",
)
"""What two records of one call must say alike."""
_SECOND_MS = 1000
_CHANNEL_AT = r"^(.*)@[^@]*$"
_BY_CHANNEL = pl.col("leg").str.contains("@", literal=True)
_BY_SEQUENCE = pl.col("leg").str.contains(r"^[0-9]+$")
_BY_TAGS = pl.col("leg").str.contains("/", literal=True) & ~_BY_CHANNEL
_UUID = pl.col("call_id").str.len_bytes() == 36  # noqa: PLR2004 - its characters


def leg_apart_from_its_telling() -> pl.Expr:
    """The leg, or nothing where a call's other record may tell it in another way."""
    told = _BY_CHANNEL | _BY_SEQUENCE | _BY_TAGS
    return pl.when(told).then(pl.lit("")).otherwise("leg")


def server_apart_from_its_telling() -> pl.Expr:
    """The server, or nothing where the call's id is enough."""
    return pl.when(_UUID).then(pl.lit("")).otherwise("server")


def twins(heads: pl.DataFrame) -> pl.DataFrame:
    """Of records with different identities those that are an earlier one's call: `at`, and `head`.

    `heads` has at, kin, order, source, server, call_id, leg, and TOLD; `order` counts up.
    """
    several = heads.select("at", "kin", "order", *IDENTITY, *TOLD)
    found = [_by_channel_or_sequence(several), _within_a_second(several)]
    return pl.concat(found).unique("at", keep="first", maintain_order=True)


def _by_channel_or_sequence(heads: pl.DataFrame) -> pl.DataFrame:
    """Asterisk's rows of one call that say the same: the first sequence with the first channel, and so on."""
    rows = heads.filter(_BY_CHANNEL | _BY_SEQUENCE).sort("order")
    said = ["kin", "source", "server", "call_id", *TOLD]
    rows = rows.with_columns(
        sequence=_BY_SEQUENCE,
        told=pl.when(_BY_CHANNEL).then(pl.col("leg").str.extract(_CHANNEL_AT, 1)).otherwise("leg"),
    )
    first = rows.unique([*said, "sequence", "told"], keep="first", maintain_order=True)
    ranked = first.with_columns(rank=pl.int_range(pl.len()).over([*said, "sequence"]))
    ranked = rows.join(
        ranked.select(*said, "sequence", "told", "rank"),
        on=[*said, "sequence", "told"],
        nulls_equal=True,
        maintain_order="left",
    )
    ranked = ranked.with_columns(head=pl.col("at").first().over([*said, "rank"]))
    return ranked.filter(pl.col("at") != pl.col("head")).select("at", "head")


def _within_a_second(heads: pl.DataFrame) -> pl.DataFrame:
    """A proxy's two tables, and a switch's two formats, of which one knows whole seconds only."""
    rows = heads.filter(~(_BY_CHANNEL | _BY_SEQUENCE)).select(
        "at", "kin", "order", *IDENTITY, *TOLD, tags=_BY_TAGS, uuid=_UUID
    )
    pairs = rows.join(rows, on=["kin", "source", "call_id"], suffix="_head").filter(
        pl.col("order_head") < pl.col("order")
    )
    tables = (pl.col("server") == pl.col("server_head")) & (
        (pl.col("tags") & (pl.col("leg_head") == ""))
        | (pl.col("tags_head") & (pl.col("leg") == ""))
    )
    formats = pl.col("uuid") & (pl.col("leg") == pl.col("leg_head"))
    alike = pl.all_horizontal(
        *(
            pl.col(name).eq_missing(pl.col(f"{name}_head"))
            for name in ("account", "caller_digits", "called_digits")
        ),
        *(
            pl.col(name).is_null() & pl.col(f"{name}_head").is_null()
            | (
                (pl.col(name) - pl.col(f"{name}_head")).dt.total_milliseconds().abs() < _SECOND_MS
            ).fill_null(value=name == "setup_at")
            for name in ("setup_at", "answered_at", "ended_at")
        ),
        ((pl.col("duration_ms") - pl.col("duration_ms_head")).abs() < _SECOND_MS).fill_null(
            value=True
        ),
    )
    found = pairs.filter((tables | formats) & alike).sort("order", "order_head")
    return found.unique("at", keep="first", maintain_order=True).select("at", head="at_head")
