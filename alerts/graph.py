"""Mail through Microsoft Graph: the whole mail as MIME, so that every header arrives as it was written.

Asked in JSON, Graph lets no header of ours through that does not begin with X. So `sendMail` is given base64 of the
mail itself, as text/plain, up to 4 MB.
"""

from __future__ import annotations

import base64
from email.message import EmailMessage
from urllib.parse import quote

import requests

from alerts.graph_refusals import graph_refusal
from alerts.sign_in import Tokens
from alerts.transport import MailRefused, only_recipient
from alerts.web import Web, ask, asked_to_wait, json_of

LARGEST = 4_000_000
"""Bytes of one request, which Microsoft allows at most."""
ACCEPTED = 202
_WHO = "Microsoft Graph"


class GraphTransport:
    """Sends as `mailbox` through `graph_url`, signed in by `tokens`."""

    def __init__(self, graph_url: str, mailbox: str, tokens: Tokens, web: Web) -> None:
        self._url = f"{graph_url}/users/{quote(mailbox, safe='@')}/sendMail"
        self._tokens = tokens
        self._web = web

    def send(self, message: EmailMessage) -> None:
        """Hand the mail to Microsoft 365, once.

        Raises MailRefused: for good only when Graph refused this very mail or its recipient. Raises ValueError when
        it has not exactly one recipient.
        """
        only_recipient(message)
        content = base64.b64encode(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
        if len(content) > LARGEST:
            size = len(content) / 1_000_000
            raise MailRefused(True, f"the mail has {size:.1f} MB as it is sent; {_WHO} takes {LARGEST // 1_000_000}")
        answer = self._post(content)
        if answer.status_code == 401:
            # A token can be taken back before its end. One new one; if that is not taken either, a person is needed.
            self._tokens.forget()
            answer = self._post(content)
        if answer.status_code == ACCEPTED:
            return
        if answer.status_code == 401:
            self._tokens.forget()
        raise _refused(answer)

    def check(self) -> None:
        """Sign in. Whether this application may send as the mailbox shows only when it does. Raises MailRefused."""
        self._tokens.token()

    def _post(self, content: bytes) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._tokens.token()}", "Content-Type": "text/plain"}
        return ask(self._web, "POST", self._url, _WHO, headers=headers, data=content)


def _refused(answer: requests.Response) -> MailRefused:
    error = json_of(answer).get("error")
    error = error if isinstance(error, dict) else {}
    code, said = str(error.get("code", "")), str(error.get("message", ""))
    return graph_refusal(answer.status_code, code, said, asked_to_wait(answer.headers))
