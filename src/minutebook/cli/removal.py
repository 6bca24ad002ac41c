"""What the commands `remove` of accounts, servers, plans, sources, cards and providers print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.cli.context import format_of
from minutebook.cli.output import show
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    import typer

    from minutebook.accounts.removing import Removal

REMOVED = [
    Column("kind", "Kind"),
    Column("name", "Taken back"),
    Column("by", "By", drop=1),
    Column("reason", "Reason"),
]


def show_removal(context: typer.Context, removal: Removal) -> None:
    """Print what was taken back."""
    from minutebook.show.removals import RemovalView

    view = RemovalView.of(removal)
    notes = [] if view.new else ["It was taken back already: nothing is changed."]
    show(format_of(context), view, Sheet(REMOVED, [view], notes=notes))
