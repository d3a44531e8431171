"""What a process costs, held against what another costs at the same moment: machines differ, and so do moods."""

import resource
import subprocess
import sys

from processes import PATIENCE, PROGRAM, surroundings

LIBRARIES = "import apscheduler.schedulers.background, holidays, jinja2, pydantic, requests, sqlalchemy.orm"


def processor_seconds(*command):
    """Processor time of one process, run to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, env=surroundings(), timeout=PATIENCE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_the_libraries():
    """What it costs to import the libraries the daemon is made of, and nothing else."""
    return processor_seconds(sys.executable, "-c", LIBRARIES)


def of_help(command):
    """What `--help` of a command costs."""
    return processor_seconds(PROGRAM, command, "--help")
