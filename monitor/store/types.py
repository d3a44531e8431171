"""Column types that cannot be misread."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Takes aware values only, stores UTC, gives back aware UTC values.

    SQLite keeps no time zone: a naive value written today would be read as another moment tomorrow, so naive
    values are refused here rather than guessed at.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times with TypeError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"a moment without time zone cannot be stored: {value.isoformat()}; give an aware time")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Gives UTC back."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
