"""A list of words to rehearse, read from a file of its own."""

from __future__ import annotations

from pathlib import Path

from config.checking import fit
from config.judging import CandidateList
from config.problems import ConfigurationProblems
from config.schema import tables
from config.toml_file import read_toml


def read_candidate(path: Path) -> CandidateList:
    """Read a candidate list. Raises ConfigurationProblems holding every problem found."""
    file = read_toml(path, path.name, "Name a file with allow, deny, thresholds or models as in [judging]")
    candidate, problems = fit(CandidateList, file, list(tables(CandidateList, file.content)))
    if problems or candidate is None:
        raise ConfigurationProblems(problems)
    return candidate
