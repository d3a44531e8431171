"""The whole of a pack on one page, for somebody who has never seen its file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.packs import review_warning
from config.policy import CATEGORIES, PolicyPack, ResponseRule
from monitor.policy_page import kinds, rest, window
from monitor.policy_page.glance import at_a_glance
from monitor.policy_page.layout import Paragraph, heading, laid_out, numbered
from monitor.policy_page.terms import in_brackets, kind, who
from monitor.rules.wording import day_in_words


def policy_page(pack: PolicyPack, rule: ResponseRule, today: date) -> list[str]:
    """The lines of the page. `rule`: the pack's clock, or the school's own changes on top of it. `today` is the
    school's own day."""
    return laid_out(_page(pack, rule, today))


def _page(pack: PolicyPack, rule: ResponseRule, today: date) -> Iterator[Paragraph]:
    yield Paragraph(f"{pack.name}: the policy as this program applies it", level=0)
    if warning := review_warning(pack, today):
        yield Paragraph(f"Version {pack.version}.", level=0)
        yield Paragraph(warning, level=0, mark="!", space=True)
    elif pack.review_by:
        review = day_in_words(pack.review_by, weekday=False, year=True)
        yield Paragraph(f"Version {pack.version}, to be reviewed by {review}.", level=0)
    yield Paragraph(
        "Square brackets name the clause of the policy that a rule comes from; [usual practice] says that the policy "
        "has none. The program never answers, hides or deletes anything: it tells people, and people decide.",
        level=0,
        space=True,
    )
    yield heading("At a glance")
    yield from (Paragraph(row, is_row=True) for row in at_a_glance(pack))
    yield heading("How long the school has to answer")
    for said in window.clock(pack, rule).values():
        yield Paragraph(str(said), mark="-")
    yield Paragraph(str(window.messages(pack)), mark="-")
    yield from _kinds(pack)
    yield from _ladder(pack)
    yield heading("What the school itself publishes")
    for said in rest.own_posts(pack.outgoing).values():
        yield Paragraph(str(said), mark="-")
    yield heading("What each account needs")
    needs = tuple(rest.asked_of_accounts(pack.accounts))
    for said in needs:
        yield Paragraph(said.beside("" if said is needs[0] else pack.accounts.clause), mark="-")
    yield heading("How long it is kept")
    for said in rest.keeping(pack).values():
        yield Paragraph(str(said), mark="-")
    if pack.reminders:
        yield heading("What else the policy asks of people")
        for reminder in pack.reminders:
            yield Paragraph(f"{reminder.words} {in_brackets(reminder.clause)}", mark="-")


def _kinds(pack: PolicyPack) -> Iterator[Paragraph]:
    yield heading("Who is told, and what must not happen")
    yield Paragraph(
        f"Where the words are about the head, {who(pack.instead_of_the_head)} takes the head's place. Whoever is "
        "away is covered by the person the configuration names; where nobody can be told, or nobody acknowledges, it "
        "is the person named as last resort. A comment of several kinds gets the careful rule of each. Unless it "
        "says otherwise here, a moderator may hide or delete what breaks the rules, once evidence is kept."
    )
    for speed, severities in kinds.SPEEDS:
        here = [name for name in CATEGORIES if name in pack.categories]
        here = [name for name in here if pack.categories[name].severity in severities]
        if not here:
            continue
        yield Paragraph(f"{speed}:", space=True)
        for name in here:
            yield from _kind(name, pack)


def _kind(name: str, pack: PolicyPack) -> Iterator[Paragraph]:
    rule = pack.categories[name]
    yield Paragraph(f"{kind(name)} {in_brackets(rule.clause)}", level=2, space=True)
    for said in kinds.sentences(rule):
        yield Paragraph(said.beside(rule.clause), level=3)
    if rule.next_steps:
        yield Paragraph("What people are asked to do:", level=3)
        yield from numbered(rule.next_steps, level=4)


def _ladder(pack: PolicyPack) -> Iterator[Paragraph]:
    if pack.ladder:
        yield heading("When it goes on: the steps of escalation")
        yield Paragraph("What may come at any time waits for nothing. The other steps come in this order.")
        yield from numbered((str(rest.stage(each)) for each in pack.ladder), level=1)
    if pack.house_rules:
        yield heading("The house rules, to be published where people comment")
        for each in pack.house_rules:
            yield Paragraph(each.words, mark=f"{each.number}.")
