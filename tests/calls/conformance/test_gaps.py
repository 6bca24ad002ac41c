"""The table of gaps is about what there is."""

from __future__ import annotations

import re
from pathlib import Path

from tests.calls.conformance.gaps import GAPS
from tests.calls.conformance.variants import VARIANTS

HERE = Path(__file__).parent


def test_each_gap_is_of_a_law_and_of_variants_that_there_are() -> None:
    """A misspelt gap would mark nothing; one that is mended fails where its law is tried."""
    texts = "".join(file.read_text() for file in HERE.glob("test_*.py"))
    laws = re.findall(r'^@over\("([\w-]+)"', texts, flags=re.MULTILINE)
    assert len(laws) == len(set(laws)) > 10
    names = [variant.name for variant in VARIANTS]
    assert len(names) == len(set(names))
    for gap in GAPS:
        assert gap.law in laws
        assert gap.variants
        assert set(gap.variants) <= set(names)
    marked = [(gap.law, variant) for gap in GAPS for variant in gap.variants]
    assert len(marked) == len(set(marked))
