"""`loyalty-tui archive …`: index, list, show, stats and verify, on standard output."""

from __future__ import annotations

import os
import re
import sys
import time
from datetime import UTC, datetime
from itertools import chain, islice
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

from loyalty_tui.cli.context import archive_of, choose, index_folder
from loyalty_tui.cli.main import complain
from loyalty_tui.errors import ArchiveError, ExitCode, UsageError
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from loyalty_tui.archive.model import Totals
    from loyalty_tui.archive.search import Search

_Answer = TypeVar("_Answer")

VERBS: Final = {
    "index": "bring the archive's index up to date",
    "list": "list the pushes that a query finds, the newest first",
    "show": "print one push",
    "stats": "count files, pushes, members and what cannot be read",
    "verify": "name every place that cannot be read",
}
"""What can be done with an archive, and what that does."""

STATS_SCHEMA: Final = "loyalty-tui/archive-stats/1"
_PAUSE: Final = 0.2
"""Seconds between two looks at what another program does."""
_LATER: Final = 3
"""Seconds in which who follows an archive looks at it once more, also without being told."""
_NEGATED: Final = re.compile(r"-(?!-|h\Z)")
_REFERENCE: Final = re.compile(r"-(?!-).*:[0-9]+\Z", re.DOTALL)
_SHIELD: Final = "\0"


def add_words(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], options: argparse.ArgumentParser
) -> None:
    """Add the words of each of the archive's verbs."""
    for name, words in VERBS.items():
        verb = verbs.add_parser(
            name, help=words, description=f"{words[0].upper()}{words[1:]}.", parents=[options]
        )
        verb.add_argument("--json", action="store_true", help="print JSON")
        if name == "list":
            verb.add_argument(
                "query", nargs="*", metavar="QUERY",
                help="words and fields, such as anna tier:gold since:30d -country:NO",
            )  # fmt: skip
            verb.add_argument("--limit", metavar="N", help="print at most so many")
            verb.add_argument(
                "--sort", choices=["updated", "received", "points", "member"], default="updated"
            )
            verb.add_argument("--reverse", action="store_true", help="the other way round")
            verb.add_argument("--reveal", action="store_true", help="show personal data unmasked")
        if name == "show":
            verb.add_argument("ref", metavar="REF", help="the push's reference, as listed")
            verb.add_argument("--reveal", action="store_true", help="show personal data unmasked")


def shielded(words: Sequence[str]) -> list[str]:
    """Return a command line in which a query's -country:NO or a -file.json:0 is no option."""
    if "archive" not in words or not {"list", "show"}.intersection(words):
        return list(words)
    no_option = _NEGATED if "list" in words else _REFERENCE
    return [_SHIELD + word if no_option.match(word) else word for word in words]


def unshielded(text: str) -> str:
    """Return a text as it was before it was shielded."""
    return text.replace(_SHIELD, "")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for and return the exit code."""
    if arguments.archive_verb is None:
        raise UsageError("Say what to do with the archive.", f"One of: {', '.join(VERBS)}.")
    from loyalty_tui.archive.search import Search

    chosen = choose(arguments)
    for problem in chosen.settings.problems:
        complain(problem)
    folder = archive_of(chosen)
    search = Search(folder, index_folder(folder), must_be_whole=True)
    try:
        return _VERBS[arguments.archive_verb](search, arguments)
    finally:
        search.close()


def _index(search: Search, arguments: argparse.Namespace) -> int:
    waited = 0
    # Whoever keeps it up to date hears of what has come a little later than we.
    while not (_bring_up_to_date(search) or (waited >= _LATER and search.is_whole())):
        if not (waited or search.is_whole()):
            complain("Another program is indexing this archive; waiting for it.")
        waited += 1
        time.sleep(1)
    return _stats(search, arguments)


def _stats(search: Search, arguments: argparse.Namespace) -> int:
    if arguments.archive_verb == "stats":
        _be_up_to_date(search)
    totals = _whole(search, search.totals)
    if arguments.json:
        _write(
            {
                "schema": STATS_SCHEMA, "files": totals.files, "pushes": totals.pushes,
                "members": totals.members, "unreadable": totals.unreadable, "bytes": totals.bytes,
            }
        )  # fmt: skip
    else:
        for line in _in_words(totals):
            print(line)
    return ExitCode.FINE


def _in_words(totals: Totals) -> Iterator[str]:
    yield f"Files: {totals.files:,}"
    again = f", {totals.copies:,} of them again with the same body" if totals.copies else ""
    yield f"Pushes: {totals.pushes:,}{again}"
    yield f"Members: {totals.members:,}"
    yield f"Unreadable: {totals.unreadable:,}"
    yield f"Bytes: {totals.bytes:,}"
    if totals.last_at is not None:
        yield f"Newest push: {totals.last_at:%Y-%m-%d %H:%M:%S} UTC"


def _list(search: Search, arguments: argparse.Namespace) -> int:
    from loyalty_tui.archive.model import Sorting
    from loyalty_tui.archive.query.language import parse
    from loyalty_tui.cli import listing
    from loyalty_tui.cli.pages import Pages

    query = parse(_as_utf_8(" ".join(arguments.query)), datetime.now(UTC))
    limit = None if arguments.limit is None else _limit(unshielded(arguments.limit))
    _be_up_to_date(search)
    sorting = Sorting(arguments.sort)
    descending = (sorting is not Sorting.MEMBER) != arguments.reverse
    pages = Pages(search, query, sorting, descending=descending, most=limit)
    found = chain.from_iterable(iter(lambda: _whole(search, pages.more), []))
    lines = listing.as_json if arguments.json else listing.as_text
    is_empty = True
    for entry in islice(found, limit):
        sys.stdout.write(lines(entry, reveal=arguments.reveal) + "\n")
        is_empty = False
    if is_empty and (words := _whole(search, lambda: search.absent(query))):
        complain(words)
    return ExitCode.FINE


def _as_utf_8(words: str) -> str:
    """Return words of the command line as they were typed, whatever the locale is."""
    return os.fsencode(unshielded(words)).decode("utf-8", "replace")


def _limit(text: str) -> int:
    """Return how many pushes to list at most: no list is longer than can be counted."""
    if not re.fullmatch(r"[0-9]{1,1000}", text):
        raise UsageError("--limit takes a number of pushes.", "Write it like --limit 50.")
    return min(int(text), sys.maxsize)


def _show(search: Search, arguments: argparse.Namespace) -> int:
    from loyalty_tui.cli.json_line import escaped
    from loyalty_tui.crowdtwist import json_text, reading

    ref = _as_utf_8(arguments.ref)
    try:
        text = search.text(ref)
    except ArchiveError:  # it may be newer than the index
        _be_up_to_date(search)
        text = _whole(search, lambda: search.text(ref))
    if arguments.json:
        sys.stdout.write(escaped(reading.without_secrets(text)) + "\n")
        return ExitCode.FINE
    push = json_text.loads(text)
    assert isinstance(push, dict)  # noqa: S101 - only objects are kept as pushes
    for section in reading.read(push, reveal=arguments.reveal):
        print(section.name)
        for line in section.lines:
            print(f"  {line.label}: {line.value}")
    return ExitCode.FINE


def _verify(search: Search, arguments: argparse.Namespace) -> int:
    _be_up_to_date(search)
    places = _whole(search, search.unreadable)
    for place in places:
        if arguments.json:
            _write(
                {
                    "schema": "loyalty-tui/unreadable/1", "file": place.file, "line": place.line,
                    "offset": place.offset, "reason": place.reason,
                }
            )  # fmt: skip
        else:
            where = f"line {place.line}" if place.line else f"byte {place.offset:,}"
            where = f"{where}: " if place.line or place.offset else ""
            print(f"{neutralise(place.file)}: {where}{place.reason}")
    if places:
        what = "1 place" if len(places) == 1 else f"{len(places):,} places"
        complain(f"{what} cannot be read; every other push can.")
        return ExitCode.ARCHIVE
    if not arguments.json:
        print("Everything in the archive can be read.")
    return ExitCode.FINE


_VERBS: Final = {
    "index": _index, "list": _list, "show": _show, "stats": _stats, "verify": _verify,
}  # fmt: skip


def _whole(search: Search, question: Callable[[], _Answer]) -> _Answer:
    """Return an answer; when the index is lost in between, from one that is made anew."""
    from loyalty_tui.archive.search import LostIndexError

    try:
        return question()
    except LostIndexError:
        search.close()
        while not (_bring_up_to_date(search) or search.is_whole()):
            time.sleep(_PAUSE)
        return question()


def _be_up_to_date(search: Search) -> None:
    if not (_bring_up_to_date(search) or search.is_whole()):
        complain("Another program is indexing this archive; this is what it has so far.")


def _bring_up_to_date(search: Search) -> bool:
    """Index what is new, with a progress bar on a terminal; False when another program does."""
    if not sys.stderr.isatty():
        return search.bring_up_to_date(lambda _: None, Event())
    from loyalty_tui.cli.progress import IndexProgress

    with IndexProgress() as shown:
        return search.bring_up_to_date(shown, Event())


def _write(document: dict[str, object]) -> None:
    from loyalty_tui.cli.json_line import json_line

    sys.stdout.write(json_line(document) + "\n")
