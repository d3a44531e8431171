"""What every test has in common: where it writes, and how often Python looks for garbage meanwhile."""

import gc
import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
PLENTY = 6 << 30
"""Bytes. A whole run leaves one thousand million behind until its end."""


def pytest_configure(config):
    """The program waits for the disk after every page, and memory is quicker.

    Whoever names a place for them, by pytest's own option or variable, is obeyed.
    """
    if config.option.basetemp is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > PLENTY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish():
    """Ten thousand tests and all libraries stay until the end: to look among them for garbage is a tenth of the time.

    What a test leaves unclosed is found as before, a little later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
