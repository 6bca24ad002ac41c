"""What a card says beside its rates prices alike at every door."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.carriers import CARRIER, Call, write_calls

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
