"""A desk whose school goes by a pack made for the test, and who decides at it."""

import pytest
from evidence_desk import run_command
from pack_samples import a_pack

from monitor.store.item_tables import Decision
from monitor.wiring import build_app


def with_pack(desk, holds=None, **changes):
    """The same desk and books under a pack that holds back what `holds` says, by category."""
    pack = a_pack({} if holds is None else holds, **changes)
    desk.settings = desk.settings.model_copy(update={"policy": pack})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.wiring.open_store", lambda _: desk.store)
        desk.app = build_app(desk.settings, desk.clock)
    return desk


class Deciding:
    """The commands `decide`, `show`, `queue` and `export` on one desk."""

    def __init__(self, desk, monkeypatch, capsys):
        self._desk, self._by = desk, (monkeypatch, capsys)

    def run(self, *words):
        """Exit status, output and errors."""
        return run_command(self._desk, *self._by, *words)

    def decide(self, action, *more, by="Mrs Ali", case="c1"):
        number = self._desk.items()[case].id
        return self.run("decide", number, action, "--by", by, "--why", "because", *more)

    def done(self, action, *more, **options):
        """Decide, which must work, and return the number of the decision."""
        status, _out, err = self.decide(action, *more, **options)
        assert (status, err) == (0, ""), err
        return self._desk.all_of(Decision)[-1].id

    def refused(self, action, *more, **options):
        """Decide, which must not work, and return what was said."""
        before = len(self._desk.all_of(Decision))
        status, out, err = self.decide(action, *more, **options)
        assert status in {1, 2}
        assert (out, len(self._desk.all_of(Decision))) == ("", before)
        return err.removeprefix("school-monitor: ").strip()

    def shown(self, case="c1"):
        return self.run("show", self._desk.items()[case].id)[1]
