"""One snapshot or exhibit as people read it on a screen: what was kept, of what, when, and how it reached us."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from alerts.filters import plain
from monitor.commands.quoting import quoted, visible
from monitor.evidence.card.card import flag_words, moment_words
from monitor.evidence.card.snapshot_facts import Facts, read_facts
from monitor.evidence.exhibit import FACTS
from monitor.evidence.snapshot import EXCHANGE

THREAD_LENGTH = 500  # characters of another message of its thread
LONGEST = 1000  # characters of one fact
MOST_PLACES = 20
_TIMES = {
    "posted": "created_at",
    "edited": "edited_at",
    "first seen": "first_seen_at",
    "received": "received_at",
    "captured": "captured_at",
}


def snapshot_lines(directory: Path, hidden: Collection[str]) -> list[str]:
    """A snapshot whole, but for the words in the files of its thread that are `hidden`.

    Raises OSError, and ValueError, KeyError or TypeError for damaged files.
    """
    facts = read_facts(directory, hidden)
    return [
        *_where_and_when(facts.capture),
        *_words(facts.capture),
        *_flags(facts),
        *_exchange(directory),
        *_around(facts),
        *(f"Attachment, not opened: {_line(a['kind'])} {_line(a['address'])}" for a in facts.capture["attachments"]),
    ]


def exhibit_lines(directory: Path) -> list[str]:
    """The facts of an exhibit and its files, unopened. Raises OSError, and ValueError for damaged files."""
    facts = json.loads((directory / FACTS).read_bytes())
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return [
        *(f"  {name.replace('_', ' ')}: {_line(value)}" for name, value in facts.items()),
        *(f"  file {_line(file.relative_to(directory))}, {file.stat().st_size} bytes" for file in files),
    ]


def _where_and_when(capture: Mapping[str, Any]) -> Iterator[str]:
    author = _line(visible(str(capture["author_name"]))) or "name not shown"
    yield f"  what        {_line(capture['kind'])} on {_line(capture['account_label'])}, {_line(capture['shown'])}"
    yield f"  by          {author} (id {_line(capture['author_id'] or 'withheld by the network')})"
    yield f"  address     {_line(capture['permalink']) or '-'}"
    for name, key in _TIMES.items():
        if capture[key]:
            moment = moment_words(capture[key])
            yield f"  {name:12}{' = '.join(filter(None, (moment['local'], moment['utc'])))}"
    if (ahead := capture["clock_ahead_seconds"]) is not None:
        yield f"  our clock   {abs(ahead):,.1f} s {'ahead of' if ahead >= 0 else 'behind'} the network's"
    yield f"  because     {_line(capture['trigger'])} Captured by {_line(capture['triggered_by'])}."
    yield f"  made with   {_line(capture['program_version'])}, {_line(capture['environment'])}"


def _words(capture: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"What it says, version {capture['version']} (hidden characters are named):")
    yield from quoted(str(capture["text"]))
    for name, places in capture["hidden_characters"].items():
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        yield f"  hidden: {name} at {', '.join(map(str, places[:MOST_PLACES]))}{more}"


def _flags(facts: Facts) -> Iterator[str]:
    yield from ("", "Flags:" if facts.flags else "No flags.")
    for flag in map(flag_words, facts.flags):
        clause = f' Clause "{_line(flag["clause"])}".' if flag["clause"] else ""
        found = f"found by {_line(flag['detector'])}, score {flag['score']}"
        yield f"  {flag['category']} ({flag['severity']}), {flag['where']}, {found}: {_line(flag['reason'])}{clause}"


def _exchange(directory: Path) -> Iterator[str]:
    yield from ("", "How it reached us:")
    try:
        answer = json.loads((directory / EXCHANGE).read_bytes())
    except FileNotFoundError:
        yield "  the request was not kept"
        return
    yield f"  {_line(answer['method'])} {_line(answer['url'])}"
    where = "not cut out of them" if answer["offset"] is None else f"at byte {answer['offset']:,}"
    yield f"  answered {answer['status']} with {answer['body_length']:,} bytes, the item {where}"
    yield f"  {_line(answer['body_digest'])}"
    if answer["left_out"]:
        yield f"  left out of the item, as others speak there: {_line(', '.join(map(str, answer['left_out'])))}"
    yield from (f"  {_line(name)}: {_line(value)}" for name, value in sorted(answer["headers"].items()))


def _around(facts: Facts) -> Iterator[str]:
    post = facts.capture["post_text"]
    if not post and not facts.thread:
        return
    yield from ("", "Around it (other people are masked):")
    if post:
        yield from ("  the school's post:", *quoted(facts.in_context(str(post)), THREAD_LENGTH))
    for message in facts.thread:
        yield f"  {_line(message['who'])}, {moment_words(message['at'])['local']}:"
        text = message["text"]
        yield from [f"  ({message['instead']})"] if text is None else quoted(facts.in_context(text), THREAD_LENGTH)


def _line(value: object) -> str:
    """A fact on one line: a terminal obeys control characters, and facts come from strangers."""
    return plain(str(value), LONGEST)
