"""What a card by jurisdiction, and by the time of the week too, makes of calls is the same to every question that is asked of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.carriers import CARRIER, Call, write_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

BY_STATE = """
[card.a-z]
currency = "USD"
jurisdictions = {}
[card.a-z.bands]
zone = "UTC"
times = [ { band = "peak", days = ["mon-fri"], from = "08:00", to = "18:00" }, { band = "off" } ]
[card.buy]
currency = "USD"
jurisdictions = {}
[provider.vox]
card = "buy"
match = [ { trunk = "out-1" } ]
"""


def test_every_question_is_answered_by_the_same_prices(
    minutebook: Callable[..., Ran], tmp_path: Path
) -> None:
    """Review, margin, assurance, reconciliation with both sides, partial decks, exports, simulation, a price list."""

    def asked(*words: str, status: int = 0) -> Any:
        ran = minutebook("--format", "json", *words)
        assert ran.status == status, (words, ran.err)
        return ran.json

    def file(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    carrier = CARRIER.replace('increment = "60/6"', 'increment = "1/1"') + BY_STATE
    deck = "npanxx,peak inter,Intra (peak),rate,off\n201200,0.6,0.06,0.9,9\n646555,1.2,0.12,1.5,9\n"
    buy = "npanxx,inter,intra,rate\n201200,0.3,0.03,0.3\n646555,0.6,0.6,0.6\n"
    called = {"intra": "16465550100", "inter": "12012000100", "abroad": "12012000100"}
    calls = [
        Call(name, "globex", number, more={"caller": "12125550100", "trunk": "out-1"})
        for name, number in called.items()
    ]
    calls[-1].more["caller"] = "442079460999"
    asked("apply", file("carrier.toml", carrier))
    asked(
        "numbering",
        "import",
        file("states.csv", "NPA,NXX,State\n201,200,NJ\n212,555,NY\n646,555,NY\n"),
    )
    asked("card", "import", "a-z", file("deck.csv", deck))
    asked("card", "import", "buy", file("buy.csv", buy))
    asked("import", "auto", str(write_calls(tmp_path / "cdr.csv", calls)))
    asked("bill", "--through", "2026-10-01")
    days = ("--from", "2026-10-01", "--to", "2026-10-01")
    review = asked("review", "globex", *days)
    assert (
        Decimal(review["current"]["cost"]) == Decimal(review["earned"]["sale"]) == Decimal("1.62")
    )
    total = asked("margin", *days)["total"]
    assert (Decimal(total["sale"]), Decimal(total["cost"])) == (Decimal("1.62"), Decimal("1.2"))
    (lost,) = asked("card", "assure", "a-z", "--against", "buy", *days)["losing"]
    assert (lost["prefix"], Decimal(lost["loss"])) == ("1646555", Decimal("0.48"))

    sides = (
        ("--account", "globex", {"intra": "0.12", "inter": "0.6", "abroad": "0.6"}, "0.30"),
        ("--provider", "vox", {"intra": "0.6", "inter": "0.3", "abroad": "0.4"}, "-0.10"),
    )
    for side, name, amounts, differs in sides:
        rows = [
            f"{one},{call.more['caller']},{call.called},2026-10-01 12:00:02,60,{amounts[one]}\n"
            for one, call in zip(amounts, calls, strict=True)
        ]
        theirs = file("theirs.csv", "Id,From,To,Answer,Billsec,Amount\n" + "".join(rows))
        told = asked("reconcile", "lake", theirs, *days, side, name)["words"]
        assert any(f"By another rate: 1 call, {differs} USD. To 1201200" in line for line in told)

    part = file("part.csv", "npanxx,inter,intra,indeterminate\n201200,1.2,0.06,0.9\n")
    partial = ("card", "import", "a-z", part, "--partial", "--live", "2026-12-01")
    assert asked(*partial)["prefixes"] == 2
    for kind in ("csv", "json"):
        again = str(tmp_path / f"again.{kind}")
        assert minutebook("card", "export", "a-z", again, "--at", "2026-12-02").status == 0
        taken = asked("card", "import", "a-z", again, "--live", "2026-12-01")
        assert (taken["added"], taken["revision"]) == (False, 2)
    (then,) = asked("simulate", *days, "--card", "a-z=2")["totals"]
    assert (Decimal(then["revenue_now"]), Decimal(then["revenue_then"])) == (
        Decimal("1.62"),
        Decimal("2.22"),
    )
    listed = str(tmp_path / "list.csv")
    assert minutebook("card", "pricelist", "a-z", listed, "--at", "2026-12-02").status == 0
    priced = (tmp_path / "list.csv").read_text()
    assert "1646555,1.50,1.20,9.00,0.12,9.00,,9.00\n" in priced
    assert "1201200,,1.20,1.20,0.06,0.06,0.90,0.90\n" in priced
