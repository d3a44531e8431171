"""Silence is an alarm: what is found, in what words, and who is told of it."""

import pytest
from desk import DAY, HOUR, MINUTE, NOW, SCRIPTED, TOKEN, Desk, Scripted, emptied, item, page
from watch_desk import DEAD, HEAD, KIM, POST, TECHNICIAN, open_ones, read, tell, texts, told

from connectors.errors import AllowanceLow, EmptyAnswer, Forbidden, RateLimited, TemporaryFailure
from monitor.round import read_account
from monitor.store import allowance, ledger


@pytest.fixture
def desk(tmp_path, store_for_all):
    return Desk(tmp_path, accounts=SCRIPTED + TECHNICIAN, store=emptied(store_for_all))


def test_reading_that_hangs_is_noticed_beside_it(desk):
    read(desk)
    desk.later(15 * MINUTE)
    with desk.store.writing() as tx:
        ledger.begin_read(tx, ledger.enrolled_account(tx, "oakfield", "facebook"), "comments", desk.clock())
    tell(desk)
    desk.later(30 * MINUTE)
    tell(desk)
    (alarm,) = texts(desk, "Not being read")
    assert "Why: The last reading did not come to its end" in alarm


def test_a_school_night_silences_nothing_and_moderators_hear_nothing_of_it(desk):
    desk.clock.at = NOW.replace(hour=23)
    desk.change()
    read(desk)
    for _ in range(2):
        desk.later(20 * MINUTE)
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


def test_a_stream_that_may_wait_is_not_stale_before_twice_its_own_interval(desk):
    can = {"read_every": {"ratings": 6 * HOUR}}
    read(desk, streams={"comments": [page()], "ratings": [page()]}, **can)
    half = {"comments": [page()], "ratings": [TemporaryFailure("timed out")]}
    for quarter in range(1, 50):
        desk.clock.at = NOW + quarter * 15 * MINUTE
        read(desk, streams=half, **can)
        is_late = quarter * 15 * MINUTE > 12 * HOUR + 5 * MINUTE
        assert open_ones(desk) == ([("stale", "ratings")] if is_late else [])


def test_an_account_that_was_never_read_is_told_of(desk):
    desk.later(36 * MINUTE)
    tell(desk)
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


def test_an_empty_answer_that_is_raised_by_hand_is_known_by_its_name(desk):
    read(desk, EmptyAnswer("nothing came"))
    assert open_ones(desk) == [("empty", "comments")]
