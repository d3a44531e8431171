"""`erase`: erase comments for good. Where evidence of one was kept, a second person has to agree."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from alerts.filters import plain
from monitor.commands.base import LONGEST_NUMBER, CommandFailed, Outcome, app_for, case_number, local
from monitor.commands.erased_words import BASIS_WORDS, NOT_CLEARED, result_lines
from monitor.commands.people import acting, declare_actor
from monitor.commands.printing import print_table
from monitor.commands.sight import Sight, sight_of
from monitor.erasing.eraser import ErasureRefused
from monitor.store import erasure_book

if TYPE_CHECKING:
    from monitor.erasing.eraser import Eraser, Held, NeedsSecond
    from monitor.erasing.steps import Erased
    from monitor.store.evidence_tables import Erasure
    from monitor.wiring import App

EXAMPLE = 'school-monitor erase 12 --by "Mrs Ali" --why "the author asked for it on 3 December"'
MAY_ASK = ("moderator", "head", "safeguarding")
MAY_AGREE = ("head", "safeguarding")
ALL = "all"


def configure(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("cases", nargs="*", type=case_number, metavar="CASE", help="numbers of the cases to erase")
    parser.add_argument("--basis", choices=["request", "subject"], default="request", help="on what ground")
    parser.add_argument("--list", action="store_true", help="what waits for a second person")
    parser.add_argument(
        "--approve", type=_numbers, metavar="N,N|all", help="agree to these erasures, which somebody else asked for"
    )
    parser.add_argument("--cancel", type=_numbers, metavar="N,N", help="take back what was not carried out yet")
    declare_actor(parser, what="asks, agrees or cancels", required=False)


def run(args: Namespace) -> int:
    """Ask, agree, cancel or list. 1 when something was refused."""
    wanted = [bool(args.cases), args.list, args.approve is not None, args.cancel is not None]
    if sum(wanted) != 1:
        raise CommandFailed(
            "say one thing: numbers of cases, or --approve, or --cancel, or --list (see --help)", Outcome.USAGE
        )
    app = app_for(args)
    if args.list:
        return _list(app, sight_of(app, args))
    if args.cases:
        return _ask(app, args)
    return _approve(app, args) if args.approve is not None else _cancel(app, args)


def _ask(app: App, args: Namespace) -> int:
    eraser, actor = _eraser(app), acting(args, app.settings, MAY_ASK)
    at_once, refused, sight = [], False, sight_of(app, args)

    def ask(case: int) -> None:
        if case in sight.hidden:
            raise ErasureRefused(f"there is no case {case}; school-monitor queue lists what waits")
        asked = eraser.ask(case, args.basis, actor)
        if asked.waits:
            print(
                f"Case {case}: evidence of it was kept, so a second person has to agree. Asked for as erasure "
                f"{asked.number}: school-monitor erase --approve {asked.number} --by … --why …"
            )
        else:
            at_once.append(asked.number)

    refused = _each(dict.fromkeys(args.cases), ask)
    return _carry_out(app, eraser, at_once, actor.account, refused, sight)


def _approve(app: App, args: Namespace) -> int:
    eraser, actor = _eraser(app), acting(args, app.settings, MAY_AGREE)
    agreed: list[int] = []
    sight = sight_of(app, args)
    waiting, unseen = _in_sight(eraser, sight)

    def approve(number: int) -> None:
        _refuse_unseen(number, unseen, " for a second person")
        eraser.approve(number, actor)
        agreed.append(number)

    refused = _each(_to_approve(args.approve, waiting, actor.name), approve)
    return _carry_out(app, eraser, agreed, actor.account, refused, sight)


def _to_approve(wanted: list[int] | str, waiting: Sequence[Erasure], by: str) -> list[int]:
    if not isinstance(wanted, str):
        return wanted
    others = [row.id for row in waiting if row.asked_by != by]
    if len(others) < len(waiting):
        print(f"Left out, as {by} asked for them: {len(waiting) - len(others)}. Somebody else has to agree to those.")
    if not others:
        print("Nothing waits that you can agree to.")
    return others


def _cancel(app: App, args: Namespace) -> int:
    eraser, actor = _eraser(app), acting(args, app.settings, MAY_ASK)
    waiting, unseen = _in_sight(eraser, sight_of(app, args))

    def cancel(number: int) -> None:
        _refuse_unseen(number, unseen, "")
        eraser.cancel(number, actor)
        print(f"Erasure {number} is cancelled; nothing was erased.")

    numbers = [row.id for row in waiting] if args.cancel == ALL else args.cancel
    refused = _each(numbers, cancel)
    return Outcome.PROBLEMS if refused else Outcome.DONE


def _in_sight(eraser: Eraser, sight: Sight) -> tuple[list[Erasure], frozenset[int]]:
    """What waits for a second person and may be seen, and the numbers of all erasures that may not."""
    with eraser.store.reading() as tx:
        unseen = erasure_book.numbers_for(tx, sight.hidden)
    return [row for row in eraser.waiting() if row.id not in unseen], unseen


def _refuse_unseen(number: int, unseen: Collection[int], what: str) -> None:
    """Refuse it in the words for a number nobody has."""
    if number in unseen:
        raise ErasureRefused(f"no erasure {number} waits{what}; see school-monitor erase --list")


def _list(app: App, sight: Sight) -> int:
    (waiting, _), zone = _in_sight(_eraser(app), sight), app.settings.school.timezone
    if not waiting:
        print("\n".join(["Nothing waits for a second person.", *sight.note()]))
        return Outcome.DONE
    print_table(
        ("erasure", "case", "ground", "asked by", "when", "why"),
        (
            (row.id, row.comment_id, BASIS_WORDS[row.basis], row.asked_by, local(row.asked_at, zone), row.why)
            for row in waiting
        ),
    )
    for line in sight.note():
        print(line)
    print("To agree: school-monitor erase --approve NUMBER --by … --why … (head or safeguarding, not who asked)")
    return Outcome.DONE


def _eraser(app: App) -> Eraser:
    from monitor.erasing.eraser import Eraser

    return Eraser(app.store, app.settings.school.key, app.settings.evidence_folder, app.clock)


def _each(numbers: Iterable[int], do: Callable[[int], None]) -> bool:
    """Do it for each; what is refused is told and keeps nobody else from it. True when something was."""
    from monitor.store.evidence_log import ClockSetBack

    refused = False
    for number in numbers:
        try:
            do(number)
        except ErasureRefused as stopped:
            print(f"Refused: {plain(str(stopped), 500)}.")
            refused = True
        except ClockSetBack as wrong:
            raise CommandFailed(str(wrong)) from None
    return refused


def _carry_out(app: App, eraser: Eraser, numbers: Sequence[int], account: str, refused: bool, sight: Sight) -> int:
    from monitor.erasing.eraser import Carried
    from monitor.erasing.steps import Erased
    from monitor.store.evidence_log import ClockSetBack

    try:
        carried = eraser.carry_out(numbers, account) if numbers else Carried((), True)
    except (ClockSetBack, ValueError) as wrong:
        raise CommandFailed(str(wrong)) from None
    for result in carried.results:
        print("\n".join(result_lines(_seen(result, sight.hidden), app.settings.school.timezone)))
    if not carried.cleared:
        print(NOT_CLEARED)
    stopped = any(not isinstance(result, Erased) for result in carried.results)
    return Outcome.PROBLEMS if refused or stopped or not carried.cleared else Outcome.DONE


def _seen(result: Erased | Held | NeedsSecond, hidden: frozenset[int]) -> Erased | Held | NeedsSecond:
    """What became of a case, without the numbers of others that are hidden."""
    from monitor.erasing.steps import Erased

    if not isinstance(result, Erased):
        return result
    held, named = ([n for n in numbers if n not in hidden] for numbers in (result.held_in, result.named_in))
    return replace(result, held_in=tuple(held), named_in=tuple(named))


def _numbers(text: str) -> list[int] | str:
    if text == ALL:
        return ALL
    numbers = text.split(",")
    if not all(each.isascii() and each.isdecimal() and len(each) <= LONGEST_NUMBER for each in numbers):
        raise ArgumentTypeError(f'erasures are numbers such as 7 or 7,8, or the word all (found "{text[:40]}")')
    return list(dict.fromkeys(int(each) for each in numbers))
