"""Asking a web service for something, with failures in words.

Who builds a transport gives it sessions with limits: time-outs, no redirects, a largest answer, the school's proxy
and certificates (`monitor/wiring.py`). Here is only what their failures mean for a mail.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from alerts.transport import MailRefused

Web = Callable[[], requests.Session]
"""Makes a session for one conversation."""
LONGEST_ASKED_FOR = timedelta(days=1)


def ask(web: Web, method: str, url: str, who: str, **more: Any) -> requests.Response:
    """One request and its whole answer, whatever its status. `who`: whom we ask, in words.

    Raises MailRefused, never for good, without the address asked or anything that was sent.
    """
    try:
        with web() as session:
            return session.request(method, url, **more)
    except requests.RequestException as failed:
        raise MailRefused(False, f"{who}: {meaning(failed)}") from None


def meaning(failed: requests.RequestException) -> str:
    """What a failed request means, without its own words, which hold addresses."""
    for kind, words in _MEANINGS:
        if isinstance(failed, kind):
            return words
    return f"the question could not be asked ({type(failed).__name__}); check the addresses in [mail]"


# The first kind that fits decides: several of these are also one of those further down.
_MEANINGS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.ProxyError, "the web proxy let nothing through; check [connection] proxy"),
    (
        requests.exceptions.SSLError,
        "no secure connection; check this computer's clock and, behind a web filter, [connection] ca_file",
    ),
    (requests.Timeout, "no whole answer in time"),
    (requests.ConnectionError, "cannot be reached"),
    (requests.exceptions.ChunkedEncodingError, "the answer broke off"),
)


def json_of(answer: requests.Response) -> dict[str, Any]:
    """The answer as a JSON object; empty where it is none."""
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def asked_to_wait(headers: Mapping[str, str]) -> timedelta | None:
    """How long `Retry-After` asks to wait: seconds, or a date held against the answer's own Date, so that no clock of
    ours matters. None: it does not say, or nothing that can be understood."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    said = lower.get("retry-after", "")
    if said.isascii() and said.isdecimal() and len(said) < 10:
        wait = timedelta(seconds=int(said))
    else:
        try:
            wait = parsedate_to_datetime(said) - parsedate_to_datetime(lower.get("date", ""))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return min(max(wait, timedelta(0)), LONGEST_ASKED_FOR)
