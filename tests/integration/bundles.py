"""Making bundles, and checking them as a stranger does: with commands of the system and a bare environment."""

import json
import os
import subprocess
import sys
import zipfile

from monitor.commands.evidence_export import bundler
from monitor.custody.log import Actor
from monitor.disclosure.bundle_request import Wanted

MS_OKAFOR = Actor("Ms Okafor", "crime 42/26", "okafor on office-pc")

CHECKSUMS = "sha256sum -c tagmanifest-sha256.txt && sha256sum -c manifest-sha256.txt"
SIGNATURE = "openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in checkpoint.txt -sigfile checkpoint.sig"
STAMP = "openssl ts -verify -data checkpoint.txt -in checkpoint-1.tsr -CAfile tsa-root-1.pem"
LOG = "python3 verify.py"
EACH = (CHECKSUMS, SIGNATURE, LOG)


def export(desk, folder, name="bundle", **wanted):
    """Make a bundle and unpack it into a folder of its own. Returns what was said of it, and where it lies."""
    output = folder / f"{name}.zip"
    exported = bundler(desk.app).export(Wanted(**wanted), output, MS_OKAFOR)
    return exported, unpacked(output, folder / name)


def unpacked(output, folder):
    with zipfile.ZipFile(output) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def typed(command, top):
    """A command exactly as the README has it, typed in the bundle's folder with nothing of ours around."""
    # This Python in place of whichever is called python3 here, and without what is installed into it.
    command = command.replace("python3", f"{sys.executable} -I -S")
    environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(top)}
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=top, env=environment, capture_output=True, text=True, check=False
    )


def fails(top):
    """Which of the three checks fail."""
    return {command for command in EACH if typed(command, top).returncode != 0}


def lines(top, name="custody.jsonl"):
    """The entries in a bundle's custody."""
    return [json.loads(line) for line in (top / name).read_text().splitlines()]


def flipped(path, at=None):
    """Change one bit of a file, in its middle or at a place."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if at is None else at] ^= 1
    path.write_bytes(content)
