"""Busy days read several times an hour on a network that fails now and then in every way there is."""

from datetime import timedelta
from random import Random

from busy_fortnight import Fortnight, truth
from harness import NOW
from office import QUARTER, Office
from reading import BROKEN, TEMPORARY

FAULTS = {
    name: answer
    for name, answer in (TEMPORARY | BROKEN).items()
    if name not in {"connection reset", "nested too deeply"}
}
ONE_IN = 40
CALM = timedelta(hours=6)
"""At the end, so that by then everything can be known."""


def live_through(network, folder, length, messages, every=QUARTER, one_in=ONE_IN):
    """How often reading failed, what is exported afterwards, and what the network showed at the end.

    `every`: how often it is read; one request in `one_in` fails.
    """
    begin = NOW.replace(hour=6)
    story = Fortnight(network, begin, messages=messages, length=length)
    limits = [lambda _, answer=answer: answer for answer in network.rate_limited()[:1]]
    with network.stand_in(story.world, lambda: office.clock()) as stand_in:
        office = Office(
            folder, network.network, lambda: network.connector(stand_in, office.clock), begin, every=every
        )
        stand_in.fault = _now_and_then(Random(7), [*FAULTS.values(), *limits], one_in)
        failed = 0
        while office.clock() < begin + length:
            if office.clock() >= begin + length - CALM:
                stand_in.fault = None
            failed += bool(office.poll().failures)
        exported = office.export()
        office.close()
    return failed, exported, truth(story.world, begin + length - every, network.network)


def _now_and_then(dice, answers, one_in):
    """A network that fails one time in so many, credentials excepted."""

    def fault(request, number):
        return None if dice.randrange(one_in) else dice.choice(answers)(request)

    return fault
