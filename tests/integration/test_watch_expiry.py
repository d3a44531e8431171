"""The end of credentials is told at 14, 7 and 1 days, and again after a renewal."""

from dataclasses import replace

import pytest
from desk import DAY, HOUR, NOW, SCRIPTED, Desk, Scripted, emptied, page
from watch_desk import KIM, TECHNICIAN, expires, open_ones, read, tell, texts, told


@pytest.fixture
def desk(tmp_path, store_for_all):
    return Desk(tmp_path, accounts=SCRIPTED + TECHNICIAN, store=emptied(store_for_all))


class Ending(Scripted):
    """A connector whose credentials end."""

    ends = None

    def check(self):
        return replace(super().check(), expires_at=self.ends)


def test_the_end_of_credentials_is_told_at_fourteen_seven_and_one_days_and_again_after_a_renewal(desk):
    connector = Ending({"comments": [page()]})
    connector.ends = NOW + 20 * DAY
    days = []
    for day in range(20):
        desk.clock.at = NOW + day * DAY + HOUR
        before = len(desk.deliveries("expiry"))
        desk.collector(connector).run()
        tell(desk)
        tell(desk)
        if len(desk.deliveries("expiry")) > before:
            days.append(20 - day)
    assert days == [14, 7, 1]
    assert told(desk) == [("expiry", KIM)] * 3
    (first,) = texts(desk, "Credentials end in 14 days - Facebook page")
    assert "The network takes them until Mon 30 Nov 09:00." in first
    assert "access_token_env" in first
    assert len(texts(desk, "Credentials end within a day")) == 1
    connector.ends = NOW + 80 * DAY
    desk.clock.at += 2 * DAY
    desk.collector(connector).run()
    tell(desk)
    assert open_ones(desk) == []
    desk.clock.at = NOW + 70 * DAY
    desk.collector(connector).run()
    tell(desk)
    assert told(desk) == [("expiry", KIM)] * 4


def test_warnings_that_were_missed_are_not_made_up_for(desk):
    read(desk)
    expires(desk, NOW + 20 * HOUR)
    tell(desk)
    assert [d.key.rpartition(" ")[2] for d in desk.deliveries("expiry")] == ["1"]


def test_a_token_renewed_for_a_few_days_only_is_warned_of_anew(desk):
    read(desk)
    expires(desk, NOW + 2 * DAY)
    tell(desk)
    expires(desk, NOW + 10 * DAY)
    tell(desk)
    assert told(desk) == [("expiry", KIM)] * 2


def test_a_warning_still_unsent_when_the_token_was_renewed_is_dropped(desk):
    read(desk)
    expires(desk, NOW + 2 * DAY)
    desk.app.watch.look()
    expires(desk, None)
    tell(desk)
    assert told(desk) == []
