"""`school-monitor demo` keeps every promise it makes, checked from outside after a real run."""

import email
import html
import json
import re
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import policy
from hashlib import sha256

import pytest
from books import CONFIGURATION, answers, deadlines, digests, export, flags, rows, snapshots
from processes import school_monitor

from monitor.demo.oakfield import expected
from monitor.demo.workplace import TIMEZONE
from monitor.evidence.folder_check import check_folder

ACCOUNTS = ("facebook", "x", "reddit")


def is_own(world, message):
    return message.author is not None and message.author.id == world.school.id


def told(demo):
    """(account, world, message) of everything in the story that is not broken."""
    return [
        (account, world, message)
        for account, world in demo.worlds.items()
        for message in world.messages
        if message.raw is None
    ]


def lasting_answers(demo):
    """((account, id of the comment), its first reply by the school that was not taken down)."""
    found = {}
    for account, world, message in sorted(told(demo), key=lambda each: each[2].at):
        parent = world.message(message.parent_id) if message.parent_id else None
        if is_own(world, message) and parent and not is_own(world, parent) and not message.deleted_at:
            found.setdefault((account, parent.id), message)
    return found


def show(folder, case):
    done = school_monitor("show", case, "--config", folder / CONFIGURATION)
    assert (done.status, done.err) == (0, "")
    return done.out


def read_mails(folder):
    paths = sorted((folder / "mails").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def words_of(mail):
    """Everything a reader of a mail can come across, in one line."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return " ".join(html.unescape(" ".join([*map(str, mail.values()), *parts])).split())


def test_it_ends_well_and_everything_it_points_at_is_there(pristine):
    assert (pristine.said.status, pristine.said.err) == (0, "")
    places = re.findall(r"^(Configuration|Database|Mails|Weekly report|Evidence):\s+(.+)$", pristine.said.out, re.M)
    assert len(places) == 5
    assert all((pristine.folder / where).exists() for _, where in places)


def test_what_is_kept_of_each_account_is_what_the_story_tells(pristine, oakfield, kept):
    found = {
        account: (
            sum(row["account"] == account and not row["is_own"] for row in kept.values()),
            sum(row["account"] == account and row["is_own"] for row in kept.values()),
            rows(
                oakfield,
                "select count(*) from quarantine join account on account.id = account_id where account.key = ?",
                account,
            )[0][0],
        )
        for account in ACCOUNTS
    }
    story = {account: expected(pristine.worlds[account], pristine.moments) for account in ACCOUNTS}
    assert found == {account: (e.by_others, e.own_replies, e.broken) for account, e in story.items()}
    assert sum(by_others for by_others, _, _ in found.values()) >= 60


def test_the_table_it_prints_says_what_is_kept(pristine):
    table = [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in pristine.said.out.splitlines() if "│" in line
    ]
    figures = [[int(cell) for cell in row[1:]] for row in table if row[1].isdecimal()]
    story = [expected(pristine.worlds[account], pristine.moments) for account in ACCOUNTS]
    assert [row[:2] for row in figures] == [[e.by_others, e.own_replies] for e in story]
    assert [row[3] for row in figures] == [e.broken for e in story]
    assert [sum(row[4:]) for row in figures] == [e.by_others for e in story]


def test_every_word_of_the_story_is_kept_as_it_was_written(pristine, kept):
    for account, _, message in told(pristine):
        row = kept[account, message.id]
        assert row["versions"] == [message.text, *(text for _, text in message.edits)]
        assert row["text"] == row["versions"][-1]
        assert row["author_id"] == (message.author.id if message.author else None)


def test_an_insult_edited_into_a_comment_is_flagged_on_the_version_that_holds_it(pristine, oakfield):
    found = flags(oakfield)
    edited = [(account, message.id) for account, _, message in told(pristine) if message.edits]
    assert {account for account, _ in edited} == set(ACCOUNTS)
    for one in edited:
        assert {version for account, remote_id, version, *_ in found if (account, remote_id) == one} == {2}, one


def test_a_deleted_comment_stays_on_record_as_withdrawn(pristine, oakfield, kept):
    gone = [
        (account, message.id)
        for account, world, message in told(pristine)
        if message.deleted_at and not is_own(world, message)
    ]
    assert [kept[one]["state"] for one in gone] == ["gone", "gone", "gone"]
    assert "withdrawn: it was taken away" in show(oakfield, deadlines(oakfield)[gone[0]][0])


def test_a_hidden_comment_is_said_to_be_hidden(pristine, kept):
    hidden = [(account, message.id) for account, _, message in told(pristine) if message.hidden_at]
    assert [kept[one]["state"] for one in hidden] == ["hidden"]


def test_deadlines_are_those_the_rule_gives(oakfield, kept):
    cases = [row for row in kept.values() if not row["is_own"]]
    asked = [
        {"case": f"{row['account']} {row['remote_id']}", "received_at": row["created_at"], "timezone": TIMEZONE}
        for row in cases
    ]
    done = school_monitor("due", given="".join(json.dumps({**one, "policy": {}}) + "\n" for one in asked))
    by_rule = {answer["case"]: answer["due_at"] for answer in map(json.loads, done.out.splitlines())}
    stored = {" ".join(key): f"{due_at[:19].replace(' ', 'T')}Z" for key, (_, due_at) in deadlines(oakfield).items()}
    assert stored == by_rule


def test_each_answer_counts_from_the_moment_it_was_given(pristine, kept):
    answered = lasting_answers(pristine)
    assert len(answered) >= 20
    for one, reply in answered.items():
        assert datetime.fromisoformat(kept[one]["answered_at"]) == reply.at, kept[one]


def test_answers_are_in_time_or_late_as_the_story_says(pristine, oakfield, kept):
    waits = {
        one: (datetime.fromisoformat(kept[one]["answered_at"]) - datetime.fromisoformat(kept[one]["created_at"]), one)
        for one in lasting_answers(pristine)
    }
    slowest = max(wait for wait in waits.values() if wait[1][0] == "x")[1]
    weekend = next(m for _, _, m in told(pristine) if m.text.startswith("Does that include nursery"))
    cases = deadlines(oakfield)
    assert waits["facebook", weekend.id][0] > timedelta(hours=24)
    assert "state     answered in time" in show(oakfield, cases["facebook", weekend.id][0])
    assert "state     answered late" in show(oakfield, cases[slowest][0])


def test_a_reply_that_was_taken_down_again_answers_nothing(pristine, kept):
    (account, reply), *others = [
        (account, message)
        for account, world, message in told(pristine)
        if is_own(world, message) and message.deleted_at
    ]
    assert not others
    assert kept[account, reply.id]["state"] == "gone"
    assert kept[account, reply.parent_id]["answered_at"] is None


def test_somebody_with_the_schools_name_answers_nothing(pristine, oakfield, kept):
    posing = [
        (account, message)
        for account, world, message in told(pristine)
        if message.author and message.author.name == world.school.name and not is_own(world, message)
    ]
    assert {account for account, _ in posing} == {"facebook", "x"}
    answering = {reply for reply, _ in answers(oakfield)}
    for account, message in posing:
        assert message.parent_id
        assert kept[account, message.id]["is_own"] is False
        assert message.id not in answering


def test_the_broken_item_is_in_quarantine_as_it_came(oakfield):
    ((raw, reason),) = rows(oakfield, "select raw, reason from quarantine")
    assert json.loads(raw)["created_time"] == "some time this morning"
    assert "time" in reason


def test_the_threat_is_flagged_as_urgent(pristine, oakfield):
    threat = next(m for _, _, m in told(pristine) if "watch your back" in m.text)
    found = [flag for flag in flags(oakfield) if flag[1] == threat.id]
    assert found
    assert all(flag[3:5] == ("threat", "urgent") for flag in found)


def test_everything_flagged_has_evidence_that_verifies_and_a_card(oakfield):
    flagged = {(account, remote_id, version) for account, remote_id, version, *_ in flags(oakfield)}
    found = snapshots(oakfield)
    assert len(found) == len(flagged) >= 12
    for path, digest in found.values():
        directory = oakfield / "evidence" / path
        assert check_folder(directory) == []
        assert digest == "sha256:" + sha256((directory / "manifest-sha256.txt").read_bytes()).hexdigest()
        assert (directory / "card.pdf").read_bytes().startswith(b"%PDF-")
        assert (directory / "card.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_mails_carry_no_word_of_a_comment_and_no_name(pristine):
    private = {
        " ".join(text.split())
        for _, _, message in told(pristine)
        for text in (message.text, *(text for _, text in message.edits))
        if len(text) > 15
    }
    private |= {
        name
        for _, world, message in told(pristine)
        if message.author and message.author.name != world.school.name
        for name in (message.author.name, message.author.handle)
        if name
    }
    assert len(private) > 100
    for mail in read_mails(pristine.folder):
        words = words_of(mail)
        assert not [text for text in private if text in words]


def test_both_moderators_hear_every_working_morning_and_the_head_every_monday(pristine):
    mails = read_mails(pristine.folder)
    assert all(mail["Message-ID"] and mail["Subject"] and not mail.defects for mail in mails)
    read_until = ("All accounts were read completely up to", "Not every account has been read completely yet")
    digest_days = {
        name: sorted(
            m["Date"].datetime.date()
            for m in mails
            if m["To"] == f"{name}@oakfield.example" and any(words in words_of(m) for words in read_until)
        )
        for name in ("ali", "bevan")
    }
    assert digest_days["ali"] == digest_days["bevan"]
    assert len(digest_days["ali"]) == len(set(digest_days["ali"])) >= 7
    to_the_head = [mail for mail in mails if mail["To"] == "head@oakfield.example"]
    reports = [mail for mail in to_the_head if mail["Subject"].startswith("Weekly report")]
    assert 0 < len(reports) < len(to_the_head)
    assert all(mail["Date"].datetime.weekday() == 0 for mail in reports)


def test_moderators_are_reminded_in_time_and_nobody_has_more_than_six_mails_a_day(pristine):
    mails = read_mails(pristine.folder)
    for words in ("to answer, first by", "due soon, first by", "due before Mon", "overdue since"):
        assert {m["To"] for m in mails if words in m["Subject"]} >= {"ali@oakfield.example", "bevan@oakfield.example"}
    days = Counter((m["To"], m["Date"].datetime.date()) for m in mails if not m["Subject"].startswith("Urgent"))
    assert max(days.values()) <= 6


def test_the_weekly_report_is_also_there_to_print(pristine):
    assert (pristine.folder / "weekly-report.pdf").read_bytes().startswith(b"%PDF-")


def test_what_it_keeps_is_readable_by_its_owner_only(pristine):
    private = [pristine.folder / "school-monitor.db"]
    private += [p for folder in ("evidence", "mails", "secrets") for p in [pristine.folder / folder]]
    private += [p for folder in ("evidence", "mails", "secrets") for p in (pristine.folder / folder).rglob("*")]
    assert len(private) > 100
    assert [str(path) for path in private if path.stat().st_mode & 0o077] == []
    assert (pristine.folder / "school-monitor.db").stat().st_mode & 0o777 == 0o600


def test_no_token_is_anywhere_but_in_its_own_file(pristine):
    tokens = [path.read_bytes().strip() for path in (pristine.folder / "secrets").iterdir()]
    assert len(tokens) == 4
    assert all(len(token) >= 32 for token in tokens)
    # What the stand-in for Reddit hands out at sign-in is made from the refresh token.
    tokens += [sha256(token).hexdigest().encode() for token in tokens]
    elsewhere = [p for p in pristine.folder.rglob("*") if p.is_file() and p.parent.name != "secrets"]
    assert [str(path) for path in elsewhere if any(token in path.read_bytes() for token in tokens)] == []
    assert not any(token.decode() in pristine.said.said for token in tokens)


@pytest.fixture(scope="module")
def again(pristine, tmp_path_factory):
    """The folder after a second demonstration in it."""
    folder = shutil.copytree(pristine.folder, tmp_path_factory.mktemp("again") / "demo")
    return folder, school_monitor("demo", "--dir", folder)


def test_a_second_run_mails_nothing_and_touches_no_mail(pristine, again):
    folder, said = again
    assert (said.status, said.err) == (0, "")
    assert "0 mails sent" in said.out
    assert digests(folder / "mails") == digests(pristine.folder / "mails")


def test_a_second_run_changes_nothing_that_is_kept(pristine, oakfield, again):
    folder, said = again
    assert "0 new items, 0 edited, 0 found gone" in said.out
    assert export(folder) == export(oakfield)
    assert flags(folder) == flags(oakfield)
    assert digests(folder / "evidence") == digests(pristine.folder / "evidence")
    assert digests(folder / "secrets") == digests(pristine.folder / "secrets")
    assert (folder / "weekly-report.pdf").read_bytes() == (pristine.folder / "weekly-report.pdf").read_bytes()


def test_the_last_reading_ends_on_a_morning_that_has_come(pristine):
    assert pristine.moments[-1] == pristine.anchor < datetime.now(UTC)  # noqa: TID251 - a real run, by the real clock
