"""Corrections: what was recorded stays, what is billed becomes what is right, and nothing is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, Call, declare, ledger, october, on, take_in, write_calls

from minutebook.errors import InputError
from minutebook.statements.steps import Posted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.corrections.recording import Corrected


def amounts(result: Corrected) -> dict[str, Decimal | None]:
    """What a correction would come to, by account."""
    return {effect.account: effect.amount for effect in result.accounts}


def proved(book: Book) -> bool:
    """Whether nothing is posted twice, and the book is proved."""
    last = book.bill(october(4))
    return last.postings == 0 and not any(check.differences for check in book.verify())


def make_billed(book: Book, folder: Path) -> None:
    """Two calls of acme, 60 s at 0.005 a minute each, and one of globex, 60 s at 0.01."""
    take_in(declare(book, folder), folder, Call("a"), Call("b", at=on(2)), Call("g", "globex"))
    book.bill(october(3))


@pytest.fixture
def billed(prepared: Callable[..., Book]) -> Book:
    return prepared(make_billed)


def test_a_stuck_call_is_billed_at_the_length_that_it_had(billed: Book) -> None:
    """The next run posts the difference to the call's day, and says which correction it is of."""
    known = datetime.now(UTC)
    tried = billed.corrections.correct("a", "BYE was lost", duration_ms=24_000, dry_run=True)
    assert amounts(tried) == {"acme": Decimal("0.003")}
    assert ledger(billed)["acme", "2026-10-01", "usage"] == "-0.005"
    done = billed.corrections.correct("a", "BYE was lost", duration_ms=24_000)
    assert done.correction is not None
    assert (done.correction.number, done.correction.calls) == (1, 1)
    result = billed.bill(october(3))
    assert (result.calls, result.postings, result.total) == (0, 1, {"USD": Decimal("0.003")})
    assert ledger(billed)["acme", "2026-10-01", "usage"] == "-0.002"
    call = billed.calls("acme", october(1), october(1)).row(0, named=True)
    assert (call["duration_ms"], call["ended_at"]) == (24_000, on(1).replace(second=26))
    posting = billed.explain_call("a")[0].postings[-1]
    assert posting.reason == "correction 1: BYE was lost"
    then = billed.statement("acme", october(1), october(1), known)
    assert then.closing_balance == Decimal("-0.005")
    assert proved(billed)


def test_the_same_correction_again_is_none(billed: Book) -> None:
    """Said twice, after a kill or by mistake, it counts once."""
    for _ in range(2):
        again = billed.corrections.correct("a", "BYE was lost", duration_ms=24_000)
    assert (again.correction, again.unchanged) == (None, 1)
    assert len(billed.corrections()) == 1


def test_a_call_moves_to_another_account(billed: Book) -> None:
    """It is charged there by that account's plan, and no longer here."""
    tried = billed.corrections.correct("a", "was theirs", account="globex", dry_run=True)
    assert amounts(tried) == {"acme": Decimal("0.005"), "globex": Decimal("-0.01")}
    billed.corrections.correct("a", "was theirs", account="globex")
    billed.bill(october(3))
    assert ledger(billed) == {
        ("acme", "2026-10-02", "usage"): "-0.005",
        ("globex", "2026-10-01", "usage"): "-0.02",
    }
    assert proved(billed)


def test_a_number_is_corrected_as_its_source_writes_numbers(billed: Book) -> None:
    """The call is priced by the right number; the recorded one is kept beside it."""
    billed.corrections.correct("g", "called a mobile", called="+447700900123")
    billed.bill(october(3))
    assert ledger(billed)["globex", "2026-10-01", "usage"] == "-0.03"
    record = billed.explain_call("g")[0].record
    assert (record["called"], record["called_recorded"]) == ("447700900123", "442079460123")


def test_a_void_call_is_not_billed_and_does_not_come_in_again(billed: Book, tmp_path: Path) -> None:
    """Its record is a duplicate still; undone, it is billed as before."""
    billed.corrections.correct("a", "test call", void=True)
    assert billed.bill(october(3)).total == {"USD": Decimal("0.005")}
    again = write_calls(tmp_path / "again.csv", [Call("a")])
    assert billed.calls.import_files(again, "minutebook").duplicates == 1
    assert proved(billed)
    assert ("acme", "2026-10-01", "usage") not in ledger(billed)
    billed.corrections.undo(1, "was no test")
    assert billed.bill(october(3)).total == {"USD": Decimal("-0.005")}
    assert proved(billed)


def test_many_calls_are_capped_at_once(billed: Book, tmp_path: Path) -> None:
    """What lasted longer lasted so long; shorter calls stay."""
    take_in(billed, tmp_path, Call("stuck", seconds=86_400), Call("stuck2", seconds=90_000))
    billed.bill(october(3))
    result = billed.corrections.correct_many(october(1), october(2), "stuck", cap_ms=3_600_000)
    assert result.correction is not None
    assert result.correction.calls == 2
    billed.bill(october(3))
    assert ledger(billed)["acme", "2026-10-01", "usage"] == "-0.605"
    assert proved(billed)


def test_a_file_corrects_many_calls_each_its_own_way(billed: Book, tmp_path: Path) -> None:
    """All of it or nothing: a wrong line refuses it by its number."""
    file = tmp_path / "mend.csv"
    file.write_text("call_id,duration_s,account,void\na,24,,\ng,,,yes\nb,,globex,\n")
    result = billed.corrections.correct_by_file(file, "after the outage")
    assert result.correction is not None
    assert result.correction.calls == 3
    billed.bill(october(3))
    assert ledger(billed) == {
        ("acme", "2026-10-01", "usage"): "-0.002",
        ("globex", "2026-10-02", "usage"): "-0.01",
    }
    assert proved(billed)
    file.write_text("call_id,duration_s\na,30\nnone,30\n")
    with pytest.raises(InputError, match=r"mend\.csv:3: no call 'none' is billed"):
        billed.corrections.correct_by_file(file, "again")
    assert len(billed.corrections()) == 1


@pytest.mark.provokes(
    "corrections/taking_back.py: call … of this import came in anew by a later one; take that one back first",
    when="An import is to count again, and its file was taken in a second time since.",
)
def test_an_import_is_taken_back_and_its_file_comes_in_anew(billed: Book, tmp_path: Path) -> None:
    """Its calls leave the bill, are no duplicates of what comes, and the list says so."""
    wrong = write_calls(tmp_path / "wrong.csv", [Call("w"), Call("x", "globex", at=on(3))])
    before = ledger(billed)
    billed.calls.import_files(wrong, "minutebook")
    (import_,) = [one for one in billed.corrections.imports() if one.files == (str(wrong),)]
    assert (import_.added, import_.sources, import_.undone) == (2, ("minutebook",), None)
    billed.bill(october(3))
    tried = billed.corrections.undo_import(import_.id[:12], "not ours", dry_run=True)
    assert amounts(tried) == {"acme": Decimal("0.005"), "globex": Decimal("0.01")}
    assert billed.corrections.imports()[-1].undone is None
    done = billed.corrections.undo_import(import_.id[:12], "not ours")
    assert done.correction is not None
    assert billed.corrections.undo_import(import_.id, "not ours").correction is None
    assert billed.corrections.imports()[-1].undone == done.correction.number
    billed.bill(october(3))
    assert ledger(billed) == before
    assert proved(billed)
    assert billed.calls.import_files(wrong, "minutebook").added == 2
    with pytest.raises(InputError, match="came in anew"):
        billed.corrections.undo(done.correction.number, "was right")
    billed.bill(october(3))
    assert ledger(billed)["globex", "2026-10-03", "usage"] == "-0.01"
    assert proved(billed)


def test_what_an_import_set_aside_goes_with_it_and_waits_anew(billed: Book, tmp_path: Path) -> None:
    """Else it would be billed once it can be placed; and the file, taken in anew, loses none of it."""
    file = write_calls(tmp_path / "two.csv", [Call("w"), Call("x", "nobody")])
    assert billed.calls.import_files(file, "minutebook").quarantined == 1
    import_ = billed.corrections.imports()[-1]
    done = billed.corrections.undo_import(import_.id, "wrong file")
    assert billed.calls.quarantine().is_empty()
    assert done.correction is not None
    billed.corrections.undo(done.correction.number, "was right")
    assert billed.calls.quarantine()["call_id"].to_list() == ["x"]
    billed.corrections.undo_import(import_.id, "wrong file")
    again = billed.calls.import_files(file, "minutebook")
    assert (again.added, again.quarantined) == (1, 1)
    assert billed.calls.quarantine()["call_id"].to_list() == ["x"]


def test_a_file_taken_in_anew_and_taken_back_again_leaves_nothing_waiting(
    billed: Book, tmp_path: Path
) -> None:
    """Else its record would be billed once it can be placed; as long as one import counts that has it, it waits."""
    ids = []
    for n in range(2):
        file = write_calls(tmp_path / f"{n}.csv", [Call(f"w{n}"), Call("x", "nobody")])
        billed.calls.import_files(file, "minutebook")
        assert billed.calls.quarantine()["call_id"].to_list() == ["x"]
        ids.append(billed.corrections.imports()[-1].id)
        billed.corrections.undo_import(ids[-1], "wrong file")
        assert billed.calls.quarantine().is_empty()
    for number in (1, 2):
        billed.corrections.undo(number, "was right")
        assert billed.calls.quarantine()["call_id"].to_list() == ["x"]
    billed.corrections.undo_import(ids[0], "wrong file")
    assert billed.calls.quarantine()["call_id"].to_list() == ["x"]


def test_a_conflict_waits_again_once_what_accepted_it_counts_no_more(
    billed: Book, tmp_path: Path
) -> None:
    """Undone, or its call's import taken back: the record is not lost, and is accepted or tried again."""
    other = write_calls(tmp_path / "other.csv", [Call("a", seconds=120)])
    billed.calls.import_files(other, "minutebook")
    (record,) = billed.calls.quarantine()["id"]
    billed.corrections.accept(record, "theirs is right")
    billed.corrections.undo(1, "ours is")
    assert billed.calls.quarantine()["id"].to_list() == [record]
    billed.corrections.accept(record, "theirs is right")
    first = next(one for one in billed.corrections.imports() if one.first == october(1))
    done = billed.corrections.undo_import(first.id, "wrong file").correction
    assert billed.calls.quarantine()["id"].to_list() == [record]
    assert done is not None
    billed.corrections.undo(done.number, "was right")
    assert billed.calls.quarantine().is_empty()
    billed.corrections.undo_import(first.id, "wrong file")
    assert billed.calls.retry().added == 1
    billed.bill(october(4))
    assert ledger(billed)["acme", "2026-10-01", "usage"] == "-0.01"


def test_calls_follow_match_tables_that_were_mended(billed: Book, tmp_path: Path) -> None:
    """Those that a person moved, or whose record names the account, stay."""
    take_in(billed, tmp_path, Call("c"), Call("d", more={"account": "acme"}))
    billed.corrections.correct("b", "was theirs", account="globex")
    billed.bill(october(3))
    mended = CARRIER.replace('{ account_code = "acme" }', '{ account_code = "gone" }')
    mended = mended.replace('{ account_code = "globex" }', '{ account_code = "acme" }')
    (tmp_path / "mended.toml").write_text(mended)
    billed.apply(tmp_path / "mended.toml")
    result = billed.corrections.rematch(october(1), october(2), "account codes were swapped")
    assert result.correction is not None
    assert result.correction.calls == 2
    assert result.nowhere == {"no_account": 1}
    billed.bill(october(3))
    assert ledger(billed) == {
        ("acme", "2026-10-01", "usage"): "-0.005",
        ("globex", "2026-10-01", "usage"): "-0.03",
        ("globex", "2026-10-02", "usage"): "-0.01",
    }
    assert proved(billed)


def test_a_conflict_is_accepted_instead_of_the_first_record(billed: Book, tmp_path: Path) -> None:
    """On its own day and at its own length; it waits no longer, and comes in no more."""
    other = write_calls(tmp_path / "other.csv", [Call("a", at=on(2), seconds=120)])
    assert billed.calls.import_files(other, "minutebook").reasons == {"conflict": 1}
    (record,) = billed.calls.quarantine()["id"]
    billed.corrections.accept(record[:8], "theirs is right", dry_run=True)
    assert billed.calls.quarantine().height == 1
    billed.corrections.accept(record[:8], "theirs is right")
    assert billed.calls.quarantine().is_empty()
    billed.bill(october(3))
    assert ledger(billed) == {
        ("acme", "2026-10-02", "usage"): "-0.015",
        ("globex", "2026-10-01", "usage"): "-0.01",
    }
    assert billed.calls.import_files(other, "minutebook").quarantined == 0
    assert proved(billed)


@pytest.mark.provokes(
    "corrections/taking_back.py: call … was corrected again by correction …; undo that one first",
    when="A correction is to be undone, and a later one is of the same call.",
)
def test_a_correction_that_another_went_on_from_is_undone_after_it(billed: Book) -> None:
    """Else the second would bring back what the first had made."""
    billed.corrections.correct("a", "shorter", duration_ms=24_000)
    billed.corrections.correct("a", "was theirs", account="globex")
    with pytest.raises(InputError, match="corrected again by correction 2; undo that one first"):
        billed.corrections.undo(1, "no")
    billed.corrections.undo(2, "no")
    billed.corrections.undo(1, "no")
    assert billed.corrections.undo(1, "no").correction is None
    assert billed.bill(october(3)).postings == 0
    assert proved(billed)


def test_a_correction_of_a_closed_month_stands_on_the_first_open_day(billed: Book) -> None:
    """As any late difference; the journal names the days that it is for, in order."""
    billed.bill(october(31))
    billed.close_month(october(1), "reported")
    for call in ("b", "a", "g"):
        billed.corrections.correct(call, "test call", void=True)
    billed.bill(october(31))
    entries = billed.ledger.journal(datetime(2026, 11, 1).date(), datetime(2026, 11, 1).date())
    days = entries.group_by("account", maintain_order=True).agg("corrects").rows()
    assert days == [
        ("acme", [october(1), october(1), october(2), october(2)]),
        ("globex", [october(1)] * 2),
    ]
    assert not any(check.differences for check in billed.verify())


def test_what_was_corrected_is_explained(billed: Book) -> None:
    """Each correction with who, when and why, what was and what is; also of what is billed no longer."""
    billed.corrections.correct("a", "shorter", duration_ms=24_000)
    billed.bill(october(3))
    (explained,) = billed.explain_call("a")
    (made,) = explained.corrections
    assert (made.correction, made.reason, made.undone_by) == (1, "shorter", None)
    assert ("duration_ms", 60_000, 24_000) in made.changes
    assert [posting.reason for posting in explained.postings] == ["usage", "correction 1: shorter"]
    assert "duration 60.0 s is 24.0 s" in " ".join(map(str, explained.steps))
    billed.corrections.correct("a", "test call", void=True)
    (explained,) = billed.explain_call("a")
    assert explained.not_billed is not None
    assert "Void, and not billed, by correction 2" in str(explained.steps[-1])
    billed.corrections.undo_import(billed.corrections.imports()[0].id, "wrong file")
    (explained,) = billed.explain_call("b")[:1]
    assert "was taken back by correction 3" in str(explained.steps[-1])


def test_a_call_that_moved_is_explained_on_both_accounts(billed: Book) -> None:
    """What was posted with it, and without it, for the account that it was of and the one that it is of."""

    def posted() -> list[tuple[str, int | None, bool]]:
        (call,) = billed.explain_call("a")
        return [
            (step.account, step.run, step.counted)
            for step in call.steps
            if isinstance(step, Posted)
        ]

    assert posted() == [("acme", 1, True)]
    billed.corrections.correct("a", "was theirs", account="globex")
    assert posted() == [("globex", 1, False), ("acme", 1, True)]
    billed.bill(october(3))
    assert posted() == [("globex", 2, True), ("acme", 1, True), ("acme", 2, False)]
    billed.corrections.undo(1, "was ours")
    billed.bill(october(3))
    now = [("acme", 1, True), ("acme", 2, False), ("acme", 3, True)]
    assert posted() == [*now, ("globex", 2, True), ("globex", 3, False)]


@pytest.mark.provokes(
    "corrections/choosing.py: … calls have the id … (…); say which one by …",
    when="Calls of several sources, servers or legs have the id of the call that is to be corrected.",
)
def test_of_several_calls_with_one_id_the_right_one_must_be_named(
    billed: Book, tmp_path: Path
) -> None:
    """None is guessed; as much as tells them apart is enough, in a file too."""
    take_in(billed, tmp_path, Call("a", server="nyc-1", seconds=120))
    with pytest.raises(
        InputError, match=r"\(server lon-1, server nyc-1\); say which one by server"
    ):
        billed.corrections.correct("a", "test call", void=True)
    done = billed.corrections.correct("a", "test call", void=True, server="nyc-1")
    assert done.correction is not None
    file = tmp_path / "mend.csv"
    file.write_text("call_id,server,duration_s\na,lon-1,24\n")
    assert billed.corrections.correct_by_file(file, "shorter").correction is not None
    assert billed.calls("acme", october(1), october(1))["duration_ms"].to_list() == [24_000]


@pytest.mark.provokes(
    "corrections/changing.py: call … was not answered, and has no length; leave it out, or make it void",
    when="A length is said of a call that was not answered.",
)
def test_a_call_that_was_not_answered_gets_no_length(billed: Book, tmp_path: Path) -> None:
    """Its answer would be a guess."""
    take_in(billed, tmp_path, Call("u", seconds=None))
    with pytest.raises(InputError, match="call u was not answered"):
        billed.corrections.correct("u", "was answered", duration_ms=24_000)


@pytest.mark.provokes(
    "corrections/changing.py: call … is of …, when account … has no plan; name an account that has one",
    when="A call is given to an account that has no plan on the call's day.",
)
def test_a_call_goes_to_no_account_without_a_plan(billed: Book, tmp_path: Path) -> None:
    """It would be nobody's to pay."""
    (tmp_path / "late.toml").write_text('[account.late]\nplan = "flat"\nfrom = 2026-10-02\n')
    billed.apply(tmp_path / "late.toml")
    with pytest.raises(InputError, match="call a is of 2026-10-01, when account late has no plan"):
        billed.corrections.correct("a", "was theirs", account="late")
    assert billed.corrections.correct("b", "was theirs", account="late").correction is not None


@pytest.mark.provokes(
    "corrections/accepting.py: call … is not billed, so nothing is in conflict with the record; try the record again with book.calls.retry()",
    when="The record that came first was taken back: nothing is in conflict with the one that waits.",
)
def test_a_conflict_with_a_call_that_was_taken_back_is_tried_again(
    billed: Book, tmp_path: Path
) -> None:
    """The advice is right: the record comes in, as the first of its call."""
    other = write_calls(tmp_path / "other.csv", [Call("a", seconds=120)])
    billed.calls.import_files(other, "minutebook")
    (record,) = billed.calls.quarantine()["id"]
    first = next(one for one in billed.corrections.imports() if one.first == october(1))
    billed.corrections.undo_import(first.id, "wrong file")
    with pytest.raises(InputError, match="not billed, so nothing is in conflict"):
        billed.corrections.accept(record, "right")
    assert billed.calls.retry().added == 1


@pytest.mark.provokes(
    "corrections/accepting.py: the record …, as it is declared now, …; correct the call by hand",
    when="A conflict is to be accepted, and by the declarations of now its record is no call.",
)
def test_a_conflict_that_is_no_call_any_more_is_not_accepted(billed: Book, tmp_path: Path) -> None:
    """Whose it would be is not guessed."""
    other = write_calls(tmp_path / "other.csv", [Call("a", seconds=120)])
    billed.calls.import_files(other, "minutebook")
    (record,) = billed.calls.quarantine()["id"]
    gone = CARRIER.replace('account_code = "acme"', 'account_code = "gone"')
    (tmp_path / "gone.toml").write_text(gone)
    billed.apply(tmp_path / "gone.toml")
    with pytest.raises(InputError, match="waits: no_account; correct the call by hand"):
        billed.corrections.accept(record, "right")


BURST = """
[plan.burst]
model = "per_channel"
currency = "USD"
minimum_per_server = "0"
tiers = [ { channels = 100, price = "31.00" } ]
over = { policy = "burst", price = "0.50" }

[account.chan]
plan = "burst"
channels = 1
from = 2026-10-01
debit_limit = "100.00"
match = [ { account_code = "chan" } ]
"""


def test_channels_that_calls_held_are_counted_anew(book: Book, tmp_path: Path) -> None:
    """A void call held none; a day whose import is taken back held none at all, and bursts fall away."""
    declare(book, tmp_path, CARRIER + BURST)
    take_in(book, tmp_path, *(Call(name, "chan", seconds=600) for name in "xyz"))
    book.bill(october(1))
    assert ledger(book)["chan", "2026-10-01", "channels"] == "-2.00"
    tried = book.corrections.correct("x", "test call", void=True, dry_run=True)
    assert amounts(tried) == {"chan": Decimal("0.50")}
    book.corrections.correct("x", "test call", void=True)
    book.bill(october(1))
    assert ledger(book)["chan", "2026-10-01", "channels"] == "-1.50"
    assert not any(check.differences for check in book.verify())
    book.corrections.undo_import(book.corrections.imports()[0].id, "wrong file")
    book.bill(october(1))
    assert ledger(book)["chan", "2026-10-01", "channels"] == "-1.00"
    assert book.bill(october(1)).postings == 0
    assert not any(check.differences for check in book.verify())


def test_a_kill_before_the_end_leaves_no_half_of_a_correction(
    billed: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written counts only once the ledger has it; the next correction clears it away."""
    from minutebook.corrections import recording

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(recording.corrections, "add", killed)
        patched.setattr(recording.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            billed.corrections.correct("a", "shorter", duration_ms=24_000)
    folder = billed.settings.lake_folder / "corrections"
    (left,) = folder.iterdir()
    assert billed.calls("acme", october(1), october(1))["duration_ms"].to_list() == [60_000]
    assert billed.bill(october(3)).postings == 0
    billed.corrections.correct("a", "shorter", duration_ms=24_000)
    assert not left.exists()
    assert len(list(folder.iterdir())) == 1
    assert billed.bill(october(3)).total == {"USD": Decimal("0.003")}


LOCAL = "call_id,server,account_code,caller,called,setup_at,answered_at,ended_at\n" + "".join(
    f"{name},lon-1,acme,442079460999,442079460123,2026-10-0{day} 23:30:00,"
    f"2026-10-0{day} 23:30:02,2026-10-0{day} 23:31:02\n"
    for name, day in (("x", 1), ("y", 2))
)


def zone(book: Book, tmp_path: Path, name: str, source: str = "pbx") -> None:
    """Declare in which zone a source writes its times."""
    toml = tmp_path / "pbx.toml"
    toml.write_text(f'[source.{source}]\nformat = "minutebook"\nzone = "{name}"\n')
    book.apply([toml])


def test_an_import_is_read_again_after_its_source_was_mended(billed: Book, tmp_path: Path) -> None:
    """Its calls of the wrong days leave the bill, and those of the right days come; once, however often."""
    zone(billed, tmp_path, "UTC")
    file = tmp_path / "local.csv"
    file.write_text(LOCAL)
    billed.calls.import_files(file, source="pbx")
    billed.bill(october(3))
    wrong = ledger(billed)
    zone(billed, tmp_path, "America/New_York")
    made = billed.corrections.imports()[-1]
    result = billed.calls.import_again(made.id[:8], "the zone was wrong")
    assert (result.read, result.added) == (2, 2)
    billed.bill(october(3))
    days = {row[1]: amount for row, amount in ledger(billed).items() if row[0] == "acme"}
    assert wrong["acme", "2026-10-01", "usage"] == "-0.01"
    assert days == {"2026-10-01": "-0.005", "2026-10-02": "-0.01", "2026-10-03": "-0.005"}
    again = billed.calls.import_again(made.id, "the zone was wrong")
    assert (again.added, again.duplicates) == (0, 2)
    assert [one.undone is None for one in billed.corrections.imports()] == [True, False, True]
    assert proved(billed)


@pytest.mark.provokes(
    "corrections/reading_again.py: import … was of … files, and … are named; name all of them, in this order: …",
    when="`minutebook import again`: other files are named than the import had.",
)
@pytest.mark.provokes(
    "corrections/reading_again.py: … is no file here; name where the files of import … are now, in this order: …",
    when="`minutebook import again`: a file is not where it was.",
)
def test_an_import_that_cannot_be_read_again_counts_as_before(billed: Book, tmp_path: Path) -> None:
    """A file that is gone, or is another now, changes nothing; where it is now can be said."""
    zone(billed, tmp_path, "UTC")
    file = tmp_path / "local.csv"
    file.write_text(LOCAL)
    billed.calls.import_files(file, source="pbx")
    billed.bill(october(3))
    before, made = ledger(billed), billed.corrections.imports()[-1]
    file.write_text("no,file,of\ncalls,at,all\n")
    with pytest.raises(InputError):
        billed.calls.import_again(made.id, "the zone was wrong")
    file.unlink()
    with pytest.raises(InputError, match="is no file here; name where the files of import"):
        billed.calls.import_again(made.id, "the zone was wrong")
    moved = tmp_path / "moved.csv"
    moved.write_text(LOCAL)
    with pytest.raises(InputError, match="was of 1 files, and 2 are named; name all of them"):
        billed.calls.import_again(made.id, "the zone was wrong", [moved, moved])
    billed.bill(october(3))
    assert ledger(billed) == before
    assert proved(billed)
    assert billed.calls.import_again(made.id, "the zone was wrong", moved).added == 2
    assert proved(billed)


def test_an_import_of_other_calls_is_read_again_as_one(billed: Book, tmp_path: Path) -> None:
    """What was said of it once need not be said, nor can it be, when it is read again."""
    zone(billed, tmp_path, "UTC")
    zone(billed, tmp_path, "UTC", "second")
    file = tmp_path / "local.csv"
    file.write_text(LOCAL)
    billed.calls.import_files(file, source="second")
    billed.calls.import_files(file, source="pbx", other_calls=True)
    made = billed.corrections.imports()[-1]
    assert (made.sources, made.other_calls) == (("pbx",), True)
    assert billed.calls.import_again(made.id, "to be sure").added == 2
    assert billed.bill(october(4)).calls == 4
    assert proved(billed)
