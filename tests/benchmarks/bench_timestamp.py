"""What one time stamp costs: asking a local authority, reading the reply and verifying it. Run with `make bench`."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from connectors.transport import NetworkSession
from monitor.evidence.log.timestamp import ask, request_bytes
from monitor.evidence.log.timestamp_check import verify_with_client, verify_with_openssl
from monitor.evidence.log.timestamp_reply import describe

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CHECKPOINT = b"oakfield.example/evidence\n17\nqd6Tb0Tm6u3TPVmkXKVRPfmXuTJNkIYLPNFwSDnGBlM=\n"


def milliseconds(times, call, *arguments):
    call(*arguments)
    began = time.perf_counter()
    for _ in range(times):
        call(*arguments)
    return (time.perf_counter() - began) / times * 1000


def bench_one_time_stamp(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "unit")
    import local_tsa

    local_tsa.require_openssl()
    root = local_tsa.certify("Oakfield root")
    middle = local_tsa.certify("Oakfield middle", root)
    authority = local_tsa.Authority(tmp_path, root, (middle,))
    session = NetworkSession(now=lambda: NOW)
    with local_tsa.serving(authority.reply) as desk:
        asked = milliseconds(50, ask, session, desk.url, CHECKPOINT, NOW)
        reply = ask(session, desk.url, CHECKPOINT, NOW)
    signing = milliseconds(50, authority.reply, request_bytes(CHECKPOINT)[0])
    ordered = local_tsa.in_order(reply, (authority.signer, middle), sorted_as_der=True)
    by_client = milliseconds(200, verify_with_client, ordered, CHECKPOINT, root.pem)
    by_openssl = milliseconds(50, verify_with_openssl, reply, CHECKPOINT, root.pem)
    reading = milliseconds(500, describe, reply)
    print(
        f"\ntime stamp: asked {asked:.1f} ms (of it {signing:.1f} ms the local authority's signing), "
        f"reply {len(reply)} bytes; described {reading:.2f} ms; "
        f"verified by rfc3161-client {by_client:.1f} ms, by openssl {by_openssl:.1f} ms"
    )
    assert max(asked, by_client, by_openssl) < 1000
    assert "rfc3161_client" in sys.modules
