"""What is declared, written as an apply file: an empty book is made alike by it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.carriers import Call, declare, ledger, october, on, take_in
from tests.histories import PLANS, History

from minutebook import money
from minutebook.calls.source import Source
from minutebook.cards.bands import DAY_S, Bands, BandTime, plain_name
from minutebook.cards.callers import Callers
from minutebook.cards.classes import of_parts
from minutebook.cards.combined import Combined, check_combined
from minutebook.cards.declared_card import CardKind, DeclaredCard
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import Origins
from minutebook.cards.recipe import Collapse, Combine, ProfitRule, Recipe, Require
from minutebook.cards.revision import Card
from minutebook.cards.tariff import (
    DEFAULT_TERMS,
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
)
from minutebook.declarations.carrier import Carrier
from minutebook.declarations.declared import declared
from minutebook.declarations.document import Document
from minutebook.declarations.merge import Merge
from minutebook.declarations.standing import SourceStanding
from minutebook.declarations.to_toml import spelled, to_toml
from minutebook.declarations.toml_lines import TomlText
from minutebook.errors import InputError
from minutebook.plans.minimum import Prorate
from minutebook.plans.per_channel import BillBy, ChannelPrices, Charge, Over, Tier, TierMode
from minutebook.plans.plan import Plan
from minutebook.plans.terms import Account, Server, Term
from minutebook.show.declarations.sources import SourceView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.cards.classes import PriceClasses

DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
NAMES = TEXTS.filter(lambda name: name.isprintable() and name == name.strip())
PRICES = st.decimals(0, 10_000, places=10).map(lambda price: price.normalize() + 0)
DIGITS = st.text("0123456789", min_size=1, max_size=8)


def plans(currency: str) -> st.SearchStrategy[tuple[Plan, ...]]:
    """A plan with up to three revisions, nameless, from always or from a day."""
    price = st.one_of(
        st.fixed_dictionaries({"rate": PRICES}),
        st.fixed_dictionaries({"card": TEXTS}),
        st.fixed_dictionaries({"steps": _steps()}),
    )
    minutes = st.builds(
        lambda price, tally, terms, bounds, rest: {
            "tally": tally,
            "terms": _bounded(
                _without_increment(terms) if "steps" in price else terms, tally, bounds
            ),
            **price,
            **rest,
        },
        price,
        st.sampled_from(Tally),
        _terms(),
        st.none() | st.lists(PRICES, min_size=2, max_size=2).map(sorted),
        _minimum(),
    )
    bought = _channels(BillBy.BOUGHT)
    by_peaks = _channels(BillBy.P95)
    return st.one_of(*(_revisions(currency, kind) for kind in (minutes, bought, by_peaks)))


def _revisions(
    currency: str, bodies: st.SearchStrategy[dict[str, Any]]
) -> st.SearchStrategy[tuple[Plan, ...]]:
    days = st.lists(DAYS, min_size=3, max_size=3, unique=True).map(sorted)
    return st.builds(
        lambda bodies, days, always: tuple(
            Plan("", currency, from_day=None if always and not n else days[n], **body)
            for n, body in enumerate(bodies)
        ),
        st.lists(bodies, min_size=1, max_size=3),
        days,
        st.booleans(),
    )


def _terms() -> st.SearchStrategy[Terms]:
    return st.builds(
        Terms,
        increment=st.builds(Increment, st.integers(1, 99), st.integers(1, 99)),
        connect_fee=PRICES,
        attempt_fee=PRICES,
        grace_ms=st.integers(0, 10_000),
        duration_rounding=st.sampled_from(DurationRounding),
        rounding=_rounding(),
        pulse_anchor=st.sampled_from(PulseAnchor),
        free_ms=st.just(0),  # a card's word alone: no plan says it
    ).flatmap(lambda terms: st.sampled_from([terms, DEFAULT_TERMS]))


def _bounded(terms: Terms, tally: Tally, bounds: list[Decimal] | None) -> Terms:
    """With a least and a most of a call, which only a plan says that rounds each call."""
    if tally is Tally.DAILY or bounds is None:
        return terms
    return replace(terms, minimum_cost=bounds[0], maximum_cost=bounds[1])


def _without_increment(terms: Terms) -> Terms:
    return replace(terms, increment=Increment(), pulse_anchor=PulseAnchor.MINIMUM)


def _rounding() -> st.SearchStrategy[money.Rounding]:
    return st.builds(money.Rounding, st.sampled_from(money.Method), st.integers(0, 10))


def _steps() -> st.SearchStrategy[tuple[Step, ...]]:
    return st.lists(st.tuples(st.integers(1, 60), PRICES, st.integers(1, 9)), min_size=1).map(
        lambda drawn: tuple(
            Step(sum(pulse * length for length, _, pulse in drawn[:n]), price, pulse)
            for n, (_, price, pulse) in enumerate(drawn)
        )
    )


def _minimum() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"minimum_per_server": PRICES, "prorate": st.sampled_from(Prorate)}
    )


def _channels(bill_by: BillBy) -> st.SearchStrategy[dict[str, Any]]:
    def made(
        tiers: list[tuple[int, Decimal, int]],
        mode: TierMode,
        charge: Charge,
        over: Over,
        price: Decimal,
        rounding: money.Rounding,
        rest: dict[str, Any],
    ) -> dict[str, Any]:
        if bill_by is BillBy.P95:
            charge, over = Charge.DAILY, Over.BLOCK if over is Over.BURST else over
        ups = [sum(more for more, _, _ in tiers[: n + 1]) for n in range(len(tiers))]
        prices = ChannelPrices(
            tuple(
                Tier(upto, price, free) for upto, (_, price, free) in zip(ups, tiers, strict=True)
            ),
            mode,
            charge,
            over,
            bill_by,
            price if over is Over.BURST else Decimal(0),
        )
        return {
            "tally": Tally.DAILY,
            "terms": replace(DEFAULT_TERMS, rounding=rounding),
            "rate": Decimal(0),
            "channels": prices,
            **rest,
        }

    tier = st.tuples(st.integers(1, 500), PRICES, st.integers(0, 3))
    return st.builds(
        made,
        st.lists(tier, min_size=1, max_size=4),
        st.sampled_from(TierMode),
        st.sampled_from(Charge),
        st.sampled_from(Over),
        PRICES,
        _rounding(),
        _minimum(),
    )


@st.composite
def _bands(draw: st.DrawFn) -> Bands:
    """Two bands, and perhaps holidays."""
    one, rest = draw(st.lists(NAMES, min_size=2, max_size=2, unique_by=plain_name))
    holidays = tuple(sorted(draw(st.sets(DAYS, max_size=2))))
    days = ("mon", "sun", *(["holiday"] if holidays else []))
    until = draw(st.integers(1, DAY_S))
    times = (BandTime(one, days, 0, until), BandTime(rest))
    return Bands(
        draw(st.sampled_from(["UTC", "Europe/London"])), times, draw(st.booleans()), holidays
    )


@st.composite
def _classes(draw: st.DrawFn) -> PriceClasses | None:
    """What a card's prices differ by: nothing, one thing or several."""
    kinds = (
        _bands(),
        st.booleans().map(Jurisdictions),
        st.just(Origins(("GB",), ("IN", "US"))),
        st.just(Callers(("44", "4420"))),
    )
    several = of_parts(part for kind in kinds if (part := draw(st.none() | kind)) is not None)
    try:
        return check_combined(several) if isinstance(several, Combined) else several
    except InputError:  # a band of another's name
        return several.parts[-1] if isinstance(several, Combined) else None


@st.composite
def carriers(draw: st.DrawFn) -> Carrier:
    """Some plans, accounts with histories, servers and sources, with names of any letters."""
    carrier = Carrier()
    for name in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        drawn = draw(plans("USD"))
        carrier.plans[name] = tuple(replace(plan, name=name) for plan in drawn)
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        carrier.accounts[name] = draw(_account(name, carrier))
    for name in draw(st.lists(NAMES, max_size=4, unique=True)) if carrier.accounts else []:
        deployed = draw(DAYS)
        retired = draw(st.none() | st.dates(deployed, date(2999, 12, 31)))
        owner = draw(st.sampled_from(sorted(carrier.accounts)))
        carrier.servers[name] = Server(name, owner, deployed, retired)
    for name in draw(st.lists(NAMES, max_size=2, unique=True)):
        carrier.sources[name] = draw(_source(name))
    for name in draw(st.lists(NAMES, max_size=2, unique=True)):
        others = st.lists(
            NAMES.map(lambda parent: f"of {parent}"), min_size=1, max_size=3, unique=True
        )
        recipe = draw(st.none() | others.flatmap(_recipe))
        kind = CardKind.SELL if recipe else draw(st.none() | st.sampled_from(CardKind))
        bands = None if recipe else draw(_classes())
        declared = DeclaredCard(name, "USD", kind, recipe, bands)
        carrier.cards[name] = Card(name, "USD", (), declared)
    return carrier


@st.composite
def _recipe(draw: st.DrawFn, parents: list[str]) -> Recipe:
    combine = draw(st.sampled_from(Combine))
    weights = st.decimals("0.001", 10**6, places=3).map(lambda weight: weight.normalize() + 0)
    weighted = {name: draw(weights) for name in parents} if combine is Combine.WEIGHTED else {}
    minutes = None
    if weighted and draw(st.booleans()):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        weighted, minutes = {}, (first, last)
    nth = draw(st.integers(1, len(parents))) if combine is Combine.NTH else None
    wheres = ({"prefixes": ("44", "1")}, {"patterns": ("44?7",)}, {"countries": ("GB",)}, {})
    hows = (
        {"percent": Decimal("12.5")},
        {"add": Decimal("-0.01")},
        {"price": Decimal(2)},
        {"cap": Decimal(1)},
    )
    rules: list[dict[str, Any]] = [
        {**where, **draw(st.sampled_from(hows)), "floor": draw(st.none() | PRICES)}
        for where in draw(st.permutations(wheres))[: draw(st.integers(0, 4))]
    ]
    terms = st.sampled_from([Terms(), Terms(connect_fee=Decimal(1), grace_ms=1500, free_ms=10)])
    return Recipe(
        tuple(parents), combine, weighted, nth, draw(st.sampled_from(Require)),
        tuple(ProfitRule(**rule) for rule in rules), draw(_rounding()), draw(terms | _terms()),
        draw(st.none() | st.sampled_from(Collapse)), minutes,
    )  # fmt: skip


@st.composite
def _account(draw: st.DrawFn, name: str, carrier: Carrier) -> Account:
    terms = []
    for day in sorted(draw(st.sets(DAYS, min_size=1, max_size=5))):
        plan = draw(st.sampled_from(sorted(carrier.plans)))
        prices = carrier.plans[plan][0].channels
        channels = None
        if prices is not None:
            channels = draw(st.integers(0, 900) | (st.nothing() if prices.buys else st.none()))
        before = terms[-1].from_day if terms else None
        near = before is not None and (day - before).days < 30
        terms.append(Term(day, plan, draw(TEXTS if near else st.none() | TEXTS), channels))
    matches = st.dictionaries(
        st.sampled_from(["account_code", "trunk", "server"]), TEXTS, min_size=1
    ) | st.fixed_dictionaries({"caller_prefix": DIGITS}, optional={"trunk": TEXTS})
    order = ["account_code", "trunk", "caller_prefix", "server"]
    return Account(
        name,
        draw(TEXTS | st.just(name)),
        "USD",
        draw(st.decimals(-(10**6), 10**6, places=10)),
        tuple(terms),
        tuple(
            {key: match[key] for key in order if key in match}
            for match in draw(st.lists(matches, max_size=3))
        ),
        draw(st.none() | st.dates(terms[0].from_day, date(2999, 12, 31))),
    )


@st.composite
def _source(draw: st.DrawFn, name: str) -> Source:
    return Source(
        name,
        draw(st.sampled_from([None, "minutebook", "kamailio", "asterisk"])),
        draw(st.sampled_from([None, "UTC", "Europe/London"])),
        draw(st.none() | TEXTS),
        draw(st.none() | DIGITS),
        draw(DIGITS),
        draw(st.just("") | DIGITS),
        tuple(draw(st.lists(TEXTS, max_size=2))),
        draw(st.integers(1, 1193)),
        draw(st.just({}) | st.fixed_dictionaries({"columns": st.dictionaries(NAMES, TEXTS)})),
    )


def made_by(text: str, *, by_force: bool) -> Carrier:
    """What an empty book declares once it has applied a text."""
    written = TomlText("declared.toml", tomllib.loads(text), {})
    document = Document.model_validate(written.values)
    merge = Merge(Carrier(), frozenset(), None, force="copied" if by_force else None)
    merge.plans_and_sources(document, written)
    merge.accounts_and_servers(document, written)
    merge.check([written])
    return merge.carrier


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(carriers())
def test_what_is_declared_makes_an_empty_book_alike(carrier: Carrier) -> None:
    """Plans, accounts, servers, sources and cards are equal, and the text that they give is the same."""
    written = declared(carrier)
    made = made_by(written.text, by_force=written.by_force)
    assert made == carrier
    assert declared(made) == written


@given(st.dictionaries(TEXTS, st.recursive(TEXTS | st.booleans() | st.integers(-(2**60), 2**60) | st.dates() | st.floats(allow_nan=False), lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXTS, v, max_size=3), max_leaves=6)))  # fmt: skip
@settings(deadline=None)
def test_any_text_and_value_is_read_back_as_it_was_written(values: dict[str, Any]) -> None:
    """Quotes, line ends, letters of any script: in a name, in a value and on one line."""
    tables = {"source": {"one": values}}
    assert tomllib.loads(to_toml(tables, ["a comment"])) == tables
    for value in values.values():
        assert tomllib.loads(f"v = {spelled(value)}") == {"v": value}


@pytest.mark.slow
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10**6))
def test_a_book_made_by_what_another_declares_charges_the_same(
    new_book: Callable[[], Book], tmp_path: Path, seed: int
) -> None:
    """The same calls come to the same postings, line by line, in a book and in its copy."""
    drawn = History.drawn(seed, date(2026, 1, 1), date(2026, 3, 31))
    one, other = new_book(), new_book()
    file, copy = tmp_path / "one.toml", tmp_path / "copy.toml"
    text = PLANS + drawn.toml(drawn.terms, drawn.closed) + drawn.server_toml()
    file.write_text(text, "utf-8")
    one.apply([file], force="drawn")
    copy.write_text(one.declared().text, "utf-8")
    other.apply([copy], force="drawn")
    assert other.declared().text == copy.read_text("utf-8")
    assert other.carrier() == one.carrier()
    for book in (one, other):
        take_in(book, tmp_path, *drawn.calls(set(drawn.made)))
        book.bill(drawn.last)
    assume(ledger(one))
    assert ledger(other) == ledger(one)


def test_what_commands_did_to_a_book_is_declared_too(
    new_book: Callable[[], Book], tmp_path: Path
) -> None:
    """A switch set aside the rule of 30 days, a term lies behind the last day, a server was forced."""
    one, other = new_book(), new_book()
    declare(one, tmp_path, PLANS + ACME, deck=None)
    one.switch("acme", "daily", 12, october(5))
    one.switch("acme", "minutes", None, october(20), 'they asked, in "writing"\nthrice')
    one.switch("acme", "daily", 20, date(2026, 12, 1))
    one.deploy_server("lon-1", "acme", october(2), "paid tomorrow")
    one.deploy_server("lon-2", "acme", date(2026, 11, 20), "paid tomorrow")
    one.retire_server("lon-1", october(25))
    one.close_account("acme", "gone", date(2026, 11, 10))
    written = one.declared()
    assert written.by_force
    assert "--force" in written.text
    file = tmp_path / "copy.toml"
    file.write_text(written.text, "utf-8")
    other.apply([file], "copied from another book")
    assert other.carrier() == one.carrier()
    assert other.declared() == written


ACME = """
[account.acme]
plan = "minutes"
from = 2026-10-01
match = [ { account_code = "acme" } ]
"""


def test_force_and_cards_are_named_only_where_they_are_needed(
    book: Book, new_book: Callable[[], Book], tmp_path: Path
) -> None:
    """A carrier without servers needs no --force; the cards of its plans are to be imported."""
    declare(book, tmp_path)
    written = book.declared()
    assert not written.by_force
    assert written.cards == {"a-z": "USD"}
    assert "# minutebook card import a-z DECK --currency USD" in written.text
    assert "--force" not in written.text
    file = tmp_path / "copy.toml"
    file.write_text(written.text, "utf-8")
    other = new_book()
    other.apply([file])
    assert other.declared() == written


REVISED = """[plan.m]
model = "per_minute"
currency = "USD"
rate = "0.01"
increment = "60/60"

[[plan.m.revision]]
from = 2026-10-10
rate = "0.02"

[[plan.m.revision]]
from = 2026-11-01
card = "a-z"
"""


def test_a_file_can_tell_all_revisions_of_a_plan(book: Book, tmp_path: Path) -> None:
    """Each is whole from its day: what it leaves out has its default; again, nothing changes."""
    file = tmp_path / "plans.toml"
    file.write_text(REVISED, "utf-8")
    added = [(change.name, change.from_day, str(change.action)) for change in book.apply([file])]
    assert added == [
        ("m", None, "added"),
        ("m", october(10), "added"),
        ("m", date(2026, 11, 1), "added"),
    ]
    assert {str(change.action) for change in book.apply([file])} == {"left"}
    found = book.carrier().plans["m"]
    assert [(plan.rate, plan.card, str(plan.terms.increment)) for plan in found] == [
        (Decimal("0.01"), None, "60/60"),
        (Decimal("0.02"), None, "1/1"),
        (None, "a-z", "1/1"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ('rate = "0.02"', "rate = 2.0", "plans.toml:9: plan.m: revision.0.rate: "),
        ("from = 2026-11-01\n", "", "plans.toml:11: plan.m: from is missing; add it"),
        ("2026-11-01", "2026-10-10", "plans.toml:7: plan.m: revision: two of the plan's begin"),
        (
            'card = "a-z"',
            'card = "a-z"\nmodel = "per_channel"',
            "plans.toml:13: plan.m: revision.1: card",
        ),
        ('card = "a-z"', 'card = "a-z"\ncurrency = "EUR"', "plans.toml:1: plan.m: its currency"),
        ('rate = "0.02"', 'rate = "0.02"\nfree = 1', "plans.toml:10: plan.m: unknown key 'free'"),
    ],
)
def test_a_wrong_revision_is_refused_with_its_line(
    book: Book, tmp_path: Path, before: str, after: str, error: str
) -> None:
    """The line is that of the key, or where the revision begins; nothing is declared."""
    file = tmp_path / "plans.toml"
    file.write_text(REVISED.replace(before, after), "utf-8")
    with pytest.raises(InputError) as caught:
        book.apply([file])
    assert error in str(caught.value)
    assert not book.carrier().plans


def test_a_revision_of_a_closed_month_is_refused_with_its_line(book: Book, tmp_path: Path) -> None:
    """A revision that begins in a closed month cannot be told anew."""
    declare(book, tmp_path, REVISED + ACME.replace("minutes", "m"), deck=None)
    take_in(book, tmp_path, Call("c", at=on(12)))
    book.bill(october(31))
    for month in (9, 10):
        book.runs.close_month(date(2026, month, 1), "reported")
    file = tmp_path / "carrier.toml"
    file.write_text(REVISED.replace("0.02", "0.03"), "utf-8")
    with pytest.raises(InputError, match=r"carrier.toml:7: plan.m: .*closed month"):
        book.apply([file])


def test_a_new_revision_says_what_differs_from_the_one_before(book: Book, tmp_path: Path) -> None:
    """Also what it leaves out, which falls back to what holds without it; its first day is no key."""
    text = '[plan.m]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.02"\n'
    declare(book, tmp_path, text + 'increment = "60/6"\n', deck=None)
    file = tmp_path / "rev.toml"
    file.write_text(text + 'attempt_fee = "0.01"\nfrom = 2027-01-01\n', "utf-8")
    (change,) = book.apply(file, dry_run=True)
    assert (str(change.action), change.from_day) == ("added", date(2027, 1, 1))
    told = {each.key: (each.before, each.after) for each in change.differences()}
    assert told == {"increment": ("60/6", "1/1"), "attempt_fee": ("0.00", "0.01")}
    assert change.keys == ("increment", "attempt_fee")
    assert book.apply(file) == [change]


def test_a_dry_run_says_what_would_change_and_changes_nothing(book: Book, tmp_path: Path) -> None:
    """Key by key before and after; the declarations and the log of their changes stay as they were."""
    declare(book, tmp_path, REVISED + ACME.replace("minutes", "m"), deck=None)
    kept, log = book.carrier(), _log(book)
    file = tmp_path / "other.toml"
    file.write_text(
        REVISED.replace("60/60", "60/6")
        + '[account.acme]\nname = "Acme"\nterms = [ { from = 2026-10-01, plan = "n" } ]\n'
        '[plan.n]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "1"\n',
        "utf-8",
    )
    changes = book.apply([file], dry_run=True)
    told = {
        (change.name, str(change.action)): [
            (k.key, k.before, k.after) for k in change.differences()
        ]
        for change in changes
        if str(change.action) != "left"
    }
    first = {"from": october(1), "plan": "m"}
    assert told == {
        ("m", "changed"): [("increment", "60/60", "60/6")],
        ("n", "added"): [],
        ("acme", "changed"): [
            ("name", "acme", "Acme"),
            ("terms from 2026-10-01", first, {**first, "plan": "n"}),
        ],
    }
    assert book.carrier() == kept
    assert _log(book) == log
    assert [change.before for change in book.apply([file])] == [c.before for c in changes]
    assert book.carrier() != kept


def _log(book: Book) -> list[tuple[Any, ...]]:
    with book.database.transaction() as connection:
        return connection.execute("select * from declaration order by declaration").fetchall()


def test_how_a_minimum_of_nothing_is_prorated_is_kept(book: Book, tmp_path: Path) -> None:
    """A plan that says how a minimum of 0 would be prorated is left when it is applied again."""
    file = tmp_path / "plan.toml"
    file.write_text(
        '[plan.m]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "1"\nprorate = "none"\n', "utf-8"
    )
    book.apply([file])
    assert [str(change.action) for change in book.apply([file])] == ["left"]


def test_a_source_whose_package_is_gone_is_declared_and_shown() -> None:
    """What is declared can always be copied and read, though nothing reads its files just now."""
    source = Source("switch", format="gone", zone="UTC", options={"sites": ["a"]})
    written = declared(Carrier(sources={"switch": source}))
    assert tomllib.loads(written.text)["source"] == {
        "switch": {"format": "gone", "zone": "UTC", "options": {"sites": ["a"]}}
    }
    shown = SourceView.shown(SourceStanding(source, declared=True))
    assert (shown.format, shown.reads, shown.known_options) == ("gone", "", [])
