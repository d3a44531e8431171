"""The command line's last net, and what every command has in common."""

import pytest

from monitor.__main__ import COMMANDS, main


def test_an_unforeseen_fault_is_one_sentence_without_what_it_was_about(monkeypatch, capsys):
    def broken(_args):
        raise RuntimeError("the comment said: you idiot")

    monkeypatch.setattr("monitor.commands.queue.run", broken)
    assert main(["queue"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        "school-monitor: stopped on a fault of this program or its disk (RuntimeError at test_main.py:"
    )
    assert "idiot" not in said
    assert "Traceback" not in said


def test_no_command_at_all_shows_what_there_is(capsys):
    assert main([]) == 2
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


def test_an_unknown_command_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["queu"])
    assert ended.value.code == 2
    assert "queu" in capsys.readouterr().err
