"""Are files of the lake as they were committed? By their sizes, and by digests: a file carries that of
its bytes in its name, so that the log names it and every run's record of what it priced from does too
(docs/rules/runs.md, "What a run reads").
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from minutebook.errors import InputError
from minutebook.lake.delta import DIGEST_DIGITS, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from minutebook.lake.snapshot import LakeFile

_READ_AT_ONCE = 2
_NAMED = re.compile(rf"\.([0-9a-f]{{{DIGEST_DIGITS}}})\.parquet$")


def digested_name(stem: str, digest: str) -> str:
    """The name of a data file that carries its digest."""
    return f"{stem}.{digest}.parquet"


def digest_in(name: str) -> str | None:
    """The digest that a file's name carries; None for files of lakes before names carried one."""
    found = _NAMED.search(name)
    return found[1] if found else None


class Prover:
    """Proves files; each of them once.

    A file that no digest is known of is held to its size alone. Those of corrections are proved when
    they are opened (`corrections.effect`), and have no size here.
    """

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        """`known` has the digests of files, by their own names, whose names carry none."""
        self._known = dict(known or {})
        self._proved: set[str] = set()

    def prove(self, files: Iterable[LakeFile]) -> None:
        """`InputError`, by its name, for a file whose bytes are not those that were committed."""
        fresh = [file for file in files if file.path not in self._proved]
        for file, fault in self.faults(fresh):
            raise InputError(f"{file.path}: {fault}; put it back from a backup")
        self._proved.update(file.path for file in fresh)

    def faults(self, files: Iterable[LakeFile]) -> Iterator[tuple[LakeFile, str]]:
        """The files that are not as they were committed, and what is wrong with each."""
        several = list(files)
        with ThreadPoolExecutor(_READ_AT_ONCE, thread_name_prefix="proving") as pool:
            for file, fault in zip(several, pool.map(self._fault, several), strict=True):
                if fault is not None:
                    yield file, fault

    def digest(self, file: LakeFile) -> str | None:
        """The digest that a file must have, where one is known."""
        return digest_in(file.own_name) or self._known.get(file.own_name)

    def _fault(self, file: LakeFile) -> str | None:
        path, digest = Path(file.path), self.digest(file)
        try:
            size_bytes = path.stat().st_size
            if file.size_bytes is not None and size_bytes != file.size_bytes:
                return (
                    f"has {size_bytes:,} bytes, and had {file.size_bytes:,} when it was committed"
                )
            if digest is not None and digest_of(path) != digest:
                return "its bytes are not those that were committed"
        except FileNotFoundError:
            return "the file is gone"
        except OSError as error:
            return f"the file cannot be read: {(error.strerror or str(error)).lower()}"
        return None
