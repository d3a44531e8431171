"""An urgent alert goes from person to person until one of them has it in hand: no step is left out or told twice."""

from datetime import timedelta
from itertools import pairwise

import pytest
from alert_desk import (
    ALI,
    BEVAN,
    HEAD,
    LAST,
    LEAD,
    MANAGER,
    THREAT,
    alert,
    decided,
    keep_out,
    send,
    threat,
    told,
    urgent_mails,
    with_people,
    words,
)
from desk import _CONFIGURATION, DAY, HOUR, INSULT, MINUTE, NOW, item, page

from alerts.transport import MailRefused
from monitor.alerting import REPEATS
from monitor.custody import media_gate
from monitor.custody.log import Actor
from monitor.model import Action
from monitor.store import ledger, outbox
from monitor.store.handling_tables import Alert
from monitor.store.item_tables import Comment

NIGHT = NOW + 14 * HOUR
"""Tuesday, 23:00."""
HALF_AN_HOUR = 30 * MINUTE


@pytest.fixture
def school(desk):
    return with_people(desk)


class Refusing:
    """Lets through what `takes` says of a recipient; refuses the rest, for good or for now."""

    def __init__(self, takes, *, permanent):
        self.takes, self.permanent, self.sent = takes, permanent, []

    def send(self, message):
        if not self.takes(message["To"]):
            raise MailRefused(self.permanent, "no such mailbox here")
        self.sent.append(message)


def by_way_of(desk, transport):
    object.__setattr__(desk.app.notifier, "transport", transport)
    return transport


def wait(desk, minutes, every=5):
    """Let the minutes pass, with a round of mail after every few and at the end."""
    for passed in range(0, minutes, every):
        desk.later(timedelta(minutes=min(every, minutes - passed)))
        send(desk)


def withhold(desk):
    with desk.store.writing() as tx:
        row = ledger.enrolled_school(tx, "oakfield")
        actor = Actor("Mr Manager", "a parent says what the picture shows", "office-pc")
        media_gate.withhold(tx, row, 1, actor, desk.clock())


def test_an_alert_and_its_mails_are_owed_in_the_transaction_that_keeps_the_comment(school, monkeypatch):
    def broken(*_, **__):
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.keeping.ledger.move_cursor", broken)
        with pytest.raises(OSError, match="disk is full"):
            school.read_pages([page(item("c1", THREAT), cursor={"at": 1})])
    assert (school.all_of(Alert), school.deliveries()) == ([], [])
    threat(school)
    assert alert(school).opened_at == NOW
    assert [d.recipient for d in school.deliveries("urgent")] == [ALI, BEVAN]


def test_it_is_mailed_at_once_in_the_middle_of_the_night(school):
    school.clock.at = NIGHT
    threat(school)
    send(school)
    assert urgent_mails(school) == [(ALI, NIGHT), (BEVAN, NIGHT)]


def test_there_is_one_for_each_version_and_not_for_each_flag(school):
    school.read(item("c1", f"{THREAT}, you stupid idiot, and I will stab you"))
    assert len(school.all_of(Alert)) == 1
    school.read(item("c1", f"{THREAT}, you stupid idiot, and I will stab you"))
    assert len(school.all_of(Alert)) == 1
    school.later(MINUTE)
    school.read(item("c1", f"{THREAT} tomorrow"))
    assert [each.version_id for each in school.all_of(Alert)] == [1, 2]


def test_the_next_step_is_told_when_the_minutes_since_the_mail_was_accepted_have_passed(school):
    threat(school)
    school.later(5 * MINUTE)  # the round of mail came late
    send(school)
    wait(school, 29)
    assert told(school) == [ALI, BEVAN]
    wait(school, 1)
    assert urgent_mails(school)[2:] == [(HEAD, NOW + 35 * MINUTE)]
    wait(school, 60)
    assert told(school) == [ALI, BEVAN, HEAD, LEAD, LAST]


def test_a_mail_that_nobody_takes_moves_on_all_the_same(school):
    by_way_of(school, Refusing(lambda to: to not in {ALI, BEVAN}, permanent=False))
    threat(school)
    wait(school, 29)
    assert told(school) == []
    wait(school, 1)
    assert told(school) == [HEAD]


def test_a_mail_refused_for_good_moves_on_at_once(school):
    by_way_of(school, Refusing(lambda to: to not in {ALI, BEVAN, HEAD}, permanent=True))
    threat(school)
    send(school)
    assert urgent_mails(school) == [(LEAD, NOW)]


def test_where_every_mail_is_refused_for_good_the_round_of_mail_ends(school):
    by_way_of(school, Refusing(lambda _: False, permanent=True))
    threat(school)
    assert len(send(school).failures) == 5
    wait(school, 600, every=10)
    assert len(school.deliveries("urgent")) == 5 + REPEATS
    assert alert(school).next_step_at is None


def test_the_last_resort_is_told_again_three_times_and_then_it_is_for_health_to_say(school):
    threat(school)
    wait(school, 400, every=10)
    assert told(school) == [ALI, BEVAN, HEAD, LEAD] + [LAST] * (1 + REPEATS)
    moments = [at for who, at in urgent_mails(school) if who == LAST]
    assert [later - earlier for earlier, later in pairwise(moments)] == [HALF_AN_HOUR] * REPEATS
    assert len({mail.name for mail in school.mails()}) >= 8  # each telling is a mail of its own
    assert (alert(school).next_step_at, alert(school).acknowledged_at) == (None, None)


def test_a_machine_that_was_off_for_hours_tells_one_step_after_the_other_and_not_all_at_once(school):
    threat(school)
    send(school)
    school.later(9 * HOUR)
    send(school)
    assert told(school) == [ALI, BEVAN, HEAD]
    wait(school, 29)
    assert told(school) == [ALI, BEVAN, HEAD]


def test_a_step_is_told_once_however_often_the_program_dies_around_it(school, monkeypatch):
    threat(school)
    send(school)
    school.later(HALF_AN_HOUR)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.outbox.mark_sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(school)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.alerts.owe", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        school.later(MINUTE)
        send(school)  # nothing is due for which it would be called
    school.later(outbox.LEASE)
    send(school)
    heads = [mail for mail in words(school) if mail[0] == HEAD]
    assert len({path.name for path in school.mails()}) == 3  # the folder knows a mail by its id
    assert len(heads) == 1
    assert alert(school).step == 1


def test_killed_between_moving_on_and_owing_nothing_of_either_is_kept(school, monkeypatch):
    threat(school)
    send(school)
    school.later(HALF_AN_HOUR)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.alerts.owe", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(school)
    assert alert(school).step == 0
    send(school)
    assert told(school) == [ALI, BEVAN, HEAD]


def test_a_decision_of_somebody_on_the_route_acknowledges_it(school):
    threat(school)
    send(school)
    school.later(10 * MINUTE)
    decided(school, Action.CONFIRM_FLAG)
    wait(school, 60)
    assert told(school) == [ALI, BEVAN]
    assert (alert(school).acknowledged_by, alert(school).acknowledged_at) == ("Mrs Ali", NOW + 10 * MINUTE)


def test_a_decision_of_somebody_who_is_not_on_the_route_acknowledges_nothing(school):
    threat(school)
    send(school)
    decided(school, Action.CONFIRM_FLAG, by="Mr Manager")
    wait(school, 30)
    assert told(school) == [ALI, BEVAN, HEAD]


def test_it_is_closed_when_its_flags_are_rejected_by_whomever(school):
    threat(school)
    send(school)
    decided(school, Action.FALSE_ALARM, by="Mr Manager")
    wait(school, 31)
    assert told(school) == [ALI, BEVAN]
    assert alert(school).closed_at is not None


def test_an_edit_does_not_take_it_back(school):
    threat(school)
    send(school)
    school.later(MINUTE)
    school.read(item("c1", "Only joking"))
    wait(school, 30)
    assert HEAD in told(school)


def test_it_is_closed_when_its_case_is_erased(school):
    threat(school)
    send(school)
    with school.store.writing() as tx:
        tx.get_one(Comment, 1).erased_at = school.clock()
    wait(school, 31)
    assert told(school) == [ALI, BEVAN]
    assert alert(school).closed_at is not None


def test_somebody_kept_out_since_is_told_nothing_more(school):
    threat(school)
    keep_out(school, ALI)
    send(school)
    assert told(school) == [BEVAN]
    keep_out(school, HEAD)
    wait(school, 30)
    assert told(school) == [BEVAN, LEAD]


def test_whoever_is_away_when_the_time_comes_is_covered_then(desk, monkeypatch):
    more = '\n[[people]]\nname = "Mrs Deputy"\nemail = "deputy@oakfield.example"\nroles = ["senior"]\n'
    school = with_people(desk, more)
    threat(school)
    send(school)
    away = 'roles = ["head"]\nabsent = [["2026-11-10", "2026-11-12"]]\ncovered_by = "Mrs Deputy"'
    monkeypatch.setattr("desk._CONFIGURATION", _CONFIGURATION.replace('roles = ["head"]', away))
    school.change()
    wait(school, 30)
    assert told(school) == [ALI, BEVAN, "deputy@oakfield.example"]


def test_many_at_once_are_one_mail_to_each(school):
    school.read(*(item(f"c{number}", THREAT) for number in range(12)))
    send(school)
    assert told(school) == [ALI, BEVAN]
    _, subject, said = words(school)[0]
    assert subject == "Urgent: 12 comments need you now (Facebook page)"
    assert "and 2 more" in said
    wait(school, 30)
    assert told(school) == [ALI, BEVAN, HEAD]
    assert len(school.all_of(Alert)) == 12


def test_urgent_mails_leave_before_all_others(school):
    school.read(item("c0", INSULT))
    school.clock.at = NOW + DAY
    threat(school)
    sent = by_way_of(school, Refusing(lambda _: True, permanent=False)).sent
    send(school)
    assert [mail["Subject"].split(":")[0] for mail in sent][:3] == [
        "Urgent",
        "Urgent",
        sent[2]["Subject"].split(":")[0],
    ]
    assert not sent[2]["Subject"].startswith("Urgent")


def test_somebody_on_no_route_hears_of_nothing(school):
    threat(school)
    wait(school, 400, every=10)
    assert MANAGER not in {who for who, _, _ in words(school)}


def test_what_is_withheld_since_goes_to_the_safeguarding_lead_and_to_nobody_else(school):
    threat(school)
    withhold(school)
    send(school)
    ((who, _, said),) = words(school)
    assert who == LEAD
    assert "Do not look for it, open, copy, print or forward it. Tell Miss Lead now" in " ".join(said.split())
    wait(school, 30)
    assert told(school) == [LEAD, LAST]


def test_what_is_withheld_later_goes_on_to_the_safeguarding_lead_and_to_nobody_else(school):
    threat(school)
    send(school)
    withhold(school)
    wait(school, 60)
    assert told(school) == [ALI, BEVAN, LEAD, LAST]
