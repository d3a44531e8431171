"""Who is told of what was found in the school's own words: mails owed, and what they say when they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.messages import OwnWords, OwnWordsLine
from config.settings import Settings
from monitor import mail_kinds
from monitor.model import OutgoingKind
from monitor.rules.outgoing import next_outgoing_mail, told_of_a_report, told_of_outgoing
from monitor.store import ledger, outbox, outgoing
from monitor.store.engine import Store, Transaction
from monitor.store.outgoing_tables import OutgoingFound
from monitor.store.school_tables import School
from monitor.words import outgoing_steps, outgoing_words

LATELY = timedelta(days=400)
"""How far back it matters on which days somebody had a mail: as far as working days are looked for ahead."""


@dataclass(frozen=True)
class OutgoingMails:
    """Owes and writes the mails of one school about what its own accounts published."""

    store: Store
    settings: Settings

    def owe(self, tx: Transaction, school: School, now: datetime) -> None:
        """Owe a mail about whatever nobody is owed one about yet, or whose every reader has left since."""
        for row in outgoing.owed(tx, school):
            have_left = not set(row.told_to or ()) & set(self.people)
            if have_left and not outgoing.told_at(tx, school, [row]):
                row.told_as = row.told_to = None
        tx.flush()
        for row in outgoing.to_be_owed(tx, school):
            if row.kind == OutgoingKind.REPORTED:
                self._owe_report(tx, school, row, now)
            elif not outgoing.is_gone(row):
                self._owe_quietly(tx, school, row, now)

    def message(self, kind: str, key: str, recipient: str, now: datetime) -> OwnWords | None:
        """What a mail says now; None: all of it is settled or gone."""
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.settings.school.key)
            rows = outgoing.told_as(tx, school, key, recipient)
            at_once = kind == mail_kinds.PUBLISHED_WRONG
            rows = [row for row in rows if (row.kind == OutgoingKind.REPORTED) is at_once]
            lines = _lines(rows)
        if not lines:
            return None
        return OwnWords(
            school=self.settings.school.name,
            timezone=self.settings.school.timezone,
            now=now,
            recipient=recipient,
            lines=lines,
            is_report=at_once,
            shown=self.settings.schedule.digest_items,
        )

    @property
    def people(self) -> tuple[str, ...]:
        """Who can be told at all."""
        return (*(person.email for person in self.settings.people), self.settings.last_resort)

    def _owe_quietly(self, tx: Transaction, school: School, row: OutgoingFound, now: datetime) -> None:
        settings = self.settings
        pack, zone = settings.policy, ZoneInfo(settings.school.timezone)
        told = told_of_outgoing(
            pack.outgoing,
            pack.instead_of_the_head,
            settings.last_resort,
            settings.people,
            settings.register_entry(row.account.key),
            now.astimezone(zone).date(),
        )
        since = (now - LATELY).astimezone(zone).date().isoformat()
        days = outgoing.days_told(tx, school, told, since)
        hours = (settings.schedule.mails_from, settings.schedule.mails_until)
        slot = next_outgoing_mail(now, settings.school.timezone, settings.rule, hours, days)
        outbox.owe(tx, school, mail_kinds.OUTGOING, slot.key, told, slot.opens_at)
        row.told_as, row.told_to = slot.key, list(told)
        tx.flush()

    def _owe_report(self, tx: Transaction, school: School, row: OutgoingFound, now: datetime) -> None:
        settings = self.settings
        told = told_of_a_report(
            settings.policy.instead_of_the_head,
            settings.last_resort,
            settings.people,
            settings.register_entry(row.account.key),
            row.reported_by or "",
            now.astimezone(ZoneInfo(settings.school.timezone)).date(),
        )
        # Not a number of ours: a restored database counts anew.
        row.told_as, row.told_to = f"{row.account.key} {row.found_at.isoformat()}", list(told)
        outbox.owe(tx, school, mail_kinds.PUBLISHED_WRONG, row.told_as, told, now)


def _lines(rows: Sequence[OutgoingFound]) -> tuple[OwnWordsLine, ...]:
    """One line for each post or reply, whatever was found in it."""
    together: dict[tuple[int | None, int | None, str], list[OutgoingFound]] = {}
    for row in rows:
        together.setdefault((row.post_id, row.item_id, row.link), []).append(row)
    return tuple(_line(each) for each in together.values())


def _line(rows: Sequence[OutgoingFound]) -> OwnWordsLine:
    first = rows[0]
    about = first.post or first.item
    kinds = list(dict.fromkeys(OutgoingKind(row.kind) for row in rows))
    steps = dict.fromkeys(step for kind in kinds for step in outgoing_steps(kind))
    return OwnWordsLine(
        numbers=tuple(row.id for row in rows),
        account=first.account.label,
        what="Reply" if first.item else "Post",
        published_at=about.created_at if about else None,
        found_at=min(row.found_at for row in rows),
        link=link_of(first),
        found=tuple(outgoing_words(kind) for kind in kinds),
        steps=tuple(steps),
        clause=first.clause,
    )


def link_of(row: OutgoingFound) -> str:
    """Where to look at it, in a form that holds none of its words; empty: nobody knows."""
    about = row.post or row.item
    link = row.link or (about.permalink if about else "")
    if row.account.network == "reddit" and not row.link:
        begin, found, rest = link.partition("/comments/")  # what follows the id is made of the title
        parts = rest.strip("/").split("/")
        return f"{begin}{found}{parts[0]}/_/{parts[2]}/" if len(parts) > 2 else f"{begin}{found}{parts[0]}/"
    if row.account.network == "wordpress" and row.post is not None and row.post.remote_id.isdecimal():
        scheme, _, rest = link.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}/?p={row.post.remote_id}" if rest else ""
    return link
