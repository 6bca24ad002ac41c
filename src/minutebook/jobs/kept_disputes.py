"""What came of disputes that were asked for as jobs: all that differs, kept in the book's folder `disputes`.

A dispute has an id, by which its files are found: the differing calls as CSV and the report, as `reconcile --csv` and
`--report` write them. Done again, it writes them again.
"""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING, Final

from minutebook.lake.private import private_folder

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    import polars as pl

DISPUTES: Final = "disputes"
DIFFERENCE: Final = "difference"
"""The column of the class."""


def dispute_files(book: Path, dispute: UUID) -> tuple[Path, Path]:
    """Where the differing calls and the report of a dispute are, once it is done."""
    folder = book / DISPUTES
    return folder / f"{dispute}.csv", folder / f"{dispute}.html"


def make_room(book: Path) -> None:
    """The folder is there, and is the owner's alone."""
    private_folder(book / DISPUTES)


def differing_calls(
    file: Path, what: str | None, skip: int, most: int
) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of what differs, of a class or of all (None); `skip` rows left out, then at most `most`."""
    with file.open(newline="", encoding="utf-8") as opened:
        rows = csv.DictReader(opened)
        chosen = (row for row in rows if what is None or row[DIFFERENCE] == what)
        return list(rows.fieldnames or ()), list(islice(chosen, skip, skip + most))


def difference_frame(file: Path, what: str | None) -> pl.DataFrame:
    """What differs, of a class or of all (None), as the CSV has it: amounts as decimals of ten places, seconds and counts as numbers, the
    rest as text.
    """
    import polars as pl

    from minutebook.money import SCALE

    text = pl.read_csv(file, infer_schema=False)
    if what is not None:
        text = text.filter(pl.col(DIFFERENCE) == what)
    kinds = {"amount": pl.Decimal(38, SCALE), "seconds": pl.Float64(), "calls": pl.Int64()}
    return text.with_columns(
        pl.col(name).cast(kind)
        for name in text.columns
        for ending, kind in kinds.items()
        if name.endswith(f"_{ending}")
    )
