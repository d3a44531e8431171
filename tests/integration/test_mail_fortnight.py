"""A fortnight of mail, with two weekends, a bank holiday, somebody away, and a night in which 300 comments come."""

from collections import Counter
from datetime import time, timedelta
from itertools import pairwise

import pytest
from mail_fortnight import (
    ALI,
    AT_ONCE,
    BEVAN,
    END,
    HEAD,
    LONDON,
    MINUTE,
    STORM_BEGINS,
    STORM_ENDS,
    MailFortnight,
    local,
)

from monitor.store import outbox

WEEKLY_AT = time(7, 30)


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory):
    lived = MailFortnight(tmp_path_factory.mktemp("fortnight")).live()
    yield lived
    lived.close()


def test_it_was_a_fortnight_worth_the_name(fortnight):
    comments = fortnight.comments()
    flags = Counter(flag.severity for comment, _ in comments for flag in comment.flags)
    assert len(comments) >= 14 * 15 + 300
    assert flags["urgent"] >= 6
    assert flags["serious"] >= 15
    assert sum(answered is None for _, answered in comments) >= 60
    assert {mail.kind for mail in fortnight.mails} >= {
        outbox.DIGEST, outbox.WEEKLY, outbox.URGENT, outbox.SERIOUS, outbox.NEW, outbox.DUE_SOON, outbox.SHEET,
        outbox.OVERDUE, outbox.PILE_ON, outbox.PILE_ON_URGENT,
    }  # fmt: skip


def test_nobody_gets_more_than_six_mails_a_day_that_are_not_urgent(fortnight):
    most = fortnight.settings.schedule.mails_a_day
    calm = {who: sum(kind not in AT_ONCE for kind in kinds) for who, kinds in fortnight.each_day().items()}
    assert {who: number for who, number in calm.items() if number > most} == {}
    assert max(calm.values()) > 3, "else it would show nothing"


def test_everything_urgent_is_out_within_a_minute_day_and_night(fortnight):
    alerts = fortnight.alerts()
    assert len(alerts) >= 6
    for alert in alerts:
        first = min(m.at for m in fortnight.mails if m.kind == outbox.URGENT and alert.comment_id in m.told)
        assert first - alert.opened_at <= MINUTE
    nights = [m for m in fortnight.mails if m.kind == outbox.URGENT and not fortnight.mailed_then(m.at)]
    assert nights


def test_nothing_that_is_not_urgent_comes_at_night_at_weekends_or_on_the_holiday(fortnight):
    for mail in fortnight.mails:
        at_its_time = mail.kind == outbox.WEEKLY and mail.at.astimezone(LONDON).time() <= time(7, 31)
        assert mail.kind in AT_ONCE or at_its_time or fortnight.mailed_then(mail.at), (mail.kind, mail.at)
    assert not [
        m for m in fortnight.mails if m.kind not in {*AT_ONCE, outbox.WEEKLY} and local(5, 0) <= m.at < local(8, 0)
    ]


def missed(fortnight, comment, answered):
    """Whether nobody was told in time of a comment that was to be answered."""
    seen, digest = comment.first_seen_at, fortnight.next_digest(comment.first_seen_at)
    until = digest + 5 * MINUTE
    if fortnight.mailed_then(seen) and comment.due_at > seen:
        until = min(until, comment.due_at)
    if (answered and answered <= until) or until > END:
        return False
    if any(comment.id in m.told and m.at <= until for m in fortnight.mails):
        return False
    # While a pile-on has been told, what comes is no news: the digest says it.
    return not (STORM_BEGINS <= comment.created_at <= STORM_ENDS and comment.remote_id in fortnight.world.storm) or (
        not any(comment.id in m.told and m.at <= digest + 5 * MINUTE for m in fortnight.mails)
    )


def test_whatever_is_owed_an_answer_was_told_in_time(fortnight):
    assert [
        (comment.remote_id, comment.first_seen_at, comment.due_at)
        for comment, answered in fortnight.comments()
        if comment.due_at and missed(fortnight, comment, answered)
    ] == []


def test_whatever_became_overdue_was_told_once_it_was(fortnight):
    untold = []
    for comment, answered in fortnight.comments():
        severities = {flag.severity for flag in comment.flags}
        if comment.due_at is None or "urgent" in severities:
            continue  # nobody answers these
        until = fortnight.next_digest(comment.due_at) + 5 * MINUTE
        if (answered is None or answered > until) and until < END:
            told = [m for m in fortnight.mails if comment.id in m.overdue and comment.due_at < m.at <= until]
            untold += [] if told else [(comment.remote_id, comment.due_at)]
    assert untold == []


def test_of_nothing_is_said_before_it_is_over_that_it_is_overdue(fortnight):
    due = {comment.id: comment.due_at for comment, _ in fortnight.comments()}
    assert [m for m in fortnight.mails if any(due[case] >= m.at for case in m.overdue)] == []


def test_the_night_of_the_storm_is_one_matter(fortnight):
    storm = {c.id for c, _ in fortnight.comments() if c.remote_id in fortnight.world.storm}
    that_night = [m for m in fortnight.mails if m.told & storm and STORM_BEGINS <= m.at <= local(2, 7, 59)]
    assert {m.kind for m in that_night} == AT_ONCE
    assert Counter((m.to, m.kind) for m in that_night if m.kind == outbox.PILE_ON_URGENT) == {
        (ALI, outbox.PILE_ON_URGENT): 1
    }
    pile_ons = Counter(m.to for m in fortnight.mails if m.kind in {outbox.PILE_ON, outbox.PILE_ON_URGENT})
    assert set(pile_ons) == {ALI}, "it is about Mr Bevan, among others"
    assert pile_ons[ALI] <= 5
    new = [m for m in fortnight.mails if m.kind == outbox.NEW and len(m.told & storm) > 4]
    assert new == []
    digest = next(m for m in fortnight.mails if m.kind == outbox.DIGEST and m.to == ALI and m.at > STORM_ENDS)
    assert "comments under one post since" in digest.text


def test_whoever_is_kept_out_hears_nothing(fortnight):
    kept_out = fortnight.kept_out()
    assert {BEVAN, ALI, HEAD} <= {person for people in kept_out.values() for person in people}
    for mail in fortnight.mails:
        hidden = {case for case, people in kept_out.items() if mail.to in people}
        listed = {line.case for lines in mail.lists for line in lines}
        assert not listed & hidden, (mail.kind, mail.to)
        assert not any(f"Case {case}:" in mail.text for case in hidden)
        assert "groped" not in mail.text


def test_every_list_is_cut_and_counted(fortnight):
    shown = fortnight.settings.schedule.digest_items
    cut = 0
    for mail in fortnight.mails:
        if mail.kind == outbox.WEEKLY:
            continue
        for lines in mail.lists:
            if len(lines) > shown:
                assert f"and {len(lines) - shown} more" in mail.text, (mail.kind, mail.text)
                cut += 1
        assert mail.text.count("\n- Case ") + mail.text.count("\nCase ") <= shown * max(1, len(mail.lists))
    assert cut >= 5


def test_two_mails_of_one_kind_are_an_hour_apart(fortnight):
    pause = timedelta(minutes=fortnight.settings.schedule.between_mails_minutes)
    for kind in outbox.PAUSED:
        for person in {m.to for m in fortnight.mails}:
            times = [m.at for m in fortnight.mails if (m.kind, m.to) == (kind, person)]
            assert all(later - earlier >= pause for earlier, later in pairwise(times)), (kind, person)


def test_whoever_is_away_is_not_mailed_but_covered(fortnight):
    away = [m for m in fortnight.mails if m.to == BEVAN and local(8, 0) <= m.at < local(11, 0)]
    assert away == []
    assert [m for m in fortnight.mails if m.to == ALI and local(8, 0) <= m.at < local(11, 0)]
