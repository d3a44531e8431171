"""`check`: test all that can be tested without telling anybody; explain a deadline or a policy pack; test mails."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.filters import counted
from monitor.commands.base import CommandFailed, Outcome, app_for, settings_for
from monitor.commands.check_account import check_account
from monitor.commands.listening_lines import chat_is_known, people_are_reached, watcher_answers
from monitor.commands.mail_lines import mail_credentials_last
from monitor.commands.register_lines import register_note
from monitor.commands.soundness import CLOCK_MAY_DIFFER, evidence_folder, evidence_log, passes, say

if TYPE_CHECKING:
    from monitor.wiring import App

EXAMPLE = 'school-monitor check --explain "2026-11-13 16:00"'


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--explain", metavar="TIME", help="only say when a comment received then is due, and why")
    instead.add_argument(
        "--policy",
        metavar="NAME",
        nargs="?",
        const="",
        help="only explain a policy pack in plain English: by name, by file, or the school's own",
    )
    instead.add_argument(
        "--compare", metavar="NAME", nargs=2, help="only say what two policy packs do differently, by name or by file"
    )
    instead.add_argument(
        "--send-test-mails", action="store_true", help="only send each moderator a mail with a code to read back"
    )
    instead.add_argument("--mail-code", metavar="CODE", help="only say who has read the test mail with this code")


def run(args: Namespace) -> int:
    """Print one line for each thing tested. 1 when something needs a person."""
    if args.explain:
        from monitor.commands.explain import explain

        settings = settings_for(args)
        try:
            print("\n".join(explain(args.explain, settings)))
        except ValueError as wrong:
            raise CommandFailed(f"--explain: {wrong}", Outcome.USAGE) from None
        return Outcome.DONE
    if args.policy is not None or args.compare:
        from monitor.commands.check_policy import compare, explain_policy

        print("\n".join(compare(*args.compare) if args.compare else explain_policy(args)))
        return Outcome.DONE
    app = app_for(args)
    if args.send_test_mails or args.mail_code is not None:
        from monitor.commands.check_mail import send_test_mails, take_code

        return send_test_mails(app) if args.send_test_mails else take_code(app, args.mail_code)
    return _everything(app)


def _everything(app: App) -> int:
    from config.loading import warnings

    print(f"ok    configuration {app.settings.path}, policy {app.settings.policy.name}")
    today = app.clock().astimezone(ZoneInfo(app.settings.school.timezone)).date()
    for note in (*warnings(app.settings, today), *_quoting(app), *_stopped(app), *_waiting_for_people(app)):
        print(f"note  {note}")
    say(*register_note(app))
    tests: list[tuple[str, Callable[[], str]]] = [
        ("response rule", lambda: _rule(app)),
        ("database", lambda: _database(app)),
        ("evidence folder", lambda: evidence_folder(app)),
        ("evidence log", lambda: evidence_log(app)),
        ("mail", lambda: _mail(app)),
        ("people", lambda: people_are_reached(app)),
        ("chat", lambda: chat_is_known(app)),
        ("outside watcher", lambda: watcher_answers(app)),
        ("judging", lambda: _judging(app)),
        ("lists of names", lambda: _lists(app)),
        ("leaving this computer to be judged", lambda: _second_opinion(app)),
    ]
    failed = [name for name, test in tests if not passes(name, test)]
    failed += [] if mail_credentials_last(app) else ["mail sign-in"]
    failed += [account.key for account in app.settings.accounts if not check_account(app, account)]
    return Outcome.PROBLEMS if failed else Outcome.DONE


def _quoting(app: App) -> tuple[str, ...]:
    """What mails hold of comments, in a sentence for each setting, where it is more than nothing."""
    setting = app.settings.wording.comment_text
    if setting == "none":
        return ()
    what = {
        "masked": "with flagged words dotted out and names as initials",
        "excerpt": "with whatever swearing or insult is in them",
    }[setting]
    return (
        f'wording.comment_text = "{setting}": mails hold the first 80 characters of comments, {what}. What is '
        "urgent, held back, or about a child's safety, personal details or an allegation is never among them. The "
        "Information Commissioner's Office expects a school to encrypt personal data that could distress somebody "
        "before it goes by e-mail, and a comment may name a child: ask your data protection officer first. A mail "
        'with swearing in it may be taken for spam and never arrive. "none" is the setting without these risks.',
    )


def _stopped(app: App) -> tuple[str, ...]:
    """Who gets no digest, in sentences."""
    from monitor.commands.digest_stop import stops_of

    return tuple(f"{each}." for each in stops_of(app).in_words(app.clock()))


def _waiting_for_people(app: App) -> list[str]:
    """What of keeping and erasing waits for somebody, in sentences."""
    from monitor.commands.retention_preview import retention_of

    terms = retention_of(app)
    notes = []
    if waiting := terms.eraser.waiting():
        agree = counted(len(waiting), "erasure waits", "erasures wait")
        notes.append(f"{agree} for a second person: school-monitor erase --list")
    if due := terms.preview().to_erase:
        cases = counted(len(due), "case has", "cases have")
        notes.append(f"{cases} been kept as long as the policy says: school-monitor retention preview")
    return notes


def _rule(app: App) -> str:
    from monitor.model import Facts
    from monitor.rules.response import due_at

    now = app.clock()
    try:
        deadline = due_at(now, app.settings.school.timezone, app.settings.rule, Facts(first_seen_at=now))
    except ValueError as wrong:
        raise CommandFailed(str(wrong)) from None
    return f"a comment received now: {deadline.steps[-1]}"


def _database(app: App) -> str:
    from monitor.store import ledger

    with app.store.reading() as tx:
        school = ledger.school_by_key(tx, app.settings.school.key)
        accounts = ledger.accounts_of(tx, school) if school else ()
        newest = [read.started_at for account in accounts for read in ledger.last_reads(tx, account).values()]
    if newest and max(newest) > app.clock() + CLOCK_MAY_DIFFER:
        raise CommandFailed(
            "the newest read lies in the future: this computer's clock has been set back; set it right"
        )
    return f"open, {len(accounts)} accounts in the register"


def _mail(app: App) -> str:
    from monitor.mail_transports import mail_transport

    transport = mail_transport(app.settings, app.clock)
    transport.check()
    return f"{app.settings.mail.transport} answers; nothing was sent"


def _judging(app: App) -> str:
    """Every check and model works on a text that is known to be harmless."""
    from monitor.language.school_judge import judge_for
    from monitor.model import Category

    judging = app.settings.judging
    judgement = judge_for(judging).assess("Thank you for a lovely afternoon")
    failed = {one.detector for one in judgement.found if one.finding.category is Category.COULD_NOT_BE_CHECKED}
    if failed:
        raise CommandFailed(f"does not work ({', '.join(sorted(failed))}); every comment would go to a person")
    own = f"{counted(len(judging.allow), 'word')} allowed, {counted(len(judging.deny), 'word')} denied"
    return f"models {judging.models}; own words: {own}"


def _lists(app: App) -> str:
    """The files of names can be used. Neither a name nor a count of them leaves this: a list says who is on it."""
    from monitor.language.outgoing.name_list import BadList

    files = {"pupils": app.care.pupils, "opted out": app.care.opted_out}
    try:
        held = [name for name, file in files.items() if file.names() is not None]
    except BadList as bad:
        raise CommandFailed(str(bad)) from None
    return f"own words are held against: {', '.join(held)}" if held else "none; names in own words are guessed"


def _second_opinion(app: App) -> str:
    from monitor.language.second_opinion import NoSuchOpinion, installed

    name = app.settings.judging.second_opinion
    if not name:
        return "nothing"
    try:
        opinion = installed(name)
    except NoSuchOpinion as missing:
        raise CommandFailed(str(missing)) from None
    return f"second opinion {opinion.name}/{opinion.version}: {opinion.what_leaves}"
