"""Whatever a page or a command changes, a program changes by a request: as the command does it, once, and by its role alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docs.generate import FOLDER
from tests.api.changes import CHANGES, made_ready
from tests.api.conftest import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.changes import Changing
    from tests.api.conftest import Served

ROWS = {
    row[0].strip("`"): row[1:]
    for line in (FOLDER.parent / "rules" / "access.md").read_text("utf-8").splitlines()
    if line.startswith(("| `POST ", "| `DELETE "))
    for row in ([cell.strip() for cell in line.strip("|").split("|")],)
}
OF_WHOM = (
    "imported_at",
    "added",
    "by",
    "made_by",
    "at",
    "made_at",
    "asked_by",
    "new",
    "revoked_by",
    "disabled_by",
)
"""Keys that differ between who asks, and between once and again."""


@pytest.fixture(scope="module")
def ready(served: Served) -> Iterator[tuple[Served, dict[str, str]]]:
    known = made_ready(served)
    before = Path.cwd()
    os.chdir(served.book.path)
    yield served, known
    os.chdir(before)


def filled(value: Any, known: dict[str, str]) -> Any:
    """With what is known put in for its name."""
    if isinstance(value, dict):
        return {name: filled(held, known) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(held, known) for held in value)
    return known.get(value[1:-1], value) if isinstance(value, str) and value[:1] == "{" else value


def asked_of(
    served: Served, request: str, changing: Changing, known: dict[str, str], **how: Any
) -> tuple[int, Any]:
    """Status and JSON of a request of the table."""
    method, path = request.split()
    address = "/api/v1/" + path.format(**known | changing.where)
    query = {"reason": "tried"} if method == "DELETE" else {}
    body, kind = type(changing)(
        filled(changing.body, known), filled(changing.file, known), changing.fields
    ).sent()
    status, said, _ = served.ask(
        address, body=body, method=method, content_type=kind, **query | how
    )
    return status, said


def alike(said: Any) -> Any:
    """An answer without what differs from asker to asker."""
    if isinstance(said, list):
        return [alike(one) for one in said]
    return {name: value for name, value in said.items() if name not in OF_WHOM}


@pytest.mark.parametrize("request_", CHANGES)
def test_a_request_does_what_the_command_does_once(
    ready: tuple[Served, dict[str, str]], capsys: pytest.CaptureFixture[str], request_: str
) -> None:
    """By whose role may; sent again it gives the first answer, and nothing that is told once; with another it is refused."""
    served, known = ready
    changing, once = CHANGES[request_], f"k {request_}"
    for role, may in zip(ROLES, ROWS[request_], strict=True):
        if may == "no":
            assert asked_of(served, request_, changing, known, role=role)[0] == 403
    assert asked_of(served, request_, changing, known, role="")[0] == 401
    posted = request_.startswith("POST")
    how = {"once": once} if posted else {}
    status, said = asked_of(served, request_, changing, known, **how)
    assert status in (200, 201, 202), said
    if posted:
        again = asked_of(served, request_, changing, known, **how)
        kept = {name: held for name, held in said.items() if name != changing.secret} if isinstance(said, dict) else said  # fmt: skip
        assert again == (status, kept)
        assert (changing.secret is None) == (kept == said)
        price = {"called": "44", "seconds": "1", "card": "a-z"}
        refused = served.ask("/api/v1/price", body=price, once=once)
        assert refused[0] == 422
        assert "was sent before with another request" in refused[1]["detail"]
    if changing.words:
        printed = served.printed(capsys, *filled(changing.words, known))
        assert alike(printed) == alike(said)
    if changing.body or changing.file:
        for role, may in zip(ROLES, ROWS[request_], strict=True):
            if may == "yes":
                wrong = replace(changing, body={"nothing": 1}, file=None)
                assert asked_of(served, request_, wrong, known, role=role)[0] not in (401, 403)


def test_what_was_looked_at_is_done(ready: tuple[Served, dict[str, str]]) -> None:
    """Each once, whatever is sent again; and what a page shows afterwards is there."""
    served, known = ready
    book = served.book
    for request, more in (
        ("POST declarations", {}),
        ("POST quarantine/discard", {"because": None, "ids": [known["odd"]]}),
        ("POST quarantine/{record}/accept", {}),
        ("POST corrections", {"call_id": "c4"}),
        ("POST cards/{card}/edit", {}),
    ):
        body = {**(CHANGES[request].body or {}), "preview": False, **more}
        done = replace(CHANGES[request], body=body)
        first = asked_of(served, request, done, known, once=f"done {request}")
        assert first[0] in (200, 201), first
        assert asked_of(served, request, done, known, once=f"done {request}") == first
    assert book.carrier().accounts["trunks"].title == "Trunks Ltd"
    assert known["odd"] in set(book.calls.discarded()["id"])
    assert known["record"] not in set(book.calls.quarantine()["id"])
    last = book.corrections()[-1]
    assert (last.said["call_id"], last.by) == ("c4", "key:admin")
    body, where = {"reason": "tried"}, {"correction": str(last.number)}
    undone = replace(CHANGES["POST corrections/{correction}/undo"], body=body, where=where)
    assert asked_of(served, "POST corrections/{correction}/undo", undone, known)[0] == 201
    deck = replace(
        CHANGES["POST cards/{card}/revisions"], fields={"partial": "true", "live": "2026-12-05"}
    )
    status, said = asked_of(served, "POST cards/{card}/revisions", deck, known)
    assert status == 201, said
    assert (said["added"], said["partial"]) == (True, True)
    gone = replace(CHANGES["POST imports/{id}/undo"], body={"reason": "tried"})
    status, said = asked_of(served, "POST imports/{id}/undo", gone, known)
    assert (status, said["kind"], said["by"]) == (201, "import", "key:admin")
    assert book.corrections.imports()[0].undone == said["correction"]


def test_a_declaration_is_sent_as_text(ready: tuple[Served, dict[str, str]]) -> None:
    served, _ = ready
    text = b'[account.globex]\nname = "Globex AG"\n'
    how: dict[str, Any] = {"content_type": "text/plain", "once": "as text"}
    first = served.ask("/api/v1/declarations", body=text, reason="tried", **how)
    assert first[0] == 201, first[1]
    assert served.ask("/api/v1/declarations", body=text, reason="tried", **how)[:2] == first[:2]
    assert served.ask("/api/v1/declarations", body=text, reason="another", **how)[0] == 422
    (change,) = (one for one in first[1]["changes"] if one["action"] == "changed")
    assert change["name"] == "globex"
    status, said, _ = served.ask("/api/v1/declarations", body={"text": "[account"})
    assert status == 422
    assert "line 1" in said["detail"]
    assert "/" not in said["detail"]


def test_a_key_gives_no_more_than_it_has(ready: tuple[Served, dict[str, str]]) -> None:
    """One for people alone makes no administrator, and takes no administrator's password."""
    served, _ = ready
    _, narrow = served.book.access.add_key("people", "admin", may=["people"])
    served.book.users.add("root", "admin")
    for path, body in (
        ("keys", {"name": "more", "role": "admin"}),
        ("users", {"name": "more", "role": "read-only"}),
        ("users/root/role", {"role": "admin"}),
        ("users/root/password", None),
        ("users/root/enable", {"reason": "tried"}),
    ):
        status, said, _ = served.ask(f"/api/v1/{path}", narrow, body, method="POST")
        assert status == 403, path
        assert said["detail"].startswith("a key gives no more than it may itself")
    asked = {"name": "more", "role": "admin", "may": ["people"]}
    assert served.ask("/api/v1/keys", narrow, asked)[0] == 201
    assert served.ask("/api/v1/users/root/disable", narrow, {"reason": "tried"})[0] == 200


def test_what_is_told_once_is_kept_nowhere(
    ready: tuple[Served, dict[str, str]],
) -> None:
    """Not with the answer that is kept for who asks again either."""
    served, _ = ready
    asked = {"name": "told-once", "role": "read-only"}
    key = served.ask("/api/v1/keys", body=asked, once="told once")[1]["key"]
    assert served.ask("/api/v1/plans", key)[0] == 200
    with served.book.database.transaction() as connection:
        (kept,) = connection.execute("select string_agg(a::text, ' ') from request_answer a").fetchone()  # fmt: skip
    assert key not in kept


def test_a_change_is_in_the_name_of_the_key(ready: tuple[Served, dict[str, str]]) -> None:
    """And those who are told by webhooks of what happens are told of it."""
    served, _ = ready
    user = {"name": "gustav", "role": "read-only"}
    assert served.ask("/api/v1/users", body=user)[0] == 201
    asked = {"reason": "unpaid", "preview": True}
    served.ask("/api/v1/accounts/globex/suspend", body=asked)
    told = {one.event for one in served.book.webhooks.deliveries()}
    status, said, _ = served.ask("/api/v1/accounts/globex/suspend", body=asked | {"preview": False})
    assert (status, said["status"], said["by"]) == (201, "suspended", "key:admin")
    more = [one for one in served.book.webhooks.deliveries() if one.event not in told]
    assert [one.kind for one in more] == ["account.suspended"]
    by = {(deed.kind, deed.name): (deed.by, deed.asked_from) for deed in served.book.ledger.audit()}
    assert by["user", "gustav"] == ("key:admin", "127.0.0.1")
