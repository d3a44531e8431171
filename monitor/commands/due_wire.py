"""The JSON lines that `school-monitor due` reads: strict, and every refusal is one sentence.

A line is an object with `case`, `received_at`, `timezone`, `policy` and, if wanted, `facts`. A key that is not
known, appears twice, or holds something else than it should is refused: a deadline worked out from half a line
would be a guess.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr, ValidationError, field_validator
from pydantic_core import ErrorDetails

from config.policy import ResponseRule, Tag
from monitor.model import (
    Action,
    ActionFact,
    Facts,
    ReplyBy,
    ReplyFact,
    ReplyKind,
    ThreadAuthor,
    ThreadFact,
)

LONGEST_FOUND = 40
"""Characters of a refused value that an error sentence repeats."""

_INSTANT = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[Tt ][0-9:.,]+([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)", re.ASCII)
_AN_INSTANT = "accepted: a date and time with its offset, such as 2026-06-12T15:30:00+01:00 or 2026-06-12T14:30:00Z"


class BadLine(ValueError):
    """A line that cannot be answered: one sentence saying which key, what was found and what is accepted."""


def _read_instant(value: Any) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        with suppress(ValueError):  # 30 February, or 24:00
            return datetime.fromisoformat(value.upper())
    raise ValueError(_AN_INSTANT)


Instant = Annotated[datetime, BeforeValidator(_read_instant)]


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Object):
    at: Instant
    by: ReplyBy
    kind: ReplyKind
    gone_at: Instant | None = None


class WireAction(StrEnum):
    """The decisions a line may bring: those that say something about an answer or a flag."""

    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NO_REPLY_NEEDED = "no_reply_needed"
    CONFIRM_SPAM = "confirm_spam"
    CONFIRM_OFFENSIVE = "confirm_offensive"
    HIDE = "hide"
    DELETE = "delete"
    REPORT = "report"
    BLOCK = "block"
    CONFIRM_FLAG = "confirm_flag"
    FALSE_ALARM = "false_alarm"


class Decision(_Object):
    at: Instant
    action: WireAction
    note: StrictStr | None = None


class InThread(_Object):
    at: Instant
    by: ThreadAuthor


class FactsObject(_Object):
    now: Instant | None = None
    last_read_at: Instant | None = None
    first_seen_at: Instant | None = None
    edited_at: Instant | None = None
    last_seen_at: Instant | None = None
    gone_at: Instant | None = None
    replies: tuple[Reply, ...] = ()
    actions: tuple[Decision, ...] = ()
    tags: tuple[Tag, ...] = ()
    thread: tuple[InThread, ...] = ()
    outages: tuple[tuple[Instant, Instant], ...] = ()

    @field_validator("replies", "actions", "tags", "thread", "outages", mode="before")
    @classmethod
    def _nothing_is_none(cls, value: Any) -> Any:
        return () if value is None else value

    @field_validator("outages")
    @classmethod
    def _in_order(cls, outages: tuple[tuple[datetime, datetime], ...]) -> tuple[tuple[datetime, datetime], ...]:
        if any(end < begin for begin, end in outages):
            raise ValueError("accepted: pairs of times, the earlier one first")
        return outages

    def facts(self) -> Facts:
        return Facts(
            last_read_at=self.last_read_at,
            first_seen_at=self.first_seen_at,
            edited_at=self.edited_at,
            last_seen_at=self.last_seen_at,
            gone_at=self.gone_at,
            replies=tuple(ReplyFact(r.at, r.by, r.kind, r.gone_at) for r in self.replies),
            actions=tuple(ActionFact(a.at, Action(a.action.value), a.note or "") for a in self.actions),
            tags=frozenset(self.tags),
            thread=tuple(ThreadFact(t.at, t.by) for t in self.thread),
            outages=self.outages,
        )


class Question(_Object):
    """One line: when is a response to this comment due, and where does it stand at `facts.now`?"""

    case: StrictStr
    received_at: Instant
    timezone: StrictStr
    policy: ResponseRule
    facts: FactsObject = Field(default_factory=FactsObject)

    @field_validator("facts", mode="before")
    @classmethod
    def _nothing_is_none(cls, value: Any) -> Any:
        return FactsObject() if value is None else value


def read_object(line: bytes) -> dict[str, Any]:
    """The JSON object on a line. Raises BadLine."""
    try:
        found = json.loads(
            line.decode("utf-8-sig"),
            object_pairs_hook=_once_each,
            parse_int=_whole_number,
            parse_constant=_no_such_number,
        )
    except UnicodeDecodeError as wrong:
        raise BadLine(f"the line is not UTF-8 text: byte {wrong.start + 1} is wrong") from wrong
    except json.JSONDecodeError as wrong:
        raise BadLine(f"the line is not JSON: {wrong.msg} at character {wrong.pos + 1}") from wrong
    except RecursionError as deep:
        raise BadLine("the line is nested too deeply; accepted: the objects of the contract") from deep
    if not isinstance(found, dict):
        raise BadLine(f"the line holds {_found(found)}; accepted: an object")
    return found


def read_question(found: dict[str, Any]) -> Question:
    """The question a line asks. Raises BadLine for the first thing that is wrong with it."""
    try:
        return Question.model_validate(found)
    except ValidationError as wrong:
        raise BadLine(sentence(wrong.errors(include_url=False)[0])) from wrong


def sentence(error: ErrorDetails) -> str:
    """One problem that pydantic found, as: which key, what was found, what is accepted."""
    where, kind, message = _path(error["loc"]), error["type"], error["msg"]
    if kind == "missing":
        return f"{where} is missing and cannot be left out"
    if kind == "extra_forbidden":
        return _unknown_key(error["loc"])
    if kind == "value_error":
        return f"{where} is {_found(error['input'])}; {message.removeprefix('Value error, ')}"
    accepted = message.removeprefix("Input should be ")
    accepted = _IN_JSON_WORDS.get(kind, accepted)
    return f"{where} is {_found(error['input'])}; accepted: {accepted}"


_IN_JSON_WORDS = {
    "bool_type": "true or false",
    "float_type": "a number",
    "int_type": "a whole number",
    "model_type": "an object",
    "string_type": "text",
    "string_unicode": "text",
    "too_long": "a list of two",
    "tuple_type": "a list",
}

_KEYS: dict[tuple[str, ...], type[BaseModel]] = {
    (): Question,
    ("policy",): ResponseRule,
    ("facts",): FactsObject,
    ("facts", "replies"): Reply,
    ("facts", "actions"): Decision,
    ("facts", "thread"): InThread,
}


def _unknown_key(place: tuple[int | str, ...]) -> str:
    model = _KEYS[tuple(part for part in place[:-1] if isinstance(part, str))]
    near = get_close_matches(str(place[-1])[:LONGEST_FOUND], model.model_fields, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"accepted: {', '.join(model.model_fields)}"
    return f"{_path(place)} is not a known key; {hint}"


def _path(place: tuple[int | str, ...]) -> str:
    path = ""
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{_shortened(part)}"
    return path.removeprefix(".")


def _shortened(text: str) -> str:
    shown = text if len(text) <= LONGEST_FOUND else text[:LONGEST_FOUND] + "..."
    return shown if re.fullmatch(r"\w+", shown, re.ASCII) else json.dumps(shown)


def _found(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str) and len(value) > LONGEST_FOUND:
        value = value[:LONGEST_FOUND] + "..."
    return json.dumps(value)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadLine(f"the key {_shortened(key)} appears twice in one object; accepted: once")
        found[key] = value
    return found


def _whole_number(text: str) -> int:
    if len(text) > LONGEST_FOUND:
        raise BadLine(f"the line holds a number of {len(text)} digits; accepted: at most {LONGEST_FOUND}")
    return int(text)


def _no_such_number(text: str) -> NoReturn:
    raise BadLine(f"the line holds {text}; accepted: numbers as JSON writes them")
