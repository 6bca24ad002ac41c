"""Write what Kamailio recorded as a database and a log would give it: no value is changed.

export.py DBTEXT_TABLE CSV     a db_text table as CSV with a header, in the order of its ids
export.py --json LOG JSONL     the acc_json lines of Kamailio's log, without the log's prefix
"""

import csv
import re
import sys
from pathlib import Path

ESCAPED = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\\\": "\\", "\\:": ":", "\\0": "\0"}


def fields(line: str) -> list[str]:
    """Split a row of db_text at its colons and undo the escapes."""
    return [
        re.sub(r"\\.", lambda m: ESCAPED[m[0]], field)
        for field in re.findall(r"((?:\\.|[^:\\])*):", line + ":")
    ]


def main() -> None:
    """Write the one file or the other."""
    as_json = sys.argv[1] == "--json"
    source, target = map(Path, sys.argv[-2:])
    lines = source.read_text().splitlines()
    if as_json:
        objects = [line.partition(" acc_json ")[2] for line in lines if " acc_json {" in line]
        target.write_text("".join(f"{line}\n" for line in objects))
        return
    header = [column.partition("(")[0] for column in lines[0].split()]
    rows = sorted((fields(line) for line in lines[1:]), key=lambda row: int(row[0]))
    assert all(len(row) == len(header) for row in rows), (
        "a row does not have the columns of its table"
    )
    with target.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main()
