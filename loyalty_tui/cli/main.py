"""Words of the command line, the verb they name, and the boundary no traceback crosses."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from loyalty_tui import __version__
from loyalty_tui.errors import ExitCode, LoyaltyError
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn, TextIO

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}

VERBS = {
    "demo": "try the desk with made-up members, without network, account or keyring",
    "lookup": "look one member up and print what there is",
    "login": "store a profile's API key in the OS keyring",
    "logout": "remove a profile's API key from the OS keyring",
    "profiles": "list the profiles and where their keys come from",
    "receive": "receive what CrowdTwist pushes, and write the archive",
    "archive": "index, search and check the archive of CrowdTwist pushes",
}
"""Every verb and what it does; each has a module of its own in this package."""


def run(words: Sequence[str]) -> int:
    """Run one command and return the exit code."""
    from loyalty_tui.cli import archive

    try:
        arguments = _parser(words).parse_args(archive.shielded(words))
    except SystemExit as stop:  # argparse has said what is wrong
        return int(stop.code or 0)
    try:
        verb = import_module(f"loyalty_tui.cli.{arguments.verb or 'desk'}")
        code = int(verb.run(arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
    except LoyaltyError as error:
        complain(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:  # whoever read our output has enough
        _drop(sys.stdout)
        code = ExitCode.FINE
    except OSError as error:
        if arguments.debug:
            raise
        _drop(sys.stdout)
        code = _refused(error)
    except Exception as error:  # the outermost boundary: what comes here is a fault of ours
        if arguments.debug:
            raise
        complain(fault_in_words(error))
        code = ExitCode.BUG
    return code


def _refused(error: OSError) -> ExitCode:
    """Say what the operating system refused and return the exit code."""
    # Whoever writes files of ours says so; what was opened by name has one.
    if error.filename is None and error.errno in _UNWRITABLE:
        complain(f"Standard output cannot be written: {error.strerror}.")
        return ExitCode.USAGE
    complain(f"The operating system refused it: {error}.")
    return ExitCode.BUG


def _drop(stream: TextIO) -> None:
    """Let Python not fail once more at what it still holds for a stream while it shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(words: str, end: str = "\n") -> None:
    """Print to standard error; where that cannot be written, nothing but these words is lost."""
    try:
        print(words, end=end, file=sys.stderr, flush=True)
    except OSError:
        _drop(sys.stderr)


def complain(sentence: str) -> None:
    """Say one sentence, and who says it."""
    say(f"loyalty-tui: {neutralise(sentence)}")


def fault_in_words(error: BaseException) -> str:
    """Return what to say of a fault of ours: where it happened, and none of the data it met."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_globals.get("__name__", "")
        if name.startswith("loyalty_tui"):
            place = f" in {name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return (
        f"This is a fault of loyalty-tui itself ({type(error).__name__}{place}); nothing was lost. "
        "Run it again with --debug for the details to report."
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, free of control characters, and end."""
        from loyalty_tui.cli.archive import unshielded

        words = unshielded(message.replace(r"\x00", "\0"))  # quoted by Python, or as it is
        say(f"{self.format_usage()}{self.prog}: error: {neutralise(words)}")
        self.exit(ExitCode.USAGE)


def _parser(said: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of what was said: only verbs that are among it have their own words."""
    parser: argparse.ArgumentParser = _Parser(
        prog="loyalty-tui",
        description="A terminal desk for loyalty members. Without a verb it opens the desk.",
        parents=[_options(default=None)],
    )
    parser.add_argument("--version", action="version", version=f"loyalty-tui {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    # A verb's own options must not reset what stood before the verb.
    options = _options(default=argparse.SUPPRESS)
    for name, words in VERBS.items():
        if name not in said:
            verbs.add_parser(name, help=words)
            continue
        verb = verbs.add_parser(name, help=words, description=_sentence(words), parents=[options])
        if name == "lookup":
            verb.add_argument("identifier", metavar="ID", help="a phone number or e-mail address")
        if name == "archive":
            from loyalty_tui.cli import archive

            verb.set_defaults(archive_verb=None)
            archive.add_words(
                verb.add_subparsers(dest="archive_verb", metavar="VERB", title="verbs"), options
            )
        if name in {"login", "logout"}:
            verb.add_argument(
                "--receiver", action="store_true", help="what senders of pushes have to know"
            )
        if name == "receive":
            from loyalty_tui.cli import receive_words

            receive_words.add_words(verb)
        if name in {"lookup", "profiles"}:
            verb.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _options(default: str | None) -> _Parser:
    parser = _Parser(add_help=False)
    group = parser.add_argument_group("options that win over the settings")
    group.add_argument("--profile", metavar="NAME", default=default, help="use this profile")
    group.add_argument(
        "--base-url", metavar="URL", default=default, help="where CrowdManager is (https)"
    )
    group.add_argument(
        "--organization", metavar="ID", default=default, help="the organization's id"
    )
    group.add_argument(
        "--region", metavar="CC", default=default, help="country of national numbers, such as NO"
    )
    group.add_argument(
        "--archive", metavar="DIR", default=default, help="folder of saved CrowdTwist pushes"
    )
    parser.add_argument(
        "--debug",
        action="store_true",
        default=default or False,
        help="show a traceback when the program itself fails",
    )
    return parser
