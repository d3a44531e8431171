"""What the morning digest says, and what it leaves out."""

from desk import DAY, HOUR, INSULT, MINUTE, NOW, OTHER, SCHOOL, SCRIPTED, Scripted, item, page

from connectors.errors import AuthFailed
from monitor.rules.queue import SEVERITIES

ALI = "ali@oakfield.example"
SECOND = SCRIPTED.replace('"facebook"', '"other"').replace("Facebook page", "Other page")


def digest(desk):
    return desk.app.reporter.digest(ALI, desk.clock())


def cases_in(desk, lines):
    names = {case.id: name for name, case in desk.cases().items()}
    return [names[line.case] for line in lines]


def test_what_is_owed_an_answer_is_listed_with_the_earliest_deadline_first(desk):
    desk.read(item("late", at=NOW - HOUR), item("soon", at=NOW - 20 * HOUR), item("sooner", at=NOW - 23 * HOUR))
    said = digest(desk)
    assert cases_in(desk, said.to_answer) == ["sooner", "soon", "late"]
    assert [line.due_at for line in said.to_answer] == [NOW + HOUR, NOW + 4 * HOUR, NOW + 23 * HOUR]
    assert (said.overdue, said.flagged) == ((), ())


def test_overdue_is_said_only_after_a_read_later_than_the_deadline(desk):
    desk.read(item("c1", at=NOW - 23 * HOUR))
    desk.later(HOUR + MINUTE)
    (unconfirmed,) = digest(desk).overdue
    assert unconfirmed.state != "overdue"
    assert "may be overdue" in unconfirmed.state
    desk.read()
    (confirmed,) = digest(desk).overdue
    assert confirmed.state == "overdue"
    assert digest(desk).to_answer == ()


def test_what_was_answered_is_not_listed(desk):
    desk.read(item("c1", at=NOW - 2 * HOUR), item("r1", by=SCHOOL, under="c1", at=NOW - HOUR))
    said = digest(desk)
    assert (said.to_answer, said.overdue, said.flagged) == ((), (), ())


def test_an_answered_insult_is_still_listed_as_flagged_without_a_deadline(desk):
    desk.read(item("c1", INSULT, at=NOW - 2 * HOUR), item("r1", by=SCHOOL, under="c1", at=NOW - HOUR))
    (line,) = digest(desk).flagged
    assert (line.flags, line.severity, line.due_at) == (("insult",), "serious", None)


def test_the_heaviest_flag_gives_a_line_its_severity(desk):
    desk.read(item("c1", "You stupid idiot, I will kill you"))
    (line,) = digest(desk).flagged
    assert line.severity == SEVERITIES[-1]
    assert set(line.flags) == {"insult", "threat"}


def test_no_field_of_a_digest_holds_words_or_names_of_a_comment(desk):
    desk.read(item("c1", INSULT, author_name="Mr Loudmouth"), item("c2", "When is the fair?", by=OTHER))
    said = repr(digest(desk))
    assert "idiot" not in said
    assert "fair" not in said
    assert "Loudmouth" not in said


def test_an_account_never_read_is_named_as_not_seen(desk):
    (blind,) = digest(desk).blind
    assert (blind.account, blind.since, blind.why) == ("Facebook page", None, "it has not been read")
    assert digest(desk).read_until is None


def test_an_account_that_cannot_be_read_is_named_with_what_to_do(desk):
    desk.read()
    desk.later(2 * HOUR)
    desk.read_pages([AuthFailed("the token is dead; make a new one")])
    (blind,) = digest(desk).blind
    assert (blind.since, blind.why) == (NOW, "the token is dead; make a new one")
    assert digest(desk).read_until == NOW


def test_an_account_is_not_called_unread_before_two_intervals_and_five_minutes(desk):
    desk.read()
    desk.later(35 * MINUTE)
    assert digest(desk).blind == ()
    desk.later(MINUTE)
    assert [each.account for each in digest(desk).blind] == ["Facebook page"]


def test_everything_is_known_up_to_the_least_advanced_account(desk):
    desk.change(accounts=SCRIPTED + SECOND)
    desk.read()
    assert digest(desk).read_until is None
    desk.later(10 * MINUTE)
    desk.collector(Scripted({"comments": [page()]}), account_key="other").run()
    assert digest(desk).read_until == NOW


def test_an_account_taken_out_of_the_configuration_is_not_missed(desk):
    desk.change(accounts=SCRIPTED + SECOND)
    desk.change(accounts=SCRIPTED)
    desk.read()
    said = digest(desk)
    assert (said.blind, said.read_until) == ((), NOW)


def test_the_policy_and_its_rule_stand_on_every_digest(desk):
    said = digest(desk)
    policy = desk.settings.policy
    assert (said.rule_in_words, said.clause) == (policy.response_in_words, policy.response_clause)
    assert said.policy == f"{policy.name}, version {policy.version}"
    assert said.shown == 10


def test_a_reply_dated_before_the_comment_does_not_make_it_vanish(desk):
    desk.read(item("c1", at=NOW - HOUR), item("r1", by=SCHOOL, under="c1", at=NOW - DAY))
    assert cases_in(desk, digest(desk).to_answer) == ["c1"]
