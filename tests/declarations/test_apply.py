"""Declaring: what applying a file adds, changes and leaves, and what it refuses, with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from minutebook.cards.tariff import Increment, Tally
from minutebook.errors import InputError
from minutebook.money import Method, Rounding
from minutebook.plans.minimum import Prorate
from minutebook.plans.per_channel import ChannelPrices, Charge, Over, Tier, TierMode

if TYPE_CHECKING:
    from minutebook.book import Book

CARRIER = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.0045"
tally = "daily"
increment = "1/1"
connect_fee = "0"
duration_rounding = "up"
rounding = { method = "up", precision = 4 }

[account.acme]
name = "Acme Telecom"
plan = "minutes"
from = 2026-10-01
debit_limit = "100.00"
match = [ { server = "lon-1" }, { account_code = "acme" }, { caller_prefix = "4420555" } ]

[server.lon-1]
account = "acme"
deployed = 2026-10-01

[source.proxy]
format = "kamailio"
zone = "UTC"
server = "lon-1"
country = "44"
"""


def applied(book: Book, tmp_path: Path, text: str, name: str = "carrier.toml") -> dict[str, str]:
    """Apply a text; gives what was done to each declaration."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return {f"{change.kind} {change.name}": str(change.action) for change in book.apply([file])}


def refusal(book: Book, tmp_path: Path, text: str) -> str:
    """The error that refuses a text, without the folder's name."""
    with pytest.raises(InputError) as caught:
        applied(book, tmp_path, text)
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_the_contracts_example_applies_once_and_changes_nothing_again(
    book: Book, tmp_path: Path
) -> None:
    """The example of the contract, without what later versions bring, applies; again it is left."""
    names = ["source proxy", "plan minutes", "account acme", "server lon-1"]
    assert applied(book, tmp_path, CARRIER) == dict.fromkeys(names, "added")
    assert applied(book, tmp_path, CARRIER) == dict.fromkeys(names, "left")
    carrier = book.carrier()
    plan = carrier.plans["minutes"][0]
    assert (plan.rate, plan.tally, plan.currency) == (Decimal("0.0045"), Tally.DAILY, "USD")
    assert plan.terms.rounding == Rounding(Method.UP, 4)
    assert plan.terms.increment == Increment(1, 1)
    account = carrier.accounts["acme"]
    assert account.debit_limit == Decimal(100)
    assert account.plan_on(date(2026, 9, 30)) is None
    assert account.plan_on(date(2026, 10, 1)) == "minutes"
    assert carrier.sources["proxy"].country == "44"


def test_the_references_own_example_applies(book: Book, tmp_path: Path) -> None:
    """The whole file, as it stands on the page, once and again."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "apply.md"
    text = page.read_text("utf-8").split("```toml file=carrier.toml\n")[1].split("```")[0]
    assert set(applied(book, tmp_path, text).values()) == {"added"}
    assert set(applied(book, tmp_path, text).values()) == {"left"}
    terms = book.carrier().accounts["globex"].terms
    assert [(term.plan, term.channels) for term in terms] == [("channels", 120), ("a-z", None)]


def test_terms_are_merged_by_their_day_and_none_is_removed(book: Book, tmp_path: Path) -> None:
    """A file that names one term leaves the others, and all else that it does not name."""
    plans = "".join(
        f'[plan.{name}]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.0{n}"\n'
        for n, name in enumerate("abc", 1)
    )
    first = (
        plans
        + '[account.globex]\nname = "Globex"\ndebit_limit = "5"\nmatch = [ { trunk = "t" } ]\nterms = [ { from = 2026-01-01, plan = "a" }, { from = 2026-03-15, plan = "b" } ]\n'
    )
    applied(book, tmp_path, first)
    later = '[account.globex]\nterms = [ { from = 2026-06-01, plan = "c" } ]\n'
    assert applied(book, tmp_path, later) == {"account globex": "changed"}
    account = book.carrier().accounts["globex"]
    assert (account.title, account.debit_limit) == ("Globex", Decimal(5))
    assert account.matches == ({"trunk": "t"},)
    assert [(term.from_day, term.plan) for term in account.terms] == [
        (date(2026, 1, 1), "a"),
        (date(2026, 3, 15), "b"),
        (date(2026, 6, 1), "c"),
    ]


def test_a_file_changes_the_keys_that_it_names_alone(book: Book, tmp_path: Path) -> None:
    """One key of a known account, or of a known server, and all else of it stays."""
    applied(book, tmp_path, CARRIER)
    account, server = book.carrier().accounts["acme"], book.carrier().servers["lon-1"]
    more = '[account.acme]\ndebit_limit = "250.00"\n[server.lon-1]\nretired = 2026-12-31\n'
    assert applied(book, tmp_path, more) == {
        "account acme": "changed",
        "server lon-1": "changed",
    }
    assert book.carrier().accounts["acme"] == replace(account, debit_limit=Decimal(250))
    assert book.carrier().servers["lon-1"] == replace(server, retired=date(2026, 12, 31))
    named = refusal(book, tmp_path, '[account.nobody]\ndebit_limit = "250.00"\n')
    assert named.startswith("carrier.toml:1: account.nobody: an account says plan and from")
    assert "server.x: account is missing" in refusal(book, tmp_path, "[server.x]\n")
    silent = refusal(book, tmp_path, "[account.acme]\nchannels = 5\n")
    assert silent.startswith("carrier.toml:2: account.acme: channels: says nothing without plan")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[plan.x]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "1000000000"',
         ":4: plan.x: rate: price '1000000000' is out of range; it must be below 100,000,000"),
        ('[plan.x]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "1"\nminimum_per_server = "100000000"',
         ":5: plan.x: minimum_per_server: price '100000000' is out of range"),
        ('[plan.x]\nmodel = "per_minute"\ncurrency = "USD"\nsteps = [ { from = 0, rate = "1", pulse = 1000000 } ]',
         ":4: plan.x: steps.0.pulse: 1000000 is too much; write 999,999 or less"),
        ('[account.acme]\ndebit_limit = "1000000000000"',
         ":2: account.acme: debit_limit: amount '1000000000000' is out of range"),
    ],
)  # fmt: skip
def test_prices_and_amounts_have_bounds(book: Book, tmp_path: Path, text: str, words: str) -> None:
    """What no carrier charges is refused with its line (docs/rules/cost.md, "Exactness")."""
    applied(book, tmp_path, CARRIER)
    assert words in refusal(book, tmp_path, text)


def test_a_plan_with_a_card_is_tallied_by_call_unless_it_says_otherwise(
    book: Book, tmp_path: Path
) -> None:
    """tally left out: call with a card, else daily; the card may come later."""
    applied(book, tmp_path, '[plan.a-z]\nmodel = "per_minute"\ncurrency = "USD"\ncard = "a-z"\n')
    assert book.carrier().plans["a-z"][0].tally is Tally.CALL


def test_a_plan_changed_from_a_day_keeps_its_earlier_price(book: Book, tmp_path: Path) -> None:
    """Two revisions of one plan stand side by side, each from its day."""
    plan = '[plan.m]\nmodel = "per_minute"\ncurrency = "USD"\n'
    applied(book, tmp_path, plan + 'rate = "0.01"\n')
    assert applied(book, tmp_path, plan + 'rate = "0.02"\nfrom = 2026-10-10\n') == {
        "plan m": "added"
    }
    carrier = book.carrier()
    rates = {day: carrier.plan_on("m", date(2026, 10, day)) for day in (1, 9, 10, 31)}
    assert {day: plan and plan.rate for day, plan in rates.items()} == {
        1: Decimal("0.01"),
        9: Decimal("0.01"),
        10: Decimal("0.02"),
        31: Decimal("0.02"),
    }
    assert applied(book, tmp_path, plan + 'rate = "0.01"\n') == {"plan m": "left"}


CHANNELS = """[plan.c]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "1.20" } ]
"""
SWITCHES = """
[account.a]
terms = [ { from = 2026-10-01, plan = "m" }, { from = 2026-10-31, plan = "c", channels = 1 },
          { from = 2026-11-10, plan = "c", channels = 2 }, { from = 2026-11-29, plan = "m" } ]
"""
PLAN = '[plan.m]\nmodel = "per_minute"\ncurrency = "USD"\nrate = "0.01"\n'


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[plan.m]\nmodel = "per_channel"\ncurrency = "USD"\n', "carrier.toml:1: plan.m: a per_channel plan needs tiers"),
        (PLAN + 'tiers = []\n', "carrier.toml:5: plan.m: tiers: only per_channel plans have it"),
        (CHANNELS + 'rate = "0.01"\n', "carrier.toml:5: plan.c: rate: only per_minute plans have it"),
        (CHANNELS + 'increment = "60/6"\n', "carrier.toml:5: plan.c: increment: only per_minute plans have it"),
        (CHANNELS.replace('"1.20" }', '"1.20" }, { channels = 10, price = "1" }'), "tiers: 10 channels come after 10"),
        (CHANNELS.replace('"1.20"', '"1.20000000001"'), "more than 10 decimals"),
        (CHANNELS.replace("channels = 10", "channels = 1.5"), "tiers"),
        (CHANNELS + 'over = { policy = "burst" }\n', "what a channel above those bought costs a day is missing"),
        (CHANNELS + 'bill_by = "p95"\ncharge = "monthly"\n', "no month is charged ahead"),
        (CHANNELS + 'bill_by = "p95"\nover = { policy = "burst", price = "0.1" }\n', "nothing bursts"),
        (CHANNELS + '[account.a]\nplan = "c"\nfrom = 2026-10-01\n', "plan 'c' charges by the channel; say channels = N"),
        (CHANNELS + '[account.a]\nplan = "c"\nchannels = -1\nfrom = 2026-10-01\n', "carrier.toml:7: account.a: channels"),
        (CHANNELS + '[account.a]\nplan = "c"\nchannels = 1.5\nfrom = 2026-10-01\n', "carrier.toml:7: account.a: channels"),
        (PLAN + '[account.a]\nplan = "m"\nchannels = 5\nfrom = 2026-10-01\n', "plan 'm' charges by the minute; leave out channels"),
        (PLAN + CHANNELS + SWITCHES, "from 2026-11-29: the model changed on 2026-10-31 too, and may again from 2026-11-30 on"),
        (PLAN + 'minimum_per_server = "-1"\n', "is negative"),
        (PLAN + 'colour = "red"\n', "carrier.toml:5: plan.m: unknown key 'colour'"),
        ("[plant.m]\n", "carrier.toml:1: unknown table 'plant'"),
        (PLAN.replace('"0.01"', "0.01"), "carrier.toml:4: plan.m: rate: price 0.01 is not an exact number; write it in quotes"),
        (PLAN.replace('"0.01"', '"1,000.00"'), "nothing between thousands"),
        (PLAN.replace('"0.01"', '"-1"'), "is negative"),
        (PLAN.replace('"0.01"', '"0.00000000001"'), "more than 10 decimals"),
        (PLAN + 'card = "a-z"\n', "exactly one of rate, card and steps"),
        (PLAN.replace('currency = "USD"\n', ""), "plan.m: currency is missing"),
        (PLAN + 'increment = "60"\n', "carrier.toml:5: plan.m: increment"),
        (PLAN + 'increment = "0/6"\n', "1 or more"),
        (PLAN + PLAN, "carrier.toml:5: plan.m is declared twice"),
        (PLAN + '[account.a]\nplan = "m"\n', "carrier.toml:5: account.a: from"),
        (PLAN + '[account.a]\nplan = "n"\nfrom = 2026-10-01\n', "carrier.toml:5: account.a: plan 'n' is not declared"),
        (PLAN + '[account.a]\nplan = "m"\nfrom = 2026-10-01T12:00:00Z\n', "carrier.toml:7: account.a: from: is an instant"),
        (PLAN + '[account.a]\nplan = "m"\nfrom = 2026-02-30\n', "carrier.toml:7:"),
        (PLAN + '[account.a]\nplan = "m"\nfrom = 2026-10-01\nmatch = [ {} ]\n', "a match table needs a key"),
        ('[server.s]\naccount = "nobody"\ndeployed = 2026-10-01\n', "carrier.toml:1: server.s: account 'nobody'"),
        ('[source.s]\nzone = "Mars/Olympus"\n', "carrier.toml:2: source.s: zone: 'Mars/Olympus' is not an IANA"),
        ('[source.s]\nformat = "morse"\n', "carrier.toml:2: source.s: format"),
        ('[source.s]\nformat = "kamailio"\noptions = { colour = 1 }\n', "carrier.toml:3: source.s: options: unknown option 'colour'"),
        ("[plan.m\n", "carrier.toml:1:"),
        ("[plans.m]\n", "carrier.toml:1: unknown table 'plans' (did you mean plan?)"),
        (PLAN + 'roundng = { method = "up" }\n', "carrier.toml:5: plan.m: unknown key 'roundng' (did you mean rounding?)"),
        (PLAN + 'rounding = { metod = "up" }\n', "carrier.toml:5: plan.m: unknown key 'metod' (did you mean method?)"),
        (CHANNELS.replace("price", "prise"), "unknown key 'prise' (did you mean price?)"),
        (PLAN.replace("per_minute", "per_minut"), "model: 'per_minut' (did you mean per_minute?) is not one of per_minute, per_channel"),
        (PLAN.replace("plan.m", "plan.retail") + '[account.a]\nplan = "retial"\nfrom = 2026-10-01\n', "carrier.toml:5: account.a: plan 'retial' is not declared (did you mean retail?)"),
        ('[server.s]\nacount = "a"\ndeployed = 2026-10-01\n', "carrier.toml:2: server.s: unknown key 'acount' (did you mean account?)"),
        ('[source.s]\nformat = "kamalio"\n', "format 'kamalio' is not known (did you mean kamailio?)"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_line(
    book: Book, tmp_path: Path, text: str, error: str
) -> None:
    """Each mistake is named on one line with the file and the line, and nothing is declared."""
    said = refusal(book, tmp_path, text)
    assert error in said
    assert "\n" not in said
    assert book.carrier().plans == {}


def test_currencies_of_an_accounts_plans_must_agree(book: Book, tmp_path: Path) -> None:
    """An account has one currency."""
    euro = '[plan.e]\nmodel = "per_minute"\ncurrency = "EUR"\nrate = "0.01"\n'
    account = '[account.a]\nterms = [ { from = 2026-01-01, plan = "m" }, { from = 2026-02-01, plan = "e" } ]\n'
    assert "plan 'e' is in EUR, the account in USD" in refusal(
        book, tmp_path, PLAN + euro + account
    )


def test_one_wrong_file_refuses_all_of_them(book: Book, tmp_path: Path) -> None:
    """Several files are one declaration: all of it or nothing."""
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(PLAN)
    bad.write_text('[account.a]\nplan = "none"\nfrom = 2026-10-01\n')
    with pytest.raises(InputError, match="not declared"):
        book.apply([good, bad])
    assert book.carrier().plans == {}


def test_two_files_may_not_declare_the_same_plan(book: Book, tmp_path: Path) -> None:
    """Which of the two holds would be a guess."""
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(PLAN)
    two.write_text(PLAN)
    with pytest.raises(InputError, match=r"plan\.m: is declared in .*one\.toml too"):
        book.apply([one, two])


def test_every_change_is_kept_with_what_it_was_before(book: Book, tmp_path: Path) -> None:
    """The history of declarations only grows."""
    account = '[account.a]\nplan = "m"\nfrom = 2026-10-01\n'
    applied(book, tmp_path, PLAN + account)
    applied(book, tmp_path, PLAN + account + 'debit_limit = "50"\n')
    with book.database.transaction() as connection:
        rows = connection.execute(
            "select before->>'debit_limit', after->>'debit_limit' from declaration"
            " where kind = 'account' order by declaration"
        ).fetchall()
    assert rows == [(None, "0.00"), ("0.00", "50.00")]


def test_a_model_may_change_again_after_thirty_days_or_with_a_reason(
    book: Book, tmp_path: Path
) -> None:
    """The day is counted from the last change; opening and other numbers of channels do not count."""
    later = SWITCHES.replace("2026-11-29", "2026-11-30")
    applied(book, tmp_path, PLAN + CHANNELS + later)
    sooner = SWITCHES.replace(', plan = "m" } ]', ', plan = "m", override = "agreed" } ]')
    applied(book, tmp_path, sooner.replace("account.a", "account.b"))
    terms = book.carrier().accounts["b"].terms
    assert [(term.channels, term.override) for term in terms] == [
        (None, None),
        (1, None),
        (2, None),
        (None, "agreed"),
    ]


def test_a_plan_keeps_its_model(book: Book, tmp_path: Path) -> None:
    """Another way of charging is another plan."""
    applied(book, tmp_path, CHANNELS)
    said = refusal(book, tmp_path, PLAN.replace("plan.m", "plan.c") + "from = 2026-11-01\n")
    assert "its model was per_channel; a plan keeps its model" in said


def test_a_channel_plan_comes_back_as_it_was_declared(book: Book, tmp_path: Path) -> None:
    """Every key of it; applied again it is left."""
    text = """
[plan.c]
model = "per_channel"
currency = "EUR"
minimum_per_server = "20.00"
prorate = "none"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 }, { channels = 500, price = "0.95", free_servers = 3 } ]
tier_mode = "graduated"
charge = "monthly"
over = { policy = "block" }
rounding = { method = "half_even", precision = 2 }
"""
    assert applied(book, tmp_path, text) == {"plan c": "added"}
    assert applied(book, tmp_path, text) == {"plan c": "left"}
    plan = book.carrier().plans["c"][0]
    assert plan.minimum_per_server == 20
    assert plan.prorate is Prorate.NONE
    assert plan.rounding == Rounding(Method.HALF_EVEN, 2)
    assert plan.channels == ChannelPrices(
        (Tier(100, Decimal("1.20"), 1), Tier(500, Decimal("0.95"), 3)),
        TierMode.GRADUATED,
        Charge.MONTHLY,
        Over.BLOCK,
    )


SERVER = """
[server.s{n}]
account = "a"
deployed = 2026-10-0{n}
"""


def test_a_server_is_deployed_where_its_minimum_is_covered(book: Book, tmp_path: Path) -> None:
    """By what is available, for every server that pays; a whole file at once; left ones unchecked."""
    account = '[account.a]\nplan = "m"\nfrom = 2026-10-01\ndebit_limit = "45.00"\n'
    applied(book, tmp_path, PLAN + 'minimum_per_server = "20.00"\n' + account)
    said = refusal(book, tmp_path, "".join(SERVER.format(n=n) for n in (1, 2, 3)))
    assert (
        "server.s3: to deploy it a needs 60.00 USD available (3 of its servers at 20.00 a month)"
        " and has 45.00: 15.00 is missing; take a payment, or pass force, a reason"
    ) in said
    assert book.carrier().servers == {}
    two = "".join(SERVER.format(n=n) for n in (1, 2))
    applied(book, tmp_path, two)
    book.pay("a", "15", "r1")
    applied(book, tmp_path, SERVER.format(n=3))
    book.adjust("a", "-60", "a fee", "r2")
    assert applied(book, tmp_path, two) == {"server s1": "left", "server s2": "left"}
    assert "to deploy it" in refusal(book, tmp_path, SERVER.format(n=4))


def test_a_server_can_be_deployed_by_force_with_a_reason(book: Book, tmp_path: Path) -> None:
    """Which is kept with the declaration."""
    applied(book, tmp_path, PLAN + 'minimum_per_server = "20.00"\n')
    file = tmp_path / "servers.toml"
    file.write_text('[account.a]\nplan = "m"\nfrom = 2026-10-01\n' + SERVER.format(n=1), "utf-8")
    with pytest.raises(InputError, match="needs a reason"):
        book.apply([file], force=" ")
    book.apply([file], force="paid in cash")
    with book.database.transaction() as connection:
        kept = connection.execute("select after from declaration where kind = 'server'").fetchall()
    assert [after["forced"] for (after,) in kept] == ["paid in cash"]


OWING = """
[plan.a]
model = "per_minute"
currency = "USD"
rate = "0.01"
minimum_per_server = "20.00"

[plan.b]
model = "per_minute"
currency = "USD"
rate = "0.01"
minimum_per_server = "20.00"

[plan.late]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "1.00" } ]
from = 2026-07-15

[plan.p]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "1.00" } ]
bill_by = "p95"

[account.acme]
terms = [ { from = 2026-07-01, plan = "a" }, { from = 2026-07-16, plan = "b" } ]
debit_limit = "1000.00"

[account.globex]
plan = "late"
channels = 5
from = 2026-07-01
closed = 2026-08-10

[account.initech]
plan = "p"
from = 2026-07-01

[server.s]
account = "acme"
deployed = 2026-07-01
retired = 2026-07-10

[server.t]
account = "acme"
deployed = 2026-07-11
"""


def test_what_is_billed_stays_billed(book: Book, tmp_path: Path) -> None:
    """No plan under which a day is billed changes in place, nor by a revision that reaches back."""
    applied(book, tmp_path, OWING)
    book.bill(date(2026, 8, 31))
    words = refusal(book, tmp_path, OWING.replace('"20.00"', '"100.00"', 1))
    assert "holds from always; a changed plan needs from = DATE: earlier days keep theirs" in words
    percentile = OWING[OWING.index("[plan.p]") : OWING.index("[account.acme]")]
    assert "plan.p: days are billed under it" in refusal(
        book, tmp_path, percentile.replace("1.00", "2.00")
    )
    bought = percentile.replace('bill_by = "p95"', "from = 2026-09-01")
    assert "billed by the 95th percentile; a plan keeps that" in refusal(book, tmp_path, bought)
    earlier = OWING[OWING.index("[plan.late]") : OWING.index("[plan.p]")].replace("07-15", "07-10")
    assert "from 2026-07-15, holds from always" in refusal(
        book, tmp_path, earlier.replace("1.00", "3.00")
    )


def test_a_closed_month_keeps_what_was_declared_in_it(book: Book, tmp_path: Path) -> None:
    """Deployments, retirements and closings that lie in it are not moved out of it either."""
    applied(book, tmp_path, OWING)
    book.bill(date(2026, 8, 31))
    book.close_month(date(2026, 7, 1), "done")
    for old, new in (
        ("retired = 2026-07-10", "retired = 2026-08-31"),
        ("deployed = 2026-07-11", "deployed = 2026-08-20"),
    ):
        words = refusal(book, tmp_path, OWING.replace(old, new))
        assert f"{old} lies in a closed month" in words
    book.close_month(date(2026, 8, 1), "done")
    moved = OWING.replace("closed = 2026-08-10", "closed = 2026-09-20")
    assert "closed = 2026-08-10 lies in a closed month" in refusal(book, tmp_path, moved)


def test_slips_of_the_keyboard_are_refused_in_words(book: Book, tmp_path: Path) -> None:
    """Channels and days that nobody means; a deployment after a retirement that is kept."""
    applied(book, tmp_path, OWING)
    for text, words in (
        (OWING.replace("channels = 5", "channels = 99999999999"), "write 10,000,000 or less"),
        (OWING.replace("from = 2026-07-01, plan", "from = 9999-07-01, plan"), "is not a day from"),
        (
            '[server.s]\naccount = "acme"\ndeployed = 2026-12-20\n',
            "deployed 2026-12-20 comes after its last day 2026-07-10",
        ),
        (
            '[plan.x]\nmodel = "per_channel"\ncurrency = "USD"\nover = "burst"\n',
            "plan.x: over: 'burst' is not a table of keys",
        ),
    ):
        assert words in refusal(book, tmp_path, text)


def test_means_are_asked_for_from_the_first_term(book: Book, tmp_path: Path) -> None:
    """Also of a server that was deployed before its account began."""
    broke = OWING.replace('debit_limit = "1000.00"', "").replace("2026-07-10", "2026-07-31")
    before = broke.replace("deployed = 2026-07-11", "deployed = 2026-06-01")
    assert "to deploy it acme needs 40.00 USD available" in refusal(book, tmp_path, before)
