"""Mails about many comments under one post, of an invented school."""

from dataclasses import replace

from mail_samples import DIGEST, ENVELOPE, at

from alerts.matter import Matter
from alerts.pile_on import PileOnMail, render_pile_on
from alerts.render import render_digest

MATTER = Matter(
    account="Facebook page",
    published_at=at(14, 9, 0),
    link="https://www.facebook.com/oakfield/posts/1",
    since=at(16, 14, 2),
    until=at(16, 16, 48),
    comments=312,
    to_answer=280,
    overdue=0,
    first_due=at(17, 14, 2),
    held=2,
    flagged=9,
    kinds=(("threat", 2), ("insult", 6), ("swearing", 1)),
    clauses=("Offensive comments",),
    limits=("Some of them nobody answers (clause “Offensive comments”): each says so where it is shown.",),
    steps=(
        "Tell the headteacher now. In immediate danger, call 999.",
        "Check that the evidence is saved before anything is changed.",
    ),
)
CALM = replace(MATTER, to_answer=0, first_due=None, held=0, flagged=1, kinds=(("swearing", 1),), limits=(), steps=())
PILE_ON = PileOnMail(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 17, 0),
    recipient="ali@oakfield.example",
    matters=(MATTER,),
    many=5,
    minutes=10,
    growth=(500,),
    rule_in_words="Every comment gets a response within 24 hours.",
    clause="Monitoring",
    policy="Default 1.2",
    shown=10,
)
NOTICE = "The monitor did not run from Fri 13 Nov 16:02 to today 07:55; comments from then were read late."
DIGEST_WITH_ONE = replace(DIGEST, pile_ons=(MATTER,))


def samples():
    """By name, each mail as it is sent."""
    several = replace(PILE_ON, matters=(MATTER, replace(CALM, account="X", link="", published_at=None)))
    return {
        "pile_on": render_pile_on(PILE_ON, ENVELOPE),
        "pile_on-several": render_pile_on(several, ENVELOPE),
        "digest-pile-on": render_digest(replace(DIGEST_WITH_ONE, overdue=(), notices=(NOTICE,)), ENVELOPE),
    }
