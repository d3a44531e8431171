"""The contract every connector keeps.

The rules it keeps:

* It raises nothing on purpose but the errors of `connectors/errors.py`.
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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from connectors.budget import Budget
from connectors.fetched import Exchange, FetchedItem, FetchedPost, Quarantined


class Verdict(StrEnum):
    """What `verify` found for one item. UNKNOWN: the network would not say; it proves nothing."""

    PRESENT = "present"
    GONE = "gone"
    UNKNOWN = "unknown"


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
