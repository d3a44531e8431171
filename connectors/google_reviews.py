"""Reads the reviews of a school's place on Google, newest change first, with the school's replies to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import (
    AccountState,
    Batch,
    Budget,
    Capabilities,
    Cursor,
    FetchedItem,
    Forbidden,
    Quarantined,
    UnexpectedReply,
    Verdict,
)
from connectors.google_access import GoogleAccess
from connectors.google_reviews_wire import REPLY, WHERE, meaning, moment_of, read_review, read_reviews, review_id_of
from connectors.json_api import Answer, JsonApi, NotThere
from connectors.transport import NetworkSession

REVIEWS = "reviews"
AT_ONCE = 50
OVERLAP = timedelta(hours=1)
SWEEP_EVERY = timedelta(days=1)
"""How often all reviews of the look-back are listed, to know which are no longer there."""


class GoogleReviews:
    """One place. `session` must carry every credential among its secrets."""

    network: ClassVar[str] = "google_reviews"
    capabilities: ClassVar[Capabilities] = Capabilities(
        streams=(REVIEWS,), shows_hidden=False, verify_every=timedelta(hours=24), never_empty=frozenset({REVIEWS})
    )

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        account_id: str,
        location_id: str,
        api_url: str,
        access: GoogleAccess,
        lookback_days: int = 30,
    ) -> None:
        self._api = JsonApi(session=session, now=now, network="Google", base=f"{api_url}/v4", meaning=meaning)
        self._access = access
        self._now = now
        self._place = f"accounts/{account_id}/locations/{location_id}"
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Ask Google for the place. Raises a ConnectorError."""
        _, _, count = read_reviews(self._ask(f"/{self._place}/reviews", {"pageSize": "1"}).payload)
        return AccountState(
            own_ids=frozenset({self._place}),
            display_name=f"{count or 0} reviews in all",
            notes=("Google names no reviewers by id.",),
            scopes=("business.manage",),
            api_version="v4",
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read what changed since `cursor`. Raises a ConnectorError."""
        if stream != REVIEWS:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {REVIEWS}")
        started = self._now().astimezone(UTC)
        since, swept = _read_cursor(cursor)
        sweep = swept is None or started - swept >= SWEEP_EVERY - timedelta(minutes=1)
        oldest = started - self._lookback
        back_to = oldest if since is None or sweep else max(since - OVERLAP, oldest)
        token: str | None = None
        seen: set[str] = set()
        while True:
            budget.spend()
            asked = {
                "pageSize": str(AT_ONCE),
                "orderBy": "updateTime desc",
                **({"pageToken": token} if token else {}),
            }
            answer = self._ask(f"/{self._place}/reviews", asked)
            rows, token, _ = read_reviews(answer.payload)
            read = [each for row in rows for each in read_review(row, self._place)]
            items = tuple(each for each in read if isinstance(each, FetchedItem))
            bad = tuple(each for each in read if isinstance(each, Quarantined))
            yield Batch(items, cursor, False, quarantined=bad, exchanges=(answer.exchange,))
            changed = [moment_of(row.get("updateTime")) for row in rows if isinstance(row, dict)]
            known = [moment for moment in changed if moment is not None]
            if token is None or (known and max(known) < back_to):
                break
            if token in seen:
                raise UnexpectedReply(f"{WHERE}: it leads back to a page that was already read")
            seen.add(token)
        place = {"since": started.isoformat(), "swept": (started if sweep else swept or started).isoformat()}
        yield Batch((), {"v": 1, **place}, complete=True)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which reviews, and which replies to them, still exist, one a call. Raises a ConnectorError."""
        verdicts: dict[str, Verdict] = {}
        shown: dict[str, bool | None] = {}
        for remote_id in dict.fromkeys(remote_ids):
            review_id = remote_id.removesuffix(REPLY)
            if review_id_of({"reviewId": review_id}) is None:
                continue
            if review_id not in shown:
                budget.spend()
                shown[review_id] = self._has_reply(review_id)
            there = shown[review_id]
            gone = there is None or (remote_id.endswith(REPLY) and not there)
            verdicts[remote_id] = Verdict.GONE if gone else Verdict.PRESENT
        if Verdict.GONE in verdicts.values() and Verdict.PRESENT not in verdicts.values():
            budget.spend()
            self.check()
        return verdicts

    def _has_reply(self, review_id: str) -> bool | None:
        """Whether a review has a reply; None: there is no such review."""
        try:
            payload = self._ask(f"/{self._place}/reviews/{review_id}", {}).payload
        except NotThere:
            return None
        if not isinstance(payload, dict) or review_id_of(payload) != review_id:
            raise UnexpectedReply(f"{WHERE}: asked for one review, it answered with something else")
        return payload.get("reviewReply") is not None

    def _ask(self, path: str, asked: Mapping[str, str]) -> Answer:
        return self._api.get(path, asked, what="reviews", headers=self._access.header())


def _read_cursor(cursor: Cursor | None) -> tuple[datetime | None, datetime | None]:
    if not cursor or cursor.get("v") != 1:
        return None, None
    return moment_of(cursor.get("since")), moment_of(cursor.get("swept"))
