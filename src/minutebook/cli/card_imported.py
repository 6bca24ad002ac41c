"""`minutebook card import`: a deck that is taken in, or only looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from minutebook.cards.terms_told import tariff_terms
from minutebook.cli import arguments
from minutebook.cli.card_live import Strict
from minutebook.cli.card_preview import show_preview
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import progress, say, show
from minutebook.errors import InputError
from minutebook.show.listings.cards import REVISION_COLUMNS
from minutebook.show.listings.deck_previews import (
    CARD_TERMS,
    DECK_CALLS,
    DECK_CHANGES,
    DECK_COLUMNS,
    DECK_COUNTRIES,
)
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from minutebook.book import Book
    from minutebook.cards.deck_profile import DeckProfile
    from minutebook.cards.revision import Card, Revision
    from minutebook.intake.rate_cards import Taken

_DAYS = 30

Inside = Annotated[
    str | None, typer.Option(metavar="NAME", help="The file of a zip archive with several.")
]
DeckEncoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Of the deck's text, as cp1251.")
]
DeckSheet = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook with several."),
]
DeckDecimals = Annotated[
    str | None, typer.Option("--decimals", metavar="MARK", help="Of prices: comma or point.")
]
DeckCard = Annotated[
    str | None,
    typer.Option("--deck-card", metavar="NAME", help="The card of a file in JSON with several."),
]
Profile = Annotated[
    str | None, typer.Option(metavar="NAME", help="Read it as the deck that NAME was kept of.")
]
SaveProfile = Annotated[
    str | None,
    typer.Option(
        "--save-profile", metavar="NAME", help="Keep how it is read, for the next deck: --profile."
    ),
]


CardName = Annotated[str, typer.Argument(help="The card's name.")]
File = Annotated[
    Path, typer.Argument(help="A deck: CSV, XLSX, XLS, ODS or JSON; in gzip or zip too.")
]
Live = Annotated[str | None, typer.Option(metavar="AT", help="When the revision goes live.")]
Currency = Annotated[str | None, typer.Option(metavar="C", help="As in USD.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS,…", help="prefix=Code,rate=Price …"),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="A column or line above the header not to be read; repeat it for more.",
    ),
]
Dates = Annotated[
    str | None, typer.Option(metavar="ORDER", help="Of dates in numbers: dmy or mdy.")
]
Increment = Annotated[str | None, typer.Option(metavar="M/P", help="Of rows that say none.")]
ConnectFee = Annotated[str | None, typer.Option(metavar="AMOUNT", help="Of rows that say none.")]
AttemptFee = Annotated[str | None, typer.Option(metavar="AMOUNT", help="Of unanswered calls.")]
Grace = Annotated[
    str | None,
    typer.Option(metavar="SECONDS", help="Calls of at most so long are free."),
]
FreeSeconds = Annotated[
    str | None, typer.Option(metavar="SECONDS", help="Free at the start of every call.")
]
PulseAnchor = Annotated[
    str | None, typer.Option(metavar="FROM", help="Pulses count from: minimum, total.")
]
DurationRounding = Annotated[str | None, typer.Option(metavar="METHOD")]
Rounding = Annotated[str | None, typer.Option(metavar="METHOD", help="Of rows that say none.")]
Precision = Annotated[int | None, typer.Option(metavar="N", help="Decimals kept.")]
MinimumCost = Annotated[
    str | None, typer.Option(metavar="AMOUNT", help="The least a billed call costs.")
]
MaximumCost = Annotated[str | None, typer.Option(metavar="AMOUNT", help="The most a call costs.")]
Partial = Annotated[
    bool,
    typer.Option("--partial/--full", help="The deck has changes alone; or, as usual, all prices."),
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Show what it would change, and keep nothing.")
]
Days = Annotated[
    int | None,
    typer.Option(metavar="N", help="Of the preview: days whose calls are priced. Else 30."),
]


@prints(REVISION_COLUMNS, DECK_CHANGES, DECK_COUNTRIES, CARD_TERMS, DECK_CALLS, DECK_COLUMNS)
def import_(
    context: typer.Context,
    card: CardName,
    file: File,
    live: Live = None,
    currency: Currency = None,
    map_: Map = None,
    ignore: Ignore = None,
    dates: Dates = None,
    inside: Inside = None,
    encoding: DeckEncoding = None,
    sheet: DeckSheet = None,
    decimals: DeckDecimals = None,
    deck_card: DeckCard = None,
    increment: Increment = None,
    connect_fee: ConnectFee = None,
    attempt_fee: AttemptFee = None,
    grace: Grace = None,
    free_seconds: FreeSeconds = None,
    pulse_anchor: PulseAnchor = None,
    duration_rounding: DurationRounding = None,
    rounding: Rounding = None,
    precision: Precision = None,
    minimum_cost: MinimumCost = None,
    maximum_cost: MaximumCost = None,
    partial: Partial = False,
    preview: Preview = False,
    days: Days = None,
    profile: Profile = None,
    save_profile: SaveProfile = None,
    strict: Strict = False,
) -> None:
    """Take a deck in as the card's next revision; one bad row refuses the deck.

    The first revision holds from always unless --live says otherwise; a later one is a draft
    until it is taken live. Where the deck has dates, these say from when; where its rows differ in
    them, it is several revisions. What a deck leaves out, the options say, else what they said at the
    card's revision before, else the plan. Rows pass nothing on: what those before said is told.

    A column that bears on prices and is not understood refuses the deck, unless --ignore names it.
    Lines above the header are shown, and not read but for a currency; one that governs prices refuses the deck,
    unless a column, an option or --ignore LINE answers it. Text that is not UTF-8 is read as Windows-1252,
    and that is said; --encoding says another.

    The deck is all that the card has from then on. With --partial it changes the rows that it names, and the others
    stay: rows that are blocked or removed (status) too.

    --preview keeps nothing, and shows what the deck would change against the revision in force: prices by country,
    terms, which column was read as what, and what the calls of the last days come to by both.

    --save-profile keeps by a name how the deck was read: columns, what is ignored, sheet, order of dates, decimals, currency.
    --profile reads the next deck so, and refuses one that looks otherwise; what is said beside it goes before.

    What holds sooner than [card.NAME] agrees (notice) is told, and refused under --strict.

    Fields of --map: prefix, prefix_to, country_code, area_code, name, rate, connect_fee, attempt_fee, increment, minimum,
    pulse, grace, free_seconds, rounding, precision, status, blocked, active, steps, effective, end, currency,
    minimum_cost, maximum_cost, duration_rounding, pulse_anchor. A heading may have commas; #4 is the fourth column.

    \b
    Examples:
      minutebook card import a-z deck.csv
      minutebook card import a-z deck.csv --live 2026-11-01 --currency EUR
      minutebook card import a-z deck.csv --map prefix=Code,rate=Price
      minutebook card import a-z deck.csv --increment 60/60
      minutebook card import a-z deck.csv --ignore Peak --dates dmy
      minutebook card import a-z deck.csv --map "rate=Price, USD"
      minutebook card import a-z deck.csv --ignore "Billing increment 60/60"
      minutebook card import a-z decks.zip --inside a-z.csv
      minutebook card import a-z deck.csv --encoding cp1251
      minutebook card import a-z deck.xlsx --sheet "Voice rates"
      minutebook card import a-z changes.csv --partial --live 2026-11-01
      minutebook card import a-z deck.csv --live 2026-11-01 --preview
      minutebook card import a-z october.csv --map rate=Sell --save-profile vox
      minutebook card import a-z november.csv --profile vox --live 2026-11-01
      minutebook --format csv card import a-z deck.csv --preview > changes.csv
    """
    from minutebook.show.card_changes import card_change_words

    if days is not None and not preview:
        raise InputError("--days is of --preview; say that too, or leave it out")
    if preview and save_profile is not None:
        raise InputError("--preview keeps nothing; leave --save-profile out, or --preview")
    live_at = None if live is None else arguments.instant(live, "--live")
    columns = arguments.pairs(map_ or [], "--map", commas=True)
    with book_of(context) as book:
        before = next((known for known in book.cards.list() if known.name == card), None)
        revisions = () if before is None else before.revisions
        terms = tariff_terms(
            increment, connect_fee, attempt_fee, grace, duration_rounding, rounding, precision,
            free_seconds=free_seconds, pulse_anchor=pulse_anchor,
            minimum_cost=minimum_cost, maximum_cost=maximum_cost,
            before=revisions[-1].terms if revisions else None,
        )  # fmt: skip
        asked: dict[str, Any] = {
            "live_at": live_at, "currency": currency, "columns": columns, "terms": terms,
            "ignore": ignore or [], "dates": dates, "inside": inside, "encoding": encoding,
            "sheet": sheet, "deck_card": deck_card, "decimals": decimals, "partial": partial, "profile": profile, "strict": strict,
        }  # fmt: skip
        if preview:
            with progress("pricing calls", "calls") as told:
                found = book.cards.preview_deck(
                    card, file, days=_DAYS if days is None else days, progress=told, **asked
                )
            show_preview(context, found)
            return
        kept = None if save_profile is None else _profile_of(book, save_profile)
        taken, ignored = book.cards.import_deck(card, file, save_profile=save_profile, **asked)
        known = book.cards.show(card)
        made = (taken.revision, *taken.later)
        emptied = [r for r in made if not (book.cards.prices(r)["status"] == "open").any()]
        changed = None
        if taken.added and before is not None and any(one.taken_live for one in made):
            changed = book.cards.change_by_import(made[0].number, before)
    if changed is not None and changed.days:
        for sentence in card_change_words(changed, f"{card} {made[0].number} live"):
            say(f"minutebook: {sentence}")
    if save_profile is not None:
        instead = "" if kept is None else f", instead of how {kept.file} was"
        say(
            f"minutebook: how it was read is kept{instead}; for the next deck: --profile {save_profile}"
        )
    _show_imported(context, file, known, taken, ignored, emptied)


def _profile_of(book: Book, name: str) -> DeckProfile | None:
    """The profile that has a name already."""
    return next((one for one in book.cards.profiles() if one.name == name), None)


def _show_imported(
    context: typer.Context,
    file: Path,
    card: Card,
    taken: Taken,
    ignored: list[str],
    emptied: list[Revision],
) -> None:
    """What became of a deck, and what was not read of it."""
    from minutebook.book.clock import now
    from minutebook.show.cards import revision_row
    from minutebook.show.decks import ImportedRevisionView, deck_source_words, deck_taken_words

    made = (taken.revision, *taken.later)
    for sentence in (*deck_source_words(taken.source), *deck_taken_words(taken)):
        say(f"minutebook: {sentence}")
    if ignored:
        say(f"minutebook: columns not read: {', '.join(ignored)}")
    for revision in emptied if taken.added else []:
        say(
            f"minutebook: revision {revision.number} of {card.name} prices nothing: it has no open row"
        )
    if not taken.added:
        numbers = " and ".join(str(revision.number) for revision in made)
        say(f"minutebook: {file} is revision {numbers} of {card.name} already; nothing was added")
    view = ImportedRevisionView.of_taken(card, taken, now())
    show(
        format_of(context),
        view,
        Sheet(REVISION_COLUMNS, [revision_row(one) for one in (view, *view.later)]),
    )
