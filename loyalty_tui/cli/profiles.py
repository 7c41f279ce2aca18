"""`loyalty-tui profiles`: list the profiles and where their keys come from."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from loyalty_tui import settings
from loyalty_tui.cli.main import complain, say
from loyalty_tui.errors import CredentialsError, ExitCode
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    import argparse

SCHEMA = "loyalty-tui/profile/1"


def run(arguments: argparse.Namespace) -> int:
    """Print a line, or a JSON object, for every profile."""
    say(neutralise(f"Settings: {settings.settings_file()}"))
    loaded = settings.load()
    for problem in loaded.problems:
        complain(problem)
    if not loaded.profiles:
        complain("There are no profiles yet. Start loyalty-tui to set one up.")
    chosen = settings.choose(loaded, profile=arguments.profile).name if loaded.profiles else ""
    for profile in loaded.profiles.values():
        facts = {
            "name": profile.name,
            "is_chosen": profile.name == chosen,
            "organization": profile.organization,
            "base_url": profile.base_url,
            "region": profile.region,
            "archive": str(profile.archive) if profile.archive else "",
            "key": _key_source(profile.name),
        }
        if arguments.json:
            sys.stdout.write(json.dumps({"schema": SCHEMA, **facts}) + "\n")
        else:
            print(_in_words(facts))
    return ExitCode.FINE


def _key_source(profile_name: str) -> str:
    from loyalty_tui.credentials import Credentials

    try:
        return Credentials().source(profile_name)
    except CredentialsError as error:
        complain(str(error))
        return ""


def _in_words(facts: dict[str, object]) -> str:
    words = [
        f"{facts['name']}{' (in use)' if facts['is_chosen'] else ''}:",
        f"organization {facts['organization'] or 'not set'},",
        f"base URL {facts['base_url']},",
        f"region {facts['region'] or 'not set'},",
        f"archive {facts['archive'] or 'not set'},",
        f"key {'from the ' + str(facts['key']) if facts['key'] else 'missing'}",
    ]
    return neutralise(" ".join(words))
