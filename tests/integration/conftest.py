import pytest
from alert_desk import with_people
from desk import SCRIPTED, Desk, emptied
from postgresql import empty, server

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


@pytest.fixture(scope="session")
def postgresql():
    """One PostgreSQL server: address of its database, which every test leaves empty, and all of it as text."""
    with server() as started:
        yield started


@pytest.fixture
def shared(postgresql, tmp_path):
    """A school on PostgreSQL, where two programs write at the same time."""
    desk = Desk(tmp_path)
    yield with_people(desk, accounts=f'{SCRIPTED}\n[storage]\ndatabase = "{postgresql[0]}"\n')
    empty(desk.store)
    desk.close()
