"""Silence is an alarm: told once to the right person, whatever hangs, and told again when it is over."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from desk import DAY, HOUR, MINUTE, NOW, SCRIPTED, TOKEN, Desk, Scripted, emptied, item, page

from connectors.base import (
    AllowanceLow,
    AuthFailed,
    EmptyAnswer,
    FetchedPost,
    Forbidden,
    RateLimited,
    TemporaryFailure,
)
from monitor.round import mail, read_account
from monitor.store import allowance, incidents, ledger
from monitor.store.tables import Account, Delivery
from monitor.store.watch_tables import Incident

TECHNICIAN = """
[[people]]
name = "Kim Petersen"
email = "kim@oakfield.example"
roles = ["technician"]
"""
KIM, HEAD = "kim@oakfield.example", "head@oakfield.example"
DEAD = AuthFailed("Facebook Page, account: the access token no longer works. A person must issue a new one")
POST = FetchedPost("post", "The fair is on Friday.", NOW - DAY, "https://example.invalid/post", comment_count=2)


@pytest.fixture
def desk(tmp_path, store_for_all):
    return Desk(tmp_path, accounts=SCRIPTED + TECHNICIAN, store=emptied(store_for_all))


def tell(desk):
    """What runs every minute, reading or not."""
    return mail(desk.app)


def read(desk, *pages, streams=None, **can):
    """A run of the account, then the minute after it."""
    connector = Scripted(streams or {"comments": list(pages or [page()])}, **can)
    result = desk.collector(connector).run()
    desk.app.watch.tried("facebook")
    tell(desk)
    return result


def told(desk):
    return [
        (d.kind, d.recipient) for d in desk.deliveries() if d.kind in {"alarm", "recovery", "expiry"} and d.sent_at
    ]


def texts(desk, beginning):
    """The plain texts of mails whose subject begins so."""
    found = []
    for path in desk.mails():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["Subject"].startswith(beginning):
            found.append(" ".join(message.get_body(("plain",)).get_content().split()))
    return found


def open_ones(desk):
    with desk.rows() as (tx, _, account):
        return [(each.trouble, each.stream) for each in incidents.open_ones(tx, account)]


def test_a_stale_account_is_told_once_within_twice_its_interval_and_five_minutes_and_again_on_recovery(desk):
    read(desk)
    desk.later(35 * MINUTE)
    tell(desk)
    assert told(desk) == []
    for _ in range(120):
        desk.later(MINUTE)
        tell(desk)
    assert told(desk) == [("alarm", KIM)]
    (alarm,) = texts(desk, "Not being read - Facebook page")
    assert "Read completely up to: today 09:00" in alarm
    (incident,) = desk.all_of(Incident)
    assert incident.opened_at == NOW + 36 * MINUTE
    read(desk)
    for _ in range(5):
        desk.later(MINUTE)
        tell(desk)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]
    (again,) = texts(desk, "Read again - Facebook page")
    assert "today 09:00 to 11:35 (2 h 35 min)" in again
    assert open_ones(desk) == []


def test_reading_that_hangs_is_noticed_beside_it(desk):
    read(desk)
    desk.later(15 * MINUTE)
    with desk.store.writing() as tx:
        ledger.begin_read(tx, ledger.enrolled_account(tx, "oakfield", "facebook"), "comments", desk.clock())
    desk.later(30 * MINUTE)
    tell(desk)
    (alarm,) = texts(desk, "Not being read")
    assert "the last reading did not come to its end" in alarm


def test_a_school_night_silences_nothing_and_moderators_hear_nothing_of_it(desk):
    desk.clock.at = NOW.replace(hour=23)
    desk.change()
    read(desk)
    desk.later(40 * MINUTE)
    tell(desk)
    assert told(desk) == [("alarm", KIM)]
    assert {d.recipient for d in desk.deliveries("alarm")} == {KIM}


def test_where_no_technician_is_named_the_heads_are_told_and_why_they(desk):
    desk.change(accounts=SCRIPTED)
    read(desk, DEAD)
    assert told(desk) == [("alarm", HEAD)]
    (alarm,) = texts(desk, "Needs new credentials - Facebook page")
    assert "Nobody has the role technician, so this comes to the head." in alarm


def test_a_dead_token_is_told_within_that_very_poll_with_the_way_back(desk):
    read(desk, page(item("c1", "A secret word", author_name="Mr Loudmouth")))
    desk.later(15 * MINUTE)
    read(desk, DEAD)
    assert told(desk) == [("alarm", KIM)]
    (alarm,) = texts(desk, "Needs new credentials - Facebook page")
    for said in (
        "Facebook page",
        "FACEBOOK NO LONGER TAKES OUR CREDENTIALS.",
        "Read completely up to: today 09:00",
        "the access token no longer works",
        "system user",
        "access_token_env, access_token_file or access_token_credential",
        'in the [[accounts]] table with key = "facebook"',
        f"school-monitor check --config {desk.settings.path}",
    ):
        assert said in alarm, said
    assert not any(never in alarm for never in (TOKEN, "A secret word", "Loudmouth", "http"))


def test_the_round_itself_opens_the_incident_and_owes_the_mail(desk, monkeypatch):
    connector = Scripted({"comments": [DEAD]})
    monkeypatch.setattr("monitor.wiring.build_connector", lambda *_: connector)
    result = read_account(desk.app, desk.settings.accounts[0])
    assert not result.complete
    assert open_ones(desk) == [("credentials", "")]
    assert [(d.kind, d.recipient, d.sent_at) for d in desk.deliveries("alarm")] == [("alarm", KIM, None)]


def test_a_token_dead_when_asked_who_we_are_is_told_as_well(desk):
    read(desk, own_ids=DEAD)
    assert open_ones(desk) == [("credentials", "")]
    assert told(desk) == [("alarm", KIM)]
    assert "It was never read completely." in texts(desk, "Needs new credentials")[0]


def test_a_dead_token_is_not_also_told_as_silence_and_a_time_out_does_not_revive_it(desk):
    read(desk)
    desk.later(15 * MINUTE)
    read(desk, DEAD)
    desk.later(15 * MINUTE)
    read(desk, TemporaryFailure("timed out"))
    desk.later(DAY)
    read(desk, DEAD)
    assert told(desk) == [("alarm", KIM)]
    assert open_ones(desk) == [("credentials", "")]
    desk.later(15 * MINUTE)
    read(desk)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]


def test_half_way_through_the_next_reading_nothing_is_called_mended(desk):
    two = {"comments": [page()], "ratings": [DEAD]}
    read(desk, streams=two)
    desk.later(15 * MINUTE)
    with desk.store.writing() as tx:
        account = ledger.enrolled_account(tx, "oakfield", "facebook")
        line = ledger.read_line(tx, ledger.begin_read(tx, account, "comments", desk.clock()))
        line.complete, line.finished_at = True, desk.clock()
        ledger.begin_read(tx, account, "ratings", desk.clock())
    tell(desk)
    assert open_ones(desk) == [("credentials", "")]
    assert told(desk) == [("alarm", KIM)]


def test_a_stream_that_is_forbidden_is_told_in_its_own_words(desk):
    read(desk, streams={"comments": [page()], "ratings": [Forbidden("Facebook: the token may not read this")]})
    assert open_ones(desk) == [("forbidden", "ratings")]
    (alarm,) = texts(desk, "In part not allowed to be read - Facebook page")
    assert "FACEBOOK DOES NOT ALLOW US TO READ A PART OF THE ACCOUNT." in alarm
    assert "What is not read: ratings" in alarm
    assert "task Moderate" in alarm


def test_an_empty_answer_is_an_incident_of_its_own(desk):
    never_empty = {"never_empty": frozenset({"comments"})}
    read(desk, page(posts=(POST,)))
    desk.later(15 * MINUTE)
    read(desk, page(), **never_empty)
    assert open_ones(desk) == [("empty", "comments")]
    (alarm,) = texts(desk, "Shows us nothing - Facebook page")
    assert "FACEBOOK ANSWERS, BUT WITH NOTHING: NOT EVEN OUR OWN POSTS." in alarm
    desk.later(15 * MINUTE)
    read(desk, page(posts=(POST,)), **never_empty)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]


def test_the_streams_of_one_account_that_fall_silent_together_are_one_mail_and_one_recovery(desk):
    streams = {"comments": [page()], "ratings": [page()], "tagged": [page()]}
    read(desk, streams=streams)
    desk.later(40 * MINUTE)
    read(desk, streams={name: [TemporaryFailure("Facebook answered 503")] for name in streams})
    assert len(open_ones(desk)) == 3
    assert told(desk) == [("alarm", KIM)]
    (alarm,) = texts(desk, "Not being read")
    assert alarm.count("THE ACCOUNT IS NOT BEING READ.") == 1
    assert "Facebook answered 503" in alarm
    desk.later(15 * MINUTE)
    read(desk, streams=streams)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]


def test_streams_that_come_back_one_by_one_are_told_when_the_last_does_or_after_an_hour(desk):
    both = {"comments": [page()], "ratings": [page()]}
    one = {"comments": [page()], "ratings": [TemporaryFailure("timed out")]}
    read(desk, streams=both)
    desk.later(40 * MINUTE)
    read(desk, streams={name: [TemporaryFailure("timed out")] for name in both})
    desk.later(15 * MINUTE)
    read(desk, streams=one)
    assert told(desk) == [("alarm", KIM)]
    for _ in range(4):
        desk.later(15 * MINUTE)
        read(desk, streams=one)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]
    (so_far,) = texts(desk, "Read again, with something left - Facebook page")
    assert "A part of the account is not being read. Timed out." in so_far
    desk.later(15 * MINUTE)
    read(desk, streams=both)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM), ("recovery", KIM)]


def test_a_stream_that_may_wait_is_not_stale_before_twice_its_own_interval(desk):
    can = {"read_every": {"ratings": 6 * HOUR}}
    read(desk, streams={"comments": [page()], "ratings": [page()]}, **can)
    half = {"comments": [page()], "ratings": [TemporaryFailure("timed out")]}
    for quarter in range(1, 50):
        desk.clock.at = NOW + quarter * 15 * MINUTE
        read(desk, streams=half, **can)
        is_late = quarter * 15 * MINUTE > 12 * HOUR + 5 * MINUTE
        assert open_ones(desk) == ([("stale", "ratings")] if is_late else [])


def test_after_a_night_in_which_the_computer_was_off_the_first_reading_comes_first(desk):
    read(desk)
    desk.later(14 * HOUR)
    desk.change()
    tell(desk)
    assert told(desk) == []
    read(desk)
    tell(desk)
    assert told(desk) == []
    assert desk.all_of(Incident) == []


def test_a_first_reading_that_never_ends_is_told_all_the_same(desk):
    read(desk)
    desk.later(14 * HOUR)
    desk.change()
    for _ in range(36):
        desk.later(MINUTE)
        tell(desk)
    assert told(desk) == [("alarm", KIM)]


def test_a_first_reading_that_fails_is_told_at_once(desk):
    read(desk)
    desk.later(14 * HOUR)
    desk.change()
    read(desk, TemporaryFailure("timed out"))
    assert told(desk) == [("alarm", KIM)]


def test_an_account_that_was_never_read_is_told_of(desk):
    desk.later(36 * MINUTE)
    tell(desk)
    assert told(desk) == [("alarm", KIM)]


def test_what_comes_and_goes_is_told_three_times_a_day_and_then_only_when_it_lasts(desk):
    read(desk)
    for _ in range(8):
        desk.later(40 * MINUTE)
        read(desk, TemporaryFailure("timed out"))
        desk.later(5 * MINUTE)
        read(desk)
    kinds = [kind for kind, _ in told(desk)]
    assert (kinds.count("alarm"), kinds.count("recovery")) == (3, 3)
    assert len(desk.all_of(Incident)) == 8
    desk.later(40 * MINUTE)
    read(desk, TemporaryFailure("timed out"))
    desk.later(119 * MINUTE)
    tell(desk)
    assert len(told(desk)) == 6
    desk.later(MINUTE)
    tell(desk)
    assert [kind for kind, _ in told(desk)].count("alarm") == 4


def test_an_alarm_that_could_not_be_sent_before_all_was_well_is_not_sent_and_no_recovery_either(desk, monkeypatch):
    read(desk)
    desk.later(15 * MINUTE)
    with monkeypatch.context() as broken:
        broken.setattr(type(desk.app.notifier.transport), "send", lambda *_: (_ for _ in ()).throw(OSError("full")))
        read(desk, DEAD)
        assert told(desk) == []
        desk.later(15 * MINUTE)
        desk.collector(Scripted({"comments": [page()]})).run()
    desk.later(15 * MINUTE)
    read(desk)
    assert told(desk) == []
    assert all(d.closed_at for d in desk.deliveries("alarm") + desk.deliveries("recovery"))


def test_a_crash_between_owing_and_sending_sends_it_once_afterwards(desk):
    read(desk)
    desk.later(15 * MINUTE)
    desk.collector(Scripted({"comments": [DEAD]})).run()
    desk.app.watch.look()
    assert told(desk) == []
    desk.change()  # the program is started again
    tell(desk)
    tell(desk)
    assert told(desk) == [("alarm", KIM)]


def test_a_crash_after_the_incident_was_written_and_before_its_mail_was_owed_loses_no_mail(desk):
    read(desk)
    desk.later(15 * MINUTE)
    read(desk, DEAD)
    with desk.store.writing() as tx:
        tx.query(Delivery).filter(Delivery.kind == "alarm").delete()
    tell(desk)
    assert told(desk) == [("alarm", KIM)]


def test_two_programs_that_find_the_same_tell_it_once(desk):
    read(desk)
    desk.later(15 * MINUTE)
    desk.collector(Scripted({"comments": [DEAD]})).run()
    desk.app.watch.look()
    desk.app.watch.look("facebook")
    tell(desk)
    assert len(desk.all_of(Incident)) == 1
    assert told(desk) == [("alarm", KIM)]


def test_a_technician_named_later_hears_of_what_is_open(desk):
    read(desk, DEAD)
    desk.change(accounts=SCRIPTED + TECHNICIAN + TECHNICIAN.replace("kim", "lee").replace("Kim", "Lee"))
    tell(desk)
    assert told(desk) == [("alarm", KIM), ("alarm", "lee@oakfield.example")]
    read(desk)
    assert sorted(told(desk))[2:] == [("recovery", KIM), ("recovery", "lee@oakfield.example")]


def test_an_account_taken_out_of_the_configuration_is_missed_by_nobody(desk):
    read(desk, DEAD)
    desk.change(accounts=SCRIPTED.replace('"facebook"', '"other"') + TECHNICIAN)
    tell(desk)
    (incident,) = desk.all_of(Incident)
    assert incident.closed_at
    assert told(desk) == [("alarm", KIM)]


def test_waiting_for_the_network_longer_than_allowed_says_until_when(desk):
    read(desk)
    desk.later(15 * MINUTE)
    read(desk, RateLimited("Facebook: too many calls", NOW + 5 * HOUR))
    assert told(desk) == []
    desk.later(30 * MINUTE)
    tell(desk)
    (alarm,) = texts(desk, "Not being read")
    assert "Facebook: too many calls" in alarm
    assert "It goes on by itself: today 14:00" in alarm


X = """
[[accounts]]
key = "x"
label = "X account"
network = "x"
user_id = "100200300"
bearer_token_env = "TOKEN"
monthly_cap_usd = 1.0
"""


def test_money_that_is_used_up_is_told_with_the_day_on_which_it_goes_on(desk):
    desk.change(accounts=X + TECHNICIAN)
    desk.collector(Scripted({"mentions": [page()]}), account_key="x").run()
    words = "the money that may be spent on reading this account is used up; raise monthly_cap_usd for more"
    spent = AllowanceLow(words, NOW + 21 * DAY)
    with desk.store.writing() as tx:
        ledger.enrolled_account(tx, "oakfield", "x").credential = "x:abc"
        allowance.book(tx, "x:abc", 1, 160, (), desk.clock())
    desk.later(40 * MINUTE)
    desk.collector(Scripted({"mentions": [spent]}), account_key="x").run()
    with desk.store.writing() as tx:
        ledger.enrolled_account(tx, "oakfield", "x").credential = "x:abc"
    desk.app.watch.tried("x")
    tell(desk)
    (alarm,) = texts(desk, "Not being read - X account")
    assert "raise monthly_cap_usd for more" in alarm
    assert "It goes on by itself: Tue 1 Dec 00:00" in alarm


def expires(desk, moment):
    with desk.store.writing() as tx:
        tx.get_one(Account, 1).expires_at = moment


class Ending(Scripted):
    """A connector whose credentials end."""

    ends = None

    def check(self):
        return replace(super().check(), expires_at=self.ends)


def test_the_end_of_credentials_is_told_at_fourteen_seven_and_one_days_and_again_after_a_renewal(desk):
    connector = Ending({"comments": [page()]})
    connector.ends = NOW + 20 * DAY
    days = []
    for day in range(20):
        desk.clock.at = NOW + day * DAY + HOUR
        before = len(desk.deliveries("expiry"))
        desk.collector(connector).run()
        tell(desk)
        tell(desk)
        if len(desk.deliveries("expiry")) > before:
            days.append(20 - day)
    assert days == [14, 7, 1]
    assert told(desk) == [("expiry", KIM)] * 3
    (first,) = texts(desk, "Credentials end in 14 days - Facebook page")
    assert "The network takes them until Mon 30 Nov 09:00." in first
    assert "access_token_env" in first
    assert len(texts(desk, "Credentials end within a day")) == 1
    connector.ends = NOW + 80 * DAY
    desk.clock.at += 2 * DAY
    desk.collector(connector).run()
    tell(desk)
    assert open_ones(desk) == []
    desk.clock.at = NOW + 70 * DAY
    desk.collector(connector).run()
    tell(desk)
    assert told(desk) == [("expiry", KIM)] * 4


def test_warnings_that_were_missed_are_not_made_up_for(desk):
    read(desk)
    expires(desk, NOW + 20 * HOUR)
    tell(desk)
    assert [d.key.rpartition(" ")[2] for d in desk.deliveries("expiry")] == ["1"]


def test_a_token_renewed_for_a_few_days_only_is_warned_of_anew(desk):
    read(desk)
    expires(desk, NOW + 2 * DAY)
    tell(desk)
    expires(desk, NOW + 10 * DAY)
    tell(desk)
    assert told(desk) == [("expiry", KIM)] * 2


def test_a_warning_still_unsent_when_the_token_was_renewed_is_dropped(desk):
    read(desk)
    expires(desk, NOW + 2 * DAY)
    desk.app.watch.look()
    expires(desk, None)
    tell(desk)
    assert told(desk) == []


def test_after_recovery_the_digest_says_nothing_stale(desk):
    read(desk)
    desk.later(15 * MINUTE)
    read(desk, DEAD)
    assert [blind.why for blind in desk.app.reporter.digest("a", desk.clock()).blind] == [str(DEAD)]
    desk.later(15 * MINUTE)
    read(desk)
    assert desk.app.reporter.digest("a", desk.clock()).blind == ()


def test_a_fault_of_the_watch_keeps_no_mail_back(desk, monkeypatch):
    read(desk)
    monkeypatch.setattr(type(desk.app.watch), "look", lambda *_: 1 / 0)
    result = tell(desk)
    assert any("ZeroDivisionError" in failure for failure in result.failures)


def test_an_empty_answer_that_is_raised_by_hand_is_known_by_its_name(desk):
    read(desk, EmptyAnswer("nothing came"))
    assert open_ones(desk) == [("empty", "comments")]


def test_a_look_that_finds_nothing_writes_nothing(desk, monkeypatch):
    read(desk)
    monkeypatch.setattr(type(desk.store), "writing", lambda *_: 1 / 0)
    desk.later(timedelta(minutes=1))
    desk.app.watch.look()
