"""Providers: what calls cost is owed once, exactly, whatever comes late or is corrected."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, ledger, october, on, take_in
from tests.providers.conftest import VOX

from minutebook.errors import InputError
from minutebook.show.providers import holders_text
from minutebook.show.sentences.notes import run_notes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

BY_VOX = {"trunk": "vox-1"}
VOX_DAY = ("provider:vox", "2026-10-01", "cost")


def proved(book: Book) -> bool:
    """Whether nothing is left to post, and the book is proved."""
    return book.bill(october(3)).postings == 0 and not any(c.differences for c in book.verify())


def test_a_run_posts_cost_beside_usage(carrier: Book, tmp_path: Path) -> None:
    """60 s at 0.004 are 0.004 to vox, 10 s at 0.006 60/60 are 0.006 to tele; a call on no trunk of theirs costs nobody."""
    take_in(
        carrier,
        tmp_path,
        Call("a", more=BY_VOX),
        Call("b", seconds=10, more={"called": "9901#442079460123"}),
        Call("c"),
        Call("d", seconds=None, more=BY_VOX),
    )
    result = carrier.bill(october(3))
    assert (result.cost, result.providers) == ({"USD": Decimal("0.010")}, 2)
    assert (result.calls, result.accounts, result.total["USD"] < 0) == (4, 1, True)
    posted = ledger(carrier)
    assert posted[VOX_DAY] == "0.004"
    assert posted["provider:tele", "2026-10-01", "cost"] == "0.006"
    assert proved(carrier)


SHORT = '{ from = 2026-10-02, below_seconds = 6, share_over = 0, fee = "0.05", until = 2026-10-02 }'
BY_MONTH = (
    '{ from = 2026-10-03, below_seconds = 6, share_over = "0.5", fee = "0.01", per = "month" }'
)


def test_a_provider_asks_a_fee_for_short_calls(carrier: Book, tmp_path: Path) -> None:
    """Of the days that it says, of the calls that it carried; late ones too, and no longer where it is taken back."""
    asked = tmp_path / "asked.toml"
    asked.write_text(f"[provider.vox]\nshort_calls = [ {SHORT}, {BY_MONTH} ]\n")
    for day in (1, 2, 3, 4):
        short = Call(f"s{day}", seconds=5.999, at=on(day), more=BY_VOX)
        take_in(carrier, tmp_path, short, Call(f"o{day}", at=on(day, 13), seconds=1))
    carrier.bill(october(31))
    before = ledger(carrier)
    carrier.apply([asked])
    result = carrier.bill(october(31))
    month, day = (("provider:vox", f"2026-10-{n}", "short_calls_cost") for n in ("31", "02"))
    assert ledger(carrier) == before | {day: "0.05", month: "0.02"}
    assert result.cost == {"USD": Decimal("0.07")}
    assert proved(carrier)
    take_in(carrier, tmp_path, Call("long", at=on(3, 14), seconds=60, more=BY_VOX))
    carrier.bill(october(31))
    assert ledger(carrier)[month] == "0.02"
    take_in(carrier, tmp_path, Call("longer", at=on(4, 14), seconds=60, more=BY_VOX))
    carrier.bill(october(31))
    assert month not in ledger(carrier)
    owed = carrier.statement("provider:vox", october(2), october(2)).days[0]
    assert (owed.short_calls, owed.total - owed.per_minute) == (Decimal("0.05"), Decimal("0.05"))
    cost = carrier.statements.margin(october(2), october(2), "provider").total
    assert cost.cost + cost.unknown_cost == owed.total
    posted = carrier.journal(october(2), october(2)).rows(named=True)
    (fee,) = (row["journal"] for row in posted if row["ledger_account"] == "cost:short_calls")
    assert str(carrier.explain_charge(fee).steps[-1]).endswith(" 0.05 USD is charged here.")
    said = carrier.declared().text
    assert "until = 2026-10-02" in said
    asked.write_text(said)
    carrier.apply([asked])
    assert (carrier.bill(october(31)).postings, carrier.declared().text) == (0, said)
    asked.write_text("[provider.vox]\nshort_calls = []\n")
    carrier.apply([asked])
    carrier.bill(october(31))
    assert day not in ledger(carrier)
    assert proved(carrier)


def test_cost_without_a_price_waits_for_one(carrier: Book, tmp_path: Path) -> None:
    """A call that no buy card prices is counted; the next run owes it once a card does."""
    attempt = Call("b", called="33170189900", seconds=None, more=BY_VOX)
    take_in(carrier, tmp_path, attempt, Call("c"), Call("d", seconds=None))
    result = carrier.bill(october(3))
    assert (result.cost_unpriced_calls, result.cost_unpriced_ms, result.uncarried_calls) == (
        1,
        0,
        1,
    )
    assert [note for note in run_notes(result) if "provider" in note] == [
        "No declared provider carried 1 answered call of 2026-10: nothing is owed for them; see: minutebook calls"
        " --no-provider --month 2026-10",
    ]
    take_in(carrier, tmp_path, Call("a", called="33170189900", more=BY_VOX))
    result = carrier.bill(october(3))
    assert (result.cost_unpriced_calls, result.cost_unpriced_ms, result.uncarried_calls) == (
        2,
        60_000,
        1,
    )
    assert any("prices 60.0 s of answered calls" in note for note in run_notes(result))
    mended = tmp_path / "more.csv"
    mended.write_text(VOX + "33,France,0.01\n")
    carrier.cards.import_deck("vox", mended, live_at=on(1, 0))
    result = carrier.bill(october(3))
    assert (result.cost, result.cost_unpriced_calls) == ({"USD": Decimal("0.01")}, 0)
    assert not any("buy card" in note for note in run_notes(result))
    assert proved(carrier)


def test_late_calls_and_corrections_post_differences(carrier: Book, tmp_path: Path) -> None:
    """A late call, a corrected length, a dearer card and an import taken back: each the difference, on its day."""
    take_in(carrier, tmp_path, Call("a", more=BY_VOX))
    carrier.bill(october(3))
    take_in(carrier, tmp_path, Call("late", at=on(1, 23), more=BY_VOX))
    assert carrier.bill(october(3)).cost == {"USD": Decimal("0.004")}
    carrier.corrections.correct("a", "the switch cut it", duration_ms=120_000)
    assert carrier.bill(october(3)).cost == {"USD": Decimal("0.004")}
    dearer = tmp_path / "dearer.csv"
    dearer.write_text(VOX.replace("0.004", "0.008"))
    carrier.cards.import_deck("vox", dearer, live_at=on(1, 0))
    assert carrier.bill(october(3)).cost == {"USD": Decimal("0.012")}
    (first, _) = carrier.corrections.imports()
    carrier.corrections.undo_import(first.id, "another switch's")
    assert carrier.bill(october(3)).cost == {"USD": Decimal("-0.016")}
    assert ledger(carrier)[VOX_DAY] == "0.008"
    assert proved(carrier)


def test_a_provider_that_is_declared_late_or_mended_is_owed_by_the_next_run(
    carrier: Book, tmp_path: Path
) -> None:
    """Whose trunk it was is asked when a call is priced: what was owed to the wrong one goes back."""
    take_in(carrier, tmp_path, Call("a", more={"trunk": "vox-9"}))
    assert carrier.bill(october(3)).cost == {}
    toml = tmp_path / "more.toml"
    toml.write_text('[provider.tele]\nmatch = [ { trunk = "vox-9" } ]\n')
    carrier.apply([toml])
    assert carrier.bill(october(3)).cost == {"USD": Decimal("0.006")}
    toml.write_text(
        '[provider.tele]\nmatch = []\n[provider.vox]\nmatch = [ { trunk = "vox-9" } ]\n'
    )
    carrier.apply([toml])
    result = carrier.bill(october(3))
    assert (result.cost, result.postings) == ({"USD": Decimal("-0.002")}, 2)
    assert ("provider:tele", "2026-10-01", "cost") not in ledger(carrier)
    assert proved(carrier)


def test_a_book_without_providers_is_priced_from_the_same(carrier: Book, tmp_path: Path) -> None:
    """What a provider is owed never moves what a customer owes."""
    take_in(carrier, tmp_path, Call("a"), Call("g", "globex"))
    carrier.bill(october(3))
    sold = {key: amount for key, amount in ledger(carrier).items() if key[2] == "usage"}
    toml = tmp_path / "more.toml"
    toml.write_text('[provider.tele]\nmatch = [ { server = "lon-1" } ]\n')
    carrier.apply([toml])
    assert carrier.bill(october(3)).total == {}
    assert {key: a for key, a in ledger(carrier).items() if key[2] == "usage"} == sold


def test_what_we_pay_lessens_what_we_owe(carrier: Book, tmp_path: Path) -> None:
    """Paid once by its reference, paid back, taken back, a credit note; statement and balance say what is owed."""
    take_in(carrier, tmp_path, Call("a", seconds=600, more=BY_VOX))
    carrier.bill(october(3))
    money = carrier.ledger
    for _ in range(2):
        money.pay("provider:vox", "0.03", "sepa-1", on(2))
    money.refund("provider:vox", "0.01", "overpaid", "back-1", on(2))
    money.adjust("provider:vox", "-0.005", "credit note 7", "note-7", october(2))
    money.pay("provider:vox", "0.02", "sepa-2", on(2))
    money.reverse("sepa-2", "bounced", at=on(2))
    shown = carrier.statements.statement("provider:vox", october(1), october(3))
    assert [str(day.balance.normalize()) for day in shown.days] == ["0.04", "0.015", "0.015"]
    assert (shown.days[1].payments, shown.days[1].other) == (Decimal("-0.02"), Decimal("-0.005"))
    standing = carrier.providers.show("vox")
    assert (standing.balance, standing.available) == (Decimal("0.015"), Decimal("9.985"))
    assert carrier.providers.show("vox", october(1)).balance == Decimal("0.04")
    (balance,) = carrier.ledger.balances("acme")
    assert balance.balance == Decimal("-0.05")
    assert proved(carrier)


def test_cost_of_a_closed_month_is_posted_on_the_first_open_day(
    carrier: Book, tmp_path: Path
) -> None:
    """As usage is; the closed month's day is named."""
    take_in(carrier, tmp_path, Call("a", more=BY_VOX))
    carrier.bill(october(31))
    carrier.runs.close_month(october(1), "reported")
    take_in(carrier, tmp_path, Call("late", more=BY_VOX))
    carrier.bill(october(31))
    journal = carrier.ledger.journal(october(1), october(31).replace(month=12))
    late = journal.filter((journal["kind"] == "cost") & (journal["day"] != journal["corrects"]))
    assert late["day"].cast(str).unique().to_list() == ["2026-11-01"]
    assert late["corrects"].cast(str).unique().to_list() == ["2026-10-01"]
    assert not any(check.differences for check in carrier.verify())


def test_both_sides_of_a_call_are_explained(carrier: Book, tmp_path: Path) -> None:
    """Who carried it, by which card it was bought, and what was posted; or that nobody declared did."""
    take_in(carrier, tmp_path, Call("a", more=BY_VOX), Call("c"))
    carrier.bill(october(3))
    (call,) = carrier.explain_call("a")
    assert call.cost is not None
    assert (call.cost.account, call.cost.quote.cost) == ("provider:vox", Decimal("0.004"))
    told = [str(step) for step in call.steps]
    assert "Carried by provider Vox Carrier." in told
    assert any(words.startswith("Bought by card vox revision 1") for words in told)
    (posting,) = call.cost.postings
    back = carrier.statements.explain_charge(str(posting.id))
    assert (back.calls["call_id"].to_list(), back.posting.amount) == (["a"], Decimal("0.004"))
    (alone,) = carrier.explain_call("c")
    assert alone.cost is None
    assert "No declared provider carried it" in str(alone.steps[-1])


def test_both_sides_of_a_call_that_counts_no_longer_are_explained(
    carrier: Book, tmp_path: Path
) -> None:
    """What was posted while it counted, and, without it, what was posted back; also once it counts again."""
    take_in(carrier, tmp_path, Call("a", more=BY_VOX), Call("c"))
    carrier.bill(october(3))
    carrier.corrections.correct("a", "a test", void=True)
    carrier.bill(october(3))
    (call,) = carrier.explain_call("a")
    told = [str(step) for step in call.steps]
    assert "Carried by provider Vox Carrier." in told
    posted = [words for words in told if " posted " in words]
    assert [" with this call" in words for words in posted] == [True, False] * 2
    assert ["without this call" in words for words in posted] == [False, True] * 2
    assert ["for provider:vox's day" in words for words in posted] == [False, False, True, True]
    carrier.corrections.undo(1, "it was real")
    carrier.bill(october(3))
    (call,) = carrier.explain_call("a")
    posted = [words for words in map(str, call.steps) if " posted " in words]
    assert [" with this call" in words for words in posted] == [True, False, True] * 2
    carrier.corrections.undo_import(carrier.corrections.imports()[0].id, "wrong file")
    carrier.bill(october(3))
    (call,) = carrier.explain_call("a")
    posted = [words for words in map(str, call.steps) if " posted " in words]
    assert [" with this call" in words for words in posted] == [True, False, True, False] * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[provider.x]\ncurrency = "USD"\n', "card is missing; name the buy card"),
        (
            '[provider.x]\ncard = "new"\n',
            "currency is missing; add it, as there is no card 'new' yet",
        ),
        (
            '[provider.x]\ncard = "vox"\ncurrency = "EUR"\n',
            "card 'vox' is in USD, the provider in EUR",
        ),
        ('[provider.vox]\ncurrency = "EUR"\n', "its currency is USD and cannot become EUR"),
        (
            '[provider.x]\ncard = "vox"\nmatch = [ { trunk = "vox-1" } ]\n',
            "trunk vox-1 is both x's and vox's",
        ),
        (
            '[provider.x]\ncard = "vox"\nmatch = [ { tech_prefix = "99a" } ]\n',
            "'99a' is not the digits before",
        ),
        (
            '[provider.x]\ncard = "vox"\nmatch = [ { } ]\n',
            "a match table without a key matches nothing",
        ),
        ('[provider.x]\ncard = "vox"\ncredit_limit = "-1"\n', "write what may be owed"),
        (
            '[account."provider:x"]\nplan = "flat"\nfrom = 2026-10-01\n',
            "such names are those of providers",
        ),
    ],
)
def test_a_provider_that_cannot_be_is_refused(
    carrier: Book, tmp_path: Path, text: str, words: str
) -> None:
    """One line each, with what to do; nothing is changed."""
    toml = tmp_path / "wrong.toml"
    toml.write_text(text)
    before = carrier.declared().text
    with pytest.raises(InputError, match=words):
        carrier.apply([toml])
    assert carrier.declared().text == before


def test_what_is_declared_of_providers_makes_an_empty_book_alike(
    carrier: Book, tmp_path: Path, new_book: Callable[[], Book]
) -> None:
    """Rates of exchange too."""
    toml = tmp_path / "fx.toml"
    toml.write_text('[fx]\nEUR_USD = [ { from = 2026-10-01, rate = "1.08" } ]\n')
    carrier.apply([toml])
    copy = tmp_path / "copy.toml"
    copy.write_text(carrier.declared().text)
    other = new_book()
    other.apply([copy])
    assert other.declared().tables == carrier.declared().tables
    assert other.carrier().providers == carrier.carrier().providers


def test_a_provider_is_taken_back_while_nothing_leans_on_it(carrier: Book, tmp_path: Path) -> None:
    """Once days are priced for it, it stays, and so does its card."""
    assert carrier.providers.remove("tele", "a slip").new
    assert [one.provider.name for one in carrier.providers.list()] == ["vox"]
    take_in(carrier, tmp_path, Call("a", more=BY_VOX))
    carrier.bill(october(3))
    with pytest.raises(InputError, match="it has 1 posting"):
        carrier.providers.remove("vox", "a slip")
    with pytest.raises(InputError, match="provider 'vox' is paid by it"):
        carrier.cards.remove("vox", "a slip")


def test_what_a_buy_card_or_a_correction_changes_is_said_before(
    carrier: Book, tmp_path: Path
) -> None:
    """Of the provider beside the customer."""
    take_in(carrier, tmp_path, Call("a", more=BY_VOX))
    carrier.bill(october(3))
    dearer = tmp_path / "dearer.csv"
    dearer.write_text(VOX.replace("0.004", "0.008"))
    carrier.cards.import_deck("vox", dearer)
    change = carrier.cards.take_live("vox", 2, on(1, 0), dry_run=True)
    assert [(one.account, one.difference) for one in change.accounts] == [
        ("provider:vox", Decimal("0.004"))
    ]
    tried = carrier.corrections.correct("a", "it never was", void=True, dry_run=True)
    assert {one.account: one.amount for one in tried.accounts} == {
        "acme": Decimal("0.005"),
        "provider:vox": Decimal("-0.004"),
    }


def test_accounts_and_providers_are_told_apart() -> None:
    """A provider is no account, in sentences that count both."""
    for names, said in (
        (["acme"], "1 account"),
        (["provider:vox"], "1 provider"),
        (["acme", "globex", "provider:vox"], "2 accounts and 1 provider"),
        ([], "0 accounts"),
    ):
        assert holders_text(names) == said
