"""What was found in the school's own words, listed, settled and reported by command."""

from __future__ import annotations

import argparse
from datetime import timedelta

import pytest
from desk import DAY, HOUR, NOW
from outgoing_desk import LINK, PUPIL, kinds, looked_after, mail_read, outgoing_mails, post, publish, rows, send

from monitor.commands import outgoing_list, outgoing_report, outgoing_settle
from monitor.commands.base import CommandFailed


@pytest.fixture
def careful(desk):
    """The desk of a school with lists, a poster and her manager, watched since yesterday."""
    return looked_after(desk)


def run(desk, monkeypatch, capsys, module, *words):
    """One command by its words, on this desk: its status and what it printed."""
    monkeypatch.setattr(f"{module.__name__}.app_for", lambda _: desk.app)
    parser = argparse.ArgumentParser()
    module.configure(parser)
    status = module.run(parser.parse_args(list(words)))
    return status, " ".join(capsys.readouterr().out.split())


def test_the_list_names_place_and_kind_and_no_word(careful, monkeypatch, capsys):
    publish(careful, post(PUPIL))
    _, said = run(careful, monkeypatch, capsys, outgoing_list)
    assert "(letters 11 to 22)" in said
    assert LINK in said
    assert "to be told" in said
    assert "Ava" not in said
    send(careful)
    careful.later(HOUR)
    assert "Mr Boss will be told" in run(careful, monkeypatch, capsys, outgoing_list)[1].replace("│ ", "")
    send(careful)
    assert "Mr Boss told" in run(careful, monkeypatch, capsys, outgoing_list)[1].replace("│ ", "")


def test_settling_is_by_a_person_who_did_not_post_it_and_holds_for_these_words(careful, monkeypatch, capsys):
    publish(careful, post(PUPIL))
    [number] = [str(row.id) for row in rows(careful)]
    for by, words in (("Miss Post", "publishes on this account"), ("Mr Nobody", "none of the configured people")):
        with pytest.raises(CommandFailed, match=words):
            run(careful, monkeypatch, capsys, outgoing_settle, number, "--by", by, "--why", "fine")
    status, said = run(
        careful, monkeypatch, capsys, outgoing_settle, number, "--by", "Mr Boss", "--why", "her parents agreed"
    )
    assert (status, said) == (0, "1 finding settled by Mr Boss.")
    with pytest.raises(CommandFailed, match="settled before, by Mr Boss"):
        run(careful, monkeypatch, capsys, outgoing_settle, number, "--by", "Mr Boss", "--why", "again")
    careful.later(2 * DAY)
    assert outgoing_mails(send(careful)) == []
    publish(careful, post("Something else"))
    publish(careful, post(PUPIL))
    assert kinds(careful) == []
    publish(careful, post(f"{PUPIL} today"))
    assert kinds(careful) == ["full_name"]


def test_a_mistake_somebody_reports_is_told_to_the_head_at_once_even_at_night(careful, monkeypatch, capsys):
    careful.clock.at = NOW + timedelta(hours=14)
    why = "a child is in the picture who must not be"
    words = ("--account", "facebook", "--link", LINK, "--by", "Miss Post", "--why", why)
    status, said = run(careful, monkeypatch, capsys, outgoing_report, *words)
    assert status == 0
    assert said == "Written down as number 1, and told: Ms Okafor."
    [(to, subject, text, _)] = [mail_read(each) for each in careful.mails() if "To look at now" in mail_read(each)[1]]
    assert (to, subject) == ("head@oakfield.example", "To look at now - Facebook page")
    assert LINK in text
    assert "Have it taken down or put right" in text
    assert why not in text
    _, said = run(careful, monkeypatch, capsys, outgoing_list)
    assert f"Miss Post: {why}" in said
    assert send(careful) == []


def test_a_report_needs_an_address_and_an_account(careful, monkeypatch, capsys):
    words = ("--by", "Miss Post", "--why", "wrong child")
    for account, link, said in (
        ("facebook", "javascript:alert(1)", "--link"),
        ("facebook", "https://a b", "--link"),
        ("nowhere", LINK, 'no account "nowhere"'),
    ):
        with pytest.raises(CommandFailed, match=said):
            run(careful, monkeypatch, capsys, outgoing_report, "--account", account, "--link", link, *words)
    assert rows(careful) == []
