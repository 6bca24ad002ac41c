"""What a card says beside its rates prices alike at every door."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.carriers import CARRIER, Call, on, write_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran


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
    ]
    written = str(write_calls(tmp_path / "cdr.csv", calls))
    assert minutebook("apply", str(carrier)).status == 0
    assert minutebook("card", "import", "a-z", str(tmp_path / "deck.csv")).status == 0
    assert minutebook("import", "auto", written).status == 0
    assert minutebook("bill", "--through", "2026-10-02").status == 0
    days = ("--from", "2026-10-01", "--to", "2026-10-02")
    carrier.write_text(BANDS.replace("18:00", "12:00"))
    assert minutebook("--format", "json", "apply", str(carrier)).json["changed"] == ["card a-z"]
    shown = minutebook("--format", "json", "calls", "globex", *days).json["calls"]
    costs = {call["call_id"]: Decimal(call["cost"]) for call in shown}
    both = Decimal("0.664")  # answered at 17:59:02 local time: 58 s at 0.6, 42 s at 0.12
    assert costs == {"both": both, "peak": Decimal("0.6"), "free": Decimal(0)}
    said = minutebook(
        "--format", "json", "price", "442079460123", "100", "--card", "a-z", "--at", "2026-10-01T16:59:02Z"
    )  # fmt: skip
    assert Decimal(said.json["cost"]) == both
    told = minutebook("explain", "both").out
    assert "nswered on Thursday 2026-10-01 17:59:02 in Europe/London: band peak" in told
    assert "58 s x 0.60 / 60 + 42 s x 0.12 / 60" in told
    statement = minutebook("--format", "json", "statement", "globex", *days).json
    assert [Decimal(day["per_minute"]) for day in statement["days"]] == [Decimal("-1.264"), 0]
    copied = tmp_path / "copied.toml"
    copied.write_text(minutebook("declared").out)
    assert "card a-z" in minutebook("--format", "json", "apply", str(copied)).json["left"]
    assert "bands peak/free day/night (Europe/London)" in minutebook("card", "show", "a-z").out
    assert minutebook("verify").status == 0
