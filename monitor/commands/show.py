"""`show`: one case whole."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from alerts.filters import plain
from monitor.commands.base import CommandFailed, Outcome, app_for, local
from monitor.evidence.hidden_text import code_and_name, is_hidden
from monitor.model import Case, StateAnswer
from monitor.rules.state import response_state
from monitor.wiring import App
from monitor.words import category_words, kind_words, state_words

EXAMPLE = "school-monitor show 12"
LONGEST_SHOWN = 4000  # characters of a comment on a screen


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("case", type=int, metavar="CASE", help="number of the case, as in the queue and in mails")


def run(args: Namespace) -> int:
    """Print text, reason, deadline and why, what was done, and where the evidence lies."""
    app = app_for(args)
    case = app.reporter.case(args.case)
    if case is None:
        raise CommandFailed(f"there is no case {args.case}; school-monitor queue lists what waits")
    now = app.clock()
    answer = response_state(case.created_at, case.due_at, case.facts, case.rule, now)
    print("\n".join(_lines(app, case, answer)))
    return Outcome.DONE


def _lines(app: App, case: Case, answer: StateAnswer) -> list[str]:
    zone = app.settings.school.timezone
    author = f"{plain(case.author_name, 200) or 'name not shown'} (id {case.author_id or 'withheld by the network'})"
    lines = [
        f"Case {case.id}: {kind_words(case.kind)} on {case.account_label}",
        f"  by        {author}",
        f"  received  {local(case.created_at, zone)}",
        f"  under     {plain(case.post_text, 100) or '-'}",
        f"  address   {plain(case.permalink, 500) or '-'}",
        f"  shown as  {case.shown.value}, version {case.version}",
        f"  state     {state_words(answer.state)}: {answer.because}",
        "",
        "What it says (hidden characters are named):",
        *(f"  | {line}" for line in _visible(case.text[:LONGEST_SHOWN]).splitlines() or [""]),
    ]
    if len(case.text) > LONGEST_SHOWN:
        lines.append(f"  | … {len(case.text) - LONGEST_SHOWN} more characters in the evidence and the export")
    lines += [f"  attachment, not opened: {kind} {plain(url, 300)}" for kind, url in case.attachments]
    lines += ["", f"Why this deadline (policy {case.policy}, clause {case.clause}):"]
    lines += [f"  {number}. {step}" for number, step in enumerate(case.derivation, 1)]
    lines += ["", "Flags:" if case.flags else "No flags."]
    for flag in case.flags:
        where = f"characters {flag.start}-{flag.end}" if flag.end else "the whole comment"
        clause = f' Clause "{flag.clause}".' if flag.clause else ""
        lines.append(f"  {category_words(flag.category)} ({flag.severity}), {where}: {flag.reason}{clause}")
    for category in dict.fromkeys(flag.category for flag in case.flags):
        rule = app.settings.policy.categories.get(category.value)
        lines += [f"  next, for {category_words(category)}: {step}" for step in (rule.next_steps if rule else ())]
    for decision in case.decisions:
        what = decision.fact.action.value.replace("_", " ")
        lines.append(
            f"Decided {local(decision.fact.at, zone)} by {plain(decision.by, 100)}: {what}, "
            f"on version {decision.version}: {plain(decision.fact.note, 500)}"
        )
    lines += [f"Evidence: {app.settings.evidence_folder / path}" for path in case.evidence]
    return lines


def _visible(text: str) -> str:
    return "".join(f"<{code_and_name(char)}>" if is_hidden(text, at) else char for at, char in enumerate(text))
