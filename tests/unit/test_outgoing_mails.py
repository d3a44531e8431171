"""The mails about the school's own words: where, what kind, what to do, and none of the words."""

from dataclasses import replace

import pytest
from mail_samples import ENVELOPE, HOSTILE, Page, hostile, parsed, squeezed
from own_words_samples import LINE, LINK, OWN

from alerts.render import render_own_words
from monitor.model import OutgoingKind
from monitor.outgoing_mail import link_of
from monitor.store.item_tables import Item, Post
from monitor.store.outgoing_tables import OutgoingFound
from monitor.store.school_tables import Account
from monitor.words import outgoing_steps, outgoing_words


def bodies(own):
    message = parsed(render_own_words(own, ENVELOPE))
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    return str(message["Subject"]), text, html


@pytest.mark.parametrize("own", [OWN, replace(OWN, is_report=True)])
def test_both_mails_say_where_what_to_do_and_under_which_clause(own):
    _, text, html = bodies(own)
    for words in (squeezed(text), squeezed(Page(html).words)):
        for said in ("Facebook page", "Have the surname taken out.", "Publishing pictures", "settle 3 4 --by", LINK):
            assert said in words, said
    assert 'href="https://www.facebook.com/100200300/posts/5001?a=1&amp;b=2"' in html


def test_subjects_are_neutral():
    assert bodies(OWN)[0] == "1 post or reply of ours to look at"
    assert bodies(replace(OWN, lines=(LINE, LINE)))[0] == "2 posts and replies of ours to look at"
    assert bodies(replace(OWN, is_report=True))[0] == "To look at now - Facebook page"


def test_a_long_list_is_cut_and_counted():
    _, text, html = bodies(replace(OWN, lines=(LINE,) * 12))
    assert text.count("Publishing pictures") == 10
    assert "and 2 more" in text
    assert "and 2 more" in html


@pytest.mark.parametrize("own", [hostile(OWN), replace(hostile(OWN), is_report=True)])
def test_hostile_names_and_links_cannot_get_out_of_their_place(own):
    subject, text, html = bodies(own)
    assert "\n" not in subject
    assert "<script" not in html
    assert HOSTILE not in html
    assert text


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://a b", "https://a\u202e.example", "", "data:x", "x" * 900]
)
def test_what_is_no_web_address_is_not_printed_as_one(link):
    _, text, html = bodies(replace(OWN, lines=(replace(LINE, link=link),)))
    assert "href" not in html
    assert not link or link not in text


@pytest.mark.parametrize("kind", OutgoingKind)
def test_every_kind_has_words_and_steps(kind):
    assert outgoing_words(kind)
    assert all(each.endswith((".", "check")) for each in outgoing_steps(kind))


@pytest.mark.parametrize(
    ("network", "permalink", "remote_id", "shown"),
    [
        ("facebook_page", "https://facebook.com/p/1", "1_2", "https://facebook.com/p/1"),
        ("wordpress", "https://oakfield.example/2026/11/ava-thompson-wins/", "17", "https://oakfield.example/?p=17"),
        ("wordpress", "", "17", ""),
        ("reddit", "https://www.reddit.com/r/o/comments/ab1/ava_thompson/", "t3_ab1", "https://www.reddit.com/r/o/comments/ab1/"),
    ],
)  # fmt: skip
def test_a_link_made_of_a_title_is_shortened_to_its_number(network, permalink, remote_id, shown):
    row = OutgoingFound(link="", account=Account(network=network))
    row.post = Post(remote_id=remote_id, permalink=permalink)
    assert link_of(row) == shown


def test_a_link_to_a_reply_on_reddit_keeps_the_reply():
    row = OutgoingFound(link="", account=Account(network="reddit"))
    row.item = Item(remote_id="t1_c", permalink="https://www.reddit.com/r/o/comments/ab1/ava_thompson/c9/")
    assert link_of(row) == "https://www.reddit.com/r/o/comments/ab1/_/c9/"
