"""The only place that knows every concrete class. Read it once and you know what runs, and with what.

`monitor/connecting.py` does the same for the networks, `monitor/mail_transports.py` for the ways mail leaves.
What few commands need is imported when it is built.
"""

from __future__ import annotations

import hashlib
import logging
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from alerts.chat import ChatLine
from config.accounts import AccountSettings
from config.settings import Settings
from monitor.alarms import Alarms
from monitor.backup.restore_plan import ready_to_open
from monitor.clock import Clock, system_clock
from monitor.collect import Collector
from monitor.connecting import Line, allotment_of, build_connector
from monitor.custody.capture import Capturer
from monitor.custody.cards import CardMaker
from monitor.custody.sealing import Sealer
from monitor.custody.timestamps import Authority, TokenQueue
from monitor.erasing.finishing import finish_pending
from monitor.judge import Judge
from monitor.keeping import PageKeeper
from monitor.ledger_line import LedgerBook
from monitor.listening import Listening
from monitor.mail_transports import mail_transport
from monitor.notify import Notifier
from monitor.outgoing import OutgoingCare, care_for
from monitor.pinging import Pinger
from monitor.report import Reporter
from monitor.school_facts import SchoolFacts
from monitor.store.engine import Store, StoreUnusable, open_store
from monitor.store.evidence_log import ClockSetBack
from monitor.store.ledger import Enrolment, enrol
from monitor.watch import Watch

if TYPE_CHECKING:
    from monitor.custody.exhibits import Exhibits
    from monitor.custody.live_pages import LivePages
    from monitor.evidence.outside.egress import Egress
    from monitor.language.second_opinion import SecondOpinion

log = logging.getLogger("monitor.wiring")

PHOTOGRAPHED = "Photographed afterwards; the evidence log says how that went."
NOT_PHOTOGRAPHED = "Not photographed: the school has not asked for it."


@dataclass(frozen=True)
class App:
    """Everything one school's monitor is made of."""

    settings: Settings
    store: Store
    clock: Clock
    reporter: Reporter
    notifier: Notifier
    cards: CardMaker
    capturer: Capturer
    sealer: Sealer
    watch: Watch
    care: OutgoingCare
    listening: Listening

    @property
    def school(self) -> SchoolFacts:
        """What judging and telling need to know of the school."""
        return self.capturer.school

    @property
    def exhibits(self) -> Exhibits:
        """Keeps what is added to a snapshot."""
        from monitor.custody.exhibits import Exhibits

        return Exhibits(self.capturer, self.settings.names("safeguarding"), egress(self.settings))

    @property
    def live_pages(self) -> LivePages:
        """Photographs public pages."""
        from monitor.custody.live_pages import LivePages

        evidence = self.settings.evidence
        return LivePages(
            store=self.store,
            school_key=self.settings.school.key,
            exhibits=self.exhibits,
            browser=evidence.browser,
            clock=self.clock,
            egress=egress(self.settings),
        )

    def photograph(self) -> int:
        """Photograph the public pages of what was captured, where the school wants it. Returns how many were kept."""
        return self.live_pages.run() if self.settings.evidence.live_page else 0

    @property
    def judge(self) -> Judge:
        """Judges what is read."""
        from monitor.language.school_judge import judge_for

        judging = self.settings.judging
        return Judge(self.capturer, judge_for(judging), _second_opinion(judging.second_opinion))

    def collector(
        self,
        account: AccountSettings,
        should_stop: Callable[[], bool] = lambda: False,
        *,
        by_hand: bool = False,
    ) -> Collector:
        """A collector for one account, with a connector of its own: SDKs are not shared between threads.

        `by_hand`: a person asked for this reading, so it may use what is held back of an allowance.
        """
        return Collector(
            book=LedgerBook(self.store, self.settings.school.key, account.key, self.clock),
            connector=build_connector(account, self.settings, self.clock),
            judge=self.judge,
            allotment=allotment_of(account, by_hand=by_hand),
            next_run_in=timedelta(minutes=account.poll_minutes),
            care=self.care,
            should_stop=should_stop,
        )

    def page_keeper(self, account: AccountSettings, judged_from: datetime) -> PageKeeper:
        """Keeps pages of an account that come from elsewhere than its network."""
        return PageKeeper(
            LedgerBook(self.store, self.settings.school.key, account.key, self.clock),
            self.judge,
            judged_from,
            self.care,
        )


def build_app(settings: Settings, clock: Clock = system_clock) -> App:
    """Open the store, enrol the school, finish its erasures and put the parts together. Raises StoreUnusable."""
    store = _open(settings)
    enrolments = [Enrolment(a.key, a.network, a.label, a.identity) for a in settings.accounts]
    with store.writing() as tx:
        enrol(tx, settings.school.key, settings.school.name, settings.school.timezone, enrolments, clock())
    _finish_erasures(store, settings, clock)
    facts = school_facts(settings)
    reporter = Reporter(store, settings, facts)
    watch = Watch(store, settings, clock, since=clock())
    return App(
        settings=settings,
        store=store,
        clock=clock,
        reporter=reporter,
        notifier=Notifier(
            store, settings, facts, reporter, Alarms(store, settings), mail_transport(settings, clock), clock
        ),
        cards=CardMaker(store, settings.school.key, settings.evidence_folder, settings.names("safeguarding"), clock),
        capturer=Capturer(facts),
        sealer=Sealer(store, settings.school.key, settings.signing_key, token_queue(settings, store, clock), clock),
        watch=watch,
        care=care_for(settings),
        listening=Listening(
            store=store,
            settings=settings,
            school=facts,
            reporter=reporter,
            watch=watch,
            clock=clock,
            chat=lambda: chat_line(settings),
            pinger=lambda: pinger(settings, clock),
        ),
    )


def _open(settings: Settings) -> Store:
    """Open the database, once a restore that was cut off is finished or forgotten."""
    with ready_to_open(settings):
        return open_store(settings.database_url)


def _finish_erasures(store: Store, settings: Settings, clock: Clock) -> None:
    """Before anything is served: what an interruption left of erasures, and what an older database brought back."""
    try:
        finish_pending(store, settings.school.key, settings.evidence_folder, clock)
    except (ClockSetBack, ValueError) as refused:
        store.close()
        raise StoreUnusable(f"erasures have to be finished first, and cannot be: {refused}") from None


def school_facts(settings: Settings) -> SchoolFacts:
    """What judging needs to know of the school."""
    return SchoolFacts(
        key=settings.school.key,
        name=settings.school.name,
        timezone=settings.school.timezone,
        policy=settings.policy,
        rule=settings.rule,
        people=settings.people,
        registered=settings.registered,
        last_resort=settings.last_resort,
        schedule=settings.schedule,
        evidence=settings.evidence_folder,
        sample_percent=settings.evidence.sample_percent,
        live_page=PHOTOGRAPHED if settings.evidence.live_page else NOT_PHOTOGRAPHED,
        environment=f"Python {platform.python_version()} on {platform.system()} {platform.release()}",
        program=f"School Social Monitor {version('school-social-monitor')}",
        # pydantic prints secrets as stars, so the digest is the same whatever they are.
        configuration="sha256:" + hashlib.sha256(settings.model_dump_json(exclude={"path"}).encode()).hexdigest(),
    )


def _second_opinion(name: str) -> SecondOpinion | None:
    """The second opinion the school named. One that cannot be used is told in the log; judging goes on without."""
    if not name:
        return None
    from monitor.language.second_opinion import NoSuchOpinion, installed

    try:
        return installed(name)
    except NoSuchOpinion as missing:
        log.warning("%s; judged without it", missing)
        return None


def egress(settings: Settings) -> Egress:
    """The way out to public pages and files: never through the school's proxy, but with its certificate."""
    from monitor.evidence.outside.egress import PUBLIC, Egress

    ca_file = settings.connection.ca_file
    return Egress(ca_file=str(settings.path.parent / ca_file)) if ca_file else PUBLIC


def token_queue(settings: Settings, store: Store, clock: Clock) -> TokenQueue:
    """Asks the time-stamp authorities the school named."""
    folder = settings.path.parent
    return TokenQueue(
        store=store,
        school_key=settings.school.key,
        authorities=tuple(Authority(each.url, folder / each.ca_file) for each in settings.timestamps),
        session=lambda: Line(settings, clock).session({}),
        clock=clock,
    )


def chat_line(settings: Settings) -> ChatLine | None:
    """The chats that are told when no mail leaves; None: the school named none."""
    addresses = [each.address.get_secret_value() for each in settings.chat]
    return ChatLine(addresses) if addresses else None


def pinger(settings: Settings, clock: Clock) -> Pinger | None:
    """The outside watcher that expects to hear from us; None: the school named none."""
    address = settings.listening.ping_url
    return Pinger(address.get_secret_value(), lambda: Line(settings, clock).session({})) if address else None
