import pytest
from desk import Desk


@pytest.fixture
def desk(tmp_path):
    """The monitor of one school with a scripted account; `desk.change(...)` gives it another configuration."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()
