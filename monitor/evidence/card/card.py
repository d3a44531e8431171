"""What the evidence card says: the facts of one snapshot as bounded, harmless pieces of text.

The templates beside this file only lay these pieces out. Comment text reaches them as data, never as markup, cut to
a length that any text can be drawn in; `capture.json` always holds the whole, and `annex.txt` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.evidence.card.card_text import Alphabet, Page
from monitor.evidence.card.snapshot_facts import Facts, ThreadMessage
from monitor.model import Category
from monitor.words import category_words

LONGEST_CONTEXT = 300  # characters drawn of a post, or of another message in the thread
LONGEST_FIELD = 200
LONGEST_ADDRESS = 600
LONGEST_ATTACHMENT = 300  # characters drawn of the address of an attachment
MOST_IN_LIST = 8  # flags, thread messages or attachments; the rest is counted

MASKED = "Other people are masked: they, and whoever is addressed with @, stand as “someone else”."
WHY_WITHHELD = (
    "A person here marked this comment as a suspected indecent image of a child. Nothing of it is fetched, shown, "
    "copied or sent by this program any more, to anybody: no picture, no words, no names, nothing that was said "
    "around it. Do not look for it, open it, copy it, print it or send it on: that can be a crime, whatever the "
    "reason."
)


@dataclass(frozen=True)
class Withheld:
    """A person marked the comment as a suspected indecent image of a child: nothing of it is shown any more.

    `route`: to whom it goes and what they do, for example "the designated safeguarding lead, who calls the police
    on 101 or 999". `marked_at` is aware. `case`: number of the case, by which people here speak of it.
    """

    route: str
    marked_at: datetime
    case: int


def card_content(facts: Facts, alphabet: Alphabet) -> dict[str, Any]:
    """All that the card shows. `cut`: whether something was left out that an annex has to show."""
    capture, page = facts.capture, Page(alphabet)
    text, spans = capture["text"], [(flag["start"], flag["end"]) for flag in facts.flags]
    content = {
        **_where_and_who(capture, page),
        **_when(capture),
        "version": str(capture["version"]),
        "shown": page.line(str(capture["shown"]), LONGEST_FIELD),
        "text": page.text(text, spans),
        "revealed": page.text(text, spans, reveal=True) if capture["hidden_characters"] else None,
        "flags": [_flag(flag, page) for flag in sorted(facts.flags, key=_gravity)[:MOST_IN_LIST]],
        "more_flags": _more(facts.flags, "reason", page),
        "post": page.line(capture["post_text"] or "", LONGEST_CONTEXT, facts.in_context),
        "thread": [_message(message, facts, page) for message in facts.thread[:MOST_IN_LIST]],
        "masked": MASKED,
        "more_thread": _more(facts.thread, "message", page),
        "attachments": [
            {
                "kind": page.line(str(a["kind"]), LONGEST_FIELD),
                "address": page.address(str(a["address"]), LONGEST_ATTACHMENT),
            }
            for a in capture["attachments"][:MOST_IN_LIST]
        ],
        "more_attachments": _more(capture["attachments"], "attachment", page),
        "trigger": page.line(capture["trigger"], LONGEST_FIELD),
        "triggered_by": page.line(capture["triggered_by"], LONGEST_FIELD),
        "snapshot_id": page.line(capture["snapshot_id"], LONGEST_FIELD),
        "manifest": f"sha256:{facts.manifest}",
        "program": page.line(capture["program_version"], LONGEST_FIELD),
    }
    return {**content, "cut": page.cut}


def withheld_content(facts: Facts, withheld: Withheld, alphabet: Alphabet) -> dict[str, Any]:
    """All that the card of a withheld comment shows: no word, name, thread or attachment of it."""
    page = Page(alphabet)
    shown = _where_and_who(facts.capture, page)
    del shown["author"]
    return {
        **shown,
        "posted": moment_words(facts.capture["created_at"]),
        "captured": moment_words(facts.capture["captured_at"]),
        "why": WHY_WITHHELD,
        "case": str(withheld.case),
        "route": page.line(withheld.route, LONGEST_CONTEXT),
        "marked": f"{withheld.marked_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "cut": False,
    }


def flag_words(flag: Mapping[str, Any]) -> dict[str, str]:
    """One reason in words, whole."""
    where = f"characters {flag['start'] + 1} to {flag['end']}" if flag["end"] > flag["start"] else "the whole text"
    return {
        "category": category_words(Category(flag["category"])),
        "severity": str(flag["severity"]),
        "where": where,
        "reason": str(flag["reason"]),
        "clause": str(flag["clause"] or ""),
        "detector": str(flag["detector"]),
        "score": f"{flag['score']:.2f}",
    }


def moment_words(both: Mapping[str, str | None]) -> dict[str, str]:
    """A stored time in words: local with its offset, and UTC. Fractions of a second stay in capture.json."""
    utc = datetime.fromisoformat(str(both["utc"]))
    spoken_utc = f"{utc.year:04}-{utc:%m-%d %H:%M:%S} UTC"
    if both["local"] is None:
        return {"local": spoken_utc, "utc": ""}
    local = datetime.fromisoformat(both["local"])
    offset = local.isoformat()[-6:]
    return {
        "local": f"{local:%A} {local.day} {local:%B} {local.year}, {local:%H:%M:%S} (UTC{offset})",
        "utc": spoken_utc,
    }


def _where_and_who(capture: Mapping[str, Any], page: Page) -> dict[str, Any]:
    return {
        "school": page.line(capture["school_name"], LONGEST_FIELD),
        "account": page.line(f"{capture['account_label']} (network: {capture['network']})", LONGEST_FIELD),
        "kind": page.line(capture["kind"], LONGEST_FIELD),
        "permalink": page.address(capture["permalink"] or "The network gave no address for it.", LONGEST_ADDRESS),
        "author": page.line(capture["author_name"] or "no name shown", LONGEST_FIELD),
        "author_id": page.line(capture["author_id"] or "not given by the network", LONGEST_FIELD),
    }


def _when(capture: Mapping[str, Any]) -> dict[str, Any]:
    received, ahead = capture["received_at"], capture["clock_ahead_seconds"]
    clock = ""
    if ahead is not None and abs(ahead) < 1:  # the network gives whole seconds
        clock = "Our clock agreed with the network's to the second."
    elif ahead is not None:
        clock = f"Our clock was {abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} the network's."
    return {
        "posted": moment_words(capture["created_at"]),
        "edited": moment_words(capture["edited_at"]) if capture["edited_at"] else None,
        "first_seen": moment_words(capture["first_seen_at"]),
        "received": moment_words(received) if received else None,
        "captured": moment_words(capture["captured_at"]),
        "data_from": moment_words(received or capture["captured_at"]),
        "clock": clock,
    }


def _flag(flag: Mapping[str, Any], page: Page) -> dict[str, str]:
    return {name: page.line(value, LONGEST_FIELD) for name, value in flag_words(flag).items()}


def _message(message: ThreadMessage, facts: Facts, page: Page) -> dict[str, str]:
    text = message["text"]
    return {
        "who": page.line(message["who"], LONGEST_FIELD),
        "at": moment_words(message["at"])["local"],
        "text": "" if text is None else page.line(text, LONGEST_CONTEXT, facts.in_context),
        "instead": message["instead"],
    }


def _gravity(flag: Mapping[str, Any]) -> int:
    """Smaller for what is graver, so that the gravest reasons come first."""
    return {"urgent": 0, "serious": 1, "concern": 2}.get(flag["severity"], 3)


def _more(things: Sequence[object], what: str, page: Page) -> str:
    rest = len(things) - MOST_IN_LIST
    if rest <= 0:
        return ""
    page.cut = True
    return f"… {rest:,} more {what if rest == 1 else what + 's'} in annex.txt"
