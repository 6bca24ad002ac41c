"""What the tests of the readers share: reading a file to its end, and ways to damage one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import strategies as st

from minutebook.calls.check import checked
from minutebook.calls.readers import reader
from minutebook.calls.schema import RECORD_SCHEMA
from minutebook.calls.source import Source

if TYPE_CHECKING:
    from minutebook.calls.parsing.table import Broken

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLES = Path(__file__).resolve().parents[3] / "shared/samples"
UTC_SOURCE = Source("test", zone="UTC")


@dataclass(frozen=True)
class Reading:
    """Everything that a file holds."""

    rows: pl.DataFrame
    lines: list[int]
    broken: list[Broken]
    records: pl.DataFrame
    unended: list[Broken]

    def reasons(self) -> dict[str | None, int]:
        return dict(self.records["reason"].value_counts().iter_rows())

    def record(self, call_id: str) -> dict[str, object]:
        """The one record of a call."""
        (found,) = self.records.filter(pl.col("call_id") == call_id).to_dicts()
        return found


def read(format: str, *paths: Path, source: Source = UTC_SOURCE, complete: bool = True) -> Reading:
    """The rows, broken lines and checked records of files, as one import reads them: of finished files,
    a last line without its end being a record too, unless `complete` is false.

    Holds every reader to its promises: text columns, a line for each row, a record for each.
    """
    made = reader(format)
    source = replace(source, complete=complete)
    tables = [table for path in paths for table in made.tables(path, source)]
    for table in tables:
        assert set(table.frame.dtypes) <= {pl.String}
        assert len(table.lines) == table.frame.height
        assert table.lines.dtype == pl.Int64
        assert table.lines.is_sorted()
    frames = [table.frame for table in tables if table.frame.height]
    rows = pl.concat(frames, how="diagonal") if frames else pl.DataFrame()
    records = checked(made.records(rows, source), source)
    assert dict(list(records.schema.items())[: len(RECORD_SCHEMA)]) == RECORD_SCHEMA
    if not made.pairs:
        assert records["row"].to_list() == list(range(rows.height))
    assert records["detail"].is_null().equals(records["reason"].is_null())
    lines = [line for table in tables for line in table.lines]
    broken = [one for table in tables for one in table.broken]
    unended = [table.unended for table in tables if table.unended]
    return Reading(rows, lines, broken, records, unended)


def written(folder: Path, content: str | bytes, name: str = "file") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def accounted(found: Reading, content: str) -> bool:
    """Whether each line that is not blank is one row or one broken line."""
    expected = [n for n, line in enumerate(content.split("\n"), 1) if line.strip()]
    return sorted([*found.lines, *(one.line for one in found.broken)]) == expected


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A file that was valid once: cut, its bytes changed, its lines moved, or all of it."""
    for _ in range(draw(st.integers(1, 3))):
        how = draw(st.sampled_from(["cut", "flip", "insert", "swap", "drop", "repeat"]))
        lines = content.split(b"\n")
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match how:
            case "cut":
                content = content[:at]
            case "flip":
                content = content[:at] + bytes([draw(st.integers(0, 255))]) + content[at + 1 :]
            case "insert":
                content = content[:at] + draw(st.binary(max_size=6)) + content[at:]
            case "swap":
                lines[one], lines[other] = lines[other], lines[one]
                content = b"\n".join(lines)
            case "drop":
                content = b"\n".join(lines[:one] + lines[one + 1 :])
            case _:
                content = b"\n".join([*lines[: one + 1], *lines[one:]])
    return content
