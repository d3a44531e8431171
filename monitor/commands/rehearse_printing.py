"""What a replay showed, for the person who will decide whether the list goes live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alerts.filters import counted, plain
from monitor.commands.base import local
from monitor.commands.printing import print_table
from monitor.commands.quoting import quoted
from monitor.rules.queue import SEVERITIES
from monitor.words import category_words

if TYPE_CHECKING:
    from monitor.model import Category
    from monitor.rehearsal.figures import Counts, Figures, Sample
    from monitor.rehearsal.replay import Replayed

MANY_PERCENT = 1.0
"""A denied term that hits a larger share of all texts than this brings more than people will look at."""
FEW = 5  # texts; shares of fewer say nothing
UNFAIR_POINTS = 2.0
"""Percentage points by which comments with identity words may be flagged more often than all comments."""
TEXT_SHOWN = 500  # characters of a comment of the sample
MOST_TERMS_SHOWN = 50
_COLUMNS = ("", "then", "today", "tried", "newly", "no longer")


@dataclass(frozen=True)
class Tried:
    """What was tried: the name of a list or none, the models, the policy; `compared`: against the judge of today."""

    list: str
    models: str
    policy: str
    compared: bool


def print_figures(figures: Figures, tried: Tried, *, withheld: int, with_text: bool) -> None:
    """Tables of counts, then the samples by number."""
    what = f"{plain(tried.list, 100)} on top of the configuration" if tried.list else "what is installed now"
    with_what = f"models {tried.models}, policy {plain(tried.policy, 100)}"
    print(f"Replayed {counted(figures.texts, 'text')}: {what}, {with_what}.")
    if withheld:
        print(f"Left out: {counted(withheld, 'case is', 'cases are')} withheld.")
    against = "today" if tried.compared else "then"
    print("then: as it was flagged when it was read." + (" today: as configured now." if tried.compared else ""))
    rows = [("all flagged", figures.flagged)]
    rows += [(f"  {category_words(name)}", each) for name, each in sorted(figures.by_category.items())]
    rows += [(f"  at worst {name}", figures.by_severity[name]) for name in reversed(SEVERITIES)]
    rows.append((f"with identity words ({figures.identity_texts} texts)", figures.identity))
    print_table(_COLUMNS, [(name, *_row(each)) for name, each in rows])
    print(_shares(figures))
    if figures.marked:
        gone = figures.marked - figures.marked_tried
        marked = counted(figures.marked, "text", "texts")
        print(f"Of {marked} marked as false alarms, {gone} would not be flagged any more.")
    if figures.confirmed:
        marked = counted(figures.confirmed, "text", "texts")
        print(f"Of {marked} confirmed as rightly flagged, {figures.lost.of} would not be flagged any more.")
    _print_terms(figures)
    _print_sample(f"Newly flagged, against {against}", figures.newly, with_text)
    _print_sample(f"No longer flagged, against {against}", figures.no_longer, with_text)
    if figures.on_names:
        names = ", ".join(f"{plain(name, 60)} ({count})" for name, count in figures.on_names.most_common(20))
        print(f"Flagged places that touch the school's own names: {names}")
        _print_sample("Flagged on an own name", figures.near_names, with_text)


def print_marked(marked: Sequence[Replayed], timezone: str) -> None:
    """The false alarms one by one: what was flagged, who said so, and whether it would still be flagged."""
    print_table(
        ("case", "version", "was flagged as", "marked by", "on", "with what is tried"),
        (
            (
                each.case,
                each.version,
                _words(each.then.categories),
                each.mark.by if each.mark else "-",
                local(each.mark.at, timezone) if each.mark else "-",
                f"still flagged: {_words(each.tried.categories)}" if each.tried.flagged else "not flagged",
            )
            for each in marked
            if each.is_false_alarm
        ),
    )


def warnings(figures: Figures, alone: Sequence[tuple[str, Sequence[Category]]]) -> list[str]:
    """What should be looked at before it goes live, one sentence each."""
    found = []
    for term, hits in figures.terms:
        name = f'"{plain(term.term, 60)}" ({category_words(term.category)})'
        percent = _percent(hits.texts, figures.texts)
        if percent > MANY_PERCENT and hits.texts >= FEW:
            found.append(f"{name} hits {percent:.1f} % of all texts, which is more than anybody will look at.")
        if hits.marked * 2 > hits.texts:
            found.append(f"{name} hits mostly false alarms: {hits.marked} of {hits.texts} were marked so.")
    if figures.lost.of:
        cases = _numbers(figures.lost)
        found.append(f"{counted(figures.lost.of, 'text')} rightly flagged would be missed: {cases}.")
    for name, categories in alone[:20]:
        found.append(f"the school's own name {plain(name, 60)} is flagged by itself ({_words(categories)}).")
    others = _percent(figures.flagged.tried, figures.texts)
    those = _percent(figures.identity.tried, figures.identity_texts)
    if figures.identity.tried >= FEW and those > others + UNFAIR_POINTS and figures.identity.newly:
        found.append(f"texts with identity words are flagged more often than all: {those:.1f} % to {others:.1f} %.")
    if figures.unchecked:
        found.append(f"{counted(figures.unchecked, 'text')}: a check or a model failed; is everything installed?")
    return found


def _row(counts: Counts) -> tuple[int, int, int, int, int]:
    return counts.then, counts.today, counts.tried, counts.newly, counts.no_longer


def _shares(figures: Figures) -> str:
    sides = (("then", "then"), ("today", "today"), ("tried", "tried"))
    parts = (
        f"{name} {_percent(getattr(figures.identity, side), figures.identity_texts):.1f} % "
        f"(all: {_percent(getattr(figures.flagged, side), figures.texts):.1f} %)"
        for name, side in sides
    )
    return f"Flagged of the texts with identity words: {', '.join(parts)}."


def _print_terms(figures: Figures) -> None:
    rows = sorted(figures.terms, key=lambda pair: (-pair[1].texts, pair[0].term))
    if not rows:
        return
    print_table(
        ("denied term", "category", "texts it hits", "newly flagged", "of them marked false alarms"),
        (
            (plain(t.term, 100), category_words(t.category), h.texts, h.newly, h.marked)
            for t, h in rows[:MOST_TERMS_SHOWN]
        ),
    )
    if len(rows) > MOST_TERMS_SHOWN:
        print(f"and {len(rows) - MOST_TERMS_SHOWN} more terms with as many hits or fewer.")


def _print_sample(title: str, sample: Sample, with_text: bool) -> None:
    if not sample.of:
        return
    print(f"{title}: {counted(sample.of, 'text')}, for example {_numbers(sample)}.")
    for each in sample.chosen() if with_text else ():
        change = f"{_words(each.today.categories)} -> {_words(each.tried.categories)}"
        print(f"Case {each.case}, version {each.version}: {change}")
        print("\n".join(quoted(each.text, TEXT_SHOWN)))


def _numbers(sample: Sample) -> str:
    return "case " + ", ".join(f"{each.case} (version {each.version})" for each in sample.chosen())


def _words(categories: Sequence[Category] | frozenset[Category]) -> str:
    return ", ".join(category_words(each) for each in sorted(categories)) or "nothing"


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
