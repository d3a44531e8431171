"""The training data as one list of examples: public sets, and the lines written for this project.

A public set says little about most categories. What it does not say is unknown, not false: `known` masks it out of
every loss and every figure. An example falls into its part (`train`, `tune`, `test`) by a hash of its normalised
words, so that no text and no disguise of it stands in two parts, whatever file it came from.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from monitor.language.normalise import normalise
from monitor.language.training.heads import HEADS, OFFENSIVE
from monitor.language.training.written_lines import TRAINING, UNSEEN, WrittenLine, written_lines

GENERAL = ("jigsaw", "davidson", "hatexplain", "paradetox", "convabuse", "hatemoji_build")
"""Public sets that say of every text whether it is offensive."""

BENIGN = ("goemotions", "banking77", "clinc150", "restaurant8k", "presidio_synth")
"""Public sets whose texts are ordinary talk and requests."""

SPAM_SETS = ("sms_spam", "youtube_spam")
"""Public sets that say of every text whether it is spam."""

Part = Literal["train", "tune", "test"]

_TEST, _TUNE = 0.12, 0.10  # shares; the rest is for training
_CLEAN_BY_CONSTRUCTION = frozenset({"banking77", "clinc150", "restaurant8k", "goemotions"})
"""Requests and kindly talk: none of them is about a school, so nothing in them is for its safeguarding lead."""

_NOT_IN_CLEAN = frozenset({"grooming", "self_harm", "allegation", "media_enquiry", "takedown_request"})
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Example:
    """One text. `known`: the heads we may learn from or judge by; of them, those in `labels` hold."""

    text: str
    labels: frozenset[str]
    known: frozenset[str]
    source: str
    group: str
    part: Part


def examples(data: Path | None) -> Iterator[Example]:
    """Every example of the public sets in `data` (see its README) and of our own lines, in a fixed order."""
    for file in sorted(data.glob("*.jsonl.gz")) if data else ():
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _public(json.loads(line))
    for written in written_lines(TRAINING):
        yield _ours(written, part_of(written.text))
    for written in written_lines(UNSEEN):
        yield _ours(written, "test")


def part_of(text: str) -> Part:
    """The part a text belongs to, the same on every machine and for every spelling that normalises alike."""
    words = " ".join(_WORDS.findall(normalise(text).text))
    at = int.from_bytes(hashlib.sha256(words.encode("utf-8", "replace")).digest()[:8], "big") / 2**64
    if at < _TEST:
        return "test"
    return "tune" if at < _TEST + _TUNE else "train"


def _ours(written: WrittenLine, part: Part) -> Example:
    labels = written.labels | ({"offensive"} if written.labels & set(OFFENSIVE) else frozenset())
    return Example(written.text, labels, frozenset(HEADS), written.file, written.group, part)


def _public(row: dict[str, object]) -> Example:
    source, offensive = str(row["src"]), row["offensive"]
    labels, known = _strings(row["labels"]), _strings(row["known"])
    known |= labels
    if offensive is not None:
        known |= {"offensive"}
    if offensive or labels & set(OFFENSIVE):
        labels |= {"offensive"}
        known |= {"offensive"}
    if offensive == 0:
        known |= set(OFFENSIVE) - {"profanity"}
    if source in _CLEAN_BY_CONSTRUCTION and offensive == 0:
        known |= _NOT_IN_CLEAN | {"profanity"}
    return Example(str(row["text"]), labels, known, source, "", part_of(str(row["text"])))


def _strings(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset()
