"""Reads a professional Instagram account through the Graph API: comments on its media, and where it is tagged.

One call lists the newest media together with how many comments each has and the newest of them; only threads that
changed, or whose time has come, are read to their end. Replies come along with their comment, the rest of many by a
call of their own. Comments cannot be edited here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import MESSAGES, AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import Forbidden, UnexpectedReply
from connectors.fetched import sorted_out
from connectors.graph import API_VERSION, Graph
from connectors.graph_errors import ObjectMissing
from connectors.graph_listing import Place, always, read_place, whole_is_due
from connectors.graph_messages import fetch_messages
from connectors.graph_values import graph_id, with_public_words
from connectors.instagram_wire import (
    TAGGED,
    WHERE,
    Comments,
    Medium,
    Post,
    read_comments,
    read_medium,
    read_replies,
    read_tag,
)
from connectors.transport import NetworkSession

COMMENTS, TAGS = "comments", "tags"
PUBLIC = ("biography", "website")
"""Fields in which an account speaks of itself."""
VERIFY_EVERY = timedelta(hours=3)
LARGE_THREAD_EVERY = timedelta(minutes=5)
"""A thread is read whole at most so often for each page it has."""
TAG_PAGES = 4
"""Pages of tags looked through for some that went missing."""
NEVER_SHOWN = (
    "Meta shows no program the comments under adverts and live video, on media with an age limit, "
    "or by people this account has restricted; look at those in the app"
)
MEDIA_AT_ONCE = 25
COMMENTS_AT_ONCE = 50

_OF_A_COMMENT = "id,text,timestamp,username,from{id,username},user,hidden,parent_id"
_COMMENT_FIELDS = f"{_OF_A_COMMENT},replies.limit({COMMENTS_AT_ONCE}){{{_OF_A_COMMENT}}}"
_MEDIA_FIELDS = "id,caption,permalink,timestamp,comments_count,comments.limit(%d){%s}"
_TAG_FIELDS = "id,caption,permalink,timestamp,username,media_type,media_url"


class Instagram:
    """One account. `user_id`: its number. `lookback_days`: how old a medium may be and still be read.

    `session` must carry `access_token` and `app_secret` among its secrets.
    """

    network: ClassVar[str] = "instagram"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        user_id: str,
        access_token: str,
        app_secret: str | None = None,
        lookback_days: int = 30,
        read_messages: bool = False,
        api_version: str = API_VERSION,
    ) -> None:
        self.capabilities = Capabilities(
            streams=(COMMENTS, TAGS, *([MESSAGES] if read_messages else [])),
            shows_hidden=True,
            verify_every=VERIFY_EVERY,
            read_every={TAGS: timedelta(hours=1)},
            never_empty=frozenset({COMMENTS}),
        )
        self._now = now
        self._user_id = user_id
        self._lookback = timedelta(days=lookback_days)
        self._graph = Graph(
            session=session,
            now=now,
            access_token=access_token,
            app_secret=app_secret,
            where=WHERE,
            api_version=api_version,
        )

    def check(self) -> AccountState:
        """Ask Instagram for the account. Raises a ConnectorError."""
        own_ids = {self._user_id}
        answer, is_told = self._graph.ask_gently(self._user_id, ("id", "username"), PUBLIC)
        shown = answer.payload if isinstance(answer.payload, dict) else {}
        if shown.get("id") != self._user_id:
            # To a token made by signing in with Instagram the account has an id of its own besides its number.
            answer, is_told = self._graph.ask_gently("me", ("id", "user_id", "username"), PUBLIC)
            shown = answer.payload if isinstance(answer.payload, dict) else {}
            if shown.get("user_id") != self._user_id:
                raise UnexpectedReply(f"{WHERE}: asked for the account, it answered with another; check user_id")
            own_ids |= {each for each in [graph_id(shown.get("id"))] if each}
        state = self._graph.described(answer, frozenset(own_ids), shown.get("username"))
        state = replace(state, notes=(*state.notes, NEVER_SHOWN))
        return with_public_words(state, shown, PUBLIC) if is_told else state

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist. Raises a ConnectorError."""
        tags = [each for each in remote_ids if each.startswith(TAGGED)]
        others = [each for each in remote_ids if each not in tags]
        verdicts = self._graph.verify(
            others, budget, lambda: self._graph.ask(self._user_id, {"fields": "id"}, budget)
        )
        return verdicts | self._verify_tags(tags, budget)

    def _verify_tags(self, tags: Sequence[str], budget: Budget) -> dict[str, Verdict]:
        """Media of others can only be looked for in the list; not to be in it means something at its end only."""
        verdicts = dict.fromkeys(tags, Verdict.UNKNOWN)
        if not tags:
            return verdicts
        pages = self._graph.pages(f"{self._user_id}/tags", always({"fields": "id"}), COMMENTS_AT_ONCE, budget)
        for _, (page, _) in zip(range(TAG_PAGES), pages, strict=False):
            listed = {f"{TAGGED}{row.get('id')}" for row in page.rows if isinstance(row, dict)}
            verdicts |= dict.fromkeys(listed & verdicts.keys(), Verdict.PRESENT)
            if page.following is None:
                return {each: Verdict.GONE if v is Verdict.UNKNOWN else v for each, v in verdicts.items()}
            if Verdict.UNKNOWN not in verdicts.values():
                break
        return verdicts

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor`. Raises a ConnectorError."""
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        started = self._now().astimezone(UTC)
        if stream == MESSAGES:
            # Of the token that asks: the page behind the account, or the account itself, has the conversations.
            path, place = "me/conversations", read_place(cursor)
            return fetch_messages(
                self._graph, path, "instagram", self._user_id, place, self._lookback, budget, started
            )
        return (self._fetch_comments if stream == COMMENTS else self._fetch_tags)(cursor, budget, started)

    def _fetch_comments(self, cursor: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        """`since` moves only with the last batch; which threads were read moves with each of them."""
        place = read_place(cursor)
        oldest = started - self._lookback
        sweep = place.sweep_is_due(started)
        met: set[str] = set()

        def how(limit: int) -> Mapping[str, str]:
            return {"fields": _MEDIA_FIELDS % (min(limit, COMMENTS_AT_ONCE), _COMMENT_FIELDS)}

        for page, exchanges in self._graph.pages(f"{self._user_id}/media", how, MEDIA_AT_ONCE, budget):
            media, bad = sorted_out(map(read_medium, page.rows))
            recent = [each for each in media if each.post.created_at is None or each.post.created_at >= oldest]
            met.update(each.post.remote_id for each in recent)
            for each in recent:
                if each.is_whole:
                    place.book.note(each.post.remote_id, each.post.comment_count, started, each.post.created_at)
            yield Batch(
                tuple(item for each in recent for item in each.comments.items),
                place.cursor(),
                False,
                posts=tuple(each.post for each in recent),
                quarantined=(*bad, *(q for each in recent for q in each.comments.quarantined)),
                exchanges=exchanges,
                whole_threads=tuple(each.post.remote_id for each in recent if each.is_whole),
            )
            for each in recent:
                if not each.is_whole:
                    yield from self._read_thread(each, place, budget, started)
            if not sweep or (media and not recent):
                break
        gone: tuple[str, ...] = ()
        if sweep:
            gone = tuple(sorted(place.book.threads.keys() - met))  # deleted, or older than the look-back
            place.book.keep_only(met)
            place.swept = started
        place.since = started
        yield Batch((), place.cursor(), complete=True, whole_threads=gone)

    def _read_thread(self, medium: Medium, place: Place, budget: Budget, started: datetime) -> Iterator[Batch]:
        """All of a thread, when its time has come."""
        post, book = medium.post, place.book
        if not book.is_due(post.remote_id, post.created_at, post.comment_count, started):
            return
        if not whole_is_due(book, post, COMMENTS_AT_ONCE, LARGE_THREAD_EVERY, started):
            return  # its newest comments came along; the rest can wait a little
        known = Post(post.remote_id, post.permalink)
        how = {"fields": _COMMENT_FIELDS}
        try:
            yield from self._rest_of_replies(medium.comments, known, place, budget)
            if medium.following is not None:
                for page, exchanges in self._graph.pages(
                    f"{post.remote_id}/comments", always(how), COMMENTS_AT_ONCE, budget, medium.following
                ):
                    comments = read_comments(page, known)
                    yield Batch(
                        comments.items, place.cursor(), False, quarantined=comments.quarantined, exchanges=exchanges
                    )
                    yield from self._rest_of_replies(comments, known, place, budget)
        except ObjectMissing:
            # The medium was deleted since it was listed, or the comment at which the next page begins was. What we
            # hold of it is asked for by id; if there still is a thread, the next run reads it from end to end.
            book.threads.pop(post.remote_id, None)
        else:
            book.note(post.remote_id, post.comment_count, started, post.created_at)
        yield Batch((), place.cursor(), False, whole_threads=(post.remote_id,))

    def _rest_of_replies(self, comments: Comments, post: Post, place: Place, budget: Budget) -> Iterator[Batch]:
        for comment_id, following in comments.cut_short:
            pages = self._graph.pages(
                f"{comment_id}/replies", always({"fields": _OF_A_COMMENT}), COMMENTS_AT_ONCE, budget, following
            )
            for page, exchanges in pages:
                more = read_replies(page, post, comment_id)
                yield Batch(more.items, place.cursor(), False, quarantined=more.quarantined, exchanges=exchanges)

    def _fetch_tags(self, cursor: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        oldest = started - self._lookback
        how = {"fields": _TAG_FIELDS}
        for page, exchanges in self._graph.pages(f"{self._user_id}/tags", always(how), MEDIA_AT_ONCE, budget):
            items, bad = sorted_out(map(read_tag, page.rows))
            recent = tuple(item for item in items if item.created_at >= oldest)
            yield Batch(recent, cursor, False, quarantined=bad, exchanges=exchanges)
            if items and not recent:
                break
        yield Batch((), Place(started).cursor(), complete=True)
