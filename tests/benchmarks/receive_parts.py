"""The receiver beside its peers: how many pushes a second are safe, how late, and after kills."""

import json
import os
import shutil
import socket
import statistics
import sys
import tempfile
from pathlib import Path
from random import Random

import kills
from figures import DisagreementError, Figure
from load import keep_pressing, press
from receiving import Process, Receiving, request, stored

SAMPLE = Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
BARE = [sys.executable, str(Path(__file__).with_name("bare_receiver.py"))]
CONNECTIONS = 32
ROUNDS = 5
SECONDS = float(os.environ.get("LOYALTY_TUI_BENCH_SECONDS") or 4)
KILLS = int(os.environ.get("LOYALTY_TUI_BENCH_KILLS") or 100)
SOAK = float(os.environ.get("LOYALTY_TUI_BENCH_SOAK") or 60)
SOAK_RATE = 200
GARBAGE = 10_000
APPEND = '#!/bin/sh\nprintf "%s\\n" "$1" >> "$PUSHES"\n'
LEAST, LEAST_OF_PEERS, MOST_LATE, MOST_GROWTH = 0.8, 2.5, 2.0, 8.0


def rows():
    """All figures of the receiver."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("LOYALTY_TUI_BENCH_FOLDER")) as name:
        folder = Path(name)
        yield from _throughput(folder)
        yield from _garbage(folder / "garbage")
        yield _soak(folder / "soak")
        yield _kills(folder / "kills")


def _throughput(folder):
    # Peers take their JSON strictly; the vendor's sample has no-break spaces between tokens.
    body = request(SAMPLE.read_bytes().replace(b"\xc2\xa0", b" "))
    peers = {
        "bare uvicorn": [*BARE, "nothing"],
        "uvicorn with its log": [*BARE, "logging"],
        "Starlette, SQLite FULL": [*BARE, "sqlite", str(folder / "pushes.sqlite")],
    }
    seen = {"ours": [], **{name: [] for name in peers}}
    with Receiving(folder / "ours", folder / "home", "--no-auth") as receiver:
        for _ in range(ROUNDS):
            seen["ours"].append(press(receiver.port, body, CONNECTIONS, SECONDS))
            for name, command in peers.items():
                Path(folder / "pushes.sqlite").unlink(missing_ok=True)
                with Process(command) as peer:
                    seen[name].append(press(peer.port, body, CONNECTIONS, SECONDS))
        receiver.end()
        kept = len(stored(folder / "ours"))
        answered = sum(rate for rate, _ in seen["ours"]) * SECONDS
        if kept < answered:
            raise DisagreementError(f"{answered:.0f} pushes were answered, {kept} are stored")
    rate = {name: statistics.median(one for one, _ in some) for name, some in seen.items()}
    late = {name: statistics.median(one for _, one in some) for name, some in seen.items()}
    what = "pushes stored a second"
    for name in ("bare uvicorn", "uvicorn with its log"):
        yield Figure(what, rate["ours"], (name, rate[name]), least_ratio=LEAST)
    name = "Starlette, SQLite FULL"
    yield Figure(what, rate["ours"], (name, rate[name]), least_ratio=LEAST_OF_PEERS)
    if webhook := shutil.which("webhook"):
        peer = _webhook(webhook, folder, body)
        yield Figure(what, rate["ours"], ("webhook", peer), least_ratio=LEAST_OF_PEERS)
    yield Figure(
        "99th percentile, ms", late["ours"], ("bare uvicorn", late["bare uvicorn"]),
        most_ratio=MOST_LATE,
    )  # fmt: skip


def _webhook(program, folder, body):
    """Return how many pushes a second Debian's webhook appends to a file."""
    script = folder / "append.sh"
    script.write_text(APPEND)
    script.chmod(0o755)
    hook = {
        "id": "push",
        "execute-command": str(script),
        "include-command-output-in-response": True,
        "pass-arguments-to-command": [{"source": "entire-payload"}],
    }
    (folder / "hooks.json").write_text(json.dumps([hook]))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "-hooks", str(folder / "hooks.json"), "-ip", "127.0.0.1",
               "-port", str(port), "-urlprefix", "", "-verbose"]  # fmt: skip
    environment = {"PUSHES": str(folder / "webhook.ndjson")}
    with Process(command, environment, f"serving hooks on http://127.0.0.1:{port}"):
        rate, _ = press(port, body, CONNECTIONS, SECONDS)
    return rate


def _garbage(folder):
    """Ten thousand bodies of a fuzzer, with a good push after every tenth."""
    random = Random(5)  # noqa: S311 - the same garbage every time
    good = SAMPLE.read_bytes()
    with Receiving(folder / "archive", folder, "--no-auth") as receiver:
        before = receiver.memory()
        with receiver.connect() as connection:
            for number in range(GARBAGE):
                garbage = bytearray(good)
                for _ in range(random.randrange(1, 20)):
                    garbage[random.randrange(len(garbage))] = random.randrange(256)
                status, _, _ = connection.ask(bytes(garbage[: random.randrange(len(garbage))]))
                if status not in {200, 202}:
                    raise DisagreementError(f"garbage was answered with {status}")
                if number % 10 == 0 and connection.ask(good)[0] != 200:
                    raise DisagreementError("a good push beside garbage was not stored")
        grown = (receiver.memory() - before) / 2**20
        stored(receiver.archive)
        yield Figure(f"memory after {GARBAGE:,} garbage bodies, MB more", grown, most=MOST_GROWTH)


def _soak(folder):
    body = request(SAMPLE.read_bytes())
    with Receiving(folder / "archive", folder, "--no-auth") as receiver:
        seen = keep_pressing(receiver.port, body, SOAK_RATE, SOAK, receiver.memory)
    settled = len(seen) // 3
    grown = (seen[-1] - seen[settled]) / 2**20
    what = f"memory in {SOAK:.0f} s at {SOAK_RATE} pushes/s, MB more"
    return Figure(what, grown, most=MOST_GROWTH)


def _kills(folder):
    try:
        acknowledged, there, sent = kills.kill_rounds(folder / "archive", folder, KILLS, seed=7)
    except AssertionError as error:
        raise DisagreementError(str(error)) from None
    print(f"{KILLS} kills: {sent} sent, {acknowledged} acknowledged, {there} there, none lost")
    return Figure(f"kills survived of {KILLS}", KILLS)
