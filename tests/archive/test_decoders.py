"""The processes that decode side by side: none of them waits for another that waits for it."""

import marshal
import os
import subprocess

import pytest

from loyalty_tui.archive import processes
from loyalty_tui.archive.decoders import decoders
from loyalty_tui.archive.decoding import MOST_ROWS, Task

from .conftest import a_line, a_push

LEAST_PIPE = 4_096
PATIENCE = 30


@pytest.mark.parametrize("name", ["a.ndjson", "/".join(["x" * 200] * 4) + "/a.ndjson"])
def test_no_more_tasks_are_waiting_than_the_least_pipe_holds_or_one_more(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(a_line(a_push(id=1)))
    task = Task(str(path), 0, path.stat().st_size, name)
    with decoders(1 << 30) as pool:
        for _ in range(2):
            tickets = []
            while pool.has_room():
                tickets.append(pool.give(task))
            assert len(tickets) >= 2 * pool.size
            for number in range(pool.size):
                *sizes, _ = [each.size for each in tickets if each.decoder == number]
                assert sum(sizes) < LEAST_PIPE
            for ticket in tickets:
                assert [part.batch[0] for part in pool.parts(ticket)] == [1]


def test_a_file_of_many_parts_is_handed_on_bit_by_bit(tmp_path):
    path = tmp_path / "a.json"
    count = 40 * MOST_ROWS + 1
    pushes = [a_line({"id": number, "dateLastUpdated": "1", "tierInfo": None}, received=None)
              for number in range(count)]  # fmt: skip
    path.write_bytes(b"[" + b",".join(pushes) + b"]")
    task = Task(str(path), 0, None, "a.json")
    with decoders(1 << 30) as pool:
        tickets = [pool.give(task) for _ in range(pool.size)]
        for ticket in tickets:
            assert sum(part.batch[0] for part in pool.parts(ticket)) == count


def test_a_process_whose_parts_nobody_reads_any_more_ends(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"".join(a_line(a_push(id=number)) for number in range(3_000)))
    packed = marshal.dumps(tuple(Task(str(path), 0, path.stat().st_size, "a.ndjson")))
    with processes.start("loyalty_tui.archive.decoding") as process:
        process.stdout.close()
        process.stdin.write(len(packed).to_bytes(8, "little") + packed)
        process.stdin.flush()  # and stays open
        try:
            assert process.wait(PATIENCE) != os.EX_OK
        except subprocess.TimeoutExpired:
            process.kill()
            raise
