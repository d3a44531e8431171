"""The school's own posts and replies are read when they are new or edited, and told quietly to the right person."""

import pytest
from desk import DAY, FOLDER_MAIL, HOUR, MINUTE, NOW, OTHER, PARENT, SCHOOL, TOKEN, item, page
from outgoing_desk import (
    LINK,
    PUPIL,
    SCRIPTED_AND_REGISTER,
    kinds,
    looked_after,
    outgoing_mails,
    post,
    publish,
    rows,
    send,
)
from sqlalchemy import select

from monitor.demo.graph_server import GraphStandIn
from monitor.demo.world import Author, StoryMessage, StoryPost, World
from monitor.importing import take_in
from monitor.outgoing import care_for
from monitor.store import outgoing
from monitor.store.outgoing_tables import OutgoingFound

OPTED = "Thank you, Maisie Green, for the lovely song"


@pytest.fixture
def careful(desk):
    """The desk of a school with lists, a poster and her manager, watched since yesterday."""
    return looked_after(desk)


def test_a_new_post_is_read_and_the_manager_told_without_a_word_of_it(careful):
    publish(careful, post(PUPIL, has_picture=True))
    assert kinds(careful) == ["full_name"]
    assert outgoing_mails(send(careful)) == []
    careful.later(30 * MINUTE)
    [(to, subject, text, mail)] = outgoing_mails(send(careful))
    assert (to, subject) == ("boss@oakfield.example", "1 post or reply of ours to look at")
    assert LINK in text
    assert "a child's first name and surname" in text
    assert "Have the surname taken out" in text
    whole = mail.as_string()
    for word in ("Ava", "Thompson", "tallest"):
        assert word not in whole


def test_what_is_found_in_a_day_is_one_mail_and_what_comes_after_it_waits_for_the_next(careful):
    publish(careful, post(PUPIL))
    send(careful)
    careful.later(20 * MINUTE)
    publish(careful, post("We will refund you all. Ring 07700 900123.", "5002"))
    send(careful)
    careful.later(10 * MINUTE)
    [(_, subject, text, _)] = outgoing_mails(send(careful))
    assert subject == "2 posts and replies of ours to look at"
    assert "telephone number" in text
    assert "commit the school" in text
    publish(careful, post(OPTED, "5003"))
    careful.later(2 * HOUR)
    assert outgoing_mails(send(careful)) == []
    careful.later(DAY - 3 * HOUR)
    [(_, _, text, _)] = outgoing_mails(send(careful))
    assert "not to be shown or named" in text
    careful.later(DAY)
    assert outgoing_mails(send(careful)) == []


def test_reading_a_post_again_says_nothing_new(careful):
    for _ in range(3):
        publish(careful, post(PUPIL))
        careful.later(15 * MINUTE)
    assert kinds(careful, settled=True) == ["full_name"]


def test_a_post_whose_words_were_changed_settles_itself_before_anybody_is_told(careful):
    publish(careful, post(PUPIL))
    careful.later(5 * MINUTE)
    publish(careful, post("Well done Ava for the tallest tower"))
    [row] = rows(careful)
    assert (row.settled_by, row.settled_why) == ("monitor", outgoing.WORDS_CHANGED)
    careful.later(DAY)
    assert outgoing_mails(send(careful)) == []


def test_an_edit_elsewhere_in_a_post_tells_nobody_twice_and_the_place_moves_with_the_words(careful):
    publish(careful, post(PUPIL))
    before = rows(careful)[0]
    send(careful)
    careful.later(HOUR)
    assert len(outgoing_mails(send(careful))) == 1
    publish(careful, post(f"Hooray! {PUPIL}"))
    [after] = rows(careful)
    assert (after.id, after.start) == (before.id, before.start + len("Hooray! "))
    assert after.digest != before.digest
    careful.later(DAY)
    assert outgoing_mails(send(careful)) == []


def test_a_post_edited_into_harm_is_told_although_it_is_old(careful):
    publish(careful, post("A tall tower", at=NOW - 20 * DAY))
    assert kinds(careful) == []
    publish(careful, post(PUPIL, at=NOW - 20 * DAY))
    [row] = rows(careful)
    assert not row.is_history


def test_posts_from_before_the_account_was_watched_are_listed_and_told_to_nobody(careful):
    publish(careful, post(PUPIL, at=NOW - 2 * DAY))
    [row] = rows(careful)
    assert row.is_history
    careful.later(2 * DAY)
    assert outgoing_mails(send(careful)) == []


def test_a_reply_is_read_too_and_may_call_whom_it_answers_by_name(careful):
    careful.read(
        item("c1", "Was it good?", by=PARENT, author_name="Ava Thompson"),
        item("r1", "Ava Thompson, it was. We will refund you.", by=SCHOOL, under="c1", permalink=f"{LINK}?reply=r1"),
    )
    assert sorted(kinds(careful)) == ["full_name", "promise"]  # the list of pupils has that very name
    careful.read(item("r1", "It was, Ava.", by=SCHOOL, under="c1"))
    assert kinds(careful) == []


def test_a_reply_may_tag_those_who_talk_and_nobody_else(careful):
    careful.read(
        item("c1", "Was it good?", by=PARENT),
        item("r1", "It was, thank you", by=SCHOOL, under="c1", addressed_to=(PARENT, SCHOOL)),
        item("r2", "It was, thank you all", by=SCHOOL, under="c1", addressed_to=(PARENT, OTHER)),
    )
    [row] = rows(careful)
    assert (row.kind, row.start, row.end, row.item.remote_id) == ("tag", 0, 0, "r2")


def test_whom_a_reply_answers_is_no_stranger_though_the_reply_is_met_first(careful):
    careful.read(item("r1", "@jo.k Thank you", by=SCHOOL, under="c1", addressed_to=(PARENT,)))
    careful.read(
        item("r2", "Thank you", by=SCHOOL, under="c2", addressed_to=(OTHER,)), item("c2", "Lovely", by=OTHER)
    )
    assert kinds(careful) == []


def test_a_reply_that_is_gone_is_told_to_nobody(careful):
    careful.read(item("c1", "Was it good?"), item("r1", PUPIL, by=SCHOOL, under="c1"))
    careful.read(item("r1", "", by=SCHOOL, under="c1", erased=True))
    careful.later(DAY)
    assert outgoing_mails(send(careful)) == []


def test_comments_and_posts_of_others_are_not_the_schools_words(careful):
    publish(careful, post(PUPIL, by_others=True), items=[item("c1", PUPIL)])
    assert kinds(careful) == []


def test_an_imported_past_is_listed_and_told_to_nobody(careful):
    account = careful.settings.accounts[0]
    keeper = careful.app.page_keeper(account, NOW - 7 * DAY)
    old = NOW - 100 * DAY
    take_in(keeper, [page(item("r9", PUPIL, by=SCHOOL, at=old), posts=(post(OPTED, "5009", at=old),))])
    assert {(row.kind, row.is_history) for row in rows(careful)} >= {("opted_out", True)}
    assert all(row.is_history for row in rows(careful))


def test_a_kind_the_pack_switches_off_is_not_looked_for(careful):
    policy = careful.settings.policy
    off = policy.model_copy(update={"outgoing": policy.outgoing.model_copy(update={"full_names": False})})
    care = care_for(careful.settings.model_copy(update={"policy": off}))
    careful.read_pages([page(posts=(post(f"{PUPIL}. {OPTED}"),))], care=care)
    assert kinds(careful) == ["opted_out"]


def test_a_poster_who_is_the_manager_is_not_told_of_their_own_post(careful):
    careful.change(accounts=SCRIPTED_AND_REGISTER.replace('posters = ["Miss Post"]', 'posters = ["Mr Boss"]'))
    publish(careful, post(PUPIL))
    send(careful)
    careful.later(HOUR)
    assert [each[0] for each in outgoing_mails(send(careful))] == ["head@oakfield.example"]


def test_what_was_owed_to_somebody_who_has_left_is_told_to_whoever_came_after(careful):
    publish(careful, post(PUPIL))
    send(careful)
    careful.change(accounts=SCRIPTED_AND_REGISTER.replace("boss@oakfield.example", "newboss@oakfield.example"))
    send(careful)
    careful.later(DAY)
    assert [each[0] for each in outgoing_mails(send(careful))] == ["newboss@oakfield.example"]


def test_a_list_that_cannot_be_read_is_said_and_no_name_gets_into_book_log_or_mail(careful, caplog):
    (careful.folder / "opted-out.txt").write_bytes(b"Maisie Green\n\xff\n")
    publish(careful, post(f"{PUPIL}. {OPTED}"))
    assert sorted(kinds(careful)) == ["full_name", "not_checked"]
    assert "line 2 is not UTF-8" in caplog.text
    (careful.folder / "opted-out.txt").write_text("Maisie Green\nPriya Shah\n")
    publish(careful, post("Hello Priya Shah", "5002"))
    assert "opted_out" in kinds(careful)
    with careful.rows() as (tx, _, __):
        for row in tx.scalars(select(OutgoingFound)):
            written = " ".join(str(value) for value in vars(row).values())
            for name in ("Maisie", "Priya", "Shah", "Thompson"):
                assert name not in written
    for name in ("Maisie", "Priya", "Shah", "Thompson"):
        assert name not in caplog.text


def test_a_fault_of_the_looking_keeps_nothing_from_being_kept(careful, monkeypatch):
    def broken(*_):
        raise RuntimeError("Ava Thompson")

    monkeypatch.setattr("monitor.outgoing.look", broken)
    result = publish(careful, post(PUPIL), items=[item("c1"), item("r1", "Thanks", by=SCHOOL, under="c1")])
    assert result.complete
    assert kinds(careful) == ["not_checked", "not_checked"]
    assert set(careful.items()) == {"c1", "r1"}


def test_a_page_of_a_network_is_looked_at_from_end_to_end(careful):
    page_owner = Author(SCHOOL, "Oakfield Primary School")
    parent = Author(PARENT, "Invented Parent")
    told = StoryPost(f"{SCHOOL}_5001", PUPIL, NOW - HOUR, edits=((NOW + HOUR, "Well done Ava!"),), has_picture=True)
    asked = StoryMessage("5001_1", parent, "Is there a fair? Ava Thompson asks.", NOW - 50 * MINUTE, told.id)
    answer = StoryMessage("5001_2", page_owner, "Yes. You will get a place.", NOW - 40 * MINUTE, told.id, asked.id)
    visitor = StoryMessage(f"{SCHOOL}_6001", parent, f"{PUPIL}, says mum", NOW - 30 * MINUTE)
    world = World(page_owner, posts=[told], messages=[asked, answer, visitor])
    with GraphStandIn(world, careful.clock, token=TOKEN) as server:
        careful.change(accounts=SCRIPTED_AND_REGISTER.replace("http://127.0.0.1:9", server.url), mail=FOLDER_MAIL)
        result = careful.run()
        assert result.complete, result.failures
        found = {(row.kind, row.reason) for row in rows(careful)}
        assert {kind for kind, _ in found} == {"full_name", "promise"}
        assert "A pupil's first name and surname stand beside a picture." in {reason for _, reason in found}
        careful.later(2 * HOUR)
        careful.run()
    assert kinds(careful) == ["promise"]
