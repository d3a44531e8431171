"""What the weekly report costs where a million comments of two years are stored, 9,600 of them a week.

Targets: at most 1 second and 200 MB, with the earlier weeks' reports kept; without them the trend is counted anew.
"""

import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from many_comments import YEARS, fill

from config.loading import load_settings
from monitor.clock import SetClock
from monitor.rules.slots import week_bounds
from monitor.store import ledger
from monitor.wiring import build_app

UNTIL = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
WEEK = "2026-W46"
STORED = int(os.environ.get("BENCH_WEEKLY_COMMENTS", "1000000"))
_ACCOUNT = """
[[accounts]]
key = "a{n}"
label = "Account {n}"
network = "facebook_page"
page_id = "{n}"
access_token_env = "TOKEN"
"""
_CONFIGURATION = """
[school]
name = "Oakfield"
key = "oakfield"
last_resort = "chair@governors.example"
[mail]
transport = "folder"
sender = "monitor@oakfield.example"
[[people]]
name = "Ms Okafor"
email = "head@oakfield.example"
roles = ["head"]
[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator"]
"""


def bench_weekly(tmp_path):
    file = tmp_path / "school-monitor.toml"
    file.write_text(_CONFIGURATION + "".join(_ACCOUNT.format(n=n) for n in range(1, 4)))
    app = _app(file, UNTIL - YEARS)
    _fill(app)
    app.store.close()
    first = _in_a_process_of_its_own(file, "fresh")
    for back in range(11, 0, -1):
        week = f"2026-W{46 - back:02d}"
        _, end = week_bounds(week, "Europe/London")
        again = _app(file, end)
        again.reporter.weekly_reports.to_send(week, end, "head@oakfield.example")
        again.store.close()
    later = _in_a_process_of_its_own(file, "kept")
    print(f"\nthe weekly report among {STORED:,} comments: {later}; before any was kept: {first}")


def _app(file, now):
    return build_app(load_settings(file, {"TOKEN": "x" * 24}), SetClock(now))


def _fill(app):
    with app.store.writing() as tx:
        school, pack = ledger.enrolled_school(tx, "oakfield"), app.settings.policy
        for account in ledger.accounts_of(tx, school):
            account.streams = ["comments"]
        rule = pack.response.model_dump_json()
        ledger.policy_in_force(tx, school, pack.name, pack.version, pack.response_clause, rule, UNTIL - YEARS)
    fill(app.store, 3, STORED, UNTIL)


def _in_a_process_of_its_own(file, name):
    command = [sys.executable, __file__, str(file), name]
    paths = os.pathsep.join([*sys.path, str(Path(__file__).parents[1] / "common")])
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _measure(file):
    app = _app(file, UNTIL)
    app.reporter.weekly(WEEK, UNTIL)  # statements are compiled, and the file is in the computer's memory
    wall, cpu = time.perf_counter(), time.process_time()
    app.reporter.weekly(WEEK, UNTIL)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{wall:.2f} s ({cpu:.2f} s of one core), {most:.0f} MB"


if __name__ == "__main__":
    print(_measure(Path(sys.argv[1])))
