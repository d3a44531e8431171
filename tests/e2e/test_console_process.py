"""The web pages as a process of their own: they open, answer over a real socket, and end when told to."""

import re
import signal
import subprocess
import sys
from http.client import HTTPConnection

import pytest

CONFIGURATION = """
[school]
name = "Oakfield Primary School"
key = "oakfield"

[mail]
transport = "folder"
sender = "monitor@oakfield.example"

[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator"]

[[people]]
name = "Ms Okafor"
email = "head@oakfield.example"
roles = ["head"]

[[accounts]]
key = "blog"
label = "Blog"
network = "feed"
feed_url = "http://127.0.0.1:9/feed"

[judging]
models = "none"
"""


@pytest.fixture
def pages(tmp_path):
    file = tmp_path / "school-monitor.toml"
    file.write_text(CONFIGURATION)
    command = [sys.executable, "-m", "monitor", "console", "--port", "0", "--config", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = next(line for line in process.stdout if line.startswith("Serving"))
        yield process, int(re.search(r":(\d+)$", line.strip())[1])
        process.kill()


def ask(port, method, path, body=None, **headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def test_it_answers_names_no_program_and_ends_when_told(pages):
    process, port = pages
    status, headers, text = ask(port, "GET", "/unsubscribe/nobody")
    assert status == 404
    assert "This link leads nowhere" in text
    assert "Server" not in headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert ask(port, "GET", "/static/console.css")[0] == 200
    too_large = ask(port, "POST", "/unsubscribe/nobody", b"x" * 100_000)
    assert too_large[0] == 413
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert "nobody" not in process.stderr.read()


def test_a_port_in_use_is_told(pages, tmp_path):
    _, port = pages
    command = [sys.executable, "-m", "monitor", "console", "--port", str(port)]
    file = tmp_path / "school-monitor.toml"
    done = subprocess.run([*command, "--config", str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"port {port} cannot be opened" in done.stderr
