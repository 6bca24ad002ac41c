"""`minutebook card …`: rate cards and their revisions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli import (  # fmt: skip
    arguments,
    card_build,
    card_export,
    card_imported,
    card_live,
    card_why,
    options,
)
from minutebook.cli.card_live import REVISION_COLUMNS
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import say, show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.cli.tariff import tariff_terms
from minutebook.show.price_columns import price_columns
from minutebook.show.tables import Column, Sheet

app = typer.Typer(
    help="Rate cards: import a deck as a revision, build a card from others, take it live or withdraw it, show and compare revisions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _differences(before: int = 1, after: int = 2) -> list[Column]:
    return [
        Column("prefix", "Prefix"),
        Column("name", "Destination"),
        Column("change", "Change", drop=1),
        Column("rate_before", f"Rate in {before} (a minute)", number=True),
        Column("rate_after", f"Rate in {after} (a minute)", number=True),
    ]


@app.command("import")
@prints(REVISION_COLUMNS)
def import_(
    context: typer.Context,
    card: Annotated[str, typer.Argument(help="The card's name.")],
    file: Annotated[
        Path, typer.Argument(help="A deck: CSV, XLSX, XLS, ODS or JSON; in gzip or zip too.")
    ],
    live: Annotated[
        str | None, typer.Option(metavar="AT", help="When the revision goes live.")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="C", help="As in USD.")] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OURS=THEIRS,…", help="prefix=Code,rate=Price …"),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A column that is not to be read; repeat it for more."),
    ] = None,
    dates: Annotated[
        str | None, typer.Option(metavar="ORDER", help="Of dates in numbers: dmy or mdy.")
    ] = None,
    inside: card_imported.Inside = None,
    encoding: card_imported.DeckEncoding = None,
    sheet: card_imported.DeckSheet = None,
    decimals: card_imported.DeckDecimals = None,
    deck_card: card_imported.DeckCard = None,
    increment: Annotated[
        str | None, typer.Option(metavar="M/P", help="Of rows that say none.")
    ] = None,
    connect_fee: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Of rows that say none.")
    ] = None,
    attempt_fee: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Of unanswered calls.")
    ] = None,
    grace: Annotated[
        str | None,
        typer.Option(metavar="SECONDS", help="Calls of at most so long are free."),
    ] = None,
    free_seconds: Annotated[
        str | None, typer.Option(metavar="SECONDS", help="Free at the start of every call.")
    ] = None,
    pulse_anchor: Annotated[
        str | None, typer.Option(metavar="FROM", help="Pulses count from: minimum, total.")
    ] = None,
    duration_rounding: Annotated[str | None, typer.Option(metavar="METHOD")] = None,
    rounding: Annotated[
        str | None, typer.Option(metavar="METHOD", help="Of rows that say none.")
    ] = None,
    precision: Annotated[int | None, typer.Option(metavar="N", help="Decimals kept.")] = None,
    minimum_cost: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="The least a billed call costs.")
    ] = None,
    maximum_cost: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="The most a call costs.")
    ] = None,
) -> None:
    """Take a deck in as the card's next revision; one bad row refuses the deck.

    The first revision holds from always unless --live says otherwise; a later one is a draft
    until it is taken live. Where the deck has dates, these say from when; where its rows differ in
    them, it is several revisions. What a deck leaves out, the options say, else the card's revision
    before, else the plan.

    A column that bears on prices and is not understood refuses the deck, unless --ignore names it.
    Lines above the header are not read, and shown. Text that is not UTF-8 is read as Windows-1252,
    and that is said; --encoding says another.

    \b
    Examples:
      minutebook card import a-z deck.csv
      minutebook card import a-z deck.csv --live 2026-11-01 --currency EUR
      minutebook card import a-z deck.csv --map prefix=Code,rate=Price
      minutebook card import a-z deck.csv --increment 60/60
      minutebook card import a-z deck.csv --ignore Peak --dates dmy
      minutebook card import a-z deck.csv --map "grace=Grace Time"
      minutebook card import a-z decks.zip --inside a-z.csv
      minutebook card import a-z deck.csv --encoding cp1251
      minutebook card import a-z deck.xlsx --sheet "Voice rates"
    """
    from minutebook.show.card_changes import card_change_words

    live_at = None if live is None else arguments.instant(live, "--live")
    columns = arguments.pairs(map_ or [], "--map")
    with book_of(context) as book:
        before = next((known for known in book.cards.list() if known.name == card), None)
        revisions = () if before is None else before.revisions
        terms = tariff_terms(
            increment, connect_fee, attempt_fee, grace, duration_rounding, rounding, precision,
            free_seconds=free_seconds, pulse_anchor=pulse_anchor,
            minimum_cost=minimum_cost, maximum_cost=maximum_cost,
            before=revisions[-1].terms if revisions else None,
        )  # fmt: skip
        taken, ignored = book.cards.import_deck(
            card, file, live_at=live_at, currency=currency, columns=columns, terms=terms,
            ignore=ignore or [], dates=dates, inside=inside, encoding=encoding, sheet=sheet,
            deck_card=deck_card, decimals=decimals,
        )  # fmt: skip
        known = book.cards.show(card)
        made = (taken.revision, *taken.later)
        emptied = [r for r in made if not (book.cards.prices(r)["status"] == "open").any()]
        changed = None
        if taken.added and before is not None and any(one.taken_live for one in made):
            changed = book.cards.change_by_import(made[0].number, before)
    if changed is not None and changed.days:
        for sentence in card_change_words(changed, f"{card} {made[0].number} live"):
            say(f"minutebook: {sentence}")
    card_imported.show_imported(context, file, known, taken, ignored, emptied)


app.command("export")(card_export.export)
app.command("build")(card_build.build)
app.command("why")(card_why.why)
app.command("assure")(card_why.assure)
app.command("live")(card_live.live)
app.command("withdraw")(card_live.withdraw)


_LISTED = [
    *REVISION_COLUMNS,
    Column("kind", "Kind", shown=False),
    Column("build", "Built", shown=False),
]


@app.command("list")
@prints(_LISTED)
def list_(context: typer.Context) -> None:
    """Show every card's revisions, when each is in force, and whether it is now.

    A card that is declared, and has no revision yet, has a line too.

    \b
    Example:
      minutebook card list
    """
    from minutebook.book.clock import now
    from minutebook.show.declarations.cards import listed_cards, listed_row

    with book_of(context) as book:
        cards = book.cards.list()
    at = now()
    views = [view for card in cards for view in listed_cards(card, at)]
    rows = [listed_row(view) for view in views]
    said = {key for row in rows for key in ("kind", "build") if row[key]}
    columns = [replace(column, shown=column.shown or column.key in said) for column in _LISTED]
    show(format_of(context), views, Sheet(columns, rows))


@app.command("show")
@prints(price_columns())
def show_(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="The revision in force then. Left out: now.")
    ] = None,
) -> None:
    """Show the prices of a card in force at an instant, and its terms.

    CSV is a deck: what the card says of all rows stands in each, and who imports it has the same prices.

    \b
    Examples:
      minutebook card show a-z
      minutebook --format csv card show a-z --at 2026-10-01 > prices.csv
    """
    from minutebook.book.clock import now
    from minutebook.cards.revision import no_revision
    from minutebook.errors import InputError
    from minutebook.show.cards import (
        CardTermsView,
        PricesView,
        RevisionView,
        intervals_text,
        prices,
    )
    from minutebook.show.deck_rows import bands_priced, deck_rows
    from minutebook.show.declarations.cards import CardView, declared_words

    when = now() if at is None else arguments.instant(at, "--at")
    with book_of(context) as book:
        known = book.cards.show(card)
        revision = known.in_force(when)
        if not known.revisions:
            raise no_revision(known)
        if revision is None:
            raise InputError(
                f"card {card!r} has no revision in force at {when.isoformat()}; see: minutebook card list"
            )
        frame = book.cards.prices(revision)
    view = PricesView(
        **vars(RevisionView.of(known, revision, now())),
        terms=CardTermsView.of(revision.terms),
        prices=prices(frame),
    )
    rows = deck_rows(frame, revision.terms, known.currency)
    title = f"{card} revision {revision.number}, {revision.prefixes:,} prefixes"
    told = declared_words(known)
    notes = [f"In force {intervals_text(view.in_force)} (UTC).", *told, *view.terms.words()]
    columns = price_columns(known.currency, bands_priced(frame, revision.terms))
    sheet = Sheet(columns, rows, title=title, notes=notes)
    show(format_of(context), CardView.of_prices(known, view), sheet)


@app.command("diff")
@prints(_differences())
def diff(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    before: Annotated[int, typer.Argument(metavar="REV")],
    after: Annotated[int, typer.Argument(metavar="REV")],
) -> None:
    """Show the prefixes that differ between two revisions.

    \b
    Example:
      minutebook card diff a-z 1 2
    """
    from minutebook.show.cards import CardDifferenceView

    with book_of(context) as book:
        frame = book.cards.difference(card, before, after)
    view = CardDifferenceView.of(card, before, after, frame)
    show(format_of(context), view, Sheet(_differences(before, after), view.differences))


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take a card back that was declared by mistake, while nothing leans on it.

    No plan uses it, and no day is billed by it. What it was stays in the history, with who and why; the name can be declared anew.

    \b
    Examples:
      minutebook card remove a-zz --reason "a slip of the keyboard"
    """
    with book_of(context) as book:
        show_removal(context, book.cards.remove(card, reason))
