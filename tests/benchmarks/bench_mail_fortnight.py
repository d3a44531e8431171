"""How many mails each person gets in a fortnight with a night in which 300 comments come under one post.

Target: nobody more than 6 a day that are not urgent; everything urgent out within a minute of being kept. Time is
simulated, so delays are exact. `tests/integration/test_mail_fortnight.py` holds what must be true of it.
"""

import time
from collections import Counter
from datetime import timedelta

from mail_fortnight import AT_ONCE, FIRST_DAY, MODERATORS, MailFortnight

from monitor.store import outbox


def bench_mail_fortnight(tmp_path):
    begun = time.perf_counter()
    fortnight = MailFortnight(tmp_path).live()
    took = time.perf_counter() - begun
    days = [FIRST_DAY + timedelta(days=n) for n in range(15)]
    each_day = fortnight.each_day()
    people = sorted({person for person, _ in each_day})
    comments = fortnight.comments()
    print(
        f"\n{len(comments)} comments, {len(fortnight.mails)} mails; lived in {took:.1f} s, {fortnight.ticks} minutes"
    )
    print("\nmails a day that are not urgent + urgent ones")
    print(f"{'':26}" + "".join(f"{day:%a %d} " for day in days))
    for person in people:
        counts = [Counter(kind in AT_ONCE for kind in each_day[person, day]) for day in days]
        row = [f"{each[False]}+{each[True]}" if each[True] else f"{each[False] or '-'}" for each in counts]
        print(f"{person:26}" + "".join(f"{each:>6} " for each in row))
    kinds = Counter((mail.to, mail.kind) for mail in fortnight.mails)
    print("\n" + f"{'':26}" + " ".join(sorted({kind for _, kind in kinds})))
    for person in people:
        row = [f"{kinds[person, kind]:>{len(kind)}}" for kind in sorted({kind for _, kind in kinds})]
        print(f"{person:26}" + " ".join(row))
    waits = [
        min(m.at for m in fortnight.mails if m.kind == outbox.URGENT and alert.comment_id in m.told) - alert.opened_at
        for alert in fortnight.alerts()
    ]
    print(f"\n{len(waits)} urgent comments, the slowest told after {max(waits).total_seconds():.0f} s")
    most = max(sum(k not in AT_ONCE for k in kinds) for (who, _), kinds in each_day.items() if who in MODERATORS)
    print(f"most mails to a moderator on one day that are not urgent: {most}")
    fortnight.close()
