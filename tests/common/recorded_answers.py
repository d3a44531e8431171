"""Answers of the real networks, recorded by others. None of them is part of this project."""

import json
import os
from pathlib import Path

import pytest


def recorded(network, name):
    """One recorded answer as JSON. Skips the test where the folder is not at hand."""
    shared = os.environ.get("SCHOOL_MONITOR_SHARED")
    if not shared:
        pytest.skip("needs the recorded answers: set SCHOOL_MONITOR_SHARED to the folder that holds fixtures/")
    return json.loads((Path(shared) / "fixtures" / network / f"{name}.json").read_text("utf-8"))
