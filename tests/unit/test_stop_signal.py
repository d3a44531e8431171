"""Being asked to stop is heard at any moment, also in the middle of beginning to wait."""

import os
import signal
import subprocess
import sys

STORM = """
import os, signal, sys, threading
from monitor.stop_signal import StopSignal

asked = StopSignal()
threading.Thread(target=lambda: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(3000)]).start()
for _ in range(20000):
    assert asked.wait(0) in (True, False)
assert asked.wait(30)
print("stopped")
"""


def test_a_storm_of_signals_while_it_waits_again_and_again_neither_blocks_nor_ends_it():
    done = subprocess.run([sys.executable, "-c", STORM], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


def test_nobody_asked():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    code = "from monitor.stop_signal import StopSignal; print(StopSignal().wait(0))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=os.environ)
    assert (done.stdout, done.stderr) == ("False\n", "")
    assert before == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))
