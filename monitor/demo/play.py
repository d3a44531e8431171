"""Living through Oakfield's fortnight: the main job at every moment the demonstration reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerting import acknowledge
from monitor.clock import SetClock
from monitor.custody.log import Actor
from monitor.demo.oakfield import demo_moments, oakfield
from monitor.demo.oakfield_reddit import SUBREDDIT
from monitor.demo.server import Fault, Request, Response, json_response
from monitor.demo.workplace import TIMEZONE, DemoSchool, Workplace
from monitor.demo.world import World
from monitor.ledger_line import RunResult
from monitor.round import mail, read_accounts
from monitor.store import alerts, ledger
from monitor.wiring import App

OUTAGE_DAY = 5
"""Days before the anchor on which X answers nobody, so that the report has a hole to show."""


@dataclass
class Played:
    """What happened over all rounds, per account, and the mails sent."""

    accounts: dict[str, RunResult] = field(default_factory=dict)
    mails: int = 0
    cards: int = 0

    def add(self, results: Iterable[RunResult]) -> None:
        """Add the results of one round."""
        for result in results:
            sum_so_far = self.accounts.setdefault(result.account, RunResult(result.account))
            sum_so_far.add(result)
            sum_so_far.items += result.items
            sum_so_far.reasons += result.reasons
            sum_so_far.failures += result.failures


def oakfield_school(worlds: Mapping[str, World]) -> DemoSchool:
    """The fictional school, as its configuration names it."""
    return DemoSchool(
        name="Oakfield Primary School",
        key="oakfield",
        page_id=worlds["facebook"].school.id,
        x_user_id=worlds["x"].school.id,
        reddit_user=worlds["reddit"].school.handle or worlds["reddit"].school.name,
        subreddit=SUBREDDIT,
        lookback_days={"facebook": 30, "x": 30, "reddit": 30},
    )


def oakfield_worlds(place: Workplace) -> dict[str, World]:
    """The fortnight that ends at the folder's anchor."""
    return oakfield(place.anchor, TIMEZONE)


def outage(place: Workplace, clock: SetClock) -> Fault:
    """X answers nobody from the morning of one day to the next."""
    zone = ZoneInfo(TIMEZONE)
    day = (place.anchor - timedelta(days=OUTAGE_DAY)).astimezone(zone).date()

    def unavailable(_request: Request, _number: int) -> Response | None:
        local = clock().astimezone(zone)
        down = local.date() == day and local.hour >= 8
        return json_response({"title": "Service Unavailable"}, 503) if down else None

    return unavailable


def moments_to_play(place: Workplace) -> list[datetime]:
    """All moments of the fortnight, or only its end when it was lived through before."""
    return [place.anchor] if place.played else demo_moments(place.anchor, TIMEZONE)


def play(app: App, clock: SetClock, moment: datetime, played: Played) -> None:
    """Do the main job once, at `moment`. Whoever was told of something urgent before has taken it in hand by then."""
    clock.at = moment
    app.listening.still_alive()  # the demonstration leaps from one moment to the next; nothing was switched off
    _take_in_hand(app, moment)
    played.add(read_accounts(app, list(app.settings.accounts)))
    played.mails += mail(app).sent


def _take_in_hand(app: App, now: datetime) -> None:
    people = {person.email: person.name for person in app.settings.people}
    with app.store.writing() as tx:
        for alert in alerts.unsettled(tx, ledger.enrolled_school(tx, app.settings.school.key)):
            told = [each for each in alerts.tellings(tx, alert) if each.accepted_at and each.accepted_at < now]
            if told:
                who = told[0].person
                actor = Actor(people.get(who, who), "has the case in hand", "the demonstration")
                acknowledge(tx, app.school, alert.comment, who, actor, now)
