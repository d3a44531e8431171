import pytest
from harness import installed


def pytest_generate_tests(metafunc):
    """A test that asks for `network` runs once for every network that has a harness."""
    if "network" in metafunc.fixturenames:
        networks = installed()
        metafunc.parametrize("network", networks, ids=[each.network for each in networks])


@pytest.fixture
def no_sleep(monkeypatch):
    """Whoever sleeps while reading a network fails the test."""

    def refuse(seconds):
        raise AssertionError(f"something slept for {seconds} s instead of saying when to come back")

    monkeypatch.setattr("time.sleep", refuse)


@pytest.fixture(scope="module")
def quiet_servers():
    """No traceback on the terminal for a connection that a test tears down on purpose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socketserver.BaseServer.handle_error", lambda *_: None)
        yield
