"""What a variant cannot do, by name: every exception that the suite makes, and why.

A gap is of a kind: `NEVER`, the format itself cannot say it; `NOTIMPL`, a reader could and does
not; `NOTYET`, a reader does it wrongly and is to be mended. Each is expected to fail, strictly: a
gap that is none any more fails the suite until it is taken out of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pytest
from tests.calls.conformance.variants import VARIANTS

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.calls.conformance.variant import Variant


class Kind(StrEnum):
    """Why there is a gap."""

    NEVER = "never"
    NOTIMPL = "notimpl"
    NOTYET = "notyet"


@dataclass(frozen=True)
class Gap:
    """One law that some variants do not keep, by their names."""

    law: str
    variants: tuple[str, ...]
    kind: Kind
    reason: str

    def covers(self, law: str, variant: str) -> bool:
        return law == self.law and variant in self.variants


_OPENCDRRATE = ("freeswitch-opencdrrate",)
GAPS: tuple[Gap, ...] = (
    Gap(
        "unanswered", _OPENCDRRATE, Kind.NEVER,
        "the template has no start: a call that nobody answered began at no known time",
    ),
    Gap(
        "instant", ("minutebook-csv-start", "minutebook-csv-setup"), Kind.NEVER,
        "of a start and a length alone, no length is a call that nobody answered",
    ),
    Gap(
        "instant", ("opensips-whole",), Kind.NEVER,
        "a nought in the proxy's columns is what they hold by default, and no length",
    ),
    Gap(
        "no-zone", ("connexcs-raw", "connexcs-portal"), Kind.NEVER,
        "the platform's exports are in UTC, whatever its pages show: no zone is missing",
    ),
    Gap(
        "auto", ("asterisk-fields",), Kind.NEVER,
        "columns in an order of one's own have no shape: options.fields names them",
    ),
)  # fmt: skip


def over(law: str, variants: Sequence[Variant] = VARIANTS) -> pytest.MarkDecorator:
    """A test of one law with each of these variants, the gaps expected to fail."""
    cases: list[Any] = []
    for variant in variants:
        marks = [
            pytest.mark.xfail(
                strict=True, raises=(AssertionError, InputError), reason=f"{gap.kind}: {gap.reason}"
            )
            for gap in GAPS
            if gap.covers(law, variant.name)
        ]
        cases.append(pytest.param(variant, id=variant.name, marks=marks))
    return pytest.mark.parametrize("variant", cases)
