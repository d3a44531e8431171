"""The key that signs the head of the evidence log: Ed25519 (RFC 8032), in a file that only its owner can read."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from monitor.evidence.files import alone_in, make_folder, sync_folder, write_new

LARGEST_FILE = 16_384  # bytes; a key takes about 120
OTHERS = 0o077
_ADVICE = "put it back from the backup, or move what is there away to begin with a new key"


class KeyUnusable(Exception):
    """A key cannot be used. The message is one sentence that says what to do, and holds nothing of the key."""


@dataclass(frozen=True)
class PublicKey:
    """The half of a key that everybody may have. `raw`: its 32 bytes (RFC 8032, 5.1.5)."""

    raw: bytes

    @classmethod
    def from_pem(cls, pem: str) -> PublicKey:
        """Read a PEM SubjectPublicKeyInfo. Raises KeyUnusable for anything but an Ed25519 key."""
        try:
            key = load_pem_public_key(pem.encode())
        except (ValueError, UnsupportedAlgorithm):
            raise KeyUnusable("a public key is not readable PEM; take it from the evidence log or a bundle") from None
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnusable("a public key is not of the kind Ed25519; take it from the evidence log or a bundle")
        return cls(key.public_bytes_raw())

    @property
    def pem(self) -> str:
        """As `openssl pkey -pubin` reads it."""
        return self._key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER SubjectPublicKeyInfo in hex: what is printed on paper to compare a key with."""
        der = self._key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"sha256:{hashlib.sha256(der).hexdigest()}"

    def verify(self, content: bytes, signature: bytes) -> bool:
        """Whether this key's other half signed exactly these bytes."""
        try:
            self._key().verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)


class SigningKey:
    """The half of a key that stays with the school."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = PublicKey(private.public_key().public_bytes_raw())

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """The key in this PEM file.

        Raises KeyUnusable when there is none, for a file that others can read, a link, or anything but an
        unencrypted Ed25519 key in PEM.
        """
        try:
            return cls(_private_key(path, _read(path)))
        except OSError as error:
            raise _cannot_open(path, error) from None

    @classmethod
    def load_or_create(cls, path: Path) -> SigningKey:
        """The key in this PEM file; a new one is made, once, where there is no file. For a log without a key.

        Programs that make it at the same moment get the same key, and a crash leaves a whole file or none. A key is
        never replaced here, as the log would then have a signer nobody chose. Raises KeyUnusable as `load` does.
        """
        try:
            if not os.path.lexists(path):
                _create(path)
        except OSError as error:
            raise _cannot_open(path, error) from None
        return cls.load(path)

    def sign(self, content: bytes) -> bytes:
        """Signature of 64 bytes; the same for the same bytes (RFC 8032, 5.1.6)."""
        return self._private.sign(content)


def _cannot_open(path: Path, error: OSError) -> KeyUnusable:
    return KeyUnusable(
        f"the signing key {path} cannot be opened or made: {error.strerror}; "
        "give it a file of its own, not a link, in a folder that this program may use"
    )


def _create(path: Path) -> None:
    """Make the key under a name of its own, then give it its name: never half a file, never over another."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    make_folder(path.parent)
    unfinished = path.with_name(f".{path.name}.unfinished")
    with alone_in(path.parent):
        unfinished.unlink(missing_ok=True)
        if os.path.lexists(path):
            return
        write_new(unfinished, pem)
        os.link(unfinished, path, follow_symlinks=False)
        unfinished.unlink()
        sync_folder(path.parent)


def _read(path: Path) -> bytes:
    """Content of a regular, private file. Everything is asked of the opened file, so nothing can be swapped."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe would keep us waiting
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise KeyUnusable(f"the signing key {path} is not a file; {_ADVICE}")
        if facts.st_mode & OTHERS:
            raise KeyUnusable(f"the signing key {path} can be read or changed by others; set its mode to 0600")
        return file.read(LARGEST_FILE)


def _private_key(path: Path, content: bytes) -> Ed25519PrivateKey:
    if not content:
        raise KeyUnusable(f"the signing key {path} is empty; {_ADVICE}")
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusable(f"the signing key {path} is not a readable, unencrypted PEM key; {_ADVICE}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"the signing key {path} is not of the kind Ed25519; {_ADVICE}")
    return key
