"""Looking into a desk's evidence: its folders, and what its log says."""

from monitor.__main__ import main
from monitor.custody.log import Actor
from monitor.evidence.log.commitment import read_record
from monitor.store import evidence_log

MRS_ALI = Actor("Mrs Ali", "because", "ali on office-pc")


def folder_of(desk, snapshot):
    return desk.settings.evidence_folder / snapshot.path


def entries(desk):
    """Every entry of the log, in order."""
    with desk.rows() as (tx, school, _):
        return list(evidence_log.entries(tx, school))


def records(desk, *kinds):
    """What the entries of these kinds say, in order; of all kinds where none is given."""
    return [read_record(e.record) for e in entries(desk) if e.record and (not kinds or e.kind in kinds)]


def run_command(desk, monkeypatch, capsys, *words):
    """Exit status, output and errors of a command on this desk, at the desk's hour."""
    parts = [str(word).replace("-", "_") for word in words[:2]]
    name = "_".join(parts) if parts[0] in {"evidence", "retention"} else parts[0]
    at_work = {"evidence_release": "evidence_hold"}.get(name, name)  # the one is the other, turned round
    monkeypatch.setattr(f"monitor.commands.{at_work}.app_for", lambda _args: desk.app)
    capsys.readouterr()
    status = main([str(word) for word in words])
    said = capsys.readouterr()
    return status, said.out, said.err
