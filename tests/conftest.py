"""Where the tests write: into memory where there is plenty, for the program waits for the disk after every page."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
PLENTY = 6 << 30
"""Bytes. A whole run leaves one thousand million behind until its end."""


def pytest_configure(config):
    """Whoever names a place for them, by pytest's own option or variable, is obeyed."""
    if config.option.basetemp is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > PLENTY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
