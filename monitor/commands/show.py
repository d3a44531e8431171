"""`show`: one case whole."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.alert_lines import alert_lines
from monitor.commands.base import CommandFailed, Outcome, app_for, case_number, local
from monitor.commands.case_lines import decision_lines, next_steps
from monitor.commands.erased_words import erased_line
from monitor.commands.people import declare_actor, looking
from monitor.commands.quoting import quoted, visible
from monitor.commands.sight import circle_lines, sight_of
from monitor.model import Action, Case, Flag, StateAnswer
from monitor.rules.marks import mark_on
from monitor.rules.state import response_state
from monitor.words import category_words, kind_words, state_words

if TYPE_CHECKING:
    from monitor.store.judged import ThreadMessage
    from monitor.wiring import App

EXAMPLE = "school-monitor show 12"
THREAD_LENGTH = 500  # characters of another message of its thread
THREAD_SHOWN = 10  # messages


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "case", type=case_number, metavar="CASE", help="number of the case, as in the queue and in mails"
    )
    declare_actor(parser, what="looks at it, where evidence of it is kept", required=False)


def run(args: Namespace) -> int:
    """Print text, reason, deadline and why, what was done, and where the evidence lies."""
    app = app_for(args)
    sight = sight_of(app, args)
    case = app.reporter.case(args.case)
    if case is None or case.id in sight.hidden:
        raise CommandFailed(sight.no_such_case(args.case))
    if erasure := app.reporter.erasure(args.case):
        print(f"Case {args.case}. {erased_line(*erasure, app.settings.school.timezone)}")
        return Outcome.DONE
    answer = response_state(case.created_at, case.due_at, case.facts, case.rule, app.clock())
    zone = app.settings.school.timezone
    if _looked_at(app, case, args):
        from monitor.commands.withheld import withheld_lines

        print("\n".join(withheld_lines(case, app.settings.names("safeguarding"), zone)))
        return Outcome.DONE
    lines = [
        *_who_and_where(case, answer, zone),
        *_words(case, zone),
        *_thread(app.reporter.thread(case.id, THREAD_SHOWN, sight.hidden), case, zone),
        *_deadline(case),
        *_flags(case),
        *next_steps(case, app.settings.policy),
        *decision_lines(case, zone),
        *alert_lines(app, case.id),
        *circle_lines(app, case.id),
        *(f"Evidence: {app.settings.evidence_folder / path}" for path in case.evidence),
    ]
    print("\n".join(lines))
    return Outcome.DONE


def _looked_at(app: App, case: Case, args: Namespace) -> bool:
    """Enter into the evidence log that somebody looks at a case of which evidence is kept. True: it is withheld."""
    from monitor.custody import media_gate
    from monitor.custody.log import note
    from monitor.store import ledger
    from monitor.store.evidence_log import ClockSetBack

    try:
        with app.store.writing() as tx:
            school = ledger.enrolled_school(tx, app.settings.school.key)
            if case.evidence:
                note(tx, school, "view", app.clock(), case.id, {"shown": "the case"}, looking(args, app.settings))
            return media_gate.is_withheld(tx, school, case.id)
    except ClockSetBack as refused:
        raise CommandFailed(str(refused)) from None


def _who_and_where(case: Case, answer: StateAnswer, zone: str) -> list[str]:
    author = f"{plain(case.author_name, 200) or 'name not shown'} (id {case.author_id or 'withheld by the network'})"
    return [
        f"Case {case.id}: {kind_words(case.kind)} on {case.account_label}",
        f"  by        {author}",
        f"  received  {local(case.created_at, zone)}",
        f"  under     {plain(case.post_text, 100) or '-'}",
        f"  address   {plain(case.permalink, 500) or '-'}",
        f"  shown as  {case.shown.value}, version {case.version}",
        f"  state     {state_words(answer.state)}: {answer.because}",
    ]


def _words(case: Case, zone: str) -> list[str]:
    lines = ["", "What it says (hidden characters are named):", *quoted(case.text)]
    for earlier in case.earlier:
        lines += [f"What it said before, first seen {local(earlier.seen_at, zone)} (version {earlier.version}):"]
        lines += quoted(earlier.text)
    return lines + [f"  attachment, not opened: {kind} {plain(url, 300)}" for kind, url in case.attachments]


def _thread(messages: Sequence[ThreadMessage], case: Case, zone: str) -> list[str]:
    lines = ["", "Also said in this thread:"] if messages else []
    for message in messages:
        who = "the school" if message.is_own else "someone else"
        if not message.is_own and message.author_id is not None and message.author_id == case.author_id:
            who = "the same author"
        lines += [f"  {local(message.at, zone)}, {who}:", *quoted(message.text, THREAD_LENGTH)]
    return lines


def _deadline(case: Case) -> list[str]:
    steps = (f"  {number}. {step}" for number, step in enumerate(case.derivation, 1))
    return ["", f"Why this deadline (policy {case.policy}, clause {case.clause}):", *steps]


def _flags(case: Case) -> list[str]:
    lines = ["", "Flags:" if case.flags else "No flags."]
    for flag in case.flags:
        where = f"characters {flag.start}-{flag.end}" if flag.end else "the whole comment"
        if flag.version != case.version:
            where += f" of version {flag.version}"
        said = {case.version: case.text, **{e.version: e.text for e in case.earlier}}.get(flag.version or 0, "")
        if words := visible(said[flag.start : flag.end]):
            where += f" ({words})"
        clause = f' Clause "{flag.clause}".' if flag.clause else ""
        lines.append(f"  {category_words(flag.category)} ({flag.severity}), {where}: {flag.reason}{clause}")
        lines.append(f"    found by {flag.detector}, score {flag.score:.2f}{_mark(flag, case)}")
    return lines


def _mark(flag: Flag, case: Case) -> str:
    """Whether a moderator said that the flag is right or wrong."""
    mark = mark_on(flag.version, case.decisions, flag.raised_at)
    if mark is None:
        return ""
    kind = "a false alarm" if mark.fact.action is Action.FALSE_ALARM else "right"
    return f"; marked as {kind} by {plain(mark.by, 100)}"
