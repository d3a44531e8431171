import pytest
from desk import Desk, emptied

from monitor.store.engine import open_store


@pytest.fixture(scope="session")
def store_for_all(tmp_path_factory):
    """One database, emptied before each test that uses it."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('books') / 'books.db'}")
    yield store
    store.close()


@pytest.fixture
def desk(tmp_path, store_for_all):
    """The monitor of one school with a scripted account; `desk.change(...)` gives it another configuration."""
    return Desk(tmp_path, store=emptied(store_for_all))
