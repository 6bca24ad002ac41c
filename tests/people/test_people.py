"""People sign in, and nobody else does: passwords, second factors, sessions, wrong tries."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pyotp
import pytest
from argon2 import PasswordHasher

import minutebook
from minutebook import settings
from minutebook.access import password as hashing
from minutebook.access.password import is_password, password_hash
from minutebook.access.roles import Role
from minutebook.access.session import (
    CODE_WAIT,
    IDLE,
    LONGEST_SESSION,
    SignedIn,
    SignInRefused,
    token_digest,
)
from minutebook.book import Book
from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.people.lock_out import MOST_FROM_ADDRESS, MOST_TRIES, WITHIN
from minutebook.people.second_factors import confirm_second_factor
from minutebook.people.sessions import living_sessions, session_opened_by
from minutebook.people.signing_in import Visitor, enter_code, sign_in, sign_in_known
from minutebook.people.users import disable_user, enable_user, give_role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Cluster

PASSWORD = "correct horse battery"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hashes that cost nothing: what they protect is not tried here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_hasher", lambda: PasswordHasher(1, 8, 1))
        hashing._nobodys.cache_clear()
        yield
    hashing._nobodys.cache_clear()


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Book]:
    folder = tmp_path_factory.mktemp("people")
    database, owner = cluster.new_database()
    settings.write(folder, "USD", database, owner)
    with Book(settings.read(folder)) as book:
        yield book
    cluster.drop(database)


def someone(book: Book, name: str, role: str = "finance") -> str:
    """A user of this name, with `PASSWORD`."""
    book.users.add(name, role, password=PASSWORD)
    return name


def enter(
    book: Book, name: str, password: str = PASSWORD, code: str | None = None, at: datetime = NOON,
    address: str | None = None,
) -> SignedIn | SignInRefused:  # fmt: skip
    return sign_in(book.database, name, password, code, Visitor(at, address, "a browser"))


def token(found: SignedIn | SignInRefused) -> str:
    assert isinstance(found, SignedIn)
    return found.token


def opens(book: Book, token: str, at: datetime = NOON) -> bool:
    return session_opened_by(book.database, token, at) is not None


def with_second_factor(book: Book, name: str, at: datetime = NOON) -> tuple[str, tuple[str, ...]]:
    """Its secret, and the recovery codes; the code of `at` is taken."""
    secret = book.users.begin_second_factor(name).secret
    code = pyotp.TOTP(secret).at(at)
    return secret, confirm_second_factor(book.database, name, code, None, at)


def test_whoever_has_the_password_has_a_session(people: Book) -> None:
    """It says who asks, in which role and in whose name; however the name was typed."""
    someone(people, "anna")
    found = people.sessions.sign_in(" Anna ", PASSWORD, address="192.0.2.1", agent="Firefox")
    session = people.sessions.of(token(found))
    assert session is not None
    assert (session.user, session.role, session.account) == ("anna", Role.FINANCE, None)
    assert (session.address, session.agent) == ("192.0.2.1", "Firefox")
    assert session.asks_as == "user:anna"
    assert not session.must_change_password
    assert people.sessions.of("guessed") is None
    people.sessions.end(token(found))
    assert people.sessions.of(token(found)) is None


def test_a_refusal_does_not_tell_whether_there_is_such_a_user(people: Book) -> None:
    """A wrong password, a name that nobody has, a user who is disabled: the same words; and the same lock."""
    someone(people, "boris")
    someone(people, "gone")
    people.users.disable("gone", "left")
    for name in ("boris", "nobody", "gone", "x" * 500):
        for _ in range(MOST_TRIES):
            assert enter(people, name, "a wrong password") == SignInRefused("wrong")
        assert enter(people, name, "a wrong password") == SignInRefused("locked", NOON + WITHIN)
    assert enter(people, "boris") == SignInRefused("locked", NOON + WITHIN)
    assert "12:15:00 UTC" in str(enter(people, "boris"))


def test_a_lock_ends_and_a_right_password_ends_the_count(people: Book) -> None:
    someone(people, "carla")
    for n in range(MOST_TRIES):
        enter(people, "carla", "a wrong password", at=NOON + n * MINUTE)
    locked = NOON + (MOST_TRIES - 1) * MINUTE
    assert enter(people, "carla", at=locked + WITHIN - MINUTE) == SignInRefused(
        "locked", locked + WITHIN
    )
    assert token(enter(people, "carla", at=locked + WITHIN))
    later = locked + 2 * WITHIN
    for _ in range(2):
        for _ in range(MOST_TRIES - 1):
            enter(people, "carla", "a wrong password", at=later)
        assert token(enter(people, "carla", at=later))


def test_tries_at_once_are_no_more_than_one_after_another(people: Book) -> None:
    """Each is counted before its password is looked at."""
    someone(people, "dora")
    found: list[SignedIn | SignInRefused] = []
    threads = [
        Thread(target=lambda: found.append(enter(people, "dora", "a wrong password")))
        for _ in range(MOST_TRIES * 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one == SignInRefused("wrong") for one in found) == MOST_TRIES


def test_an_address_is_locked_too(people: Book) -> None:
    """Whatever names it tries; from elsewhere users sign in."""
    someone(people, "emil")
    for n in range(MOST_FROM_ADDRESS):
        enter(people, f"guess-{n}", "a wrong password", address="203.0.113.9")
    assert enter(people, "emil", address="203.0.113.9") == SignInRefused("locked", NOON + WITHIN)
    assert token(enter(people, "emil", address="203.0.113.10"))


def test_what_is_kept_is_no_secret(people: Book) -> None:
    """Neither passwords nor tokens nor codes stand in the database; nor a password typed into the field of the name."""
    someone(people, "fritz")
    (secret, codes) = with_second_factor(people, "fritz")
    signed = enter(people, "fritz", at=NOON + MINUTE)
    enter(people, "my secret password")
    with people.database.transaction() as connection:
        kept = ""
        for table in ("declaration", "user_secret", "user_session", "sign_in_try", "chain"):
            kept += str(connection.execute(f"select * from {table}").fetchall())
    for hidden in (
        PASSWORD,
        token(signed),
        "my secret password",
        *codes,
        codes[0].replace("-", ""),
    ):
        assert hidden not in kept
    told = repr(people.ledger.audit()) + repr(people.users.list()) + repr(signed)
    told += repr(people.sessions.list()) + people.sessions.list()._repr_html_()
    for hidden in (PASSWORD, secret, token(signed), token_digest(token(signed)), "argon2", *codes):
        assert hidden not in told


def test_a_session_ends_when_idle_and_after_a_week(people: Book) -> None:
    someone(people, "greta")
    idle, used = token(enter(people, "greta")), token(enter(people, "greta"))
    assert opens(people, idle, NOON + IDLE - MINUTE)
    assert not opens(people, idle, NOON + 2 * IDLE)
    at = NOON
    while opens(people, used, at):
        at += IDLE / 2
    assert at == NOON + LONGEST_SESSION


def test_whose_secrets_or_role_change_is_signed_out(people: Book) -> None:
    """Everywhere; of the change of one's own password and second factor, everywhere else."""
    name = someone(people, "hanna")
    other, own = (token(people.sessions.sign_in(name, PASSWORD)) for _ in range(2))
    people.users.change_password(name, PASSWORD, "another password", own)
    assert (people.sessions.of(other), people.sessions.of(own) is not None) == (None, True)
    for change in (
        lambda: people.users.give_role(name, "read-only"),
        lambda: people.users.disable(name, "left"),
        lambda: people.users.set_password(name, PASSWORD),
        lambda: people.users.reset_second_factor(name),
        lambda: people.sessions.end_of(name),
    ):
        change()
        assert people.sessions.of(own) is None
        people.users.enable(name, "for the test")
        people.users.set_password(name, PASSWORD)
        own = token(people.sessions.sign_in(name, PASSWORD))
    assert people.sessions.of(own) is not None


def test_a_session_ended_by_disabling_stays_ended(people: Book) -> None:
    """Also when the user is enabled again; and what the user may is what the role is now."""
    name = someone(people, "ines")
    own = token(enter(people, name))
    disable_user(people.database, name, "away", "root", NOON)
    assert enter(people, name) == SignInRefused("wrong")
    assert sign_in_known(people.database, name, Visitor(NOON)) == SignInRefused("wrong")
    enable_user(people.database, name, "back", "root")
    assert not opens(people, own)
    give_role(people.database, name, "engineer", None, "root", NOON)
    (user,) = (one for one in people.users.list() if one.name == name)
    assert (user.role, user.disabled_at, user.made_by != "") == (Role.ENGINEER, None, True)


def test_nobody_ends_the_session_of_another_by_its_number(people: Book) -> None:
    for name in ("jan", "kim"):
        someone(people, name)
    theirs = people.sessions.of(token(people.sessions.sign_in("kim", PASSWORD)))
    assert theirs is not None
    with pytest.raises(InputError, match=f"jan has no session {theirs.number} that has not ended"):
        people.sessions.end_of("jan", theirs.number)
    assert [one.number for one in people.sessions.list("kim")] == [theirs.number]
    assert people.sessions.end_of("kim", theirs.number) == 1


def test_a_password_made_up_is_changed_first(people: Book) -> None:
    """Its session says so until it is; so does one that somebody else set."""
    _, made_up = people.users.add("lena", "read-only")
    own = token(people.sessions.sign_in("lena", made_up))
    session = people.sessions.of(own)
    assert session is not None
    assert session.must_change_password
    people.users.change_password("lena", made_up, PASSWORD, own)
    session = people.sessions.of(own)
    assert session is not None
    assert not session.must_change_password
    again = people.users.set_password("lena")
    assert people.sessions.of(own) is None
    found = people.sessions.sign_in("lena", again)
    assert isinstance(found, SignedIn)
    assert found.must_change_password


def test_what_is_no_password_is_refused(people: Book) -> None:
    name = someone(people, "a-name-of-14-x")
    for wrong, why in (
        ("short", "at least 12 characters"),
        ("x" * 201, "at most 200 characters"),
        ("A-Name-of-14-X", "not the user's name"),
        (PASSWORD, "is the present one"),
    ):
        with pytest.raises(InputError, match=why):
            people.users.change_password(name, PASSWORD, wrong)
    assert enter(people, name, "x" * 100_000) == SignInRefused("wrong")
    assert not is_password("x" * 201, password_hash("x" * 201))
    assert is_password("Caf\u00e9 au lait!", password_hash("Cafe\u0301 au lait!"))


@pytest.mark.provokes(
    "people/lock_out.py: …",
    when="There were too many wrong tries, by who changes the own password or takes the second factor away.",
)
def test_a_hijacked_session_does_not_guess_the_password(people: Book) -> None:
    """The present password is asked for as at signing in: wrong tries lock."""
    name = someone(people, "mia")
    for _ in range(MOST_TRIES):
        with pytest.raises(InputError, match="present password is another"):
            people.users.change_password(name, "a wrong password", "another password")
    with pytest.raises(InputError, match="too many wrong tries"):
        people.users.change_password(name, PASSWORD, "another password")
    people.users.set_password(name, PASSWORD)
    people.users.change_password(name, PASSWORD, "another password")


def test_a_second_factor_asks_for_its_code(people: Book) -> None:
    """What is given for the password opens nothing; the session has another token."""
    name = someone(people, "nina")
    secret, _ = with_second_factor(people, name)
    at = NOON + MINUTE
    waiting = enter(people, name, at=at)
    assert isinstance(waiting, SignedIn)
    assert waiting.code_needed
    assert not opens(people, waiting.token, at)
    code = pyotp.TOTP(secret).at(at)
    found = enter_code(people.database, waiting.token, code, Visitor(at))
    assert isinstance(found, SignedIn)
    assert (found.code_needed, found.token != waiting.token) == (False, True)
    assert opens(people, found.token, at)
    assert enter_code(people.database, waiting.token, code, Visitor(at)) == SignInRefused("late")
    late = token(enter(people, name, at=at))
    assert enter_code(people.database, late, code, Visitor(at + CODE_WAIT)) == SignInRefused("late")


def test_a_code_is_not_taken_twice(people: Book) -> None:
    """Nor an earlier one; nor at the same moment; nor one of another time."""
    name = someone(people, "olga")
    secret, _ = with_second_factor(people, name)
    by_time = pyotp.TOTP(secret)
    assert enter(people, name, code=by_time.at(NOON)) == SignInRefused("wrong")
    at = NOON + 2 * MINUTE
    found: list[SignedIn | SignInRefused] = []
    threads = [
        Thread(target=lambda: found.append(enter(people, name, code=by_time.at(at), at=at)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, SignedIn) for one in found) == 1
    before = by_time.at(at - timedelta(seconds=30))
    assert enter(people, name, code=before, at=at) == SignInRefused("wrong")
    later = at + 30 * MINUTE
    for wrong in (by_time.at(later + 2 * MINUTE), "", "12345", "١٢٣٤٥٦", "abcdef"):
        assert enter(people, name, code=wrong, at=later) == SignInRefused("wrong")
    assert enter(people, name, code=by_time.at(later), at=later) == SignInRefused(
        "locked", later + WITHIN
    )


def test_codes_are_not_guessed_by_who_has_the_password(people: Book) -> None:
    """The right password in between does not end the count."""
    name = someone(people, "paul")
    with_second_factor(people, name)
    at = NOON + MINUTE
    for _ in range(MOST_TRIES):
        waiting = token(enter(people, name, at=at))
        refused = enter_code(people.database, waiting, "000000", Visitor(at))
        assert refused == SignInRefused("wrong")
    assert enter(people, name, at=at) == SignInRefused("locked", at + WITHIN)


def test_a_recovery_code_opens_once(people: Book) -> None:
    name = someone(people, "rosa")
    _, codes = with_second_factor(people, name)
    assert len(set(codes)) == people.users.recovery_codes_left(name) == 10
    typed = codes[0].upper().replace("-", " ")
    assert token(enter(people, name, code=typed))
    assert enter(people, name, code=codes[0]) == SignInRefused("wrong")
    assert token(enter(people, name, code=codes[1]))
    assert people.users.recovery_codes_left(name) == 8


@pytest.mark.provokes(
    "people/second_factors.py: there is no second factor; set one up, and its codes come with it",
    when="Recovery codes are made anew by who has no second factor.",
)
def test_other_recovery_codes_take_the_place_of_those_that_are_left(people: Book) -> None:
    """With the password; those of before open nothing more, and nothing else changes."""
    name = someone(people, "runa")
    with pytest.raises(InputError, match="there is no second factor"):
        people.users.renew_recovery_codes(name, PASSWORD)
    _, codes = with_second_factor(people, name)
    with pytest.raises(InputError, match="present password is another"):
        people.users.renew_recovery_codes(name, "a wrong password")
    others = people.users.renew_recovery_codes(name, PASSWORD)
    assert people.users.recovery_codes_left(name) == 10
    assert enter(people, name, code=codes[0]) == SignInRefused("wrong")
    assert token(enter(people, name, code=others[0]))


@pytest.mark.provokes(
    "people/second_factors.py: there is a second factor already; take it away before you set up another",
    when="A second factor is set up twice.",
)
@pytest.mark.provokes(
    "people/second_factors.py: the code is wrong; see that the device's clock is right, and try the next",
    when="The first code of a second factor is wrong.",
)
def test_a_second_factor_is_confirmed_and_taken_away(people: Book) -> None:
    """Until a first code it is not asked for; with the password, or by an administrator, it goes."""
    name = someone(people, "sven")
    begun = people.users.begin_second_factor(name)
    assert begun.uri.startswith("otpauth://totp/Minutebook%20people")
    assert begun.secret not in repr(begun)
    assert isinstance(enter(people, name), SignedIn)
    with pytest.raises(InputError, match="the code is wrong"):
        people.users.confirm_second_factor(name, "000000")
    secret, codes = with_second_factor(people, name)
    with pytest.raises(InputError, match="there is a second factor already"):
        people.users.begin_second_factor(name)
    with pytest.raises(InputError, match="no second factor is being set up"):
        people.users.confirm_second_factor(name, pyotp.TOTP(secret).at(NOON))
    with pytest.raises(InputError, match="present password is another"):
        people.users.remove_second_factor(name, "a wrong password")
    people.users.remove_second_factor(name, PASSWORD)
    found = enter(people, name)
    assert isinstance(found, SignedIn)
    assert not found.code_needed
    with_second_factor(people, name, NOON + MINUTE)
    people.users.reset_second_factor(name)
    assert enter(people, name, code=codes[2]) != SignInRefused("wrong")


def test_old_tries_and_sessions_are_removed(people: Book) -> None:
    someone(people, "tom")
    enter(people, "tom", "a wrong password", at=NOON)
    old = token(enter(people, "tom", at=NOON))
    later = NOON + timedelta(days=60)
    enter(people, "nobody-at-all", "a wrong password", at=later)
    assert token(enter(people, "tom", at=later))
    with people.database.transaction() as connection:
        tries = connection.execute("select min(tried_at) from sign_in_try").fetchone()
        kept = connection.execute(
            "select count(*) from user_session where digest = %s", [token_digest(old)]
        ).fetchone()
    assert tries == (later,)
    assert kept == (0,)
    assert [one.user for one in living_sessions(people.database, later, None)] == ["tom"]


def test_people_stand_in_the_audit_and_the_chain(people: Book) -> None:
    """By whom and why, without what is secret."""
    someone(people, "uwe")
    people.users.give_role("uwe", "admin")
    people.users.disable("uwe", "left the company")
    people.users.enable("uwe", "came back")
    people.users.set_password("uwe")
    from minutebook.show.audit import AuditView

    deeds = [one for one in AuditView.of(people.ledger.audit()).deeds if one.name == "uwe"]
    assert [(one.what, one.reason) for one in deeds] == [
        ("user uwe made, to ask as finance", "user add"),
        ("user uwe: role admin instead of finance", "user role"),
        ("user uwe disabled", "left the company"),
        ("user uwe enabled", "came back"),
        ("user uwe proves it by another password or second factor", "user password"),
    ]
    assert not any(check.differences for check in people.runs.verify())
    with (
        pytest.raises(psycopg.errors.Error),
        people.database.transaction() as connection,
    ):
        connection.execute("delete from declaration where kind = 'user'")


def test_a_backup_opens_no_session(people: Book, tmp_path: Path, cluster: Cluster) -> None:
    """What was ended since would live again; users, passwords and second factors come with it."""
    someone(people, "vera")
    own = token(people.sessions.sign_in("vera", PASSWORD))
    people.backup(tmp_path / "backup")
    assert not list((tmp_path / "backup").rglob("user_session*"))
    database, owner = _empty(cluster)
    made = minutebook.restore(
        tmp_path / "backup", tmp_path / "again", database=database, database_owner=owner
    )
    with minutebook.open(tmp_path / "again") as again:
        assert again.sessions.of(own) is None
        assert token(again.sessions.sign_in("vera", PASSWORD))
    assert made
    cluster.drop(database)


def _empty(cluster: Cluster) -> tuple[str, str]:
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    with psycopg.connect(cluster.roles.admin, autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} owner minutebook_owner").format(
                sql.Identifier("restored_people")
            )
        )
    return tuple(
        make_conninfo(role, dbname="restored_people")
        for role in (cluster.roles.application, cluster.roles.owner)
    )  # type: ignore[return-value]


@pytest.mark.provokes(
    "cli/user.py: standard input holds no password; write it there, in one line",
    when="`--password-stdin` is said, and standard input is empty.",
)
def test_a_password_comes_from_standard_input(
    people: Book, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not printed, and need not be changed; without it one is made up, and printed once."""
    words = ["--book", str(people.path), "--format", "json", "user"]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert run([*words, "add", "xenia", "--role", "admin", "--password-stdin"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert "password" not in printed
    assert not printed["must_change_password"]
    assert token(people.sessions.sign_in("xenia", PASSWORD))
    assert run([*words, "password", "xenia"]) == 0
    made_up = json.loads(capsys.readouterr().out)["password"]
    assert token(people.sessions.sign_in("xenia", made_up))
    assert run([*words, "sessions", "xenia", "--end"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run([*words, "password", "xenia", "--password-stdin"]) == 2
