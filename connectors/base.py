"""The contract every connector keeps, and the errors it may raise.

    ConnectorError                what happened, in our words: network, account, what to do. Never a URL or token.
    ├── AuthFailed                a person must act: the credentials are dead, missing or refused
    ├── Forbidden                 a person must act: signed in, but this stream is not allowed to us
    ├── Waiting                   nothing to repair: the network asks us to come back (carries `until`)
    │   ├── RateLimited           too many calls
    │   └── BudgetSpent           the paid or daily allowance is used up
    │       ├── RunLimitReached   the calls we allowed ourselves for this run are used up; the next run goes on
    │       └── AllowanceLow      of an allowance only what is held back for checking what we hold is left
    ├── TemporaryFailure          try again at the next run: time-out, reset, 5xx
    └── UnexpectedReply           the network changed, or something between us and it answered: not what it documents
        └── EmptyAnswer           a proper answer with nothing in it where something we know must be

The rules a connector keeps:

* It reads only. It holds no state between runs except the cursor it is given, and it never sleeps.
* It is used by one thread at a time and is cheap to build.
* `fetch` yields one Batch for each page. Pages already yielded stay good when a later one fails.
* A bad item does not spoil its page: it comes back as `Quarantined` with its raw form and a reason.
* `Batch.next_cursor` is safe to store the moment the batch's items are stored: whatever a crash, an error or a
  budget leaves unread after it is read again by the next run. Reading a page twice must change nothing.
* All times are aware, in UTC and plausible; an item whose time is not is quarantined.
* Text is what its author wrote, with nothing undone but the network's own way of writing it on the wire.
* Attachments are listed, never fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol


class ConnectorError(Exception):
    """Base of everything a connector raises on purpose. Its text is fit for a screen and a log."""


class AuthFailed(ConnectorError):
    """The credentials no longer work. Only a person can mend that."""


class Forbidden(ConnectorError):
    """Signed in, but not allowed to read this stream."""


class Waiting(ConnectorError):
    """The network asks us to come back at `until` (aware, UTC)."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class RateLimited(Waiting):
    """Too many calls."""


class BudgetSpent(Waiting):
    """The paid or daily allowance is used up."""


class RunLimitReached(BudgetSpent):
    """Our own limit for one run. Nobody has to wait: the next run goes on from here."""


class AllowanceLow(BudgetSpent):
    """Only the share that is held back is left until then. Checking what we hold goes on, reading does not."""


class TemporaryFailure(ConnectorError):
    """Likely to work at the next run."""


class UnexpectedReply(ConnectorError):
    """The answer is not what the network documents."""


class EmptyAnswer(UnexpectedReply):
    """Nothing came, not even our own posts: the network, or something before it, does not show us what is there."""


def is_plausible(moment: datetime) -> bool:
    """Whether a comment can have been written then. Near the ends of the calendar no zone can be worked out."""
    return 2000 <= moment.year < 2100


class ItemKind(StrEnum):
    COMMENT = "comment"
    REPLY = "reply"
    MENTION = "mention"
    MESSAGE = "message"
    REVIEW = "review"
    OTHER = "other"


class Shown(StrEnum):
    """What the network shows of an item. `Gone` is never said of a fetched item, only by `verify`."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    HELD = "held"


class Verdict(StrEnum):
    """What `verify` found for one item. UNKNOWN: the network would not say; it proves nothing."""

    PRESENT = "present"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Attachment:
    """Something attached to a comment: its kind and address. The address is never opened by us."""

    kind: str
    url: str


def has_picture(attachments: Iterable[Attachment]) -> bool:
    """Whether a picture or film is among these, by the networks' words for them."""
    return any(word in each.kind.casefold() for each in attachments for word in PICTURES)


PICTURES = ("photo", "image", "video", "film", "album", "picture", "gif", "reel", "carousel")


@dataclass(frozen=True)
class FetchedPost:
    """Something the school's account published, or the thread a comment hangs under.

    `by_others`: somebody else began the thread, so its words are not the school's. `has_picture`: a picture or film
    is shown with it. `addressed_to`: ids of the people it tags, where the network shows them.
    """

    remote_id: str
    text: str
    created_at: datetime | None
    permalink: str
    comment_count: int | None = None
    by_others: bool = False
    has_picture: bool = False
    addressed_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class FetchedItem:
    """One comment or reply as the network gave it.

    `remote_id` never changes through the item's life (on X the first id of the edit history; later ids are in
    `alt_ids`). `author_id` is the network's stable id, None when it was withheld. `parent_remote_id` is None
    for an item directly under its post or starting a thread of its own. `erased` is True when the network shows
    only a stub in place of the text ("[deleted]"): the text is then empty and must not replace what we hold.
    `addressed_to`: author ids the item names as the people it speaks to (tagged, or replied to), where shown.
    """

    remote_id: str
    kind: ItemKind
    text: str
    created_at: datetime
    post_remote_id: str | None = None
    parent_remote_id: str | None = None
    author_id: str | None = None
    author_name: str = ""
    edited_at: datetime | None = None
    permalink: str = ""
    shown: Shown = Shown.VISIBLE
    erased: bool = False
    attachments: tuple[Attachment, ...] = ()
    alt_ids: tuple[str, ...] = ()
    addressed_to: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Quarantined:
    """An item that could not be read, kept as it came, with one sentence saying why."""

    raw: Any
    reason: str


@dataclass(frozen=True)
class Exchange:
    """One request and the answer to it, without secrets: what evidence is made from.

    `url` has every credential removed; `headers` are the reply's; `body` is what came over the wire after transport
    decoding, with credentials the network repeats in it taken out; `received_at` is aware, UTC.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


Cursor = dict[str, Any]
"""Opaque to everyone but its connector; JSON; carries its own version under "v"."""


@dataclass(frozen=True)
class Batch:
    """One page: what it held, and the cursor that is safe once it is stored.

    `complete` is True only on the last batch of a stream, when everything up to the start of the run was read.
    `whole_threads`: ids of posts under which this run has now met every item the network shows us, in this batch or
    an earlier one. What we hold under them and was not met is asked for by its id at once.
    """

    items: tuple[FetchedItem, ...]
    next_cursor: Cursor | None
    complete: bool
    posts: tuple[FetchedPost, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    whole_threads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Usage:
    """What the network itself says of an allowance: the share used (1.0 is all of it) and when it begins anew (UTC).

    `name` tells the allowances of one credential apart: "app", "page", "search".
    """

    name: str
    share: float
    resets_at: datetime


NEARLY_USED = 0.75
"""Share of a network's allowance from which we only check what we hold."""
USED_UP = 0.95
"""Share of a network's allowance from which nothing is asked for at all."""


@dataclass
class Budget:
    """How much one run may ask for. `spend` is called before each call and raises when nothing is left.

    `calls_left` until the next run at `until`; `day_calls_left` until `day_ends`; `things_left`, what a network
    charges for singly (posts, on X), until `things_until`. None: without limit. `nearly_used` is the share of a
    network's own allowance at which this run ends. A connector tells what an answer cost with `pay` and what its
    headers say with `note`; `calls` and `paid` count what this run has used. All moments are aware, UTC.
    """

    calls_left: int
    until: datetime
    day_calls_left: int | None = None
    day_ends: datetime | None = None
    things_left: int | None = None
    things_until: datetime | None = None
    nearly_used: float = NEARLY_USED
    calls: int = 0
    paid: int = 0
    usage: dict[str, Usage] = field(default_factory=dict)

    def spend(self, calls: int = 1) -> None:
        """Take `calls` from the budget. Raises RunLimitReached, with `until` saying when the next run is, and
        AllowanceLow when of something that lasts longer than a run no more than what is held back is left."""
        if self.things_left is not None and self.things_left <= 0:
            words = "the money that may be spent on reading this account is used up; raise monthly_cap_usd for more"
            raise AllowanceLow(words, self.things_until or self.until)
        for each in self.usage.values():
            if each.share >= self.nearly_used:
                words = f"{each.share:.0%} of what the network allows ({each.name}) is used; the rest is held back"
                raise AllowanceLow(words, each.resets_at)
        if self.day_calls_left is not None and self.day_calls_left < calls:
            words = "the calls of this day are used up but for those held back; raise calls_per_day for more"
            raise AllowanceLow(words, self.day_ends or self.until)
        if self.calls_left < calls:
            raise RunLimitReached(
                "this run has used the calls it was given; the next run goes on from here", self.until
            )
        self.calls_left -= calls
        self.calls += calls
        if self.day_calls_left is not None:
            self.day_calls_left -= calls

    def pay(self, things: int) -> None:
        """Count what an answer held that the network charges for. What was read is never refused afterwards."""
        self.paid += things
        if self.things_left is not None:
            self.things_left -= things

    def note(self, usage: Usage) -> None:
        """Take over what the network says about an allowance."""
        self.usage[usage.name] = usage


@dataclass(frozen=True)
class Capabilities:
    """What a network lets us see. `streams` are read in this order; all of them make the account read.

    `shows_hidden`: what the school hid or holds for review is still shown to us. `verify_every`: how long after an
    item was last met it is asked for by its id, at the soonest; `verify_old_every`, the same for items older than a
    week (None: no difference). `read_every`: streams that need not be read at every
    run, and how long they may wait; staleness is counted from it. `never_empty`: streams whose complete answer
    always holds a post or an item once there is one: nothing at all in them is an alarm, not a quiet day.
    """

    streams: tuple[str, ...]
    shows_hidden: bool
    verify_every: timedelta = timedelta(hours=1)
    verify_old_every: timedelta | None = None
    read_every: Mapping[str, timedelta] = field(default_factory=dict)
    never_empty: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AccountState:
    """Who the credentials say we are. An item is the school's own only when its author id is in `own_ids`.

    `expires_at`: when the credentials end (aware, UTC), None: never, or the network does not say. `scopes`: what
    they allow, in the network's own words, where it says. `api_version`: as which version the network answers.
    `notes`: what a person should know or do, in sentences. `about`: what the account says of itself in public, ""
    when it says nothing, None when the network does not tell us; `links`: the addresses it gives there, written out.
    """

    own_ids: frozenset[str]
    display_name: str
    notes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    api_version: str = ""
    about: str | None = None
    links: tuple[str, ...] = ()


MESSAGES = "messages"
"""Name of the stream of direct messages, on every network that has one. A connector has it among its streams only
when it was built with `read_messages`."""


IMPORTED = "import:"
"""Begins the id of an item to which the archive it came from gives none."""


class Connector(Protocol):
    """Reads one account of one network."""

    network: ClassVar[str]

    @property
    def capabilities(self) -> Capabilities:
        """What can be read here. It does not change while the connector lives."""
        ...

    def check(self) -> AccountState:
        """Ask the network who we are. Raises a ConnectorError."""
        ...

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor` (None: from the look-back). Raises a ConnectorError."""
        ...

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which of these items still exist. Ids missing from the answer are UNKNOWN. Raises a ConnectorError."""
        ...
