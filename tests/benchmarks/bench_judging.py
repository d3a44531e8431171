"""What judging one comment costs. Run with `make bench`."""

import time
from datetime import date

from config.policy import PolicyPack
from monitor.language.flags import judge
from monitor.language.tags import tags_of

POLICY = PolicyPack(
    id="bench", name="Bench", version="1", review_by=date(2027, 9, 1), response_clause="Monitoring",
    response_in_words="Within a day.", categories={},
)  # fmt: skip
COMMENTS = [
    "Lovely afternoon, thank you to all the staff",
    "What time does the fair start, and can siblings come along?",
    "Three weeks and still no reply about the coat my daughter lost at breakfast club.",
    "this is sh*t, you are run by clowns and i know where u live",
]
LONGEST = 100_000  # characters


def bench_judging_a_comment():
    judge("warm up", POLICY)
    started = time.perf_counter()
    for _ in range(500):
        for comment in COMMENTS:
            judge(comment, POLICY)
            tags_of(comment)
    each = (time.perf_counter() - started) / (500 * len(COMMENTS))
    print(f"\njudging and tagging: {each * 1e6:.0f} microseconds a comment")  # noqa: T201  figures are its purpose
    assert each < 0.005


def bench_judging_the_longest_comments():
    for name, piece in (
        ("words", "the cat sat on a mat "),
        ("masked", "f**k "),
        ("spaced", "f "),
        ("hidden", "\u200b"),
    ):
        text = (piece * LONGEST)[:LONGEST]
        started = time.perf_counter()
        judge(text, POLICY)
        took = time.perf_counter() - started
        print(f"judging {LONGEST:,} characters, {name}: {took:.2f} seconds")  # noqa: T201  figures are its purpose
        assert took < 5
