"""Every kind of mail of an invented school: what the files `*_samples.py` of the unit tests give as `samples()`."""

import sys
from importlib import import_module
from pathlib import Path

UNIT = Path(__file__).parents[1] / "unit"


def all_mails():
    """Every sample by its name: a kind of mail, and where there are several of a kind, what is special about it."""
    if str(UNIT) not in sys.path:
        sys.path.insert(0, str(UNIT))
    found = {}
    for path in sorted(UNIT.glob("*_samples.py")):
        module = import_module(path.stem)
        if not hasattr(module, "samples"):
            continue
        samples = module.samples()
        assert not samples.keys() & found.keys(), f"{path.name} gives a name that is taken"
        found |= samples
    return found


def page_of(message):
    """Its HTML."""
    return _part(message, "html")


def text_of(message):
    """Its plain text."""
    return _part(message, "plain")


def _part(message, subtype):
    return next(part.get_content() for part in message.iter_parts() if part.get_content_subtype() == subtype)
