"""Somebody stops their morning digest: what still comes, and what is never left to one person alone."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from alert_desk import ALI, BEVAN, HEAD, MORE_PEOPLE, THREAT, keep_out, send, told, with_people
from desk import DAY, HOUR, INSULT, NOW, SCRIPTED, item
from evidence_desk import run_command
from sqlalchemy import select

from alerts.transport import MailRefused
from monitor import mail_kinds
from monitor.digest_stops import CannotStop, DigestStops
from monitor.store import ledger, outbox
from monitor.store.delivery_tables import Delivery
from monitor.store.stop_tables import DigestStop

CECIL = "cecil@oakfield.example"
THIRD = '\n[[people]]\nname = "Mr Cecil"\nemail = "cecil@oakfield.example"\nroles = ["moderator"]\n'
CONSOLE = '\n[console]\naddress = "https://www.oakfield.example/monitor"\n'
WEDNESDAY = datetime(2026, 11, 11, 8, 0, tzinfo=UTC)
HEAD_ALONE = (
    '[categories.profanity.tell]\nfirst = ["head"]\n[categories.profanity.keep_out]\nonly_those_told = true\n'
)


@pytest.fixture
def school(desk):
    return with_people(desk, more=MORE_PEOPLE + THIRD, accounts=SCRIPTED + CONSOLE)


def stops(desk):
    return DigestStops(desk.store, desk.app.school, tuple(a.key for a in desk.settings.accounts))


def wednesday(desk):
    desk.clock.at = WEDNESDAY
    desk.read()
    send(desk)


def digests(desk):
    return sorted(d.recipient for d in desk.deliveries("digest") if d.sent_at)


def mails(desk):
    return {m["To"]: m for m in (message_from_bytes(p.read_bytes(), policy=policy.default) for p in desk.mails())}


def test_who_stopped_it_gets_no_digest_and_the_others_do(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    school.read(item("c1"))
    wednesday(school)
    assert digests(school) == [ALI, BEVAN]
    (closed,) = (d for d in school.deliveries("digest") if d.recipient == CECIL)
    assert "stopped" in closed.outcome


def test_what_is_urgent_comes_all_the_same(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    school.read(item("c1", THREAT))
    send(school)
    assert CECIL in told(school, "urgent")


def test_started_again_it_comes_with_the_next(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    stops(school).start("Cecil@Oakfield.example")
    school.read(item("c1"))
    wednesday(school)
    assert digests(school) == [ALI, BEVAN, CECIL]


def test_the_last_two_cannot_stop_it(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    for other in (ALI, BEVAN):
        with pytest.raises(CannotStop, match="headteacher"):
            stops(school).stop(other, "x", NOW)
    assert [each.address for each in school.all_of(DigestStop)] == [CECIL]


def test_while_somebody_is_away_the_digest_comes_all_the_same(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    facts = school.app.school
    away = facts.people[0].model_copy(update={"absent": ((NOW.date(), (NOW + 9 * DAY).date()),)})
    object.__setattr__(facts, "people", (away, *facts.people[1:]))
    school.read(item("c1"))
    wednesday(school)
    assert digests(school) == [BEVAN, CECIL]
    assert "gets it all the same" in stops(school).in_words(WEDNESDAY)[0]


def test_while_mail_to_somebody_is_refused_the_digest_comes_all_the_same(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    assert "all the same" not in stops(school).in_words(NOW)[0]
    with school.store.writing() as tx:
        row = ledger.enrolled_school(tx, "oakfield")
        for key in ("2026-W44", "2026-W45"):
            outbox.owe(tx, row, mail_kinds.WEEKLY, key, [BEVAN], NOW)
        for mail in tx.scalars(select(Delivery).where(Delivery.recipient == BEVAN)):
            mail.attempts = 1
            outbox.close(tx, mail.id, f"{outbox.REFUSED}no such address", NOW)
    assert "gets it all the same" in stops(school).in_words(NOW)[0]
    assert not stops(school).may_stop(ALI, NOW)


def test_whoever_is_away_now_counts_as_there_when_somebody_else_asks_for_good(school):
    facts = school.app.school
    away = facts.people[0].model_copy(update={"absent": ((NOW.date(), (NOW + 9 * DAY).date()),)})
    object.__setattr__(facts, "people", (away, *facts.people[1:]))
    assert not stops(school).may_stop(CECIL, NOW)
    assert stops(school).may_stop(CECIL, NOW + 20 * DAY)


def test_a_case_that_nobody_else_reads_of_brings_a_digest_to_who_stopped_it(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    school.read(item("c1", INSULT), item("c2"))
    for other in (ALI, BEVAN):
        keep_out(school, other)
    wednesday(school)
    assert digests(school) == [ALI, BEVAN, CECIL]


def test_what_is_for_the_head_alone_reaches_a_head_who_stopped_the_digest(desk):
    school = with_people(desk, tell=HEAD_ALONE)
    stops(school).stop(HEAD, "Ms Okafor", NOW)
    school.read(item("c1", "What the fuck"))
    wednesday(school)
    assert HEAD in digests(school)


def test_digests_of_those_who_can_be_spared_have_a_way_to_stop_them(school):
    school.read(item("c1"))
    wednesday(school)
    for person in (ALI, BEVAN, CECIL):
        mail = mails(school)[person]
        (link,) = re.findall(
            r"<(https://www\.oakfield\.example/monitor/unsubscribe/[\w-]{43})>", mail["List-Unsubscribe"]
        )
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link in mail.get_body(("plain",)).get_content()
        assert f'href="{link}"' in mail.get_body(("html",)).get_content()


def test_the_last_two_have_none(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    school.read(item("c1"))
    wednesday(school)
    for mail in mails(school).values():
        assert mail["List-Unsubscribe"] is None
        assert "unsubscribe" not in mail.as_string()


def test_no_mail_but_the_digest_has_a_way_to_stop_it(school):
    school.clock.at = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    school.read(item("c1", THREAT, at=school.clock.at - HOUR))
    send(school)
    sent = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in school.mails()]
    kinds = [d.kind for d in school.deliveries() if d.sent_at]
    assert {"urgent", "weekly", "digest"} <= set(kinds)
    assert sum(m["List-Unsubscribe"] is not None for m in sent) == kinds.count("digest") < len(sent)


def test_without_an_address_for_the_pages_there_is_no_way(desk):
    school = with_people(desk, more=MORE_PEOPLE + THIRD)
    school.read(item("c1"))
    wednesday(school)
    assert all(mail["List-Unsubscribe"] is None for mail in mails(school).values())


def test_a_key_that_cannot_be_used_keeps_no_digest_back(school):
    school.settings.stop_key.write_text("broken")
    school.read(item("c1"))
    wednesday(school)
    assert digests(school) == [ALI, BEVAN, CECIL]
    assert all(mail["List-Unsubscribe"] is None for mail in mails(school).values())


def test_who_left_the_school_is_forgotten(school):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    with_people(school)
    stops(school).start(ALI)
    assert school.all_of(DigestStop) == []


def test_a_person_stops_and_starts_their_own_by_command(school, monkeypatch, capsys):
    monkeypatch.setattr("monitor.commands.digest_stop.app_for", lambda _: school.app)
    monkeypatch.setattr("monitor.commands.digest_start.app_for", lambda _: school.app)
    from monitor.__main__ import main

    assert main(["digest", "stop", "--by", "mr cecil"]) == 0
    assert "still comes" in capsys.readouterr().out
    assert main(["digest", "stop", "--by", "Mrs Ali"]) == 1
    assert "last two" in capsys.readouterr().err
    assert main(["digest", "stop", "--by", "Mrs Ali", "--for", "Mr Bevan"]) == 2
    assert "only Ms Okafor" in capsys.readouterr().err
    assert main(["digest", "start", "--by", "Ms Okafor", "--for", CECIL]) == 0
    assert school.all_of(DigestStop) == []
    assert main(["digest", "stop", "--by", "Nobody"]) == 2


@pytest.mark.parametrize("command", ["check", "health", "accounts"])
def test_the_screens_say_who_stopped_it(school, monkeypatch, capsys, command):
    stops(school).stop(CECIL, "Mr Cecil", NOW)
    _, out, _ = run_command(school, monkeypatch, capsys, command)
    assert "Mr Cecil stopped the morning digest" in out


def test_a_retry_of_a_mail_in_which_nothing_changed_is_the_same_bytes(school):
    school.read(item("c1", at=NOW - HOUR / 6))
    school.clock.at = WEDNESDAY
    school.read()
    sent = {}

    class BusyAtFirst:
        def send(self, message):
            before = sent.setdefault(message["Message-ID"], [])
            before.append(message.as_bytes())
            if len(before) == 1:
                raise MailRefused(False, "busy")

    object.__setattr__(school.app.notifier, "transport", BusyAtFirst())
    send(school)
    school.later(HOUR / 30)
    send(school)
    again = [attempts for attempts in sent.values() if len(attempts) > 1]
    assert len(again) >= 3
    for first, second in again:
        assert first.decode().splitlines() == second.decode().splitlines()
