"""Every command's JSON is of the model that the reference is made from."""

from __future__ import annotations

import json
from dataclasses import dataclass, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import pytest
from annotated_doc import Doc
from docs.generate.commands import commands
from tests.carriers import CARRIER as FLAT_AND_CARD
from tests.carriers import Call, on, write_calls
from tests.show.validity import command_of, faults, printed_as

from minutebook.cli import run
from minutebook.show.calls import CallView, calls
from minutebook.show.results import RESULTS, SILENT
from minutebook.show.serialise import OMITTED, Amount, Day, Omitted, as_json, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Cluster

    from minutebook.book import Book

CARRIER = (
    FLAT_AND_CARD
    + """
[plan.lines]
model = "per_channel"
currency = "USD"
minimum_per_server = "20.00"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 } ]

[account.initech]
plan = "lines"
channels = 2
from = 2026-10-01
debit_limit = "500.00"
match = [ { account_code = "initech" } ]

[source.proxy]
format = "kamailio"
zone = "UTC"
server = "lon-3"
country = "44"
tech_prefixes = ["9911"]
options = { start = "setup" }

[provider.vox]
currency = "USD"
card = "a-z"
gateway = "sip:203.0.113.5"
credit_limit = "50.00"
match = [ { server = "lon-1" } ]

[card.base]
currency = "USD"
kind = "buy"

[card.sold]
currency = "USD"
kind = "sell"
build = { from = ["base"], profit = [ { percent = "20" } ] }

[fx]
EUR_USD = [ { from = 2026-10-01, rate = "1.08" } ]

[schedule.nightly]
do = "bill"
every = "day"
at = "01:15"

[server.lon-1]
account = "initech"
deployed = 2026-10-01

[server.lon-2]
account = "initech"
deployed = 2026-10-01
"""
)
CHANGED = """
[plan.flat]
model = "per_minute"
currency = "USD"
rate = "0.005"

[[plan.flat.revision]]
from = 2026-10-04
rate = "0.006"

[source.proxy]
format = "kamailio"
zone = "Europe/London"
"""
DECKS = {
    "deck.csv": (
        "Code,Destination,Rate,Connect Fee,Increment,Steps,Status\n44,United Kingdom,0.01,0.005,6/6,,open\n"
        "447,UK mobile,0.03,,,,open\n353,Ireland,,,,0:0.40/30 60:0.20/10,open\n99,Nowhere,,,,,blocked\n"
    ),
    "states.csv": "npanxx,state\n201200,NJ\n416555,ON\n",
    "dearer.csv": "Code,Destination,Rate\n44,United Kingdom,0.02\n",
}
CALLS = [
    Call("c1", "acme", at=on(1)),
    Call("c2", "acme", at=on(2), seconds=None),
    Call("c3", "globex", at=on(1), called="447700900123"),
    Call("c4", "globex", at=on(1), called="33170189900"),
    Call("c7", "globex", at=on(4), called="+447700900123"),
    Call("c8", "acme", at=on(5)),
    Call("c5", "initech", at=on(1), seconds=3600),
    Call("c6", "umbrella", at=on(1)),
]
DAYS = ("--from", "2026-10-01", "--to", "2026-10-05")
SLIP = """
[plan.slip]
model = "per_minute"
currency = "USD"
rate = "0.01"
[account.slip]
plan = "slip"
from = 2026-10-01
[server.slip-1]
account = "slip"
deployed = 2026-10-01
[source.slip]
zone = "UTC"
[provider.slip]
currency = "USD"
card = "slip"
"""
JOB = "0b8f7c1e-9d64-4f0b-8d0e-2a7f5f0f9a11"
LINES = [
    "apply carrier.toml --force tried",
    "apply carrier.toml --dry-run",
    "source list",
    "source show proxy",
    "source show kamailio",
    "apply changed.toml",
    "declared",
    "plan list",
    "plan show a-z",
    "plan show flat",
    "plan show lines",
    "card import a-z deck.csv",
    "card import a-z dearer.csv",
    "card import a-z deck.csv --preview",
    "card live a-z 2 --at 2026-11-20",
    "card withdraw a-z 2 --at 2026-12-01",
    "card pricelist a-z --at 2026-10-01",
    "card edit a-z --set 4420=0.011 --from 1",
    "card rollback a-z 1 --dry-run",
    "card list",
    "card show a-z --at 2026-10-01",
    "card diff a-z 1 2",
    "card import base dearer.csv --save-profile base",
    "job list",
    f"job show {JOB}",
    f"job cancel {JOB}",
    "schedule list",
    "schedule remove nightly --reason cron",
    "key add report --role finance",
    "key list",
    "key revoke report --reason over",
    "user add anna --role customer --account acme",
    "user list",
    "user role anna --role finance",
    "user password anna",
    "user disable anna --reason left",
    "user enable anna --reason back",
    "user reset-second-factor anna",
    "user sessions",
    "webhook add https://crm.example/in",
    "webhook list",
    "webhook secret 1 --at-once",
    "webhook test 1",
    "webhook deliveries",
    "webhook remove 1 --reason over",
    "card profile list",
    "card profile show base",
    "card profile remove base --reason over",
    "card build sold --dry-run",
    "card build sold --live 2026-10-01",
    "card build --stale",
    "card why sold 442079460123",
    "card assure sold --against base",
    "import minutebook calls.csv --preview",
    "import minutebook calls.csv",
    "card assure a-z --against base DAYS",
    "import --formats",
    "bill --through 2026-10-05 --by account",
    "pay acme 25 --reference bank-1 --at 2026-10-02",
    "adjust acme -5 --reason paper --reference fee-1 --on 2026-10-03",
    "balance",
    "balance globex",
    "statement acme DAYS",
    "statement globex DAYS",
    "statement initech DAYS",
    *(
        f"totals DAYS --by {by}"
        for by in ("account", "day", "week", "month", "destination", "plan")
    ),
    "totals DAYS --account acme --by account,day",
    "totals DAYS --provider vox --by destination",
    "margin DAYS",
    "margin DAYS --by account,provider,destination,day,card --currency EUR",
    "provider list",
    "route 442079460123",
    "route 447700900123 --seconds 10,60 --account acme --at 2026-10-01",
    "route 447700900123 --currency CHF",
    "route export asterisk routes.csv",
    "numbering import states.csv",
    "numbering list",
    "pay --provider vox 1.00 --reference v-1 --at 2026-10-03",
    "refund --provider vox 0.50 --reason twice --reference v-2 --at 2026-10-03",
    "adjust --provider vox -0.25 --reason credited --reference v-3 --on 2026-10-03",
    "reverse v-1 --reason returned --at 2026-10-03",
    "balance --provider vox",
    "statement --provider vox DAYS",
    "calls --provider vox DAYS",
    "calls --no-provider DAYS",
    "calls acme DAYS",
    "calls globex DAYS",
    "calls --unpriced DAYS",
    "calls --quarantine",
    "channels initech DAYS",
    "channels initech DAYS --by server",
    "minimum initech --month 2026-10",
    "review initech --month 2026-10",
    "review acme DAYS",
    "review --all DAYS",
    "capacity initech DAYS",
    "capacity initech DAYS --cps-limit 5",
    "capacity --erlangs 10 --blocking 1%",
    "simulate DAYS --buy a-z",
    "simulate DAYS --buy a-z --by destination",
    "reconcile lake theirs.csv DAYS --account acme",
    "reconcile lake invoice.csv DAYS --account acme",
    "quarantine",
    "quarantine --by reason",
    "quarantine --by account",
    "quarantine --retry --dry-run",
    "import list",
    "import undo IMPORT --reason tried --dry-run",
    "import again IMPORT --dry-run",
    "correct c1 --duration 61.5 --reason tried --dry-run",
    "correct --list",
    "rematch DAYS --reason mended --dry-run",
    "refund acme 1.00 --reason twice --reference back-1 --at 2026-10-03",
    "reverse back-1 --reason returned --at 2026-10-03",
    "journal DAYS",
    "journal DAYS --trial-balance",
    "explain c1",
    "explain c3",
    "explain c4",
    "explain c8",
    "explain c6",
    "explain --charge USAGE",
    "explain --charge CHANNELS",
    "explain --charge PAYMENT",
    "price 442079460123 73 --card a-z --at 2026-10-01",
    "price 442079460123 73 --rate 0.01",
    "price 1 73 --card a-z --at 2026-10-01",
    "price 991 73 --card a-z --at 2026-10-01",
    "price --plan lines --channels 3 --servers 2 --month 2026-10",
    "account list --month 2026-10",
    "account show globex",
    "account show initech --at 2026-10-04",
    "account suspend acme --reason fraud",
    "account resume acme --reason secured",
    "account close globex --reason gone",
    "account show globex",
    "account reopen globex --reason oops",
    "server deploy lon-9 --account acme --on 2026-10-03 --force paid",
    "server list --at 2026-10-04",
    "apply slip.toml",
    "card import slip deck.csv",
    "server remove slip-1 --reason oops",
    "account remove slip --reason oops",
    "plan remove slip --reason oops",
    "source remove slip --reason oops",
    "provider remove slip --reason oops",
    "card remove slip --reason oops",
    "server retire lon-9 --on 2026-10-04",
    "server list",
    "server retire lon-2 --on 2026-10-20",
    "minimum initech --month 2026-10",
    "switch acme a-z --on 2026-10-20",
    "switch acme lines --channels 2 --on 2026-10-21 --override --reason agreed",
    "channels set initech 3 --on 2026-10-20",
    "bill --through 2026-10-31",
    "close 2026-10 --reason reported",
    "close 2026-10 --undo --reason early",
    "close 2026-10 --reason reported",
    "quarantine --discard WAITING --reason tried",
    "quarantine --discarded",
    "quarantine --restore WAITING --reason oops",
    "quarantine --retry",
    "import minutebook late.csv",
    "bill --through 2026-11-01",
    "statement acme --from 2026-10-31 --to 2026-11-01",
    "verify",
    "audit",
    "parked list",
    "parked pass --all --reason seen",
    "parked hold --all --reason unseen",
    "backup kept",
    "restore kept restored",
    "adopt",
    "stop",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the lines read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "carrier.toml").write_text(CARRIER, "utf-8")
    (tmp_path / "changed.toml").write_text(CHANGED, "utf-8")
    (tmp_path / "slip.toml").write_text(SLIP, "utf-8")
    for name, deck in DECKS.items():
        (tmp_path / name).write_text(deck, "utf-8")
    write_calls(tmp_path / "calls.csv", CALLS)
    write_calls(tmp_path / "late.csv", [Call("late", "acme", at=on(4))])
    theirs = [Call("c1", "acme", at=on(1), seconds=90, more={"cost": "0.0100"})]
    write_calls(tmp_path / "theirs.csv", theirs)
    (tmp_path / "invoice.csv").write_text(
        "Date,Calls,Minutes,Charges\n2026-10-01,1,1.5,0.0100\n", "utf-8"
    )
    return tmp_path


def test_every_command_prints_what_its_model_says(
    book: Book, folder: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """All keys, in their order, of their types: a script finds what the reference tells."""
    names: dict[str, str] = {}
    book.jobs.add("verify", {}, JOB)
    seen = set()
    application, owner = cluster.new_database()
    made = ["init", str(folder / "made"), "--database", application, "--database-owner", owner]
    for words in [made, *(line.split() for line in LINES)]:
        typed = [word for part in words for word in (DAYS if part == "DAYS" else (part,))]
        where = [] if words is made else ["--book", str(book.path)]
        capsys.readouterr()
        status = run([*where, "--format", "json", *(names.get(word, word) for word in typed)])
        out, said = capsys.readouterr()
        assert out, (typed, status, said)
        value = json.loads(out)
        command = command_of(words)
        seen.add((command, printed_as(command, value)))
        names |= dict(_names(command, value))
    missing = {(c, printed) for c, every in RESULTS.items() for printed in every} - seen
    assert missing == set()
    assert run(["--book", str(folder / "restored"), "stop"]) == 0
    cluster.drop(application)


def _names(command: str, value: Any) -> Iterator[tuple[str, str]]:
    """What later lines ask for, of what is known only once it is printed."""
    if command == "journal":
        for entry in value.get("entries", ()):
            yield entry["kind"].upper(), entry["journal"]
    if command == "import" and "imports" in value:
        yield "IMPORT", value["imports"][0]["id"]
    if command == "quarantine" and "quarantine" in value:
        yield "WAITING", value["quarantine"][0]["id"]


def test_every_command_has_its_model() -> None:
    """A command that is added without one is found here."""
    leaves = {" ".join(words) for words in commands() if words}
    groups = {name.rpartition(" ")[0] for name in leaves if " " in name}
    assert leaves - groups == {*RESULTS, *SILENT}


def _models() -> set[type]:
    """Every model that a command prints, and those within them."""
    found: set[type] = set()
    waiting = [printed.model for every in RESULTS.values() for printed in every]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            held = [part for key in keys_of(model) for part in key.types]
            held += [inner for part in held for inner in getattr(part, "__args__", ())]
            waiting += [part for part in held if isinstance(part, type) and is_dataclass(part)]
    return found


def test_every_key_says_what_it_means() -> None:
    """In words; and every model says what it is."""
    models = _models()
    assert len({model.__name__ for model in models}) == len(models) > 60
    for model in models:
        assert all(key.meaning.strip() for key in keys_of(model))
        assert model.__doc__
        assert not model.__doc__.startswith(model.__name__)


def test_rows_of_a_frame_have_the_keys_of_their_model() -> None:
    """Calls by the hundred thousand are written as one by one, seconds to the millisecond."""
    at = datetime(2026, 10, 1, 12, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            **dict.fromkeys(("call_id", "server", "called", "status", "account", "leg"), "x"),
            **dict.fromkeys(
                (
                    "caller",
                    "prefix",
                    "destination",
                    "plan",
                    "called_recorded",
                    "band",
                    "jurisdiction",
                    "origin",
                    "caller_prefix",
                )
            ),
            **dict.fromkeys(("source", "file"), "x"),
            **{key: [at, at] for key in ("setup_at", "answered_at", "ended_at")},
            "duration_ms": [959, None],
            "billed_seconds": [2, None],
            "rate": [Decimal("0.0100000000"), None],
            "connect_fee": [Decimal(0), None],
            "cost": [Decimal("0.0003333333"), None],
            "line": [2, 3],
        }
    )
    rows = as_json(calls(frame))
    assert [list(faults(row, CallView, "call")) for row in rows] == [[], []]
    first, second = rows
    assert first["setup_at"] == "2026-10-01T12:00:00Z"
    assert (first["seconds"], first["rate"], first["cost"]) == (0.959, "0.01", "0.0003333333")
    assert (second["seconds"], second["billed_seconds"], second["cost"]) == (0.0, None, None)


@dataclass(frozen=True)
class Sample:
    """Of all forms."""

    from_: Annotated[Day, Doc("a word of Python")]
    amounts: Annotated[dict[str, Amount], Doc("money")]
    left: Annotated[str | Omitted, Doc("not there")]
    none: Annotated[int | None, Doc("null")]


def test_a_model_is_written_by_its_types() -> None:
    """Money and days are text, null is null, and what is left out has no key."""
    sample = Sample(date(2026, 10, 1), {"USD": Decimal("-1.5000")}, OMITTED, None)
    assert as_json([sample]) == [{"from": "2026-10-01", "amounts": {"USD": "-1.50"}, "none": None}]


def test_what_has_no_form_in_json_is_refused() -> None:
    """Rather than printed as something else; so is a key that nobody explains."""

    @dataclass(frozen=True)
    class Unexplained:
        key: int

    with pytest.raises(TypeError, match="no form in JSON"):
        as_json({"a": object()})
    with pytest.raises(TypeError, match=r"Unexplained\.key has no Doc"):
        as_json(Unexplained(1))
