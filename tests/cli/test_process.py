"""The program as a process of its own: its output's encoding, its end by signal or full disk."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loyalty_tui.sandbox.members import MEMBERS

HOSTILE = next(member for member in MEMBERS if b"\\u001b" in (member.answer or b""))


@pytest.fixture
def environment(set_up, stand_in):
    return {
        **os.environ,
        "LOYALTY_TUI_HOME": str(set_up.parent),
        "LOYALTY_TUI_API_KEY": stand_in.api_key,
    }


def command(*words):
    return [sys.executable, "-m", "loyalty_tui", *words]


def test_output_that_takes_ascii_only_gets_every_line(environment):
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        command("lookup", HOSTILE.phone),
        env={**environment, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"Distinctions: " in done.stdout
    assert done.stdout.isascii()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_the_output_is_said_in_one_sentence(environment):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            command("lookup", "+4722345678"),
            env=environment, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "No space left on device" in done.stderr.decode()


def test_a_reader_that_has_enough_is_no_error(environment):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        command("lookup", "+4722345678"),
        env=environment, stdout=write, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_demo_removes_its_folder_when_it_is_terminated(environment, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
        command("demo"),
        env={**environment, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while not any(folder.iterdir()):
        assert time.monotonic() < deadline
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM
    assert list(folder.iterdir()) == []


def test_it_ends_when_it_is_terminated_even_if_tidying_up_never_does(environment):
    endless = "import atexit, threading; atexit.register(threading.Event().wait)\n"
    code = f"{endless}from loyalty_tui.__main__ import main; main()"
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", code, "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.readline()  # its handlers are there
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM


def test_without_a_standard_output_it_says_so(environment):
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command("lookup", "+4722345678", "--json")],
        env=environment, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
