"""Who may record which decision on a case, what belongs to it, and when it is refused. Pure; the one place for it.

Whoever is on a duty that may, may (`duties.py`). Where the head may, so may whoever stands in the head's place by the
policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from config.handling import waits_for
from config.policy import PolicyPack
from monitor.model import Action, Case, RecordedDecision
from monitor.rules.handling import Handling
from monitor.rules.holds import advice_waited_for, handling_of, may_remove
from monitor.rules.marks import in_force
from monitor.rules.outstanding import ADVICE_IS_THERE, EDITED_SINCE
from monitor.rules.queue import WAITING
from monitor.rules.state import REMOVING, response_state
from monitor.rules.undoing import RESERVED, why_not

DECIDING = frozenset({"moderator", "head", "safeguarding"})
"""Duties that may record whatever is not reserved; so may everybody the policy has told of the case."""
LEADING = frozenset({"head", "safeguarding"})


@dataclass(frozen=True)
class Request:
    """A decision somebody wants to record, with what belongs to it. `on`: a local day."""

    action: Action
    house_rule: str = ""
    audience: str = ""
    stage: str = ""
    on: date | None = None
    school: str = ""
    undoes: int | None = None

    @property
    def details(self) -> dict[str, str]:
        """What is kept of it besides the action."""
        said = {
            "house_rule": self.house_rule,
            "audience": self.audience,
            "stage": self.stage,
            "on": self.on.isoformat() if self.on else "",
            "school": self.school,
        }
        return {name: words for name, words in said.items() if words}


@dataclass(frozen=True)
class Situation:
    """What a decision is held against. `duties`: of the person who decides; `today`: local; `case`: as it stands."""

    case: Case
    pack: PolicyPack
    duties: frozenset[str]
    now: datetime
    today: date

    @property
    def handling(self) -> Handling | None:
        """How the case is handled, as its flags and decisions stand."""
        return handling_of(self.case, self.pack)

    @property
    def decisions(self) -> tuple[RecordedDecision, ...]:
        """Those in force."""
        return in_force(self.case.decisions)


@dataclass(frozen=True)
class Refusal:
    """Why a decision is not recorded, in one sentence. `is_misuse`: by its form or its author, not by the case."""

    words: str
    is_misuse: bool = False


_OPTIONS: tuple[tuple[str, str, frozenset[Action]], ...] = (
    ("house_rule", "--house-rule", REMOVING),
    ("audience", "--audience", REMOVING),
    ("stage", "--stage", frozenset({Action.ESCALATE})),
    ("on", "--on", frozenset({Action.ESCALATE})),
    ("school", "--school", frozenset({Action.PASS_ON})),
    ("undoes", "--decision", frozenset({Action.UNDO})),
)
"""What belongs to a decision, how it is given, and with which actions."""


def who_may(request: Request, situation: Situation) -> frozenset[str]:
    """The duties that may record this. Whoever may decide something may also take it back."""
    action, stage = request.action, request.stage
    undone = _by_number(situation.case, request.undoes) if action is Action.UNDO else None
    if undone is not None:
        action, stage = undone.fact.action, undone.details.get("stage", "")
    if action in RESERVED:
        may = LEADING
    elif action is Action.ESCALATE:
        steps = situation.pack.ladder
        may = frozenset(next((step.by for step in steps if step.id == stage), LEADING))
    else:
        may = _told_or_deciding(situation.handling)
    return may | {situation.pack.instead_of_the_head} if "head" in may else may


def _told_or_deciding(handling: Handling | None) -> frozenset[str]:
    if handling is None:
        return DECIDING
    told = frozenset({*handling.first, *handling.then})
    return told if handling.only_those_told else DECIDING | told


def refusal(request: Request, situation: Situation) -> Refusal | None:
    """Why this is not recorded; None: it is."""
    may = who_may(request, situation)
    if not situation.duties & may:
        named = " or ".join(duty.replace("_", " ") for duty in sorted(may))
        return Refusal(f"{_name(request.action)} is for the duty {named} in this case", is_misuse=True)
    if problem := _badly_formed(request, situation):
        return Refusal(problem, is_misuse=True)
    check = _CHECKS.get(request.action)
    problem = check(request, situation) if check else None
    return Refusal(problem) if problem else None


def _badly_formed(request: Request, situation: Situation) -> str | None:
    name = _name(request.action)
    numbers = [rule.number for rule in situation.pack.house_rules]
    if request.house_rule and request.action in REMOVING and request.house_rule not in numbers:
        return f'the policy has no house rule "{request.house_rule}"; it has {_listed(numbers) or "none"}'
    for key, option, goes_with in _OPTIONS:
        given = getattr(request, key) not in {"", None}
        if given and request.action not in goes_with:
            return f"{option} goes with {' or '.join(sorted(map(_name, goes_with)))}, not with {name}"
        if not given and request.action in goes_with and _is_needed(key, situation):
            return f"{name} needs {option} here{_hint(key, situation)}"
    return None


def _is_needed(key: str, situation: Situation) -> bool:
    if key == "house_rule":
        return bool(situation.pack.house_rules)
    if key == "audience":
        return situation.handling is not None and situation.handling.explains
    return True


def _hint(key: str, situation: Situation) -> str:
    if key == "house_rule":
        numbers = _listed(rule.number for rule in situation.pack.house_rules)
        return f": the number of the house rule it breaks, one of {numbers}"
    if key == "audience":
        return ": the words in which readers were told what was done and why"
    return f": one of {_listed(s.id for s in situation.pack.ladder)}" if key == "stage" else ""


def _taking_down(request: Request, situation: Situation) -> str | None:
    why = may_remove(situation.case, situation.pack)
    if why is None:
        return None
    return f"{why}; record it with: school-monitor decide {situation.case.id} advice_received --by PERSON --why TEXT"


def _receiving_advice(request: Request, situation: Situation) -> str | None:
    case, pack = situation.case, situation.pack
    if advice_waited_for(case.flags, _marks_only(case), pack):
        return None
    return "the policy asks for no advice on what this case is flagged as"


def _escalating(request: Request, situation: Situation) -> str | None:
    ladder = situation.pack.ladder
    names = [stage.id for stage in ladder]
    if request.stage not in names:
        return f'the policy has no stage "{request.stage}"; it has {_listed(names) or "none"}'
    if request.on is None or request.on > situation.today:
        return f"a stage is recorded once it was reached: --on is a day up to today, {situation.today.isoformat()}"
    first = waits_for(ladder, request.stage)
    if first is None:
        return None
    before = [d.details.get("on", "") for d in _stages(situation) if d.details.get("stage") == first.id]
    if not before:
        return f'the stage "{first.id}" has to be on record before "{request.stage}": {first.what.rstrip(".")}'
    if request.on.isoformat() < min(before):
        return f'the stage "{first.id}" was reached on {min(before)}; "{request.stage}" comes after it'
    return None


def _closing(request: Request, situation: Situation) -> str | None:
    case = situation.case
    answer = response_state(case.created_at, case.due_at, case.facts, case.rule, situation.now)
    if answer.state in WAITING:
        return "an answer is still owed; record answered_elsewhere or no_reply_needed first"
    left = [each for each in case.to_do if each not in {ADVICE_IS_THERE, EDITED_SINCE}]
    return f"it cannot be closed yet: {left[0]}" if left else None


def _undoing(request: Request, situation: Situation) -> str | None:
    case = situation.case
    undone = _by_number(case, request.undoes)
    if undone is None:
        return f"case {case.id} has no decision {request.undoes}; school-monitor show {case.id} lists them by number"
    if undone.fact.action is Action.UNDO:
        return "taking back is not taken back; record the decision anew"
    if undone not in situation.decisions:
        return f"decision {undone.number} was taken back already"
    return why_not(undone, case, situation.pack.ladder)


_CHECKS: dict[Action, Callable[[Request, Situation], str | None]] = {
    Action.HIDE: _taking_down,
    Action.DELETE: _taking_down,
    Action.ADVICE_RECEIVED: _receiving_advice,
    Action.ESCALATE: _escalating,
    Action.CLOSE: _closing,
    Action.UNDO: _undoing,
}


def _marks_only(case: Case) -> tuple[RecordedDecision, ...]:
    """What was said of its flags, without the advice that came: more of it may come."""
    return tuple(each for each in case.decisions if each.fact.action is not Action.ADVICE_RECEIVED)


def _stages(situation: Situation) -> list[RecordedDecision]:
    return [each for each in situation.decisions if each.fact.action is Action.ESCALATE]


def _by_number(case: Case, number: int | None) -> RecordedDecision | None:
    return next((each for each in case.decisions if each.number == number), None)


def _name(action: Action) -> str:
    return action.value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
