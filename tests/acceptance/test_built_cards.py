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
            "sale": "0.001", "cost": "0.005", "loss": "0.004",
        }
    ]  # fmt: skip
    assert "sell 1 loses at 1 prefix against buy 1, on calls of 10, 60 s." in minutebook(*words).out
    nowhere = minutebook("card", "assure", "sell", "--against", "buy", "--seconds", "60")
    assert "loses nowhere" in nowhere.out
