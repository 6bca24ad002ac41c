"""All that the pages show, asked by programs: each request beside the command that it is as."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

import polars as pl
import pytest
from tests.api.conftest import OCTOBER, ROLES
from tests.api.test_requests import ROWS
from tests.carriers import on

from minutebook.cli import run
from minutebook.jobs.kept_disputes import dispute_files
from minutebook.ledger.parked import ParkedCharge

if TYPE_CHECKING:
    from tests.api.conftest import Served

AT = {"at": "2026-10-31"}
DAYS = ("--month", "2026-10")
AS = ("--at", "2026-10-31")
VOX = ("--provider", "vox")
SAME: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "accounts/acme/channels": (OCTOBER, ("channels", "acme", *DAYS)),
    "accounts/acme/channels?by=server": (OCTOBER, ("channels", "acme", *DAYS, "--by", "server")),
    "accounts/acme/minimum": (OCTOBER, ("minimum", "acme", *DAYS)),
    "accounts/acme/capacity": (OCTOBER | {"growth": "20%", "blocking": "0.5%"}, ("capacity", "acme", *DAYS, "--growth", "20%", "--blocking", "0.5%")),
    "accounts/acme/review": (OCTOBER | {"growth": "20%"}, ("review", "acme", *DAYS, "--growth", "20%")),
    "accounts/acme": (AT, ("account", "show", "acme", *AS)),
    "accounts/acme/balance": (AT, ("balance", "acme", *AS)),
    "calls/c1/explain": ({}, ("explain", "c1")),
    "balances": (AT, ("balance", *AS)),
    "servers": (AT, ("server", "list", *AS)),
    "imports": ({}, ("import", "list")),
    "formats": ({}, ("import", "--formats")),
    "sources": ({}, ("source", "list")),
    "sources/proxy": ({}, ("source", "show", "proxy")),
    "sources/kamailio": ({}, ("source", "show", "kamailio")),
    "quarantine": ({"because": "no_account", "account": "acme"}, ("quarantine", "--because", "no_account", "--account", "acme")),
    "quarantine/counts": ({"by": "reason"}, ("quarantine", "--by", "reason")),
    "quarantine/counts?by=account": ({}, ("quarantine", "--by", "account")),
    "quarantine/discarded": ({}, ("quarantine", "--discarded")),
    "corrections": ({}, ("correct", "--list")),
    "plans": (AT, ("plan", "list", *AS)),
    "plans/a-z": (AT, ("plan", "show", "a-z", *AS)),
    "cards": ({}, ("card", "list")),
    "cards/a-z": (AT, ("card", "show", "a-z", *AS)),
    "cards/retail/diff": ({"before": 1, "after": 2}, ("card", "diff", "retail", "1", "2")),
    "cards/retail/why": ({"number": "442079460123"}, ("card", "why", "retail", "442079460123")),
    "cards/retail/assure": ({"against": "a-z", **AT}, ("card", "assure", "retail", "--against", "a-z", *AS)),
    "cards/a-z/assure": ({"against": "retail", **OCTOBER, **AT}, ("card", "assure", "a-z", "--against", "retail", *DAYS, *AS)),
    "deck-profiles": ({}, ("card", "profile", "list")),
    "numbering": ({}, ("numbering", "list")),
    "providers": ({}, ("provider", "list")),
    "providers/vox/balance": ({}, ("balance", *VOX)),
    "providers/vox/statement": (OCTOBER, ("statement", *VOX, *DAYS)),
    "routes": ({"number": "442079460123", "seconds": ["10", "60"], "card": "retail", **AT}, ("route", "442079460123", "--seconds", "10,60", "--card", "retail", *AS)),
    "totals": (OCTOBER | {"by": ["account", "destination"]}, ("totals", *DAYS, "--by", "account,destination")),
    "totals?account=acme": (OCTOBER | {"by": "week"}, ("totals", *DAYS, "--by", "week", "--account", "acme")),
    "journal": (OCTOBER | {"kind": "payment"}, ("journal", *DAYS, "--kind", "payment")),
    "journal/trial-balance": (OCTOBER, ("journal", *DAYS, "--trial-balance")),
    "parked": ({}, ("parked", "list")),
    "audit": ({"account": "acme"}, ("audit", "--account", "acme")),
    "schedules": ({}, ("schedule", "list")),
    "declarations": ({}, ("declared",)),
    "users": ({}, ("user", "list")),
    "sessions": ({}, ("user", "sessions")),
    "keys": ({}, ("key", "list")),
    "jobs": ({}, ("job", "list")),
    "webhooks": ({}, ("webhook", "list")),
    "deliveries": ({}, ("webhook", "deliveries")),
}  # fmt: skip
"""By path: the query, and the command that prints the same, as JSON and as CSV."""
pytestmark = pytest.mark.usefixtures("named")


def got(served: Served, path: str, role: str = "admin", **query: object) -> tuple[bytes, str]:
    """The body of an answer, and where its next page is."""
    path += ("&" if "?" in path else "?") + urlencode(query, doseq=True)
    request = urllib.request.Request(f"{served.at}/api/v1/{path}")
    request.add_header("Authorization", f"Bearer {served.keys[role]}")
    with urllib.request.urlopen(request) as answer:
        return answer.read(), answer.headers.get("Link") or ""


def printed(served: Served, capsys: pytest.CaptureFixture[str], kind: str, *words: str) -> str:
    """What a command prints."""
    capsys.readouterr()
    run(["--book", str(served.book.path), "--format", kind, *words])
    return capsys.readouterr().out


READS = [row for row in ROWS if row[0].startswith("`GET ")]
QUERIES: dict[str, dict[str, object]] = {
    "cards/{card}/diff": {"before": 1, "after": 2},
    "cards/{card}/why": {"number": "44"},
    "cards/{card}/assure": {"against": "a-z"},
    "cards/{card}/pricelist": AT,
    "cards/{card}": AT,
    "plans": AT,
    "plans/{plan}": AT,
    "routes": {"number": "44"},
    "routes/{switch}/{table}": AT,
    "quarantine/counts": {"by": "reason"},
    "plans/{plan}/month": {"channels": 5},
    "accounts/{account}/review/report": {"month": "2020-01"},
    "accounts/{account}/capacity/report": {"month": "2020-01"},
    "margin/report": {"month": "2020-01"},
    "cards/{card}/pricelist/file": {"kind": "html"},
    "cards/{card}/deck": {"revision": 1},
    "accounts/{account}/prices/file": {"kind": "html", **AT},
    "accounts/{account}": AT,
    "accounts/{account}/balance": AT,
    "accounts/{account}/prices": AT,
}
"""What a request needs to be asked with, where that is not a month."""


@pytest.mark.parametrize("row", READS, ids=[row[0].strip("`") for row in READS])
def test_a_role_reads_what_its_table_says(
    served: Served, named: dict[str, str], row: list[str]
) -> None:
    """Cell by cell, as in docs/rules/access.md, "Roles"; a customer what is of its own account."""
    path = row[0].strip("`").removeprefix("GET ")
    query, own = QUERIES.get(path, OCTOBER), "its own" in row
    job = served.book.jobs.list(most=1)[0].id
    for account in ("acme", "globex") if own else ("acme",):
        posted = served.book.ledger.postings(account, on(1).date(), on(5).date())
        ids = {"imports": named["import"], "quarantine": named["record"]}
        where = path.format(
            account=account, call_id="c0" if account == "acme" else "c1", job=job, day="2026-10-02", month="2026-10",
            plan="lines" if path.endswith("month") else "flat", card="retail", webhook=1, switch="asterisk", table="routes", profile="vox", provider="vox", server="lon-1", source="proxy", user="anna", kind="card",
            name="retail", number=named["correction"], dispute=named["dispute"], id=ids.get(path.split("/")[0], posted[0].id),
        )  # fmt: skip
        for role, may in zip(ROLES, row[1:], strict=True):
            wanted = 200 if may == "yes" or (may == "its own" and account == "acme") else 403
            if may == "its own" and account != "acme":
                wanted = 404
            status = status_of(served, where, served.keys[role], **query)
            assert (200 if status == 422 else status) == wanted, role  # 422: it may ask so
        assert status_of(served, where, "mbk_guessed", **query) == 401


def status_of(served: Served, path: str, key: str, **query: object) -> int:
    """The status of an answer."""
    asked = urlencode(query, doseq=True)
    request = urllib.request.Request(f"{served.at}/api/v1/{path}?{asked}")
    request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("path", SAME)
def test_programs_read_what_the_command_prints(
    served: Served, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """Byte by byte as JSON and as CSV; Arrow has the same rows and columns."""
    query, words = SAME[path]
    as_printed = json.loads(printed(served, capsys, "json", *words))
    body = got(served, path, **query)[0]
    assert body == json.dumps(as_printed, ensure_ascii=False, separators=(",", ":")).encode()
    table = printed(served, capsys, "csv", *words)
    assert got(served, path, format="csv", **query)[0].decode() == table
    as_text = pl.read_csv(io.StringIO(table), infer_schema=False)
    arrow = pl.read_ipc_stream(got(served, path, format="arrow", **query)[0])
    assert (arrow.columns, arrow.height) == (as_text.columns, as_text.height)
    for name in arrow.columns:
        unsaid = as_text[name].is_null() | (as_text[name] == "")
        assert arrow[name].is_null().to_list() == unsaid.to_list() or arrow.schema[name] == pl.String, name  # fmt: skip


def test_a_thing_is_as_its_list_has_it(served: Served, named: dict[str, str]) -> None:
    for lists, key, one, field in (
        ("imports", "imports", f"imports/{named['import']}", "id"),
        ("quarantine", "quarantine", f"quarantine/{named['record']}", "id"),
        ("corrections", "corrections", f"corrections/{named['correction']}", "correction"),
        ("providers", "providers", "providers/vox", "provider"),
        ("servers", "servers", "servers/lon-1", "server"),
        ("users", "", "users/anna", "name"),
        ("deck-profiles", "", "deck-profiles/vox", "name"),
        ("disputes", "", f"disputes/{named['dispute']}", "id"),
    ):
        listed, told = (served.ask(f"/api/v1/{path}")[1] for path in (lists, one))
        rows = listed[key] if key else listed
        assert told in rows
        assert [row for row in rows if row[field] == told[field]] == [told], one


def test_what_is_not_there_is_told_so(served: Served) -> None:
    for path in (
        "imports/0000", "quarantine/zz", "corrections/99", "providers/vix", "providers/vix/balance", "providers/vix/statement?month=2026-10",
        "servers/lon-9", "users/ann", "users/ann/sessions", "deck-profiles/vix", "disputes/1", "plans/flt", "cards/az", "cards/az/revisions",
        "cards/az/pricelist", "sources/prxy", "declarations/plan/flt/history", "months/2020-01",
        "accounts/provider:vox/channels?month=2026-10", "totals?account=provider:vox&month=2026-10",
    ):  # fmt: skip
        status, said, _ = served.ask(f"/api/v1/{path}")
        assert (status, said["title"]) == (404, "Not Found"), path


def test_pages_of_a_list_are_all_of_it_once(served: Served) -> None:
    """Whatever their size, as JSON and as tables; the next one is where the answer says."""
    served.book.ledger.pay("acme", "1.00", "bank-2")
    for path, key, query in (
        ("audit", "deeds", {}),
        ("journal", "entries", OCTOBER),
        ("accounts", "accounts", OCTOBER),
        ("imports", "imports", {}),
        ("corrections", "corrections", {}),
        ("quarantine", "quarantine", {}),
        ("quarantine/discarded", "records", {}),
    ):
        whole = json.loads(got(served, path, **query)[0])[key]
        limit, found = max(1, len(whole) // 3), list[Any]()
        way = f"{path}?{urlencode({**query, 'limit': limit})}"
        while way:
            body, link = got(served, way)
            page = json.loads(body)[key]
            assert 1 <= len(page) <= limit
            found += page
            way = link.partition("/api/v1/")[2].partition(">")[0]
        assert found == whole, path
    first, link = got(served, "audit", limit=2, format="parquet")
    assert pl.read_parquet(first).height == 2
    assert 'rel="next"' in link
    for odd in ("x", "WzEsMl0", "W1sieCJdLDFd", "e30"):
        assert served.ask("/api/v1/audit", cursor=odd)[0] == 422


def test_calls_without_a_price_or_a_provider_come_by_pages(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, key, words in (
        ("unpriced", "calls", ("calls", "--unpriced")),
        ("uncarried", "uncarried", ("calls", "--no-provider")),
        ("providers/vox/calls", "calls", ("calls", *VOX)),
    ):
        whole = json.loads(printed(served, capsys, "json", *words, *DAYS))
        told = served.ask(f"/api/v1/{path}", limit=10_000, **OCTOBER)[1]
        assert told.pop("cursor") is None
        assert sorted(told.pop(key), key=str) == sorted(whole.pop(key), key=str), path
        assert told == whole
    assert len(served.ask("/api/v1/providers/vox/calls", limit=7, **OCTOBER)[1]["calls"]) == 7


def test_a_card_is_read_by_revision_and_as_a_list(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    one = served.ask("/api/v1/cards/retail", revision=2)[1]
    assert (one["revision"], one["standing"]) == (2, "draft")
    listed = json.loads(printed(served, capsys, "json", "card", "list"))
    own = [row for row in listed if row["card"] == "retail"]
    assert served.ask("/api/v1/cards/retail/revisions")[1] == own
    words = ("card", "pricelist", "retail", "--at", "2026-10-31")
    sold = json.loads(printed(served, capsys, "json", *words))
    assert served.ask("/api/v1/cards/retail/pricelist", **AT)[1] == sold
    prices = pl.read_parquet(got(served, "cards/retail/pricelist", format="parquet", **AT)[0])
    assert prices.schema["rate"] == pl.Decimal(38, 10)


def test_what_is_sent_on_is_the_file_that_the_command_writes(
    served: Served, capsys: pytest.CaptureFixture[str], named: dict[str, str]
) -> None:
    """A deck to the byte; pages but for the instant at which they were made."""
    deck = printed(served, capsys, "csv", "card", "export", "retail", "--revision", "1")
    assert got(served, "cards/retail/deck", revision=1)[0].decode() == deck
    book, days = served.book, (on(1).date(), on(2).date())
    days_said = {"from": "2026-10-01", "to": "2026-10-02"}
    kept = dispute_files(book.path, UUID(named["dispute"]))[1]
    assert got(served, f"disputes/{named['dispute']}/report")[0] == kept.read_bytes()
    own = book.fit.review("acme", *days, earned=False, plans=())
    for path, role, page in (
        ("accounts/acme/review/report", "customer", book.customer_report(own)),
        ("margin/report", "finance", book.report(book.statements.earnings(*days))),
    ):
        made = got(served, path, role, **days_said)[0].decode()
        assert made.partition("<body")[0] == page.partition("<body")[0] != page
        assert abs(len(made) - len(page)) < 20, path
    for path in ("cards/retail/pricelist/file", "accounts/globex/prices/file"):
        assert got(served, path, kind="xlsx", **AT)[0][:2] == b"PK"
        assert b"United Kingdom" in got(served, path, kind="html", **AT)[0]
    assert served.ask("/api/v1/accounts/acme/prices/file", kind="html")[0] == 422


def test_accounts_are_found_by_name_and_a_month_of_channels_has_its_price(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    found = served.ask("/api/v1/accounts", q="ACME", **OCTOBER)[1]["accounts"]
    assert [one["account"] for one in found] == ["acme"]
    words = ("price", "--plan", "lines", "--channels", "5", "--servers", "1", *DAYS)
    asked = {"channels": 5, "servers": 1, **OCTOBER}
    told = served.ask("/api/v1/plans/lines/month", **asked)[1]
    assert told == json.loads(printed(served, capsys, "json", *words))


def test_what_differs_in_a_dispute_is_a_table(served: Served, named: dict[str, str]) -> None:
    at = f"disputes/{named['dispute']}/differences"
    table = got(served, at, format="csv")[0]
    assert table == (served.book.path / "disputes" / f"{named['dispute']}.csv").read_bytes()
    rows = json.loads(got(served, at)[0])
    frame = pl.read_parquet(got(served, at, format="parquet")[0])
    assert len(rows) == frame.height > 1
    assert frame.schema["difference_amount"] == pl.Decimal(38, 10)
    some = frame.filter(pl.col("difference") == "missing_theirs").height
    assert 0 < some == len(json.loads(got(served, at, **{"class": "missing_theirs"})[0]))


def test_what_a_switch_loads_is_the_file_that_is_written(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    file = served.book.path / "out" / "routes.csv"
    file.parent.mkdir(exist_ok=True)
    printed(served, capsys, "json", "route", "export", "asterisk", str(file), *AS, "--force")
    table = got(served, "routes/asterisk/routes", format="csv", **AT)[0]
    assert table == file.read_bytes()
    assert len(json.loads(got(served, "routes/asterisk/routes", **AT)[0])) == table.count(b"\n") - 1
    assert served.ask("/api/v1/routes/asterisk/lcr_rule", **AT)[0] == 404
    assert served.ask("/api/v1/routes/astersk/routes", **AT)[0] == 422


def test_what_needs_a_person_and_months_are_told(served: Served) -> None:
    """As the overview and the page of months tell it."""
    told = served.ask("/api/v1/attention")[1]
    found = served.book.accounts.attention()
    assert told["last_run"]["run"] == (found.last_run and found.last_run.run)
    assert (told["accounts"], told["last_proof"], told["waiting"]["records"]) == (2, None, 1)
    assert [one["account"] for one in told["suspended"]] == [s.account for s in found.suspended]
    months = served.ask("/api/v1/months")[1]["months"]
    assert (
        months[-1] | {"in_the_way": served.ask("/api/v1/months/2026-10")[1]["in_the_way"]}
        == (served.ask("/api/v1/months/2026-10")[1])
    )
    way = served.ask("/api/v1/months/2026-10")[1]["in_the_way"]
    assert way[0].startswith("It is billed through 2026-10-05")
    assert any("1 record waits" in said for said in way)


def test_a_day_of_an_account_is_what_was_posted(served: Served) -> None:
    """To its customer without who did it, and with runs' reasons in the customer's words."""
    whole, own = (
        json.loads(got(served, "accounts/acme/days/2026-10-02", role)[0])
        for role in ("admin", "customer")
    )
    assert [row["amount"] for row in own] == [row["amount"] for row in whole] != []
    assert all("by" in row for row in whole)
    assert not any("by" in row for row in own)
    table = got(served, "accounts/acme/days/2026-10-02", "customer", format="csv")[0]
    assert b"journal" in table
    assert b",by," not in table


def test_what_is_declared_is_an_apply_file_and_has_a_history(served: Served) -> None:
    assert got(served, "declarations/toml")[0].decode() == served.book.declared().text
    history = served.ask("/api/v1/declarations/card/retail/history")[1]
    assert [one["what"] for one in history]
    assert len(history) == len(served.book.ledger.history("card", "retail"))


def test_a_role_without_the_carriers_money_is_not_told_what_is_earned(served: Served) -> None:
    """A review tells it beside the plans; the portal does not either."""
    path = "/api/v1/accounts/acme/review"
    admin, engineer = (served.ask(path, role, **OCTOBER)[1] for role in ("admin", "engineer"))
    assert admin["earned"] is not None
    assert engineer["earned"] is None
    assert engineer["plans"] == admin["plans"]


def test_what_is_parked_of_providers_is_told_to_who_may_see_the_carriers_money_alone(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the list and by what needs a person."""
    of = {"currency": "USD", "day": on(2).date(), "kind": "usage", "charged": Decimal(1)}
    more = {"due": Decimal(90), "beyond": "day", "since_run": 1}
    parked = [ParkedCharge(account=name, **of, **more) for name in ("acme", "provider:vox")]
    monkeypatch.setattr("minutebook.ledger.parked.parked_now", lambda _: parked)
    for path in ("parked", "attention"):
        whole, told = (served.ask(f"/api/v1/{path}", role)[1] for role in ("admin", "engineer"))
        assert [one["account"] for one in whole["parked"]] == ["acme", "provider:vox"]
        assert told["parked"] == whole["parked"][:1]


def test_nothing_secret_is_read(served: Served) -> None:
    """No password, no key, no hash of one."""
    for path in ("users", "keys", "sessions", "webhooks", "users/anna"):
        said = got(served, path)[0].decode()
        assert not any(
            f'"{name}"' in said for name in ("password", "key", "secret", "hash", "token")
        )
        assert not any(secret in said for secret in served.keys.values())


@pytest.mark.provokes(
    "api/routes/cards.py: say which days: month=YYYY-MM, or from=DATE&to=DATE",
    when="A request of the API where a card loses says but one of two days.",
)
@pytest.mark.provokes(
    "api/routes/cards.py: seconds is of calls on paper; leave it out, or the days",
    when="A request of the API where a card loses says days, and how long a call is.",
)
def test_one_of_two_days_is_not_enough_where_calls_are_tried(served: Served) -> None:
    for query in ({"from": "2026-10-01"}, OCTOBER | {"seconds": "10"}):
        asked = {"against": "a-z", **query}
        assert served.ask("/api/v1/cards/retail/assure", **asked)[0] == 422
