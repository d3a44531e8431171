"""The daemon and `tick`: quick to start, clean to stop, and harmless however many of them run at once."""

import json
import re
from collections import Counter
from contextlib import ExitStack

import costs
import pytest
from books import CONFIGURATION, everything, rows, standing
from processes import Running, school_monitor, wait_for
from small_school import NEW_ON_FACEBOOK, PAGE_SIZE, small_school

ENOUGH = 2
"""Times the cost of importing its libraries. It was 1.3 when this was written; 2 is a second on a slow computer."""
SENT = re.compile(r"monitor\.notify: (mail .* sent)$", re.MULTILINE)


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    with small_school(tmp_path_factory.mktemp("daemon") / "prepared") as school:
        yield school


@pytest.fixture(scope="module")
def ticked(school, tmp_path_factory):
    """The folder after one undisturbed tick."""
    folder = school.copy_to(tmp_path_factory.mktemp("ticked") / "school")
    done = tick(folder)
    assert done.status == 0, done.said
    assert done.out.startswith("The monitor did not run from ")
    return folder


def tick(folder):
    return school_monitor("tick", "--config", folder / CONFIGURATION)


def mails(folder):
    return {path.name: path.read_bytes() for path in (folder / "mails").glob("*")}


def assert_each_mail_was_sent_once(folder, *logs):
    sent = [mail for log in logs for mail in SENT.findall(log)]
    assert len(sent) == len(set(sent)) == len(mails(folder)) > 0
    assert rows(folder, "select distinct attempts from delivery where sent_at is not null") == [(1,)]


def assert_it_stopped_well(done):
    assert done.status == 0, done.said
    assert done.err.splitlines()[-1].endswith("monitor.schedule: stopped")
    assert "Traceback" not in done.err
    assert " ERROR " not in done.err


def test_it_is_up_in_hardly_more_than_its_libraries_take_and_stops_when_told(school, tmp_path):
    ratios = []
    for attempt in ("first", "second", "third"):  # others at work on this machine slow a processor down
        folder = school.copy_to(tmp_path / attempt / "school")
        with Running(tmp_path / attempt, "run", "--config", folder / CONFIGURATION) as daemon:
            daemon.wait_for_words("started with 2 accounts")
            ratios.append(daemon.cpu_seconds() / costs.of_the_libraries())
            daemon.tell_to_stop()
            assert_it_stopped_well(daemon.finish())
        if ratios[-1] < ENOUGH:
            break
    assert min(ratios) < ENOUGH, f"{ratios} times the processor time of importing its libraries"


def test_told_to_stop_in_the_middle_of_a_slow_answer_it_finishes_that_page_and_stops(school, ticked, tmp_path):
    folder, gate = school.copy_to(tmp_path / "school"), school.gates["facebook"]
    gate.close("/comments", after=2)
    with Running(tmp_path / "log", "run", "--config", folder / CONFIGURATION) as daemon:
        gate.wait_until_reached()
        daemon.tell_to_stop()
        daemon.wait_for_words("asked to stop")
        gate.open()
        assert_it_stopped_well(daemon.finish())
    newest_first = [m.id for m in school.networks["facebook"].world.messages_at(school.now)][:NEW_ON_FACEBOOK]
    kept = {row["remote_id"] for row in everything(folder)}
    pages = [newest_first[at : at + PAGE_SIZE] for at in range(0, NEW_ON_FACEBOOK, PAGE_SIZE)]
    assert [sum(one in kept for one in page) for page in pages] == [25, 25, 25, 25, 0]
    done = school_monitor("poll", "--config", folder / CONFIGURATION)
    assert (done.status, done.err) == (0, "")
    assert everything(folder) == everything(ticked)


ALWAYS_READ = ("comments", "mentions")
"""One stream of each account. Others are left alone by a daemon that finds them read a moment ago."""


def complete_reads(folder):
    return Counter(dict(rows(folder, "select stream, count(*) from read where complete group by stream")))


def wait_until_all_is_done(folder, school, ticked, *daemons):
    """Until every daemon has read every account, and as much was read, found and mailed as by one tick."""
    figures = """select (select count(*) from item), (select count(*) from item where gone_at is not null),
        (select count(*) from delivery where sent_at is not null)"""
    wanted = complete_reads(ticked)
    for stream in ALWAYS_READ:
        wanted[stream] += len(daemons) - 1
    assert wanted > complete_reads(school.folder)
    wait_for("every daemon has read to the end", lambda: complete_reads(folder) >= wanted, *daemons)
    wait_for("everything was found and mailed", lambda: rows(folder, figures) == rows(ticked, figures), *daemons)


def test_told_to_stop_while_it_waits_it_stops_without_waiting_for_the_next_turn(school, ticked, tmp_path):
    folder = school.copy_to(tmp_path / "school")
    with Running(tmp_path / "log", "run", "--config", folder / CONFIGURATION) as daemon:
        wait_until_all_is_done(folder, school, ticked, daemon)
        daemon.tell_to_stop()
        assert_it_stopped_well(daemon.finish(seconds=30))
        assert_each_mail_was_sent_once(folder, daemon.log)
    assert standing(folder) == standing(ticked)


@pytest.mark.parametrize("apart", [False, True], ids=["started together", "one when the other has read"])
def test_two_daemons_in_one_folder_are_harmless(school, ticked, tmp_path, apart):
    folder = school.copy_to(tmp_path / "school")
    words = ("run", "--config", folder / CONFIGURATION)
    with ExitStack() as stack:
        one = stack.enter_context(Running(tmp_path / "one", *words))
        if apart:
            wait_until_all_is_done(folder, school, ticked, one)
        two = stack.enter_context(Running(tmp_path / "two", *words))
        wait_until_all_is_done(folder, school, ticked, one, two)
        for daemon in (one, two):
            daemon.tell_to_stop()
        for daemon in (one, two):
            assert_it_stopped_well(daemon.finish())
        assert_each_mail_was_sent_once(folder, one.log, two.log)
    assert standing(folder) == standing(ticked)


def test_a_second_tick_at_once_reads_nothing_and_mails_nothing(school, ticked):
    before = [school.asked(network) for network in school.networks], mails(ticked), standing(ticked)
    assert rows(ticked, "select count(*) from downtime") == [(1,)], "it had not run since yesterday"
    again = tick(ticked)
    assert again.status == 0
    assert "did not run" not in again.out
    assert rows(ticked, "select count(*) from downtime") == [(1,)]
    assert json.loads((ticked / "status.json").read_text())["version"] == 1
    assert "No account was due to be read." in again.out
    assert "0 mails sent" in again.out
    assert ([school.asked(network) for network in school.networks], mails(ticked), standing(ticked)) == before


def test_two_ticks_at_the_same_time_are_harmless(school, ticked, tmp_path):
    folder, gate = school.copy_to(tmp_path / "school"), school.gates["facebook"]
    words = ("tick", "--config", folder / CONFIGURATION)
    gate.close("/comments", after=2)
    with Running(tmp_path / "one", *words) as one:
        gate.wait_until_reached()
        with Running(tmp_path / "two", *words) as two:
            gate.open()
            done = [one.finish(), two.finish()]
    assert rows(folder, "select count(*) from downtime") == [(1,)]
    assert [each.status for each in done] == [0, 0], [each.said for each in done]
    assert_each_mail_was_sent_once(folder, *(each.err for each in done))
    assert standing(folder) == standing(ticked)
