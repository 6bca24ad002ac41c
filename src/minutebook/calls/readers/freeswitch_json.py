"""Documents of mod_json_cdr: one a file, one a line, or one after the other."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import polars as pl

from minutebook.calls.parsing import jsonlines
from minutebook.calls.parsing.table import Broken, Table
from minutebook.errors import InputError
from minutebook.words import not_utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from minutebook.calls.parsing.last_line import Lines

LARGEST = 1 << 24
"""Characters of the largest document that is waited for; one is some 12,000."""
ROWS = 2_000
"""Documents of a table."""
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_NEXT = re.compile(r"\n\{")
_SPACE = re.compile(r"[\s,]*")


def looks_right(text: str) -> bool:
    """Whether the beginning of a JSON text is that of a FreeSWITCH document."""
    return '"variables"' in text and ('"core-uuid"' in text or '"channel_data"' in text)


def tables(blocks: Iterable[bytes], path: Path, lines: Lines) -> Iterator[Table]:
    """The documents as rows, a column for each variable; text that is none is broken.

    Variables keep their names; of the oldest callflow entry the profile's values are named
    `profile.…`. A document that is cut is broken, and the next one is read; the file's last one is
    left for later (`lines.leave`).
    """
    rows: list[tuple[int, dict[str, Any]]] = []
    broken: list[Broken] = []
    found_any = False
    for line, found in _documents(blocks, lines):
        if isinstance(found, Broken):
            broken.append(found)
        else:
            rows.append((line, found))
            found_any = True
        if len(rows) >= ROWS:
            yield _table(rows, broken)
            rows, broken = [], []
    if not found_any and broken:
        raise InputError(
            f"no document is a record of FreeSWITCH: the first {broken[0].detail}",
            file=str(path),
            line=broken[0].line,
        )
    if rows or broken:
        yield _table(rows, broken)


def unquoted(text: str) -> str:
    """A percent-encoded value as text, UTF-8, else cp1252."""
    raw = unquote_to_bytes(text)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return not_utf8(raw)


def _table(rows: list[tuple[int, dict[str, Any]]], broken: list[Broken]) -> Table:
    lines = pl.Series([line for line, _ in rows], dtype=pl.Int64)
    return Table(jsonlines.frame([row for _, row in rows]), lines, broken)


def _documents(
    blocks: Iterable[bytes], lines: Lines
) -> Iterator[tuple[int, dict[str, Any] | Broken]]:
    """Each document's line, and its values or what is wrong with it."""
    text, line = "", 1
    waiting = iter(blocks)
    block = next(waiting, None)
    while block is not None:
        upcoming = next(waiting, None)
        text += block.decode()
        at = 0
        while True:
            begin = _end_of_space(text, at)
            line += text.count("\n", at, begin)
            at = begin
            if at == len(text):
                break
            value, end = _decoded_at(text, at)
            if isinstance(value, str) and _NEXT.search(text, at) is None:
                if upcoming is not None and len(text) - at < LARGEST:
                    break  # the rest of it is in the next block
                end = len(text)
                if (
                    upcoming is None
                    and not lines.complete
                    and _is_cut(text[at:], ended=lines.ended)
                ):
                    lines.leave(line, text[at:].rstrip("\n"))
                    return
            yield line, _row(value, text[at:end], line)
            line += text.count("\n", at, end)
            at = end
        text = text[at:]
        block = upcoming


def _is_cut(text: str, *, ended: bool) -> bool:
    """Whether text that is no JSON may be the beginning of a document: it goes on to the file's end."""
    return text.startswith("{") and not (ended and text.rstrip().endswith("}"))


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _decoded_at(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at a place and where it ends; text in words where it is none."""
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        why = f"is no JSON: {error.msg}"
    except RecursionError:
        why = "is no JSON of a call: it is nested too deeply"
    following = _NEXT.search(text, at)
    return why, following.start() + 1 if following else len(text)


def _row(value: Any, text: str, line: int) -> dict[str, Any] | Broken:
    shown = text.rstrip("\n").replace("\0", "\u2400")
    if isinstance(value, str):
        return Broken(line, shown, value)
    if not isinstance(value, dict) or not isinstance(value.get("variables"), dict):
        return Broken(line, shown, "is JSON, but no FreeSWITCH document: it has no variables")
    row = _flat(value)
    if "\\u" in text:
        try:
            jsonlines.check_characters(row)
        except ValueError as error:
            return Broken(line, shown, str(error))
    return row


def _flat(document: dict[str, Any]) -> dict[str, Any]:
    """A document's values by name: variables, the switch, and the profile of the first entry."""
    variables = document["variables"].items()
    row = {name: value for name, value in variables if not name.startswith("profile.")}
    for name in ("switchname", "core-uuid"):
        row[name] = document.get(name)
    channel = document.get("channel_data")
    if isinstance(channel, dict):
        row["channel.direction"] = channel.get("direction")
    entries = document.get("callflow")
    entries = entries if isinstance(entries, list) else [entries]
    entries = [entry for entry in entries if isinstance(entry, dict)]
    profiles = [entry.get("caller_profile") for entry in sorted(entries, key=_profile_index)]
    profiles = [profile for profile in profiles if isinstance(profile, dict)]
    if profiles:
        for name in ("caller_id_number", "ani", "destination_number", "network_addr"):
            row[f"profile.{name}"] = profiles[0].get(name)
    if any(profile.get("originator") for profile in profiles):
        row["profile.originator"] = "true"
    row["callflow"] = str(len(entries))
    return row


def _profile_index(entry: dict[str, Any]) -> int:
    """Entries are written newest first, and numbered from the oldest."""
    index = str(entry.get("profile_index", ""))
    return int(index) if index.isascii() and index.isdigit() and len(index) < 10 else 1 << 30  # noqa: PLR2004 - digits of no number beyond that
