"""What a mail server's refusal means, and what somebody has to do about it.

A server says it in a reply code (RFC 5321), an enhanced code (RFC 3463) and words of its own. The codes are looked
up here; the words are quoted, cut short, for whoever has to ask that server's people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from alerts.filters import plain
from alerts.transport import MailRefused

LONGEST_QUOTE = 80
"""Characters of the server's own words: they may repeat an address, and the rest is advertising."""
LIMIT_PAUSE = timedelta(hours=1)
"""Where a server says that too much was sent, and not for how long."""
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3}\.\d{1,3})\b")


class Step(Enum):
    """What the server answered to, and how we name it."""

    CALL = "our call"
    ENCRYPTION = "an encrypted connection"
    SIGN_IN = "user name and password"
    OAUTH = "the token"
    SENDER = "the sender's address"
    RECIPIENT = "the recipient's address"
    CONTENT = "the mail"


_ABOUT_THE_MAIL = frozenset({Step.SENDER, Step.RECIPIENT, Step.CONTENT})


@dataclass(frozen=True)
class _Known:
    """A refusal whose meaning is known. `ours`: it is about how we send, not about this mail, so the mail stays owed
    until somebody has put that right. `words`: what the server must have said as well; `steps`: where it counts."""

    codes: tuple[str, ...]
    advice: str
    ours: bool = False
    words: str = ""
    steps: frozenset[Step] = frozenset(Step)
    pause: timedelta | None = None

    def fits(self, step: Step, code: str, said: str) -> bool:
        return (
            step in self.steps
            and (not self.codes or code in self.codes)
            and (not self.words or re.search(self.words, said, re.IGNORECASE) is not None)
        )


_AT_OAUTH = frozenset({Step.OAUTH})
_IN_MAIL = frozenset({Step.SENDER, Step.RECIPIENT, Step.CONTENT})
_PASSWORDS_END = (
    "Microsoft 365 no longer takes a password here (SMTP AUTH is switched off): use transport graph or sign_in "
    "oauth2, or have an administrator switch it on for this mailbox"
)
_NOT_LET_IN = (
    "the token was refused for [mail] user: at Microsoft 365 the application needs SMTP.SendAsApp, a service "
    "principal in Exchange and full access to that one mailbox (docs/mail.md)"
)
# The first that fits. Codes without their first digit: 4.2.2 and 5.2.2 say the same, once for now and once for good.
_KNOWN = (
    _Known(("7.3", "7.8"), _NOT_LET_IN, True, steps=_AT_OAUTH),
    _Known(("7.3", "7.8"), "user name or password was refused: correct them", True, steps=frozenset({Step.SIGN_IN})),
    _Known(("7.139",), "Microsoft 365 refused user name or password: correct them", True, "credentials (were|are)"),
    _Known(
        ("7.139",),
        "a rule of your Microsoft 365 (security defaults or conditional access) forbids this sign-in: have an "
        "administrator allow it, or use transport graph",
        True,
        "security defaults|conditional access|policy|criteria",
    ),
    _Known(("7.139",), "Microsoft 365 has locked this account after too many sign-ins: unlock it", True, "locked"),
    _Known(("7.30", "7.139"), _PASSWORDS_END, True),
    _Known(
        ("7.9", "7.14"),
        "Google takes no ordinary password: turn on 2-step verification and make an app password, or use its relay",
        True,
    ),
    _Known(
        ("7.57", "7.3"),
        "this server takes mail only after a sign-in: give user and password, or sign_in oauth2",
        True,
    ),
    _Known(
        ("7.60", "2.252"),
        "this sign-in may not send as [mail] sender: give it Send As for that mailbox, or send from its own address",
        True,
    ),
    _Known((), "this sign-in may not send as [mail] sender: give it Send As", True, "SendAsDenied", _IN_MAIL),
    _Known(
        (),
        "the server's administrators block the address this computer sends from (a block list): ask them, or the "
        "network's provider",
        True,
        "block ?list|blacklist|blocked using|spamhaus|banned sending ip",
    ),
    _Known(
        ("4.5", "1.90", "7.708", "7.705", "7.28"),
        "a limit on the number of mails is reached: it is tried again later; ask for a higher one if this goes on",
        True,
        pause=LIMIT_PAUSE,
    ),
    _Known(
        (),
        "this server passes on no mail from here: sign in, or have its administrators allow this computer as a relay",
        True,
        "relay",
        frozenset({Step.SENDER, Step.RECIPIENT}),
    ),
    _Known(("7.54", "7.64"), "this server passes on no mail from here: have its administrators allow it", True),
    _Known(
        ("7.23", "7.26", "7.27", "7.29", "7.509", "7.515"),
        "the mail is not proved to come from the sender's domain: have SPF and DKIM set up by who runs its DNS",
        steps=_IN_MAIL,
    ),
    _Known(("2.2",), "the mailbox is full: its owner has to make room"),
    _Known(("2.1",), "the mailbox is switched off: is this person still at the school?", steps=_IN_MAIL),
    _Known(
        ("1.1", "1.10", "1.6", "4.1"),
        "there is no such mailbox: correct the address in [[people]]",
        steps=frozenset({Step.RECIPIENT, Step.CONTENT}),
    ),
    _Known(
        ("1.2", "1.3", "4.4"),
        "the part of the address after @ is wrong or takes no mail: correct it in [[people]]",
        steps=frozenset({Step.RECIPIENT, Step.CONTENT}),
    ),
    _Known(
        ("1.7", "1.8"),
        "the server does not know [mail] sender as an address that can send: correct it",
        steps=frozenset({Step.SENDER, Step.RECIPIENT}),
    ),
    _Known(("3.4", "2.3"), "the mail is larger than the server takes"),
    _Known(
        (),
        "the server asks new senders to come back later (greylisting); this is done by itself",
        words="gr[ea]y.?list",
    ),
    _Known(
        ("7.0", "7.1", "7.512", "6.0", "6.1"),
        "the mail was taken for spam or against a rule: have [mail] sender put on the list of allowed senders",
        steps=frozenset({Step.CONTENT}),
    ),
)
# Where the server gives no enhanced code, or one that says nothing.
_BY_REPLY = {
    530: _Known((), "this server takes mail only after a sign-in: give user and password, or sign_in oauth2", True),
    534: _Known((), "this way of signing in is not taken: use an app password, or sign_in oauth2", True),
    535: _Known((), "the sign-in was refused: correct user name, password or what the token is got with", True),
    538: _Known((), "the sign-in needs an encrypted connection: set security to starttls or tls", True),
    552: _Known((), "the mail is larger than the server takes, or the mailbox is full"),
}


def refusal(code: int, text: bytes | str, step: Step) -> MailRefused:
    """The server's answer in our words. Only a 5xx about this mail or its recipient is a refusal for good."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if not 200 <= code <= 599:
        return MailRefused(False, f"what answered {step.value} is no mail server; check host and port of [mail]")
    known = _meaning(code, said[:2000], step)
    for_good = 500 <= code <= 599
    answer = f"(answer {code} {plain(said, LONGEST_QUOTE)})"
    if known is None:
        how = "refused" if for_good else "does not accept for now:"
        return MailRefused(for_good and step in _ABOUT_THE_MAIL, f"the mail server {how} {step.value} {answer}")
    stays_owed = known.ours or not for_good or step not in _ABOUT_THE_MAIL
    return MailRefused(not stays_owed, f"{known.advice} {answer}", known.pause)


def _meaning(code: int, said: str, step: Step) -> _Known | None:
    found = _ENHANCED.search(said)
    enhanced = found[2] if found else ""
    if code < 400:
        return None
    for known in _KNOWN:
        if known.fits(step, enhanced, said):
            return known
    return _BY_REPLY.get(code)
