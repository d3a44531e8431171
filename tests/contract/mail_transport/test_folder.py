"""What the folder promises besides the common contract: one private file for each mail, whole or not at all."""

import stat

import pytest
from mail_server import a_mail

from alerts.folder import FolderTransport
from alerts.transport import MailRefused


def test_the_same_mail_again_is_one_file_named_after_its_message_id(tmp_path):
    transport = FolderTransport(tmp_path / "mails")
    transport.send(a_mail())
    transport.send(a_mail())
    assert [path.name for path in (tmp_path / "mails").iterdir()] == [f"{a_mail()['Message-ID'][1:-1]}.eml"]


def test_only_the_owner_can_read_the_mails(tmp_path):
    FolderTransport(tmp_path / "mails").send(a_mail())
    (path,) = (tmp_path / "mails").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("message_id", ["<../../escaped@x>", "</etc/passwd>", "<.hidden@x>", "<" + "a" * 300 + "@x>"])
def test_a_message_id_cannot_lead_out_of_the_folder(tmp_path, message_id):
    mail = a_mail()
    del mail["Message-ID"]
    mail["Message-ID"] = message_id
    FolderTransport(tmp_path / "mails").send(mail)
    (path,) = (tmp_path / "mails").iterdir()
    assert path.suffix == ".eml"
    assert [path.name for path in tmp_path.iterdir()] == ["mails"]


def test_a_mail_without_a_message_id_is_not_written(tmp_path):
    mail = a_mail()
    del mail["Message-ID"]
    with pytest.raises(ValueError, match="Message-ID"):
        FolderTransport(tmp_path / "mails").send(mail)
    assert list((tmp_path / "mails").iterdir()) == []


def test_a_write_that_fails_half_way_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("alerts.folder.os.fsync", full)
    with pytest.raises(MailRefused, match="No space left") as refused:
        FolderTransport(tmp_path / "mails").send(a_mail())
    assert not refused.value.permanent
    assert list((tmp_path / "mails").iterdir()) == []
