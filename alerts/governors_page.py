"""How the governors' page (`alerts/governors_fields.py`) is laid out: the same parts in every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.filters import capital, counted, label, named, on_day, plain, share, words
from alerts.governors_fields import AlertLine, EqualityCheck, GovernorsPage, Seen
from alerts.report_render import otherwise, total


@dataclass(frozen=True)
class Section:
    """One part of the page: a table, sentences, or both. `columns`: heading and relative width of each."""

    title: str
    columns: tuple[tuple[str, int], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    summed: bool = False
    """The last row is the sum of the others."""


FOR_EVERYBODY = (
    "Cases that are not for everybody are counted nowhere here but among the comments received, so that the page can "
    "be handed to anybody."
)
FOR_ONE = (
    "Made for one reader, with the cases that are for that person: whoever else reads it may learn from a figure "
    "that there is something about them. One made for nobody in particular is for everybody."
)
NO_NAMES = "It holds no names, no words of any comment, no links and no case numbers."
LOOK = (
    "Read what was flagged there. Where people are attacked, the flags are right, and that is news of its own. Where "
    "the words alone set them off, mark the flags as false alarms, allow the words or take them off the school's own "
    "list, and try the change first: school-monitor rehearse."
)


def title(page: GovernorsPage) -> str:
    """What the page is called."""
    return f"Governors' page, {label(page.term)}" + ("" if page.is_over else ", so far")


def verdict(page: GovernorsPage) -> str:
    """The term in a sentence or two."""
    summed = total(page.figures)
    if not summed.due:
        return f"{counted(summed.received, 'comment')} came in, and none fell due."
    parts = [f"{counted(summed.received, 'comment')} came in."]
    parts.append(f"Answered in time: {share(summed.answered_in_time, summed.due)} that fell due.")
    if summed.unanswered:
        was = "was" if summed.unanswered == 1 else "were"
        parts.append(f"{summed.unanswered} {was} not answered.")
    return " ".join(parts)


def warning(page: GovernorsPage) -> str:
    """What has to be seen before anything else; empty: nothing."""
    parts = []
    if page.review_is_overdue and page.review_by:
        parts.append(f"The review of the policy is overdue since {on_day(page.review_by)}.")
    if out := [line.group for line in page.equality.lines if line.stands_out]:
        parts.append(f"Look at the equality check: {named(tuple(out))}.")
    return " ".join(parts)


def sections(page: GovernorsPage) -> tuple[Section, ...]:
    """All that stands on the page, in its order."""
    return (
        _accounts(page),
        _breaches(page),
        _urgent(page.alerts),
        _own_words(page),
        _equality(page.equality),
        _rest(page),
    )


def footer(page: GovernorsPage, made: str) -> tuple[str, ...]:
    """What stands below. `made`: when it was made, in words."""
    return (
        f"Rule: {plain(page.rule_in_words)} Clause “{label(page.clause)}”, policy {label(page.policy)}.",
        f"Period: {on_day(page.first_day)} to {on_day(page.last_day)}, both included, local "
        f"time ({label(page.timezone)}), {label(page.name)}. Made {made}, and as things stand then. {NO_NAMES}",
        FOR_EVERYBODY if page.for_everybody else FOR_ONE,
    )


def _accounts(page: GovernorsPage) -> Section:
    summed = [total(page.figures)] if len(page.figures) != 1 else []
    read = {seen.account: _percent(seen) for seen in page.seen}
    rows = tuple(
        (
            label(f.account),
            str(f.received),
            share(f.answered_in_time, f.due),
            ", ".join(otherwise(f)),
            read.get(f.account, ""),
        )
        for f in (*page.figures, *summed)
    )
    notes = ["Received: came in this term. Read: how much of the term we could see. Everything else: fell due in it."]
    if any(f.found_late for f in page.figures):
        notes.append("Found late: already past due when the account could first be read.")
    if unread := " ".join(filter(None, map(_unread, page.seen))):
        notes.append(unread)
    columns = (("Account", 20), ("Received", 11), ("Answered in time", 18), ("Otherwise", 40), ("Read", 11))
    return Section("Comments, and answers in time", columns, rows, tuple(notes), summed=bool(summed))


def _percent(seen: Seen) -> str:
    return f"{int(seen.hours_covered * 100 / seen.hours_in_term + 1e-9)}%" if seen.hours_in_term else ""


def _unread(seen: Seen) -> str:
    """When an account was not read, in a sentence; empty: there is nothing to say."""
    parts = [f"watched since {on_day(seen.watched_since)}"] if seen.watched_since else []
    if seen.long_holes:
        times = counted(seen.long_holes, "time")
        longest = counted(int(seen.longest_hours / 24), "day")
        parts.append(f"not read for over a day {times}, the longest for {longest}")
    return f"{label(seen.account)}: {'; '.join(parts)}." if parts else ""


def _breaches(page: GovernorsPage) -> Section:
    rows = tuple(
        (
            capital(words(line.category)),
            line.flagged,
            line.false_alarm_share,
            ", ".join(f"{number} {what}" for what, number in line.done) or "-",
        )
        for line in page.breaches
    )
    notes = [] if rows else ["None."]
    if page.no_breaches:
        also = ", ".join(f"{words(what)} {number}" for what, number in page.no_breaches)
        notes.append(f"Also flagged, and no breach: {also}.")
    if page.stages:
        notes.append(f"Stages reached: {', '.join(f'{words(stage)} {number}' for stage, number in page.stages)}.")
    if rows or page.no_breaches or page.stages:
        notes.append("A comment counts once under each kind it was flagged as. 1 to 4 is not told more exactly.")
    columns = (("Kind", 21), ("Flagged", 10), ("False alarms", 17), ("Done about the others", 52))
    return Section("Breaches, and what was done", columns, rows, tuple(notes))


def _urgent(alerts: AlertLine) -> Section:
    if not alerts.raised:
        return Section("Urgent alerts", notes=("None.",))
    fates = (
        (alerts.in_time, "acknowledged within the policy's minutes"),
        (alerts.late, "acknowledged later"),
        (alerts.settled, "settled before anybody acknowledged it"),
        (alerts.waiting, "not acknowledged yet"),
    )
    said = ", ".join(f"{number} {what}" for number, what in fates if number)
    reached = f"{alerts.last_resort or 'None'} reached the last resort."
    return Section("Urgent alerts", notes=(f"{alerts.raised} raised: {said}. {reached}",))


def _own_words(page: GovernorsPage) -> Section:
    rows = tuple((capital(plain(line.what)), line.found, line.settled) for line in page.outgoing)
    columns = (("What", 55), ("Found", 20), ("Settled", 25))
    return Section("In the school's own posts and replies", columns, rows, () if rows else ("Nothing was found.",))


def _equality(check: EqualityCheck) -> Section:
    rows = tuple(
        (
            label(line.group) + (" (look)" if line.stands_out else ""),
            str(line.comments),
            _of(line.flagged, line.comments),
            line.false_alarms,
        )
        for line in ((*check.lines, check.others) if check.lines else ())
    )
    columns = (("Comments that name", 40), ("Comments", 15), ("Flagged", 25), ("False alarms", 20))
    heading = "Equality check: are some people's words flagged more?"
    return Section(heading, columns, rows, tuple(_equality_notes(check)))


def _equality_notes(check: EqualityCheck) -> Iterator[str]:
    if out := tuple(line.group for line in check.lines if line.stands_out):
        yield f"Flagged, or flagged wrongly, more than twice as often as other comments: {named(out)}. {LOOK}"
    elif check.lines:
        yield "None of these is flagged, or wrongly flagged, more than twice as often as other comments."
    else:
        yield "Too few comments name any group of people to say."
    if check.lines and check.too_few:
        yield f"Too few to say: {named(check.too_few)}."
    if check.wordless:
        yield (
            f"Without words that could be read now: {counted(check.wordless, 'comment')}. What was never flagged is "
            "erased first, so shares are higher than over the whole term, for every line alike."
        )


def _of(count: str, whole: int) -> str:
    return share(int(count), whole) if count.isdecimal() else f"{count} of {whole}"


def _rest(page: GovernorsPage) -> Section:
    kept_out = f"Cases with somebody kept out, because they are about that person: {page.kept_out}."
    return Section("Policy, register, evidence", notes=(*_policy(page), *([kept_out] if page.kept_out else [])))


def _policy(page: GovernorsPage) -> Iterator[str]:
    if page.review_by is None:
        review = "It names no review date"
    elif page.review_is_overdue:
        review = f"Its review is overdue: it was due by {on_day(page.review_by)}"
    else:
        review = f"Its review is due by {on_day(page.review_by)}"
    yield f"Policy {label(page.policy)}. {review}."
    grave = f", {page.register_grave} of them grave" if page.register_grave else ""
    found = f"{counted(page.register_found, 'thing')} not as the policy asks{grave}"
    yield f"Register of accounts: {found if page.register_found else 'as the policy asks'}."
    yield f"Evidence: {counted(page.evidence_kept, 'piece')} kept, {page.evidence_handed_out} handed out."
