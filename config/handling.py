"""How a policy pack has one kind of comment handled: who is told, what is held back, who is kept out of it.

`monitor/rules/handling.py` puts the rules of several kinds together where a comment is of more than one, and
`monitor/rules/routing.py` finds the people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, field_validator, model_validator

Duty = Literal[
    "moderator", "poster", "line_manager", "communications", "pastoral", "senior", "head", "safeguarding",
    "chair_of_governors", "technician",
]  # fmt: skip
"""Who a pack can send a case to. All but `poster` are roles of people in the configuration; a poster is somebody the
register of the account names as publishing there. `line_manager`: the manager of the account's posters, else of
anybody. `pastoral`: who knows the pupils, such as a class teacher or head of house. `senior`: a member of the
leadership who stands in where those meant are away."""

Answer = Literal["in_time", "hold", "redirect"]
"""in_time: as the response window says. hold: never answered, and nobody is reminded to. redirect: answered in time,
politely, with the place where it belongs."""

Removal = Literal["by_moderator", "at_once", "after_advice"]
"""by_moderator: hidden or deleted where a moderator sees fit. at_once: taken down as soon as evidence is kept.
after_advice: neither hidden nor deleted before somebody has recorded that advice was received."""

ClauseName = Annotated[str, Field(max_length=120)]
"""The heading of the policy a rule comes from; empty: the clause of its category. See also SILENT and NEAREST."""

SILENT = "none (the policy is silent)"
"""The clause of a rule that no policy asked for: usual safe practice. Written out, so that whatever prints a clause
tells the truth."""
NEAREST = " (nearest heading)"
"""How a clause ends where the policy has no words on the matter and a heading under which it would belong."""


def no_technician(duties: Iterable[str]) -> None:
    """Raises ValueError where a technician would read what people wrote."""
    if "technician" in duties:
        raise ValueError("a technician looks after the connections and is told of no comment")


class PackPart(BaseModel):
    """A table inside a pack: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TellRule(PackPart):
    """Who hears of it. How fast, the severity says."""

    first: Annotated[tuple[Duty, ...], Field(min_length=1)] = ("moderator",)
    """All of them, at the same time."""
    then: tuple[Duty, ...] = ()
    """One after the other, while nobody has acknowledged an urgent alert."""
    acknowledge_minutes: Annotated[StrictInt, Field(ge=5, le=1440)] = 30
    """An urgent alert goes to the next after so many minutes without an acknowledgement."""
    clause: ClauseName = ""

    @model_validator(mode="after")
    def _each_once_and_no_technician(self) -> TellRule:
        named = [*self.first, *self.then]
        no_technician(named)
        if twice := sorted({duty for duty in named if named.count(duty) > 1}):
            raise ValueError(f"named twice: {', '.join(twice)}")
        return self


class HoldRule(PackPart):
    """What must not happen, or not yet."""

    answer: Answer = "in_time"
    redirect_to: Annotated[str, Field(max_length=200)] = ""
    """Where such a comment belongs, in words for the answer; needed with `redirect`."""
    removal: Removal = "by_moderator"
    advice_from: Annotated[str, Field(max_length=120)] = ""
    """Whose advice is waited for; needed with `after_advice`."""
    explain: StrictBool = False
    """true: whoever hides, deletes, reports or blocks also tells readers why, and records the words."""
    clause: ClauseName = ""

    @property
    def is_any(self) -> bool:
        """Whether anything is held back or redirected at all."""
        return self.answer != "in_time" or self.removal != "by_moderator"

    @model_validator(mode="after")
    def _says_where_and_whose(self) -> HoldRule:
        if (self.answer == "redirect") != bool(self.redirect_to):
            raise ValueError('`redirect_to` goes with answer = "redirect": give both or neither')
        if (self.removal == "after_advice") != bool(self.advice_from):
            raise ValueError('`advice_from` goes with removal = "after_advice": give both or neither')
        return self


class KeepOutRule(PackPart):
    """Who must not see it, because it is about them."""

    named: StrictBool = False
    """People of the configuration whom the words name, by any name under `known_as`."""
    posters: StrictBool = False
    """Those who publish on the account."""
    only_those_told: StrictBool = False
    """Nobody but those who are told of it sees it at all."""
    clause: ClauseName = ""

    @property
    def is_any(self) -> bool:
        """Whether anybody is kept out."""
        return self.named or self.posters or self.only_those_told


class Stage(PackPart):
    """One step of a policy's ladder of escalation. Those before it that are not `at_any_time` have to be on record
    first, unless it is `at_any_time` itself."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,30}$")]
    what: Annotated[str, Field(min_length=1, max_length=300)]
    by: Annotated[tuple[Duty, ...], Field(min_length=1)] = ("head",)
    """Who may record it."""
    at_any_time: StrictBool = False
    """Whatever is on record before it: nobody waits for a letter before the police are rung."""
    clause: ClauseName = ""


def waits_for(ladder: Sequence[Stage], stage: str) -> Stage | None:
    """The stage that has to be on record before this one; None where it waits for nothing.

    The last one before it that is not `at_any_time` is enough: that one waited for those before it.
    """
    before: Stage | None = None
    for each in ladder:
        if each.id == stage:
            return None if each.at_any_time else before
        before = before if each.at_any_time else each
    return None


class HouseRule(PackPart):
    """One of the rules the school publishes for those who comment. Decisions name its number."""

    number: Annotated[str, Field(pattern=r"^[0-9A-Za-z.]{1,10}$")]
    words: Annotated[str, Field(min_length=1, max_length=300)]


class OutgoingRule(PackPart):
    """What the school's own posts and replies must not hold."""

    full_names: StrictBool = True
    """A child's surname beside a first name, above all where there is a picture."""
    tags: StrictBool = True
    """Tags of pupils or staff."""
    contact_details: StrictBool = True
    """Telephone numbers and e-mail addresses that are not the school's own."""
    promises: StrictBool = True
    """Words that commit the school to something."""
    opted_out: StrictBool = True
    """Somebody on the school's list of those who are not to be shown or named."""
    tell: Annotated[tuple[Duty, ...], Field(min_length=1)] = ("line_manager", "head")
    """The first of these that the school has."""
    clause: ClauseName = ""

    @field_validator("tell")
    @classmethod
    def _not_the_technician(cls, tell: tuple[Duty, ...]) -> tuple[Duty, ...]:
        no_technician(tell)
        return tell


RegisterField = Literal["aim", "audience", "promotion", "access", "posters", "token_owner", "live_from", "closes_on"]


class Reminder(PackPart):
    """Something the policy asks that only people can do. Nothing acts on it; the page on the policy says it."""

    words: Annotated[str, Field(min_length=1, max_length=300)]
    clause: ClauseName = ""


class RegisterRule(PackPart):
    """What an account needs before it is used, and as long as it is."""

    administrators: Annotated[StrictInt, Field(ge=1, le=20)] = 2
    moderators: Annotated[StrictInt, Field(ge=1, le=20)] = 2
    approved_by: tuple[Duty, ...] = ("head",)
    """Each of them signs before the account goes live."""
    policy_link: StrictBool = False
    """The account's description links to the policy."""
    official_address: StrictBool = False
    """The account is registered to an e-mail address of the school."""
    needs: tuple[RegisterField, ...] = ("aim", "audience")
    """What the register must also say about it."""
    quiet_days: Annotated[StrictInt, Field(ge=7, le=730)] = 60
    """An account on which the school published nothing for so many days counts as neglected."""
    clause: ClauseName = ""
