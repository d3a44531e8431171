"""Words of comments in mails: none as the program comes, and never of what no setting allows."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from alert_desk import keep_out, send, with_people
from desk import HOUR, INSULT, NOW, SCRIPTED, item
from evidence_desk import run_command

from monitor.model import Category, Flag
from monitor.quoting import NEVER_OF, may_be_quoted

WEDNESDAY = datetime(2026, 11, 11, 8, 0, tzinfo=UTC)
SWEARING = "Oh fuck, Jane Smith forgot the gate: https://gate.example/x"
NAMES = ("Bob Jones", "Jane Smith", "Ada Cruz")
THREAT = "I will kill you tomorrow at the gate"
HELD = '[categories.profanity.hold]\nanswer = "hold"\n'
SERIOUS = '[categories.abuse]\nseverity = "serious"\n'


def school(desk, setting, tell=""):
    return with_people(desk, accounts=f'{SCRIPTED}\n[wording]\ncomment_text = "{setting}"\n', tell=tell)


def said(desk):
    """Every mail whole, decoded, and every subject."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in desk.mails()]
    whole = "\n".join(part.get_content() for mail in mails for part in mail.iter_parts())
    return whole, " ".join(str(mail["Subject"]) for mail in mails)


def a_day_later(desk):
    desk.clock.at = WEDNESDAY
    desk.read()
    send(desk)


def read(desk, *texts):
    desk.read(*(item(f"c{at}", text, by=f"8800{at}", author_name=NAMES[at - 1]) for at, text in enumerate(texts, 1)))
    send(desk)
    a_day_later(desk)


def test_as_the_program_comes_no_mail_holds_a_word(desk):
    one = with_people(desk)
    read(one, SWEARING, "A plain question about Tuesday", THREAT)
    whole, subjects = said(one)
    for word in ("forgot", "Tuesday", "kill", "Bob", "B. J.", "•"):
        assert word not in whole
        assert word not in subjects
    assert "holds no words of any comment" in whole


def test_an_excerpt_is_cleaned_and_names_nobody(desk):
    one = school(desk, "excerpt")
    read(one, SWEARING, "A plain question about Tuesday")
    whole, subjects = said(one)
    assert "“Oh fuck, [name] forgot the gate: hxxps://gate[.]example/x”" in whole
    assert "“A plain question about Tuesday”" in whole
    assert "the school has set it so" in whole
    assert "Tuesday" not in subjects
    assert not any(name in whole for name in ("Jane", "Bob", "Smith", "Jones"))


def test_masked_words_are_dotted_out_and_the_writer_is_initials(desk):
    one = school(desk, "masked")
    read(one, SWEARING, "A plain question about Tuesday")
    whole, subjects = said(one)
    assert "B. J.: “Oh f•••, J. S. forgot the gate" in whole
    assert "fuck" not in whole
    assert "•" not in subjects
    assert not any(name in whole for name in ("Jane", "Bob", "Smith", "Jones"))


def test_of_what_is_urgent_or_withheld_or_not_for_everybody_nothing_is_said(desk):
    one = school(desk, "excerpt")
    desk.read(item("c1", THREAT), item("c2", "Oh fuck, the gate"), item("c3", "Nothing to see"))
    keep_out(one, "manager@oakfield.example", "c2")
    send(one)
    a_day_later(one)
    whole, _ = said(one)
    assert "Nothing to see" in whole
    for word in ("kill", "tomorrow", "gate"):
        assert word not in whole


def test_of_what_the_policy_holds_nothing_is_said(desk):
    one = school(desk, "excerpt", tell=HELD)
    read(one, "Oh fuck, the gate", "Nothing to see")
    whole, _ = said(one)
    assert "Nothing to see" in whole
    assert "gate" not in whole


@pytest.mark.parametrize("category", sorted(NEVER_OF))
def test_of_what_concerns_a_childs_safety_nothing_is_said_whatever_the_setting(desk, category):
    desk.read(item("c1", "Some words"))
    case = desk.cases()["c1"]
    assert may_be_quoted(case)
    flag = Flag(Category(category), "note", 0.9, "words/1", 0, 4, "why", version=1)
    assert not may_be_quoted(replace(case, flags=(flag,)))
    assert not may_be_quoted(replace(case, kind="message"))
    assert not may_be_quoted(replace(case, flags=(replace(flag, category=Category.SPAM, severity="urgent"),)))


def test_a_serious_mail_says_it_where_the_setting_lets_it(desk):
    one = school(desk, "masked")
    (desk.folder / "our-policy.toml").write_text(
        (desk.folder / "our-policy.toml").read_text().replace('severity = "concern"', 'severity = "serious"')
    )
    one.change()
    one.read(item("c1", INSULT, at=NOW - HOUR))
    send(one)
    whole, subjects = said(one)
    assert [d.kind for d in one.deliveries() if d.sent_at][:1] == ["serious"]
    assert "Y•• a•• • s••••• i••••" in whole
    assert "idiot" not in whole
    assert "•" not in subjects


def test_reminders_say_it_where_the_setting_lets_them(desk):
    one = school(desk, "masked")
    one.read(item("c1", "A plain question about Tuesday", author_name="Bob Jones", at=one.clock() - HOUR))
    one.later(HOUR)
    send(one)
    whole, subjects = said(one)
    assert "new" in [d.kind for d in one.deliveries() if d.sent_at]
    assert "B. J.: “A plain question about Tuesday”" in whole
    assert "Tuesday" not in subjects
    assert "no words of any comment" not in whole


@pytest.mark.parametrize(("setting", "note"), [("none", False), ("masked", True), ("excerpt", True)])
def test_check_says_what_the_setting_means(desk, monkeypatch, capsys, setting, note):
    one = school(desk, setting)
    _, out, _ = run_command(one, monkeypatch, capsys, "check")
    assert ("Information Commissioner" in " ".join(out.split())) == note
