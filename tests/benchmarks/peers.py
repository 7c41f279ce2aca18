"""The programs beside which the archive is measured, each asked the same question.

Each function returns its seconds and its answer.
"""

import json
import shutil
import sys
import time
from pathlib import Path

from processes import timed

FIELDS = {"email": "emailAddress", "phone": "mobilePhoneNumber", "id": "id"}


def duckdb_index_command(archive, database):
    """Return the command that makes DuckDB's index."""
    return [sys.executable, str(Path(__file__).with_name("duckdb_index.py")), archive, database]


class DuckDB:
    """DuckDB's index, once it is made."""

    def __init__(self, database):
        import duckdb

        self._connection = duckdb.connect(str(database), read_only=True)

    def totals(self):
        """Return the numbers of pushes and of members."""
        return self._connection.execute(
            "select count(*), count(distinct id) from pushes"
        ).fetchone()

    def look_up(self, column, value):
        """Return all columns of a member's pushes."""
        started = time.perf_counter()
        rows = self._connection.execute(
            # Times as numbers: DuckDB makes Python's of them only with another package's help.
            "select * replace (epoch_us(received_at) as received_at) from pushes"  # noqa: S608 - a name of FIELDS
            f" where {column} = ? order by updated desc",
            [value],
        ).fetchall()
        return time.perf_counter() - started, len(rows)


def duckdb_scans(archive, field, value):
    """Yield (how, seconds, matches) of DuckDB's ways to look at every push, the usual one first.

    With `columns=` given it takes four times as long as with `auto`, so that is not among them.
    """
    import duckdb

    files = f"{archive}/pushes/*.ndjson"
    ways = {
        "auto": (f"read_ndjson_auto($files) where push.{field} = $value", value),
        "objects": (f"read_ndjson_objects($files) where json->>'$.push.{field}' = $value",
                    str(value)),
    }  # fmt: skip
    for way, (words, sought) in ways.items():
        with duckdb.connect() as connection:
            started = time.perf_counter()
            (matches,) = connection.execute(
                f"select count(*) from {words}",  # noqa: S608 - words of this module
                {"files": files, "value": sought},
            ).fetchone()
            yield way, time.perf_counter() - started, matches


def needle(field, value):
    """Return the bytes of a line in which a field has a value."""
    return f"{json.dumps(FIELDS[field])}:{json.dumps(value, ensure_ascii=False)},"


def ripgrep(folder, field, value):
    """Return the seconds and the number of lines in which a field has a value; None without it."""
    program = shutil.which("rg")
    if program is None:
        return None
    seconds, out = timed(
        [program, "-cF", "--no-filename", "--", needle(field, value), str(folder)], None
    )
    return seconds, sum(map(int, out.split()))


def jq(file, field, value):
    """Return the seconds and the number of pushes of one file alike; None without jq."""
    program = shutil.which("jq")
    if program is None:
        return None
    words = f"select(.push.{FIELDS[field]} == $value) | 1"
    seconds, out = timed(
        [program, "-c", "--argjson", "value", json.dumps(value), words, str(file)], None
    )
    return seconds, len(out.split())
