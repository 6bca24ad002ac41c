"""The law of corrections: the ledger is that of a fresh book with the final truth, whatever the way there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.carriers import Call, declare, ledger, october, on, write_calls
from tests.properties.test_billing import expected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

IDS = [f"c{n}" for n in range(6)]
CALLS = {
    name: Call(name, at=on(n % 3 + 1), seconds=(61, 300, 7, 120)[n % 4])
    for n, name in enumerate(IDS)
}
_event = st.one_of(
    st.tuples(
        st.just("import"), st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True)
    ),
    st.tuples(st.just("length"), st.sampled_from(IDS), st.integers(0, 300)),
    st.tuples(st.just("account"), st.sampled_from(IDS), st.sampled_from(["acme", "globex"])),
    st.tuples(st.just("void"), st.sampled_from(IDS)),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("undo import"), st.integers(0, 3)),
    st.tuples(st.just("bill"), st.integers(1, 3)),
)


class Truth:
    """What should be billed: of each import its calls, and of each call its states, the last one holding."""

    def __init__(self) -> None:
        self.imports: dict[str, list[str]] = {}
        self.states: dict[str, list[tuple[int, Call | None]]] = {}

    @property
    def calls(self) -> list[Call]:
        return [made for states in self.states.values() if (made := states[-1][1]) is not None]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_event, min_size=3, max_size=12))
def test_any_order_of_imports_corrections_undos_and_runs_ends_in_the_truth(
    new_book: Callable[[], Book], tmp_path: Path, story: list[tuple[object, ...]]
) -> None:
    """Corrections, imports and what takes them back commute with runs; the book is proved at the end."""
    with declare(new_book(), tmp_path) as book:
        _tell(book, tmp_path, story)


def _tell(book: Book, tmp_path: Path, story: list[tuple[object, ...]]) -> None:
    truth = Truth()
    for number, (what, *about) in enumerate(story):
        if what == "import":
            _import(book, truth, tmp_path / f"{number}.csv", about[0])
        elif what == "bill":
            book.bill(october(about[0]))
        elif what == "undo":
            _undo(book, truth, about[0])
        elif what == "undo import":
            _undo_import(book, truth, about[0])
        else:
            _correct(book, truth, str(what), *about)
    book.bill(october(4))
    assert ledger(book) == expected(truth.calls)
    assert book.bill(october(4)).postings == 0
    assert not any(check.differences for check in book.verify())


def _import(book: Book, truth: Truth, path: Path, names: list[str]) -> None:
    made = [CALLS[name] for name in names]
    before = {one.id for one in book.corrections.imports()}
    book.calls.import_files(write_calls(path, made), "minutebook")
    for one in book.corrections.imports():
        if one.id not in before:
            new = [call for call in made if call.call_id not in truth.states]
            truth.imports[one.id] = [call.call_id for call in new]
            truth.states |= {call.call_id: [(0, call)] for call in new}
            assert one.added == len(new)


def _correct(book: Book, truth: Truth, what: str, name: str, value: object = None) -> None:
    now = truth.states[name][-1][1] if name in truth.states else None
    if now is None:
        return
    if what == "length":
        assert isinstance(value, int)
        done = book.corrections.correct(name, "why", duration_ms=value * 1000)
        then: Call | None = replace(now, seconds=value)
    elif what == "account":
        done = book.corrections.correct(name, "why", account=str(value))
        then = replace(now, account_code=str(value))
    else:
        done = book.corrections.correct(name, "why", void=True)
        then = None
    if done.correction is not None:
        truth.states[name].append((done.correction.number, then))


def _undo(book: Book, truth: Truth, nth: int) -> None:
    """Undo one of the last corrections of calls that count."""
    last = [(s[-1][0], name) for name, s in truth.states.items() if len(s) > 1]
    if last:
        number, name = sorted(last)[nth % len(last)]
        book.corrections.undo(number, "why")
        truth.states[name].pop()


def _undo_import(book: Book, truth: Truth, nth: int) -> None:
    if truth.imports:
        id_ = sorted(truth.imports)[nth % len(truth.imports)]
        book.corrections.undo_import(id_, "why")
        for name in truth.imports.pop(id_):
            truth.states.pop(name)
