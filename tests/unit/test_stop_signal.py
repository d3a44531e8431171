"""Being asked to stop is heard at any moment, also just before one goes to sleep."""

import signal
import subprocess
import sys

JUST_BEFORE = """
import ctypes, os, signal, select
from monitor.stop_signal import StopSignal

asked = StopSignal()
real = select.select
# From C, with no step of Python between the signal and the sleep: as when it comes at the worst moment.
kill, getpid = ctypes.PyDLL(None).kill, os.getpid()
def asleep(*waiting):
    kill(getpid, signal.SIGTERM), real(*waiting)
    return real(*waiting)
select.select = asleep
assert asked.wait(30)
print("stopped")
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_it_is_heard_when_it_comes_just_before_going_to_sleep():
    done = run(JUST_BEFORE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


def test_it_stays_heard():
    code = "import os, signal; from monitor.stop_signal import StopSignal; s = StopSignal(); "
    code += "os.kill(os.getpid(), signal.SIGINT); print(s.wait(0), s.wait(0), s.wait())"
    assert run(code).stdout == "True True True\n"


def test_nobody_asked():
    before = signal.getsignal(signal.SIGTERM)
    assert run("from monitor.stop_signal import StopSignal; print(StopSignal().wait(0))").stdout == "False\n"
    assert signal.getsignal(signal.SIGTERM) is before
