"""`minutebook card profile …`: how the decks of providers are read, kept by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.show.listings.deck_previews import PROFILE_COLUMNS, PROFILES
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from minutebook.show.deck_profiles import DeckProfileView

app = typer.Typer(
    help="How decks are read, kept by card import --save-profile: list, show, remove.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile's name.")]


@app.command("list")
@prints(PROFILES)
def list_(context: typer.Context) -> None:
    """List the profiles of decks.

    \b
    Example:
      minutebook card profile list
    """
    from minutebook.show.deck_profiles import DeckProfileView

    with book_of(context) as book:
        views = [DeckProfileView.of(profile) for profile in book.cards.profiles()]
    show(format_of(context), views, Sheet(PROFILES, views))


@app.command("show")
@prints(PROFILES, PROFILE_COLUMNS)
def show_(context: typer.Context, name: _Name) -> None:
    """Show a profile: which column is read as what, and what is not read.

    \b
    Example:
      minutebook card profile show vox
    """
    from minutebook.cards.deck_profile import profile_named
    from minutebook.show.deck_profiles import DeckProfileView, profile_notes

    with book_of(context) as book:
        found = profile_named({one.name: one for one in book.cards.profiles()}, name)
    _show(context, DeckProfileView.of(found), profile_notes(found))


@app.command("remove")
@prints(PROFILES, PROFILE_COLUMNS)
def remove(context: typer.Context, name: _Name, reason: options.Reason) -> None:
    """Take a profile back; cards stay as they are, and the history keeps what it was, who and why.

    \b
    Example:
      minutebook card profile remove vox --reason "they send another deck now"
    """
    from minutebook.show.deck_profiles import DeckProfileView

    with book_of(context) as book:
        found = book.cards.remove_profile(name, reason)
    _show(context, DeckProfileView.of(found), ["It is taken back."])


def _show(context: typer.Context, view: DeckProfileView, notes: list[str]) -> None:
    columns = Sheet(PROFILE_COLUMNS, view.columns, title="Columns of its decks", notes=notes)
    show(format_of(context), view, Sheet(PROFILES, [view]), columns)
