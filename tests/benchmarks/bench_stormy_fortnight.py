"""A whole busy fortnight with faults on each network: how much of what it showed is stored as it showed it."""

import sys
from pathlib import Path

import pytest
from busy_fortnight import FORTNIGHT, MESSAGES, NETWORKS

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))


def _harnesses():
    from harness import installed

    return [network for network in installed() if network.network in NETWORKS]


@pytest.mark.parametrize("network", _harnesses(), ids=lambda each: each.network)
def bench_stormy_fortnight(network, tmp_path):
    from stormy_days import live_through

    failed, exported, shown = live_through(network, tmp_path, FORTNIGHT, MESSAGES)
    right = sum(exported.get(key) == line for key, line in shown.items())
    print(
        f"\n{network.network:>15}: {failed} readings failed; {right} of {len(shown)} stored as the network "
        f"showed them, {len(exported.keys() - shown.keys())} besides"
    )
    assert right == len(shown) == len(exported)
