"""Many comments under one post in a short time are one matter, told once, and to nobody it is about."""

from random import Random

import pytest
from alert_desk import ALI, BEVAN, HEAD, LAST, THREAT, decided, keep_out, send, told, urgent_mails, with_people, words
from desk import DAY, HOUR, INSULT, MINUTE, NOW, OTHER, SCHOOL, item, page

from connectors.fetched import FetchedPost
from monitor.model import Action
from monitor.store import pile_ons
from monitor.store.item_tables import Comment
from monitor.store.pile_on_tables import PileOn

EVENING = NOW + 12 * HOUR
"""Tuesday, 21:00."""
MORNING = NOW + 23 * HOUR


@pytest.fixture
def school(desk):
    return with_people(desk)


def crowd(number, begin=NOW, *, post="post", first=1, apart=MINUTE, text="I agree"):
    """So many comments by different people, one a minute."""
    return [
        item(f"{post}-{n}", text, by=f"7{n:04}", at=begin + (n - first) * apart, post=post)
        for n in range(first, first + number)
    ]


def read(school, items):
    """Read when the last of them was written."""
    school.clock.at = max(school.clock.at, max(each.created_at for each in items))
    school.read(*items)


def pile_on(school):
    (found,) = school.all_of(PileOn)
    return found


def mails(school):
    return [mail for mail in words(school) if "under one post" in mail[1] or "posts" in mail[1]]


def test_four_comments_are_four_matters_and_the_fifth_makes_them_one(school):
    read(school, crowd(4))
    assert school.all_of(PileOn) == []
    read(school, crowd(5))
    found = pile_on(school)
    assert (found.counted, found.began_at, found.last_at) == (5, NOW, NOW + 4 * MINUTE)
    send(school)
    assert told(school, "pile_on") == [ALI, BEVAN]


def test_the_mail_says_where_since_when_how_many_and_until_when(school):
    post = FetchedPost("post", "Winter fair", NOW - DAY, "https://www.facebook.com/100200300/posts/1")
    items = [*crowd(8), item("post-9", INSULT, by=OTHER, at=NOW + 9 * MINUTE)]
    school.clock.at = NOW + 10 * MINUTE
    school.read_pages([page(*items, posts=(post,))])
    send(school)
    subject, text = next((subject, text) for to, subject, text in mails(school) if to == ALI)
    assert subject == "9 comments under one post, first by Wed 09:00"
    for said in (
        "5 or more comments under one post within 10 minutes are told as one matter",
        "FACEBOOK PAGE, POST OF MON 9 NOV 09:00",
        "https://www.facebook.com/100200300/posts/1",
        "9 comments since today 09:00, the newest today 09:09.",
        "To answer: 9, the first by Wed 11 Nov 09:00",
        "Flagged, waiting for a decision: 1 (insult 1)",
        "Hide, delete or report the comment, and note the reason.",
        "school-monitor queue",
        "limit or close replies under a post. That is done there, by hand",
        "You hear of it again when there are 50 or 500, or when something graver is among them.",
        "Each comment gets an answer",
    ):
        assert said in text, said
    assert "I agree" not in text
    assert "Name of" not in text


def test_only_tenfold_and_a_hundredfold_are_told_again(school):
    for upto in (5, 49, 50, 51, 499, 500, 510):
        have = len(school.items())
        read(school, crowd(upto - have, school.clock(), first=have + 1, apart=MINUTE / 10))
        send(school)
        school.later(HOUR)
    assert [who for who in told(school, "pile_on") if who == ALI] == [ALI] * 3
    assert pile_on(school).counted == 510


def test_whatever_the_order_and_the_pages_it_is_the_same_matter(desk):
    school = with_people(desk)
    lonely = [item("early", at=NOW - 3 * HOUR)]
    items = [*lonely, *crowd(40, apart=MINUTE / 4)]
    Random(7).shuffle(items)
    school.clock.at = NOW + HOUR
    for start in range(0, len(items), 7):
        school.read(*items[start : start + 7])
    found = pile_on(school)
    assert (found.counted, found.began_at, found.last_at) == (40, NOW, NOW + 39 * MINUTE / 4)


def test_reading_newest_first_finds_when_it_began(school):
    school.clock.at = NOW + HOUR
    for each in reversed(crowd(30)):
        school.read(each)
    found = pile_on(school)
    assert (found.counted, found.began_at) == (30, NOW)


def test_comments_under_several_posts_our_own_replies_and_messages_are_no_matter(school):
    ours = (item(f"ours-{n}", by=SCHOOL, at=NOW, post="post") for n in range(9))
    read(school, [*crowd(4), *crowd(4, post="other"), *ours, *(item(f"m{n}", post=None, at=NOW) for n in range(9))])
    assert school.all_of(PileOn) == []


def test_an_old_quarrel_that_is_read_today_is_history_and_last_nights_storm_is_not(school):
    school.read(*crowd(20, NOW - 30 * DAY, post="old"))
    assert school.all_of(PileOn) == []
    school.read(*crowd(20, NOW - 10 * HOUR, post="night"))
    assert pile_on(school).counted == 20


def test_a_day_without_a_comment_ends_it_and_the_next_is_another(school):
    read(school, crowd(6))
    read(school, crowd(1, NOW + 28 * HOUR + MINUTE, first=50))
    assert pile_on(school).counted == 6
    read(school, crowd(5, NOW + 30 * HOUR, first=60))
    assert [each.counted for each in school.all_of(PileOn)] == [6, 5]


def test_at_night_it_waits_for_the_morning_and_is_one_mail_whatever_became_of_it(school):
    school.clock.at = EVENING
    read(school, crowd(60, EVENING, apart=MINUTE / 2))
    read(school, [item("bad", INSULT, at=EVENING + HOUR, post="post")])
    send(school)
    assert told(school, "pile_on") == []
    school.clock.at = MORNING
    send(school)
    assert urgent_mails(school, "pile_on") == [(ALI, MORNING), (BEVAN, MORNING)]
    assert {subject for _, subject, _ in mails(school)} == {
        "61 comments under one post, first by 21:00 - Facebook page"
    }


def test_something_graver_is_told_anew_and_what_is_urgent_at_once(school):
    read(school, crowd(6))
    send(school)
    school.later(HOUR)
    school.read(item("bad", INSULT, at=school.clock(), post="post"))
    send(school)
    assert told(school, "pile_on") == [ALI, BEVAN] * 2
    school.clock.at = EVENING
    school.read(item("worse", THREAT, at=EVENING, post="post"))
    send(school)
    assert urgent_mails(school, "pile_on_urgent") == [(ALI, EVENING), (BEVAN, EVENING)]
    assert told(school) == [ALI, BEVAN]
    school.read(item("again", THREAT, at=EVENING, post="post"), item("bad2", INSULT, at=EVENING, post="post"))
    school.clock.at = MORNING
    send(school)
    assert len(told(school, "pile_on")) == 4
    assert len(told(school, "pile_on_urgent")) == 2


def test_it_is_not_mailed_when_all_of_it_is_settled_by_then_and_then_nobody_was_told(school):
    read(school, crowd(5))
    for each in crowd(5):
        decided(school, Action.NO_REPLY_NEEDED, remote_id=each.remote_id)
    send(school)
    assert told(school, "pile_on") == []
    with school.store.reading() as tx:
        comment = tx.get_one(Comment, school.items()["post-5"].id)
        assert not pile_ons.is_told(tx, comment)
        assert not pile_ons.is_told(tx, comment, ALI)


def test_of_which_comments_somebody_was_told_with_it_is_known(school):
    read(school, [*crowd(6), item("elsewhere", at=NOW, post="other")])
    keep_out(school, BEVAN, "post-3")
    send(school)
    with school.store.reading() as tx:
        of = {name: tx.get_one(Comment, each.id) for name, each in school.items().items()}
        assert pile_ons.is_told(tx, of["post-1"])
        assert pile_ons.is_told(tx, of["post-6"], ALI)
        assert not pile_ons.is_told(tx, of["post-6"], BEVAN)
        assert not pile_ons.is_told(tx, of["elsewhere"])


def test_whom_the_words_are_about_hears_of_the_whole_matter_from_nobody(school):
    read(school, [*crowd(6), item("about", "Mr Bevan is a stupid idiot", at=NOW + 6 * MINUTE, post="post")])
    send(school)
    assert told(school, "pile_on") == [ALI]
    read(school, crowd(60, NOW + 7 * MINUTE, first=20, apart=MINUTE / 10))
    school.later(HOUR)
    send(school)
    assert told(school, "pile_on") == [ALI, ALI]


def test_somebody_kept_out_since_it_was_owed_is_told_nothing(school):
    read(school, crowd(5))
    keep_out(school, ALI, "post-2")
    send(school)
    assert told(school, "pile_on") == [BEVAN]


def test_where_it_is_about_all_who_look_after_the_account_the_head_hears_of_it_or_the_last_resort(
    school,
):
    both = item("about", "Mr Bevan and Mrs Ali are stupid idiots", at=NOW + 6 * MINUTE, post="post")
    read(school, [*crowd(6), both])
    send(school)
    assert told(school, "pile_on") == [HEAD]
    all_three = item("b1", "Mr Bevan, Mrs Ali and Ms Okafor are stupid idiots", at=school.clock(), post="b")
    read(school, [all_three, *crowd(6, school.clock(), post="b")])
    send(school)
    assert told(school, "pile_on") == [HEAD, LAST]


def test_what_only_those_told_may_see_counts_for_nobody_else(desk, monkeypatch):
    from kept_out_desk import MARKER, PEOPLE, keeping_out

    from config.handling import KeepOutRule

    desk.change(accounts=desk._parts["accounts"] + PEOPLE)
    school = keeping_out(desk, monkeypatch, allegation=KeepOutRule(named=True, only_those_told=True))
    secrets = [item(f"secret-{n}", f"{MARKER} {n}", by=f"6{n}", at=NOW + n * MINUTE) for n in range(4)]
    read(school, [*crowd(4), *secrets])
    send(school)
    assert pile_on(school).counted == 8
    assert told(school, "pile_on") == told(school, "pile_on_urgent") == []
    read(school, crowd(1, NOW + 5 * MINUTE, first=5))
    send(school)
    assert told(school, "pile_on") == [ALI, BEVAN]
    assert told(school, "pile_on_urgent") == []
    for _, subject, text in mails(school):
        assert subject.startswith("5 comments under one post")
        assert "5 comments since" in text
        assert "allegation" not in text
        assert "To answer: 5" in text


def test_the_digest_says_it_in_one_line_and_shows_what_was_said_elsewhere(school):
    school.clock.at = EVENING
    read(school, [*crowd(60, EVENING, apart=MINUTE / 2), item("bad", INSULT, at=EVENING + HOUR, post="post")])
    others = [item(f"other-{n}", at=EVENING + 2 * HOUR + n * HOUR / 2, post=f"p{n}", by=OTHER) for n in range(5)]
    read(school, others)
    school.clock.at = MORNING
    send(school)
    digest = next(text for to, subject, text in words(school) if to == ALI and "to answer, first by" in subject)
    assert "Facebook page: 61 comments under one post since Tue 10 Nov 21:00, 1 flagged" in digest
    assert "61 to answer, the first by today 21:00" in digest
    assert "TO ANSWER (66)" in digest
    listed = digest[digest.index("TO ANSWER") :]
    for other in others:
        assert f"Case {school.cases()[other.remote_id].id}:" in listed
    assert "and 56 more" in listed


def test_the_digest_of_whom_it_is_about_does_not_count_it(school):
    school.clock.at = EVENING
    about = item("about", "Mr Bevan is a stupid idiot", at=EVENING, post="post")
    read(school, [*crowd(60, EVENING, apart=MINUTE / 2), about])
    school.clock.at = MORNING
    send(school)
    digests = {to: text for to, subject, text in words(school) if "to answer, first by" in subject}
    assert "61 comments under one post" in digests[ALI]
    assert "under one post" not in digests[BEVAN]


def test_urgent_comments_that_go_on_coming_are_one_mail_a_minute_at_most(school):
    school.clock.at = EVENING
    for minute in range(5):
        at = EVENING + minute * MINUTE
        school.read(*(item(f"t{minute}-{n}", THREAT, by=f"5{n}", at=at, post="post") for n in range(5)))
        send(school)
        school.later(MINUTE)
    assert told(school).count(ALI) == 5
    assert told(school, "pile_on_urgent") == [ALI, BEVAN]


def test_an_erased_post_is_named_in_no_row(school):
    from monitor.store import scrubbing

    read(school, crowd(5))
    with school.rows() as (_, __, account):
        pass
    with school.store.writing() as tx:
        scrubbing.rename(tx, account, "post", "gone:1")
    assert pile_on(school).post_remote_id == "gone:1"
