"""Which ways of sending mail can be set up, and what is said of those that cannot."""

import pytest

from alerts.folder import FolderTransport
from alerts.graph import GraphTransport
from alerts.mail import SmtpTransport
from config.loading import load_settings
from config.problems import ConfigurationProblems
from monitor.clock import system_clock
from monitor.mail_transports import mail_transport

FILE = """
[school]
name = "Oakfield"
key = "oakfield"
last_resort = "chair@governors.example"
[mail]
sender = "monitor@oakfield.example"
{mail}
[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator", "head"]
[[accounts]]
key = "facebook"
label = "Facebook"
network = "facebook_page"
page_id = "1"
access_token_env = "TOKEN"
"""
ENVIRON = {"TOKEN": "plantedToken", "SECRET": "plantedSecret", "KEY": "plantedKey"}
SMTP = 'transport = "smtp"\nhost = "smtp.example"'
OAUTH2 = f'{SMTP}\nsign_in = "oauth2"\nuser = "monitor@oakfield.example"\nclient_id = "c"'
SECRET = 'client_secret_env = "SECRET"'
CERTIFICATE = 'certificate_file = "c.pem"\ncertificate_key_env = "KEY"'
GRAPH = 'transport = "graph"\ntenant_id = "oakfield.onmicrosoft.com"\nclient_id = "c"'
TENANT, TOKEN_URL = 'tenant_id = "t"', 'token_url = "https://oauth2.example/token"'


def load(folder, mail):
    path = folder / "school-monitor.toml"
    path.write_text(FILE.format(mail=mail))
    return load_settings(path, ENVIRON)


@pytest.mark.parametrize(
    ("mail", "kind"),
    [
        ('transport = "folder"', FolderTransport),
        (SMTP, SmtpTransport),
        (f'{SMTP}\nuser = "u"\npassword_env = "SECRET"', SmtpTransport),
        (f"{OAUTH2}\n{TENANT}\n{SECRET}", SmtpTransport),
        (f"{OAUTH2}\n{TENANT}\n{CERTIFICATE}", SmtpTransport),
        (f"{OAUTH2}\n{TOKEN_URL}\n{SECRET}", SmtpTransport),
        (f'{OAUTH2}\n{TOKEN_URL}\n{SECRET}\nrefresh_token_env = "KEY"\nscope = "s"', SmtpTransport),
        (f"{GRAPH}\n{SECRET}\nclient_secret_ends = 2027-11-26", GraphTransport),
        (f"{GRAPH}\n{CERTIFICATE}", GraphTransport),
        (f'{GRAPH}\n{SECRET}\ngraph_url = "https://graph.microsoft.us/v1.0"\n'
         'authority = "https://login.microsoftonline.us"', GraphTransport),
    ],
)  # fmt: skip
def test_each_way_can_be_set_up_and_is_built_without_asking_anybody(tmp_path, mail, kind):
    settings = load(tmp_path, mail)
    assert isinstance(mail_transport(settings, system_clock), kind)
    assert not any(secret in repr(settings) for secret in ENVIRON.values())


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (GRAPH, "give a client_secret, or certificate_file and certificate_key, and not both"),
        (f"{GRAPH}\n{SECRET}\n{CERTIFICATE}", "and not both"),
        (f'{GRAPH}\ncertificate_file = "c.pem"', "go together"),
        (f'{GRAPH}\n{SECRET}\nauthority = "http://127.0.0.1:9"', "https://"),
        (f'{GRAPH}\n{SECRET}\ngraph_url = "http://graph.example"', "https://"),
        (f"{GRAPH.replace('oakfield.onmicrosoft.com', 'a/b')}\n{SECRET}", "as Microsoft Entra shows it"),
        (f'{GRAPH}\nclient_secret = "plantedSecret"', "a secret is never written in this file"),
        (f"{OAUTH2}\n{SECRET}", "needs tenant_id (Microsoft 365) or token_url (others)"),
        (f"{OAUTH2}\n{TENANT}\n{TOKEN_URL}\n{SECRET}", "and not both"),
        (f"{OAUTH2}\n{TENANT}", "give a client_secret"),
        (f"{OAUTH2}\n{TOKEN_URL}\n{CERTIFICATE}", "token_url needs client_secret"),
        (f'{OAUTH2}\n{TENANT}\n{SECRET}\nrefresh_token_env = "KEY"', "refresh_token is for token_url"),
        (f'{OAUTH2}\n{TENANT}\n{SECRET}\npassword_env = "KEY"', 'password is for sign_in = "password"'),
        (f'{SMTP}\nsign_in = "oauth2"\n{TENANT}\n{SECRET}', "needs user (the mailbox) and client_id"),
        (f"{SMTP}\n{TENANT}", 'tenant_id is for sign_in = "oauth2"'),
        (f'{SMTP}\nsign_in = "oauth"', "mail.sign_in"),
        (f'{SMTP}\n{SECRET}', 'client_secret is for sign_in = "oauth2"'),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_once_without_a_secret(tmp_path, mail, expected):
    with pytest.raises(ConfigurationProblems) as wrong:
        load(tmp_path, mail)
    told = str(wrong.value)
    assert expected in told
    assert len(wrong.value.problems) == 1
    assert "mail" in told
    assert not any(secret in told for secret in ENVIRON.values())
