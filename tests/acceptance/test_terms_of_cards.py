"""What a card says beside its rates prices alike at every door."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import CARRIER, Call, on, write_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook import Book


def test_a_call_costs_its_least_and_its_most_at_every_door(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """`price`, the run, `calls`, `explain` and the statement agree; an unanswered call has no least."""
    (tmp_path / "carrier.toml").write_text(CARRIER)
    (tmp_path / "deck.csv").write_text(
        "prefix,rate,connect fee,minimum cost,maximum cost\n44,0.006,0,0.05,\n447,0.6,0,,0.62\n"
    )
    calls = [
        Call("least", "globex", "442079460123", seconds=10),
        Call("most", "globex", "447700900123", seconds=600),
        Call("none", "globex", "442079460123", seconds=None),
    ]
    written = str(write_calls(tmp_path / "cdr.csv", calls))
    assert minutebook("apply", str(tmp_path / "carrier.toml")).status == 0
    assert minutebook("card", "import", "a-z", str(tmp_path / "deck.csv")).status == 0
    assert minutebook("import", "auto", written).status == 0
    assert minutebook("bill", "--through", "2026-10-02").status == 0
    days = ("--from", "2026-10-01", "--to", "2026-10-01")
    shown = minutebook("--format", "json", "calls", "globex", *days).json["calls"]
    costs = {call["call_id"]: Decimal(call["cost"]) for call in shown}
    assert costs == {"least": Decimal("0.05"), "most": Decimal("0.62"), "none": Decimal(0)}
    for number, seconds, cost in (("442079460123", "10", "0.05"), ("447700900123", "600", "0.62")):
        priced = minutebook("--format", "json", "price", number, seconds, "--card", "a-z").json
        assert Decimal(priced["cost"]) == Decimal(cost)
    assert "call costs at least 0.05" in minutebook("explain", "least").out
    assert "call costs at most 0.62" in minutebook("explain", "most").out
    statement = minutebook("--format", "json", "statement", "globex", *days).json
    assert Decimal(statement["days"][0]["per_minute"]) == Decimal("-0.67")
    assert minutebook("verify").status == 0


BANDS = """
[card.a-z]
currency = "USD"

[card.a-z.bands]
zone = "Europe/London"
split = true
holidays = [2026-10-02]
holidays_of = ["DE"]
times = [ { band = "peak", days = ["mon-fri"], from = "08:00", to = "18:00" },
          { band = "free day", days = ["holiday"] },
          { band = "night" } ]
"""


def test_a_call_costs_what_its_times_of_the_week_say_at_every_door(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """`price`, the run, `calls`, `explain` and the statement agree; what is declared later changes nothing kept."""
    carrier = tmp_path / "carrier.toml"
    carrier.write_text(CARRIER.replace('increment = "60/6"', 'increment = "1/1"') + BANDS)
    (tmp_path / "deck.csv").write_text("prefix,peak,night,free day\n44,0.6,0.12,0\n")
    calls = [
        Call("both", "globex", at=on(1, 16, 59), seconds=100),
        Call("peak", "globex", at=on(1, 9), seconds=60),
        Call("free", "globex", at=on(2, 9), seconds=60),
        Call("unity", "globex", at=on(3, 9), seconds=60),  # a holiday in Germany
    ]
    written = str(write_calls(tmp_path / "cdr.csv", calls))
    assert minutebook("apply", str(carrier)).status == 0
    assert minutebook("card", "import", "a-z", str(tmp_path / "deck.csv")).status == 0
    assert minutebook("import", "auto", written).status == 0
    assert minutebook("bill", "--through", "2026-10-03").status == 0
    days = ("--from", "2026-10-01", "--to", "2026-10-03")
    carrier.write_text(BANDS.replace("18:00", "12:00"))
    assert minutebook("--format", "json", "apply", str(carrier)).json["changed"] == ["card a-z"]
    shown = minutebook("--format", "json", "calls", "globex", *days).json["calls"]
    costs = {call["call_id"]: Decimal(call["cost"]) for call in shown}
    both = Decimal("0.664")  # answered at 17:59:02 local time: 58 s at 0.6, 42 s at 0.12
    assert costs == {"both": both, "peak": Decimal("0.6"), "free": 0, "unity": 0}
    said = minutebook(
        "--format", "json", "price", "442079460123", "100", "--card", "a-z", "--at", "2026-10-01T16:59:02Z"
    )  # fmt: skip
    assert Decimal(said.json["cost"]) == both
    told = minutebook("explain", "both").out
    assert "nswered on Thursday 2026-10-01 17:59:02 in Europe/London: band peak" in told
    assert "58 s x 0.60 / 60 + 42 s x 0.12 / 60" in told
    statement = minutebook("--format", "json", "statement", "globex", *days).json
    assert [Decimal(day["per_minute"]) for day in statement["days"]] == [Decimal("-1.264"), 0, 0]
    copied = tmp_path / "copied.toml"
    copied.write_text(minutebook("declared").out)
    assert "card a-z" in minutebook("--format", "json", "apply", str(copied)).json["left"]
    assert "bands peak/free day/night (Europe/London)" in minutebook("card", "show", "a-z").out
    assert minutebook("verify").status == 0


BY_STATE = """
[card.a-z]
currency = "USD"
jurisdictions = { lrn = true }
"""


@pytest.mark.provokes(
    "lake/number_tables.py: the ported numbers are gone from the book (…); restore them from a backup",
    when="`minutebook price`, `minutebook bill`: the file of ported numbers that a card goes by is gone.",
)
def test_a_call_costs_what_its_jurisdiction_says_at_every_door(
    minutebook: Callable[..., Ran], book: Book, tmp_path: Path
) -> None:
    """`price`, the run, `calls`, `explain` and the statement agree; later tables move nothing that was posted."""
    carrier = tmp_path / "carrier.toml"
    carrier.write_text(CARRIER.replace('increment = "60/6"', 'increment = "1/1"') + BY_STATE)
    deck, states, ported = (tmp_path / f"{name}.csv" for name in ("deck", "states", "ported"))
    deck.write_text("npanxx,inter,intra,rate\n201200,0.6,0.06,0.9\n646555,1.2,0.12,1.5\n")
    states.write_text("NPA,NXX,State\n201,200,NJ\n212,555,NY\n646,555,NY\n")
    ported.write_text("number,lrn\n(201) 200-0007,6465550000\n")
    called = {"intra": "16465550100", "inter": "12012000100", "ported": "12012000007"}
    calls = [
        Call(name, "globex", number, more={"caller": "12125550100"})
        for name, number in called.items()
    ]
    calls.append(Call("abroad", "globex", "12012000100"))
    written = str(write_calls(tmp_path / "cdr.csv", calls))
    assert minutebook("apply", str(carrier)).status == 0
    for file in (states, ported):
        assert minutebook("numbering", "import", str(file)).status == 0
    assert minutebook("card", "import", "a-z", str(deck)).status == 0
    assert minutebook("import", "auto", written).status == 0
    assert minutebook("bill", "--through", "2026-10-01").status == 0
    states.write_text("npanxx,state\n201200,NY\n212555,NY\n646555,NJ\n")
    assert minutebook("--format", "json", "numbering", "import", str(states)).json["added"]
    assert not minutebook("--format", "json", "numbering", "import", str(states)).json["added"]
    days = ("--from", "2026-10-01", "--to", "2026-10-01")
    shown = minutebook("--format", "json", "calls", "globex", *days).json["calls"]
    assert {one["call_id"]: (one["jurisdiction"], Decimal(one["cost"])) for one in shown} == {
        "intra": ("intra", Decimal("0.12")),
        "inter": ("inter", Decimal("0.6")),
        "ported": ("intra", Decimal("0.12")),
        "abroad": ("indeterminate", Decimal("0.9")),
    }
    asked = ("price", "12012000007", "60", "--card", "a-z", "--caller", "12125550100")
    assert Decimal(minutebook("--format", "json", *asked).json["cost"]) == Decimal("0.12")
    told = minutebook("explain", "ported").out
    assert "12012000007 was ported: priced by its routing number 16465550000" in told
    assert "aller 12125550100 in NY and called 16465550000 in NY: intra" in told
    statement = minutebook("--format", "json", "statement", "globex", *days).json
    assert Decimal(statement["days"][0]["per_minute"]) == Decimal("-1.74")
    assert minutebook("verify").status == 0
    assert minutebook("card", "import", "a-z", str(deck), "--live", "2026-11-01").status == 0
    later = minutebook("--format", "json", *asked, "--at", "2026-11-01").json
    assert Decimal(later["cost"]) == Decimal("1.2")  # the routing number is in New Jersey now
    (kept,) = book.path.rglob("*.arrow")
    kept.write_bytes(kept.read_bytes()[:-1])
    assert minutebook("verify").status == 1
    kept.unlink()
    gone = minutebook(*asked)
    assert (gone.status, "ported numbers are gone from the book" in gone.err) == (2, True)


def billed_calls(
    minutebook: Callable[..., Ran], carrier: Path, deck: Path, calls: Path
) -> list[dict[str, Any]]:
    """Globex's calls of the first day, once what is declared, the deck and the calls are in and the day is billed."""
    days = ("--from", "2026-10-01", "--to", "2026-10-01")
    for words in (
        ("apply", carrier), ("card", "import", "a-z", deck), ("import", "auto", calls),
        ("bill", "--through", "2026-10-01"),
    ):  # fmt: skip
        ran = minutebook(*map(str, words))
        assert ran.status == 0, ran
    found: list[dict[str, Any]] = minutebook("--format", "json", "calls", "globex", *days).json[
        "calls"
    ]
    return found


BY_ORIGIN = """
[card.a-z]
currency = "USD"
[card.a-z.origins]
group = { callers = ["GB", "IN"], called = ["IN", "US"] }
"""


def test_a_call_costs_what_its_origin_says_at_every_door(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Also a preview, a partial deck, an export that is imported again, another plan, and their call list."""
    carrier = tmp_path / "carrier.toml"
    carrier.write_text(CARRIER.replace('increment = "60/6"', 'increment = "1/1"') + BY_ORIGIN)
    deck, part = tmp_path / "deck.csv", tmp_path / "part.csv"
    deck.write_text("prefix,origin,rate\n44,local,0.6\n44,group,1.2\n44,international,1.8\n"
                    "91,,0.9\n91,Group,0.3\n")  # fmt: skip
    callers = {"home": "442079460100", "group": "442079460100", "away": "912212345678"}
    called = {"home": "442079460123", "group": "912212345678", "away": "442079460123"}
    calls = [Call(n, "globex", called[n], more={"caller": callers[n]}) for n in called]
    calls.append(Call("hidden", "globex", called["home"], more={"caller": "anonymous"}))
    asked = ("--format", "json")
    shown = billed_calls(minutebook, carrier, deck, write_calls(tmp_path / "cdr.csv", calls))
    assert {one["call_id"]: (one["origin"], Decimal(one["cost"])) for one in shown} == {
        "home": ("local", Decimal("0.6")),
        "group": ("group", Decimal("0.3")),
        "away": ("international", Decimal("1.8")),
        "hidden": ("international", Decimal("1.8")),
    }
    priced = ("price", called["home"], "60", "--card", "a-z", "--caller", callers["away"])
    assert Decimal(minutebook(*asked, *priced).json["cost"]) == Decimal("1.8")
    told = minutebook("explain", "group").out
    assert "aller 442079460100 of GB and called 912212345678 of IN: group" in told
    kept = minutebook(*asked, "card", "show", "a-z").json["terms"]["origins"]
    assert kept["group"] == {"callers": ["GB", "IN"], "called": ["IN", "US"]}
    written_deck = str(tmp_path / "again.csv")
    assert minutebook("card", "export", "a-z", written_deck).status == 0
    again = minutebook(*asked, "card", "import", "a-z", written_deck).json
    assert (again["added"], again["revision"]) == (False, 1)
    part.write_text("prefix,local,group,international\n44,1.2,1.2,3.6\n")
    preview = ("card", "import", "a-z", str(part), "--partial", "--preview", "--days", "366")
    (change,) = minutebook(*asked, *preview, "--live", "2026-10-01").json["revisions"]
    (usage,) = change["calls"]
    assert [Decimal(usage[key]) for key in ("before", "after")] == [Decimal("4.5"), Decimal("8.7")]


def test_a_call_costs_what_its_callers_prefix_says_at_every_door(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """`price`, the run, `calls`, `explain`, what is declared, and an export that is imported again."""
    carrier, deck = tmp_path / "carrier.toml", tmp_path / "deck.csv"
    said = '[card.a-z]\ncurrency = "USD"\ncallers = ["1", "1212"]\n'
    carrier.write_text(CARRIER.replace('increment = "60/6"', 'increment = "1/1"') + said)
    deck.write_text("prefix,origin_prefix,rate,connect fee\n44,,0.9,0.1\n44,+1,0.6,\n")
    callers = {"home": "12125550100", "hidden": "anonymous"}
    calls = [Call(name, "globex", more={"caller": one}) for name, one in callers.items()]
    asked = ("--format", "json")
    shown = billed_calls(minutebook, carrier, deck, write_calls(tmp_path / "cdr.csv", calls))
    assert {one["call_id"]: (one["caller_prefix"], Decimal(one["cost"])) for one in shown} == {
        "home": ("1212", Decimal("0.7")),
        "hidden": ("other", Decimal("1")),
    }
    priced = ("price", "442079460123", "60", "--card", "a-z", "--caller", callers["home"])
    assert Decimal(minutebook(*asked, *priced).json["cost"]) == Decimal("0.7")
    told = minutebook("explain", "home").out
    assert "aller 12125550100 begins with 1212 of the card's prefixes of callers" in told
    for kind in ("csv", "json"):
        again = str(tmp_path / f"again.{kind}")
        assert minutebook("card", "export", "a-z", again).status == 0
        taken = minutebook(*asked, "card", "import", "a-z", again).json
        assert (taken["added"], taken["revision"]) == (False, 1)
    copied = tmp_path / "copied.toml"
    copied.write_text(minutebook("declared").out)
    assert "card a-z" in minutebook(*asked, "apply", str(copied)).json["left"]
    assert minutebook("verify").status == 0
