"""Busy days read every half hour, with faults: what is exported is what the network showed.

`make bench` does the same with the whole fortnight, read every quarter of an hour.
"""

import pytest
from busy_fortnight import DAY, MINUTE, NETWORKS
from stormy_days import live_through

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


@pytest.fixture
def letter_network(network):
    if network.network not in NETWORKS:
        pytest.skip(f"{network.network} does not tell everything that happens to a comment")
    return network


def test_after_busy_days_with_faults_the_export_is_what_the_network_showed(letter_network, tmp_path):
    failed, exported, shown = live_through(letter_network, tmp_path, 3 * DAY, 240, every=30 * MINUTE, one_in=20)
    assert failed > 5, "the faults were met"
    assert exported.keys() == shown.keys()
    wrong = {key: (exported[key], line) for key, line in shown.items() if exported[key] != line}
    assert wrong == {}
