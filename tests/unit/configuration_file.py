"""A small configuration file that is right, and ways to change it and to hear what is said of it."""

from config.loading import load_settings
from config.problems import ConfigurationProblems

TOKEN = "EAABsbCS1iHgBO4711zzzZZZ"
ENVIRON = {"FB_TOKEN": TOKEN}

GOOD = """\
[school]
name = "Oakfield Primary School"
key = "oakfield"
last_resort = "chair@governors.example"
[mail]
transport = "folder"
sender = "monitor@oakfield.example"

[[people]]
name = "Jo"
email = "jo@oakfield.example"
roles = ["moderator", "head"]

[[accounts]]
network = "facebook_page"
key = "facebook"
label = "Facebook page"
page_id = "1001"
access_token_env = "FB_TOKEN"

[response]
"""


def changed(old, new):
    """The good file with one part replaced."""
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def load(folder, text, environ=ENVIRON, **files):
    """Write the text (and other files beside it) and read it as a configuration."""
    for name, content in files.items():
        folder.joinpath(f"{name}.toml").write_text(content, "utf-8")
    file = folder / "school-monitor.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return load_settings(file, environ)


def told(folder, text, environ=ENVIRON, **files):
    """The problems told about a text, one line each; empty when it is read."""
    try:
        load(folder, text, environ, **files)
    except ConfigurationProblems as wrong:
        return [str(problem) for problem in wrong.problems]
    return []
