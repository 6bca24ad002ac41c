"""Others are told what happens: exactly what was kept, signed, until it is taken."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import Call, declare, on, take_in, write_calls

from minutebook import money
from minutebook.ledger import statuses, webhooks
from minutebook.ledger.statuses import Cause, Status, StatusChange
from minutebook.show.sentences.deeds import deed_words
from minutebook.webhooks import posted
from minutebook.webhooks.deliver import AGAIN_AFTER_S, deliver_until
from minutebook.webhooks.signature import signed_headers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.ledger.webhooks import Delivery


class Receiver:
    """Somebody's server: keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.came, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                receiver.came.set()
                receiver.goes_on.wait(20)
                with contextlib.suppress(OSError):
                    self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                    self.send_header("location", "/elsewhere")
                    self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?from=book"

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def make_due(book: Book) -> None:
    """As if the time until the next try had gone by."""
    with book.database.transaction() as connection:
        connection.execute("update webhook_delivery set next_at = now() where state = 'waiting'")


def only(book: Book) -> Delivery:
    (one,) = book.webhooks.deliveries()
    return one


def test_what_happens_is_told_as_it_was_kept_and_signed(
    book: Book, tmp_path: Path, receiver: Receiver
) -> None:
    """Runs, statuses, months and records that wait; a receiver that has the secret sees who sent it."""
    declare(book, tmp_path)
    hook, secret = book.webhooks.add(receiver.url, internal=True)
    take_in(book, tmp_path, Call("c-1", "acme", at=on(1), seconds=60))
    book.calls.import_files(write_calls(tmp_path / "odd.csv", [Call("odd", "nobody", at=on(2))]))
    result = book.runs.bill(on(3).date())
    book.accounts.suspend("acme", "fraud")
    book.accounts.resume("acme", "it was none")
    book.runs.close_month(on(1).date().replace(month=9), "reported")
    assert receiver.got == []
    told = len(book.webhooks.deliveries(state="waiting"))
    assert book.webhooks.deliver_due() == told
    assert book.webhooks.deliver_due() == 0
    said = {body["type"]: body["data"] for body in receiver.bodies()}
    assert said["run.posted"]["run"] == result.run
    assert said["run.posted"]["total"] == {c: money.text(n) for c, n in result.total.items()}
    assert said["account.suspended"]["reason"] == "fraud"
    assert said["account.resumed"]["account"] == "acme"
    assert said["month.closed"] == {"month": "2026-09", "reason": "reported", "by": hook.made_by}
    assert said["import.quarantined"]["quarantined"] == 1
    for headers, body in receiver.got:
        sent_s = int(headers["webhook-timestamp"])
        signed = signed_headers([secret], headers["webhook-id"], sent_s, body)
        assert signed.items() <= headers.items()
    assert {str(one.event) for one in book.webhooks.deliveries(state="delivered")} == {
        headers["webhook-id"] for headers, _ in receiver.got
    }


def test_accounts_near_their_floor_are_told_by_the_run_that_leaves_them_there(
    book: Book, tmp_path: Path, receiver: Receiver
) -> None:
    """With what is available and what was spent; not again by a run that posts nothing; a worker sends it."""
    declare(book, tmp_path)
    book.webhooks.add(receiver.url, ["account.near_floor"], internal=True)
    book.ledger.pay("globex", "0.05", "bank-1", on(1))
    calls = [Call(f"c-{n}", "globex", at=on(1, n)) for n in range(4)]
    take_in(book, tmp_path, *calls, Call("c-5", at=on(1)))
    for _ in range(2):
        book.runs.bill(on(3).date())
    stop = threading.Event()
    worker = threading.Thread(target=book.jobs.work, args=(stop,))
    worker.start()
    came = receiver.came.wait(20)
    stop.set()
    worker.join()
    assert came
    (body,) = receiver.bodies()
    assert body["type"] == "account.near_floor"
    assert body["data"] == {
        "account": "globex", "currency": "USD", "available": "0.01", "spent": "0.04",
        "spent_from": "2026-09-27", "spent_to": "2026-10-03", "run": 1,
    }  # fmt: skip


def test_signatures_are_those_of_standard_webhooks() -> None:
    """The example of their specification."""
    signed = signed_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_another_secret_signs_beside_the_one_before_for_a_day_or_alone(
    book: Book, receiver: Receiver
) -> None:
    """A receiver that takes the new one up goes on being told; what was told long ago is removed."""
    hook, first = book.webhooks.add(receiver.url, internal=True)
    hook, second = book.webhooks.change_secret(hook.id)
    assert hook.old_secret_until is not None
    book.webhooks.test(hook.id)
    book.webhooks.deliver_due()
    hook, third = book.webhooks.change_secret(hook.id, at_once=True)
    assert hook.old_secret_until is None
    book.webhooks.test(hook.id)
    book.webhooks.deliver_due()
    for (headers, body), secrets in zip(receiver.got, ([second, first], [third]), strict=True):
        sent_s = int(headers["webhook-timestamp"])
        signed = signed_headers(secrets, headers["webhook-id"], sent_s, body)
        assert signed.items() <= headers.items()
    what = [(deed.kind, deed_words(deed)) for deed in book.ledger.history("webhook", str(hook.id))]
    assert what[1] == ("webhook", f"webhook 1 given another secret, {receiver.url}")
    assert not any(secret in str(what) for secret in (first, second, third))
    book.webhooks.test(hook.id)
    with book.database.transaction() as connection:
        assert webhooks.forget_told(connection, 1) == 0
        assert webhooks.forget_told(connection, -1) == 2  # what waits is not removed
    assert [one.state for one in book.webhooks.deliveries()] == ["waiting"]


def test_what_is_undone_is_not_told_and_nobody_is_told_of_what_he_did_not_ask(
    book: Book, tmp_path: Path, receiver: Receiver
) -> None:
    """The event goes with the transaction; one that nobody is told of is not kept."""
    declare(book, tmp_path)
    book.accounts.suspend("acme", "before there was a webhook")
    book.webhooks.add(receiver.url, ["month.opened"], internal=True)
    book.accounts.resume("acme", "not asked for")
    book.webhooks.add(receiver.url, ["account.suspended"], internal=True)
    change = StatusChange("acme", Status.SUSPENDED, Cause.HAND, on(1).date(), "tried", "alice")
    with book.database.transaction(keep=False) as connection:
        statuses.add(connection, [change])
        assert len(webhooks.read_deliveries(connection, None, None, None)) == 1
    assert book.webhooks.deliveries() == []


def test_what_is_not_taken_is_sent_again_later_and_later_and_then_given_up(
    book: Book, receiver: Receiver
) -> None:
    """The same id each time; redirects are not followed; a webhook that is away holds up no other."""
    away, _ = book.webhooks.add("http://127.0.0.1:1/", internal=True)
    hook, _ = book.webhooks.add(receiver.url, internal=True)
    book.webhooks.test(away.id)
    book.webhooks.test(away.id)
    event = book.webhooks.test(hook.id)
    receiver.answers = [500, 302]
    for after_s in AGAIN_AFTER_S[:2]:
        assert book.webhooks.deliver_due() == 0
        (one,) = book.webhooks.deliveries(hook.id)
        assert one.next_at is not None
        assert one.tried_at is not None
        assert 0 <= (one.next_at - one.tried_at).total_seconds() - after_s < 60
        assert book.webhooks.deliver_due() == 0
        make_due(book)
    assert "redirects are not followed" in str(one.error)
    assert book.webhooks.deliver_due() == 1
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [event] * 3
    (one,) = book.webhooks.deliveries(hook.id)
    assert (one.state, one.tries, one.status, one.error) == ("delivered", 3, 204, None)
    first = book.webhooks.deliveries(away.id)[-1]
    assert first.error is not None
    assert "refused" in first.error
    while book.webhooks.deliveries(away.id, "waiting"):
        make_due(book)
        book.webhooks.deliver_due()
    gone = book.webhooks.deliveries(away.id, "given up")
    assert [one.tries for one in gone] == [len(AGAIN_AFTER_S) + 1] * 2


def test_one_that_is_gone_or_removed_is_told_nothing_more(book: Book, receiver: Receiver) -> None:
    """410 ends a delivery at once, and removing a webhook ends what waits for it; so does a book made of a backup."""
    hook, _ = book.webhooks.add(receiver.url, internal=True)
    book.webhooks.test(hook.id)
    receiver.answers = [410]
    book.webhooks.deliver_due()
    assert only(book).state == "given up"
    book.webhooks.test(hook.id)
    assert book.webhooks.remove(hook.id, "moved").removed_at is not None
    make_due(book)
    assert book.webhooks.deliver_due() == 0
    assert len(receiver.got) == 1
    other, _ = book.webhooks.add(receiver.url, internal=True)
    book.webhooks.test(other.id)
    with book.database.transaction() as connection:
        webhooks.give_up_undelivered(connection, "made of a backup")
    assert book.webhooks.deliver_due() == 0


def test_killed_while_it_sends_it_is_sent_again(book: Book, receiver: Receiver) -> None:
    """With the same id: the receiver knows that it is the same."""
    hook, _ = book.webhooks.add(receiver.url, internal=True)
    book.webhooks.test(hook.id)
    receiver.goes_on.clear()
    words = ["--book", str(book.path), "webhook", "deliveries", "--send"]
    program = [sys.executable, "-m", "minutebook", *words]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL) as process:
        assert receiver.came.wait(60)
        process.send_signal(signal.SIGKILL)
    receiver.goes_on.set()
    assert book.webhooks.deliver_due() == 0  # it may still be at work
    assert only(book).state == "waiting"
    make_due(book)
    assert book.webhooks.deliver_due() == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert only(book).tries == 2


def test_several_at_work_send_each_once(book: Book, receiver: Receiver) -> None:
    """Threads that look until they are stopped."""
    hook, _ = book.webhooks.add(receiver.url, internal=True)
    for _ in range(20):
        book.webhooks.test(hook.id)
    stop = threading.Event()
    threads = [threading.Thread(target=deliver_until, args=(book.database, stop)) for _ in "ab"]
    for thread in threads:
        thread.start()
    while book.webhooks.deliveries(state="waiting"):
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(receiver.got) == len({headers["webhook-id"] for headers, _ in receiver.got}) == 20


def test_private_networks_are_not_reached_unless_said(book: Book, receiver: Receiver) -> None:
    """By whatever name: the address that is connected to is looked at."""
    port = receiver.server.server_port
    hook, _ = book.webhooks.add(f"https://localhost:{port}/")
    book.webhooks.test(hook.id)
    assert book.webhooks.deliver_due() == 0
    assert "no public address" in str(only(book).error)
    assert receiver.got == []
    private = ("10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
               "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::")  # fmt: skip
    assert not any(posted._is_public(address) for address in private)
    assert all(posted._is_public(address) for address in ("8.8.8.8", "2606:4700::1111"))


def test_an_answer_a_byte_at_a_time_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told does not hold up the others."""
    import socket

    monkeypatch.setattr(posted, "_SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            sock, _ = server.accept()
            with sock, contextlib.suppress(OSError):
                for _ in range(100):
                    sock.sendall(b"H")
                    time.sleep(0.05)

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(posted.NoAnswerError):
            posted.posted(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"{}", internal=True)
        thread.join()


def test_secrets_are_shown_once(book: Book) -> None:
    """No list, audit or object has them."""
    _, secret = book.webhooks.add("https://crm.example/in")
    shown = repr(book.webhooks.list()) + repr(book.webhooks.list()[0]) + repr(book.ledger.audit())
    assert secret not in shown
    assert "https://crm.example/in" in repr(book.webhooks.list()[0])
