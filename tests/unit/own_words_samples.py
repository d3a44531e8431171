"""Mails about what the school itself published."""

from dataclasses import replace

from mail_samples import ENVELOPE, at

from alerts.messages import OwnWords, OwnWordsLine
from alerts.render import render_own_words

LINK = "https://www.facebook.com/100200300/posts/5001?a=1&b=2"
LINE = OwnWordsLine(
    numbers=(3, 4),
    account="Facebook page",
    what="Post",
    published_at=at(16, 7, 30),
    found_at=at(16, 7, 45),
    link=LINK,
    found=("a child's first name and surname", "a tag of somebody"),
    steps=("Have the surname taken out.", "Have the tag taken out."),
    clause="Publishing pictures",
)
OWN = OwnWords(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 8, 15),
    recipient="boss@oakfield.example",
    lines=(LINE,),
    is_report=False,
    shown=10,
)


def samples():
    """Mails as they are sent, for pictures and for tests of their form."""
    return {
        "outgoing": render_own_words(OWN, ENVELOPE),
        "published-wrong": render_own_words(replace(OWN, is_report=True), ENVELOPE),
    }
