"""What each request that changes something is asked with, and the command that prints the same of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.api.conftest import FORM, form
from tests.carriers import Call, on, write_calls

if TYPE_CHECKING:
    from tests.api.conftest import Served

MORE = """
[plan.lonely]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "1.20" } ]

[account.lonely]
name = "Lonely"
plan = "flat"
from = 2026-10-01

[account.trunks]
name = "Trunks"
plan = "lines"
from = 2026-10-01
channels = 10
debit_limit = "1000.00"

[account.one]
name = "One"
plan = "flat"
from = 2026-10-01

[account.two]
name = "Two"
plan = "flat"
from = 2026-10-01

[account.three]
name = "Three"
plan = "flat"
from = 2026-10-01

[account.four]
name = "Four"
plan = "flat"
from = 2026-10-01

[server.lonely-1]
account = "acme"
deployed = 2026-11-01

[server.lon-7]
account = "acme"
deployed = 2026-11-01

[source.lonely]
format = "kamailio"

[provider.lonely]
currency = "USD"
card = "a-z"
match = [ { trunk = "lonely" } ]

[card.lonely]
currency = "USD"

[card.retail]
currency = "USD"
kind = "sell"

[card.retail.build]
from = ["a-z"]
combine = "max"
profit = [ { percent = "20" } ]

[schedule.lonely]
do = "verify"
every = "day"
at = "06:00"
"""
"""What is declared beside the carrier of `tests.serving`: some of it is taken back again."""
RETITLED = '[account.trunks]\nname = "Trunks Ltd"\n'
FIXED = "call_id,duration_s\nc0,30\n"
DECK = "Code,Destination,Rate\n44,United Kingdom,0.02\n"
OFFICES = "npanxx,state\n212555,NY\n"
WHY = {"reason": "tried"}
TRIED = {"reason": "tried", "preview": True}
DAYS = {"from": "2026-10-02", "to": "2026-10-03"}
OF_DAYS = ("--from", "2026-10-02", "--to", "2026-10-03", "--reason", "tried", "--dry-run")
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


@dataclass(frozen=True)
class Changing:
    """A request: its body, or its file with the fields beside it; what stands in its address; and the command that prints the same
    once it is done.
    """

    body: dict[str, Any] | None = None
    file: tuple[str, str] | None = None
    fields: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    secret: str | None = None
    """What of the answer is told once."""

    def sent(self) -> tuple[object, str]:
        """The body as it is sent, and its kind."""
        if self.file is None:
            return self.body, "application/json"
        name, content = self.file
        return form(name, content.encode(), **self.fields), FORM


CHANGES: dict[str, Changing] = {
    "POST accounts/{account}/channels": Changing(
        {"channels": 20, "on": "2026-12-10"},
        words=("channels", "set", "trunks", "20", "--on", "2026-12-10"),
    ),
    "POST servers": Changing(
        {"server": "lon-8", "account": "acme", "on": "2026-11-05", "force": "tried"},
        words=("server", "deploy", "lon-8", "--account", "acme", "--on", "2026-11-05", "--force", "tried"),
    ),
    "POST servers/{server}/retire": Changing(
        {"on": "2026-11-20"}, where={"server": "lon-7"},
        words=("server", "retire", "lon-7", "--on", "2026-11-20"),
    ),
    "POST accounts/{account}/suspend": Changing(WHY, where={"account": "one"}),
    "POST accounts/{account}/resume": Changing(WHY, where={"account": "two"}),
    "POST accounts/{account}/close": Changing(
        WHY | {"on": "2031-01-01"}, where={"account": "three"},
        words=("account", "close", "three", "--reason", "tried", "--on", "2031-01-01"),
    ),
    "POST accounts/{account}/reopen": Changing(
        WHY, where={"account": "four"}, words=("account", "reopen", "four", "--reason", "tried")
    ),
    "POST accounts/{account}/refunds": Changing(
        WHY | {"amount": "1.00", "reference": "back-1", "at": "2026-11-04"}, where={"account": "acme"},
        words=("refund", "acme", "1.00", "--reason", "tried", "--reference", "back-1", "--at", "2026-11-04"),
    ),
    "POST accounts/{account}/reversals": Changing(
        WHY | {"reference": "back-0", "at": "2026-11-04"}, where={"account": "acme"},
        words=("reverse", "back-0", "--reason", "tried", "--account", "acme", "--at", "2026-11-04"),
    ),
    "POST providers/{provider}/payments": Changing(
        {"amount": "5.00", "reference": "vox-1", "at": "2026-11-04"},
        words=("pay", "--provider", "vox", "5.00", "--reference", "vox-1", "--at", "2026-11-04"),
    ),
    "POST providers/{provider}/refunds": Changing(
        WHY | {"amount": "1.00", "reference": "vox-2", "at": "2026-11-04", "force": True},
        words=("refund", "--provider", "vox", "1.00", "--reason", "tried", "--reference", "vox-2", "--at", "2026-11-04", "--force"),
    ),
    "POST providers/{provider}/reversals": Changing(
        WHY | {"reference": "vox-0", "at": "2026-11-04"},
        words=("reverse", "vox-0", "--reason", "tried", "--at", "2026-11-04"),
    ),
    "POST declarations": Changing(
        {"text": RETITLED, "preview": True}, words=("apply", "retitled.toml", "--dry-run")
    ),
    "POST quarantine/retry": Changing(
        {"because": "no_account", "preview": True},
        words=("quarantine", "--because", "no_account", "--retry", "--dry-run"),
    ),
    "POST quarantine/discard": Changing(
        TRIED | {"because": "no_account"},
        words=("quarantine", "--because", "no_account", "--discard-all", "--reason", "tried", "--dry-run"),
    ),
    "POST quarantine/restore": Changing(WHY | {"ids": ["{discarded}"]}),
    "POST quarantine/{record}/accept": Changing(
        TRIED, words=("correct", "--accept", "{record}", "--reason", "tried", "--dry-run")
    ),
    "POST corrections": Changing(
        TRIED | {"call_id": "c0", "void": True},
        words=("correct", "c0", "--void", "--reason", "tried", "--dry-run"),
    ),
    "POST corrections/days": Changing(
        TRIED | DAYS | {"cap_s": "20", "of": "acme"},
        words=("correct", "--cap", "20", "--of", "acme", *OF_DAYS),
    ),
    "POST corrections/rematch": Changing(TRIED | DAYS, words=("rematch", *OF_DAYS)),
    "POST corrections/file": Changing(
        file=("fixed.csv", FIXED), fields={"reason": "tried", "preview": "true"},
        words=("correct", "--file", "fixed.csv", "--reason", "tried", "--dry-run"),
    ),
    "POST corrections/{correction}/undo": Changing(
        TRIED, words=("correct", "--undo", "{correction}", "--reason", "tried", "--dry-run")
    ),
    "POST imports/preview": Changing(
        file=("sent.csv", "{calls}"), words=("import", "minutebook", "sent.csv", "--preview")
    ),
    "POST imports/{id}/undo": Changing(
        TRIED, words=("import", "undo", "{id}", "--reason", "tried", "--dry-run")
    ),
    "POST imports/{id}/again": Changing(TRIED, words=("import", "again", "{id}", "--dry-run")),
    "POST imports/{id}/file": Changing(
        file=("calls.csv", "{first}"), fields={"reason": "tried", "preview": "true"},
        words=("import", "again", "{id}", "calls.csv", "--dry-run"),
    ),
    "POST cards/{card}/revisions": Changing(
        file=("deck-2.csv", DECK), fields={"preview": "true", "live": "2026-12-01", "days": "2"},
        words=("card", "import", "a-z", "deck-2.csv", "--live", "2026-12-01", "--preview", "--days", "2"),
    ),
    "POST cards/{card}/revisions/{revision}/live": Changing(
        {"at": "2026-10-03", "preview": True, "reason": "tried"},
        words=("card", "live", "a-z", "2", "--at", "2026-10-03", "--reason", "tried", "--dry-run"),
    ),
    "POST cards/{card}/revisions/{revision}/withdraw": Changing(
        {"at": "2026-12-03", "preview": True}, where={"revision": "1"},
        words=("card", "withdraw", "a-z", "1", "--at", "2026-12-03", "--dry-run"),
    ),
    "POST cards/{card}/revisions/{revision}/rollback": Changing(
        {"preview": True}, words=("card", "rollback", "a-z", "2", "--dry-run")
    ),
    "POST cards/{card}/build": Changing(
        {"preview": True}, where={"card": "retail"}, words=("card", "build", "retail", "--dry-run")
    ),
    "POST cards/build-stale": Changing({"preview": True}, words=("card", "build", "--stale", "--dry-run")),
    "POST cards/{card}/edit": Changing(
        {"rates": {"44": "0.02"}, "block": ["447"], "preview": True},
        words=("card", "edit", "a-z", "--set", "44=0.02", "--block", "447", "--dry-run"),
    ),
    "POST numbering": Changing(
        file=("offices.csv", OFFICES), words=("numbering", "import", "offices.csv")
    ),
    "DELETE deck-profiles/{profile}": Changing(),
    "POST parked/pass": Changing(WHY, words=("parked", "pass", "--all", "--reason", "tried")),
    "POST parked/hold": Changing(WHY, words=("parked", "hold", "--all", "--reason", "tried")),
    "POST months/{month}/close": Changing(WHY, words=("close", "2026-10", "--reason", "tried")),
    "POST months/{month}/reopen": Changing(
        WHY, words=("close", "2026-10", "--undo", "--reason", "tried")
    ),
    "POST jobs": Changing({"kind": "margin", "arguments": OCTOBER}),
    "POST disputes": Changing(file=("theirs.csv", "{calls}"), fields=OCTOBER | {"account": "acme"}),
    "POST webhooks/{webhook}/secret": Changing({"at_once": True}, secret="secret"),
    "POST webhooks/{webhook}/test": Changing(),
    "POST keys": Changing(
        {"name": "crm", "role": "finance", "may": ["postings"]}, secret="key"
    ),
    "POST keys/{name}/revoke": Changing(
        WHY, words=("key", "revoke", "spare", "--reason", "tried")
    ),
    "POST users": Changing({"name": "bert", "role": "read-only"}, secret="password"),
    "POST users/{user}/role": Changing(
        {"role": "finance"}, words=("user", "role", "anna", "--role", "finance")
    ),
    "POST users/{user}/disable": Changing(
        WHY, where={"user": "carl"}, words=("user", "disable", "carl", "--reason", "tried")
    ),
    "POST users/{user}/enable": Changing(
        WHY, where={"user": "dora"}, words=("user", "enable", "dora", "--reason", "tried")
    ),
    "POST users/{user}/password": Changing(where={"user": "emil"}, secret="password"),
    "DELETE users/{user}/second-factor": Changing(words=("user", "reset-second-factor", "anna")),
    "DELETE users/{user}/sessions": Changing(words=("user", "sessions", "anna", "--end")),
    "DELETE accounts/{account}": Changing(
        where={"account": "lonely"}, words=("account", "remove", "lonely", "--reason", "tried")
    ),
    "DELETE servers/{server}": Changing(
        where={"server": "lonely-1"}, words=("server", "remove", "lonely-1", "--reason", "tried")
    ),
    "DELETE plans/{plan}": Changing(words=("plan", "remove", "lonely", "--reason", "tried")),
    "DELETE sources/{source}": Changing(words=("source", "remove", "lonely", "--reason", "tried")),
    "DELETE cards/{card}": Changing(
        where={"card": "lonely"}, words=("card", "remove", "lonely", "--reason", "tried")
    ),
    "DELETE providers/{provider}": Changing(
        where={"provider": "lonely"}, words=("provider", "remove", "lonely", "--reason", "tried")
    ),
    "DELETE schedules/{schedule}": Changing(
        words=("schedule", "remove", "lonely", "--reason", "tried")
    ),
}  # fmt: skip
"""By method and path, in the order in which they are asked."""


def made_ready(served: Served) -> dict[str, str]:
    """What the requests name: declared, imported, discarded, corrected beside the carrier of `tests.serving`; by its name in addresses."""
    book, folder = served.book, served.book.path
    (folder / "more.toml").write_text(MORE, "utf-8")
    (folder / "retitled.toml").write_text(RETITLED, "utf-8")
    (folder / "fixed.csv").write_text(FIXED, "utf-8")
    (folder / "deck-2.csv").write_text(DECK, "utf-8")
    book.apply(folder / "more.toml")
    again = Call("c0", "acme", at=on(1, 0), seconds=99, more={"trunk": "vox"})
    book.calls.import_files(
        write_calls(folder / "later.csv", [again, Call("odd-2", "nobody", at=on(3))])
    )
    sent = write_calls(folder / "sent.csv", [Call("sent-1", "acme", at=on(3))])
    waiting = {row["call_id"]: row["id"] for row in book.calls.quarantine().to_dicts()}
    book.calls.discard(waiting["odd-2"], "a test call")
    made = book.corrections.correct("c2", "a stuck call", duration_ms=30_000).correction
    assert made is not None
    book.runs.bill(on(31).date())
    (folder / "deck-3.csv").write_text(DECK.replace("0.02", "0.03"), "utf-8")
    book.cards.import_deck("a-z", folder / "deck-3.csv", save_profile="vox-deck")
    (folder / "offices.csv").write_text(OFFICES, "utf-8")
    book.webhooks.add("https://crm.example/in")
    for name in ("anna", "carl", "dora", "emil"):
        book.users.add(name, "read-only")
    book.users.disable("dora", "on leave")
    book.accounts.suspend("two", "unpaid")
    book.accounts.close("four", "moved")
    book.ledger.refund("acme", "0.50", "paid twice", "back-0", on(4, month=11))
    book.ledger.refund("provider:vox", "0.50", "paid twice", "vox-0", on(4, month=11), force=True)
    book.runs.close_month(on(1).date(), "tried")
    book.access.add_key("spare", "read-only")
    return {
        "account": "trunks", "server": "lon-7", "provider": "vox", "card": "a-z", "revision": "2",
        "plan": "lonely", "source": "lonely", "schedule": "lonely", "month": "2026-10", "webhook": "1",
        "user": "anna", "profile": "vox-deck", "name": "spare", "id": book.corrections.imports()[0].id,
        "record": waiting["c0"], "odd": waiting["odd"], "discarded": waiting["odd-2"], "correction": str(made.number),
        "calls": sent.read_text("utf-8"), "first": (folder / "calls.csv").read_text("utf-8"),
    }  # fmt: skip
