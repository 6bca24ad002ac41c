"""Apply files merged into what is declared: what is added, changed, left, or refused.

Pure: what is declared and what the files say go in, changes come out. Terms and plan revisions
are merged by their day; nothing that a file does not name is removed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook.calls.source import Source
from minutebook.cards.revision import Card
from minutebook.declarations.change import Change
from minutebook.declarations.checks import (
    check_account,
    check_card,
    check_means,
    check_plan,
    check_provider,
    check_server,
    currency_of,
)
from minutebook.declarations.document import ON_WHAT
from minutebook.errors import InputError
from minutebook.plans.fx import FxRates, pair_of
from minutebook.plans.provider import is_provider, provider_name
from minutebook.plans.terms import Account, Server, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from minutebook.declarations.card_table import CardTable
    from minutebook.declarations.carrier import Carrier
    from minutebook.declarations.document import (
        AccountTable,
        Document,
        ServerTable,
        SourceTable,
    )
    from minutebook.declarations.fx_table import FxTable
    from minutebook.declarations.plan_table import PlanTable
    from minutebook.declarations.provider_table import ProviderTable
    from minutebook.declarations.schedule_table import ScheduleTable
    from minutebook.declarations.toml_lines import TomlText
    from minutebook.plans.plan import Plan


@dataclass(slots=True)
class Merge:
    """Files merged one after another into `carrier`, which is changed as they are.

    `billed_plans` have a billed day; before `open_from` all months are closed. `balances` are by
    account; with `force` (a reason) servers are deployed whatever they are.
    """

    carrier: Carrier
    billed_plans: frozenset[str]
    open_from: date | None
    balances: Mapping[str, Decimal] = field(default_factory=dict)
    force: str | None = None
    changes: list[Change] = field(default_factory=list)
    _seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def plans_and_sources(self, document: Document, text: TomlText) -> None:
        """Merge what needs no other declaration; `InputError` with file and line."""
        self._merge("source", document.source, self._source, text)
        self._merge("card", document.card, self._card, text)
        self._merge("fx", document.fx, self._fx, text)
        self._merge("schedule", document.schedule, self._schedule, text)
        for name, table in document.plan.items():
            self._merge("plan", {name: table}, self._plan, text)
            for place, revision in enumerate(table.revision):
                with text.at("plan", name, "revision", place):
                    self._plan(name, revision)

    def accounts_and_servers(self, document: Document, text: TomlText) -> None:
        """Merge what names plans and accounts, which may stand in another of the files."""
        self._merge("account", document.account, self._account, text)
        self._merge("server", document.server, self._server, text)
        self._merge("provider", document.provider, self._provider, text)

    def _merge(
        self, kind: str, tables: dict[str, Any], merge: Callable[[str, Any], None], text: TomlText
    ) -> None:
        for name, table in tables.items():
            with text.at(kind, name):
                self._once(kind, name, text)
                merge(name, table)

    def check(
        self,
        texts: Iterable[TomlText],
        rows_bound_costs: Callable[[Card], bool] | None = None,
    ) -> None:
        """What can only be seen once every file is merged: names that lead nowhere, currencies.

        `rows_bound_costs` as in `check_plan`, where decks can be asked: of plans that change.
        """
        places = {
            (kind, name): text
            for text in texts
            for kind in text.values
            if isinstance(text.values[kind], dict)
            for name in text.values[kind]
        }
        opened = {c.name for c in self.changes if c.kind == "account" and c.before is None}
        owned: dict[str, list[Server]] = defaultdict(list)
        for server in self.carrier.servers.values():
            owned[server.account].append(server)
        for change in self.changes:
            place = change.kind, change.name
            with places[place].at(*place):
                if change.kind == "account":
                    check_account(self.carrier, change.after)
                elif change.kind == "plan":
                    changes = change.before != change.after
                    check_plan(self.carrier, change.after, rows_bound_costs if changes else None)
                elif change.kind == "card":
                    check_card(self.carrier, change.after)
                elif change.kind == "schedule" and change.after.source is not None:
                    self.carrier.source_named(change.after.source)
                elif change.kind == "provider":
                    check_provider(self.carrier, change.after)
                elif change.kind == "server":
                    before, server = change.before, change.after
                    check_server(self.carrier, before, server, opened)
                    deploys = before is None or before.deployed != server.deployed
                    if deploys and self.force is None:
                        check_means(self.carrier, server, owned[server.account], self.balances)

    def _once(self, kind: str, name: str, text: TomlText) -> None:
        other = self._seen.setdefault((kind, name), text.path)
        if other != text.path:
            raise InputError(f"is declared in {other} too; keep one of them")

    def _source(self, name: str, table: SourceTable) -> None:
        said = table.model_dump()
        source = Source(name=name, **{**said, "tech_prefixes": tuple(said["tech_prefixes"])})
        self._set("source", name, self.carrier.sources.get(name), source)
        self.carrier.sources[name] = source

    def _card(self, name: str, table: CardTable) -> None:
        known = self.carrier.cards.get(name)
        if known is None and table.currency is None:
            raise InputError("currency is missing; add it")
        card = table.card(name, known.currency if known else "")
        if known is not None and known.revisions and known.currency != card.currency:
            raise InputError(
                f"its currency is {known.currency} and cannot become {card.currency}; declare another card"
            )
        before, revisions = (known.declared, known.revisions) if known else (None, ())
        self._set("card", name, before, card)
        self.carrier.cards[name] = Card(name, card.currency, revisions, card)

    def _plan(self, name: str, table: PlanTable) -> None:
        """A plan that has billed days changes by a revision (docs/rules/runs.md, "Corrected prices")."""
        plan = table.plan(name)
        revisions = self.carrier.plans.get(name, ())
        before = next((r for r in revisions if r.from_day == plan.from_day), None)
        if before is None and revisions and plan.from_day is None:
            before = revisions[0]
            plan = replace(plan, from_day=before.from_day)
        first = revisions[0].from_day if revisions else None
        if before != plan and revisions and before != revisions[0]:
            self._refuse_closed(plan.from_day)
        elif before != plan and revisions and name in self.billed_plans:
            later = "" if first is None else f", a later day than {first}"
            raise InputError(
                "days are billed under it, and its first revision holds from always; a changed plan needs"
                f" from = DATE{later}: earlier days keep theirs"
            )
        reaches_back = plan.from_day is not None and first is not None and plan.from_day < first
        if before is None and reaches_back and name in self.billed_plans:
            raise InputError(
                f"its first revision, from {first}, holds from always, and days are billed under it;"
                f" name a later day than {first}"
            )
        follows = [r for r in revisions if _begins(r) < _begins(plan)] if before is None else []
        self.changes.append(Change("plan", name, before, plan, follows[-1] if follows else None))
        kept = [r for r in revisions if r != before]
        self.carrier.plans[name] = tuple(sorted([*kept, plan], key=_begins))

    def _account(self, name: str, table: AccountTable) -> None:
        if is_provider(name):
            raise InputError(
                f"such names are those of providers; declare [provider.{provider_name(name)}]"
            )
        before = self.carrier.accounts.get(name)
        terms = {term.from_day: term for term in before.terms} if before else {}
        closed = table.closed or (before.closed if before else None)
        if before is None and not table.all_terms():
            raise InputError(ON_WHAT)
        for said in table.all_terms():
            term = Term(said.from_day, said.plan, said.override, said.channels)
            if terms.get(term.from_day) != term:
                self._refuse_closed(term.from_day)
                if before is not None and closed is not None and term.from_day > closed:
                    raise InputError(
                        f"from {term.from_day}: the account's last day is {closed}; open another"
                    )
            terms[term.from_day] = term
        ordered = tuple(terms[day] for day in sorted(terms))
        currency = currency_of(self.carrier, ordered[0].plan)
        opened = before or Account(name, name, currency, Decimal(0), ordered)
        account = Account(
            name=name,
            title=opened.title if table.name is None else table.name,
            currency=currency,
            debit_limit=opened.debit_limit if table.debit_limit is None else table.debit_limit,
            terms=ordered,
            matches=opened.matches
            if table.match is None
            else tuple(match.keys() for match in table.match),
            closed=closed,
            mask_numbers=opened.mask_numbers if table.mask_numbers is None else table.mask_numbers,
            offers=opened.offers if table.offers is None else tuple(dict.fromkeys(table.offers)),
        )
        if closed is not None and closed != opened.closed:
            self._refuse_closed(closed, "closed")
            self._refuse_closed(opened.closed, "closed")
            if closed < ordered[0].from_day:
                raise InputError(
                    f"closed {closed} comes before its first term {ordered[0].from_day}"
                )
        if before is not None and before.currency != currency:
            raise InputError(
                f"its currency is {before.currency} and cannot become {currency}; open another account"
            )
        self._set("account", name, before, account)
        self.carrier.accounts[name] = account

    def _fx(self, name: str, tables: list[FxTable]) -> None:
        pair_of(name)
        before = self.carrier.fx.get(name)
        rates = dict(before.rates if before else ())
        if len({table.from_day for table in tables}) < len(tables):
            raise InputError("two of its rates begin on one day; keep one of them")
        rates |= {table.from_day: table.rate for table in tables}
        after = FxRates(name, tuple(sorted(rates.items())))
        self._set("fx", name, before, after)
        self.carrier.fx[name] = after

    def _schedule(self, name: str, table: ScheduleTable) -> None:
        schedule = table.schedule(name)
        self._set("schedule", name, self.carrier.schedules.get(name), schedule)
        self.carrier.schedules[name] = schedule

    def _provider(self, name: str, table: ProviderTable) -> None:
        before = self.carrier.providers.get(name)
        card = self.carrier.cards.get(table.card or (before.card if before else ""))
        provider = table.over(name, before, None if card is None else card.currency)
        self._set("provider", name, before, provider)
        self.carrier.providers[name] = provider

    def _server(self, name: str, table: ServerTable) -> None:
        before = self.carrier.servers.get(name)
        owner = table.account or (before.account if before else None)
        deployed = table.deployed or (before.deployed if before else None)
        if owner is None or deployed is None:
            key = "account" if owner is None else "deployed"
            raise InputError(f"{key} is missing; add it")
        retired = table.retired or (before.retired if before else None)
        server = Server(name, owner, deployed, retired)
        if before is not None and before.account != server.account:
            raise InputError(f"is {before.account}'s; retire it and declare another name")
        if retired is not None and retired < server.deployed:
            raise InputError(f"deployed {server.deployed} comes after its last day {retired}")
        if before is None or before.deployed != server.deployed:
            self._refuse_closed(server.deployed, "deployed")
            self._refuse_closed(None if before is None else before.deployed, "deployed")
        if before is None or before.retired != server.retired:
            self._refuse_closed(server.retired, "retired")
            self._refuse_closed(None if before is None else before.retired, "retired")
        self._set("server", name, before, server)
        self.carrier.servers[name] = server

    def _set(self, kind: str, name: str, before: Any, after: Any) -> None:
        self.changes.append(Change(kind, name, before, after))

    def _refuse_closed(self, day: date | None, key: str = "from") -> None:
        if day is not None and self.open_from is not None and day < self.open_from:
            raise InputError(
                f"{key} = {day} lies in a closed month; the first open day is {self.open_from}"
            )


def _begins(revision: Plan) -> date:
    """The first day of a plan's revision."""
    return revision.from_day or date.min
