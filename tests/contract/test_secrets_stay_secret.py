"""No credential leaves the connector: not in a log, a message, the books, a traceback or a file of evidence."""

import base64
import json
import logging
import traceback
import warnings
from datetime import timedelta
from urllib.parse import quote

import pytest
from harness import NOW
from office import Office
from reading import BROKEN, JSON_TYPE, TEMPORARY

from monitor.demo.server import Response

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def forms(secrets):
    """Every secret as it is and as it might be written down."""
    plain = set(secrets) | {base64.b64encode(f"{a}:{b}".encode()).decode() for a in secrets for b in secrets}
    return plain | {f(s) for s in plain for f in (quote, lambda s: json.dumps(s)[1:-1], lambda s: s.encode().hex())}


def faults(network):
    """Named ways to fail, among them an answer that says every secret back."""
    said = json.dumps({"error": {"message": " ".join(network.secrets), "code": 190}}).encode()
    yield "clean", None
    yield "dead", lambda *_: network.auth_error()
    for status in (400, 401, 403, 429, 500):
        yield f"{status} says it back", lambda *_, status=status: Response(status, said, JSON_TYPE)
    for name, answer in (TEMPORARY | BROKEN).items():
        yield name, lambda request, _, answer=answer: answer(request)


def test_no_secret_is_written_anywhere(network, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    said = []
    with warnings.catch_warnings(record=True) as warned, network.stand_in(network.world(), lambda: NOW) as stand_in:
        warnings.simplefilter("always")
        office = Office(
            tmp_path,
            network.network,
            lambda: network.connector(stand_in, lambda: NOW),
            NOW,
            every=timedelta(hours=25),  # who we are is asked anew each time, and nobody waits for a network any more
            words={"time": ("abuse", 1.0)},
        )
        for name, fault in faults(network):
            stand_in.fault = fault
            try:
                said.append((name, repr(office.poll())))
            except Exception as error:
                said.append((name, "".join(traceback.format_exception(error))))
        assert any("evidence" in file.parts for file in tmp_path.rglob("*.json")), "something was kept as evidence"
        office.close()
    said += [("log", caplog.text), *(("warning", str(each.message)) for each in warned)]
    said += [(str(f), f.read_bytes().decode("latin-1")) for f in tmp_path.rglob("*") if f.is_file()]
    found = {where for where, text in said for form in forms(network.secrets) if form in text}
    assert not found
