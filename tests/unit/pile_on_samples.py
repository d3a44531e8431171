"""The mail of an invented school about many comments under one post."""

from dataclasses import replace

from mail_samples import DIGEST, ENVELOPE, at

from alerts.matter import Matter
from alerts.pile_on import PileOnMail, render_pile_on
from alerts.render import render_digest

MATTER = Matter(
    account="Facebook page",
    published_at=at(12, 17, 0),
    link="https://www.facebook.com/100200300/posts/5001",
    since=at(13, 8, 2),
    until=at(13, 8, 41),
    comments=52,
    to_answer=47,
    overdue=0,
    first_due=at(14, 8, 2),
    held=3,
    flagged=9,
    kinds=(("threat", 1), ("insult", 8)),
    clauses=("Handling abuse",),
    limits=("Those that are held: nobody answers them (clause “Cyber bullying”).",),
    steps=("Tell the headteacher.", "Keep the evidence before anything is changed."),
)
PILE_ON = PileOnMail(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(13, 8, 45),
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


def samples():
    """Mails as they are sent, for pictures and for tests of their form."""
    notice = "The monitor did not run from Fri 13 Nov 16:02 to today 07:55; comments from then were read late."
    busy = replace(DIGEST, overdue=(), pile_ons=(MATTER,), notices=(notice,))
    return {"pile_on": render_pile_on(PILE_ON, ENVELOPE), "digest-pile-on": render_digest(busy, ENVELOPE)}
