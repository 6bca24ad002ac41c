"""Making the next item while the last one is being used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
_END = object()


def one_ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each made on another thread while the one before is in use."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as maker:
        future = maker.submit(next, items, _END)
        while (item := future.result()) is not _END:
            future = maker.submit(next, items, _END)
            yield item  # type: ignore[misc]  # an item, since it is not the end
