"""One item's own bytes, cut out of the network's answer in which it stood among other people's.

An answer is a page: a hundred people's words, any of which may have to be erased one day. What is kept of it for
one item is therefore the part between that item's brackets and nothing else, byte for byte, unless answers of other
people stand inside those brackets as well: those members are cut out and named.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connectors.fetched import Exchange
from connectors.redaction import REMOVED

OTHERS = ("comments", "crosspost_parent_list", "likes", "reactions", "replies")
"""Members in which networks put what other people wrote or did inside an item, where they are objects or lists."""
DEEPEST = 500  # brackets within brackets; Python's own reader of JSON gives up at about 1,000
MOST = 500_000  # pairs of brackets; ten megabytes of real answers have about 200,000
PROBES = 4
PROBE_DEPTH = 3  # objects within the item's object
OFTEN = 8  # the most that an answer is read through, in all, for one item

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# Ends at a bracket outside strings, at a quote that is never closed, or at the end. So it matches wherever the last
# match ended, and no byte is looked at twice, whatever the answer holds.
_UP_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb')*+([{}\[\]"]|\Z)', re.DOTALL)
_IN_OTHERS = re.compile(rb'"(' + "|".join(OTHERS).encode() + rb')"\s*+:\s*+(?=[{\[])')
_PLAIN_VALUE = re.compile(_STRING + rb"|[^\s,}\]]++", re.DOTALL)
_COMMA = re.compile(rb"\s*+,")

_Range = tuple[int, int]
"""From where, to before where, in a body."""


@dataclass(frozen=True)
class ItemBytes:
    """Where one item stands in an answer, and its bytes.

    It fills `length` bytes of `exchange.body` from `offset` on. `content` is exactly these bytes when `left_out` is
    empty. Otherwise the members named there are cut out of them, each with a comma and the blanks beside it: other
    people's answers, and what the connector itself took away. Every other byte is as it came.
    """

    exchange: Exchange
    offset: int
    length: int
    content: bytes
    left_out: tuple[str, ...] = ()


class PageBytes:
    """The answers that one batch was read from. Each is looked through once, when the first item is asked for."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = tuple(exchanges)

    def find(self, raw: Mapping[str, Any], remote_id: str) -> ItemBytes | None:
        """The bytes of the item that a connector handed over as `raw`, from the newest answer that holds it.

        Bytes are given only when they say, decoded, exactly what `raw` says, other people's answers apart, and
        apart from a credential taken out of the bytes alone. None when there are none: `raw` was not in an answer;
        the answer is no JSON in UTF-8, is nested more than 500 deep or has more than half a million brackets; or the
        bytes still hold a credential, written in another way, that `raw` is without. Never raises.
        """
        item = without_others(raw)
        probes = _probes(item, remote_id)
        for exchange, answer in self._answers:
            try:
                for place in answer.places(probes):
                    if own := answer.own_bytes(place, item):
                        start, end = place
                        return ItemBytes(exchange, start, end - start, *own)
            except (ValueError, RecursionError):
                continue  # what stands between its brackets is no JSON, or too deep to be read from here
        return None

    @cached_property
    def _answers(self) -> list[tuple[Exchange, _Answer]]:
        """The newest first, without those whose brackets cannot be told apart."""
        read = [(exchange, _answer(exchange.body)) for exchange in reversed(self._exchanges)]
        return [(exchange, answer) for exchange, answer in read if answer is not None]


def without_others(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a decoded item without what other people wrote or did inside it: see `OTHERS`. Never raises."""
    whole: dict[str, Any] = {}
    waiting: list[tuple[Any, Any]] = [(raw, whole)]

    def copied(value: Any) -> Any:
        if not isinstance(value, dict | list):
            return value
        copy: dict[str, Any] | list[Any] = {} if isinstance(value, dict) else []
        waiting.append((value, copy))
        return copy

    while waiting:
        source, copy = waiting.pop()
        if isinstance(copy, list):
            copy += [copied(value) for value in source]
            continue
        for name, value in source.items():
            if name not in OTHERS or not isinstance(value, dict | list):
                copy[name] = copied(value)
    return whole


@dataclass(frozen=True)
class _Probe:
    """A string in an item, to find the item by: its member's name, and in how many objects of the item it is."""

    name: str
    value: str
    depth: int


def _probes(item: Mapping[str, Any], remote_id: str) -> list[_Probe]:
    """Where the item names its id, then its longest strings."""
    return sorted(_strings(item, 0), key=lambda probe: (probe.value != remote_id, -len(probe.value)))[:PROBES]


def _strings(item: Mapping[str, Any], depth: int) -> Iterator[_Probe]:
    for name, value in item.items():
        if isinstance(value, str):
            yield _Probe(name, value, depth)
        elif isinstance(value, dict) and depth < PROBE_DEPTH:
            yield from _strings(value, depth + 1)


def _answer(body: bytes) -> _Answer | None:
    """None when its brackets do not match, are too deep or too many, or when there are none."""
    starts: list[int] = []
    ends: list[int] = []
    around: list[int] = []
    opened: list[int] = []
    for match in _UP_TO_BRACKET.finditer(body):
        bracket, at = match[1], match.start(1)
        if bracket in {b"{", b"["}:
            if len(opened) == DEEPEST or len(starts) == MOST:
                return None
            around.append(opened[-1] if opened else -1)
            opened.append(len(starts))
            starts.append(at)
            ends.append(0)
        elif bracket:
            # In ASCII each closing bracket comes two places after the opening one.
            if not opened or bracket[0] != body[starts[opened[-1]]] + 2:
                return None
            ends[opened.pop()] = at + 1
    return None if opened or not starts else _Answer(body, starts, ends, around)


class _Answer:
    """The body of one answer with every object and list in it, in the order they open.

    `starts`, `ends`: from where to where each goes. `around`: the number of the one around it, -1 for none.
    """

    def __init__(self, body: bytes, starts: Sequence[int], ends: Sequence[int], around: Sequence[int]) -> None:
        self._body = body
        self._starts = starts
        self._ends = ends
        self._around = around
        self._members: dict[str, dict[str, list[int]]] = {}

    def places(self, probes: Iterable[_Probe]) -> Iterator[_Range]:
        """Each object that has one of these strings where the item has it, once. Raises ValueError."""
        met, left = {-1}, OFTEN * len(self._body)
        for probe in probes:
            for position in self._with_member(probe.name).get(probe.value, ()):
                number = self._innermost(position)
                for _ in range(probe.depth):
                    number = self._around[number] if number >= 0 else -1
                if number not in met:
                    met.add(number)
                    left -= self._ends[number] - self._starts[number]
                    if left < 0:
                        return
                    yield self._starts[number], self._ends[number]

    def own_bytes(self, place: _Range, item: Mapping[str, Any]) -> tuple[bytes, tuple[str, ...]] | None:
        """An object's bytes without what others wrote and without what `item` lacks, and the names of these.

        None when the object does not say the same as the item. Raises ValueError, RecursionError.
        """
        cuts = [(*self._member(match), match[1].decode()) for match in _IN_OTHERS.finditer(self._body, *place)]
        content = _without(self._body, place, cuts)
        decoded = _decoded(content)
        if not isinstance(decoded, dict) or not decoded.keys() >= item.keys():
            return None
        if lacking := decoded.keys() - item.keys():
            number = bisect_left(self._starts, place[0])
            for name in lacking:
                found = _member_named(name).finditer(self._body, *place)
                cuts += [(*self._member(match), name) for match in found if self._innermost(match.start()) == number]
            content = _without(self._body, place, cuts)
            decoded = _decoded(content)
        return (content, tuple(sorted({name for *_, name in cuts}))) if _says(decoded, item) else None

    def _with_member(self, name: str) -> dict[str, list[int]]:
        """Where members of this name are, for each string that is the value of one. Raises ValueError."""
        if name not in self._members:
            found: dict[str, list[int]] = {}
            for match in _member_named(name, _STRING).finditer(self._body):
                found.setdefault(_decoded(match[1]), []).append(match.start())
            self._members[name] = found
        return self._members[name]

    def _innermost(self, position: int) -> int:
        """The number of the innermost object or list that holds this position; -1 when none does."""
        number = bisect_right(self._starts, position) - 1
        while number >= 0 and self._ends[number] <= position:
            number = self._around[number]
        return number

    def _member(self, match: re.Match[bytes]) -> _Range:
        """The whole of a member whose name, colon and blanks were matched. Raises ValueError."""
        value = match.end()
        number = bisect_left(self._starts, value)
        if number < len(self._starts) and self._starts[number] == value:
            return match.start(), self._ends[number]
        plain = _PLAIN_VALUE.match(self._body, value)
        if plain is None:
            raise ValueError("a member of an answer has no value")
        return match.start(), plain.end()


def _member_named(name: str, value: bytes = b"") -> re.Pattern[bytes]:
    """A member of this name, with the blanks around its colon, and its value as group 1.

    It never matches inside a string, where a quote has a backslash before it. A name made of JSON's own marks can
    mislead it; then what is left decodes to something else than the item, and is not used.
    """
    written = json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return re.compile(re.escape(written) + rb"\s*+:\s*+(" + value + rb")", re.DOTALL)


def _without(body: bytes, place: _Range, cuts: Iterable[tuple[int, int, str]]) -> bytes:
    """The bytes of an object without some of its members, at whatever depth."""
    kept, (at, end) = bytearray(), place
    for first, last, _ in sorted(cuts):
        if first < at:
            continue  # it is part of one that is already cut
        kept += body[at:first]
        if comma := _COMMA.match(body, last, end):
            at = comma.end()
            continue
        at = last
        while kept[-1:].isspace():
            kept.pop()
        if kept.endswith(b","):
            kept.pop()
    return bytes(kept + body[at:end])


def _decoded(written: bytes) -> Any:
    return json.loads(written.decode("utf-8", "replace"))


def _says(kept: Any, item: Any) -> bool:
    """Whether decoded bytes say what the item says, apart from what was taken out of the bytes as a credential."""
    waiting = [(kept, item)]
    while waiting:
        mine, theirs = waiting.pop()
        if isinstance(mine, dict) and isinstance(theirs, dict) and mine.keys() == theirs.keys():
            waiting += [(mine[name], theirs[name]) for name in mine]
        elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
            waiting += zip(mine, theirs, strict=True)
        elif isinstance(mine, str) and isinstance(theirs, str):
            if mine != theirs and not _is_redacted(mine, theirs):
                return False
        elif isinstance(mine, dict | list) or repr(mine) != repr(theirs):  # NaN is not itself; 1, 1.0 and True differ
            return False
    return True


def _is_redacted(kept: str, whole: str) -> bool:
    """Whether `kept` is `whole` with some of it replaced by the mark of a removed credential."""
    first, *others = kept.split(REMOVED)
    if not others or not whole.startswith(first):
        return False
    *middle, last = others
    at = len(first)
    for piece in middle:
        at = whole.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return whole.endswith(last) and len(whole) - len(last) >= at
