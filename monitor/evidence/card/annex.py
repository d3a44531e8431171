"""`annex.txt`: the whole of what a card could only show in part, in plain text that does nothing to its reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.evidence.card.card import MASKED, flag_words, moment_words
from monitor.evidence.card.card_text import DEFANGED
from monitor.evidence.card.plain_text import fact, heading, named_line, numbered, paragraph
from monitor.evidence.card.snapshot_facts import Facts

LONGEST_CONTEXT = 5000  # characters of a post, an address, or another message; only the comment itself has no bound


def annex(facts: Facts) -> bytes:
    """The annex to a card, in UTF-8 and lines of at most 100 characters."""
    capture = facts.capture
    lines = [
        "ANNEX TO AN EVIDENCE CARD",
        "",
        *fact("Snapshot", named_line(capture["snapshot_id"])),
        *fact("Manifest digest", f"sha256:{facts.manifest}"),
        "",
        *paragraph(
            "The card beside this file (card.pdf, card.png, card.txt) leaves out what does not fit on it. Here is "
            "the whole of it, for reading. The text that counts is the one in capture.json, and of the other "
            "messages the one in the folder thread; manifest-sha256.txt lists the digests of both."
        ),
        "",
        *paragraph(
            "Every hidden or control character stands here as its name, for example <U+202E RIGHT-TO-LEFT OVERRIDE>. "
            f"{DEFANGED} Each line of a text has its number; a line without one goes on from the line above. "
            f"{MASKED}"
        ),
        *heading(f"The text, {len(capture['text']):,} characters"),
        *numbered(capture["text"]),
        *heading("Where and who"),
        *fact("Address", named_line(capture["permalink"][:LONGEST_CONTEXT] or "none given")),
        *fact("Author as shown", named_line(capture["author_name"][:LONGEST_CONTEXT] or "no name shown")),
        *_reasons(facts),
        *_around(facts),
        *_attachments(capture["attachments"]),
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _reasons(facts: Facts) -> Iterator[str]:
    if facts.flags:
        yield from heading(f"Why it was kept: {len(facts.flags)}")
    for number, flag in enumerate(facts.flags, 1):
        words = {name: named_line(value) for name, value in flag_words(flag).items()}
        clause = f", policy clause “{words['clause']}”" if words["clause"] else ""
        yield from fact(
            f"{number}. {words['category']}",
            words["reason"],
            f"{words['severity']}, {words['where']}{clause}, found by {words['detector']}, score {words['score']}",
        )


def _around(facts: Facts) -> Iterator[str]:
    if facts.capture["post_text"]:
        yield from heading("The school's post")
        yield from _context(facts, facts.capture["post_text"], "capture.json")
    for number, message in enumerate(facts.thread, 1):
        yield from heading(f"Message {number} of the thread")
        yield f"{message['who']}, {moment_words(message['at'])['local']}"
        yield from (
            [message["instead"]] if message["text"] is None else _context(facts, message["text"], "the folder thread")
        )


def _context(facts: Facts, text: str, where: str) -> Iterator[str]:
    yield from numbered(facts.in_context(text[:LONGEST_CONTEXT]))
    if len(text) > LONGEST_CONTEXT:
        yield f"… {len(text) - LONGEST_CONTEXT:,} more characters in {where}"


def _attachments(attachments: Sequence[dict[str, str]]) -> Iterator[str]:
    if attachments:
        yield from heading("Attachments: listed, not opened")
    for number, attachment in enumerate(attachments, 1):
        yield from fact(
            f"{number}. {named_line(attachment['kind'][:100])}", named_line(attachment["address"][:LONGEST_CONTEXT])
        )
