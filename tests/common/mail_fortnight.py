"""A school's fortnight of mail, lived through the real collector, judge, store and notifier.

The daemon looks every minute; here only those moments are lived in which something may be due, and `step` says how
finely: by minutes as the daemon, or by half hours, which is quick, and tells late what is not urgent.
Pages are read shortly before the half hour, so that whoever looks then looks within a minute of every comment.
What a mail tells is taken from the message it was made of, with its plain text.
"""

import heapq
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from unittest import mock

from fake_judge import FakeJudge
from mail_world import (
    BEGIN,
    CONFIGURATION,
    DAY,
    END,
    HOUR,
    LONDON,
    MINUTE,
    NAMES,
    OWN_IDS,
    PAGES,
    WORDS,
    World,
    local,
)
from sqlalchemy import select

from alerts.weekly_report import WeeklyReport
from config.loading import load_settings
from connectors.base import AccountState, Batch, Capabilities
from monitor import mail_kinds, mail_writer
from monitor.alerting import acknowledge
from monitor.allotment import Allotment
from monitor.clock import SetClock
from monitor.collect import Collector
from monitor.custody.log import Actor
from monitor.deciding import decide
from monitor.ledger_line import LedgerBook
from monitor.model import Action
from monitor.rules.calendar import is_working
from monitor.rules.slots import next_digest
from monitor.store.delivery_tables import Delivery
from monitor.store.handling_tables import Alert, Exclusion
from monitor.store.item_tables import Answer, Comment, Item
from monitor.store.pile_on_tables import PileOn
from monitor.wiring import build_app

AT_ONCE = frozenset({mail_kinds.URGENT, mail_kinds.PILE_ON_URGENT})
POLL, HALF = 4 * HOUR, 30 * MINUTE
EARLY = timedelta(seconds=20)
"""How long before the half hour pages are read."""
TAKES = 10 * MINUTE
"""From an urgent alert to its acknowledgement, where somebody does."""
_RENDERED = ("render_digest", "render_weekly", "render_urgent", "render_serious", "render_pile_on")
_LISTS = ("to_answer", "overdue", "flagged", "lines", "cases")


@dataclass(frozen=True)
class Mail:
    """One mail that was accepted.

    `told`: the cases it tells of, listed or counted. `overdue`: those it says are overdue, or may be. `lists`: each
    of its lists, whole.
    """

    at: datetime
    to: str
    kind: str
    subject: str
    text: str
    told: frozenset
    overdue: frozenset
    lists: tuple


class _Page:
    """A connector that hands over what is there and was not handed over yet."""

    network, capabilities = "facebook_page", Capabilities(("comments",), shows_hidden=True)

    def __init__(self, own_id, posts, items):
        self._own_id, self._batch = own_id, Batch(tuple(items), None, True, posts=tuple(posts))

    def check(self):
        return AccountState(frozenset({self._own_id}), "Oakfield Primary School")

    def fetch(self, stream, cursor, budget):
        budget.spend()
        yield self._batch


class MailFortnight:
    """Lives through it in `folder`. `mails`: all that were accepted. `crowd`: comments in the storm."""

    def __init__(self, folder, seed=7, crowd=300, step=MINUTE):
        self.world, self.step, self.clock = World(seed, crowd), step, SetClock(BEGIN)
        file = folder / "school-monitor.toml"
        file.write_text(CONFIGURATION)
        self.settings = load_settings(file, {"TOKEN": "token"})
        with mock.patch("monitor.language.school_judge.judge_for", return_value=FakeJudge(WORDS)):
            self.app = build_app(self.settings, self.clock)
            self._judge = self.app.judge
        object.__setattr__(self.app.notifier, "transport", self)
        self.store, self.mails, self.looks = self.app.store, [], 0
        self._read_upto = dict.fromkeys(PAGES, 0)
        self._newest_delivery = self._newest_comment = self._newest_alert = 0
        self._said, self._to_acknowledge = None, []
        self._may_be_due = [BEGIN]

    def works(self, moment):
        """Whether it is a working day."""
        return is_working(moment.astimezone(LONDON).date(), self.settings.rule)

    def mailed_then(self, moment):
        """Whether people are mailed about what is not urgent."""
        return self.works(moment) and time(8) <= moment.astimezone(LONDON).time() < time(18)

    def next_digest(self, moment):
        """When the first digest after a moment is mailed."""
        return next_digest(moment, "Europe/London", self.settings.rule, time(8)).opens_at

    def live(self):
        """From the first minute to the last."""
        with ExitStack() as stack:
            # Neither says anything here: what went missing, and the mails as HTML, which have tests of their own.
            stack.enter_context(mock.patch("monitor.collect.look_for_the_missing"))
            stack.enter_context(mock.patch("alerts.pages.html", return_value="<p>See the text.</p>"))
            for name in _RENDERED:
                stack.enter_context(mock.patch.object(mail_writer, name, self._noting(getattr(mail_writer, name))))
            reminders = {kind: self._noting(render) for kind, render in mail_writer._REMINDERS.items()}
            stack.enter_context(mock.patch.dict(mail_writer._REMINDERS, reminders))
            for at, what in self._what_happens():
                self._look_until(at)
                self.clock.at = at
                what()
                self._may_be_due.append(at)
                heapq.heapify(self._may_be_due)
            self._look_until(END)
        return self

    def _what_happens(self):
        """Reads and chores, in order: each page now and then, and before the half hour after it has news."""
        found = []
        for page in PAGES:
            news = (moment for moment, _ in self.world.items[page])
            at = {BEGIN + -((BEGIN - moment - EARLY) // HALF) * HALF - EARLY for moment in news}
            at |= {BEGIN + n * POLL - EARLY for n in range(1, (END - BEGIN) // POLL)}
            found += [(moment, lambda page=page: self._read(page)) for moment in at if moment < END]
        for day in range(14):
            if self.works(local(day, 9)):
                found += [(local(day, 9, 40), self._decide), (local(day, 12, 10), self._take)]
        numbers = count()
        return [(at, what) for at, _, what in sorted((at, next(numbers), what) for at, what in found)]

    def _read(self, page):
        there, upto = self.world.items[page], self._read_upto[page]
        items = [item for moment, item in there[upto:] if moment <= self.clock.at]
        posts = [post for post in self.world.posts[page] if post.created_at <= self.clock.at] if items else []
        self._read_upto[page] += len(items)
        book = LedgerBook(self.store, "oakfield", page, self.clock)
        result = Collector(book, _Page(OWN_IDS[page], posts, items), self._judge, Allotment(1000), POLL).run()
        assert not result.failures, result.failures

    def _decide(self):
        """Mrs Ali decides about what was flagged the day before, as far as everybody may see it."""
        actor = Actor("Mrs Ali", "seen", "ali on office-pc")
        with self.store.writing() as tx:
            narrowed = set(tx.scalars(select(Exclusion.comment_id)))
            flagged = select(Comment).where(Comment.flags.any(), Comment.first_seen_at < self.clock.at - 12 * HOUR)
            for comment in tx.scalars(flagged.order_by(Comment.id)).all():
                if comment.id not in narrowed and not comment.decisions:
                    decide(tx, self.app.capturer, comment, 1, Action.CONFIRM_FLAG, actor, self.clock.at)

    def _take(self):
        """Mr Bevan says that he looks after the newest comment."""
        actor = Actor("Mr Bevan", "mine", "bevan on office-pc")
        with self.store.writing() as tx:
            newest = tx.scalars(select(Comment).order_by(Comment.id.desc()).limit(1)).one()
            if not newest.flags:
                decide(tx, self.app.capturer, newest, 1, Action.TAKE, actor, self.clock.at)

    def _acknowledge(self, number):
        """Whoever was told first has it in hand; one in five is left to go from person to person."""
        with self.store.writing() as tx:
            alert = tx.get_one(Alert, number)
            if alert.acknowledged_at or alert.closed_at or number % 5 == 0:
                return
            who = next(
                mail.to for mail in self.mails if mail.kind == mail_kinds.URGENT and alert.comment_id in mail.told
            )
            actor = Actor(NAMES.get(who, who), "", f"{who} on office-pc")
            acknowledge(tx, self.app.school, tx.get_one(Comment, alert.comment_id), who, actor, self.clock.at)

    def _look_until(self, moment):
        """Let time pass, and look wherever something may be due."""
        while True:
            while self._may_be_due and self._look_at(self._may_be_due[0]) <= self.clock.at:
                heapq.heappop(self._may_be_due)
            if not self._may_be_due or (at := self._look_at(self._may_be_due[0])) > moment:
                return
            self.clock.at, self.looks = at, self.looks + 1
            for number in [number for due, number in self._to_acknowledge if due <= at]:
                self._acknowledge(number)
            self._to_acknowledge = [(due, number) for due, number in self._to_acknowledge if due > at]
            before = len(self.mails)
            result = self.app.notifier.run()
            assert not result.failures, result.failures
            for each in self._what_may_be_due(sent=len(self.mails) > before):
                if each > at:
                    heapq.heappush(self._may_be_due, each)

    def _look_at(self, moment):
        """When the daemon looks first, once a moment has come."""
        return BEGIN + -((BEGIN - moment) // self.step) * self.step

    def _what_may_be_due(self, *, sent):
        """Moments at which there may be something to do, as far as they follow from what was new at this look."""
        now, schedule = self.clock.at, self.settings.schedule
        pause, soon = timedelta(minutes=schedule.between_mails_minutes), timedelta(hours=schedule.due_soon_hours)
        calm = [now + pause, now + timedelta(minutes=schedule.head_after_minutes)] if sent else []
        found = []
        with self.store.reading() as tx:
            deliveries = select(Delivery.id, Delivery.next_attempt_at).where(Delivery.id > self._newest_delivery)
            for self._newest_delivery, at in tx.execute(deliveries.order_by(Delivery.id)).all():
                found.append(at)
            comments = select(Comment.id, Comment.due_at).where(Comment.id > self._newest_comment)
            for self._newest_comment, due in tx.execute(comments.order_by(Comment.id)).all():
                calm += [due - soon - pause, due - soon, due, due + 2 * POLL] if due else []
            unsettled = select(Alert).where(Alert.acknowledged_at.is_(None), Alert.closed_at.is_(None))
            for alert in tx.scalars(unsettled.order_by(Alert.id)):
                found += [alert.next_step_at] if alert.next_step_at else []
                if alert.id > self._newest_alert:
                    self._newest_alert = alert.id
                    self._to_acknowledge.append((now + TAKES, alert.id))
                    found.append(now + TAKES)
        days = (now.astimezone(LONDON).date() + n * DAY for n in range(2))
        times = (time(7, 30), time(8), time(9), time(14, 30))
        clock = [datetime.combine(day, at, LONDON) for day in days for at in times]
        return [*found, *clock, *filter(self.mailed_then, calm)]

    def _noting(self, render):
        def noting(message, envelope):
            self._said = message
            return render(message, envelope)

        return noting

    def send(self, message):
        """The transport: every mail is accepted, and noted."""
        said = self._said
        # The weekly report is the head's page: what is to be done is told by the others.
        names = () if isinstance(said, WeeklyReport) else _LISTS
        lists = {name: getattr(said, name) for name in names if hasattr(said, name)}
        with self.store.reading() as tx:
            claimed = select(Delivery).where(Delivery.claimed_until.is_not(None), Delivery.sent_at.is_(None))
            delivery = tx.scalars(claimed).one()
            crowds = [matter.since for matter in getattr(said, "matters", ())]
            in_crowds = [number for since in crowds for number in _crowd(tx, since)]
        overdue = lists.get("lines" if delivery.kind == mail_kinds.OVERDUE else "overdue", ())
        self.mails.append(
            Mail(
                at=self.clock.at,
                to=delivery.recipient,
                kind=delivery.kind,
                subject=str(message["Subject"]),
                text=message.get_body(("plain",)).get_content().replace("\r\n", "\n"),
                told=frozenset([*in_crowds, *(line.case for lines in lists.values() for line in lines)]),
                overdue=frozenset(line.case for line in overdue),
                lists=tuple(tuple(lines) for lines in lists.values() if lines),
            )
        )

    def comments(self):
        """Every comment with its flags, and the moment its first answer was met; None: nobody answered it."""
        with self.store.reading() as tx:
            answered = defaultdict(list)
            rows = select(Answer.comment_id, Item.first_seen_at).join(Item, Item.id == Answer.reply_id)
            for number, at in tx.execute(rows):
                answered[number].append(at)
            found = tx.scalars(select(Comment).order_by(Comment.id)).all()
            return [(comment, tuple(comment.flags), min(answered[comment.id], default=None)) for comment in found]

    def kept_out(self):
        """By case: who is kept out of it by name."""
        found = defaultdict(set)
        with self.store.reading() as tx:
            for number, person in tx.execute(select(Exclusion.comment_id, Exclusion.person)):
                found[number].add(person)
        return found

    def first_mails(self):
        """(alert, the moment its first mail was accepted) of every urgent comment."""
        with self.store.reading() as tx:
            alerts = tx.scalars(select(Alert).order_by(Alert.id)).all()
        urgent = [mail for mail in self.mails if mail.kind == mail_kinds.URGENT]
        return [(alert, min(m.at for m in urgent if alert.comment_id in m.told)) for alert in alerts]

    def each_day(self):
        """(person, local day) -> the kinds of mail they got, in order."""
        found = defaultdict(list)
        for mail in self.mails:
            found[mail.to, mail.at.astimezone(LONDON).date()].append(mail.kind)
        return found

    def close(self):
        self.store.close()


def _crowd(tx, since):
    """The comments of the pile-on that began at a moment, as far as they are there."""
    row = tx.scalars(select(PileOn).where(PileOn.began_at == since)).one()
    inside = (Comment.account_id == row.account_id, Comment.post_remote_id == row.post_remote_id)
    return tx.scalars(select(Comment.id).where(*inside, Comment.created_at >= since)).all()
