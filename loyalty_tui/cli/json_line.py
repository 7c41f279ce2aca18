"""JSON for standard output: one line of ASCII."""

from __future__ import annotations

import json
import re

from loyalty_tui.crowdtwist import json_text


def json_line(document: dict[str, object]) -> str:
    """Return a document on one line; numbers have all their digits."""
    return escaped(json_text.compact(document))


def escaped(text: str) -> str:
    """Return JSON with escapes for all but ASCII.

    So no character of a name can steer a terminal or be refused by its encoding.
    """
    return re.sub(r"[^ -~]", lambda sign: json.dumps(sign[0])[1:-1], text)
