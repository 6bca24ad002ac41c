"""Apply files, all of them or nothing (docs/reference/apply.md)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from minutebook.declarations.change import Applied
from minutebook.declarations.document import Document, read_document, refusal
from minutebook.declarations.merge import Merge
from minutebook.declarations.overlaps import overlaps
from minutebook.declarations.toml_lines import TomlText
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, months, runs, tallies
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.cards.revision import Card
    from minutebook.declarations.carrier import Carrier
    from minutebook.declarations.change import Change
    from minutebook.declarations.overlaps import Overlap
    from minutebook.lake.card_store import CardStore
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


def apply(
    database: Database,
    files: list[Path],
    by: str,
    force: str | None = None,
    *,
    reason: str | None = None,
    keep: bool = True,
    cards: CardStore | None = None,
) -> Applied:
    """Merge the files into what is declared; gives each declaration before and after.

    `reason` (None: the names of the files) is kept with each. With `force`, a reason that is kept, servers are deployed without the means for their minimum.
    `cards`: where decks are kept, whose rows may refuse a plan.
    Without `keep` everything is done, and undone. Raises `InputError` with file and line for the
    first thing refused; then nothing is changed.
    """
    documents = [read_document(file) for file in files]
    why = f"apply {', '.join(file.name for file in files)}" if reason is None else reason.strip()
    if not why:
        raise InputError("reason is empty", shell="--reason needs a reason, which is kept")
    return _apply(database, lambda _: documents, by, why, force, keep=keep, cards=cards)


def declare(
    database: Database,
    tables: Callable[[Carrier], dict[str, Any]],
    by: str,
    reason: str,
    force: str | None = None,
) -> Applied:
    """As `apply`, of the tables that a command makes of what is declared: errors name no file.

    `tables` sees the carrier that the change is made to, and may refuse it by an `InputError`.
    """

    def made(carrier: Carrier) -> list[tuple[Document, TomlText]]:
        values = tables(carrier)
        return [(Document.model_validate(values), TomlText("", values, {}))]

    try:
        return _apply(database, made, by, reason, force)
    except ValidationError as error:
        raise InputError(refusal(error)[0].removeprefix("the file: ")) from None
    except InputError as error:
        raise error.at() from None


def _billed_plans(
    connection: Connection, carrier: Carrier, documents: list[tuple[Document, TomlText]]
) -> frozenset[str]:
    """The plans under which a day is billed: for calls, or of accounts that owe without any."""
    through = runs.billed_through(connection)
    if through is None or not any(document.plan for document, _ in documents):
        return frozenset()
    recurring = {
        held.plan.name
        for owing in carrier.holdings().values()
        if owing.recurs
        for _, _, held in owing.stretches(owing.first, through)
    }
    return tallies.billed_plans(connection) | recurring


def _competing(carrier: Carrier, changes: list[Change]) -> tuple[Overlap, ...]:
    """What competes for calls with the accounts that are added, or matched otherwise now."""
    names = {
        change.name
        for change in changes
        if change.kind == "account" and change.before != change.after and change.after.matches
    }
    return tuple(overlaps(carrier, names)) if names else ()


def _rows_bound_costs(cards: CardStore, card: Card) -> bool:
    """Whether a row of a deck of the card says what a call costs at least or at most."""
    decks = {revision.sha256 for revision in card.revisions}
    return any(
        deck[name].null_count() < deck.height
        for deck in map(cards.read, sorted(decks))
        for name in ("minimum_cost", "maximum_cost")
    )


def _apply(
    database: Database,
    documents_for: Callable[[Carrier], list[tuple[Document, TomlText]]],
    by: str,
    reason: str,
    force: str | None,
    *,
    keep: bool = True,
    cards: CardStore | None = None,
) -> Applied:
    if force is not None and not force.strip():
        raise InputError(
            "force needs a reason, which is kept",
            shell="--force needs a reason, which is kept",
        )
    with database.transaction(lock=RUN, keep=keep) as connection:
        carrier = declarations.load(connection).copy()
        documents = documents_for(carrier)
        merge = Merge(
            carrier,
            _billed_plans(connection, carrier, documents),
            months.first_open_day(connection),
            balances.balances(connection),
            force,
        )
        for document, text in documents:
            merge.plans_and_sources(document, text)
        for document, text in documents:
            merge.accounts_and_servers(document, text)
        bound = None if cards is None else partial(_rows_bound_costs, cards)
        merge.check([text for _, text in documents], bound)
        declarations.save(connection, merge.changes, by, reason, force)
        return Applied(merge.changes, _competing(carrier, merge.changes))
