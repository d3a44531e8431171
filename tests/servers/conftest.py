"""Tests on real servers. They are skipped, with a sentence, where they were not asked for or are not installed."""

import os

import pytest

ASKED_FOR = "SCHOOL_MONITOR_TEST_SERVERS"


def pytest_collection_modifyitems(items):
    """A site and a whole network are started for these: only where somebody wants that."""
    if os.environ.get(ASKED_FOR):
        return
    for item in items:
        if "tests/servers/" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason="real servers are tried by make test-servers"))
