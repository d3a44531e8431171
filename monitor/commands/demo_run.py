"""What `demo` does: a fortnight of a fictional school, or recorded payloads, through the main job."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from alerts.filters import plain
from alerts.report_pdf import weekly_pdf
from config.loading import load_settings
from config.secrets import all_secrets
from monitor.clock import SetClock, system_clock
from monitor.commands.base import CommandFailed, Outcome, local
from monitor.commands.printing import console, print_table
from monitor.demo import play, summary
from monitor.demo.networks import stand_ins
from monitor.demo.recorded import recorded_worlds
from monitor.demo.replay import replay
from monitor.demo.workplace import (
    TIMEZONE,
    FolderUnusable,
    Workplace,
    last_working_morning,
    open_workplace,
    write_configuration,
)
from monitor.logs import start_logging
from monitor.rules.slots import latest_weekly_report
from monitor.stop_signal import StopSignal
from monitor.wiring import App, build_app


def live_through(folder: Path, *, serve: bool) -> int:
    """Live through a fortnight, then say what happened and where everything lies."""
    try:
        place = open_workplace(folder, last_working_morning(system_clock()))
    except FolderUnusable as unusable:
        raise CommandFailed(f"--dir: {unusable}", Outcome.USAGE) from None
    worlds = play.oakfield_worlds(place)
    school = play.oakfield_school(worlds)
    moments = play.moments_to_play(place)
    clock = SetClock(moments[0])
    faults = {"x": play.outage(place, clock)}
    with stand_ins(worlds, place, school.subreddit, clock, faults) as networks:
        write_configuration(place, school, {name: network.url for name, network in networks.items()})
        settings = load_settings(place.configuration, os.environ)
        start_logging(all_secrets(settings), logging.ERROR)
        app = build_app(settings, clock)
        played = _live(app, clock, place, moments)
        _say(app, place, played)
        if serve:
            _serve(clock, {name: network.url for name, network in networks.items()})
    return Outcome.DONE


def replay_recorded(folder: Path, directory: Path) -> int:
    """Do the job over the recordings in `folder`, then account for every item. Raises CommandFailed."""
    try:
        recordings = recorded_worlds(folder)
    except ValueError as unusable:
        raise CommandFailed(f"--replay: {unusable}", Outcome.USAGE) from None
    try:
        app, figures = replay(recordings, directory)
    except FolderUnusable as unusable:
        raise CommandFailed(f"--dir: {unusable}", Outcome.USAGE) from None
    print_table(
        (
            "network",
            "items served",
            "read",
            "kept",
            "own posts",
            "quarantined",
            "own replies",
            "flagged",
            "with a deadline",
        ),
        (
            (f.network, f.served, f.read, f.kept, f.own_posts, f.quarantined, f.own_replies, f.flagged, f.due)
            for f in figures
        ),
        title="Recorded payloads, through the real SDKs",
    )
    print("Served = kept + own posts + quarantined. Read counts an item once for every list it stands in.")
    for each in figures:
        if each.texts:
            print(f"{each.network}: {each.texts} more recorded with another text of an item: kept as its version")
        for reason, count in each.reasons.items():
            print(f"{each.network}: {count} quarantined: {plain(reason, 500)}")
        for failure in each.failures:
            print(plain(failure, 500))
    for name, recorded in recordings.items():
        for file in recorded.files:
            if not file.taken:
                print(f"{name}: nothing taken from {file.name}: {file.reason or 'all of it is in other files too'}")
    print(f"Everything lies in {app.settings.path.parent}")
    return Outcome.PROBLEMS if any(each.failures for each in figures) else Outcome.DONE


def _live(app: App, clock: SetClock, place: Workplace, moments: Sequence[datetime]) -> play.Played:
    from rich.progress import Progress

    played = play.Played()
    end = local(place.anchor, TIMEZONE)
    when = f"at {len(moments)} moments, from {local(moments[0], TIMEZONE)} to {end}"
    if place.played:
        when = f"once more, as on {end}: this folder has lived through its fortnight"
    print(f"{app.settings.school.name}: reading three accounts {when}.")
    out = console()
    with Progress(console=out, disable=not out.is_terminal, transient=True) as progress:
        task = progress.add_task("Reading, judging, mailing", total=len(moments))
        for moment in moments:
            play.play(app, clock, moment, played)
            progress.advance(task)
        progress.update(task, description="Making evidence cards")
        while made := app.cards.run():
            played.cards += made
    app.sealer.run(at_once=not place.played)
    report_slot = latest_weekly_report(place.anchor, TIMEZONE, app.settings.schedule.weekly_report_at)
    pdf = weekly_pdf(app.reporter.weekly(report_slot.key, place.anchor))
    (place.folder / "weekly-report.pdf").write_bytes(pdf)
    place.mark_played()
    return played


def _say(app: App, place: Workplace, played: play.Played) -> None:
    new = sum(result.new for result in played.accounts.values())
    edited = sum(result.edited for result in played.accounts.values())
    gone = sum(result.gone for result in played.accounts.values())
    print(
        f"This run: {new} new items, {edited} edited, {gone} found gone, {played.mails} mails sent, "
        f"{played.cards} evidence cards made."
    )
    print_table(
        summary.COLUMNS,
        summary.rows(app, played, place.anchor),
        title=f"Where things stand on {local(place.anchor, TIMEZONE)}",
    )
    for what, where in summary.places(app):
        print(f"{what + ':':15}{where}")
    print(f"\nTry: school-monitor queue --config {place.configuration}")


def _serve(clock: SetClock, urls: dict[str, str]) -> None:
    asked = StopSignal()
    for name, url in urls.items():
        print(f"{name} answers at {url}", flush=True)
    print("Ctrl-C stops them.", flush=True)
    while not asked.wait(1):
        clock.at = system_clock()
