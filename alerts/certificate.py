"""The certificate this program signs in to Microsoft 365 with. The only place in alerts that knows cryptography."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alerts.transport import MailRefused

LARGEST = 1 << 16  # bytes


@dataclass(frozen=True)
class Certificate:
    """A certificate as it was read: its text (PEM) and when it ends (UTC)."""

    pem: str
    ends: datetime


def read_certificate(path: Path) -> Certificate:
    """Read a PEM file; of several certificates the first counts. Raises MailRefused, not for good."""
    from cryptography import x509

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST)
    except OSError as failed:
        why = failed.strerror or type(failed).__name__
        raise MailRefused(False, f"[mail] certificate_file cannot be read: {why}") from None
    try:
        first = x509.load_pem_x509_certificates(content)[0]
        return Certificate(content.decode("ascii"), first.not_valid_after_utc)
    except (ValueError, IndexError):
        raise MailRefused(
            False, "[mail] certificate_file holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
        ) from None
