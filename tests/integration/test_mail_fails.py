"""No mail leaves: a chat, a file and an outside watcher tell it, without a name, and none of them is in the way."""

import errno
import json
import logging
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk import HOUR, INSULT, MINUTE, item
from listening_desk import ALI, NO_SUCH, NOT_NOW, at, every, listens, post_of, sent
from watcher import Watcher

from monitor import mail_kinds
from monitor.__main__ import main
from monitor.commands.base import CommandFailed
from monitor.commands.listening_lines import chat_is_known, watcher_answers
from monitor.logs import TALKATIVE
from monitor.round import mail
from monitor.store import ledger, outbox

WEDNESDAY = datetime(2026, 11, 11, 8, 0, tzinfo=UTC)
THREAT = "I will kill you"
SECRETS = ("plantedChat", "plantedSecretOfPing")
FAILS = "The monitor's mail does not leave since 08:00. 1 comment needs an answer. Open the monitor."
AGAIN = "The monitor's mail leaves again."


@pytest.fixture
def watcher():
    with Watcher() as watcher:
        yield watcher


@pytest.fixture
def post(monkeypatch):
    with post_of(monkeypatch) as post:
        yield post


@pytest.fixture
def school(desk, watcher, post):
    """It is Wednesday, 08:00, and the first digest could not be handed over."""
    listens(desk, watcher)
    desk.read(item("c1", INSULT))
    post.all_fail = NOT_NOW
    at(desk, WEDNESDAY)
    return desk


def chat(watcher):
    """What the chat was told."""
    return [json.loads(body)["message"] for path, body in watcher.told if path.startswith("/plantedChat")]


def pings(watcher):
    return [path for path in watcher.paths if not path.startswith("/plantedChat")]


def status(desk):
    return json.loads((desk.folder / "status.json").read_text())


def kinds(desk):
    return [problem["kind"] for problem in status(desk)["problems"]]


def health(desk, monkeypatch, capsys):
    monkeypatch.setattr("monitor.commands.health.app_for", lambda args: desk.app)
    code = main(["health"])
    return code, capsys.readouterr().out


def test_a_chat_is_told_after_an_hour_once_and_again_after_six_and_once_when_mail_leaves_again(school, watcher, post):
    every(school, 15, WEDNESDAY + 45 * MINUTE)
    assert chat(watcher) == []
    every(school, 15, WEDNESDAY + 6 * HOUR + 45 * MINUTE)
    assert chat(watcher) == [FAILS]
    every(school, 15, WEDNESDAY + 7 * HOUR)
    assert chat(watcher) == [FAILS, FAILS]
    post.all_fail = None
    every(school, 15, WEDNESDAY + 9 * HOUR)
    assert chat(watcher) == [FAILS, FAILS, AGAIN]
    assert sent(school, "digest") != []


def test_at_night_nobody_is_nagged_unless_something_urgent_waits(school, watcher, post):
    post.all_fail = None
    evening = WEDNESDAY + 12 * HOUR
    at(school, evening - HOUR)
    assert sent(school, "digest") != []
    post.all_fail = NOT_NOW
    with school.store.writing() as tx:
        outbox.owe(
            tx,
            ledger.enrolled_school(tx, "oakfield"),
            mail_kinds.WEEKLY,
            "2026-W44",
            ("head@oakfield.example",),
            evening,
        )
    every(school, 30, evening + 2 * HOUR)
    assert "mail_failing" in kinds(school)
    assert chat(watcher) == []
    school.read(item("c2", THREAT, at=school.clock()))
    at(school, evening + 2 * HOUR + MINUTE)
    (said,) = chat(watcher)
    assert said.startswith("The monitor's mail does not leave since")
    post.all_fail = None
    at(school, evening + 3 * HOUR)
    assert chat(watcher)[1:] == [AGAIN]


def test_what_must_not_be_answered_or_is_hidden_from_somebody_is_not_counted(school, watcher, monkeypatch):
    number = school.cases()["c1"].id
    monkeypatch.setattr("monitor.report.Seeing.hidden_from", lambda *_: frozenset({number}))
    every(school, 60, WEDNESDAY + HOUR)
    assert chat(watcher) == ["The monitor's mail does not leave since 08:00. Open the monitor."]


def test_a_chat_that_takes_nothing_keeps_no_mail_back_and_is_shown(school, watcher, post, monkeypatch, capsys):
    watcher.status = 500
    every(school, 30, WEDNESDAY + HOUR)
    assert len(chat(watcher)) == 1
    at(school, WEDNESDAY + HOUR + 10 * MINUTE)
    assert len(chat(watcher)) == 1, "it is left alone for a quarter of an hour"
    code, said = health(school, monkeypatch, capsys)
    assert code == 1
    assert "chat number 1 did not take it" in said
    assert "FAIL  mail leaves: no mail was accepted since Wed 11 Nov 2026 08:00" in said
    assert {"mail_failing", "chat_failing"} <= set(kinds(school))
    post.all_fail = None
    result = at(school, WEDNESDAY + HOUR + 20 * MINUTE)
    assert result.sent > 0
    assert any("chat number 1" in failure or "outside watcher" in failure for failure in result.failures)


def test_addresses_stand_in_no_log_and_in_no_message(school, watcher, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    watcher.status = 500
    results = []
    for minutes in (30, 60, 75, 90):
        results += at(school, WEDNESDAY + minutes * MINUTE).failures
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(TALKATIVE)]
    said = "".join([*ours, *results]) + capsys.readouterr().err + (school.folder / "status.json").read_text()
    assert chat(watcher)
    assert not any(secret in said for secret in SECRETS)
    assert not [record for record in caplog.records if record.name.startswith("apprise")]


def test_mail_to_one_person_that_is_refused_is_not_mail_as_a_whole(school, watcher, post):
    post.all_fail, post.refuses[ALI] = None, NO_SUCH
    every(school, 30, WEDNESDAY + 3 * HOUR)
    assert "mail_failing" not in kinds(school)
    assert chat(watcher) == []


def test_the_status_file_says_what_is_wrong_in_set_sentences_and_until_when_it_holds(school):
    every(school, 30, WEDNESDAY + HOUR)
    said = status(school)
    assert (said["version"], said["state"]) == (1, "problem")
    assert said["written_at"] == "2026-11-11T09:00:00Z"
    assert said["next_by"] == "2026-11-11T09:35:00Z"
    (failing,) = [problem for problem in said["problems"] if problem["kind"] == "mail_failing"]
    assert failing["since"] == "2026-11-11T08:00:00Z"
    assert set(failing) == {"kind", "sentence", "since"}
    text = (school.folder / "status.json").read_text()
    assert not any(name in text for name in ("Ali", "Bevan", "@", "oakfield", "Facebook", "idiot"))
    assert stat.S_IMODE((school.folder / "status.json").stat().st_mode) & 0o077 in {0o044, 0o040, 0o000}


def test_where_all_is_well_the_status_says_so(desk, post):
    listens(desk)
    desk.read()
    at(desk, desk.clock())
    assert (status(desk)["state"], status(desk)["problems"]) == ("ok", [])


def test_a_full_disk_stops_no_round_and_leaves_the_file_before_it_whole(school, post, monkeypatch):
    before = (school.folder / "status.json").read_text()
    post.all_fail = None

    replace = Path.replace

    def full(self, target):
        if self.name.startswith(".status"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        result = at(school, WEDNESDAY + 10 * MINUTE)
    assert result.sent > 0
    assert any("status.json cannot be written: No space left" in failure for failure in result.failures)
    assert (school.folder / "status.json").read_text() == before
    assert not list(school.folder.glob(".status.json*"))


def test_the_outside_watcher_hears_of_whole_rounds_at_most_every_five_minutes(desk, watcher, post):
    listens(desk, watcher)
    desk.read()
    for minute in range(11):
        at(desk, WEDNESDAY + minute * MINUTE)
    assert pings(watcher) == ["", "", ""]


def test_it_hears_nothing_where_reading_hangs_however_much_the_program_lives(desk, watcher, post):
    listens(desk, watcher)
    desk.read()
    at(desk, WEDNESDAY)
    for _ in range(10):
        desk.later(5 * MINUTE)
        mail(desk.app)
    assert len(pings(watcher)) == 8, "for 35 minutes after the last attempt to read"


def test_it_hears_of_mail_that_fails_at_once_and_of_its_end(school, watcher, post):
    every(school, 15, WEDNESDAY + HOUR)
    assert pings(watcher)[-1] == "/fail"
    assert pings(watcher).count("/fail") == 1
    post.all_fail = None
    every(school, 15, WEDNESDAY + 2 * HOUR)
    assert pings(watcher)[-1] == ""


def test_a_watcher_that_answers_badly_is_told_of_without_its_address(desk, watcher, post):
    listens(desk, watcher)
    desk.read()
    watcher.status = 404
    result = at(desk, WEDNESDAY)
    assert "the outside watcher answered 404; is [listening] ping_url still right?" in result.failures
    assert at(desk, WEDNESDAY + MINUTE).failures == [], "it is not asked again at once"
    with pytest.raises(CommandFailed, match="answered 404"):
        watcher_answers(desk.app)


def test_a_round_that_begins_is_told_where_nothing_was_heard_lately(desk, watcher, post):
    listens(desk, watcher)
    desk.read()
    desk.app.listening.round_begins()
    at(desk, WEDNESDAY)
    desk.app.listening.round_begins()
    assert pings(watcher) == ["/start", ""]


def test_check_reads_the_chats_and_asks_the_watcher(desk, watcher, post):
    assert chat_is_known(desk.app).startswith("none")
    assert watcher_answers(desk.app).startswith("none")
    listens(desk, watcher)
    assert chat_is_known(desk.app) == "1 address can be used; nothing was told"
    assert watcher_answers(desk.app).startswith("answers")
    assert (chat(watcher), pings(watcher)) == ([], [""])


def test_once_something_fails_for_a_day_and_is_given_up_mail_is_still_known_to_fail(school, watcher):
    every(school, 60, WEDNESDAY + 26 * HOUR)
    assert "mail_failing" in kinds(school)
    assert AGAIN not in chat(watcher)
