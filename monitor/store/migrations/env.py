"""Alembic's entry point. The program hands over its own open connection; there is no other way in."""

from alembic import context

from monitor.store import (  # noqa: F401 - their tables are the schema
    delivery_tables,
    evidence_tables,
    handling_tables,
    item_tables,
    listening_tables,
    outgoing_tables,
    pile_on_tables,
    reading_tables,
    receipt_tables,
    school_tables,
    stop_tables,
    watch_tables,
    weekly_tables,
)
from monitor.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
