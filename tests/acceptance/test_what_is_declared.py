"""What is declared, by commands: plans and sources in words, the whole as a file, a file before it counts."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Ran

    from minutebook.book import Book

CARRIER = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.0045"
increment = "60/6"
connect_fee = "0.01"
grace_seconds = "2.5"

[[plan.minutes.revision]]
from = 2026-11-01
steps = [ { from = 0, rate = "0.40", pulse = 30 }, { from = 60, rate = "0.20", pulse = 10 } ]

[plan.channels]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 }, { channels = 500, price = "0.95" } ]
tier_mode = "graduated"
charge = "monthly"
over = { policy = "burst", price = "0.10" }
minimum_per_server = "20.00"
prorate = "none"

[account.acme]
name = "Acme Telecom"
plan = "minutes"
from = 2026-10-01
debit_limit = "100.00"
match = [ { server = "lon-1" }, { caller_prefix = "44" }, { caller_prefix = "4420", server = "x" }, { account_code = "acme" } ]

[account.globex]
plan = "channels"
channels = 150
from = 2026-10-05

[source.proxy]
format = "kamailio"
zone = "Europe/London"
options = { columns = { account_code = "x_acct" } }
"""


@pytest.fixture
def carrier(minutebook: Callable[..., Ran], tmp_path: Path) -> Path:
    file = tmp_path / "carrier.toml"
    file.write_text(CARRIER, "utf-8")
    assert minutebook("apply", str(file)).status == 0
    return file


def test_plans_are_listed_with_price_and_accounts(
    minutebook: Callable[..., Ran], carrier: Path
) -> None:
    """Each as it is in force on the day that is asked for."""
    told = minutebook("plan", "list", "--at", "2026-10-31", "--format", "json").json["plans"]
    assert [(plan["plan"], plan["accounts"], plan["revisions"]) for plan in told] == [
        ("channels", 1, 1),
        ("minutes", 1, 2),
    ]
    assert told[1]["price"] == "0.0045 USD a minute, to every destination"
    later = minutebook("plan", "list", "--at", "2026-11-01", "--format", "json").json["plans"][1]
    assert (later["price"], later["from"]) == ("0.40, then 0.20 USD a minute", "2026-11-01")
    before = minutebook("plan", "list", "--at", "2026-10-04", "--format", "json").json["plans"][0]
    assert before["accounts"] == 0


def test_a_plan_is_shown_with_every_revision_and_term_in_words(
    minutebook: Callable[..., Ran], carrier: Path
) -> None:
    """Also as the keys of an apply file; and the accounts that are on it on the day."""
    told = minutebook("plan", "show", "minutes", "--at", "2026-11-05", "--format", "json").json
    first, second = told["revisions"]
    assert (first["from"], first["until"], first["in_force"]) == (None, "2026-10-31", False)
    assert (second["from"], second["until"], second["in_force"]) == ("2026-11-01", None, True)
    assert {key: first["terms"][key] for key in ("rate", "increment", "grace_seconds")} == {
        "rate": "0.0045",
        "increment": "60/6",
        "grace_seconds": "2.5",
    }
    assert {words["term"]: words["is"] for words in first["words"]} == {
        "Price": "0.0045 USD a minute, to every destination",
        "What is rounded": "the account's day",
        "Increment": "60/6: at least 60 s, then by 6 s from there",
        "Connect fee": "0.01 USD for each answered call that costs anything",
        "Attempt fee": "none",
        "Grace": "a call of at most 2.5 s, unrounded, costs nothing",
        "Rounding of durations": "up to whole seconds",
        "Rounding of amounts": "up, at 4 decimals",
        "Minimum per server": "none",
    }
    assert told["accounts"] == [
        {"account": "acme", "name": "Acme Telecom", "since": "2026-10-01", "channels": None}
    ]


def test_a_channel_plan_says_tiers_bursts_and_minimum(
    minutebook: Callable[..., Ran], carrier: Path
) -> None:
    """In a table and in CSV, a line for each term."""
    ran = minutebook("plan", "show", "channels", "--format", "csv")
    words = {row["term"]: row["is"] for row in csv.DictReader(io.StringIO(ran.out))}
    assert words == {
        "Price": "a channel and month: up to 100 channels 1.20 USD and 1 free server;"
        " up to 500 channels 0.95 USD; calls cost nothing",
        "Tiers": "each channel at its own tier's price",
        "Channels charged": "those bought",
        "Charged": "the rest of the month on the first day",
        "Calls beyond them": "0.10 USD for each channel of the day's peak above them",
        "Rounding of amounts": "up, at 4 decimals",
        "Minimum per server": "20.00 USD a month for each that is not free, whole for any day",
    }
    table = minutebook("plan", "show", "channels").out
    assert "globex" in table
    assert words["Charged"] in table


def test_a_source_is_shown_and_a_format_without_one(
    minutebook: Callable[..., Ran], carrier: Path
) -> None:
    """What a source says, and what holds for the files of a format where an import names none."""
    told = minutebook("source", "show", "proxy", "--format", "json").json
    assert (told["declared"], told["zone"], told["max_call_hours"]) == (True, "Europe/London", 168)
    assert told["options"] == {"columns": {"account_code": "x_acct"}}
    bare = minutebook("source", "show", "asterisk", "--format", "json").json
    assert (bare["declared"], bare["zone"], bare["format"]) == (False, None, "asterisk")
    assert "whole_minutes" in bare["known_options"]
    listed = minutebook("source", "list", "--format", "json").json["sources"]
    assert [(source["source"], source["format"]) for source in listed] == [("proxy", "kamailio")]


@pytest.mark.parametrize("kind", ["plan", "source"])
def test_a_name_that_is_not_declared_is_refused_with_those_that_are(
    minutebook: Callable[..., Ran], carrier: Path, kind: str
) -> None:
    """Status 2, and one line."""
    ran = minutebook(kind, "show", "nix")
    known = {"plan": "channels, minutes", "source": "proxy"}[kind]
    assert (ran.status, ran.out) == (2, "")
    assert f"{kind} 'nix' is not declared; there is {known}; declare [{kind}.nix]" in ran.err


def test_an_account_shows_its_match_tables_as_they_rank_and_its_floor(
    minutebook: Callable[..., Ran], carrier: Path
) -> None:
    """The strongest first: account code, the longer prefix, the shorter one, the server."""
    told = minutebook("account", "show", "acme", "--format", "json").json
    assert told["match"] == [
        {"account_code": "acme"},
        {"caller_prefix": "4420", "server": "x"},
        {"caller_prefix": "44"},
        {"server": "lon-1"},
    ]
    assert (told["debit_limit"], told["floor"], told["currency"]) == ("100.00", "-100.00", "USD")
    table = minutebook("account", "show", "acme").out
    assert "caller_prefix 4420 and server x" in table
    assert "down to a balance of -100.00" in table


def test_declared_goes_into_a_new_file_and_over_another_only_when_asked(
    minutebook: Callable[..., Ran], carrier: Path, tmp_path: Path
) -> None:
    """The file is what standard output shows; one that is there stays, to the last byte."""
    printed = minutebook("declared").out
    assert tomllib.loads(printed)["plan"]["minutes"]["rate"] == "0.0045"
    kept = carrier.read_bytes()
    refused = minutebook("declared", "--output", str(carrier))
    assert (refused.status, carrier.read_bytes()) == (2, kept)
    assert "is there already" in refused.err
    ran = minutebook("declared", "--output", str(tmp_path / "new.toml"))
    assert (ran.status, ran.out) == (0, "")
    assert (tmp_path / "new.toml").read_text("utf-8") == printed
    assert minutebook("declared", "--output", str(carrier), "--overwrite").status == 0
    assert carrier.read_text("utf-8") == printed
    assert minutebook("apply", str(carrier), "--format", "json").json["changed"] == []
    assert minutebook("declared", "--overwrite").status == 2
    tables = minutebook("declared", "--format", "json").json
    written = json.loads(json.dumps(tomllib.loads(printed), default=str))
    empty = {key: {} for key in ("server", "card", "provider", "fx", "schedule")}
    assert tables == {**written, **empty}


def test_a_dry_run_shows_keys_before_and_after_and_keeps_the_book(
    minutebook: Callable[..., Ran], carrier: Path, book: Book
) -> None:
    """As a table and as JSON; the same file applied then does what was shown."""
    carrier.write_text(
        CARRIER.replace("0.0045", "0.005").replace("channels = 150", "channels = 160"), "utf-8"
    )
    kept = book.carrier()
    table = minutebook("apply", str(carrier), "--dry-run").out
    assert "A dry run: nothing was changed." in table
    assert [word in table for word in ('"0.0045"', '"0.005"')] == [True, True]
    told = minutebook("apply", str(carrier), "--dry-run", "--format", "json").json
    assert (told["dry_run"], told["changed"]) == (True, ["plan minutes", "account globex"])
    keys = {change["name"]: change["keys"] for change in told["changes"] if change["keys"]}
    assert keys["minutes"] == [{"key": "rate", "before": "0.0045", "after": "0.005"}]
    assert keys["globex"][0]["after"] == {"from": "2026-10-05", "plan": "channels", "channels": 160}
    assert book.carrier() == kept
    done = minutebook("apply", str(carrier), "--format", "json").json
    assert done == told | {"dry_run": False}
    assert book.carrier() != kept


def test_a_dry_run_refuses_what_applying_would(
    minutebook: Callable[..., Ran], carrier: Path
) -> None:
    """With the same words and status 2."""
    carrier.write_text(CARRIER.replace('plan = "channels"', 'plan = "nix"'), "utf-8")
    ran = minutebook("apply", str(carrier), "--dry-run")
    assert ran.status == 2
    assert ran.err == minutebook("apply", str(carrier)).err != ""
