"""Checking the time stamps that authorities outside the school gave for checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from alerts.filters import counted
from monitor.custody.log import checkpoint_of
from monitor.evidence.log.timestamp_check import TimestampUnavailable, verify
from monitor.evidence.log.timestamp_reply import TimestampInvalid
from monitor.store.evidence_rows import TimeStamp
from monitor.store.school_tables import School

MAY_DIFFER = timedelta(minutes=1)
"""By which our clock may be ahead of an authority's without a word about it."""


@dataclass
class StampsFound:
    """How many time stamps hold, and sentences about the others."""

    good: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_time_stamps(school: School, stamps: Iterable[TimeStamp], roots: Mapping[str, Path]) -> StampsFound:
    """Check each time stamp against the text of its checkpoint. `roots`: certificate file by authority's address."""
    found, unknown = StampsFound(), set()
    for stamp in stamps:
        root = roots.get(stamp.authority)
        if root is None:
            unknown.add(stamp.authority)
            continue
        entries = counted(stamp.checkpoint.size, "entry", "entries")
        name = f"time stamp of {_host(stamp.authority)} for the checkpoint over {entries}"
        try:
            stamped = verify(stamp.token, checkpoint_of(school, stamp.checkpoint).text(), root.read_bytes())
        except (TimestampInvalid, ValueError) as invalid:
            found.problems.append(f"{name}: {invalid}")
        except TimestampUnavailable as unavailable:
            found.notes.append(f"{name}: {unavailable}")
        except OSError as error:
            found.notes.append(f"{name}: the authority's certificate {root} cannot be read ({error.strerror})")
        else:
            found.good += 1
            if (ahead := stamp.checkpoint.at - stamped.at) > MAY_DIFFER:
                words = f"this computer's clock was {ahead.total_seconds():,.0f} s ahead of it"
                found.notes.append(f"{name}: {words}")
    found.notes += [
        f"time stamps of {_host(authority)} are kept and cannot be checked: the configuration names no such authority"
        for authority in sorted(unknown)
    ]
    return found


def _host(address: str) -> str:
    return urlsplit(address).hostname or "an authority without a name"
