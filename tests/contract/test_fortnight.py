"""Busy days read every quarter of an hour, with faults: what is exported is what the network showed.

`make bench` does the same with the whole fortnight, and prints what it cost.
"""

from datetime import timedelta
from random import Random

import pytest
from busy_fortnight import DAY, NETWORKS, Fortnight, truth
from harness import NOW
from office import QUARTER, Office
from reading import BROKEN, TEMPORARY

FAULTS = {
    name: answer
    for name, answer in (TEMPORARY | BROKEN).items()
    if name not in {"connection reset", "nested too deeply"}
}
ONE_IN = 40
LENGTH = 5 * DAY
MESSAGES = 330

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def now_and_then(dice, network, answers):
    """A network that fails one time in `ONE_IN`, in every way there is, credentials excepted."""

    def fault(request, number):
        if dice.randrange(ONE_IN):
            return None
        return dice.choice(answers)(request)

    return fault


@pytest.fixture
def letter_network(network):
    if network.network not in NETWORKS:
        pytest.skip(f"{network.network} does not tell everything that happens to a comment")
    return network


def test_after_busy_days_with_faults_the_export_is_what_the_network_showed(letter_network, tmp_path):
    network = letter_network
    begin = NOW.replace(hour=6)
    story = Fortnight(network, begin, messages=MESSAGES, length=LENGTH)
    dice = Random(7)
    limits = [lambda _, answer=answer: answer for answer in network.rate_limited()[:1]]
    with network.stand_in(story.world, lambda: office.clock()) as stand_in:
        office = Office(tmp_path, network.network, lambda: network.connector(stand_in, office.clock), begin)
        stand_in.fault = now_and_then(dice, network, [*FAULTS.values(), *limits])
        failed = 0
        while office.clock() < begin + LENGTH:
            if office.clock() >= begin + LENGTH - timedelta(hours=6):
                stand_in.fault = None
            failed += bool(office.poll().failures)
        exported = office.export()
        office.close()
    shown = truth(story.world, begin + LENGTH - QUARTER, network.network)
    assert failed > 5, "the faults were met"
    assert exported.keys() == shown.keys()
    wrong = {key: (exported[key], line) for key, line in shown.items() if exported[key] != line}
    assert wrong == {}
