"""Urgent and serious mails of an invented school."""

from dataclasses import replace

from mail_samples import ENVELOPE, at

from alerts.messages import Pressing, Serious, Urgent
from alerts.render import render_serious, render_urgent

THREAT = Pressing(
    case=41,
    account="Facebook page",
    what="Comment",
    received_at=at(14, 23, 41),
    flags=("threat", "insult"),
    clauses=("Handling abuse", "Cyber bullying"),
    limits=("Nobody answers it (clause “Cyber bullying”).",),
    steps=(
        "Tell the headteacher now. In immediate danger, call 999.",
        "Check that the evidence is saved before anything is changed.",
    ),
    told=(("Mrs Ali", at(14, 23, 45)), ("Mr Bevan", at(14, 23, 45))),
    next=("Ms Okafor",),
    next_at=at(15, 0, 45),
)
FIRST = replace(THREAT, told=())
URGENT = Urgent(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(15, 0, 15),
    recipient="head@oakfield.example",
    by="Ms Okafor",
    cases=(THREAT,),
    passed_on=True,
    can_look=True,
    policy="Default 1.2",
    shown=10,
)
SERIOUS = Serious(
    school="Oakfield Primary School",
    timezone="Europe/London",
    now=at(16, 9, 15),
    recipient="ali@oakfield.example",
    by="Mrs Ali",
    cases=(replace(FIRST, next=(), next_at=None), replace(FIRST, case=43, account="X", limits=(), flags=("hate",))),
    can_look=True,
    policy="Default 1.2",
    shown=10,
)


def samples():
    """Mails as they are sent, for pictures and for tests of their form."""
    last = replace(THREAT, next=(), next_at=None)
    return {
        "urgent": render_urgent(replace(URGENT, cases=(FIRST,), passed_on=False), ENVELOPE),
        "urgent-passed-on": render_urgent(URGENT, ENVELOPE),
        "urgent-last-resort": render_urgent(replace(URGENT, cases=(last,), can_look=False), ENVELOPE),
        "serious": render_serious(SERIOUS, ENVELOPE),
    }
