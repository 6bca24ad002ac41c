"""What is declared to be done again and again: at its times, once each."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.carriers import CARRIER, on

from minutebook import settings
from minutebook.book import Book
from minutebook.declarations.declared_schedule import EVERY, DeclaredSchedule
from minutebook.errors import InputError
from minutebook.jobs.due import ask_what_is_due
from minutebook.jobs.kinds import words_of
from minutebook.jobs.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Cluster

SCHEDULES = """
[schedule.cdrs]
do = "import"
every = "10 minutes"
folder = "incoming"
format = "minutebook"
quiet_seconds = 30

[schedule.nightly]
do = "bill"
every = "day"
at = "02:00"
"""
LATER = datetime(2031, 3, 5, 14, 7, 3, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Book]:
    folder = tmp_path_factory.mktemp("schedules")
    database, owner = cluster.new_database()
    settings.write(folder, "USD", database, owner)
    with Book(settings.read(folder)) as made:
        (folder / "carrier.toml").write_text(CARRIER.replace('card = "a-z"', 'rate = "1"').replace('increment = "60/6"', "") + SCHEDULES, "utf-8")  # fmt: skip
        made.apply(folder / "carrier.toml")
        yield made
    cluster.drop(database)


@given(st.sampled_from(EVERY), TIMES, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=70)))
def test_times_come_one_after_the_other_and_the_last_counts(
    every: str, at: time, after: datetime, pause: timedelta
) -> None:
    """Whatever is said and however long nobody was at work: the last time of those that walking from one to the next meets."""
    schedule = DeclaredSchedule("s", "verify", every, at)
    due, last = schedule.due_after(after), None
    assert due > after
    assert (due.second, due.microsecond) == (0, 0)
    while due <= after + pause:
        last, due = due, schedule.due_after(due)
        assert due > last
    assert schedule.last_due(after, after + pause) == last


@pytest.mark.parametrize(
    ("every", "at", "after", "due"),
    [
        ("10 minutes", "00:00", "2026-10-05T10:09:59", "2026-10-05T10:10:00"),
        ("10 minutes", "00:00", "2026-10-05T23:50:00", "2026-10-06T00:00:00"),
        ("hour", "00:00", "2026-10-05T10:00:00", "2026-10-05T11:00:00"),
        ("day", "02:00", "2026-10-05T01:59:59", "2026-10-05T02:00:00"),
        ("day", "02:00", "2026-10-05T02:00:00", "2026-10-06T02:00:00"),
        ("month", "02:30", "2026-10-01T02:29:00", "2026-10-01T02:30:00"),
        ("month", "02:30", "2026-12-31T00:00:00", "2027-01-01T02:30:00"),
    ],
)
def test_a_time_is_of_the_utc_clock(every: str, at: str, after: str, due: str) -> None:
    found = DeclaredSchedule("s", "verify", every, time.fromisoformat(at)).due_after(
        datetime.fromisoformat(after).replace(tzinfo=UTC)
    )
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("do", ["reviews", "margin"])
def test_what_is_of_a_month_is_of_the_one_before(do: str) -> None:
    """Also where it is done late; its command has these days alone."""
    schedule = DeclaredSchedule("s", do, "month", time(6))
    kind, asked = schedule.job_at(datetime(2027, 1, 1, 6, tzinfo=UTC))
    assert (kind, asked) == (do, {"from": "2026-12-01", "to": "2026-12-31"})
    words = ["review", "--all"] if do == "reviews" else ["margin"]
    days = ["--from=2026-12-01", "--to=2026-12-31"]
    assert words_of(kind, asked, Path(), on(5)) == [*words, *days]


def test_a_time_makes_one_job_whoever_sees_it_come(book: Book) -> None:
    """Also with many workers, after a pause, and where it is looked at again and again."""
    assert ask_what_is_due(book.database, datetime.now(UTC) - timedelta(days=1)) == 0
    assert book.jobs.list() == []
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda _: ask_what_is_due(book.database, LATER), range(8)))
    assert sum(asked) == 2
    imported, billed = sorted(book.jobs.list(), key=lambda job: job.kind, reverse=True)
    assert (billed.kind, billed.arguments) == ("bill", {"through": "2031-03-04"})
    assert (billed.asked_by, billed.due_at) == ("schedule:nightly", LATER.replace(hour=2, minute=0, second=0))  # fmt: skip
    assert imported.due_at == LATER.replace(minute=0, second=0)
    assert ask_what_is_due(book.database, LATER + timedelta(minutes=2)) == 0
    assert ask_what_is_due(book.database, LATER + timedelta(minutes=3)) == 1
    standing = {standing.name: standing for standing in book.jobs.schedules()}
    assert standing["nightly"].last == billed
    assert standing["cdrs"].last is not None
    for job in book.jobs.list(state="waiting"):
        book.jobs.cancel(str(job.id))


def test_a_folder_gives_the_files_that_are_finished(book: Book) -> None:
    """Hidden ones, folders, and files that somebody writes to stay; what nobody wrote to is taken in by itself."""
    asked = {"folder": "incoming", "source": "pbx", "quiet_seconds": 30}
    with pytest.raises(InputError, match="incoming: No such file or directory; make the folder"):
        words_of("import folder", asked, book.path, on(5))
    folder = book.path / "incoming"
    folder.mkdir()
    assert words_of("import folder", asked, book.path, on(5)) == []
    for name, age_s in (("b.csv", 31), ("-a.csv", 400), ("fresh.csv", 29), (".hidden", 400)):
        (folder / name).touch()
        then = on(5).timestamp() - age_s
        os.utime(folder / name, (then, then))
    assert words_of("import folder", asked, book.path, on(5)) == [
        "import",
        "--each",
        "--done=incoming/done",
        "--refused=incoming/refused",
        "--source=pbx",
        "--",
        "auto",
        "incoming/-a.csv",
        "incoming/b.csv",
    ]


@pytest.mark.provokes(
    "jobs/kinds.py: …: …; make the folder, or mend the schedule",
    when="The folder of a schedule's imports is not there, or cannot be read.",
)
def test_a_folder_that_is_gone_fails_the_job_and_nothing_else(book: Book) -> None:
    job = book.jobs.add("import folder", {"folder": "nowhere"})
    worker = Worker(book.database, book.path, "w", lambda: on(5))
    assert worker.do_one(threading.Event())
    found = book.jobs.show(str(job.id))
    assert found.state == "failed"
    assert (
        found.error == "nowhere: No such file or directory; make the folder, or mend the schedule"
    )
    (book.path / "empty").mkdir()
    job = book.jobs.add("import folder", {"folder": "empty"})
    assert worker.do_one(threading.Event())
    found = book.jobs.show(str(job.id))
    assert (found.state, found.notes) == ("done", ["there was nothing to do"])
    assert not worker.do_one(threading.Event())


def test_what_is_declared_comes_back_and_is_taken_back(book: Book) -> None:
    """As an apply file; declared otherwise it counts from then on; taken back it asks for nothing."""
    text = book.declared().text
    assert SCHEDULES.split("\n\n")[1].strip() in text
    (book.path / "again.toml").write_text(text, "utf-8")
    assert {change.action for change in book.apply(book.path / "again.toml")} == {"left"}
    removed = book.jobs.remove_schedule("nightly", "cron does it")
    assert (removed.kind, removed.new) == ("schedule", True)
    assert [standing.name for standing in book.jobs.schedules()] == ["cdrs"]
    (book.path / "night.toml").write_text(SCHEDULES.replace("02:00", "03:00"), "utf-8")
    assert [change.action for change in book.apply(book.path / "night.toml")] == ["left", "added"]
    assert [deed.reason for deed in book.ledger.audit() if deed.name == "nightly"][
        1
    ] == "cron does it"
