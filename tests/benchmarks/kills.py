"""The receiver killed under load, again and again: nothing it acknowledged may be missing."""

import json
import threading
from collections import Counter
from random import Random

from receiving import PATIENCE, Receiving, stored

CONNECTIONS = 6
LONGEST = 0.25
"""Seconds under load before the kill."""


class Load:
    """Senders that push as fast as they are answered, and remember what was acknowledged."""

    def __init__(self, receiver, seed, round_no):
        self.sent, self.acknowledged = [], []
        self.first = threading.Event()
        self._receiver = receiver
        self._threads = [
            threading.Thread(target=self._push, args=(seed, round_no, no))
            for no in range(CONNECTIONS)
        ]
        for thread in self._threads:
            thread.start()

    def join(self):
        """Wait until every sender has found out that nobody is there any more."""
        for thread in self._threads:
            thread.join(PATIENCE)

    def _push(self, seed, round_no, sender):
        random = Random(f"{seed} {round_no} {sender}")  # noqa: S311 - the same pushes every time
        number = 0
        try:
            with self._receiver.connect() as connection:
                while True:
                    body = push(random, f"{round_no}-{sender}-{number}")
                    self.sent.append(body)
                    status, _, _ = connection.ask(body)
                    if status != 200:
                        raise AssertionError(f"answered with {status}")
                    self.acknowledged.append(body)
                    self.first.set()
                    number += 1
        except OSError:
            return


def push(random, mark):
    """Return a push that no other is like, of up to some thousand bytes."""
    padding = 'æ\\"\u2028 ' * random.randrange(400)
    document = {"id": random.randrange(10**9), "mark": mark, "customData": padding, "n": 1.50}
    return json.dumps(document, ensure_ascii=random.random() < 0.5, separators=(",", ":")).encode()


def kill_rounds(archive, home, rounds, seed):
    """Kill it so often; return how many pushes were acknowledged, stored, and sent.

    Raises AssertionError when one that was acknowledged is missing, or not as it was sent, or
    when anything else is there.
    """
    random = Random(seed)  # noqa: S311 - moments to kill at, the same every time
    sent, acknowledged = Counter(), Counter()
    for round_no in range(rounds):
        with Receiving(archive, home, "--no-auth", "--segment-size", "300K") as receiver:
            check(archive, sent, acknowledged)
            load = Load(receiver, seed, round_no)
            if not load.first.wait(PATIENCE):
                raise AssertionError("nothing was acknowledged")
            threading.Event().wait(random.random() * LONGEST)
            receiver.kill()
            load.join()
            sent.update(load.sent)
            acknowledged.update(load.acknowledged)
    with Receiving(archive, home, "--no-auth") as receiver:
        there = check(archive, sent, acknowledged)
        if receiver.end() != 0:
            raise AssertionError("it did not end well")
    return acknowledged.total(), there, sent.total()


def check(archive, sent, acknowledged):
    """Return how many pushes are there; all that were acknowledged, and none that was not sent."""
    if not (archive / "pushes").exists():
        return 0
    there = Counter(stored(archive))
    if missing := acknowledged - there:
        raise AssertionError(f"{missing.total()} acknowledged pushes are missing")
    if foreign := there - sent:
        raise AssertionError(f"{foreign.total()} lines are none that was sent: {list(foreign)[:1]}")
    return there.total()
