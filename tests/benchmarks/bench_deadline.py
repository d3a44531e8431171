"""What one deadline costs. `make bench` prints it."""

import time
from datetime import UTC, datetime, timedelta

from config.policy import ResponseRule
from monitor.rules.response import due_at

CALLS = 5000


def microseconds_per_call(rule, days_apart):
    received = [datetime(2026, 1, 3, 9, tzinfo=UTC) + timedelta(days=days_apart * (n % 50)) for n in range(CALLS)]
    due_at(received[0], "Europe/London", rule)
    begin = time.perf_counter()
    for moment in received:
        due_at(moment, "Europe/London", rule)
    return (time.perf_counter() - begin) / CALLS * 1e6


def bench_one_deadline_costs_microseconds():
    summer = ResponseRule(
        closures=[["2026-07-18", "2026-09-01"]], closures_working=False, due_on_nonworking="roll_end"
    )
    measured = {
        "any day of the year": microseconds_per_call(ResponseRule(), 7.3),
        "Saturdays": microseconds_per_call(ResponseRule(), 7),
        "into a closed summer": microseconds_per_call(summer, 7.3),
    }
    for what, cost in measured.items():
        print(f"\n  {what}: {cost:.0f} µs a deadline, with its derivation", end="")
    assert max(measured.values()) < 1000
