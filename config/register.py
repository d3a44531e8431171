"""The register of accounts: what a school writes down about each before it is used, and as long as it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.handling import Duty
from config.policy import Day
from config.values import Key, MailAddress, Name, Section, WebAddress


class Approval(Section):
    """One signature under the use of an account."""

    by: Name
    role: Duty
    on: Day


class RegisterEntry(Section):
    """What a school writes down about an account before it is used: the register its policy asks for.

    People are named as in `[[people]]`. Days are local.
    """

    account: Key
    """Key of the account it is about."""
    aim: Annotated[str, Field(max_length=300)] = ""
    audience: Annotated[str, Field(max_length=300)] = ""
    promotion: Annotated[str, Field(max_length=300)] = ""
    """How its readers hear of it."""
    access: Literal["open", "closed"] | None = None
    administrators: tuple[Name, ...] = ()
    """Who can sign in and change it."""
    moderators: tuple[Name, ...] = ()
    """Who looks after its comments; empty: everybody with the role."""
    posters: tuple[Name, ...] = ()
    """Who publishes on it."""
    token_owner: Name | None = None
    """Whose sign-in the access token hangs on."""
    official_address: MailAddress | None = None
    """The school's e-mail address it is registered to."""
    policy_link: WebAddress | None = None
    """The address of the policy that its description links to."""
    approvals: Annotated[tuple[Approval, ...], Field(max_length=20)] = ()
    live_from: Day | None = None
    closes_on: Day | None = None

    @model_validator(mode="after")
    def _closes_after_it_opened(self) -> RegisterEntry:
        if self.live_from and self.closes_on and self.closes_on < self.live_from:
            raise ValueError(f"{self.account}: closes_on lies before live_from")
        return self

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody it names as having something to do with the account. Some may have left since."""
        owner = (self.token_owner,) if self.token_owner else ()
        return (*self.administrators, *self.moderators, *self.posters, *owner)
