"""`card.txt`: what the card says, in plain text, for readers and programs that show no PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.evidence.card.card_text import BREAK_HERE, DEFANGED, Drawn, Piece
from monitor.evidence.card.plain_text import WIDTH, fact, heading, paragraph, wrapped

ORDINARY = "EVIDENCE CARD"
WITHHELD = "MEDIA WITHHELD"
"""First line of the one and of the other, by which they are told apart."""


def plain_card(content: Mapping[str, Any]) -> bytes:
    """The content of `monitor.evidence.card.card.card_content` in UTF-8; hidden characters stand as their names."""
    lines = [
        ORDINARY,
        content["school"],
        content["program"],
        "",
        f"Rendered from the network's data at {content['data_from']['utc'] or content['data_from']['local']}.",
        "This is not a photograph of the page.",
        "",
        *_facts(content),
        *heading("The text, with its hidden characters named" if content["revealed"] else "The text as displayed"),
        *_text(content["revealed"] or content["text"]),
        *_reasons(content),
        *_around(content),
        *_attachments(content),
        *heading("About this card"),
        *fact("Captured because", content["trigger"]),
        *fact("Captured by", content["triggered_by"]),
        *fact("Snapshot", content["snapshot_id"]),
        *fact("Manifest digest", content["manifest"]),
        *fact("Authoritative", "The facts, reasons and bytes of the network beside this card, each with its digest."),
    ]
    if content["cut"]:
        lines += fact("Annex", "What does not fit on this card stands whole in annex.txt beside it.")
    return _encoded(lines)


def plain_withheld(content: Mapping[str, Any]) -> bytes:
    """The content of `monitor.evidence.card.card.withheld_content` in UTF-8."""
    lines = [
        WITHHELD,
        content["school"],
        "",
        *paragraph(content["why"]),
        "",
        *fact("Whom to tell", content["route"]),
        "",
        *fact("Account", content["account"]),
        *fact("Address", *content["permalink"]),
        *fact("Author's id", content["author_id"]),
        *fact("Posted", *_moment(content["posted"])),
        *fact("Captured", *_moment(content["captured"])),
        *fact("Marked", f"{content['marked']}, case {content['case']}"),
        "",
        *paragraph(DEFANGED),
    ]
    return _encoded(lines)


def _facts(content: Mapping[str, Any]) -> Iterator[str]:
    yield from fact("Where", f"{content['account']}, a {content['kind']}")
    yield from fact("Address", *content["permalink"])
    yield from fact("Author as shown", content["author"], f"the network's id: {content['author_id']}")
    for name, key in (
        ("Posted", "posted"),
        ("Edited", "edited"),
        ("First seen", "first_seen"),
        ("Received", "received"),
        ("Captured", "captured"),
    ):
        if content[key]:
            yield from fact(name, *_moment(content[key]))
    if content["clock"]:
        yield from fact("Clock", content["clock"])
    yield from fact("State", f"version {content['version']}, {content['shown']} on the network when captured")


def _text(drawn: Drawn) -> Iterator[str]:
    for line in drawn["lines"]:
        text = "".join(map(_plain, line))
        yield from (f"  | {part}".rstrip() for part in wrapped(_joined(text), WIDTH - 4))
    for note in drawn["notes"]:
        yield from paragraph(f"({note.rstrip('.')})")


def _plain(piece: Piece) -> str:
    framed = piece["spelled"] and not piece["text"].startswith("<")
    return f"[{piece['text']}]" if framed else piece["text"]


def _reasons(content: Mapping[str, Any]) -> Iterator[str]:
    yield from heading("Why it was kept")
    if not content["flags"]:
        yield "No check flagged it."
    for flag in content["flags"]:
        clause = f", policy clause “{flag['clause']}”" if flag["clause"] else ""
        about = f"{flag['severity']}, {flag['where']}{clause}, found by {flag['detector']}, score {flag['score']}"
        yield from fact(flag["category"], flag["reason"], about)
    yield from filter(None, [content["more_flags"]])


def _around(content: Mapping[str, Any]) -> Iterator[str]:
    if not content["post"] and not content["thread"]:
        return
    yield from heading("Around it")
    if content["post"]:
        yield from fact("The school's post", content["post"])
    for message in content["thread"]:
        yield from fact(message["who"], message["text"] or message["instead"], message["at"])
    yield from filter(None, [content["more_thread"]])
    yield from paragraph(f"({content['masked'].rstrip('.')})")


def _attachments(content: Mapping[str, Any]) -> Iterator[str]:
    if content["attachments"]:
        yield from heading("Attachments: listed, not opened")
    for attachment in content["attachments"]:
        yield from fact(attachment["kind"], *attachment["address"])
    yield from filter(None, [content["more_attachments"]])


def _moment(moment: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, (moment["local"], moment["utc"])))


def _joined(text: str) -> str:
    return text.replace(BREAK_HERE, "")


def _encoded(lines: list[str]) -> bytes:
    return ("\n".join(map(_joined, lines)) + "\n").encode("utf-8")
