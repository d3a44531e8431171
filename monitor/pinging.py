"""A sign of life to an outside watcher, which alarms when it hears nothing: that is how a dead computer is noticed.

    BASE          a whole round of reading and mailing has ended
    BASE/start    a round begins
    BASE/fail     something is wrong that no mail can tell

as healthchecks and programs like it take them. Nothing is sent with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import requests

from connectors.errors import ConnectorError
from connectors.transport import NetworkSession, translate_transport_error

WATCHER = "the outside watcher"


class NotPinged(Exception):
    """The watcher was not told. One sentence, without its address."""


@dataclass(frozen=True)
class Pinger:
    """Tells one outside watcher. `address`: a secret, without a slash at its end."""

    address: str
    session: Callable[[], NetworkSession]

    def tell(self, what: str = "") -> None:
        """Say that all is well, or `what`: "start" or "fail". Raises NotPinged, within the session's time-outs."""
        try:
            with self.session() as session:
                answer = session.get(f"{self.address}/{what}" if what else self.address)
        except (requests.RequestException, OSError, ValueError, ConnectorError) as failed:
            raise NotPinged(_in_words(failed)) from None
        if not answer.ok or answer.is_redirect:
            raise NotPinged(f"{WATCHER} answered {answer.status_code}; is [listening] ping_url still right?")


def _in_words(failed: Exception) -> str:
    if isinstance(failed, requests.RequestException | ConnectorError):
        return str(translate_transport_error(failed, WATCHER))
    return f"{WATCHER}: cannot be reached ({type(failed).__name__})"
