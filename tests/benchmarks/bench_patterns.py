"""What patterns, personal data and other languages cost, for comments of any length. Run with `make bench`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from monitor.language.other_languages.languages import find_language
from monitor.language.patterns import find_patterns, shipped_patterns
from monitor.language.personal_data import find_personal_data
from monitor.language.reading import read

CHECKS: dict[str, Callable[..., object]] = {
    "patterns": find_patterns,
    "personal data": find_personal_data,
    "languages": find_language,
}
NASTY = [
    "i will ",
    "know where ",
    "0 ",
    "07700 900 321 ",
    "a@",
    "a dot ",
    "oh ",
    "é",
    "jest ",
    "кура ",
    "((((",
    "'",
    "?",
]


def bench_patterns_personal_data_and_languages() -> None:
    """Print microseconds a comment, then milliseconds for 25,000 and 100,000 characters of the same nasty piece."""
    texts = [text for one in shipped_patterns().all for text in (*one.hits, *one.misses)]
    readings = [read(text) for text in texts]
    for name, check in CHECKS.items():
        list(map(check, readings))
        started = time.perf_counter()
        list(map(check, readings))
        each = (time.perf_counter() - started) / len(readings)
        sys.stdout.write(
            f"{name:14} {each * 1e6:7.1f} us a comment of {sum(map(len, texts)) // len(texts)} characters\n"
        )
    for piece in NASTY:
        for name, check in CHECKS.items():
            costs = [_cost(check, (piece * 100_000)[:length]) for length in (25_000, 100_000)]
            sys.stdout.write(f"{piece!r:18} {name:14} {costs[0]:8.1f} ms {costs[1]:8.1f} ms\n")


def _cost(check: Callable[..., object], text: str) -> float:
    reading = read(text)
    started = time.perf_counter()
    check(reading)
    return (time.perf_counter() - started) * 1000
