"""Each person's digest holds what is theirs: never a case they are kept out of, and nothing to say is not sent."""

from datetime import UTC, datetime

import pytest
from alert_desk import ALI, BEVAN, HEAD, LAST, MANAGER, THREAT, keep_out, send, with_people
from desk import DAY, HOUR, INSULT, NOW, SCRIPTED, Scripted, item, page

WEDNESDAY = datetime(2026, 11, 11, 8, 0, tzinfo=UTC)
SWEARING = "What the fuck, the gate was shut again"
SECOND = SCRIPTED.replace('"facebook"', '"other"').replace("Facebook page", "Other page")
TO_THE_MANAGER = """
[categories.profanity.tell]
first = ["line_manager"]
"""
HEAD_ALONE = """
[categories.threat.tell]
first = ["head"]
then = []

[categories.threat.keep_out]
only_those_told = true
"""
HELD = """
[categories.threat.hold]
answer = "hold"
"""
REGISTER = """
[[registered]]
account = "facebook"
moderators = ["Mrs Ali"]

[[registered]]
account = "other"
moderators = ["Mr Bevan"]
"""


def lines(desk, person):
    """Which comments stand in somebody's digest: (to answer or overdue, flagged), by their ids on the network."""
    names = {case.id: name for name, case in desk.cases().items()}
    said = desk.app.reporter.digest(person, desk.clock())
    return [names[x.case] for x in (*said.overdue, *said.to_answer)], [names[x.case] for x in said.flagged]


def sent_digests(desk):
    return [d.recipient for d in desk.deliveries("digest") if d.sent_at]


@pytest.fixture
def school(desk):
    return with_people(desk, tell=TO_THE_MANAGER)


def test_a_moderator_reads_of_the_accounts_they_look_after(desk):
    school = with_people(desk, accounts=SCRIPTED + SECOND + REGISTER)
    school.read(item("c1"))
    school.collector(Scripted({"comments": [page(item("o1", INSULT))]}), account_key="other").run()
    assert lines(school, ALI) == (["c1"], [])
    assert lines(school, BEVAN) == (["o1"], ["o1"])
    assert [each.account for each in school.app.reporter.digest(ALI, NOW + DAY).blind] == ["Facebook page"]


def test_whoever_covers_a_moderator_reads_theirs_on_those_days_and_they_do_not(desk):
    away = REGISTER + "\n"
    school = with_people(desk, accounts=SCRIPTED + SECOND + away)
    ali, bevan = school.settings.people[0], school.settings.people[1]
    absent = ali.model_copy(update={"absent": ((NOW.date(), NOW.date() + DAY),), "covered_by": bevan.name})
    facts = school.app.school
    object.__setattr__(facts, "people", (absent, *facts.people[1:]))
    school.read(item("c1"))
    assert (lines(school, ALI), lines(school, BEVAN)) == (([], []), (["c1"], []))
    assert [d.recipient for d in school.deliveries("digest")] == [BEVAN]
    school.clock.at = NOW + 5 * DAY
    assert lines(school, ALI)[0] == ["c1"]


def test_others_on_a_route_read_the_cases_they_are_told_of_and_no_other(school):
    school.read(item("c1", SWEARING), item("c2", INSULT), item("c3"))
    assert lines(school, MANAGER) == ([], ["c1"])
    assert set(lines(school, ALI)[1]) == {"c1", "c2"}
    school.clock.at = WEDNESDAY
    school.read()
    send(school)
    assert sorted(sent_digests(school)) == sorted([ALI, BEVAN, MANAGER])


def test_whoever_has_nothing_to_read_gets_no_digest(school):
    school.read(item("c3"))
    school.clock.at = WEDNESDAY
    school.read()
    send(school)
    assert sorted(sent_digests(school)) == [ALI, BEVAN]
    assert {d.recipient for d in school.deliveries("digest")} == {ALI, BEVAN}


def test_nobody_reads_of_a_case_they_are_kept_out_of(school):
    school.read(item("c1", SWEARING), item("c2"))
    for person in (ALI, MANAGER):
        keep_out(school, person)
    assert lines(school, ALI) == (["c2"], [])
    assert lines(school, MANAGER) == ([], [])
    assert set(lines(school, BEVAN)[0]) == {"c1", "c2"}


def test_what_is_for_those_told_alone_stands_in_no_other_digest(desk):
    school = with_people(desk, threat=HEAD_ALONE)
    school.read(item("c1", f"{THREAT}, you stupid idiot"), item("c2"))
    for moderator in (ALI, BEVAN):
        assert lines(school, moderator) == (["c2"], [])


def test_whoever_an_alert_has_come_to_reads_of_it_as_well(desk):
    school = with_people(desk, threat=HEAD_ALONE.replace("then = []", 'then = ["moderator"]'))
    school.read(item("c1", THREAT), item("c2"))
    send(school)
    assert lines(school, ALI)[1] == []
    school.later(HOUR)
    send(school)
    assert lines(school, ALI)[1] == ["c1"]


def test_nobody_is_reminded_to_answer_what_is_held(desk):
    school = with_people(desk, tell=HELD)
    school.read(item("c1", THREAT), item("c2"))
    assert lines(school, ALI) == (["c2"], ["c1"])
    school.clock.at = NOW + 3 * DAY
    school.read()
    assert lines(school, ALI) == (["c2"], ["c1"])


def test_a_swear_word_does_not_go_to_the_last_resort_when_everybody_is_away(desk):
    school = with_people(desk)
    facts = school.app.school
    away = ((NOW.date(), (NOW + 9 * DAY).date()),)
    object.__setattr__(facts, "people", tuple(p.model_copy(update={"absent": away}) for p in facts.people))
    school.read(item("c1", SWEARING))
    assert {d.recipient for d in school.deliveries("digest")} == {ALI, BEVAN}
    school.clock.at = WEDNESDAY
    school.read()
    send(school)
    assert LAST not in sent_digests(school)
    assert set(sent_digests(school)) == {ALI, BEVAN}


def test_a_head_who_is_no_moderator_gets_none_where_nothing_is_told_to_heads(school):
    school.read(item("c1", SWEARING), item("c2", THREAT))
    school.clock.at = NOW + HOUR
    assert lines(school, HEAD) == ([], [])


def test_a_question_is_flagged_where_the_pack_has_it_held_or_told_to_somebody_else(desk):
    ordinary = with_people(desk)
    ordinary.read(item("c1", "When does the fair start?"))
    assert lines(ordinary, ALI) == (["c1"], [])
    held = '[categories.question.tell]\nfirst = ["line_manager"]\n[categories.question.hold]\nanswer = "hold"\n'
    strict = with_people(desk, threat=held)
    strict.read(item("c2", "When does the fair end?"))
    assert lines(strict, MANAGER) == ([], ["c2"])
    assert lines(strict, ALI) == (["c1"], ["c2"])
