"""An import read again is one step, whatever comes in between."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, ledger, october, on, take_in, write_calls

from minutebook.errors import InputError
from minutebook.ledger.locks import RUN

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

KILLED = """
import os, signal, sys
from minutebook.book import calls
from minutebook.ledger import corrections
import minutebook

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

{place} = killed
with minutebook.open(sys.argv[1]) as book:
    book.calls.import_again(sys.argv[2], "zone")
"""


@pytest.fixture
def billed(book: Book, tmp_path: Path) -> Book:
    """Two calls of acme, billed."""
    take_in(declare(book, tmp_path), tmp_path, Call("a"), Call("b", at=on(2)))
    book.bill(october(3))
    return book


def killed(book: Book, import_id: str, place: str) -> None:
    """Read an import again in a process that is killed as it comes to `place`."""
    program = KILLED.format(place=place)
    done = subprocess.run(
        [sys.executable, "-c", program, str(book.path), import_id], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.provokes(
    "ledger/corrections.py: nothing was done: import … is only half read again (since … UTC, by …): it is taken back, and its files may not be in anew; pass it to book.calls.import_again once more, or undo correction …",
    when="`minutebook import again` was killed on its way, and a run, a proof or the closing of a month comes before it is run again.",
)
@pytest.mark.parametrize("way", ["again", "undone"])
def test_a_reading_that_is_killed_refunds_nobody(billed: Book, way: str) -> None:
    """Its calls are gone, and nothing is in their place yet: a run refuses, and nothing moves."""
    before, made = ledger(billed), billed.corrections.imports()[-1]
    killed(billed, made.id, "calls.Calls._take_in")
    for refused in (
        lambda: billed.bill(october(3)),
        billed.verify,
        lambda: billed.runs.close_month(october(1), "over"),
    ):
        with pytest.raises(InputError, match=f"import {made.id[:12]} is only half read again"):
            refused()
    if way == "again":
        assert billed.calls.import_again(made.id, "zone").added == 2
    else:
        assert billed.corrections.imports()[-1].undone == 1
        billed.corrections.undo(1, "as it was")
    assert billed.bill(october(3)).postings == 0
    assert ledger(billed) == before
    assert not any(check.differences for check in billed.verify())


def test_a_reading_that_is_killed_once_its_calls_are_in_ends_when_it_is_run_again(
    billed: Book,
) -> None:
    """The calls are in, once; a run waits for it all the same, as nobody told that it is done."""
    before, made = ledger(billed), billed.corrections.imports()[-1]
    killed(billed, made.id, "corrections.end_reading")
    with pytest.raises(InputError, match="is only half read again"):
        billed.bill(october(3))
    again = billed.calls.import_again(made.id, "zone")
    assert (again.added, again.duplicates) == (0, 2)
    assert billed.bill(october(3)).postings == 0
    assert ledger(billed) == before
    assert not any(check.differences for check in billed.verify())


@pytest.mark.filterwarnings("ignore:waiting for")
def test_a_run_waits_for_a_reading(billed: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that comes while an import is read again sees both halves of it, or none."""
    before, made = ledger(billed), billed.corrections.imports()[-1]
    take, runs = billed.calls._take_in, []
    threads = [threading.Thread(target=lambda: runs.append(billed.bill(october(3))))]

    def slow(*given: object, **named: object) -> object:
        threads[0].start()
        threads[0].join(0.3)
        assert not runs
        return take(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(type(billed.calls), "_take_in", lambda _, *g, **n: slow(*g, **n))
    billed.calls.import_again(made.id, "zone")
    threads[0].join()
    assert runs[0].postings == 0
    assert ledger(billed) == before
    with billed.database.held(RUN), billed.database.transaction(lock=RUN):  # let go again
        pass


@pytest.mark.provokes(
    "corrections/reading_again.py: none of the calls of import … is in …, as it is read now; the import counts as before; pass the files that it came from, or take it back with book.corrections.undo_import",
    when="`minutebook import again`: another file is named than the import was of.",
)
def test_a_reading_says_what_it_took_back_and_refuses_anothers_file(
    billed: Book, tmp_path: Path
) -> None:
    """A file without any of the calls changes nothing; the right one is named by the path that was read."""
    before, made = ledger(billed), billed.corrections.imports()[-1]
    other = write_calls(tmp_path / "other.csv", [Call("x"), Call("y")])
    with pytest.raises(
        InputError, match=f"none of the calls of import {made.id[:12]} is in {other}"
    ):
        billed.calls.import_again(made.id, "zone", other)
    assert billed.bill(october(3)).postings == 0
    assert ledger(billed) == before
    part = write_calls(tmp_path / "part.csv", [Call("b", at=on(2)), Call("y", at=on(3))])
    result = billed.calls.import_again(made.id, "zone", part)
    assert (result.added, result.correction, result.taken_back) == (2, 3, {"acme": 2})
    assert billed.corrections.imports()[-1].files == (str(part),)
    billed.bill(october(3))
    for call in ("a", "b"):  # of the latter's day nothing was posted anew
        steps = [str(step) for one in billed.explain_call(call) for step in one.steps]
        assert any("Run 1 posted -0.005 USD" in step for step in steps), steps


@pytest.mark.provokes(
    "corrections/reading_again.py: of the calls of import …, … (… for one) came under source … too; the import counts as before; take it back with book.corrections.undo_import if they are the same, pass other_calls=True if they are others",
    when="`minutebook import again`: its calls are in the lake under another source by now.",
)
def test_calls_of_another_source_stop_a_reading_until_somebody_says(
    billed: Book, tmp_path: Path
) -> None:
    """What is advised is what `import again` takes: that they are others, or the import taken back."""
    (tmp_path / "pbx.toml").write_text('[source.pbx]\nformat = "minutebook"\n')
    billed.apply([tmp_path / "pbx.toml"])
    made = billed.corrections.imports()[-1]
    billed.calls.import_files(made.files, source="pbx", other_calls=True)
    with pytest.raises(InputError, match="came under source pbx too; the import counts as before"):
        billed.calls.import_again(made.id, "zone")
    assert billed.calls.import_again(made.id, "zone", other_calls=True).added == 2
