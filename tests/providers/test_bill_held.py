"""A provider's bill, held against the calls that it carried, at its buy card."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.carriers import Call, ledger, october, on, take_in, write_calls

from minutebook.cli import run
from minutebook.show.reconciliation.words import reconciliation_words

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from minutebook.book import Book

BY_VOX = {"trunk": "vox-1"}


def test_a_providers_calls_are_held_at_what_a_run_owes_it(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ours are those that it carried, at its card, whoever's they are; of what we lack it is said what went elsewhere."""
    ours = [
        Call("a", seconds=60, more=BY_VOX),  # 0.004
        Call("b", "globex", "447700900123", on(1, 13), more={"trunk": "vox-2"}),  # 0.02
        Call("c", at=on(1, 14), more={"trunk": "unknown"}),
        Call("d", "globex", at=on(1, 15), more={"server": "fra-1"}),  # by tele
    ]
    take_in(carrier, tmp_path, *ours)
    carrier.bill(october(1))
    costs = ("0.004", "0.025", "0.004", "0.004")
    theirs = [
        replace(call, more={"cost": cost, "server": "theirs"})
        for call, cost in zip(ours, costs, strict=True)
    ]
    file = write_calls(
        tmp_path / "vox.csv", [*theirs[:3], Call("z", at=on(1, 16), more={"cost": "0.004"})]
    )
    found = carrier.disputes.reconcile("lake", file, october(1), october(1), provider="vox")
    owed = [
        a
        for (who, _, kind), a in ledger(carrier).items()
        if (who, kind) == ("provider:vox", "cost")
    ]
    assert found.ours.amount == sum(map(Decimal, owed)) == Decimal("0.024")
    assert {
        str(what): (one.calls, one.amount) for what, one in found.classes.items() if one.calls
    } == {
        "missing_ours": (2, Decimal("-0.008")),
        "rate": (1, Decimal("-0.005")),
    }
    assert found.elsewhere == 1
    said = reconciliation_words(found)
    assert said[0].startswith(
        "By our calls at its buy card vox is owed 0.024 USD; it says 0.037 USD"
    )
    assert any("1 of them we have all the same" in line for line in said)
    page = carrier.report(found)  # which is sent to the provider
    assert "vox is owed 0.024 USD" in page
    assert "all the same" not in page
    assert "--no-provider" not in page

    invoice = tmp_path / "invoice.csv"
    invoice.write_text(
        "date,destination,calls,minutes,amount\n2026-10-01,United Kingdom,1,1,0.004\n"
        "2026-10-01,United Kingdom Mobile,1,1,0.02\n"
    )
    words = ["reconcile", "lake", str(invoice), "--month", "2026-10", "--provider", "vox"]
    assert run(["--book", str(carrier.path), "--format", "json", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["provider"], told["elsewhere"], told["complete"]) == ("vox", 0, True)
    assert told["words"][0] == "The two sides agree on all 2 calls."
