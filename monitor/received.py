"""The answers one page was read from: each item's own bytes out of them, and a receipt for what is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence

from connectors.fetched import Exchange as Answer
from connectors.fetched import FetchedItem
from monitor.evidence.wire_bytes import ItemBytes, PageBytes, without_others
from monitor.store.engine import Transaction
from monitor.store.item_tables import Version
from monitor.store.receipt_tables import Exchange
from monitor.store.receipts import give_receipt, keep_exchange
from monitor.store.school_tables import Account

NOT_WRITTEN = '{"not_written": "this item is nested too deeply to be written down"}'


class ReceivedPage:
    """The page in hand. An answer gets a row once the first item out of it is kept."""

    def __init__(self, tx: Transaction, account: Account, answers: Sequence[Answer]) -> None:
        self._tx, self._account = tx, account
        self._bytes = PageBytes(answers)
        self._only = answers[0] if len(answers) == 1 else None
        self._found: dict[str, ItemBytes | None] = {}
        self._rows: dict[int, Exchange] = {}

    def payload(self, item: FetchedItem) -> str:
        """The item as it is kept: its bytes on the wire, or, where they cannot be had, as decoded.

        Either way without what other people wrote inside it: they may ask for their words to be erased.
        """
        found = self._found[item.remote_id] = self._own_bytes(item)
        if found:
            return found.content.decode()
        try:
            return json.dumps(without_others(item.raw), default=repr)
        except RecursionError:
            return NOT_WRITTEN

    def receipt(self, version: Version, item: FetchedItem) -> None:
        """Note in which answer a version came whose `payload` was asked for, if that can be told."""
        found = self._found[item.remote_id]
        answer = found.exchange if found else self._only
        if answer is None:
            return
        row = self._rows.get(id(answer))
        if row is None:
            row = self._rows[id(answer)] = keep_exchange(self._tx, self._account, answer)
        offset, left_out = (found.offset, found.left_out) if found else (None, ())
        give_receipt(self._tx, version, row, offset, left_out)

    def _own_bytes(self, item: FetchedItem) -> ItemBytes | None:
        """Its bytes, where they are text: what is no UTF-8 cannot be stored to the letter, and so is not claimed."""
        found = self._bytes.find(item.raw, item.remote_id)
        try:
            if found:
                found.content.decode()
        except UnicodeDecodeError:
            return None
        return found
