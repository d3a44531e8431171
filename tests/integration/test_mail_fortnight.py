"""A fortnight of mail: two weekends, a bank holiday, somebody away, and a night in which 300 comments come.

Looked at in half hours; `tests/benchmarks/bench_mail_fortnight.py` lives through it by the minute.
"""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from mail_fortnight import AT_ONCE, HALF, MailFortnight
from mail_world import ALI, BEVAN, END, HEAD, MINUTE, STORM_BEGINS, STORM_ENDS, local

from monitor import mail_kinds
from monitor.rules.restraint import PAUSED

PILE_ONS = frozenset({mail_kinds.PILE_ON, mail_kinds.PILE_ON_URGENT})
AS_IT_COMES = 2 * HALF
"""Time for a mail whose moment has come, where looks are half an hour apart."""
HEAD_LATER = timedelta(hours=1)
"""The head is told where it is about everybody who would be."""


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory):
    lived = MailFortnight(tmp_path_factory.mktemp("fortnight"), step=HALF).live()
    yield lived
    lived.close()


def test_it_was_a_fortnight_worth_the_name(fortnight):
    comments = fortnight.comments()
    flagged = Counter(flag.severity for _, flags, _ in comments for flag in flags)
    assert len(comments) == 14 * 15 + 300
    assert flagged["urgent"] >= 6
    assert flagged["serious"] >= 15
    assert sum(answered is None for _, _, answered in comments) >= 60
    assert {mail.kind for mail in fortnight.mails} == {
        mail_kinds.DIGEST, mail_kinds.WEEKLY, mail_kinds.URGENT, mail_kinds.SERIOUS,
        mail_kinds.NEW, mail_kinds.DUE_SOON, mail_kinds.SHEET, mail_kinds.OVERDUE,
        mail_kinds.PILE_ON, mail_kinds.PILE_ON_URGENT,
    }  # fmt: skip


def test_nobody_gets_more_than_six_mails_a_day_that_are_not_urgent(fortnight):
    calm = {who: sum(kind not in AT_ONCE for kind in kinds) for who, kinds in fortnight.each_day().items()}
    assert {who: number for who, number in calm.items() if number > 6} == {}
    assert max(calm.values()) > 3, "else it would show nothing"


def test_everything_urgent_is_out_within_a_minute_day_and_night(fortnight):
    first_mails = fortnight.first_mails()
    assert [alert.id for alert, at in first_mails if at - alert.opened_at > MINUTE] == []
    assert sum(not fortnight.mailed_then(at) for _, at in first_mails) >= 3


def test_nothing_that_is_not_urgent_comes_at_night_at_weekends_or_on_the_holiday(fortnight):
    calm = [mail for mail in fortnight.mails if mail.kind not in {*AT_ONCE, mail_kinds.WEEKLY}]
    assert [(mail.kind, mail.at) for mail in calm if not fortnight.mailed_then(mail.at)] == []
    assert [mail for mail in calm if local(5, 0) <= mail.at < local(8, 0)] == [], "Saturday to the bank holiday"
    weekly = [mail.at for mail in fortnight.mails if mail.kind == mail_kinds.WEEKLY]
    assert weekly == [local(0, 7, 30), local(7, 7, 30), local(14, 7, 30)], "on the holiday too: it is never silent"


def test_whatever_is_owed_an_answer_was_told_before_its_deadline_or_by_the_next_digest(fortnight):
    missed = []
    for comment, _, answered in fortnight.comments():
        until = fortnight.next_digest(comment.first_seen_at) + AS_IT_COMES
        in_a_crowd = comment.remote_id in fortnight.world.storm
        in_hours = fortnight.mailed_then(comment.first_seen_at)
        if comment.due_at and in_hours and not in_a_crowd:
            until = min(until, max(comment.due_at, comment.first_seen_at + AS_IT_COMES))
        if comment.due_at and until < END and not (answered and answered <= until):
            told = [mail for mail in fortnight.mails if comment.id in mail.told and mail.at <= until]
            missed += [] if told else [(comment.remote_id, comment.first_seen_at, comment.due_at)]
    assert missed == []


def test_whatever_became_overdue_was_told_once_it_was(fortnight):
    untold = []
    for comment, flags, answered in fortnight.comments():
        if comment.due_at is None or any(flag.severity == "urgent" for flag in flags):
            continue  # these nobody is to answer
        until = fortnight.next_digest(comment.due_at) + HEAD_LATER + AS_IT_COMES
        if (answered is None or answered > until) and until < END:
            told = [m for m in fortnight.mails if comment.id in m.overdue and comment.due_at < m.at <= until]
            untold += [] if told else [(comment.remote_id, comment.due_at)]
    assert untold == []


def test_of_nothing_is_said_before_its_deadline_that_it_is_overdue(fortnight):
    due = {comment.id: comment.due_at for comment, _, _ in fortnight.comments()}
    assert [mail for mail in fortnight.mails if any(due[case] >= mail.at for case in mail.overdue)] == []


def test_the_night_of_the_storm_is_one_matter(fortnight):
    storm = {comment.id for comment, _, _ in fortnight.comments() if comment.remote_id in fortnight.world.storm}
    that_night = [m for m in fortnight.mails if m.told & storm and STORM_BEGINS <= m.at < local(2, 8)]
    assert Counter(mail.to for mail in that_night if mail.kind == mail_kinds.PILE_ON_URGENT) == {ALI: 1}
    assert {mail.kind for mail in that_night} == AT_ONCE
    about_it = Counter(mail.to for mail in fortnight.mails if mail.kind in PILE_ONS)
    assert set(about_it) == {ALI}, "it is about Mr Bevan, among others"
    assert about_it[ALI] <= 5
    new = [mail for mail in fortnight.mails if mail.kind == mail_kinds.NEW and mail.to == ALI and mail.told & storm]
    assert new == []
    digest = next(m for m in fortnight.mails if (m.kind, m.to) == (mail_kinds.DIGEST, ALI) and m.at > STORM_ENDS)
    assert "comments under one post since Tue 19 May 19:4" in digest.text


def test_whoever_is_kept_out_hears_nothing(fortnight):
    kept_out = fortnight.kept_out()
    assert {person for people in kept_out.values() for person in people} >= {ALI, BEVAN, HEAD}
    for mail in fortnight.mails:
        hidden = {case for case, people in kept_out.items() if mail.to in people}
        listed = {line.case for lines in mail.lists for line in lines}
        assert not listed & hidden, (mail.kind, mail.to)
        assert not any(f"Case {case}:" in mail.text for case in hidden)
        assert mail.kind not in PILE_ONS or not mail.told & hidden


def test_every_list_is_cut_and_counted(fortnight):
    shown, cut = fortnight.settings.schedule.digest_items, 0
    for mail in fortnight.mails:
        if mail.kind == mail_kinds.WEEKLY:
            continue
        for lines in mail.lists:
            if len(lines) > shown:
                assert f"and {len(lines) - shown} more" in mail.text, (mail.kind, mail.text)
                cut += 1
        assert mail.text.count("Case ") <= shown * len(mail.lists)
    assert cut >= 5


def test_two_mails_of_one_kind_to_one_person_are_an_hour_apart(fortnight):
    pause = timedelta(minutes=fortnight.settings.schedule.between_mails_minutes)
    for kind in PAUSED:
        for person in {mail.to for mail in fortnight.mails}:
            times = [mail.at for mail in fortnight.mails if (mail.kind, mail.to) == (kind, person)]
            assert all(later - earlier >= pause for earlier, later in pairwise(times)), (kind, person)


def test_whoever_is_away_is_covered_and_not_mailed(fortnight):
    those_days = [mail for mail in fortnight.mails if local(8, 0) <= mail.at < local(11, 0)]
    about_ali = {case for case, people in fortnight.kept_out().items() if ALI in people}
    kept_back = {comment.id for comment, _, _ in fortnight.comments() if comment.first_seen_at < local(5, 0)}
    to_bevan = [mail for mail in those_days if mail.to == BEVAN]
    assert all(mail.told <= about_ali | kept_back for mail in to_bevan), "else only what his cover may not see"
    assert len(to_bevan) <= 1
    assert len([mail for mail in those_days if mail.to == ALI]) > 3
