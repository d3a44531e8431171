"""Where a comment stands: derived from facts and a moment, never stored. The first rule that applies wins:

    no_reply_needed                   no reply is owed, or a moderator said so and gave a reason
    spam                              a moderator confirmed it; a guess alone never stops the clock
    answered_in_time, answered_late   the first valid response came by the deadline, or after it
    actioned, actioned_late           confirmed offensive and hidden, deleted, reported or blocked; the later of
                                      the two moments counts, and hiding alone answers nothing
    withdrawn, missed_withdrawn       its author took it away; missed: we still saw it there after the deadline
    held                              the policy has nobody answer it: never due, never overdue
    open                              the deadline has not passed
    overdue, overdue_unconfirmed      it has passed, and the account was, or was not, read completely since

A valid response is the school's own account replying to the comment or writing to its author, at or after the
moment it was posted, and not removed again before the deadline; or a moderator's word that it was answered
elsewhere. A like or an automatic reply is one only where the policy says so. A member of staff writing from a
personal account, or another parent, never answers for the school.

Every time is compared with its fraction of a second cut off: the last second of the deadline is in time. A fact
that would decide and is missing is an error, never a guess.
"""

from __future__ import annotations

from datetime import datetime

from config.policy import ResponseRule
from monitor.model import Action, ActionFact, Facts, ReplyBy, ReplyFact, ReplyKind, ResponseState, StateAnswer
from monitor.rules.calendar import whole_seconds
from monitor.rules.response import MissingFact, posted_at

REMOVING = frozenset({Action.HIDE, Action.DELETE, Action.REPORT, Action.BLOCK})
"""What, together with a confirmation that the comment is offensive, closes it."""


def response_state(
    received_at: datetime, due_at: datetime | None, facts: Facts, rule: ResponseRule, now: datetime
) -> StateAnswer:
    """Where the comment stands at `now`, and which fact made it so.

    `due_at` is the deadline as `monitor.rules.response.due_at` gave it (None: no reply is owed). Facts later than
    `now` count like any other: clocks differ, and a response we hold has been given.
    Raises MissingFact, NaiveTime or TimeOutOfRange, all of them ValueErrors.
    """
    if due_at is None:
        if not facts.tags.intersection(rule.no_reply_needed):
            return StateAnswer(ResponseState.NO_REPLY_NEEDED, "no deadline could be worked out; look at it yourself")
        return StateAnswer(ResponseState.NO_REPLY_NEEDED, "the policy asks for no reply to this kind of comment")
    due = whole_seconds(due_at, "due_at")
    at = whole_seconds(now, "now")
    answer = (
        _settled_by_a_moderator(facts)
        or _answered(received_at, due, facts, rule)
        or _actioned(due, facts)
        or _withdrawn(due, facts)
        or _held(facts)
        or _by_the_clock(due, facts, at)
    )
    if answer.state in _SETTLED or not (ignored := _what_did_not_count(received_at, due, facts, rule)):
        return answer
    return StateAnswer(answer.state, f"{answer.because}; does not count: {', '.join(ignored)}", answer.responded_at)


def valid_responses(
    received_at: datetime, due_at: datetime, facts: Facts, rule: ResponseRule
) -> tuple[datetime, ...]:
    """The moments (UTC, whole seconds, earliest first) at which the school validly responded."""
    replies = [
        whole_seconds(reply.at, "a reply's at")
        for reply in facts.replies
        if why_not_valid(reply, received_at, due_at, facts, rule) is None
    ]
    posted = posted_at(received_at, facts)
    elsewhere = [at for at in _times(facts, {Action.ANSWERED_ELSEWHERE}) if at >= posted]
    return tuple(sorted(replies + elsewhere))


def why_not_valid(
    reply: ReplyFact, received_at: datetime, due_at: datetime, facts: Facts, rule: ResponseRule
) -> str | None:
    """Why `reply` is no valid response, in words, or None when it is one."""
    counted = {ReplyKind.REPLY, ReplyKind.MESSAGE}
    if rule.like_counts:
        counted.add(ReplyKind.LIKE)
    if rule.auto_reply_counts:
        counted.add(ReplyKind.AUTO)
    if reply.by is ReplyBy.STAFF_PERSONAL:
        return "a reply from a personal account of staff"
    if reply.by is not ReplyBy.SCHOOL:
        return "a reply by someone else"
    if reply.kind not in counted:
        return "a like" if reply.kind is ReplyKind.LIKE else "an automatic reply"
    if whole_seconds(reply.at, "a reply's at") < posted_at(received_at, facts):
        return "a reply from before the comment"
    if reply.gone_at is not None and whole_seconds(reply.gone_at, "a reply's gone_at") < whole_seconds(
        due_at, "due_at"
    ):
        return "a reply removed again before the deadline"
    return None


_SETTLED = frozenset({ResponseState.NO_REPLY_NEEDED, ResponseState.SPAM})


def _settled_by_a_moderator(facts: Facts) -> StateAnswer | None:
    if any(_gives_a_reason(action) for action in facts.actions):
        return StateAnswer(ResponseState.NO_REPLY_NEEDED, "a moderator decided that no reply is needed")
    if _times(facts, {Action.CONFIRM_SPAM}):
        return StateAnswer(ResponseState.SPAM, "a moderator confirmed that it is spam")
    return None


def _answered(received_at: datetime, due: datetime, facts: Facts, rule: ResponseRule) -> StateAnswer | None:
    responses = valid_responses(received_at, due, facts, rule)
    if not responses:
        return None
    first = responses[0]
    although = f', although nobody was to answer it (clause "{facts.hold}")' if facts.hold else ""
    if first <= due:
        because = f"the first valid response came by the deadline{although}"
        return StateAnswer(ResponseState.ANSWERED_IN_TIME, because, first)
    return StateAnswer(
        ResponseState.ANSWERED_LATE, f"the first valid response came after the deadline{although}", first
    )


def _actioned(due: datetime, facts: Facts) -> StateAnswer | None:
    confirmed, removed = _times(facts, {Action.CONFIRM_OFFENSIVE}), _times(facts, REMOVING)
    if not (confirmed and removed):
        return None
    if max(confirmed[0], removed[0]) <= due:
        return StateAnswer(ResponseState.ACTIONED, "confirmed offensive and acted on by the deadline")
    return StateAnswer(ResponseState.ACTIONED_LATE, "confirmed offensive and acted on, but not both by the deadline")


def _withdrawn(due: datetime, facts: Facts) -> StateAnswer | None:
    if facts.gone_at is None:
        return None
    gone = whole_seconds(facts.gone_at, "gone_at")
    if any(at <= gone for at in _times(facts, {Action.DELETE})):
        return None
    seen = None if facts.last_seen_at is None else whole_seconds(facts.last_seen_at, "last_seen_at")
    if seen is not None and seen > gone:
        return None  # the network shows it again: the same comment, with the same deadline
    if gone <= due:
        return StateAnswer(
            ResponseState.WITHDRAWN,
            "it was taken away before the deadline, and not by the school as far as we were told",
        )
    if seen is None:
        raise MissingFact(
            "last_seen_at is missing: it was gone after the deadline, and whether it was there until then decides"
        )
    if seen > due:
        return StateAnswer(
            ResponseState.MISSED_WITHDRAWN, "it was taken away, but it was still there after the deadline"
        )
    return StateAnswer(ResponseState.WITHDRAWN, "it was taken away, and it was not seen again after the deadline")


def _held(facts: Facts) -> StateAnswer | None:
    if not facts.hold:
        return None
    return StateAnswer(ResponseState.HELD, f'nobody is to answer it (clause "{facts.hold}")')


def _by_the_clock(due: datetime, facts: Facts, now: datetime) -> StateAnswer:
    if now <= due:
        return StateAnswer(ResponseState.OPEN, "no valid response yet, and the deadline has not passed")
    if facts.last_read_at is None:
        raise MissingFact(
            "last_read_at is missing: the deadline has passed, and whether the account was read since decides"
        )
    if whole_seconds(facts.last_read_at, "last_read_at") > due:
        return StateAnswer(ResponseState.OVERDUE, "a complete read after the deadline found no valid response")
    return StateAnswer(
        ResponseState.OVERDUE_UNCONFIRMED, "the deadline has passed, but the account was not read completely since"
    )


def _what_did_not_count(received_at: datetime, due: datetime, facts: Facts, rule: ResponseRule) -> list[str]:
    reasons = [why_not_valid(reply, received_at, due, facts, rule) for reply in facts.replies]
    if any(action.action is Action.NO_REPLY_NEEDED and not _gives_a_reason(action) for action in facts.actions):
        reasons.append('"no reply needed" without a reason')
    return sorted({reason for reason in reasons if reason})


def _gives_a_reason(action: ActionFact) -> bool:
    return action.action is Action.NO_REPLY_NEEDED and bool(action.note.strip())


def _times(facts: Facts, wanted: frozenset[Action] | set[Action]) -> list[datetime]:
    return sorted(whole_seconds(each.at, "an action's at") for each in facts.actions if each.action in wanted)
