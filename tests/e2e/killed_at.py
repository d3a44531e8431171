"""Runs the program in this process and kills it with signal 9 when it is about to do something for the n-th time.

    python -B killed_at.py os.rename plan.json 1 restore FOLDER ...

What it is about to do is told by Python's own audit events; those count that are about a path with this part in it,
and of "open" those only that may make a file.
"""

import os
import signal
import sys

from monitor.__main__ import main

event, part, left = sys.argv[1], sys.argv[2], int(sys.argv[3])


def watch(name, args):
    global left
    if name != event or part not in " ".join(map(str, args)):
        return
    if name == "open" and not (args[2] or 0) & os.O_CREAT:
        return
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(watch)
sys.exit(main(sys.argv[4:]))
