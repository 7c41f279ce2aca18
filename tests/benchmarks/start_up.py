"""Start-up time and memory of the desk beside a bare Textual app.

Time: from spawning the process to its first text on a real pseudo-terminal. Memory: the most the
process ever held resident, once with the archive read and every late import done, once with a
member looked up over HTTP and their pushes opened. Bare app and desk alternate, and medians are
compared.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import ours
from figures import Figure
from processes import Run

from loyalty_tui.sandbox import crowdtwist
from loyalty_tui.sandbox.crowdmanager import CrowdManagerStandIn

ROUNDS = 15
SETTLING = 1.0
BARE = [sys.executable, str(Path(__file__).with_name("bare_app.py"))]


def measure_bare(environment):
    """Return the seconds to the bare app's first text, and the most memory it held."""
    run = Run(BARE, environment)
    first = run.wait_for(b"bare app")
    return first, run.quit()


def measure_desk(environment, *, looks_up=False):
    """Return the same of the desk."""
    run = Run([ours.COMMAND], environment)
    first = run.wait_for(b"loyalty-tui")
    run.wait_for(b"44 pushes")  # the demo archive has been read
    time.sleep(SETTLING)  # the late imports run in a thread
    if looks_up:
        run.type(b"+4722345678\r")
        run.wait_for(b"this member")
        time.sleep(SETTLING)
    return first, run.quit()


def set_up(home, archive, server):
    """Write the settings of a desk and return the environment to start it in."""
    (home / "settings.toml").write_text(
        f'[profiles.main]\norganization = 1201\nbase_url = "{server.base_url}"\n'
        f"region = \"NO\"\narchive = '{archive}'\n"
    )
    return {**ours.environment(home), "LOYALTY_TUI_API_KEY": server.api_key}


def rows():
    """The desk with the demo's archive."""
    with tempfile.TemporaryDirectory() as folder, CrowdManagerStandIn() as server:
        home = Path(folder)
        crowdtwist.write_archive(home / "archive")
        environment = set_up(home, "archive", server)
        results = {"bare": [], "desk": [], "in use": []}
        measure_bare(environment), measure_desk(environment)  # warm the disk's cache
        for _ in range(ROUNDS):
            results["bare"].append(measure_bare(environment))
            results["desk"].append(measure_desk(environment))
            results["in use"].append(measure_desk(environment, looks_up=True))
    median = {
        name: [statistics.median(column) for column in zip(*runs, strict=True)]
        for name, runs in results.items()
    }
    for what, column, figure, scale, most in (
        ("spawn to first text, ms", "desk", 0, 1_000, 1.25),
        ("peak memory, started, MB", "desk", 1, 1, 1.5),
        ("peak memory, member looked up, MB", "in use", 1, 1, None),
    ):
        ours_is, bare_is = median[column][figure] * scale, median["bare"][figure] * scale
        yield Figure(what, ours_is, ("bare Textual", bare_is), most_ratio=most)
