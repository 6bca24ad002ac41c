"""Kamailio and OpenSIPS (docs/rules/records.md, "Kamailio" and "Transactions of a proxy")."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_support import FIXTURES, SAMPLES, UTC_SOURCE, Reading, read, written

from minutebook.calls.check import checked
from minutebook.calls.readers import reader
from minutebook.calls.source import Source
from minutebook.errors import InputError

CDRS = FIXTURES / "kamailio_acc_cdrs.csv"
ACC = FIXTURES / "kamailio_acc.csv"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples/cdrs"
JSON = FIXTURES / "kamailio_acc_json.log"
FLAT = [FIXTURES / "opensips_acc_1.log", FIXTURES / "opensips_acc_2.log"]
START_IS_ANSWER = Source("s", zone="UTC", options={"start": "answer"})
START_IS_SETUP = Source("s", zone="UTC", options={"start": "setup"})


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def used(found: Reading) -> set[int]:
    """Rows that records were made of."""
    rows = [*found.records["row"], *found.records["also_row"].drop_nulls()]
    assert len(rows) == len(set(rows))
    return set(rows)


def test_a_row_of_acc_cdrs_is_a_call() -> None:
    """Its start is the answer; its duration, text of seconds, is truncated to milliseconds."""
    found = read("kamailio", CDRS, source=START_IS_ANSWER)
    assert found.reasons() == {None: 3}
    first = found.record("k-1@203.0.113.5")
    assert first["answered_at"] == utc(2026, 3, 2, 10, 0, 5)
    assert (first["setup_at"], first["duration_ms"]) == (None, 60_123)
    assert (first["caller"], first["called"]) == ("442079460001", "4930111222")
    assert (first["trunk"], first["account_code"], first["cause"]) == ("203.0.113.5", "acme", "200")
    assert first["meta"] == '{"ended_by":"caller"}'
    assert found.record("k-3@203.0.113.5")["duration_ms"] == 9_999
    assert found.record("k-3@203.0.113.5")["account_code"] is None


def test_a_duration_of_0_is_a_call_that_failed() -> None:
    """Kamailio counts microseconds, so an answered call never has it, unless its code says so."""
    found = read("kamailio", CDRS, source=START_IS_ANSWER).record("k-2@203.0.113.5")
    assert found["answered_at"] is None
    assert found["setup_at"] == found["ended_at"] == utc(2026, 3, 2, 10, 2)
    frame = read("kamailio", CDRS, source=START_IS_ANSWER).rows.with_columns(sip_code=pl.lit("200"))
    records = checked(reader("kamailio").records(frame, START_IS_ANSWER), UTC_SOURCE)
    assert records["answered_at"][1] == utc(2026, 3, 2, 10, 2)
    assert records["duration_ms"][1] == 0


def test_a_start_at_the_setup_prices_nothing(tmp_path: Path) -> None:
    """Its duration counts the ringing: without a time of the answer the row waits."""
    found = read("kamailio", CDRS, source=START_IS_SETUP)
    assert found.records["reason"].to_list() == ["missing_value", None, "missing_value"]
    header, *rows = CDRS.read_text().splitlines()
    answers = ["2026-03-02 10:00:20", "", "2026-03-02 10:03:01"]
    lines = [f"{row},{answer}" for row, answer in zip(rows, answers, strict=True)]
    path = written(tmp_path, "\n".join([f"{header},answer_time", *lines]))
    found = read("kamailio", path, source=START_IS_SETUP)
    assert found.reasons() == {None: 3}
    assert found.records["duration_ms"].to_list() == [45_000, None, 9_000]
    assert found.records["setup_at"][0] == utc(2026, 3, 2, 10, 0, 5)
    # and where nobody said so, a late answer shows it: 15 s of ringing are not sold
    plain = read("kamailio", path).records
    assert plain["duration_ms"][0] == 45_000


@pytest.mark.parametrize("path", [CDRS, JSON])
def test_a_start_that_nobody_explains_is_refused(tmp_path: Path, path: Path) -> None:
    """By default Kamailio counts from the INVITE: 150 s of talk after 297 s of ringing are no 447 s."""
    with pytest.raises(InputError) as refused:
        read("kamailio", path)
    assert refused.value.line == (2 if path is CDRS else 1)
    for said in (
        "[source.test]",
        'start = "answer"',
        "cdr_start_on_confirmed=1",
        'start = "setup"',
    ):
        assert said in refused.value.message
    header, first, failed, *_ = CDRS.read_text().splitlines()
    only_failed = written(tmp_path, f"{header}\n{failed}\n")
    assert read("kamailio", only_failed).reasons() == {None: 1}
    some = f"{header},answer_time\n{first},\n{failed},\n"
    found = read("kamailio", written(tmp_path, some))
    assert found.records["reason"].to_list() == ["missing_value", None]


def test_a_row_whose_own_times_deny_its_length_waits(tmp_path: Path) -> None:
    """Either way, and whatever else the row says; a second's rounding does not."""
    head = "start_time,end_time,duration,callid,sip_code,answer_time,hangup_time\n"
    rows = [
        ("301148.4", "", "", True),
        ("600", "", "", True),
        ("3", "", "", True),
        ("0", "", "", True),
        ("62", "", "", True),
        ("61.999", "", "", False),
        ("58.001", "", "", False),
        ("600", "1792924000", "1792924060", True),
        ("60", "1792924020", "", False),
    ]
    content = head + "".join(
        f"1792924000,1792924060,{length},c{n},200,{answer},{hangup}\n"
        for n, (length, answer, hangup, _) in enumerate(rows)
    )
    found = read("kamailio", written(tmp_path, content), source=START_IS_ANSWER)
    waits = [reason == "status_disagrees" for reason in found.records["reason"]]
    assert waits == [wrong for *_, wrong in rows]


@pytest.mark.parametrize("format", ["opensips", "kamailio"])
def test_noughts_of_a_table_are_no_length(tmp_path: Path, format: str) -> None:
    """`duration` and `ms_duration` are 0 by default: the call lasts from its INVITE to its BYE."""
    core = "method|from_tag|to_tag|callid|sip_code|sip_reason|time|setuptime|created|duration|ms_duration"
    if format == "opensips":
        rows = ["INVITE|a|b|c1|200|OK|1792836000|0||0|0", "BYE|a|b|c1|200|OK|1792836100|0||0|0"]
    else:
        rows = [core, "INVITE|a|b|c1|200|OK|2026-10-24 10:00:00|0|NULL|0|0",
                "BYE|a|b|c1|200|OK|2026-10-24 10:01:40|0|0000-00-00 00:00:00|0|0"]  # fmt: skip
    (call,) = read(format, written(tmp_path, flat(*rows))).records.to_dicts()
    assert (call["reason"], call["duration_ms"]) == (None, 100_000)


@pytest.mark.parametrize(
    ("never", "zone"),
    [
        ("1970-01-01 00:00:00", "UTC"),
        ("1970-01-01 01:00:00", "Europe/London"),
        ("1969-12-31 19:00:00", "America/New_York"),
        ("1970-01-01T00:00:00Z", None),
    ],
)
def test_an_epoch_of_0_is_no_time(tmp_path: Path, never: str, zone: str | None) -> None:
    """However a table shows it: the call was set up when its INVITE came, not decades before."""
    core = "method|from_tag|to_tag|callid|sip_code|sip_reason|time|setuptime|created|duration|ms_duration"
    rows = [core, f"INVITE|a|b|c1|200|OK|2026-10-24T10:00:00Z|0|{never}|0|0",
            f"BYE|a|b|c1|200|OK|2026-10-24T10:01:40Z|0|{never}|0|0"]  # fmt: skip
    found = read("kamailio", written(tmp_path, flat(*rows)), source=Source("s", zone=zone))
    (call,) = found.records.to_dicts()
    assert (call["reason"], call["setup_at"], call["duration_ms"]) == (None, None, 100_000)


def test_a_length_that_the_end_of_the_call_denies_waits(tmp_path: Path) -> None:
    """A row that says its own length, and a BYE that says otherwise."""
    invite = "INVITE|a|b|c1|200|OK|1792836000|5|1792835995|61|60100"
    for end, reason in (("1792836061", None), ("1792836100", "status_disagrees")):
        (call,) = records(tmp_path, invite, f"BYE|b|a|c1|200|OK|{end}|0||0|0")
        assert call["reason"] == reason


def test_an_epoch_that_has_lost_digits_is_no_time(tmp_path: Path) -> None:
    """A call of 1970, or of 1975, was none."""
    for time in ("17", "179", "179283600", "0179283600"):
        (call,) = records(tmp_path, f"INVITE|a|b|c1|486|Busy Here|{time}")
        assert call["reason"] == "bad_time"


def test_a_time_of_the_answer_beside_a_start_at_the_answer(tmp_path: Path) -> None:
    """Less than a second apart they are the same: the duration prices."""
    header, row, *_ = CDRS.read_text().splitlines()
    content = f"{header},setup_time,answer_time\n{row},2026-03-02 09:59:58,2026-03-02 10:00:05.2\n"
    found = read("kamailio", written(tmp_path, content)).records.to_dicts()[0]
    assert found["setup_at"] == utc(2026, 3, 2, 9, 59, 58)
    assert found["answered_at"] == utc(2026, 3, 2, 10, 0, 5, 200_000)
    assert found["duration_ms"] == 60_123


def test_a_failed_call_may_say_when_it_was_hung_up(tmp_path: Path) -> None:
    """It held a channel until then; `end_time` of a failed call is its start."""
    header, _, row, *_ = CDRS.read_text().splitlines()
    path = written(tmp_path, f"{header},hangup_time\n{row},1772445738.5\n")
    found = read("kamailio", path).records.to_dicts()[0]
    assert found["ended_at"] == utc(2026, 3, 2, 10, 2, 18, 500_000)


@pytest.mark.parametrize("missing", ["start_time", "end_time", "duration", "callid"])
def test_a_table_without_its_core_is_refused(tmp_path: Path, missing: str) -> None:
    """Without Call-ID a row could be billed twice."""
    content = CDRS.read_text().replace(missing, "other", 1)
    with pytest.raises(InputError, match=f"no column {missing}"):
        read("kamailio", written(tmp_path, content))


def test_invite_and_bye_are_one_call() -> None:
    """Though the tags are swapped when the called party hangs up; 486 is a call not answered."""
    found = read("kamailio", ACC)
    first = found.record("p-1@203.0.113.5")
    assert (first["answered_at"], first["ended_at"]) == (
        utc(2026, 3, 2, 10),
        utc(2026, 3, 2, 10, 1, 1),
    )
    assert (first["row"], first["also_row"], first["duration_ms"]) == (0, 2, 61_000)
    assert (first["called"], first["leg"]) == ("4930111222", "f1/t1")
    missed = found.record("p-2@203.0.113.5")
    assert (missed["answered_at"], missed["cause"], missed["reason"]) == (None, "486", None)
    assert found.record("p-3@203.0.113.5")["reason"] == "unpaired"
    assert found.record("p-9@203.0.113.5")["reason"] == "unpaired"
    assert used(found) == {0, 1, 2, 3, 4}


def test_lines_of_json_may_stand_in_a_syslog() -> None:
    """Calls and transactions in one log; epochs need no zone."""
    found = read("kamailio", JSON, source=Source("s", options={"start": "answer"}))
    assert found.reasons() == {None: 3}
    assert found.record("j-1@203.0.113.5")["duration_ms"] == 60_123
    assert found.record("j-1@203.0.113.5")["answered_at"] == utc(2026, 3, 2, 10, 0, 5)
    assert found.record("j-2@203.0.113.5")["answered_at"] is None
    assert found.record("j-3@203.0.113.5")["duration_ms"] == 30_000
    assert found.record("j-3@203.0.113.5")["also_row"] == 3


def test_only_tables_of_transactions_are_held_together() -> None:
    """Calls that are whole need not wait for other files."""
    made = reader("kamailio")
    assert made.pairs
    assert [t.pairs for t in made.tables(CDRS, START_IS_ANSWER)] == [False]
    assert [t.pairs for t in made.tables(ACC, UTC_SOURCE)] == [True]


def test_halves_of_a_call_may_be_in_different_files() -> None:
    """As db_flatstore writes them, one file a process; in any order of the files."""
    for paths in itertools.permutations(FLAT):
        found = read("opensips", *paths)
        assert found.records.height == 4
        first = found.record("o-1@192.0.2.9")
        assert (first["duration_ms"], first["reason"]) == (60_000, None)
        assert (first["account_code"], first["called"]) == ("1002", "4930111222")
        assert found.record("o-2@192.0.2.9")["duration_ms"] == 60_000
        assert found.record("o-3@192.0.2.9")["reason"] == "unpaired"
        missed = found.record("o-4@192.0.2.9")
        assert missed["setup_at"] == missed["ended_at"] == utc(2026, 3, 2, 10, 1)
        assert used(found) == set(range(6))


def flat(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def records(tmp_path: Path, *rows: str, source: Source = UTC_SOURCE) -> list[dict[str, object]]:
    found = read("opensips", written(tmp_path, flat(*rows)), source=source)
    assert not found.broken
    return found.records.to_dicts()


def test_the_default_order_has_no_numbers(tmp_path: Path) -> None:
    """Calls of a proxy without extra columns have an identity and times."""
    invite, bye = "INVITE|a|b|c1|200|OK|1772445601", "BYE|a|b|c1|200|OK|1772445661"
    (call,) = records(tmp_path, invite, bye)
    assert (call["call_id"], call["called"], call["duration_ms"]) == ("c1", None, 60_000)
    assert call["reason"] is None


def test_extra_columns_are_named_by_the_source(tmp_path: Path) -> None:
    """By the usual names; another number of columns is broken, not shifted."""
    source = Source("s", options={"extra": ["src_user", "dst_user", "src_ip"]})
    rows = ["INVITE|a|b|c1|486|Busy|1772445601|4420|4930|192.0.2.1", "BYE|a|b|c|200|OK|1|x"]
    found = read("opensips", written(tmp_path, flat(*rows)), source=source)
    assert found.records.select("caller", "called", "trunk").rows() == [
        ("4420", "4930", "192.0.2.1")
    ]
    assert [one.line for one in found.broken] == [2]
    unnamed = records(tmp_path, rows[0])
    assert unnamed[0]["meta"] == '{"extra_1":"4420","extra_2":"4930","extra_3":"192.0.2.1"}'
    with pytest.raises(InputError, match=r"options\.extra"):
        read("opensips", FLAT[0], source=Source("s", options={"extra": ["time"]}))


def test_whole_calls_need_no_bye(tmp_path: Path) -> None:
    """setuptime|created|duration|ms_duration: the milliseconds price, not the rounded seconds."""
    (call,) = records(tmp_path, "INVITE|a|b|c1|200|OK|1772445601|5|1772445596|61|60250")
    assert call["setup_at"] == utc(2026, 3, 2, 9, 59, 56)
    assert call["answered_at"] == utc(2026, 3, 2, 10, 0, 1)
    assert call["ended_at"] == utc(2026, 3, 2, 10, 1, 1, 250_000)
    assert (call["duration_ms"], call["reason"]) == (60_250, None)
    (call,) = records(tmp_path, "INVITE|a|b|c1|200|OK|1772445601|5|1772445596|61|70250")
    assert call["reason"] == "bad_value"


INVITE = "INVITE|f|t|c1|200|OK|1772445600"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([INVITE, "BYE|t|f|c1|200|OK|1772445660"], [(None, 60_000)]),
        ([INVITE, "BYE|f|t|c1|200|OK|1772445660"] * 2, [(None, 60_000)] * 2),
        (
            [INVITE, "BYE|f|t|c1|408|x|1772445690", "BYE|t|f|c1|200|OK|1772445660"],
            [(None, 60_000)],
        ),
        (
            [INVITE, "INVITE|t|f|c1|200|OK|1772445630", "BYE|f|t|c1|200|OK|1772445660"],
            [(None, 60_000)],
        ),
        ([INVITE, "ACK|f|t|c1|200|OK|1772445601", "BYE|f|t|c1|200|OK|1772445660"], [(None, 60_000)]),
        (
            ["INVITE|f|t|c1|200|OK|", "ACK|f|t|c1|200|OK|1772445600", "BYE|f|t|c1|200|OK|1772445660"],
            [(None, 60_000)],
        ),
        (["INVITE|f|t|c1|200|OK|", "ACK|f|t|c1|200|OK|1772445600"], [("unpaired", None)] * 2),
        (["INVITE|f|t|c1|200|OK|", "BYE|f|t|c1|200|OK|1772445660"], [("missing_value", None)]),
        ([INVITE, "BYE|f|t|c1|200|OK|1772445599"], [("end_before_start", None)]),
        ([INVITE], [("unpaired", None)]),
        (["BYE|f|t|c1|200|OK|1772445660"] * 2, [("unpaired", None)]),
        (["INVITE|f||c1|487|x|1772445600", "CANCEL|f||c1|200|OK|1772445600"], [(None, None)]),
        (["CANCEL|f||c1|200|OK|1772445600"], [("unpaired", None)]),
        ([INVITE, "BYE|f|other|c1|200|OK|1772445660"], [("unpaired", None)] * 2),
        (["REGISTER|f|t|c1|200|OK|1772445600"], [("bad_value", None)]),
        (["INVITE|f|t|c1|100|Trying|1772445600"], [("bad_value", None)]),
        (["INVITE|f|t||200|OK|1772445600", "BYE|f|t||200|OK|1772445660"], [("missing_value", None)]),
    ],
    ids=[
        "swapped", "files-twice", "two-byes", "re-invite", "ack", "ack-has-the-time", "ack-no-bye",
        "no-time", "bye-before", "no-bye", "byes-alone", "cancelled", "cancel-alone", "other-dialog",
        "register", "provisional", "no-callid",
    ],
)  # fmt: skip
def test_dialogs_become_calls(
    tmp_path: Path, rows: list[str], expected: list[tuple[str | None, int | None]]
) -> None:
    """Each case of the pairing: what is one call, and what waits for its other half."""
    found = records(tmp_path, *rows)
    got = [(one["reason"], one["duration_ms"]) for one in found]
    assert [(r, d if r is None else None) for r, d in got] == expected


dialogs = st.lists(
    st.tuples(
        st.sampled_from(["INVITE", "BYE", "ACK", "CANCEL", "INFO", "OPTIONS"]),
        st.sampled_from(["", "t1", "t2"]),
        st.sampled_from(["", "t1", "t2"]),
        st.sampled_from(["c1", "c2"]),
        st.sampled_from(["200", "202", "486", "404"]),
        st.sampled_from(["", "1772445600", "1772445601", "1772445602"]),
    ),
    max_size=14,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=dialogs, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_call(
    tmp_path: Path, rows: list[tuple[str, ...]], seed: object
) -> None:
    """Nor does a second copy of the files: the same calls, and none twice as different ones."""
    lines = [f"{m}|{f}|{t}|{c}|{code}|x|{time}" for m, f, t, c, code, time in rows]
    shuffled = list(lines)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    columns = ["call_id", "leg", "answered_at", "ended_at", "duration_ms", "reason", "cause"]
    source = Source("s", options={"extra": []})

    def calls(content: list[str]) -> set[tuple[object, ...]]:
        path = written(tmp_path, "\n".join(content))
        if not content:
            return set()
        found = read("opensips", path, source=source).records
        sound = found.filter(pl.col("reason").is_null())
        return set(sound.select(columns).rows())

    assert calls(shuffled) == calls(lines) == calls(lines + lines)


def test_strange_files_are_refused(tmp_path: Path) -> None:
    """Where no line is a row of the proxy."""
    with pytest.raises(InputError, match="no line is a record of OpenSIPS"):
        read("opensips", written(tmp_path, "a,b,c\n1,2,3\n"))


def test_lines_that_are_no_rows_are_broken(tmp_path: Path) -> None:
    """Beside those that are."""
    path = written(tmp_path, flat("BYE|a|b|c|200|OK|1", "BYE|a|b|c|2x0|OK|1", "BYE|a"))
    found = read("opensips", path)
    assert [(one.line, one.text) for one in found.broken] == [
        (2, "BYE|a|b|c|2x0|OK|1"),
        (3, "BYE|a"),
    ]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_samples_are_read_to_the_last_row() -> None:
    """One call of two files, one that is still up, three that were not answered."""
    paths = sorted((SAMPLES / "opensips").glob("acc_*.log"))
    found = read("opensips", *paths, source=Source("s"))
    assert found.reasons() == {None: 4, "unpaired": 1}
    assert used(found) == set(range(6))
    sound = found.records.filter(pl.col("reason").is_null())
    answered = sound.filter(pl.col("answered_at").is_not_null())
    assert answered["duration_ms"].to_list() == [4_000]


@pytest.mark.skipif(not (EXAMPLES / "truth.csv").exists(), reason="the examples are not here")
@pytest.mark.parametrize("name", ["acc_cdrs.csv", "acc_json.jsonl"])
def test_records_of_a_real_proxy_are_the_calls_that_were_made(name: str) -> None:
    """Against what caller and called party saw: the same calls, their lengths within 20 ms."""
    found = read("kamailio", EXAMPLES / name, source=Source("s")).records
    assert found["reason"].null_count() == found.height
    times = pl.col("invite_at", "answered_at", "ended_at").str.to_datetime(time_zone="UTC")
    truth = pl.read_csv(EXAMPLES / "truth.csv", infer_schema=False).with_columns(times)
    both = truth.join(found, on="call_id", how="full", suffix="_found")
    assert both.height == truth.height == found.height
    assert both.filter(
        pl.col("answered_at").is_null() != pl.col("answered_at_found").is_null()
    ).is_empty()
    assert both["caller"].equals(both["caller_found"])
    assert both["called"].equals(both["called_found"])
    talked_ms = (pl.col("ended_at") - pl.col("answered_at")).dt.total_milliseconds()
    apart_ms = both.select((pl.col("duration_ms") - talked_ms).abs()).to_series()
    assert apart_ms.drop_nulls().max() <= 20
