"""How many mails each person gets in a fortnight with a night in which 300 comments come under one post.

Target: nobody more than 6 a day that are not urgent; everything urgent out within a minute of being kept. Time is
simulated and lived by the minute, so delays are exact; `tests/integration/test_mail_fortnight.py` says what must be
true of it.
"""

import time
from collections import Counter
from datetime import timedelta

from mail_fortnight import AT_ONCE, MailFortnight
from mail_world import FIRST_DAY

DAYS = [FIRST_DAY + timedelta(days=n) for n in range(15)]


def bench_mail_fortnight(tmp_path):
    begun = time.perf_counter()
    fortnight = MailFortnight(tmp_path).live()
    took = time.perf_counter() - begun
    waits = [at - alert.opened_at for alert, at in fortnight.first_mails()]
    each_day, comments = fortnight.each_day(), len(fortnight.comments())
    most = max(sum(kind not in AT_ONCE for kind in kinds) for kinds in each_day.values())
    lines = [
        f"{comments} comments, {len(fortnight.mails)} mails; {fortnight.looks} looks, lived in {took:.1f} s",
        f"most mails to one person on one day that are not urgent: {most}",
        f"{len(waits)} urgent comments, the slowest told after {max(waits).total_seconds():.0f} s",
        "mails a day that are not urgent + those that are:",
        *_by_day(each_day),
        "by kind:",
        *_by_kind(Counter((mail.to, mail.kind) for mail in fortnight.mails)),
    ]
    fortnight.close()
    print("\n" + "\n".join(lines))


def _by_day(each_day):
    yield " " * 24 + "".join(f"{day:%a %d} " for day in DAYS)
    for person in sorted({person for person, _ in each_day}):
        counts = [Counter(kind in AT_ONCE for kind in each_day[person, day]) for day in DAYS]
        row = [f"{each[False]}+{each[True]}" if each[True] else f"{each[False] or '-'}" for each in counts]
        yield f"{person:24}" + "".join(f"{each:>6} " for each in row)


def _by_kind(counts):
    kinds = sorted({kind for _, kind in counts})
    yield " " * 24 + " ".join(kinds)
    for person in sorted({person for person, _ in counts}):
        yield f"{person:24}" + " ".join(f"{counts[person, kind] or '-':>{len(kind)}}" for kind in kinds)
