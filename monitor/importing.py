"""Taking in what a school downloaded from an account: the past, through the same hands as what is read.

What is held already is left as it is: an archive is older than what the network shows now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from connectors.base import Batch
from monitor.keeping import PageKeeper
from monitor.ledger_line import RunResult
from monitor.store import known

STREAM = "import"


@dataclass
class Imported:
    """What one import did. `held`: items that were there already."""

    result: RunResult
    held: int = 0


def take_in(keeper: PageKeeper, batches: Iterable[Batch]) -> Imported:
    """Keep what is new, one transaction a batch, so that an import that was cut off is simply done again."""
    book = keeper.book
    done = Imported(RunResult(book.account_key))
    for batch in batches:
        with book.store.reading() as tx:
            account = book.account(tx)
            new = tuple(item for item in batch.items if not known.is_held(tx, account, item))
        done.held += len(batch.items) - len(new)
        with book.line(STREAM, book.clock(), done.result) as line:
            keeper.keep(STREAM, replace(batch, items=new, complete=True), line, done.result)
            done.result.items += len(batch.items)
    return done
