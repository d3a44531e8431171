"""The job table of the daemon. Nothing else knows APScheduler.

APScheduler is used as a clock only: one process, jobs in memory, rebuilt at every start, intervals in UTC. What
must happen once is held in the database (unique keys of mails, cursors of accounts), so a second daemon, or a
start in the middle of everything, is harmless.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.stop_signal import StopSignal

log = logging.getLogger("monitor.schedule")

TELL_EVERY = timedelta(minutes=1)
STAGGER = timedelta(seconds=2)
"""Between the first reads of two accounts, so that a start does not call every network in the same moment."""
READERS = 4
"""Accounts read at the same time."""


class Daemon:
    """Runs the jobs until it is told to stop. `now` is the moment it is started, aware."""

    def __init__(self, now: datetime) -> None:
        self._started = now
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={
                "read": ThreadPoolExecutor(READERS),
                "tell": ThreadPoolExecutor(1),
                "draw": ThreadPoolExecutor(1),
            },
            # A job that is still running or was slept through is not queued up: its next turn does all there is.
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        self._accounts = 0

    def read(self, name: str, job: Callable[[], object], every: timedelta) -> None:
        """Read an account: soon, and then at this interval."""
        first = self._started + self._accounts * STAGGER
        self._accounts += 1
        self._add("read", name, job, every, first)

    def tell(self, name: str, job: Callable[[], object]) -> None:
        """Look every minute whether somebody has to be told something."""
        self._add("tell", name, job, TELL_EVERY, self._started)

    def draw(self, name: str, job: Callable[[], object]) -> None:
        """Look every minute whether a picture is owed."""
        self._add("draw", name, job, TELL_EVERY, self._started)

    def should_stop(self) -> bool:
        """Whether somebody asked us to stop. Jobs look at it between two pieces of work."""
        return self._stop.is_set()

    def run_until_stopped(self) -> None:
        """Run until SIGTERM or SIGINT. Jobs in hand finish the page they are on before this returns."""
        asked = StopSignal()
        self._scheduler.start()
        log.info("started with %d accounts", self._accounts)
        asked.wait()
        self._stop.set()
        log.info("asked to stop; finishing what is in hand")
        self._scheduler.shutdown(wait=True)
        log.info("stopped")

    def _add(self, executor: str, name: str, job: Callable[[], object], every: timedelta, first: datetime) -> None:
        self._scheduler.add_job(
            job,
            "interval",
            seconds=every.total_seconds(),
            next_run_time=first,
            id=f"{executor} {name}",
            name=f"{executor} {name}",
            executor=executor,
        )


def _report(event: JobEvent) -> None:
    """Say what APScheduler would log at its own level; the exception's text may hold what must not be logged."""
    if event.code == EVENT_JOB_ERROR:
        log.error("job %s failed: %s; it runs again at its next turn", event.job_id, type(event.exception).__name__)
    elif event.code == EVENT_JOB_MISSED:
        log.warning("job %s could not run in time", event.job_id)
    else:
        log.warning("job %s is still running; its next turn waits", event.job_id)
