"""What a refusal of Microsoft Graph means, and what somebody has to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from alerts.filters import plain
from alerts.refusals import LIMIT_PAUSE, LONGEST_QUOTE
from alerts.transport import MailRefused

_CODE = re.compile(r"[A-Za-z]{1,60}")


@dataclass(frozen=True)
class _Meaning:
    """`for_good`: it is about this mail or its recipient. Else it is about how we send, and the mail stays owed."""

    advice: str
    for_good: bool = False
    pause: timedelta | None = None


_NOT_ALLOWED = _Meaning(
    "this application may not send as the mailbox: give it the role Application Mail.Send for that mailbox (RBAC for "
    "Applications, docs/mail.md); a new role takes up to two hours"
)
_NO_MAILBOX = _Meaning("there is no such mailbox, or it is not in Exchange Online: check [mail] mailbox and sender")
_NOBODY = _Meaning("there is no such recipient: correct the address in [[people]]", for_good=True)
_BY_CODE = {
    "ErrorAccessDenied": _NOT_ALLOWED,
    "Authorization_RequestDenied": _NOT_ALLOWED,
    "ErrorSendAsDenied": _Meaning(
        "the mailbox may not send as [mail] sender: make both the same, or give it Send As"
    ),
    "ErrorInvalidUser": _NO_MAILBOX,
    "ErrorNonExistentMailbox": _NO_MAILBOX,
    "MailboxNotEnabledForRESTAPI": _NO_MAILBOX,
    "ResourceNotFound": _NO_MAILBOX,
    "Request_ResourceNotFound": _NO_MAILBOX,
    "ErrorMessageSubmissionBlocked": _Meaning(
        "Microsoft 365 has blocked this mailbox from sending, as if it had sent spam: an administrator unblocks it "
        "in Defender (Restricted entities)",
        pause=LIMIT_PAUSE,
    ),
    "ErrorExceededMessageLimit": _Meaning(
        "the mailbox has reached its limit of mails for a day: it is tried again later", pause=LIMIT_PAUSE
    ),
    "ErrorQuotaExceeded": _Meaning("the mailbox that sends is full: empty its Sent Items"),
    "ErrorInvalidRecipients": _Meaning(
        "there is no such recipient: correct the address in [[people]]", for_good=True
    ),
    "ErrorRecipientNotFound": _Meaning(
        "there is no such recipient: correct the address in [[people]]", for_good=True
    ),
    "ErrorMessageSizeExceeded": _Meaning("the mail is larger than the mailbox may send", for_good=True),
    "ErrorMimeContentInvalid": _Meaning("Graph cannot read this mail; please report this", for_good=True),
    "ErrorMimeContentInvalidBase64String": _Meaning("Graph cannot read this mail; please report this", for_good=True),
    "InvalidAuthenticationToken": _Meaning(
        "the token was refused: check tenant_id, client_id and graph_url, which must belong together"
    ),
}
_BY_STATUS = {
    401: _Meaning("the sign-in was not accepted: check tenant_id, client_id and the secret or certificate"),
    403: _NOT_ALLOWED,
    404: _NO_MAILBOX,
    405: _Meaning("this address takes no mail: check graph_url"),
    407: _Meaning("the web proxy wants a sign-in: have it let this program through"),
    413: _Meaning("the mail is larger than Graph takes", for_good=True),
}


def graph_refusal(status: int, code: str, said: str, again_after: timedelta | None) -> MailRefused:
    """Graph's answer in our words. `code`, `said`: of its error, where it has one; both may be anything."""
    shown = code if _CODE.fullmatch(code.replace("_", "")) else ""
    answer = f"(answer {status} {shown} {plain(said, LONGEST_QUOTE)}".rstrip() + ")"
    if known := _BY_CODE.get(code) if status >= 400 else None:
        return MailRefused(known.for_good, f"{known.advice} {answer}", again_after or known.pause)
    if status == 429 or status >= 500:
        return MailRefused(False, f"Microsoft Graph does not take the mail for now {answer}", again_after)
    if known := _BY_STATUS.get(status):
        return MailRefused(known.for_good, f"{known.advice} {answer}", again_after)
    if 400 <= status <= 499:
        return MailRefused(status == 400, f"Microsoft Graph refused the mail {answer}", again_after)
    return MailRefused(False, f"what answered is not Microsoft Graph; check graph_url {answer}", again_after)
