"""`minutebook verify`: prove the book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, progress, say, show
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.show.runs import CheckView

_SHOWN = 20


COLUMNS = [
    Column("check", "Check"),
    Column("proves", "Proves that", drop=1),
    Column("ok", "Result", said={"yes": "OK"}),
]


@prints(COLUMNS)
def verify_(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="LINKS:HEAD",
            help="The chain as it was once: what --format json verify said, kept elsewhere.",
        ),
    ] = None,
) -> None:
    """Prove the book: journals balance, and what is posted is what the calls cost.

    Every billed call is priced again. Exit status 1 if anything differs.

    \b
    Examples:
      minutebook verify
      minutebook verify --since "$(cat /mnt/safe/chain)"
    """
    from minutebook.show.runs import ProofView
    from minutebook.show.sentences.notes import set_aside_words

    kept = None if since is None else arguments.link(since, "--since")
    with book_of(context) as book, progress("pricing again", "calls") as told:
        checks = book.runs.verify(progress=told, kept=kept)
        nothing, chain = book.runs.nothing_posted(), book.runs.chain()
        aside = book.runs.set_aside()
    view = ProofView.of(checks, chain, aside)
    notes = difference_notes(view.checks) + [set_aside_words(one) for one in view.set_aside]
    if nothing:
        said = "othing to verify: nothing is billed and nothing is paid yet"
        notes.append(f"N{said}.")
        if format_of(context).format is not OutputFormat.TABLE:
            say(f"minutebook: n{said}")
    sheet = Sheet(COLUMNS, rows_of(view.checks), notes=notes)
    show(format_of(context), view, sheet)
    if not view.ok:
        raise typer.Exit(1)


def rows_of(checks: Sequence[CheckView]) -> list[dict[str, str]]:
    """A row of COLUMNS for each check."""
    return [
        {
            "check": check.check,
            "proves": check.proves,
            "ok": "yes" if check.ok else f"{len(check.differences)} differ",
        }
        for check in checks
    ]


def difference_notes(checks: Sequence[CheckView]) -> list[str]:
    """The first differences that each check found."""
    return [
        line if n < _SHOWN else f"… and {len(check.differences) - _SHOWN} more; see --format json"
        for check in checks
        for n, line in enumerate(check.differences[: _SHOWN + 1])
    ]
