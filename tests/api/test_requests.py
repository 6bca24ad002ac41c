"""The API as programs meet it: over a real port, with keys, beside the commands."""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from docs.generate import FOLDER
from prometheus_client.parser import text_string_to_metric_families
from tests.api.changes import CHANGES
from tests.api.conftest import FORM, OCTOBER, ROLES, form
from tests.carriers import on

from minutebook.api.application import application
from minutebook.api.serving import listen_on
from minutebook.errors import DatabaseError, InputError
from minutebook.rating.steps import PriceBlocked
from minutebook.show.masking import masked_calls, masked_fact
from minutebook.show.without_cost import job_without_cost

if TYPE_CHECKING:
    from tests.api.conftest import Served
    from tests.conftest import Cluster


def test_every_answer_is_what_the_command_prints(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figure by figure, key by key."""
    journal = served.printed(capsys, "journal", "--month", "2026-10")
    charge = next(e["journal"] for e in journal["entries"] if e["kind"] == "usage")
    days = ("--month", "2026-10")
    for path, query, words in (
        ("accounts", OCTOBER, ("account", "list", *days)),
        ("accounts/acme", {"at": "2026-10-31"}, ("account", "show", "acme", "--at", "2026-10-31")),
        ("accounts/acme/balance", {}, ("balance", "acme")),
        ("accounts/acme/balance", {"at": "2026-10-01"}, ("balance", "acme", "--at", "2026-10-01")),
        ("accounts/globex/statement", OCTOBER, ("statement", "globex", *days)),
        (
            "accounts/globex/statement",
            {"from": "2026-10-02", "to": "2026-10-03"},
            ("statement", "globex", "--from", "2026-10-02", "--to", "2026-10-03"),
        ),
        ("accounts/acme/review", OCTOBER, ("review", "acme", *days)),
        ("calls/c1/explain", {}, ("explain", "c1")),
        (f"charges/{charge}/explain", {}, ("explain", "--charge", charge)),
        ("quarantine", {}, ("calls", "--quarantine")),
        ("plans", {}, ("plan", "list")),
        ("journal", OCTOBER, ("journal", *days)),
        (
            "margin",
            OCTOBER | {"by": ["provider", "day"]},
            ("margin", *days, "--by", "provider,day"),
        ),
    ):
        status, said, _ = served.ask(f"/api/v1/{path}", **query)
        assert (status, said) == (200, served.printed(capsys, *words)), path
    asked = {"called": "442079460123", "seconds": "73", "card": "a-z", "at": "2026-10-02"}
    printed = served.printed(
        capsys, "price", "442079460123", "73", "--card", "a-z", "--at", "2026-10-02"
    )
    assert served.ask("/api/v1/price", body=asked)[:2] == (200, printed)


def test_pages_of_calls_are_all_calls_once(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = served.printed(capsys, "calls", "acme", "--month", "2026-10")
    for limit in (1, 7, 20, 1000):
        found: list[Any] = []
        more: dict[str, str] = {}
        while True:
            status, page, _ = served.ask(
                "/api/v1/accounts/acme/calls", limit=limit, **OCTOBER, **more
            )
            assert status == 200
            assert len(page["calls"]) <= limit
            found += page["calls"]
            if page["cursor"] is None:
                break
            more = {"cursor": page["cursor"]}
        assert sorted(found, key=str) == sorted(whole["calls"], key=str), limit
        beyond = {"from": "2026-09-01", "to": "2026-09-02", "limit": limit, **more}
        assert served.ask("/api/v1/accounts/acme/calls", **beyond)[1]["calls"] == []
        assert [one["setup_at"] for one in found] == sorted(one["setup_at"] for one in found)


ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (FOLDER.parent / "rules" / "access.md").read_text("utf-8").splitlines()
    if line.startswith(("| `GET ", "| `POST ", "| `DELETE ")) and " /" not in line.split("`")[1]
]


BODIES: dict[str, object] = {
    "webhooks": {"url": "https://crm.example/in"},
    "runs": {"through": "2026-10-05"},
    "imports": form("calls.csv", b"call_id\n"),
    "price": {"called": "44", "seconds": "1", "card": "a-z"},
    "payments": {"amount": "1.00", "reference": "of-roles", "at": "2026-10-03"},
    "adjustments": {
        "amount": "1.00",
        "reference": "by-roles",
        "on": "2026-10-03",
        "reason": "tried",
    },
    "switch": {"plan": "flat", "on": "2026-10-20", "override": "tried"},
}
"""What is sent to each route that does something; to do it twice is to do it once."""


def test_the_table_of_roles_has_every_request() -> None:
    paths = application().openapi()["paths"]
    asked = {f"{m.upper()} {path}" for path, methods in paths.items() for m in methods}
    assert {row[0].split("`")[1].replace(" ", " /api/v1/") for row in ROWS} == {
        one for one in asked if "/api/" in one
    }


DOES = [row for row in ROWS if not row[0].startswith("`GET ") and row[0].strip("`") not in CHANGES]
"""Those that do something; `test_reads.py` and `test_changes.py` try the others."""


@pytest.mark.parametrize("row", DOES, ids=[row[0].strip("`") for row in DOES])
def test_a_role_may_what_its_table_says(served: Served, row: list[str]) -> None:
    method, path = row[0].split("`")[1].replace(" ", " /api/v1/").split()
    days = on(1).date(), on(5).date()
    what = path.rsplit("/", 1)[1]
    body = BODIES[what] if method == "POST" else None
    query = OCTOBER if method == "GET" and "jobs" not in path else {}
    more = {"method": method, "content_type": FORM if what == "imports" else "application/json"}
    if path.endswith(("{account}", "balance", "plans")):
        query = {"at": "2026-10-31"}
    asked = ("import", {"file": "x"}) if "import" in row[0] else ("bill", {"through": "2026-10-05"})
    job = served.book.jobs.add(*asked).id
    if path.endswith("{webhook}"):
        query = {"reason": "tried"}
        served.book.webhooks.add("https://crm.example/in")
    for account in ("acme", "globex"):
        charge = served.book.ledger.journal(*days, account=account)["journal"][0]
        call = "c0" if account == "acme" else "c1"
        where = path.format(account=account, call_id=call, id=charge, job=job, webhook=1)
        for role, may in zip(ROLES, row[1:], strict=True):
            status = served.ask(where, role, body, **more, **query)[0]
            wanted = 200 if may == "yes" or (may == "its own" and account == "acme") else 403
            status = 200 if status in (201, 202) else status
            if may == "its own" and account != "acme":
                wanted = 404
            assert status == wanted, (where, role)
        for nobody in ("", "mbk_guessed"):
            assert served.ask(where, nobody, body, **more, **query)[0] == 401


def test_another_customers_account_is_as_one_that_nobody_has(served: Served) -> None:
    """Neither the status nor the words tell that it is there."""
    for what in ("balance", "statement", "calls"):
        theirs = served.ask(f"/api/v1/accounts/globex/{what}", "customer", **OCTOBER)
        nobodys = served.ask(f"/api/v1/accounts/globez/{what}", "customer", **OCTOBER)
        assert theirs[0] == nobodys[0] == 404
        assert theirs[1]["detail"].replace("globex", "globez") == nobodys[1]["detail"]


def test_a_customer_is_told_its_figures_and_nothing_of_the_house(served: Served) -> None:
    """Neither files nor reasons; the figures are those that the carrier sees."""
    served.book.accounts.suspend("acme", "fraud, says Bob")
    for what in ("balance", "statement", "calls"):
        query = {} if what == "balance" else OCTOBER
        path = f"/api/v1/accounts/acme/{what}"
        seen, told = (served.ask(path, role, **query)[1] for role in ("admin", "customer"))
        assert not re.search(r"Bob|calls\.csv|status_reason", json.dumps(told)), what
        for figure in told.keys() - {"calls"}:
            assert told[figure] == seen[figure], figure
        for own, theirs in zip(told.get("calls", ()), seen.get("calls", ()), strict=True):
            assert own.items() <= theirs.items()
            assert theirs.keys() - own.keys() == {"source", "file", "line"}
    served.book.accounts.resume("acme", "it was not")


def test_a_customer_follows_its_charges_and_calls_and_learns_nothing_of_the_house(
    served: Served,
) -> None:
    """The same figures as the carrier's, without people, files, providers, costs and reasons; another's is as nobody's."""
    book = served.book
    book.corrections.correct("c0", "Bob misread it for globex", duration_ms=61_000)
    book.corrections.correct("c3", "Bob gave it to globex", account="acme")
    book.runs.bill(on(5).date())
    days = on(1).date(), on(5).date()
    charges = {
        account: list(book.ledger.postings(account, *days)) for account in ("acme", "globex")
    }
    paths = [f"charges/{one.id}" for one in charges["acme"]] + ["calls/c0", "calls/c2", "calls/c3"]
    for path in paths:
        seen, told = (served.ask(f"/api/v1/{path}/explain", r)[1] for r in ("admin", "customer"))
        text = json.dumps(told)
        assert not re.search(
            r"Bob|globex|calls\.csv|vox|[Pp]rovider|Bought|matched|minutebook ", text
        ), text
        assert (
            re.search(r"Bob|calls\.csv|minutebook |reference|Minimum", json.dumps(seen))
            or "calls/" not in path
        )
        for key in ("amount", "details", "calls_total", "kind"):
            assert told.get(key) == seen.get(key), (path, key)
    explained = served.ask("/api/v1/calls/c0/explain", "customer")[1]["calls"][0]
    assert explained["record"]["called"] == "442079460123"
    assert explained["corrections"][0].keys().isdisjoint({"by", "reason"})
    assert any("Corrected by correction" in step for step in explained["steps"])
    assert any("posted" in step for step in explained["steps"])
    whole = str(charges["globex"][0].id)
    nobodys = "0" * 8 + whole[8:]
    for theirs, none in (
        (f"charges/{whole}", f"charges/{nobodys}"),
        ("calls/c1", "calls/cx"),
        ("calls/odd", "calls/cx"),
    ):
        answers = [served.ask(f"/api/v1/{path}/explain", "customer") for path in (theirs, none)]
        assert [one[0] for one in answers] == [404, 404]
        said = [
            one[1]["detail"].replace(path.split("/")[1], "X")
            for one, path in zip(answers, (theirs, none), strict=True)
        ]
        assert said[0] == said[1]
    assert (
        served.ask(f"/api/v1/charges/{str(charges['acme'][0].id)[:8]}/explain", "customer")[0]
        == 404
    )


def test_an_account_is_told_what_it_is_charged(served: Served) -> None:
    """Its plan in words, and the price list of its plan's card, as the command prints it."""
    flat = served.ask("/api/v1/accounts/acme/prices", "customer", at="2026-10-02")[1]
    assert (flat["plan"], flat["price_list"]) == ("flat", None)
    assert "0.005 USD a minute" in json.dumps(flat["terms"])
    listed = served.ask("/api/v1/accounts/globex/prices", at="2026-10-02")[1]
    assert {line["rate"] for line in listed["price_list"]["prices"]} == {"0.01", "0.03", "0.004"}


def test_a_customer_is_shown_numbers_and_plans_as_its_account_says(served: Served) -> None:
    """Masked numbers have no last digits anywhere; a review has its own plan and those that it is offered, as can be paid."""
    file = served.book.path / "customers.toml"
    file.write_text('[account.acme]\nmask_numbers = true\noffers = ["lines"]\n', "utf-8")
    calls, review = "/api/v1/accounts/acme/calls", "/api/v1/accounts/acme/review"
    alone = served.ask(review, "customer", **OCTOBER)[1]
    assert {row["plan"] for row in alone["plans"]} == {"flat"}
    served.book.apply(file)
    charge = next(
        p
        for p in served.book.ledger.postings("acme", on(1).date(), on(5).date())
        if p.kind == "usage"
    )
    for path in (calls, "/api/v1/calls/c0/explain", f"/api/v1/charges/{charge.id}/explain"):
        query = OCTOBER if path == calls else {}
        assert "442079460123" not in json.dumps(served.ask(path, "customer", **query)[1]), path
    assert {c["called"] for c in served.ask(calls, "customer", **OCTOBER)[1]["calls"]} == {
        "442079460xxx"
    }
    assert {c["called"] for c in served.ask(calls, **OCTOBER)[1]["calls"]} == {"442079460123"}
    explained = served.ask("/api/v1/calls/c0/explain", "customer")[1]["calls"][0]
    assert any(step.startswith("Called 442079460xxx") for step in explained["steps"])
    offered = served.ask(review, "customer", **OCTOBER)[1]
    whole = served.ask(review, **OCTOBER)[1]
    assert {row["plan"] for row in offered["plans"]} == {"flat", "lines"}
    assert {row["plan"] for row in whole["plans"]} == {"flat", "lines", "a-z"}
    assert "a-z" not in json.dumps(offered)
    assert re.fullmatch(r"\d+\.\d\d", offered["cost"])
    assert "earned" not in offered
    file.write_text("[account.acme]\nmask_numbers = false\noffers = []\n", "utf-8")
    served.book.apply(file)
    assert not served.book.carrier().accounts["acme"].mask_numbers


def test_no_digit_of_a_masked_number_is_left() -> None:
    """However short the number is, and however long the prefix that priced it."""
    frame = pl.DataFrame(
        {
            "called": ["442079460123", "112", "44"],
            "called_recorded": ["+442079460123", None, "0044"],
            "prefix": ["4420794601", "112", "1"],
        }
    )
    told = masked_calls(frame)
    assert told["called"].to_list() == ["442079460xxx", "xxx", "xxx"]
    assert told["called_recorded"].to_list() == ["+442079460xxx", None, "0xxx"]
    assert told["prefix"].to_list() == ["442079460", "", "1"]
    fact = masked_fact(PriceBlocked("4420794601", None), ["442079460123"])
    assert fact.prefix == "442079460"


def test_a_revoked_key_opens_nothing_at_once(served: Served) -> None:
    _, secret = served.book.access.add_key("lost", "read-only")
    assert served.ask("/api/v1/plans", secret)[0] == 200
    served.book.access.revoke_key("lost", "lost on a train")
    assert served.ask("/api/v1/plans", secret)[0] == 401
    served.book.access.revoke_key("lost", "again")
    (lost,) = [key for key in served.book.access.list() if key.name == "lost"]
    assert lost.reason == "lost on a train"
    told = [deed for deed in served.book.ledger.audit() if deed.name == "lost"]
    assert [deed.kind for deed in told] == ["key", "key"]


def test_the_book_keeps_no_key(served: Served, cluster: Cluster) -> None:
    secret = served.keys["admin"].encode()
    with cluster.admin(str(served.book.settings.database)) as admin:
        rows = admin.execute("select before, after from minutebook.declaration").fetchall()
    assert secret not in repr(rows).encode()


@pytest.mark.provokes(
    "api/asked.py: say which days: month=YYYY-MM, or from=DATE&to=DATE",
    when="A request of the API leaves its days out.",
)
@pytest.mark.provokes(
    "api/asked.py: month is a whole month; send it alone, or from and to",
    when="A request of the API says its days twice.",
)
@pytest.mark.provokes(
    "api/asked.py: to=… comes before from=…; send the earlier day as from",
    when="A request of the API says its days the wrong way round.",
)
@pytest.mark.provokes(
    "api/cursors.py: cursor is none that an answer gave; send it as it came, or none",
    when="A request of the API sends a cursor that is none.",
)
def test_what_is_wrong_is_a_problem_in_the_words_of_the_commands(served: Served) -> None:
    calls = "/api/v1/accounts/acme/calls"
    for path, query, body, status, detail in (
        (calls, {}, None, 422, "say which days: month=YYYY-MM, or from=DATE&to=DATE"),
        (calls, OCTOBER | {"from": "2026-10-01"}, None, 422, "month is a whole month; send it alone, or from and to"),
        (calls, {"from": "2026-10-02", "to": "2026-10-01"}, None, 422, "to=2026-10-01 comes before from=2026-10-02; send the earlier day as from"),
        (calls, {"from": "1.10.", "to": "2026-10-01"}, None, 422, "from '1.10.' is not a date; write it as 2026-10-01"),
        (calls, OCTOBER | {"limit": 0}, None, 422, "limit is wrong: input should be greater than or equal to 1"),
        *(
            (calls, OCTOBER | {"cursor": odd}, None, 422, "cursor is none that an answer gave; send it as it came, or none")
            for odd in ("x", "ü", "WzEsMl0", "eyJhIjoxfQ", "WyIyMDI2LTEwLTAxIiwgMSwgMiwgMywgNCwgNV0")
        ),
        ("/api/v1/accounts/acme/statement", OCTOBER | {"as_of": "noon"}, None, 422, "as_of 'noon' is not an instant; write a UTC day as 2026-10-01, or an instant as 2026-10-01T12:00:00Z"),
        ("/api/v1/accounts/acmee/balance", {}, None, 404, "account 'acmee' is not declared (did you mean acme?); declare [account.acmee] and apply it"),
        ("/api/v1/price", {}, b'{"called', 422, "the body is no JSON: unterminated string starting at; send an object"),
        ("/api/v1/price", {}, {"called": "44", "seconds": 1.5}, 422, "seconds is no string; send it in quotes"),
        ("/api/v1/price", {}, b"\xff", 422, "the body is no text in UTF-8; send an object of JSON"),
        ("/api/v1/price", {}, {"called": "44"}, 422, "seconds is missing; add it"),
        ("/api/v1/price", {}, {"called": "44", "seconds": "1", "cards": "a-z"}, 422, "cards is nothing that is asked for; leave it out"),
        ("/api/v1/price", {}, {"called": "44", "seconds": "1"}, 422, "price by a card or by a plan, one of them"),
        ("/api/v2/plans", {}, None, 404, "Not Found; see /openapi.json for what there is"),
        ("/api/v1/plans", {}, {}, 405, "POST is not asked of /api/v1/plans; see /openapi.json for what is"),
    ):  # fmt: skip
        got, said, headers = served.ask(path, body=body, **query)
        assert (got, said["detail"]) == (status, detail), path
        assert headers["content-type"] == "application/problem+json"
        assert said["status"] == status


def test_a_number_without_a_price_says_so(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"called": "999", "seconds": "1", "card": "a-z", "at": "2026-10-02"}
    status, said, _ = served.ask("/api/v1/price", body=asked)
    words = ("price", "999", "1", "--card", "a-z", "--at", "2026-10-02")
    assert (status, said) == (422, served.printed(capsys, *words))
    assert said["error"] == "no_rate"


def test_a_fault_of_the_program_tells_nothing_of_itself(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("minutebook.book.declarations.Plans.list", broken)
    status, said, _ = served.ask("/api/v1/plans")
    assert status == 500
    assert "secret" not in json.dumps(said)
    monkeypatch.undo()
    assert served.ask("/api/v1/plans")[0] == 200


def test_a_database_that_is_away_is_told_to_who_asks(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words for who can only ask again: there is no command to run."""

    def away(*_: object) -> None:
        raise DatabaseError("it went away; ask again", shell="it went away; run the command again")

    monkeypatch.setattr("minutebook.book.declarations.Plans.list", away)
    status, said, _ = served.ask("/api/v1/plans")
    assert (status, said["detail"]) == (503, "it went away; ask again")


def test_it_lives_and_is_ready_without_a_key(served: Served) -> None:
    assert served.ask("/healthz", "")[:2] == (200, {"status": "ok"})
    assert served.ask("/readyz", "")[:2] == (200, {"status": "ok"})
    status, document, headers = served.ask("/openapi.json", "")
    assert (status, document["openapi"][:3]) == (200, "3.1")
    assert headers["x-content-type-options"] == "nosniff"


def test_prometheus_reads_figures_and_no_names(served: Served) -> None:
    served.ask("/api/v1/accounts/globex/balance")
    with urllib.request.urlopen(f"{served.at}/metrics") as answer:
        text = answer.read().decode()
    found = {one.name: one for one in text_string_to_metric_families(text)}
    assert found["minutebook_quarantined_records"].samples[0].value == 1
    assert found["minutebook_accounts"].samples[0].value == 2
    ended = found["minutebook_billed_through_timestamp_seconds"].samples[0].value
    assert ended == on(6, 0).timestamp()
    routes = {s.labels["route"] for s in found["minutebook_requests"].samples}
    assert "/api/v1/accounts/{account}/balance" in routes
    assert "globex" not in text


def test_the_document_names_only_what_it_has() -> None:
    document = application().openapi()
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert named <= set(document["components"]["schemas"])


@pytest.mark.provokes(
    "api/serving.py: …:… cannot be listened on: …; pass another host or port; port 0 is any that is free",
    when="Another program has the port of `serve`.",
)
def test_a_port_that_another_has_is_told(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1:{port} cannot be listened on"):
            listen_on("127.0.0.1", port)


def test_an_engineers_key_learns_nothing_of_what_providers_are_paid(served: Served) -> None:
    """By a call, a posting, a review, what came of a job."""
    way, of = "/api/v1/calls/c2/explain", {"from": "2026-10-01", "to": "2026-10-05"}
    told, hidden = (served.ask(way, role)[1]["calls"][0] for role in ("finance", "engineer"))
    assert (told["cost"]["provider"], hidden["cost"]) == ("vox", None)
    assert len(hidden["steps"]) < len(told["steps"])
    assert any(step.startswith("Carried by") for step in hidden["steps"])
    owed = f"/api/v1/charges/{told['cost']['postings'][0]['journal']}/explain"
    assert (served.ask(owed, "finance")[0], served.ask(owed, "engineer")[0]) == (200, 403)
    served.book.ledger.pay("provider:vox", "17.31", "wire-1", on(4))
    for role, is_told in (("finance", True), ("engineer", False)):
        deeds = served.ask("/api/v1/audit", role, account="provider:vox")[1]["deeds"]
        assert ("17.31" in json.dumps(deeds), "wire-1" in json.dumps(deeds)) == (is_told, True)
    review = "/api/v1/accounts/acme/review"
    assert served.ask(review, "finance", **of)[1]["earned"] is not None
    seen = served.ask(review, "engineer", **of)[1]
    assert seen["earned"] is None
    assert "It earns" not in " ".join(seen["words"])


def test_what_came_of_a_job_is_told_without_what_providers_are_owed() -> None:
    """Lines of tables, amounts of runs, sentences of proofs."""
    ran = {"run": 2, "total": {"USD": "-1"}, "cost": {"USD": "0.6"}}
    lines = {"accounts": [{"account": "acme"}, {"account": "provider:vox", "amount": "1"}]}
    proof = {"checks": [{"differences": ["provider:vox, 2026-10-01: 1 is due", "acme: 2 is due"]}]}
    assert job_without_cost(ran) == {"run": 2, "total": {"USD": "-1"}}
    assert job_without_cost(lines) == {"accounts": [{"account": "acme"}]}
    assert job_without_cost(proof) == {
        "checks": [{"differences": ["acme: 2 is due", "what is owed to providers differs, too"]}]
    }
