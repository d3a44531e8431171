"""The weekly report counted once more, plainly, from facts alone: written from the policy's words, not our rules.

Every fact is a plain value; nothing of the monitor is imported. A comment is a dict:

    account, received, due (None: no reply is owed), first_seen, last_seen, gone, tags, latest (number of its version)
    replies    [(said, gone)]
    decisions  [(number, action, at, version, why, takes_back)]
    flags      [(category, raised)], all of the first version
"""

from datetime import timedelta
from statistics import median

REMOVING = {"hide", "delete", "report", "block"}
MARKS = {"confirm_flag", "confirm_offensive", "confirm_spam", "false_alarm"}


def second(moment):
    return moment.replace(microsecond=0)


def in_force(comment):
    undone = {takes_back for _, action, _, _, _, takes_back in comment["decisions"] if action == "undo"}
    return [each for each in comment["decisions"] if each[1] != "undo" and each[0] not in undone]


def at_of(comment, *actions):
    return sorted(second(at) for _, action, at, _, _, _ in in_force(comment) if action in actions)


def posted(comment):
    early = second(comment["received"]) - second(comment["first_seen"]) > timedelta(minutes=5)
    return second(comment["first_seen"] if early else comment["received"])


def answers(comment):
    found = at_of(comment, "answered_elsewhere")
    for said, gone in comment["replies"]:
        if gone is None or second(gone) >= second(comment["due"]):
            found.append(second(said))
    return sorted(moment for moment in found if moment >= posted(comment))


def is_held(comment, never_answered):
    for category, raised in comment["flags"]:
        marks = [each for each in in_force(comment) if each[1] in MARKS and each[3] == 1 and each[2] >= raised]
        if category in never_answered and not (marks and marks[-1][1] == "false_alarm"):
            return True
    return False


def judged_words(comment, action):
    return any(
        what == action and version == comment["latest"] and (action == "confirm_spam" or why.strip())
        for _, what, _, version, why, _ in in_force(comment)
    )


def stands(comment, now, never_answered):
    """In one word; "ahead": the deadline is still to come."""
    due, late = second(comment["due"]), "answered_late"
    if comment["first_seen"] > comment["due"]:
        late = "found_late"
    if judged_words(comment, "no_reply_needed"):
        return "no_reply_needed"
    if judged_words(comment, "confirm_spam"):
        return "spam"
    if answers(comment):
        return "answered_in_time" if answers(comment)[0] <= due else late
    confirmed, removed = at_of(comment, "confirm_offensive"), at_of(comment, *REMOVING)
    if confirmed and removed:
        return "actioned" if max(confirmed[0], removed[0]) <= due else late
    gone = comment["gone"] and second(comment["gone"])
    by_us = gone and any(at <= gone for at in at_of(comment, "delete"))
    if gone and not by_us and second(comment["last_seen"]) <= gone:
        return "unanswered" if gone > due and second(comment["last_seen"]) > due else "withdrawn"
    if second(now) <= due:
        return "ahead"
    return "held" if is_held(comment, never_answered) else "unanswered"


def figures(comments, account, since, until, now, never_answered, needs_no_reply):
    """Counts of one account, without the zeros."""
    found = {}

    def count(name):
        found[name] = found.get(name, 0) + 1

    for comment in comments:
        if comment["account"] != account:
            continue
        if since <= comment["received"] < until:
            count("received")
            if comment["due"] is None and set(comment["tags"]) & set(needs_no_reply):
                count("no_reply_needed")
        if comment["due"] is None or not since <= comment["due"] < until:
            continue
        how = stands(comment, now, never_answered)
        if how == "ahead":
            continue
        count(how)
        if how not in {"no_reply_needed", "withdrawn", "spam", "held"}:
            count("due")
    return found


def waiting(comments, now, never_answered):
    """Indexes of what is owed an answer now, oldest first."""
    owed = [
        (comment["received"], index)
        for index, comment in enumerate(comments)
        if comment["due"] is not None
        and stands(comment, now, never_answered) in {"unanswered", "ahead"}
        and not gave_up(comment)
        and not is_held(comment, never_answered)
    ]
    return [index for _, index in sorted(owed)]


def gave_up(comment):
    """Its author took it away after the deadline: it was not answered, and nobody waits for that any more."""
    gone = comment["gone"] and second(comment["gone"])
    by_us = gone and any(at <= gone for at in at_of(comment, "delete"))
    return bool(gone and not by_us and second(comment["last_seen"]) <= gone)


def hours_taken(comments, since, until, now, never_answered):
    """How long answers took, sorted."""
    return sorted(
        (answers(c)[0] - posted(c)).total_seconds() / 3600
        for c in comments
        if c["due"] is not None
        and since <= c["due"] < until
        and answers(c)
        and stands(c, now, never_answered) in {"answered_in_time", "answered_late", "found_late"}
    )


def times(taken):
    """Median, and the 95th percentile from twenty answers on, else the longest."""
    if not taken:
        return None, None
    place = -(-95 * len(taken) // 100) - 1
    return median(taken), taken[place] if len(taken) >= 20 else taken[-1]


def pair(comments, since, until, now, never_answered):
    """Received in a week, and due in it and answered in time."""
    received = sum(since <= comment["received"] < until for comment in comments)
    met = sum(
        comment["due"] is not None
        and since <= comment["due"] < until
        and stands(comment, now, never_answered) == "answered_in_time"
        for comment in comments
    )
    return received, met
