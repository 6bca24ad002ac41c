"""How the first records of a file would be read, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Instant, ModelRows
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.intake.import_preview import ColumnRead, ImportPreview


@dataclass(frozen=True)
class ColumnReadView:
    """A column of a file, and what is read from it."""

    column: Annotated[str, Doc("its heading, or the name that the format's layout gives it")]
    read_as: Annotated[
        list[str],
        Doc(
            "what of a call would be other without it, as `answered_at`; `meta`: it is kept with the call; `reason`: "
            "whether the row is a call; empty: nothing is read from it in these rows"
        ),
    ]
    example: Annotated[str | None, Doc("its first value; null: it has none in these rows")]

    @classmethod
    def of(cls, column: ColumnRead) -> ColumnReadView:
        """The column."""
        return cls(column.column, list(column.read_as), column.example)


@dataclass(frozen=True)
class RecordReadView:
    """A record as it would be read."""

    line: Annotated[int, Doc("of the file")]
    setup_at: Annotated[Instant | None, Doc("when it was set up")]
    answered_at: Annotated[Instant | None, Doc("null: not answered, or it cannot be told")]
    ended_at: Annotated[Instant | None, Doc("when it ended")]
    seconds: Annotated[float | None, Doc("answer to end; null: not answered")]
    caller: Annotated[str | None, Doc("normalised")]
    called: Annotated[str | None, Doc("normalised")]
    account: Annotated[str | None, Doc("whose it would be")]
    server: Annotated[str | None, Doc("the switch that recorded it; empty where nobody says")]
    call_id: Annotated[str | None, Doc("null: it has none")]
    reason: Annotated[
        str | None,
        Doc(
            "why it would be set aside, a [reason](../engineer/quarantine.md#every-reason); null: it is a call"
        ),
    ]
    detail: Annotated[str | None, Doc("that in words")]


@dataclass(frozen=True)
class ImportPreviewView:
    """How the first records of a file would be read; nothing was taken in."""

    format: Annotated[str, Doc("that it is read as")]
    source: Annotated[str, Doc("that its calls would be of: as declared, or the format")]
    columns: Annotated[list[ColumnReadView], Doc("in the file's order")]
    records: Annotated[ModelRows[RecordReadView], Doc("the first, by line")]
    set_aside: Annotated[int, Doc("how many of them would be set aside")]
    whole: Annotated[bool, Doc("true: the file has no more")]
    unended: Annotated[bool, Doc("true: its last line has no end, and would be left for later")]
    pairs: Annotated[
        bool,
        Doc(
            "true: starts and ends of calls are rows of their own, and may find each other further on"
        ),
    ]

    @classmethod
    def of(cls, found: ImportPreview) -> ImportPreviewView:
        """The preview."""
        frame = found.records
        # divided here: Polars multiplies by 0.001 instead, which is not the same number
        seconds = [None if ms is None else ms / 1000 for ms in frame["duration_ms"]]
        return cls(
            format=found.format,
            source=found.source,
            columns=[ColumnReadView.of(column) for column in found.columns],
            records=ModelRows.of(RecordReadView, frame, seconds=seconds),
            set_aside=frame.height - frame["reason"].null_count(),
            whole=found.whole,
            unended=found.unended,
            pairs=found.pairs,
        )


def import_preview_notes(view: ImportPreviewView) -> list[str]:
    """What the tables do not say."""
    said = "all of the file" if view.whole else "the file has more"
    notes = [
        f"{counted(len(view.records), 'record')}, {said}; {view.set_aside} would be set aside. Nothing was taken in, "
        "and whether the book has them already is seen by the import.",
    ]
    if view.pairs:
        notes.append("Starts and ends of calls are rows of their own here, and may find each other further on.")  # fmt: skip
    if view.unended:
        notes.append("The last line has no end, and would be left for later: --complete reads it.")
    return notes
