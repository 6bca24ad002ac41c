"""A sale card is built from others at the prompt: a draft with a preview, live, stale, built again; or refused whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

RECIPE = """
[card.a]
currency = "USD"

[card.b]
currency = "USD"

[card.sale]
currency = "USD"
build = { from = ["a", "b"], combine = "max", profit = [ { percent = "20" } ], rounding = { precision = 4 } }

[card.resale]
currency = "USD"
build = { from = ["sale"], profit = [ { add = "0.001" } ] }

[plan.retail]
model = "per_minute"
currency = "USD"
card = "sale"
"""


def test_a_built_card_follows_its_parents(minutebook: Callable[..., Ran], tmp_path: Path) -> None:
    """A dry run keeps nothing; a draft prices nothing; a parent's revision makes it stale; who asks sees from what."""

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    def built(*words: str) -> Ran:
        return minutebook("--format", "json", "card", "build", *words)

    minutebook("apply", write("cards.toml", RECIPE))
    assert built("sale").status == 2
    minutebook("card", "import", "a", write("a.csv", "prefix,rate\n441,0.01\n"))
    minutebook(
        "card",
        "import",
        "b",
        write("b.csv", "prefix,rate,increment\n441,0.012,60/60\n441481,0.09,60/60\n"),
    )
    dry = built("sale", "--dry-run").json
    assert (dry["added"], dry["dry_run"], dry["counts"]["new"]) == (False, True, 2)
    assert [
        one["revision"]
        for one in minutebook("--format", "json", "card", "list").json
        if one["card"] == "sale"
    ] == [None]
    draft = built("sale").json
    assert (draft["revision"], draft["standing"], draft["live_at"]) == (1, "draft", None)
    assert draft["parents"] == [{"card": "a", "revision": 1}, {"card": "b", "revision": 1}]
    assert "no revision in force" in built("resale").err
    again = built("sale").json
    assert (again["revision"], again["added"]) == (1, False)
    minutebook("card", "live", "sale", "1", "--at", "2026-10-01")
    shown = minutebook("--format", "json", "card", "show", "sale").json
    assert {row["prefix"]: row["rate"] for row in shown["prices"]} == {
        "441": "0.0144",
        "441481": "0.108",
    }
    assert shown["terms"]["increment"] == "60/60"
    priced = minutebook("--format", "json", "price", "441481222222", "30", "--plan", "retail").json
    assert (priced["prefix"], priced["cost"]) == ("441481", "0.108")
    assert built("resale").json["changes"][0]["rate_after"] == "0.109"

    minutebook(
        "card",
        "import",
        "b",
        write("b2.csv", "prefix,rate,increment\n441,0.008,60/60\n"),
        "--live",
        "2026-10-10",
    )
    (stale,) = built("--stale", "--dry-run").json
    assert (stale["card"], stale["revision"], stale["against"]) == ("sale", 2, 1)
    assert stale["counts"] == {
        "new": 0, "dearer": 0, "cheaper": 2, "changed": 0, "blocked": 0, "removed": 0, "unchanged": 0
    }  # fmt: skip
    assert [one["revision"] for one in built("--stale").json] == [2]
    assert built("--stale").json == []
    minutebook("card", "live", "sale", "2", "--at", "2026-10-20")
    assert [one["card"] for one in built("--stale").json] == ["resale"]
    why = minutebook(
        "--format", "json", "card", "why", "sale", "441481222222", "--revision", "1"
    ).json
    assert (why["prefix"], why["rate"], why["combined"]) == ("441481", "0.108", "0.09")
    assert [(one["card"], one["prefix"], one["rate"]) for one in why["parents"]] == [
        ("a", "441", "0.01"),
        ("b", "441481", "0.09"),
    ]
    assert why["rule"] == {"percent": "20"}
    assert why["words"] == (
        "441481222222 is charged 0.108 USD a minute by sale 1: a 1 charges 0.01 by 441, b 1 charges 0.09 by 441481;"
        " the greatest of their prices is 0.09; On all others: 20 per cent; rounded up to 4 decimals."
    )
    deeds = minutebook("--format", "json", "audit").json["deeds"]
    assert {"card build", "card build --stale"} <= {one["reason"] for one in deeds}
    assert minutebook("verify").status == 0


BANDED = """
[card.pounds]
currency = "GBP"
bands = { zone = "UTC", times = [ { band = "peak", days = ["mon-fri"] }, { band = "rest" } ] }

[card.sale]
currency = "USD"
build = { from = ["pounds"], collapse = "avg", profit = [ { percent = "10" } ], rounding = { precision = 4 } }

[fx]
GBP_USD = [ { from = 2026-01-01, rate = "1.25" } ]
"""


def test_a_parent_with_bands_in_another_currency(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Its bands are one price, exchanged by the day's rate; another rate makes the card stale, and leaves it as it is."""
    deck, cards = tmp_path / "p.csv", tmp_path / "c.toml"
    deck.write_text("prefix,name,peak,rest\n44,United Kingdom,0.02,0.01\n")
    cards.write_text(BANDED)
    minutebook("apply", str(cards))
    minutebook("card", "import", "pounds", str(deck))
    (change,) = minutebook("--format", "json", "card", "build", "sale").json["changes"]
    assert change["rate_after"] == "0.0207"  # 0.015 GBP = 0.01875 USD, and 10 per cent
    why = minutebook("--format", "json", "card", "why", "sale", "44").json
    (parent,) = why["parents"]
    assert (parent["rate"], parent["exchange"], why["combined"]) == ("0.01875", "1.25", "0.01875")
    assert "pounds 1 charges 0.01875 by 44, exchanged at 1.25" in why["words"]
    minutebook("card", "live", "sale", "1", "--at", "2026-10-01")
    shown = minutebook("card", "show", "sale").out
    assert "Of several bands of one of them, the mean of the prices counts." in shown
    assert minutebook("--format", "json", "card", "build", "--stale").json == []
    cards.write_text(BANDED.replace('"1.25" }', '"1.25" }, { from = 2026-02-01, rate = "1.3" }'))
    minutebook("apply", str(cards))
    (stale,) = minutebook("--format", "json", "card", "build", "--stale").json
    assert (stale["revision"], stale["changes"][0]["rate_after"]) == (2, "0.0215")
    assert (
        minutebook("--format", "json", "card", "why", "sale", "44", "--revision", "1").json == why
    )
    printed = minutebook("declared").out
    assert 'collapse = "avg"' in printed


KEEPING = """
[card.a]
currency = "USD"
bands = { zone = "UTC", times = [ { band = "peak", days = ["mon-fri"] }, { band = "rest" } ] }

[card.b]
currency = "USD"
bands = { zone = "UTC", times = [ { band = "rest" }, { band = "peak", days = ["mon-fri"] } ] }

[card.c]
currency = "USD"

[card.sale]
currency = "USD"
build = { from = ["a", "b", "c"], combine = "max", collapse = "keep", profit = [ { percent = "10" } ] }

[plan.retail]
model = "per_minute"
currency = "USD"
card = "sale"

[account.one]
plan = "retail"
from = 2026-10-01
match = [ { server = "s1" } ]
"""
AT_BOTH_TIMES = """call_id,server,caller,called,setup_at,answered_at,ended_at
x,s1,1,4420,2026-10-02T10:00:00Z,2026-10-02T10:00:00Z,2026-10-02T10:01:00Z
y,s1,1,4420,2026-10-03T10:00:00Z,2026-10-03T10:00:00Z,2026-10-03T10:02:00Z
"""


def test_a_built_card_keeps_its_parents_bands(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """It has a price for each, is explained and assured in each, on paper and on calls, and priced by the call's own."""

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    def asked(*words: str) -> Ran:
        return minutebook("--format", "json", *words)

    minutebook("apply", write("keep.toml", KEEPING))
    minutebook(
        "card",
        "import",
        "a",
        write("a.csv", "prefix,peak,rest,peak connect fee\n44,0.02,0.01,0.001\n"),
    )
    minutebook(
        "card", "import", "b", write("b.csv", "prefix,rate,peak\n44,0.015,\n4420,0.008,0.01\n")
    )
    minutebook("card", "import", "c", write("c.csv", "prefix,rate\n44,0.012\n"))
    built = asked("card", "build", "sale", "--live", "2026-10-01").json
    assert [(one["prefix"], one["price_class"], one["rate_after"]) for one in built["changes"]] == [
        ("44", "peak", "0.022"), ("4420", "peak", "0.022"), ("44", "rest", "0.0165"), ("4420", "rest", "0.0132"),
    ]  # fmt: skip
    shown = asked("card", "show", "sale").json
    assert [time["band"] for time in shown["terms"]["bands"]["times"]] == ["peak", "rest"]
    assert 'collapse = "keep"' in minutebook("declared").out
    why = asked("card", "why", "sale", "4420").json
    assert [(one["price_class"], one["combined"], one["rate"]) for one in why["classes"]] == [
        ("peak", "0.02", "0.022"),
        ("rest", "0.012", "0.0132"),
    ]
    assert [one["rates"].get("rest", one["rate"]) for one in why["parents"]] == [
        "0.01",
        "0.008",
        "0.012",
    ]
    said = minutebook("card", "why", "sale", "4420").out
    assert "rest: combined 0.012, charged 0.0132." in said
    price = ["price", "4420", "60", "--plan", "retail", "--at"]
    assert asked(*price, "2026-10-02T10:00:00Z").json["cost"] == "0.023"
    assert asked(*price, "2026-10-03T10:00:00Z").json["cost"] == "0.0132"

    sent = write("sent.csv", minutebook("card", "export", "sale").out)
    (again,) = asked("card", "import", "sale", sent, "--preview").json["revisions"]
    assert {kind for kind, count in again["counts"].items() if count} == {"unchanged"}
    edited = asked("card", "edit", "sale", "--block", "4420", "--dry-run").json["changes"]
    assert [one["price_class"] for one in edited if one["change"] == "blocked"] == ["peak", "rest"]

    minutebook(
        "card", "import", "c", write("c2.csv", "prefix,rate\n44,0.016\n"), "--live", "2026-10-02"
    )
    (paper,) = asked("card", "assure", "sale", "--against", "c", "--seconds", "60").json["losing"]
    assert (paper["prefix"], paper["price_class"], paper["sale"], paper["cost"]) == (
        "4420", "rest", "0.0132", "0.016",
    )  # fmt: skip
    minutebook("import", "auto", write("calls.csv", AT_BOTH_TIMES))
    days = ["--from", "2026-10-01", "--to", "2026-10-31"]
    (real,) = asked("card", "assure", "sale", "--against", "c", *days).json["losing"]
    assert (real["price_class"], real["calls"], real["sale"], real["cost"]) == (
        "rest",
        1,
        "0.0264",
        "0.032",
    )
    (stale,) = asked("card", "build", "--stale", "--dry-run").json
    assert [(one["change"], one["price_class"], one["rate_after"]) for one in stale["changes"]] == [
        ("dearer", "rest", "0.0176"),
        ("dearer", "rest", "0.0176"),
    ]


MIXED = """
[card.us]
currency = "USD"
jurisdictions = { lrn = true }

[card.week]
currency = "USD"
bands = { zone = "UTC", times = [ { band = "peak", days = ["mon-fri"] }, { band = "rest" } ] }

[card.both]
currency = "USD"
build = { from = ["us", "week"], combine = "max", collapse = "keep" }
"""


def test_parents_that_differ_by_unlike_things_are_kept_together(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """The card goes by its parents' tables: a ported number is priced, and explained, by its routing number."""
    for name, text in {
        "mixed.toml": MIXED,
        "states.csv": "npanxx,state\n201200,NJ\n212555,NY\n",
        "ported.csv": "number,lrn\n2012000100,2125550000\n",
        "us.csv": "npanxx,inter,intra,indeterminate\n212555,0.004,0.006,0.005\n",
        "week.csv": "prefix,peak,rest\n1,0.0055,0.003\n",
    }.items():
        (tmp_path / name).write_text(text)
    minutebook("apply", str(tmp_path / "mixed.toml"))
    for table in ("states", "ported"):
        minutebook("numbering", "import", str(tmp_path / f"{table}.csv"))
    for card in ("us", "week"):
        minutebook("card", "import", card, str(tmp_path / f"{card}.csv"))
    minutebook("card", "build", "both")
    why = minutebook("--format", "json", "card", "why", "both", "12012000100").json
    assert (why["routing_number"], why["prefix"]) == ("12125550000", "1212555")
    assert {one["price_class"]: one["rate"] for one in why["classes"]} == {
        "peak inter": "0.0055", "rest inter": "0.004", "peak intra": "0.006", "rest intra": "0.006",
        "peak indeterminate": "0.0055", "rest indeterminate": "0.005",
    }  # fmt: skip
    assert (
        "12012000100, by its routing number 12125550000, is charged 0.004 to 0.006" in why["words"]
    )
    words = ("card", "assure", "both", "--revision", "1", "--against", "week", "--seconds", "60")
    assert minutebook("--format", "json", *words).json["losing"] == []
    assert minutebook("verify").status == 0

    third = '[card.third]\ncurrency = "USD"\n[card.all]\ncurrency = "USD"\nbuild = { from = ["us", "third"], combine = "max", collapse = "keep" }\n'
    (tmp_path / "third.toml").write_text(third)
    (tmp_path / "third.csv").write_text("prefix,rate\n1,0.001\n1201,0.01\n1212,0.002\n")
    minutebook("apply", str(tmp_path / "third.toml"))
    minutebook("card", "import", "third", str(tmp_path / "third.csv"))
    refused = minutebook("card", "build", "all").err
    assert "declare jurisdictions = { lrn = true } of it and import its deck again" in refused
    (tmp_path / "third.toml").write_text(
        '[card.third]\ncurrency = "USD"\njurisdictions = { lrn = true }\n'
    )
    minutebook("apply", str(tmp_path / "third.toml"))
    minutebook("card", "import", "third", str(tmp_path / "third.csv"), "--live", "2026-10-01")
    assert minutebook("card", "build", "all").status == 0
    why = minutebook("--format", "json", "card", "why", "all", "12012000100").json
    assert {one["rate"] for one in why["classes"]} == {"0.004", "0.006", "0.005"}


def test_a_built_card_keeps_a_least_cost_off_plans_that_round_the_day(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """As with a deck that is imported; nothing is kept."""
    (tmp_path / "c.toml").write_text(
        '[card.a]\ncurrency = "USD"\n[card.sale]\ncurrency = "USD"\nbuild = { from = ["a"] }\n'
        '[plan.p]\nmodel = "per_minute"\ncurrency = "USD"\ncard = "sale"\ntally = "daily"\n'
    )
    (tmp_path / "a.csv").write_text("prefix,rate\n44,0.01\n")
    minutebook("apply", str(tmp_path / "c.toml"))
    minutebook("card", "import", "a", str(tmp_path / "a.csv"), "--minimum-cost", "0.01")
    refused = minutebook("card", "build", "sale")
    assert (refused.status, 'tally = "daily"' in refused.err) == (2, True)


def test_a_sale_that_loses_by_its_increment_and_rounding_is_shown(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Bought at 0.005 by 60/60 rounded up, sold at 0.006 by 1/1 rounded down: ten seconds lose, a minute does not."""
    for name, rate, increment, rounding, precision in (
        ("buy", "0.005", "60/60", "up", "3"),
        ("sell", "0.006", "1/1", "down", "4"),
    ):
        (tmp_path / name).write_text(f"prefix,name,rate\n44,United Kingdom,{rate}\n")
        minutebook(
            "card", "import", name, str(tmp_path / name),
            "--increment", increment, "--rounding", rounding, "--precision", precision,
        )  # fmt: skip
    words = ("card", "assure", "sell", "--against", "buy", "--seconds", "10", "--seconds", "60")
    found = minutebook("--format", "json", *words).json
    assert found["against"] == [{"card": "buy", "revision": 1}]
    assert found["losing"] == [
        {
            "prefix": "44", "name": "United Kingdom", "against": "buy", "seconds": "10",
            "sale": "0.001", "cost": "0.005", "loss": "0.004", "price_class": None,
        }
    ]  # fmt: skip
    assert "sell 1 loses at 1 prefix against buy 1, on calls of 10, 60 s." in minutebook(*words).out
    nowhere = minutebook("card", "assure", "sell", "--against", "buy", "--seconds", "60")
    assert "loses nowhere" in nowhere.out


CALLS = """call_id,server,caller,called,setup_at,answered_at,ended_at
a,s1,1,441,2026-10-01T10:00:00Z,2026-10-01T10:00:00Z,2026-10-01T10:00:10Z
b,s1,1,441,2026-10-01T10:00:00Z,2026-10-01T10:00:00Z,2026-10-01T10:01:00Z
c,s1,1,441,2026-10-02T10:00:00Z,2026-10-02T10:00:00Z,2026-10-02T10:01:01Z
d,s1,1,33,2026-10-02T10:00:00Z,2026-10-02T10:00:00Z,2026-10-02T10:01:00Z
e,s1,1,441,2026-10-03T10:00:00Z,2026-10-03T10:00:00Z,2026-10-03T10:00:10Z
f,s2,1,441,2026-10-01T10:00:00Z,2026-10-01T10:00:00Z,2026-10-01T10:00:10Z
"""
TWO_PLANS = """
[plan.one]
model = "per_minute"
currency = "USD"
card = "sell"

[plan.flat]
model = "per_minute"
currency = "USD"
rate = "1"

[account.one]
plan = "one"
from = 2026-10-01
match = [ { server = "s1" } ]

[account.other]
plan = "flat"
from = 2026-10-01
match = [ { server = "s2" } ]
"""


def test_the_calls_that_a_card_loses_on_are_shown(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Of the accounts that it charges and the days asked for; what one card has no price for is counted apart."""
    (tmp_path / "calls.csv").write_text(CALLS)
    (tmp_path / "two.toml").write_text(TWO_PLANS)
    for name, rate, increment, rounding, precision in (
        ("buy", "0.005", "60/60", "up", "3"),
        ("sell", "0.006", "1/1", "down", "4"),
    ):
        (tmp_path / name).write_text(f"prefix,name,rate\n44,United Kingdom,{rate}\n")
        minutebook(
            "card", "import", name, str(tmp_path / name), "--live", "2026-10-01",
            "--increment", increment, "--rounding", rounding, "--precision", precision,
        )  # fmt: skip
    words = ("card", "assure", "sell", "--against", "buy", "--from", "2026-10-01", "--to")
    minutebook("apply", str(tmp_path / "two.toml"))
    nothing = minutebook(*words, "2026-10-02")
    assert (nothing.status, "no calls from 2026-10-01 to 2026-10-02" in nothing.err) == (2, True)
    minutebook("import", "auto", str(tmp_path / "calls.csv"))
    found = minutebook("--format", "json", *words, "2026-10-02").json
    assert found["against"] == [
        {
            "card": "buy", "revision": 1, "calls": 3, "unpriced": 1,
            "sale": "0.0131", "cost": "0.02", "margin": "-0.0069",
        }
    ]  # fmt: skip
    assert found["losing"] == [
        {
            "prefix": "44", "name": "United Kingdom", "against": "buy", "calls": 2, "seconds": "71",
            "sale": "0.0071", "cost": "0.015", "loss": "0.0079", "price_class": None,
        }
    ]  # fmt: skip
    said = minutebook(*words, "2026-10-02").out
    assert "Against buy 1: 3 calls, sold for 0.0131, cost 0.0200 USD" in said
    assert "2 of them lose 0.0079 USD together; 1 more has no price by one of the two" in said
    assert minutebook("--format", "json", *words, "2026-10-03").json["losing"][0]["calls"] == 3

    (tmp_path / "euros").write_text("prefix,rate\n44,0.004\n")
    (tmp_path / "fx.toml").write_text(
        '[fx]\nEUR_USD = [ { from = 2026-10-01, rate = "1.25" }, { from = 2099-01-01, rate = "9" } ]\n'
    )
    minutebook(
        "card", "import", "euros", str(tmp_path / "euros"), "--live", "2026-10-01", "--currency", "EUR",
        "--increment", "60/60", "--rounding", "up", "--precision", "3",
    )  # fmt: skip
    in_euros = ["euros" if word == "buy" else word for word in words]
    refused = minutebook(*in_euros, "2026-10-02")
    assert (refused.status, "declare EUR_USD under [fx]" in refused.err) == (2, True)
    minutebook("apply", str(tmp_path / "fx.toml"))
    again = minutebook("--format", "json", *in_euros, "2026-10-02").json
    assert again["against"] == [{**found["against"][0], "card": "euros"}]
    assert again["losing"] == [{**found["losing"][0], "against": "euros"}]
    paper = minutebook("--format", "json", *in_euros[:5], "--seconds", "10").json
    assert [(one["sale"], one["cost"]) for one in paper["losing"]] == [("0.001", "0.005")]


WEIGHED = """
[provider.vox]
currency = "USD"
card = "a"
match = [ { trunk = "t-vox" } ]

[provider.tele]
currency = "USD"
card = "b"
match = [ { trunk = "t-tele" } ]

[card.sale]
currency = "USD"
build = { from = ["a", "b"], combine = "weighted", minutes = { from = 2026-10-01, to = 2026-10-31 } }

[plan.flat]
model = "per_minute"
currency = "USD"
rate = "1"

[account.one]
plan = "flat"
from = 2026-10-01
match = [ { server = "s1" } ]
"""
CARRIED = """call_id,server,trunk,caller,called,setup_at,answered_at,ended_at
a,s1,t-vox,1,441,2026-10-01T10:00:00Z,2026-10-01T10:00:00Z,2026-10-01T10:03:00Z
b,s1,t-tele,1,441,2026-10-31T10:00:00Z,2026-10-31T10:00:00Z,2026-10-31T10:01:00Z
c,s1,,1,441,2026-10-02T10:00:00Z,2026-10-02T10:00:00Z,2026-10-02T10:01:01Z
d,s1,t-tele,1,441,2026-11-01T10:00:00Z,2026-11-01T10:00:00Z,2026-11-01T10:09:00Z
"""


def test_parents_weigh_what_their_providers_carried(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """By the minutes of the days that the recipe names; a late call makes the card stale."""

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    minutebook("card", "import", "a", write("a.csv", "prefix,rate\n44,0.01\n"))
    minutebook("card", "import", "b", write("b.csv", "prefix,rate\n44,0.02\n"))
    minutebook("apply", write("weighed.toml", WEIGHED))
    assert "minutes = {from = 2026-10-01, to = 2026-10-31}" in minutebook("declared").out
    minutebook("import", "auto", write("calls.csv", CARRIED))
    (change,) = minutebook("--format", "json", "card", "build", "sale").json["changes"]
    assert change["rate_after"] == "0.0125"
    why = minutebook("--format", "json", "card", "why", "sale", "44").json["words"]
    assert "the mean of their prices by the minutes from 2026-10-01 to 2026-10-31: a 3, b 1" in why
    assert minutebook("--format", "json", "card", "build", "--stale").json == []
    late = CARRIED.splitlines()[0] + "\n" + CARRIED.splitlines()[1].replace("a,s1", "late,s1")
    minutebook("import", "auto", write("late.csv", late.replace("t-vox", "t-tele") + "\n"))
    (stale,) = minutebook("--format", "json", "card", "build", "--stale").json
    shown = minutebook("--format", "json", "card", "list").json
    assert {"from": "2026-10-01", "to": "2026-10-31"} in [
        (one["build"] or {}).get("minutes") for one in shown
    ]
    assert stale["changes"][0]["rate_after"] == "0.0157142857"  # (3 × 0.01 + 4 × 0.02) / 7
