"""Time stamps on the head of the log: owed once a day, kept as they come, asked for again, and never waited for."""

import local_tsa
import pytest
from desk import DAY, HOUR, INSULT, MINUTE, SCRIPTED, item
from local_tsa import Answer, serving

from monitor.custody.log import checkpoint_of
from monitor.evidence.log.timestamp_check import verify
from monitor.store import ledger
from monitor.store.evidence_tables import LogCheckpoint, TimestampToken


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    local_tsa.require_openssl()
    return local_tsa.Authority(tmp_path_factory.mktemp("tsa"), local_tsa.certify("Oakfield root"))


def with_authorities(desk, *urls):
    tables = "".join(f'\n[[timestamps]]\nurl = "{url}"\nca_file = "root.pem"\n' for url in urls)
    desk.change(accounts=SCRIPTED + tables)


def tokens(desk):
    return desk.all_of(TimestampToken)


def test_the_head_of_the_log_is_stamped_by_each_authority_the_school_named(desk, authority):
    with serving(authority.reply) as one, serving(authority.reply) as other:
        with_authorities(desk, one.url, other.url)
        desk.read(item("c1", INSULT))
        assert desk.app.sealer.run() == []
    (head,) = desk.all_of(LogCheckpoint)
    with desk.rows() as (_, school, __):
        text = checkpoint_of(school, head).text()
    assert [token.authority for token in tokens(desk)] == [one.url, other.url]
    assert all(verify(token.token, text, authority.root.pem) for token in tokens(desk))


def test_a_stamp_is_asked_for_once_a_day(desk, authority):
    with serving(authority.reply) as asked:
        with_authorities(desk, asked.url)
        for number, wait in enumerate((HOUR, HOUR, DAY)):
            desk.read(item(f"c{number}", INSULT))
            desk.app.sealer.run()
            desk.later(wait)
    assert len(desk.all_of(LogCheckpoint)) == 3
    assert len(tokens(desk)) == len(asked.asked) == 1


def test_an_export_is_stamped_although_there_was_one_that_day(desk, authority):
    with serving(authority.reply) as asked:
        with_authorities(desk, asked.url)
        desk.read(item("c1", INSULT))
        desk.app.sealer.run()
        desk.read(item("c2", INSULT))
        with desk.store.writing() as tx:
            school = ledger.school_by_key(tx, "oakfield")
            desk.app.sealer.seal(tx, school, stamped=True)
        desk.app.sealer.tokens.run()
    assert [bool(token.token) for token in tokens(desk)] == [True, True]


def test_an_authority_that_is_down_costs_nothing_and_is_asked_again(desk, authority):
    answers = [Answer(b"", status=503), Answer(b"<html>", kind="text/html")]
    with serving(lambda request: answers.pop(0) if answers else authority.reply(request)) as asked:
        with_authorities(desk, asked.url)
        desk.read(item("c1", INSULT))
        assert desk.app.sealer.run() == []
        assert (tokens(desk)[0].token, tokens(desk)[0].tries) == (None, 1)
        assert len(desk.all_of(LogCheckpoint)) == 1
        desk.app.sealer.run()
        assert len(asked.asked) == 1
        for wait in (2 * MINUTE, 10 * MINUTE):
            desk.later(wait)
            desk.app.sealer.run()
    assert (tokens(desk)[0].tries, bool(tokens(desk)[0].token), tokens(desk)[0].problem) == (3, True, None)


def test_two_days_without_a_stamp_are_told(desk):
    with serving(lambda _: Answer(b"", status=404)) as asked:
        with_authorities(desk, asked.url)
        desk.read(item("c1", INSULT))
        assert desk.app.sealer.run() == []
        desk.later(2 * DAY + MINUTE)
        (problem,) = desk.app.sealer.run()
    assert "no time stamp for two days" in problem
    assert "check the address in the settings" in problem


def test_a_school_that_named_nobody_asks_nobody(desk):
    desk.read(item("c1", INSULT))
    desk.app.sealer.run()
    assert tokens(desk) == []
