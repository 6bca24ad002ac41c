"""Rows of mod_cdr_csv: quoted values that nothing escapes, in one of a few templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing.columns import option
from minutebook.calls.parsing.delimited import RowsOfWidth, split_lines
from minutebook.calls.parsing.layouts import assembled, given_fields, with_some_rows
from minutebook.calls.parsing.table import Broken, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from minutebook.calls.source import Source

_PLAIN = (
    "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp",
    "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid",
    "accountcode",
)  # fmt: skip
_EXAMPLE = (*_PLAIN, "read_codec", "write_codec")
TEMPLATES = {
    "default": _PLAIN,
    "sql": _PLAIN,
    "example": _EXAMPLE,
    "linksys": (*_EXAMPLE, "sip_user_agent", "sip_p_rtp_stat"),
    "snom": (*_EXAMPLE, "sip_user_agent", "call_clientcode", "sip_rtp_rxstat", "sip_rtp_txstat",
             "sofia_record_file"),
    "asterisk": (
        "accountcode", "caller_id_number", "destination_number", "context", "caller_id",
        "channel_name", "bridge_channel", "last_app", "last_arg", "start_stamp", "answer_stamp",
        "end_stamp", "duration", "billsec", "hangup_cause", "amaflags", "uuid", "userfield",
    ),
    "opencdrrate": (
        "uuid", "signal_bond", "direction", "ani", "destination_number", "answer_stamp",
        "end_stamp", "billsec", "accountcode", "userfield", "network_addr",
        "original_caller_id_name", "sip_gateway_name",
    ),
}  # fmt: skip
"""Columns of the templates that FreeSWITCH is shipped with, and of the one compiled in."""
_BY_WIDTH = {15: "example", 17: "linksys", 18: "asterisk", 20: "snom"}
_THIRTEEN = len(_PLAIN)
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_SQL = r"(?i)^\s*INSERT\s+INTO\s+\S+(?:\s*\([^)]*\))?\s+VALUES\s*\((.*)\)\s*;?\s*$"
_CAUSE = re.compile(r'(?:^|[,"])[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*(?:[,"]|$)')


def looks_right(text: str) -> bool:
    """Whether one of the first lines is a row: a template's width, and its uuid in its place."""
    lines = pl.Series([line for line in text.split("\n") if line.strip()][:5], dtype=pl.String)
    if lines.is_empty():
        return False
    parts, _ = _cut(lines, pl.int_range(len(lines), dtype=pl.Int64, eager=True))
    for rows in parts:
        for name in _candidates(rows.width):
            at = str(TEMPLATES[name].index("uuid"))
            if not rows.frame[at].str.contains(f"^{_UUID}$").any():
                continue
            if name == "opencdrrate":  # it has no cause
                direction = rows.frame[str(TEMPLATES[name].index("direction"))]
                if direction.is_in(["inbound", "outbound"]).any():
                    return True
            elif _CAUSE.search(text):
                return True
    return False


def taken(text: str) -> int:
    """What is whole of a last line without its end: up to the last semicolon that ends a row, as the
    template does that is used when none is known, and the one of SQL."""
    ends = [text.rfind(end) + len(end) for end in ('";', '");') if end in text]
    return max(ends, default=0)


def tables(blocks: Iterable[bytes], path: Path, source: Source) -> Iterator[Table]:
    """The rows under the names of their template's columns, a table a block."""
    advice = "; a template of your own: name its columns in the source's options.fields"
    yield from with_some_rows(_tables(blocks, source), "FreeSWITCH", path, advice)


def _tables(blocks: Iterable[bytes], source: Source) -> Iterator[Table]:
    fields = given_fields(source, ("uuid", "answer_stamp", "end_stamp", "billsec"))
    template = option(source, "template", (*TEMPLATES, None), None)
    first_line = 1
    for block in blocks:
        texts = block.decode().removesuffix("\n").split("\n")
        lines = pl.Series(texts, dtype=pl.String)
        numbers = pl.int_range(first_line, first_line + len(texts), dtype=pl.Int64, eager=True)
        parts, broken = _cut(lines, numbers)
        named = []
        for rows in parts:
            if fields or template:
                names = fields or TEMPLATES[str(template)]
                fitting = [(rows, names)] if rows.width == len(names) else []
            else:
                fitting = _by_template(rows)
            if not fitting:
                broken += _of_no_template(rows, lines, first_line)
            named += [part.named(list(names)) for part, names in fitting]
        yield assembled(named, broken)
        first_line += len(texts)


def _candidates(width: int) -> list[str]:
    if width == _THIRTEEN:
        return ["default", "opencdrrate"]
    return [_BY_WIDTH[width]] if width in _BY_WIDTH else []


def _by_template(rows: RowsOfWidth) -> list[tuple[RowsOfWidth, tuple[str, ...]]]:
    """Rows of one width, by template: of 13 columns, by where the uuid stands."""
    names = _candidates(rows.width)
    if len(names) < 2:  # noqa: PLR2004 - one template, or none
        return [(rows, TEMPLATES[name]) for name in names]
    opencdrrate = rows.frame["0"].str.contains(f"^{_UUID}$").fill_null(value=False)
    found = []
    for name, mask in (("default", ~opencdrrate), ("opencdrrate", opencdrrate)):
        if mask.any():
            found.append(
                (RowsOfWidth(rows.frame.filter(mask), rows.lines.filter(mask)), TEMPLATES[name])
            )
    return found


def _cut(lines: pl.Series, numbers: pl.Series) -> tuple[list[RowsOfWidth], list[Broken]]:
    """Lines as rows, by width; lines with NUL bytes are broken, blank ones skipped."""
    table = pl.DataFrame({"text": lines, "line": numbers}).filter(
        pl.col("text").str.strip_chars() != ""
    )
    nul = table["text"].str.contains("\0", literal=True)
    broken = [
        Broken(line, text.replace("\0", "\u2400"), "has NUL bytes: it was never wholly written")
        for text, line in table.filter(nul).iter_rows()
    ]
    table = table.filter(~nul).with_columns(
        pl.coalesce(pl.col("text").str.extract(_SQL, 1), "text").str.strip_chars(" ")
    )
    # the template used when none is known ends in ";" and has no newline
    table = table.with_columns(
        pl.col("text").str.replace_all('";"', '"\n"', literal=True).str.split("\n")
    ).explode("text")
    table = table.with_columns(pl.col("text").str.strip_suffix(";"))
    quoted = table["text"].str.contains('^".*"$')
    cut = table.filter(quoted).select(
        "line",
        pl.col("text")
        .str.slice(1)
        .str.head(-1)
        .str.replace_all('", "', '","', literal=True)
        .str.split('","')
        .alias("values"),
    )
    bare = table.filter(~quoted)
    split = list(split_lines(bare["text"].to_list()))
    other = pl.DataFrame(
        {"line": bare["line"], "values": pl.Series(split, dtype=pl.List(pl.String))}
    )
    return _by_width(pl.concat([cut, other])), broken


def _by_width(cut: pl.DataFrame) -> list[RowsOfWidth]:
    found = []
    for (width,), part in cut.sort("line", maintain_order=True).group_by(
        pl.col("values").list.len(), maintain_order=True
    ):
        frame = part.select(
            pl.col("values").list.get(i).replace("", None).alias(str(i))
            for i in range(int(str(width)))
        )
        found.append(RowsOfWidth(frame, part["line"]))
    return found


def _of_no_template(rows: RowsOfWidth, lines: pl.Series, first_line: int) -> list[Broken]:
    why = f"has {rows.width} column{'s' if rows.width != 1 else ''}, as no template here"
    return [Broken(line, lines[line - first_line], why) for line in rows.lines]
