"""Importing an archive: nothing twice, nothing overwritten, old words kept as history."""

import json
from datetime import timedelta

import pytest
from desk import DAY, HOUR, INSULT, NOW, SCHOOL, Desk, Scripted, item, page

from connectors.archives.json_lines import read
from connectors.base import Batch
from connectors.fetched import FetchedItem
from monitor.__main__ import main
from monitor.importing import take_in
from monitor.store import archive, ledger


def lines(*rows):
    return "\n".join(json.dumps(row) for row in rows)


def row(text, at=NOW - HOUR, **more):
    return {"text": text, "created_at": at.isoformat()} | more


def imported(desk, *rows, judged_from=NOW - 30 * DAY):
    account = desk.settings.accounts[0]
    items = read("a.jsonl", lines(*rows).encode(), SCHOOL)
    batch = Batch(tuple(each for each in items if isinstance(each, FetchedItem)), None, True)
    return take_in(desk.app.page_keeper(account, judged_from), [batch])


def test_importing_twice_changes_nothing(desk):
    rows = [row("When is the fair?", remote_id="c1"), row("Friday.", is_own=True, parent_id="c1", remote_id="r1")]
    desk.read()
    first, before = imported(desk, *rows), None
    with desk.store.reading() as tx:
        before = list(archive.everything(tx, ledger.enrolled_school(tx, "oakfield"), None, None))
    again = imported(desk, *rows)
    with desk.store.reading() as tx:
        assert list(archive.everything(tx, ledger.enrolled_school(tx, "oakfield"), None, None)) == before
    assert (first.result.new, first.held, again.result.new, again.held) == (2, 0, 0, 2)


def test_an_answer_out_of_an_archive_answers_what_was_read(desk):
    desk.read(item("c1", "When is the fair?"))
    imported(desk, row("Friday.", is_own=True, parent_id="c1", remote_id="r1", at=NOW - HOUR / 2))
    assert desk.answers() == {("r1", "c1")}


def test_what_the_network_shows_later_is_the_same_item(desk):
    desk.read()
    imported(desk, row("When is the fair?", remote_id="c1"))
    desk.later(HOUR)
    desk.read(item("c1", "When is the fair?"))
    assert desk.comment_ids() == {"c1"}


def test_an_item_imported_without_an_id_is_known_again_when_the_network_shows_it(desk):
    desk.read()
    imported(desk, row("When is the fair?"))
    desk.later(HOUR)
    desk.read(item("c1", "When is the fair?"), item("r1", "Friday.", by=SCHOOL, under="c1"))
    assert desk.comment_ids() == {"c1"}
    assert desk.answers() == {("r1", "c1")}
    assert imported(desk, row("When is the fair?")).held == 1


def test_an_archive_overwrites_nothing_that_is_newer(desk):
    desk.read(item("c1", "When is the winter fair?"))
    imported(desk, row("When is the fair?", remote_id="c1"))
    assert [version.text for version in desk.items()["c1"].versions] == ["When is the winter fair?"]


def test_what_was_written_long_ago_is_history_and_what_is_new_is_judged(desk):
    desk.read()
    done = imported(desk, row(INSULT, at=NOW - 400 * DAY, remote_id="old"), row(INSULT, remote_id="new"))
    assert done.result.flagged == 1
    with desk.store.reading() as tx:
        old, new = (desk.app.reporter.case(desk.items()[name].id) for name in ("old", "new"))
        del tx
    assert (old.due_at, old.flags) == (None, ())
    assert new.due_at is not None
    assert [entry.case.id for entry in desk.app.reporter.waiting(desk.clock())] == [new.id]


@pytest.fixture
def books(tmp_path):
    """A desk whose database the command can open."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def told(books, monkeypatch, capsys):
    """Runs the command and gives its exit state and what it printed."""

    def run(*arguments):
        config = ["--config", str(books.folder / "school-monitor.toml")]
        status = main(["import", *arguments, *config])
        return status, capsys.readouterr()

    monkeypatch.setenv("TOKEN", "plantedTokenOfOakfield/0123456789")
    return run


def test_the_command_says_what_it_took_in_and_what_it_kept_aside(books, told):
    books.collector(Scripted({"comments": [page()]})).run()
    file = books.folder / "old.jsonl"
    file.write_text(lines(row("When is the fair?", remote_id="c1"), {"text": "no time"}))
    status, printed = told(str(file), "--account", "facebook")
    assert status == 1
    assert "1 item taken in, 0 held already, 1 could not be read." in printed.out
    assert "line 2" in printed.out
    assert "fair" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.zip", "--account", "facebook"], "is not there"),
        (["old.txt", "--account", "facebook"], "no file we know"),
        (["old.txt", "--account", "myspace"], "no account"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_sentence(books, told, arguments, words, monkeypatch):
    books.collector(Scripted({"comments": [page()]})).run()
    (books.folder / "old.txt").write_text("hello")
    monkeypatch.chdir(books.folder)
    status, printed = told(*arguments)
    assert status == 2
    assert words in printed.err


def test_an_account_the_network_was_not_asked_about_has_to_be_read_first(books, told):
    (books.folder / "a.jsonl").write_text(lines(row("x")))
    status, printed = told(str(books.folder / "a.jsonl"), "--account", "facebook")
    assert (status, "poll --account facebook" in printed.err) == (1, True)


def test_times_far_apart_are_told_apart(desk):
    desk.read()
    imported(desk, row("Thanks", at=NOW - HOUR), row("Thanks", at=NOW - HOUR - timedelta(seconds=1)))
    assert len(desk.comment_ids()) == 2
