"""What every table is made of: the base class and the kinds of columns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from monitor.store.types import UtcDateTime

Id = Annotated[int, mapped_column(primary_key=True)]
RemoteId = Annotated[str, mapped_column(String(300))]
Short = Annotated[str, mapped_column(String(300))]
Words = Annotated[str, mapped_column(Text)]
Json = Annotated[Any, mapped_column(JSON)]


class Base(DeclarativeBase):
    # Named constraints can be changed by a later schema step on both engines; nameless ones cannot.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}
