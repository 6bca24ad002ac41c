"""The same calls in other bytes: encodings, line ends, compression, quoting."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.calls.conformance.gaps import over
from tests.calls.conformance.support import CALLS, facts, holds, opened, plain
from tests.calls.conformance.variants import TEXT, VARIANTS
from tests.calls.readers_support import written

from minutebook.calls.readers import detect
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.calls.conformance.variant import Variant

LINED = [variant for variant in TEXT if variant.end == "\n"]
QUOTING = [variant for variant in VARIANTS if variant.quotes]
NAMED = [variant for variant in VARIANTS if "account_code" in variant.said(answered=True)]


@over("bytes", TEXT)
@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be").join([b"\xfe\xff", b""]),
        lambda text: gzip.compress(text.encode()),
    ],
    ids=["bom", "utf-16-le", "utf-16-be", "gzip"],
)
def test_marks_and_compression_change_no_call(
    tmp_path: Path, variant: Variant, dress: Callable[[str], bytes]
) -> None:
    """Byte order mark, UTF-16, gzip; `auto` knows the file all the same."""
    same(variant, tmp_path, dress(variant.content(CALLS).decode()))


@over("lines", LINED)
@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\n\n" + text.replace("\n", "\n\n"),
    ],
    ids=["crlf", "cr", "blank"],
)
def test_line_ends_change_no_call(
    tmp_path: Path, variant: Variant, dress: Callable[[str], str]
) -> None:
    """Of Windows, of old Macs; blank lines between rows."""
    same(variant, tmp_path, dress(variant.content(CALLS).decode()).encode())


def same(variant: Variant, folder: Path, content: bytes) -> None:
    """Fail unless these bytes are the calls that the plain file is, and are recognised alike."""
    dressed, undressed = opened(variant, folder, content), plain(variant, folder)
    assert facts(dressed.records) == facts(undressed.records)
    assert dressed.reasons() == undressed.reasons()
    assert not dressed.broken
    if variant.name != "asterisk-fields":
        assert detect(written(folder, content)).name == variant.format


@over("utf-16-unmarked", TEXT)
def test_utf_16_without_its_mark_is_refused(tmp_path: Path, variant: Variant) -> None:
    """It could be anything."""
    with pytest.raises(InputError, match="UTF-16 without its mark"):
        opened(variant, tmp_path, variant.content(CALLS).decode().encode("utf-16-le"))


@over("alphabets", NAMED)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "cp1252"])
def test_accounts_may_have_any_letters(tmp_path: Path, variant: Variant, encoding: str) -> None:
    """UTF-8, UTF-16, and what is not UTF-8 line by line as cp1252, which is Latin-1 and 27 signs more."""
    calls = [CALLS[0], replace(CALLS[3], account="\u00fcber-\u00d8 caf\u00e9")]
    content = variant.content(calls)
    if not variant.binary:
        content = content.decode().encode(encoding)
    holds(variant, opened(variant, tmp_path, content), calls)


@over("cp1252", [variant for variant in NAMED if not variant.binary])
def test_the_signs_of_windows_are_read(tmp_path: Path, variant: Variant) -> None:
    """The euro, quotes and dashes that cp1252 has and Latin-1 has not."""
    calls = [replace(CALLS[0], account="caf\u00e9 \u20ac")]
    content = variant.content(calls).decode().encode("cp1252")
    holds(variant, opened(variant, tmp_path, content), calls)


@over("quoting", QUOTING)
def test_what_quoting_protects_may_stand_in_names(tmp_path: Path, variant: Variant) -> None:
    """Delimiters, quotes and line ends in a caller's name and in an account."""
    for sign in variant.quotes:
        text = f"A{sign}B {sign}{sign} C"
        calls = [replace(call, name=text, account=text) for call in variant.can(CALLS)]
        holds(variant, opened(variant, tmp_path, variant.content(calls)), calls)


@over("delimiters", TEXT)
def test_what_no_quoting_protects_makes_no_wrong_call(tmp_path: Path, variant: Variant) -> None:
    """A delimiter within a value: the call as it was, or its rows set aside; others are calls."""
    for sign in (",", ";", "|", '"', '","', "\t"):
        calls = [CALLS[0], replace(CALLS[3], account=f"acme{sign}x", name=f"A{sign}B")]
        found = opened(variant, tmp_path, variant.content(calls))
        sound = found.records.filter(found.records["reason"].is_null())
        said = variant.said(answered=True)
        meant = [{name: call.facts[name] for name in said} for call in calls]
        got = sound.select(said).to_dicts()
        assert meant[0] in got or "call_id" not in said
        assert all(one in meant for one in got) or "call_id" not in said
        assert set(sound["account_code"]) <= {"acme", f"acme{sign}x"} or "account_code" not in said
