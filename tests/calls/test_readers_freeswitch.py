"""FreeSWITCH (docs/rules/records.md, "FreeSWITCH")."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl
import pytest
from readers_support import FIXTURES, SAMPLES, UTC_SOURCE, accounted, read, written

from minutebook.calls.readers import reader
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = FIXTURES / "freeswitch_example.csv"
DOCUMENT = FIXTURES / "freeswitch.cdr.json"
ROWS = [line[1:-1].split('","') for line in EXAMPLE.read_text().splitlines()]
SAME = ["call_id", "caller", "called", "setup_at", "answered_at", "ended_at", "duration_ms"]


def document(**variables: str | None) -> dict[str, Any]:
    """The document with some variables changed, or taken away."""
    whole = json.loads(DOCUMENT.read_text())
    whole["variables"] = {
        name: value for name, value in {**whole["variables"], **variables}.items() if value
    }
    return whole


def quoted(values: list[str]) -> str:
    return '"' + '","'.join(values) + '"'


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_a_row_is_a_call_whatever_quotes_its_name_holds() -> None:
    """Answered is an answer time, not the cause; billsec prices."""
    found = read("freeswitch", EXAMPLE)
    assert found.reasons() == {None: 3}
    assert found.records.select("caller", "called", "account_code", "cause").row(0) == (
        "1000", "442079460000", "acme", "NORMAL_CLEARING"
    )  # fmt: skip
    assert found.records["answered_at"].to_list() == [
        utc(2026, 3, 2, 10, 0, 4),
        None,
        utc(2026, 3, 2, 10, 3),
    ]
    assert found.records["duration_ms"].to_list() == [60_000, None, 0]
    assert found.rows["caller_id_name"][0] == 'Bob "The Fox" Hale'


def template(name: str) -> list[str]:
    """The rows as another template writes them."""
    more = {"linksys": ["agent", "stat"], "snom": ["agent", "code", "rx", "tx", "file"]}
    made = []
    for row in ROWS:
        number, called, start, answer, end = row[1], row[2], row[4], row[5], row[6]
        duration, billsec, cause, uuid, account = row[7], row[8], row[9], row[10], row[12]
        match name:
            case "default":
                made.append(quoted(row[:12]) + f', "{account}"')
            case "sql":
                made.append(f'INSERT INTO cdr VALUES ({quoted(row[:12])}, "{account}");')
            case "asterisk":
                made.append(
                    quoted(
                        [account, number, called, "default", f'"{row[0]}" <{number}>', "chan", "",
                         "bridge", "x", start, answer, end, duration, billsec, cause, "", uuid, ""]
                    )
                )  # fmt: skip
            case _:
                made.append(quoted(row + more.get(name, [])))
    return made


@pytest.mark.parametrize("name", ["example", "default", "sql", "linksys", "snom", "asterisk"])
def test_a_template_can_be_named(tmp_path: Path, name: str) -> None:
    """By `options.template`; what its shape says is the same."""
    whole = read("freeswitch", EXAMPLE).records
    path = written(tmp_path, "\n".join(template(name)))
    source = Source("s", zone="UTC", options={"template": name})
    assert read("freeswitch", path, source=source).records.select(*SAME).equals(whole.select(SAME))


def test_opencdrrate_is_known_by_its_uuid(tmp_path: Path) -> None:
    """13 columns as the compiled-in template has, in another order; without a start."""
    uuid = ROWS[0][10]
    row = [
        uuid,
        "",
        "inbound",
        "1000",
        "4420",
        ROWS[0][5],
        ROWS[0][6],
        "60",
        "acme",
        "",
        "",
        "",
        "gw",
    ]
    found = read("freeswitch", written(tmp_path, quoted(row))).records.to_dicts()[0]
    assert (found["call_id"], found["trunk"], found["duration_ms"]) == (uuid, "gw", 60_000)
    assert (found["setup_at"], found["reason"]) == (None, None)


def test_another_template_can_be_named(tmp_path: Path) -> None:
    """By `options.fields`; without it the file is refused, not guessed at."""
    order = [10, 4, 5, 6, 8, 1, 2, 9]
    names = ["uuid", "start_stamp", "answer_stamp", "end_stamp", "billsec", "caller_id_number",
             "destination_number", "hangup_cause"]  # fmt: skip
    path = written(tmp_path, "\n".join(quoted([row[i] for i in order]) for row in ROWS))
    source = Source("s", zone="UTC", options={"fields": names})
    whole = read("freeswitch", EXAMPLE).records
    assert read("freeswitch", path, source=source).records.select(SAME).equals(whole.select(SAME))
    with pytest.raises(InputError, match=r"options\.fields"):
        read("freeswitch", path)


def test_a_row_that_its_quotes_break_is_broken_alone(tmp_path: Path) -> None:
    """A name may hold what divides the columns, or a newline."""
    lines = EXAMPLE.read_text().splitlines()
    content = "\n".join([lines[1], lines[0].replace("Fox", 'F","x'), 'x\n"', lines[2]])
    found = read("freeswitch", written(tmp_path, content))
    assert found.lines == [1, 5]
    assert accounted(found, content)


def test_a_sheet_keeps_lengths_and_loses_seconds(tmp_path: Path) -> None:
    """Its rows wait, unless the source takes times to the minute."""
    row = [*ROWS[0][:4], "2026/3/2 10:00", "2026/3/2 10:00", "2026/3/2 10:01", *ROWS[0][7:]]
    path = written(tmp_path, ",".join(row).replace('"', ""))
    assert read("freeswitch", path).reasons() == {"bad_time": 1}
    source = Source("s", zone="UTC", options={"whole_minutes": True})
    found = read("freeswitch", path, source=source).records
    assert found.select("setup_at", "duration_ms").row(0) == (utc(2026, 3, 2, 10), 60_000)


def test_billsec_without_an_answer_is_set_aside(tmp_path: Path) -> None:
    """And local stamps without a zone."""
    row = [*ROWS[1][:8], "20", *ROWS[1][9:]]
    path = written(tmp_path, quoted(row))
    assert read("freeswitch", path).reasons() == {"status_disagrees": 1}
    assert read("freeswitch", path, source=Source("s")).reasons() == {"no_zone": 1}


def test_a_document_is_a_call_to_the_millisecond() -> None:
    """Microsecond epochs need no zone; the oldest profile has the number that was dialled."""
    found = read("freeswitch", DOCUMENT, source=Source("s")).records.to_dicts()[0]
    assert found["reason"] is None
    assert found["duration_ms"] == 63_539
    assert found["setup_at"] == utc(2026, 3, 2, 11, 0, 0, 534_355)
    assert found["answered_at"] == utc(2026, 3, 2, 11, 0, 3, 954_373)
    assert (found["server"], found["trunk"]) == ("fs-1", "carrier-x")
    assert (found["caller"], found["called"]) == ("1001", "442079460009")
    assert (found["account_code"], found["direction"]) == ("acme", "inbound")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 63_539),
        ({"billusec": None}, 63_540),
        ({"billusec": None, "billmsec": None}, 64_000),
    ],
)
def test_the_finest_length_prices(
    tmp_path: Path, variables: dict[str, str | None], expected: int
) -> None:
    """Microseconds truncated, else milliseconds, else seconds."""
    path = written(tmp_path, json.dumps(document(**variables)))
    assert read("freeswitch", path).records["duration_ms"].to_list() == [expected]


def test_lengths_that_contradict_each_other_are_set_aside(tmp_path: Path) -> None:
    """A second apart they may be; not more."""
    path = written(tmp_path, json.dumps(document(billsec="70")))
    assert read("freeswitch", path).reasons() == {"bad_value": 1}


def test_a_document_of_an_unanswered_call(tmp_path: Path) -> None:
    """Epoch 0 is never; flow_billsec is not talk."""
    unanswered = document(
        answer_stamp=None, answer_uepoch="0", answer_epoch="0", billsec="0", billmsec="0",
        billusec="0", flow_billsec="67",
    )  # fmt: skip
    found = read("freeswitch", written(tmp_path, json.dumps(unanswered))).records.to_dicts()[0]
    assert (found["answered_at"], found["duration_ms"], found["reason"]) == (None, None, None)


def test_stamps_serve_where_epochs_are_absent(tmp_path: Path) -> None:
    """In the source's zone, as in a CSV row."""
    epochs = {f"{event}_uepoch": None for event in ("start", "answer", "end")}
    path = written(tmp_path, json.dumps(document(**epochs)))
    found = read("freeswitch", path, source=Source("s", zone="Europe/Berlin")).records
    assert found["setup_at"].to_list() == [utc(2026, 3, 2, 10)]
    assert read("freeswitch", path, source=Source("s")).reasons() == {"no_zone": 1}


def test_encoded_values_are_decoded(tmp_path: Path) -> None:
    """mod_json_cdr percent-encodes variables unless told otherwise; the stamp shows it."""
    plain = document(accountcode="acme & sons%20")
    whole = read("freeswitch", written(tmp_path, json.dumps(plain)))
    assert whole.records["account_code"].to_list() == ["acme & sons%20"]
    plain["variables"] = {name: quote(value) for name, value in plain["variables"].items()}
    found = read("freeswitch", written(tmp_path, json.dumps(plain), "encoded"))
    assert found.records.equals(whole.records)
    source = Source("s", zone="UTC", options={"encoded": False})
    raw = read("freeswitch", tmp_path / "encoded", source=source).records
    assert raw["account_code"].to_list() == ["acme%20%26%20sons%2520"]


@pytest.mark.parametrize("indent", [None, 2])
def test_documents_may_follow_each_other(tmp_path: Path, indent: int | None) -> None:
    """One a line or over many; a cut one is broken, and the next is read."""
    ids = ["a", "b", "c"]
    whole = [json.dumps(document(uuid=uuid), indent=indent) for uuid in ids]
    cut = whole[1][: len(whole[1]) // 2]
    content = "\n".join([whole[0], cut, whole[2], ""])
    found = read("freeswitch", written(tmp_path, content))
    assert found.records["call_id"].to_list() == ["a", "c"]
    (broken,) = found.broken
    assert broken.text == cut
    assert broken.line == 1 + whole[0].count("\n") + 1
    assert found.lines[1] == broken.line + cut.count("\n") + 1


def test_a_document_of_something_else_is_broken(tmp_path: Path) -> None:
    """And a file of nothing else is refused."""
    content = f'{json.dumps(document())}\n{{"a": 1}}\n'
    found = read("freeswitch", written(tmp_path, content))
    assert [one.line for one in found.broken] == [2]
    with pytest.raises(InputError, match="no document is a record of FreeSWITCH"):
        read("freeswitch", written(tmp_path, '{"a": 1}'))


def test_xml_is_refused_in_words(tmp_path: Path) -> None:
    """mod_xml_cdr writes what is not read."""
    with pytest.raises(InputError, match="XML"):
        read("freeswitch", written(tmp_path, '<?xml version="1.0"?>\n<cdr></cdr>\n'))


def test_the_other_leg_is_not_billed_too(tmp_path: Path) -> None:
    """With log-b-leg every call is written twice: the B-leg waits unless the source takes it."""
    b_leg = document(uuid="leg-b", direction="outbound", originator="leg-a")
    path = written(tmp_path, f"{json.dumps(document(uuid='leg-a'))}\n{json.dumps(b_leg)}\n")
    expected = {"a": [None, "bad_value"], "b": ["bad_value", None], "ab": [None, None]}
    for legs, reasons in expected.items():
        source = Source("s", options={"legs": legs})
        assert read("freeswitch", path, source=source).records["reason"].to_list() == reasons
    assert read("freeswitch", path).records["reason"].to_list() == expected["a"]
    originator = json.loads(json.dumps(document(uuid="leg-b", direction="outbound")))
    originator["callflow"][0]["caller_profile"]["originator"] = {"originator_caller_profiles": []}
    path = written(tmp_path, json.dumps(originator))
    assert read("freeswitch", path).reasons() == {"bad_value": 1}


def test_rows_from_quarantine_are_read_again() -> None:
    """Rows and documents together, in any order."""
    rows, documents = read("freeswitch", EXAMPLE), read("freeswitch", DOCUMENT)
    together = pl.concat([documents.rows, rows.rows], how="diagonal").reverse()
    found = reader("freeswitch").records(together, UTC_SOURCE)
    ids = pl.concat([documents.records, rows.records]).reverse()["call_id"]
    assert found["call_id"].equals(ids)
    assert found["reason"].null_count() == 4


@pytest.mark.parametrize("value", ["", "no", 7, True])
def test_an_option_that_is_not_known_is_said(value: object) -> None:
    """The source's declaration is wrong, and the message lists what there is."""
    with pytest.raises(InputError, match=r"legs is .*not one of 'a', 'b', 'ab'"):
        read("freeswitch", EXAMPLE, source=Source("s", options={"legs": value}))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
@pytest.mark.parametrize(
    ("name", "options", "reasons"),
    [
        ("Master.csv", {}, {None: 5}),
        ("Master_resaved_by_spreadsheet.csv", {}, {"bad_time": 10}),
        ("Master_resaved_by_spreadsheet.csv", {"whole_minutes": True}, {None: 10}),
        ("a.cdr.json", {}, {None: 1}),
    ],
)
def test_samples_are_read_to_the_last_row(
    name: str, options: dict[str, object], reasons: dict[str | None, int]
) -> None:
    """One record a row, or a reason."""
    path = SAMPLES / "freeswitch" / name
    found = read("freeswitch", path, source=Source("s", zone="UTC", options=options))
    assert found.reasons() == reasons
    assert not found.broken


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_the_sample_sheet_has_one_call_three_times() -> None:
    """With two causes: the same identity and times, whatever the cause."""
    source = Source("s", zone="UTC", options={"whole_minutes": True})
    path = SAMPLES / "freeswitch/Master_resaved_by_spreadsheet.csv"
    records = read("freeswitch", path, source=source).records
    assert records["call_id"].n_unique() == 8
    assert records.select("call_id", "setup_at", "ended_at", "duration_ms").n_unique() == 8
