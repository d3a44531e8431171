"""kill -9 at moments drawn by lot, while mails are being sent: none is lost, and a second copy shows that it is one.

Two hundred kills and more, with the share of second copies, are in tests/benchmarks/bench_mail_killed.py.
"""

import random

from mail_killing import kill_again_and_again

KILLS = 40
MAILS_IN_A_LIFE = 4


def test_a_sender_that_is_killed_again_and_again_loses_no_mail(tmp_path):
    seed = random.SystemRandom().randrange(1 << 32)
    outcome = kill_again_and_again(tmp_path, KILLS, MAILS_IN_A_LIFE, seed)
    print(outcome)  # noqa: T201  the seed, to see it again
    assert outcome.kills == KILLS
    assert outcome.lost == set(), outcome
    assert outcome.unsent == set(), outcome
    assert outcome.strangers == set(), outcome
    # A life that is killed can leave one mail accepted and not ticked off, and no more than that one.
    assert outcome.duplicates <= outcome.kills, outcome
    assert max(outcome.accepted.values()) <= 1 + outcome.kills
