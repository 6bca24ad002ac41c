"""Measuring: a piece of work in a process of its own, its seconds and its peak memory."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Measured:
    """What a piece of work gave, how long it took, and the most memory that its process held."""

    result: Any
    seconds: float
    peak_gb: float


@contextmanager
def working_folder(keep: Path | None) -> Iterator[Path]:
    """The folder `keep`, made if it is not there; else one that is removed afterwards."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="minutebook-bench-") as folder:
        yield Path(folder)


def measured(work: Callable[..., Any], *arguments: Any) -> Measured:
    """Run `work(*arguments)` alone in a fresh process; imports are not timed, the first is."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, work, arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise RuntimeError(f"{work.__name__} did not come to its end") from None
    finally:
        process.join()


def _run(sender: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    begun = time.perf_counter()
    result = work(*arguments)
    seconds = time.perf_counter() - begun
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    sender.send(Measured(result, seconds, peak_gb))
    sender.close()


def table(title: str, headings: list[str], rows: list[list[Any]]) -> None:
    """Print rows under headings, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in [headings, *texts]) for n in range(len(headings))]
    print(f"\n{title}")
    for row in [headings, ["-" * width for width in widths], *texts]:
        cells = (
            cell.ljust(w) if n == 0 else cell.rjust(w)
            for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        print("  " + "  ".join(cells), flush=True)
