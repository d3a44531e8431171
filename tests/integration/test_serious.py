"""What is serious is mailed on the same working day, in mailing hours, at most once an hour, and all in one mail."""

import pytest
from alert_desk import ALI, BEVAN, decided, keep_out, send, told, urgent_mails, with_people, words
from desk import DAY, HOUR, INSULT, MINUTE, NOW, item

from alerts.transport import MailRefused
from monitor.model import Action
from monitor.store import outbox
from monitor.telling import held_back

EVENING = NOW + 9 * HOUR
"""Tuesday, 18:00: mailing hours have just ended."""
NEXT_MORNING = NOW + 23 * HOUR


@pytest.fixture
def school(desk):
    return with_people(desk)


def serious(desk):
    return urgent_mails(desk, "serious")


def subjects(desk, to=ALI):
    return [subject for who, subject, _ in words(desk) if who == to]


def test_it_is_mailed_at_once_in_mailing_hours(school):
    school.read(item("c1", INSULT))
    send(school)
    assert serious(school) == [(ALI, NOW), (BEVAN, NOW)]
    assert subjects(school) == ["A comment to look at today (Facebook page)"]


def test_outside_of_them_it_waits_for_the_next_working_morning(school):
    school.clock.at = EVENING
    school.read(item("c1", INSULT))
    send(school)
    assert serious(school) == []
    school.clock.at = NEXT_MORNING - MINUTE
    send(school)
    assert serious(school) == []
    school.clock.at = NEXT_MORNING
    send(school)
    assert serious(school) == [(ALI, NEXT_MORNING), (BEVAN, NEXT_MORNING)]


def test_at_a_weekend_it_waits_for_monday(school):
    school.clock.at = NOW + 4 * DAY
    school.read(item("c1", INSULT))
    assert {d.not_before for d in school.deliveries("serious")} == {NOW + 6 * DAY - HOUR}


def test_what_comes_within_the_hour_after_a_mail_is_told_together_when_it_is_over(school):
    school.read(item("c1", INSULT))
    send(school)
    for minutes in (10, 20, 59):
        school.clock.at = NOW + minutes * MINUTE
        school.read(item(f"c{minutes}", INSULT))
        send(school)
    assert told(school, "serious") == [ALI, BEVAN]
    school.clock.at = NOW + HOUR
    send(school)
    assert told(school, "serious") == [ALI, BEVAN, ALI, BEVAN]
    assert subjects(school)[1:] == ["3 comments to look at today (Facebook page)"]
    assert [d.sent_at for d in school.deliveries("serious") if d.closed_at is None] == [NOW, NOW] + [NOW + HOUR] * 2


def test_what_was_told_is_not_told_again(school):
    school.read(item("c1", INSULT))
    send(school)
    school.later(2 * HOUR)
    school.read(item("c2", INSULT))
    send(school)
    (_, _, first), (_, _, second) = [mail for mail in words(school) if mail[0] == ALI]
    assert ("Case 1:" in first, "Case 2:" in second, "Case 1:" in second) == (True, True, False)


def test_it_is_not_mailed_when_all_of_it_is_settled_by_then(school):
    school.clock.at = EVENING
    school.read(item("c1", INSULT), item("c2", INSULT))
    decided(school, Action.CONFIRM_FLAG, remote_id="c1")
    decided(school, Action.FALSE_ALARM, remote_id="c2")
    school.clock.at = NEXT_MORNING - MINUTE
    school.read()
    school.clock.at = NEXT_MORNING
    send(school)
    assert serious(school) == []
    assert {d.outcome for d in school.deliveries("serious") if not d.outcome.startswith(outbox.WITH)} == {
        "settled, or not for this person any more"
    }


def test_it_leaves_out_what_is_settled_by_then(school):
    school.clock.at = EVENING
    school.read(item("c1", INSULT), item("c2", INSULT))
    decided(school, Action.CONFIRM_FLAG, remote_id="c1")
    school.clock.at = NEXT_MORNING
    send(school)
    assert "A comment to look at today (Facebook page)" in subjects(school)
    assert "2 comments to look at today (Facebook page)" not in subjects(school)


def test_somebody_kept_out_since_it_was_owed_is_told_nothing(school):
    school.read(item("c1", INSULT))
    keep_out(school, ALI)
    send(school)
    assert told(school, "serious") == [BEVAN]


def test_one_tried_in_vain_until_evening_does_not_arrive_at_night(school):
    class Down:
        def send(self, message):
            raise MailRefused(False, "try again later")

    way_out = school.app.notifier.transport
    school.clock.at = EVENING - MINUTE
    school.read(item("c1", INSULT))
    object.__setattr__(school.app.notifier, "transport", Down())
    send(school)
    object.__setattr__(school.app.notifier, "transport", way_out)
    for _ in range(12):
        school.later(HOUR)
        send(school)
    assert serious(school) == []
    school.clock.at = NEXT_MORNING
    send(school)
    assert told(school, "serious") == [ALI, BEVAN]


def test_a_mail_sent_again_after_a_crash_tells_the_same_cases_under_the_same_id(school, monkeypatch):
    school.read(item("c1", INSULT), item("c2", INSULT))
    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.outbox.mark_sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(school)
    before = {path.name: path.read_bytes() for path in school.mails()}
    school.later(MINUTE)
    school.read(item("c3", INSULT))
    school.later(outbox.LEASE)
    send(school)
    (name,) = before
    (again,) = [path for path in school.mails() if path.name == name]
    assert again.read_bytes().count(b"Case ") == before[name].count(b"Case ") == 4  # twice each: as text and as HTML
    school.later(HOUR)
    send(school)
    told_of = "".join(text for who, _, text in words(school) if who == ALI)
    assert [told_of.count(f"Case {number}:") for number in (1, 2, 3)] == [1, 1, 1]


def test_waiting_for_the_morning_is_no_trouble_for_health(school):
    school.clock.at = EVENING - 30 * MINUTE
    school.read(item("c1", INSULT))
    send(school)
    school.later(10 * MINUTE)
    school.read(item("c2", INSULT))

    def stuck():
        then = school.clock() - 30 * MINUTE
        with school.rows() as (tx, row, _):
            found = outbox.in_trouble(tx, row, NOW, then, held_back(school.app.school, then))
            return [mail for mail in found if mail.kind == "serious"]

    for after in (0 * HOUR, HOUR, 10 * HOUR):
        school.clock.at = EVENING + after
        send(school)
        assert stuck() == []
    school.clock.at = NEXT_MORNING + 31 * MINUTE
    assert len(stuck()) == 2


def test_mailing_hours_are_the_schools(school):
    school.change(response='[schedule]\nmails_from = "07:00"\nmails_until = "08:30"')
    school.read(item("c1", INSULT))
    assert {d.not_before for d in school.deliveries("serious")} == {NOW + 22 * HOUR}
