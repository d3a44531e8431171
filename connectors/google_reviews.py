"""Reads the reviews of a school's place on Google, newest change first, with the school's replies to them.

A page holds fifty reviews, all that most schools have in a year, and is read whole each time. A reply need not bring
its review back to the top, so the pages below are read as well some times a day, back to the look-back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import EmptyAnswer, Forbidden, UnexpectedReply
from connectors.fetched import Exchange, sorted_out
from connectors.google_access import GoogleAccess
from connectors.google_reviews_wire import (
    REPLY,
    WHERE,
    ReviewPage,
    is_id,
    last_change,
    meaning,
    moment_of,
    read_page,
    read_review,
    review_id_of,
)
from connectors.json_api import Answer, JsonApi, NotThere
from connectors.transport import NetworkSession

REVIEWS = "reviews"
AT_ONCE = 50
OVERLAP = timedelta(hours=1)
SWEEP_EVERY = timedelta(hours=3)
BLANK_FOR = timedelta(days=1)
"""How long it is believed without asking more that a place has no reviews at all."""
PATIENCE = timedelta(minutes=1)
FEW = 2
"""So few reviews are asked for by their ids at once; of more, the list tells most in fewer calls."""
MADE_UP = "no-such-review"


class GoogleReviews:
    """One place. `session` must carry every credential among its secrets."""

    network: ClassVar[str] = "google_reviews"
    capabilities: ClassVar[Capabilities] = Capabilities(
        streams=(REVIEWS,), shows_hidden=False, verify_every=timedelta(hours=4), never_empty=frozenset({REVIEWS})
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
        page, _ = self._page({"pageSize": "1"}, None)
        if page.is_blank:
            self._has_reply(MADE_UP, None)
        count = page.total if page.total is not None else len(page.rows)
        return AccountState(
            own_ids=frozenset({self._place}),
            display_name=f"a place with {count} {'review' if count == 1 else 'reviews'}",
            notes=("Google says by what name people write reviews, but not who they are.",),
            expires_at=self._access.ends_at,
            scopes=self._access.scopes,
            api_version="v4",
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read what changed since `cursor`. Raises a ConnectorError."""
        if stream != REVIEWS:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {REVIEWS}")
        started = self._now().astimezone(UTC)
        was = cursor if cursor and cursor.get("v") == 1 else {}
        since, swept, blank = (moment_of(was.get(name)) for name in ("since", "swept", "blank"))
        oldest = started - self._lookback
        # What was written before the first look-back began is not brought in, unless something is added to it.
        begins = min(moment_of(was.get("begins")) or oldest, oldest)
        sweep = since is None or swept is None or started - swept >= SWEEP_EVERY - PATIENCE
        back_to = oldest if sweep or since is None else max(since - OVERLAP, oldest)
        newest: str | None = None
        for number, (page, exchange) in enumerate(self._pages(budget)):
            if number == 0:
                blank = self._blank_since(page, was, blank, started, budget)
                newest = next((each for row in page.rows if (each := review_id_of(row))), None)
            yield self._batch(page, exchange, begins, cursor)
            if page.reaches(back_to):
                break
        marks = {"since": started, "swept": started if sweep else swept, "begins": begins, "blank": blank}
        done = {"v": 1, **{name: at.isoformat() if at else None for name, at in marks.items()}, "newest": newest}
        yield Batch((), done, complete=True)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which reviews, and which replies to them, still exist. Raises a ConnectorError.

        A review is gone when Google says so of its id, having shown us another one or at least the place.
        """
        asked = [each for each in dict.fromkeys(remote_ids) if is_id(each.removesuffix(REPLY))]
        wanted = list(dict.fromkeys(each.removesuffix(REPLY) for each in asked))
        replied = self._listed(wanted, budget) if len(wanted) > FEW else {}
        sure = bool(replied)
        for review_id in wanted:
            if review_id not in replied:
                replied[review_id] = self._has_reply(review_id, budget)
        verdicts = {}
        for each in asked:
            has_reply = replied[each.removesuffix(REPLY)]
            gone = has_reply is None or (each.endswith(REPLY) and not has_reply)
            verdicts[each] = Verdict.GONE if gone else Verdict.PRESENT
        if verdicts and not sure and Verdict.PRESENT not in verdicts.values():
            self._page({"pageSize": "1"}, budget)
        return verdicts

    def _batch(self, page: ReviewPage, exchange: Exchange, begins: datetime, cursor: Cursor | None) -> Batch:
        read = [read_review(row, self._place) for row in page.rows]
        kept = [each for each in read if (at := last_change(each)) is None or at >= begins]
        items, bad = sorted_out(each for several in kept for each in several)
        return Batch(items, cursor, False, quarantined=bad, exchanges=(exchange,))

    def _blank_since(
        self, page: ReviewPage, was: Cursor, blank: datetime | None, started: datetime, budget: Budget
    ) -> datetime | None:
        """Since when we know that there are no reviews; None: there are. Raises EmptyAnswer when there must be.

        Google writes that a place has no reviews as an empty object, which might come from anywhere. So it is asked
        for one by its id as well: its own words that there is none are proof enough for a day.
        """
        if page.rows:
            return None
        known = was.get("newest")
        if isinstance(known, str) and is_id(known) and self._has_reply(known, budget) is not None:
            raise EmptyAnswer(
                f"{WHERE}: the list is empty although a review that stood in it is still there; look at the place on "
                "Google and, if this goes on, sign in again"
            )
        if page.total:
            raise EmptyAnswer(f"{WHERE}: there are {page.total}, and yet the list of them is empty")
        if blank is not None and started - blank < BLANK_FOR:
            return blank
        if self._has_reply(MADE_UP, budget) is not None:
            raise UnexpectedReply(f"{WHERE}: asked for a review that cannot be, it answered with one")
        return started

    def _listed(self, wanted: Sequence[str], budget: Budget) -> dict[str, bool | None]:
        """Of those of these reviews that the list shows, whether there is a reply. It is read until all are met."""
        found: dict[str, bool | None] = {}
        for page, _ in self._pages(budget):
            rows = ((review_id_of(row), row) for row in page.rows)
            found |= {each: row.get("reviewReply") is not None for each, row in rows if each is not None}
            if found.keys() >= set(wanted):
                break
        return found

    def _pages(self, budget: Budget) -> Iterator[tuple[ReviewPage, Exchange]]:
        token: str | None = None
        seen: set[str] = set()
        while True:
            asked = {"pageSize": str(AT_ONCE), "orderBy": "updateTime desc"}
            page, exchange = self._page({**asked, **({"pageToken": token} if token else {})}, budget)
            if token and page.is_blank:
                raise UnexpectedReply(f"{WHERE}: a page that was announced holds nothing")
            token = page.next_token
            yield page, exchange
            if token is None:
                return
            if token in seen:
                raise UnexpectedReply(f"{WHERE}: it leads back to a page that was already read")
            seen.add(token)

    def _page(self, asked: Mapping[str, str], budget: Budget | None) -> tuple[ReviewPage, Exchange]:
        try:
            answer = self._ask(f"/{self._place}/reviews", asked, budget)
        except NotThere:
            answer = None
        if answer is None:
            raise Forbidden(f"{WHERE}: there is no such place for who signed in; check account_id and location_id")
        return read_page(answer.payload), answer.exchange

    def _has_reply(self, review_id: str, budget: Budget | None) -> bool | None:
        """Whether a review has a reply; None: there is no such review."""
        try:
            payload = self._ask(f"/{self._place}/reviews/{review_id}", {}, budget).payload
        except NotThere:
            return None
        if review_id_of(payload) != review_id:
            raise UnexpectedReply(f"{WHERE}: asked for one review, it answered with something else")
        return payload.get("reviewReply") is not None

    def _ask(self, path: str, asked: Mapping[str, str], budget: Budget | None) -> Answer:
        def spend() -> None:
            if budget is not None:
                budget.spend()

        def once(headers: Mapping[str, str]) -> Answer:
            return self._api.get(path, asked, what="reviews", headers=headers)

        spend()
        return self._access.signed(once, spend)
