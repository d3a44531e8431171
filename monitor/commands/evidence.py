"""`evidence`: what was kept, who looked, what was done with it. Each sub-command is a module `evidence_<name>`."""

from __future__ import annotations

EXAMPLE = "school-monitor evidence verify"
COMMANDS = {
    "list": "what is kept as evidence, without a word of it",
    "show": "one piece of evidence, or all of one case; that you looked is recorded first",
    "verify": "check every file, entry, signature and time stamp",
    "export": "a bundle for the police or the local authority, which they can verify themselves",
    "hold": "keep the evidence of a case from being erased, whatever the time limits say",
    "release": "end such a hold",
    "share": "record that evidence was passed on, and to whom",
    "add": "add your own screen print to a case",
    "open-media": "let the attachments of one comment be fetched as evidence",
    "withhold": "mark a comment as a suspected indecent image of a child, for good",
    "new-key": "sign the evidence log with a new key from now on",
}
