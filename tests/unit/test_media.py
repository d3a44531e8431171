"""What people attach is fetched only from the hosts handed in, kept as bytes, and judged by its first bytes alone."""

import hashlib

import pytest
from https_stand_in import answer, make_certificates, stand_in
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_samples import jpeg, png, vp8

from connectors.fetched import Attachment
from monitor.evidence.outside.egress import Egress, is_among, target_of
from monitor.evidence.outside.media import MEDIA_HOSTS, MediaFile, MediaLimits, NotFetched, fetch_attachments, kind_of

CDN = ("cdn.example",)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def attached(*paths):
    return [Attachment("photo", f"https://img.cdn.example/{path}?sig=secret") for path in paths]


def serving(files):
    """Answers each path with its file, and anything else with 404."""

    def talk(head, connection):
        path = head.split(" ")[1].partition("?")[0].strip("/")
        content, declared = files.get(path, (b"gone", "text/plain"))
        status = "200 OK" if path in files else "404 Not Found"
        connection.sendall(answer(content, status, Content_Type=declared))

    return talk


def test_each_attachment_comes_back_as_bytes_with_digest_and_kind(certificates):
    files = {"1": (jpeg(30, 20), "image/jpeg"), "2": (b"\0\0\0\x20ftypisom", "video/mp4")}
    with stand_in(serving(files), certificates) as server:
        first, second = fetch_attachments(attached("1", "2"), CDN, egress=server.egress())
    assert first.content == jpeg(30, 20)
    assert first.sha256 == hashlib.sha256(jpeg(30, 20)).hexdigest()
    assert (first.kind, first.declared_type, first.final_host) == ("jpeg", "image/jpeg", "img.cdn.example")
    assert first.name == first.sha256 + ".jpg"
    assert (second.kind, second.name[-4:]) == ("mp4", ".mp4")
    assert first.address == attached("1")[0].url


def test_what_the_server_calls_it_does_not_make_it_a_picture(certificates):
    with stand_in(serving({"1": (b"<script>alert(1)</script>", "image/png")}), certificates) as server:
        (found,) = fetch_attachments(attached("1"), CDN, egress=server.egress())
    assert (found.kind, found.declared_type) == ("unknown", "image/png")
    assert found.name.endswith(".bin")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["https://img.cdn.example/1", "https://cdn.example/", "", "x", "http://127.0.0.1/"])))
def test_without_hosts_not_one_connection_is_made_and_not_one_name_looked_up(certificates, urls):
    with stand_in(answer(b"x"), certificates) as server:
        found = fetch_attachments([Attachment("photo", url) for url in urls], (), egress=server.egress())
    assert (server.connections, server.looked_up) == (0, [])
    assert [type(each) for each in found] == [NotFetched] * len(urls)


def test_one_that_fails_does_not_stop_the_others(certificates):
    odd = [*attached("gone"), Attachment("photo", "http://cdn.example/"), Attachment("link", ""), *attached("1")]
    with stand_in(serving({"1": (png(30, 20), "image/png")}), certificates) as server:
        found = fetch_attachments(odd, CDN, egress=server.egress())
    assert [type(each) for each in found] == [NotFetched, NotFetched, NotFetched, MediaFile]
    assert "status 404" in found[0].reason
    assert not any("secret" in repr(each) for each in found)


@pytest.mark.parametrize("declared", ["text/html; charset=utf-8", "TEXT/HTML", "application/json"])
def test_an_address_that_leads_to_a_page_is_not_kept_as_an_attachment(certificates, declared):
    with stand_in(serving({"1": (b"<html>other people's comments", declared)}), certificates) as server:
        (found,) = fetch_attachments(attached("1"), CDN, egress=server.egress())
    assert "leads to a page" in found.reason


def test_an_empty_answer_is_not_kept(certificates):
    with stand_in(serving({"1": (b"", "image/png")}), certificates) as server:
        (found,) = fetch_attachments(attached("1"), CDN, egress=server.egress())
    assert "empty" in found.reason


def test_files_and_bytes_of_one_comment_are_limited_one_by_one_and_together(certificates):
    files = {name: (png(30, 20).ljust(100, b"\0"), "image/png") for name in "abcd"}
    with stand_in(serving(files), certificates) as server:
        small = fetch_attachments(attached("a"), CDN, MediaLimits(largest=99), server.egress())
        together = fetch_attachments(attached(*"abcd"), CDN, MediaLimits(together=250), server.egress())
        few = fetch_attachments(attached(*"abcd"), CDN, MediaLimits(files=3), server.egress())
        connections = server.connections
    assert "larger than 99 bytes" in small[0].reason
    assert [type(each) for each in together] == [MediaFile, MediaFile, NotFetched, NotFetched]
    assert [type(each) for each in few] == [MediaFile, MediaFile, MediaFile, NotFetched]
    assert connections == 1 + 4 + 3


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (png(1, 1), "png"), (jpeg(1, 1), "jpeg"), (vp8(1, 1), "webp"), (b"GIF89a", "gif"), (b"GIF87a", "gif"),
        (b"\0\0\0\x20ftypmp42", "mp4"), (b"\x1a\x45\xdf\xa3webm", "webm"), (b"<svg>", "unknown"), (b"", "unknown"),
        (b"%PDF", "unknown"), (png(0, 0), "unknown"),
    ],
)  # fmt: skip
def test_the_kind_is_what_the_first_bytes_say(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize("network", sorted(MEDIA_HOSTS))
def test_the_hosts_of_a_network_are_names_below_which_a_file_may_lie(network):
    for host in MEDIA_HOSTS[network]:
        assert target_of(f"https://cdn-1.{host}/a").host == f"cdn-1.{host}"
        assert is_among(f"cdn-1.{host}", MEDIA_HOSTS[network])


def test_an_address_inside_the_school_is_refused_although_its_name_is_listed():
    found = fetch_attachments(attached("1"), CDN, egress=Egress(resolve=lambda _: ["192.168.1.10"]))
    assert "no address on the public internet" in found[0].reason
