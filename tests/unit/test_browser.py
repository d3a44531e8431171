"""The browser is the one the settings name, and never runs as root."""

import os

import pytest

from monitor.evidence.outside import browser as browser_module
from monitor.evidence.outside.browser import find_browser, ordinary_user
from monitor.evidence.outside.devtools import BrowserFailed


def test_a_browser_is_never_run_as_root(monkeypatch):
    def nobody_there(_name):
        raise KeyError

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(browser_module.pwd, "getpwnam", nobody_there)
    with pytest.raises(BrowserFailed, match="a browser is never run as root"):
        ordinary_user()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert ordinary_user() is None


def test_the_browser_of_the_settings_comes_first_and_nothing_takes_its_place(tmp_path, monkeypatch):
    for name in ("chromium", "google-chrome", "mine"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "no-program").write_text("text")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == tmp_path / "chromium"
    assert find_browser(tmp_path / "mine") == tmp_path / "mine"
    assert find_browser(tmp_path / "no-program") is None
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert find_browser() is None
