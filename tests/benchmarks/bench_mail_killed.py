"""At least 200 times kill -9 while mails are being sent: none lost, at most 1 in 100 arrives twice, all recognisable.

A sender that is killed in the few milliseconds between the server's word and its own commit has its last mail sent
again. How many that is depends on how often it is killed: here after 40 mails on average.
"""

import random

from mail_killing import kill_again_and_again

KILLS = 200
MAILS_IN_A_LIFE = 40
MOST_TWICE = 0.01


def bench_mail_killed(tmp_path):
    outcome = kill_again_and_again(tmp_path, KILLS, MAILS_IN_A_LIFE, random.SystemRandom().randrange(1 << 32))
    print(f"\n{outcome}")
    assert (outcome.lost, outcome.unsent, outcome.strangers) == (set(), set(), set()), outcome
    assert outcome.duplicates <= MOST_TWICE * len(outcome.owed), outcome
