"""`minutebook card …`: rate cards and their revisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import say, show
from minutebook.show.tables import Column, Sheet
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from minutebook.cards.tariff import Terms

app = typer.Typer(
    help="Rate cards: import a deck as a revision, take it live, show and compare revisions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_REVISION_COLUMNS = [
    Column("card", "Card"),
    Column("revision", "Revision", number=True),
    Column("currency", "Currency", drop=2),
    Column("prefixes", "Prefixes", number=True, drop=3),
    Column("standing", "Status", said={"archived": "replaced"}),
    Column("live_at", "Live from (UTC)"),
    Column("file", "Deck", drop=1),
]


def _prices(currency: str = "") -> list[Column]:
    return [
        Column("prefix", "Prefix"),
        Column("name", "Destination"),
        Column("rate", f"Rate ({currency} a minute)", number=True),
        Column("connect_fee", "Connect fee", number=True, drop=2),
        Column("increment", "Increment (s)", drop=3),
        Column("status", "Status", drop=1),
    ]


def _differences(before: int = 1, after: int = 2) -> list[Column]:
    return [
        Column("prefix", "Prefix"),
        Column("name", "Destination"),
        Column("change", "Change", drop=1),
        Column("rate_before", f"Rate in {before} (a minute)", number=True),
        Column("rate_after", f"Rate in {after} (a minute)", number=True),
    ]


@app.command("import")
@prints(_REVISION_COLUMNS)
def import_(
    context: typer.Context,
    card: Annotated[str, typer.Argument(help="The card's name.")],
    file: Annotated[Path, typer.Argument(help="A deck: CSV with , ; | or tab.")],
    live: Annotated[
        str | None, typer.Option(metavar="AT", help="When the revision goes live.")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="C", help="As in USD.")] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OURS=THEIRS,…", help="prefix=Code,rate=Price …"),
    ] = None,
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
        str | None, typer.Option(metavar="SECONDS", help="Of rows that say none.")
    ] = None,
    duration_rounding: Annotated[str | None, typer.Option(metavar="METHOD")] = None,
    rounding: Annotated[
        str | None, typer.Option(metavar="METHOD", help="Of rows that say none.")
    ] = None,
    precision: Annotated[int | None, typer.Option(metavar="N", help="Decimals kept.")] = None,
) -> None:
    """Take a deck in as the card's next revision; one bad row refuses the deck.

    The first revision holds from always unless --live says otherwise; a later one is a draft
    until it is taken live. What a deck leaves out, the options say; else the plan does.

    \b
    Examples:
      minutebook card import a-z deck.csv
      minutebook card import a-z deck.csv --live 2026-11-01 --currency EUR
      minutebook card import a-z deck.csv --map prefix=Code,rate=Price
      minutebook card import a-z deck.csv --increment 60/60
    """
    from minutebook.book.clock import now
    from minutebook.show.cards import ImportedRevisionView, RevisionView

    live_at = None if live is None else arguments.instant(live, "--live")
    columns = arguments.pairs(map_ or [], "--map")
    terms = tariff_terms(
        increment, connect_fee, attempt_fee, grace, duration_rounding, rounding, precision
    )
    with book_of(context) as book:
        taken, ignored = book.cards.import_deck(
            card, file, live_at=live_at, currency=currency, columns=columns, terms=terms
        )
        known = book.cards.show(card)
    if ignored:
        say(
            f"minutebook: columns not read: {', '.join(ignored)} (a revision goes live as a whole: --live)"
        )
    if not taken.added:
        say(
            f"minutebook: {file} is revision {taken.revision.number} of {card} already; nothing was added"
        )
    revision = RevisionView.of(known, taken.revision, now())
    view = ImportedRevisionView(**vars(revision), added=taken.added)
    show(format_of(context), view, Sheet(_REVISION_COLUMNS, [view]))


@app.command("live")
@prints(_REVISION_COLUMNS)
def live(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    revision: Annotated[int, typer.Argument(metavar="REV")],
    at: Annotated[str, typer.Option(metavar="AT", help="From when; may lie in the past.")],
) -> None:
    """Take a revision live from an instant. Days billed since then are corrected by the next run.

    \b
    Example:
      minutebook card live a-z 2 --at 2026-11-01T00:00:00Z
    """
    from minutebook.book.clock import now
    from minutebook.show.cards import RevisionView

    when = arguments.instant(at, "--at")
    with book_of(context) as book:
        taken = book.cards.take_live(card, revision, when)
        view = RevisionView.of(book.cards.show(card), taken, now())
    show(format_of(context), view, Sheet(_REVISION_COLUMNS, [view]))


@app.command("list")
@prints(_REVISION_COLUMNS)
def list_(context: typer.Context) -> None:
    """Show every card's revisions, and whether each is in force now.

    \b
    Example:
      minutebook card list
    """
    from minutebook.book.clock import now
    from minutebook.show.cards import RevisionView

    with book_of(context) as book:
        cards = book.cards.list()
    at = now()
    views = [RevisionView.of(card, rev, at) for card in cards for rev in card.revisions]
    show(format_of(context), views, Sheet(_REVISION_COLUMNS, views))


@app.command("show")
@prints(_prices())
def show_(
    context: typer.Context,
    card: Annotated[str, typer.Argument()],
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="The revision in force then. Left out: now.")
    ] = None,
) -> None:
    """Show the prices of a card in force at an instant.

    \b
    Examples:
      minutebook card show a-z
      minutebook --format csv card show a-z --at 2026-10-01 > prices.csv
    """
    from minutebook.book.clock import now
    from minutebook.errors import InputError
    from minutebook.show.cards import PricesView, RevisionView, prices

    when = now() if at is None else arguments.instant(at, "--at")
    with book_of(context) as book:
        known = book.cards.show(card)
        revision = known.in_force(when)
        if revision is None:
            raise InputError(
                f"card {card!r} has no revision in force at {when.isoformat()}; see: minutebook card list"
            )
        frame = book.cards.prices(revision)
    view = PricesView(**vars(RevisionView.of(known, revision, now())), prices=prices(frame))
    title = f"{card} revision {revision.number}, {revision.prefixes:,} prefixes"
    show(format_of(context), view, Sheet(_prices(known.currency), view.prices, title=title))


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


def tariff_terms(
    increment: str | None,
    connect_fee: str | None,
    attempt_fee: str | None,
    grace: str | None,
    duration_rounding: str | None,
    rounding: str | None,
    precision: int | None,
) -> Terms:
    """What options say of a tariff; silent where they are left out."""
    from minutebook import money
    from minutebook.cards.tariff import DurationRounding, Increment, Terms, parse_grace_ms
    from minutebook.errors import InputError

    def one_of(kind: Any, word: str, option: str) -> Any:
        try:
            return kind(word)
        except ValueError:
            raise InputError(
                f"{option} {word!r}{did_you_mean(word, kind)}: say one of {', '.join(kind)}"
            ) from None

    rounded = None
    if rounding is not None or precision is not None:
        default = money.Rounding()
        method = (
            default.method if rounding is None else one_of(money.Method, rounding, "--rounding")
        )
        rounded = money.Rounding(method, default.precision if precision is None else precision)
    return Terms(
        increment=None if increment is None else Increment.parse(increment),
        connect_fee=None
        if connect_fee is None
        else money.parse_price(connect_fee, "--connect-fee"),
        attempt_fee=None
        if attempt_fee is None
        else money.parse_price(attempt_fee, "--attempt-fee"),
        grace_ms=None if grace is None else parse_grace_ms(grace, "--grace"),
        duration_rounding=None
        if duration_rounding is None
        else one_of(DurationRounding, duration_rounding, "--duration-rounding"),
        rounding=rounded,
    )
