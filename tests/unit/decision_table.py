"""What a policy pack decides for every kind of comment: who is told, when, and what must not happen. As text.

The text of each pack lies in `decision_tables/` and is reviewed like a contract: a change of a pack, or of the rules,
shows there as changed lines. To take the tables as they are now:

    make tables            (python tests/unit/decision_table.py)

and read what `git diff tests/unit/decision_tables` shows before you commit it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby, product
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import config
from config.packs import pack_file, read_pack
from config.people import Person, Role
from config.policy import CATEGORIES, PolicyPack
from config.register import RegisterEntry
from monitor.model import Category, Flag
from monitor.rules.handling import Answering, Handling, Removal, handling
from monitor.rules.routing import Route, digest_readers, moderators_of, route
from monitor.rules.slots import mailing_time, next_digest

TABLES = Path(__file__).parent / "decision_tables"
ZONE = "Europe/London"
MAILS_FROM, MAILS_UNTIL, DIGEST_AT = time(8), time(18), time(8)
LAST_RESORT = "last-resort@oakfield.example"

MOMENTS = {
    "day": datetime(2026, 11, 10, 11, 0, tzinfo=UTC),
    "night": datetime(2026, 11, 10, 23, 30, tzinfo=UTC),
    "weekend": datetime(2026, 11, 14, 12, 0, tzinfo=UTC),
    "bank holiday": datetime(2026, 12, 28, 11, 0, tzinfo=UTC),
}
ABSENCES = ("nobody away", "first told away", "moderators away")
EXCLUSIONS = ("nobody kept out", "head kept out", "mod-a kept out")
AWAY = ((date(2026, 11, 1), date(2027, 1, 31)),)
COVER = {
    "mod-a": "mod-b",
    "mod-b": "mod-a",
    "head": "senior",
    "lead": "senior",
    "manager": "comms",
    "poster": "mod-a",
}
TOGETHER = (
    ("allegation", "profanity"),
    ("allegation", "hate"),
    ("complaint", "abuse"),
    ("complaint", "media_enquiry"),
    ("self_harm", "bullying"),
    ("personal_data", "takedown_request"),
)
"""Kinds that come together, to show which rule wins."""


def _person(name: str, role: str, **more: str) -> Person:
    return Person(name=name, email=f"{name}@oakfield.example", roles=(role,), covered_by=COVER.get(name), **more)


PEOPLE = (
    _person("mod-a", "moderator"),
    _person("mod-b", "moderator"),
    _person("poster", "staff", line_manager="manager"),
    _person("manager", "line_manager"),
    _person("comms", "communications"),
    _person("senior", "senior"),
    _person("head", "head"),
    _person("lead", "safeguarding"),
    _person("chair", "chair_of_governors"),
    _person("technician", "technician"),
)
PEOPLE += tuple(_person(role, role) for role in get_args(Role) if not any(role in p.roles for p in PEOPLE))
ENTRY = RegisterEntry(account="facebook", posters=("poster",))


@dataclass(frozen=True)
class Decided:
    """What happens with a comment of these kinds at one moment, in one state of the school."""

    kinds: tuple[str, ...]
    moment: str
    absence: str
    exclusion: str
    people: tuple[Person, ...]
    kept_out: frozenset[str]
    handling: Handling
    route: Route
    steps: tuple[tuple[str, ...], ...]
    """Who is told: step after step of what is urgent, once of all else."""
    mailed_at: datetime


def packs() -> dict[str, PolicyPack]:
    """Every pack that comes with the program, by the name of its file."""
    folder = Path(config.__file__).parent / "policies"
    return {path.stem: read_pack(pack_file(path.stem, folder)) for path in sorted(folder.glob("*.toml"))}


def decisions(pack: PolicyPack) -> list[Decided]:
    """Every kind of comment, at every moment, in every state of the school."""
    kinds = [(name,) for name in CATEGORIES] + [*TOGETHER]
    return [decide(pack, *each) for each in product(kinds, ABSENCES, EXCLUSIONS, MOMENTS)]


def decide(pack: PolicyPack, kinds: tuple[str, ...], absence: str, exclusion: str, moment: str) -> Decided:
    flags = [Flag(Category(kind), pack.categories[kind].severity, 1.0, "table/1", 0, 1, "") for kind in kinds]
    handled = handling(flags, pack)
    assert handled is not None
    now = MOMENTS[moment]
    day = now.astimezone(ZoneInfo(ZONE)).date()
    kept_out = frozenset(f"{p.name}@oakfield.example" for p in PEOPLE if exclusion == f"{p.name} kept out")
    usual = route(handled, PEOPLE, ENTRY, (), day, pack, LAST_RESORT)
    absent = {
        "nobody away": set(),
        "first told away": {usual.first[0]},
        "moderators away": {p.email for p in PEOPLE if "moderator" in p.roles},
    }[absence]
    people = tuple(p.model_copy(update={"absent": AWAY}) if p.email in absent else p for p in PEOPLE)
    found = route(handled, people, ENTRY, kept_out, day, pack, LAST_RESORT)
    moderators = moderators_of(people, ENTRY, day, kept_out)
    steps = {"urgent": found.steps, "serious": (found.first,)}.get(
        handled.severity, (digest_readers(handled, found, moderators),)
    )
    at = mailed_at(handled, pack, now)
    return Decided(kinds, moment, absence, exclusion, people, kept_out, handled, found, steps, at)


def mailed_at(handled: Handling, pack: PolicyPack, now: datetime) -> datetime:
    """When the first step hears of it."""
    if handled.is_urgent:
        return now
    if handled.severity == "serious":
        return mailing_time(now, ZONE, pack.response, MAILS_FROM, MAILS_UNTIL)
    return next_digest(now, ZONE, pack.response, DIGEST_AT).opens_at


def table(pack: PolicyPack) -> str:
    """The whole table of one pack."""
    lines = [
        f"{pack.id}, version {pack.version}: who is told of what, when, and what must not happen",
        "",
        "mod-a and mod-b moderate the account and cover each other; poster publishes there and reports to manager.",
        "senior covers head and lead (safeguarding), comms covers manager, mod-a poster; nobody covers others.",
        "+ is told together; -> is the next step, while nobody acknowledges what is urgent. Notes and concerns go",
        "into the digest, which the moderators of the account read as well, even where all of them are away.",
        "",
        "; ".join(f"{name}: {_moment(at)}" for name, at in MOMENTS.items()),
    ]
    for kinds, some in groupby(decisions(pack), key=lambda each: each.kinds):
        lines += ["", *_block(pack, kinds, list(some))]
    return "\n".join(lines) + "\n"


def _block(pack: PolicyPack, kinds: tuple[str, ...], some: list[Decided]) -> list[str]:
    handled = some[0].handling
    title = " and ".join(kinds)
    clauses = ", ".join(dict.fromkeys(f'"{pack.categories[kind].clause}"' for kind in kinds))
    wait = f", next after {handled.acknowledge_minutes} minutes" if handled.is_urgent else ""
    times = {each.moment: each.mailed_at for each in some}
    mailed = " | ".join(f"{name} {'at once' if at == MOMENTS[name] else _moment(at)}" for name, at in times.items())
    lines = [
        f"{title}: {handled.severity}{wait}, clause {clauses}",
        f"  mailed    {mailed}",
        f"  answer    {_answer(handled)}",
        f"  removal   {_removal(handled)}",
    ]
    if seen := _seen(handled):
        lines.append(f"  seen      {seen}")
    for (absence, exclusion), same in groupby(some, key=lambda each: (each.absence, each.exclusion)):
        told = list(dict.fromkeys(_steps(each.steps) for each in same))
        lines.append(f"  {absence:16}{exclusion:17}{' / '.join(told)}")
    return lines


def _answer(handled: Handling) -> str:
    return {
        Answering.IN_TIME: "in time",
        Answering.REDIRECT: f"in time, saying where it belongs: {'; '.join(handled.redirect_to)}",
        Answering.HOLD: "never: nobody is reminded to",
    }[handled.answering]


def _removal(handled: Handling) -> str:
    return {
        Removal.BY_MODERATOR: "as a moderator sees fit",
        Removal.AT_ONCE: "at once, evidence first",
        Removal.AFTER_ADVICE: f"not before advice from {' and '.join(handled.advice_from)}",
        Removal.ILLEGAL: "at once, it is illegal",
    }[handled.removal]


def _seen(handled: Handling) -> str:
    parts = (
        (handled.keeps_out_named, "not by those it names"),
        (handled.keeps_out_posters, "not by the account's posters"),
        (handled.only_those_told, "only by those who are told"),
    )
    return ", ".join(words for applies, words in parts if applies)


def _steps(steps: tuple[tuple[str, ...], ...]) -> str:
    return " -> ".join(" + ".join(email.partition("@")[0] for email in step) for step in steps)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(ZONE)):%a %d %b %H:%M}"


def main() -> None:
    for name, pack in packs().items():
        TABLES.joinpath(f"{name}.txt").write_text(table(pack), "utf-8")
        TABLES.joinpath(f"{name}.new.txt").unlink(missing_ok=True)
    print(f"Written: {', '.join(packs())}. Now read: git diff {TABLES}")  # noqa: T201  for whoever runs it


if __name__ == "__main__":
    sys.exit(main())
