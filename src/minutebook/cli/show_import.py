"""What an import did, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.cli.output import OutputFormat, Printing, say, show
from minutebook.show.listings.imports import COLUMNS, REFUSED
from minutebook.show.tables import Sheet
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from minutebook.intake.each import RefusedFile
    from minutebook.intake.intake import ImportResult, Progress


def show_import(
    printing: Printing, result: ImportResult, refused: Sequence[RefusedFile] = ()
) -> None:
    """Print what became of records."""
    from minutebook.show.calls import ImportView

    view = ImportView.of(result, refused)
    notes = [f"{count:,} {reason}" for reason, count in sorted(result.reasons.items())]
    if result.quarantined:
        notes.append("See them with: minutebook calls --quarantine")
        if printing.format is not OutputFormat.TABLE:
            say(
                f"minutebook: {result.quarantined} records are in quarantine; see: minutebook calls --quarantine"
            )
    if result.discarded:
        notes.append(_discarded(result.discarded))
        if printing.format is not OutputFormat.TABLE:
            say(f"minutebook: {_discarded(result.discarded)}")
    if result.unended:
        notes.append(_left(result.unended))
        if printing.format is not OutputFormat.TABLE:
            say(f"minutebook: {_left(result.unended)}")
    if result.other_account:
        notes.append(_of_others(result.other_account))
        if printing.format is not OutputFormat.TABLE:
            say(f"minutebook: {_of_others(result.other_account)}")
    if result.correction is not None:
        notes.append(_taken_back(result))
    sheets = [Sheet(COLUMNS, [view], notes=notes)]
    if refused:
        sheets.append(Sheet(REFUSED, view.refused))
        if printing.format is OutputFormat.CSV:
            for file in refused:
                say(f"minutebook: refused: {file.reason}")
    show(printing, view, *sheets)


def _discarded(count: int) -> str:
    return f"{counted(count, 'record')} discarded before; see: minutebook quarantine --discarded"


def _of_others(count: int) -> str:
    return (
        f"{counted(count, 'duplicate')} would be another account's now than the call in the lake is; see: "
        "minutebook rematch --help, or where the record names the account: minutebook correct --help"
    )


def _taken_back(result: ImportResult) -> str:
    """Of an import that was read again: what of it does not count as it did."""
    whose = (f"{counted(calls, 'call')} of {name}" for name, calls in result.taken_back.items())
    return (
        f"Correction {result.correction} took the import back as it was ({', '.join(whose)}); the next run posts"
        " the difference."
    )


def _left(unended: Sequence[str]) -> str:
    what = (
        "a last line has no end and was" if len(unended) == 1 else "last lines have no end and were"
    )
    return (
        f"{what} left for later: {', '.join(unended)}; import the file again when it is written to "
        "its end, or if it is, with --complete"
    )


def of_bytes(bar: Callable[[int, int], None]) -> Progress:
    """A bar of bytes as the progress of an import."""

    def told(done_bytes: int, total_bytes: int, rows: int) -> None:
        del rows
        bar(done_bytes, total_bytes)

    return told
