"""The signed head of the log: the text, the key that signs it, and what a stranger needs to check both."""

import base64
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import serialization as pem_form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.log import signing
from monitor.evidence.log.checkpoint import Checkpoint, key_id, parse_short, short_form, signed_note, time_text
from monitor.evidence.log.merkle import EMPTY_ROOT
from monitor.evidence.log.signing import KeyUnusable, PublicKey, SigningKey

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
NAIVE = AT.replace(tzinfo=None)
ROOT = bytes(range(32))
HEAD = Checkpoint("school-social-monitor/oakfield", 17, ROOT, AT)
TEXT = b"""school-social-monitor/oakfield
17
AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
time 2026-11-20T08:00:00.000000Z
"""

origins = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001  zones come by themselves
checkpoints = st.builds(Checkpoint, origins, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), moments)


def private_pem(key, sealed=None):
    return key.private_bytes(pem_form.Encoding.PEM, pem_form.PrivateFormat.PKCS8, sealed or pem_form.NoEncryption())


def public_pem(key):
    return key.public_key().public_bytes(pem_form.Encoding.PEM, pem_form.PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def key(tmp_path):
    return SigningKey.load_or_create(tmp_path / "key.pem")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def openssl(words, **options):
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed, so what it says of our signatures cannot be shown here")
    return subprocess.run([program, *words.split()], capture_output=True, check=False, **options)


def test_a_checkpoint_is_spelt_as_origin_size_root_and_time():
    assert HEAD.text() == TEXT
    assert Checkpoint.parse(TEXT) == HEAD
    in_delhi = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert Checkpoint(HEAD.origin, 17, ROOT, in_delhi).text() == TEXT
    assert b"\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" in Checkpoint("o", 0, EMPTY_ROOT, AT).text()


@given(checkpoints)
def test_every_checkpoint_comes_back_from_its_text_with_its_time_in_utc(checkpoint):
    assert Checkpoint.parse(checkpoint.text()).at.utcoffset() == timedelta(0)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint
    assert checkpoint.text().count(b"\n") == 4
    assert parse_short(short_form(checkpoint)) == (checkpoint.size, checkpoint.root)


@given(checkpoints, st.data())
def test_a_text_with_one_changed_byte_is_refused_or_says_something_else(checkpoint, data):
    text = bytearray(checkpoint.text())
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read = Checkpoint.parse(bytes(text))
    except ValueError:
        return
    assert read != checkpoint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEXT, b""), (TEXT, TEXT + b"another line\n"), (TEXT, TEXT + b"\n"), (TEXT, TEXT[:-1]),
        (b"17\n", b"017\n"), (b"17\n", b"+17\n"), (b"17\n", b"-1\n"), (b"17\n", b"1_7\n"), (b"17\n", "١٧\n".encode()),
        (b"17\n", b"9223372036854775808\n"), (b"17\n", b"1" * 5000 + b"\n"),
        (b"Hh8=", b"Hh9="), (b"Hh8=", b"Hh8"), (b"AAEC", b"AAE-"), (b"AAECAwQF", b""), (b"AAEC", b"AAE C"),
        (b"time ", b""), (b"time ", b"Time "), (b".000000Z", b"Z"), (b".000000Z", b".000000+00:00"),
        (b"T08:", b" 08:"), (b"T08:", b"T25:"), (b"-11-20T", b"-02-30T"),
        (b"school", b" school"), (b"school", b"\xff"), (b"school", b"\t"), (b"school", "\u2028".encode()),
        (b"oakfield\n", b"oakfield\r\n"), (b"oakfield\n", b"oakfield\n\n"),
    ],
)  # fmt: skip
def test_a_text_that_is_spelt_otherwise_is_refused(old, new):
    assert old in TEXT
    with pytest.raises(ValueError, match="not a checkpoint of an evidence log"):
        Checkpoint.parse(TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"origin": ""}, "one line of"), ({"origin": "two\nlines"}, "one line of"), ({"origin": "x "}, "one line of"),
        ({"origin": "\u202e"}, "one line of"), ({"size": -1}, "cannot count -1"), ({"size": 2**63}, "cannot count"),
        ({"root": b"short"}, "32 bytes, not 5"), ({"at": NAIVE}, "zone"),
    ],
)  # fmt: skip
def test_what_a_checkpoint_cannot_hold_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        Checkpoint(**{"origin": "o", "size": 1, "root": ROOT, "at": AT, **change})


def test_a_moment_without_a_zone_is_not_recorded():
    with pytest.raises(ValueError, match="without a zone"):
        time_text(NAIVE)


def test_the_root_on_paper_is_read_back_as_people_copy_it():
    printed = short_form(HEAD)
    assert printed == "17:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    for copied in (printed, f"  {printed}\n", printed[:20] + "\n  " + printed[20:], printed.replace(":", ": ")):
        assert parse_short(copied) == (17, ROOT)


@pytest.mark.parametrize(
    "text",
    ["", "17", "17:", ":" + "A" * 43 + "=", "017:" + "A" * 43 + "=", "-1:" + "A" * 43 + "=", "17:" + "A" * 43,
     "17:" + "A" * 44, "17:" + "A" * 42 + "==", "17;" + "A" * 43 + "=", "17:" + "_" * 43 + "=", "1" * 5000,
     "17:" + "A" * 42 + "B=", "9223372036854775808:" + "A" * 43 + "="],
)  # fmt: skip
def test_a_root_copied_in_part_or_wrongly_is_refused_in_words(text):
    with pytest.raises(ValueError, match="not a printed root; copy it whole|a letter that was copied wrongly"):
        parse_short(text)


def test_a_key_id_is_the_one_other_logs_use():
    """The key of Go's checksum database and that of the example in its documentation, published with their ids."""
    for name, number, key in (
        ("sum.golang.org", "033de0ae", "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"),
        ("PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
    ):
        assert key_id(name, PublicKey(base64.b64decode(key)[1:])).hex() == number


def test_a_signed_note_is_text_blank_line_and_signature_line(key):
    note = signed_note(HEAD, HEAD.origin, key.public, key.sign(TEXT))
    text, line = note.split(b"\n\n")
    assert text + b"\n" == TEXT
    dash, name, signature = line.decode().removesuffix("\n").split(" ")
    assert (dash, name) == ("\u2014", HEAD.origin)
    raw = base64.b64decode(signature, validate=True)
    assert raw[:4] == hashlib.sha256(HEAD.origin.encode() + b"\n\x01" + key.public.raw).digest()[:4]
    assert key.public.verify(TEXT, raw[4:])


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nend", "thin\u2009space", "tab\t"])
def test_a_key_name_that_would_break_the_note_is_refused(key, name):
    with pytest.raises(ValueError, match="name of a key"):
        signed_note(HEAD, name, key.public, key.sign(TEXT))


def test_a_signature_of_something_else_makes_no_note(key):
    for signature in (key.sign(TEXT + b"\n"), b"", b"\x00" * 64):
        with pytest.raises(ValueError, match="does not belong to this checkpoint"):
            signed_note(HEAD, HEAD.origin, key.public, signature)


def test_openssl_verifies_a_checkpoint_and_refuses_a_changed_one(tmp_path, key):
    (tmp_path / "pub.pem").write_text(key.public.pem)
    (tmp_path / "checkpoint.txt").write_bytes(TEXT)
    (tmp_path / "checkpoint.sig").write_bytes(key.sign(TEXT))
    command = "pkeyutl -verify -pubin -inkey pub.pem -rawin -in checkpoint.txt -sigfile checkpoint.sig"
    assert openssl(command, cwd=tmp_path).returncode == 0
    (tmp_path / "checkpoint.txt").write_bytes(TEXT.replace(b"17", b"16"))
    assert openssl(command, cwd=tmp_path).returncode != 0


def test_openssl_finds_the_fingerprint_and_the_public_half(tmp_path, key):
    der = openssl("pkey -pubin -outform DER", input=key.public.pem.encode()).stdout
    assert key.public.fingerprint == f"sha256:{hashlib.sha256(der).hexdigest()}"
    assert PublicKey.from_pem(key.public.pem) == key.public
    assert openssl("pkey -in key.pem -pubout", cwd=tmp_path).stdout.decode() == key.public.pem


@given(st.binary(max_size=200), st.integers(0, 511))
def test_a_signature_holds_for_its_own_bytes_and_key_only(content, bit):
    key, other = (SigningKey(ed25519.Ed25519PrivateKey.generate()) for _ in range(2))
    signature = key.sign(content)
    changed = bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(signature))
    assert len(signature) == 64
    assert key.public.verify(content, signature)
    assert not key.public.verify(content + b"\n", signature)
    assert not key.public.verify(content, changed)
    assert not key.public.verify(content, signature[:63])
    assert not key.public.verify(content, b"")
    assert not other.public.verify(content, signature)


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        ("", "not readable PEM"), ("ssh-ed25519 AAAA", "not readable PEM"), ("\ud83d", "not readable PEM"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "not readable PEM"),
        (public_pem(ec.generate_private_key(ec.SECP256R1())), "Ed25519"),
        (public_pem(x25519.X25519PrivateKey.generate()), "Ed25519"),
    ],
    ids=["empty", "ssh", "surrogate", "cut", "other kind", "key exchange"],
)  # fmt: skip
def test_what_is_no_public_key_of_ours_is_refused(pem, words):
    with pytest.raises(KeyUnusable, match=words):
        PublicKey.from_pem(pem)


def test_a_key_is_made_once_in_a_private_file_and_read_ever_after(tmp_path):
    path = tmp_path / "made" / "too" / "signing-key.pem"
    made = SigningKey.load_or_create(path)
    content = path.read_bytes()
    assert content.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    assert SigningKey.load_or_create(path).public == made.public
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("readable", [0o640, 0o604, 0o620, 0o602, 0o610, 0o777])
def test_a_key_that_others_can_read_or_change_is_refused(tmp_path, readable):
    path = tmp_path / "key.pem"
    SigningKey.load_or_create(path)
    path.chmod(readable)
    with pytest.raises(KeyUnusable, match="by others; set its mode to 0600"):
        SigningKey.load_or_create(path)
    path.chmod(0o400)
    assert SigningKey.load_or_create(path).sign(b"")


KEY = ed25519.Ed25519PrivateKey.generate()
PEM = private_pem(KEY)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"), (PEM[:60], "not a readable"), (PEM.replace(b"MC4CAQAw", b"MC4CAQAx"), "not a readable"),
        (b"\x00\xff" * 40, "not a readable"), (b"x" * 10_000_000, "not a readable"),
        (private_pem(KEY, pem_form.BestAvailableEncryption(b"word")), "unencrypted"),
        (private_pem(rsa.generate_private_key(65537, 2048)), "kind Ed25519"),
        (private_pem(ec.generate_private_key(ec.SECP256R1())), "kind Ed25519"),
    ],
    ids=["empty", "cut", "changed", "noise", "huge", "sealed", "rsa", "ecdsa"],
)  # fmt: skip
def test_a_file_that_is_no_key_of_ours_is_refused_and_left_as_it_is(tmp_path, content, words):
    path = tmp_path / "key.pem"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeyUnusable, match=words) as refused:
        SigningKey.load_or_create(path)
    assert path.read_bytes() == content
    assert "\n" not in str(refused.value)
    assert "MC4CAQ" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_link_is_refused_whether_it_leads_anywhere_or_not(tmp_path):
    real = tmp_path / "real.pem"
    SigningKey.load_or_create(real)
    for target in (real, tmp_path / "nowhere.pem"):
        link = tmp_path / f"link to {target.name}"
        link.symlink_to(target)
        with pytest.raises(KeyUnusable, match="cannot be opened"):
            SigningKey.load_or_create(link)
    assert not (tmp_path / "nowhere.pem").exists()


def test_a_folder_or_a_pipe_in_its_place_is_refused_at_once(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("folder", "pipe"):
        with pytest.raises(KeyUnusable, match="not a file|cannot be opened"):
            SigningKey.load_or_create(tmp_path / name)


def test_a_place_where_no_key_can_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyUnusable, match="signing key .*file/key.pem cannot be opened or made"):
        SigningKey.load_or_create(tmp_path / "file" / "key.pem")


def test_a_crash_while_the_key_is_written_leaves_no_half_key_and_the_next_start_makes_one(tmp_path, monkeypatch):
    path = tmp_path / "key.pem"

    def crash(unfinished, content):
        unfinished.write_bytes(content[:20])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(signing, "write_new", crash)
        with pytest.raises(KeyboardInterrupt):
            SigningKey.load_or_create(path)
    assert not path.exists()
    assert SigningKey.load_or_create(path).sign(b"")
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said_in_words_and_leaves_no_key(tmp_path, monkeypatch):
    def full(unfinished, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(signing, "write_new", full)
    with pytest.raises(KeyUnusable, match="No space left on device"):
        SigningKey.load_or_create(tmp_path / "key.pem")
    assert list(tmp_path.iterdir()) == []


PROGRAM = """
import sys
from pathlib import Path
from monitor.evidence.log.signing import SigningKey
print("ready", flush=True)
sys.stdin.readline()
print(SigningKey.load_or_create(Path(sys.argv[1])).public.fingerprint)
"""


def test_programs_that_make_the_key_at_once_get_the_same_one(tmp_path):
    path = tmp_path / "new" / "key.pem"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [program.stdout.readline() for program in programs] == ["ready\n"] * 4
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    answers = {program.communicate(timeout=60)[0].strip() for program in programs}
    assert answers == {SigningKey.load_or_create(path).public.fingerprint}
    assert [program.returncode for program in programs] == [0] * 4
