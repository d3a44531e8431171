"""The schema that the steps build is the one the tables describe."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from desk import NOW
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import IntegrityError

from monitor.store import migrate
from monitor.store.base import Base
from monitor.store.engine import HEAD, open_store
from monitor.store.item_tables import Flag


@pytest.fixture
def url(tmp_path):
    url = f"sqlite:///{tmp_path / 'books.db'}"
    open_store(url).close()
    return url


def test_the_steps_lead_to_exactly_the_tables_the_program_describes(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
    engine.dispose()


def test_the_newest_step_is_the_one_the_program_expects():
    config = Config()
    config.set_main_option("script_location", migrate.__file__.replace("migrate.py", "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_every_constraint_has_a_name_by_which_a_later_step_can_change_it(url):
    engine = create_engine(url)
    seen = inspect(engine)
    nameless = [
        (table, constraint)
        for table in Base.metadata.tables
        for constraint in [
            seen.get_pk_constraint(table),
            *seen.get_foreign_keys(table),
            *seen.get_unique_constraints(table),
        ]
        if not constraint["name"]
    ]
    engine.dispose()
    assert nameless == []


def test_a_flag_on_a_comment_that_does_not_exist_is_refused(url):
    store = open_store(url)
    words = {"category": "abuse", "severity": "note", "detector": "words/1", "reason": "Insults.", "clause": ""}
    with pytest.raises(IntegrityError), store.writing() as tx:
        tx.add(Flag(comment_id=1, version_id=1, score=1.0, start=0, end=1, raised_at=NOW, **words))
    store.close()
