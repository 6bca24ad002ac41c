"""Everything declared, as one apply file that makes an empty book alike.

Pure. The text depends on the declarations alone: a book that is made by it gives the same text.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.declarations.carrier import Carrier
from minutebook.declarations.document import Document
from minutebook.declarations.merge import Merge
from minutebook.declarations.to_tables import terse, terse_plan
from minutebook.declarations.to_toml import spelled, to_toml
from minutebook.declarations.toml_lines import TomlText
from minutebook.errors import InputError
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, repr=False)
class Declared(Shown):
    """An apply file: its `text`, and its `tables` by kind and name.

    `cards` are those that its plans and providers name and it declares, with their currency, but for those that
    are built: no apply file has their prices.
    `by_force`: without `--force` an empty book refuses its servers, whose accounts have no balance.
    """

    text: str
    """The apply file itself, in TOML."""
    tables: dict[str, dict[str, Any]]
    """The same as tables, by kind and name."""
    cards: dict[str, str]
    """The currency of each card that is named or declared, by the card's name; without those that are built."""
    by_force: bool
    """Whether an empty book takes it with `force` alone, as servers come before a balance."""

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text)}</pre>"


def declared(carrier: Carrier) -> Declared:
    """What is declared, in the order of names."""
    tables: dict[str, dict[str, Any]] = {
        "source": _sorted({name: terse(one) for name, one in carrier.sources.items()}),
        "card": _sorted(
            {name: terse(one.declared) for name, one in carrier.cards.items() if one.declared}
        ),
        "plan": _sorted({name: terse_plan(all_) for name, all_ in carrier.plans.items()}),
        "account": _sorted({name: terse(one) for name, one in carrier.accounts.items()}),
        "server": _sorted({name: terse(one) for name, one in carrier.servers.items()}),
        "provider": _sorted({name: terse(one) for name, one in carrier.providers.items()}),
    }
    tables["fx"] = {
        name: [{"from": day, "rate": money.text(rate, 0)} for day, rate in one.rates]
        for name, one in sorted(carrier.fx.items())
    }
    tables["schedule"] = _sorted({name: terse(one) for name, one in carrier.schedules.items()})
    named = {
        plan.card: plan.currency
        for revisions in carrier.plans.values()
        for plan in revisions
        if plan.card is not None
    }
    named |= {provider.card: provider.currency for provider in carrier.providers.values()}
    told = [one.declared for one in carrier.cards.values() if one.declared]
    named |= {card.name: card.currency for card in told}
    for card in told:
        if card.build is not None:
            del named[card.name]
    cards = _sorted(named)
    by_force = _needs_force({kind: tables[kind] for kind in ("plan", "account", "server")})
    return Declared(to_toml(tables, _head(cards, by_force)), tables, cards, by_force)


def _sorted(by_name: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(by_name.items()))


def _needs_force(tables: dict[str, Any]) -> bool:
    """Whether a book without balances refuses the servers of an apply file."""
    written = TomlText("", tables, {})
    document = Document.model_validate(tables)
    merge = Merge(Carrier(), frozenset(), None)
    merge.plans_and_sources(document, written)
    merge.accounts_and_servers(document, written)
    try:
        merge.check([written])
    except InputError:
        return True
    return False


def _head(cards: Mapping[str, str], by_force: bool) -> list[str]:
    force = ' --force "copied from another book"' if by_force else ""
    head = [
        "What a book declares, as `minutebook declared` writes it. For an empty book:",
        f"minutebook apply FILE{force}",
    ]
    if by_force:
        head += [
            "",
            "--force, since its accounts have no balance there to cover the minimum of their servers.",
        ]
    if cards:
        head += [
            "",
            "Its rate cards have their prices from decks, which are imported, before or after it:",
        ]
        head += [
            f"minutebook card import {_word(card)} DECK --currency {currency}"
            for card, currency in cards.items()
        ]
    return [*head, ""]


def _word(name: str) -> str:
    """A name as a word of the shell, on one line."""
    return shlex.quote(name) if name.isprintable() else spelled(name)
