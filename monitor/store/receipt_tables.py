"""The tables of how words reached us: in which answer of a network, and where in it they stood."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from monitor.store.base import Base, Id, Json, Short, Words


class Exchange(Base):
    """One answer of a network, without its body: what a snapshot says of how an item reached us.

    `headers` are the reply's, credentials left out; their Date is a clock that is not ours.
    """

    __tablename__ = "exchange"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    method: Mapped[Short]
    url: Mapped[Words]
    status: Mapped[int]
    headers: Mapped[Json]
    received_at: Mapped[datetime]
    body_digest: Mapped[Short]
    body_length: Mapped[int]


class Receipt(Base):
    """How a Version reached us.

    `offset`: where its bytes began in the answer; None: they could not be cut out. `left_out`: members of it that
    held what other people said, and were cut out of the bytes.
    """

    __tablename__ = "receipt"

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True)
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    offset: Mapped[int | None]
    left_out: Mapped[Json]

    exchange: Mapped[Exchange] = relationship()
