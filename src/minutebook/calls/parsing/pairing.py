"""Starts and ends of calls that a SIP proxy wrote as rows of their own
(docs/rules/records.md, "Transactions of a proxy").

A row is a transaction: INVITE answered by 2xx begins a call, BYE ends it, an INVITE answered
otherwise is a call that was not answered. Start and end belong together by Call-ID and the two
tags, which are swapped when the called party hangs up. Rows may come in any order.
"""

from __future__ import annotations

import polars as pl

START, END, MISSED, PART, OTHER = "start", "end", "missed", "part", "other"
"""What a row is: the answer of a call, its end, a call not answered, a part of a call (ACK,
CANCEL, INFO, …), or nothing of a call."""
TIMELESS = "timeless"
"""An end that does not say when it was, and so ends no call: the true end may still come."""

_PARTS = ("ACK", "CANCEL", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY", "MESSAGE", "SUBSCRIBE")


def kinds(method: pl.Expr, sip_code: pl.Expr) -> pl.Expr:
    """What each row is, from its method and SIP code (String)."""
    answered = sip_code.str.contains("^2[0-9][0-9]$")
    refused = sip_code.str.contains("^[3-6][0-9][0-9]$")
    return (
        pl.when((method == "INVITE") & answered)
        .then(pl.lit(START))
        .when((method == "INVITE") & refused)
        .then(pl.lit(MISSED))
        .when(method == "BYE")
        .then(pl.lit(END))
        .when(method.is_in(_PARTS))
        .then(pl.lit(PART))
        .otherwise(pl.lit(OTHER))
    )


def paired(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each record that the rows make.

    `rows`: `row` (UInt32), `kind`, `method`, `call_id`, `from_tag`, `to_tag` (String), `at`
    (INSTANT, null where it is not known), `whole` (Boolean: the row has its own end). Result: `row`
    (the start, else the row itself), `also_row` (the end that was used, or null), `kind`,
    `begun_at`, `over_at`, and `alone`: true where the other half is missing.

    - The earliest BYE of a dialog ends it; more BYEs make no record.
    - A later INVITE within a dialog (re-INVITE) makes none either; the same INVITE twice makes
      two records, alike.
    - ACK gives the time of an INVITE that has none of its own. Parts of a call make a record,
      `alone`, only where the call is not there or not over: so that nothing is lost meanwhile.
    """
    tags = [pl.col(tag).fill_null("") for tag in ("from_tag", "to_tag")]
    rows = rows.with_columns(
        pl.concat_str(
            pl.col("call_id"), pl.min_horizontal(tags), pl.max_horizontal(tags), separator="\0"
        ).alias("dialog"),
        pl.concat_str(pl.col("call_id"), tags[0], separator="\0").alias("attempt"),
    )
    begun = _beginnings(rows)
    ends = (
        rows.filter(pl.col("kind") == END)
        .sort("at", "row", nulls_last=True)
        .group_by("dialog", maintain_order=True)
        .agg(pl.col("row").first().alias("also_row"), pl.col("at").first().alias("over_at"))
    )
    starts = begun.join(ends, on="dialog", how="left", maintain_order="left").with_columns(
        pl.when(~pl.col("whole")).then("also_row").alias("also_row"),
        (pl.col("also_row").is_null() & ~pl.col("whole")).alias("alone"),
    )
    lone_ends = ends.join(begun, on="dialog", how="anti").select(
        pl.col("also_row").alias("row"), "over_at", kind=pl.lit(END), alone=pl.lit(value=True)
    )
    others = rows.filter(pl.col("kind").is_in([MISSED, OTHER, TIMELESS])).select(
        "row", "kind", over_at="at", alone=pl.lit(value=False)
    )
    columns = ["row", "also_row", "kind", "begun_at", "over_at", "alone"]
    parts = _lone_parts(rows, starts)
    return (
        pl.concat([starts.select(columns), lone_ends, others, parts], how="diagonal")
        .sort("row")
        .select(columns)
    )


def _beginnings(rows: pl.DataFrame) -> pl.DataFrame:
    """The INVITEs that begin dialogs, with the time of the answer."""
    acked = (
        rows.filter(pl.col("method") == "ACK")
        .group_by("dialog")
        .agg(pl.col("at").min().alias("acked_at"))
    )
    starts = rows.filter(pl.col("kind") == START).join(acked, on="dialog", how="left")
    starts = starts.with_columns(pl.coalesce("at", "acked_at").alias("begun_at"))
    first = pl.col("begun_at").min().over("dialog")
    timed = (pl.col("begun_at") == first) | first.is_null()
    return starts.filter(timed.fill_null(value=False)).sort("row")


def _lone_parts(rows: pl.DataFrame, starts: pl.DataFrame) -> pl.DataFrame:
    """Parts whose call is not there, or waits for its own other half."""
    over = starts.filter(~pl.col("alone"))
    parts = rows.filter(pl.col("kind") == PART)
    parts = parts.join(over, on="dialog", how="anti")
    refused = rows.filter(pl.col("kind") == MISSED)
    cancels = pl.col("method").is_in(["CANCEL", "ACK", "PRACK"])
    belongs = parts.filter(cancels).join(refused, on="attempt", how="semi")
    lone = parts.join(belongs, on="row", how="anti")
    return lone.select("row", "kind", over_at="at", alone=pl.lit(value=True))
