"""The program as a process of its own: its output's encoding, its end by signal or full disk."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loyalty_tui.sandbox.members import MEMBERS

HOSTILE = next(member for member in MEMBERS if b"\\u001b" in (member.answer or b""))

NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")


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


@NEEDS_FULL
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_as_told_even_if_a_library_passes_nothing_on(environment, number):
    code = f"""
import os
from loyalty_tui import __main__
from loyalty_tui.cli import main

def run(words):
    try:
        os.kill(os.getpid(), {number:d})
    except SystemExit:
        return 0

main.run = run
__main__.main()
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)  # noqa: S603 - our own interpreter and words
    assert done.returncode == 128 + number


def test_ctrl_c_while_it_starts_is_no_fault(environment):
    code = """
import os, signal, sys
from loyalty_tui import __main__

class Interrupting:
    def find_spec(self, name, *_):
        if name == "loyalty_tui.cli.main":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
__main__.main()
"""
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, b"")


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


@pytest.fixture
def unread():
    """The writing end of a pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


UNWRITABLE = ["2>&-", pytest.param("2>/dev/full", marks=NEEDS_FULL), ""]
"""Ways to close standard error, to fill it, and to leave it at a pipe that nobody reads."""


def redirected(redirection, *words):
    return ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *command(*words)]


@pytest.mark.parametrize("redirection", ["<&-", "<&- 2>&-", *UNWRITABLE])
def test_it_receives_whatever_its_standard_streams_are(environment, tmp_path, unread, redirection):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
        redirected(
            redirection, "receive", "--no-auth", "--archive", str(tmp_path / "a"),
            "--port", str(port),
        ),
        env=environment, stdout=unread, stderr=unread,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while (status := health(port)) is None:
        assert time.monotonic() < deadline
        assert process.poll() is None
    assert status == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130


def health(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except ConnectionRefusedError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("redirection", UNWRITABLE)
def test_what_cannot_be_said_changes_neither_the_exit_code_nor_the_output(
    environment, tmp_path, unread, redirection
):
    (tmp_path / "push.json").write_text('{"id":6566,"tierInfo":null}')
    for words, code, lines in (
        (("archive", "list", "--archive", str(tmp_path)), 0, 1),
        (("archive", "list", "--archive", str(tmp_path / "nowhere")), 7, 0),
        (("no-such-verb",), 2, 0),
    ):
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            redirected(redirection, *words),
            env=environment, stdout=subprocess.PIPE, stderr=unread, check=False,
        )  # fmt: skip
        assert done.returncode == code
        assert done.stdout.count(b"\n") == lines
