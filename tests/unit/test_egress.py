"""What an address in a comment may lead to: a named host on the public internet, by https, and nothing else."""

import socket
from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.outside.egress import Egress, FetchRefused, is_among, is_public, target_of


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/secret", "ftp://cdn.example/secret", "file:///secret", "//cdn.example/secret", "secret",
        "", "https://someone:secret@cdn.example/", "https://someone@cdn.example/", "https://@cdn.example/",
        "https://cdn.example:80/secret", "https://cdn.example:99999/secret", "https://cdn.example:secret/",
        "https://127.0.0.1/secret", "https://[::1]/secret", "https://[secret/", "https://2130706433/secret",
        "https://cdn.example./secret", "https://cdn..example/secret", "https://-cdn.example/secret",
        "https://cdn.example\\@127.0.0.1/secret", "https://cdn.example/secret\r\nX: y", "https://cdn.exa\tmple/secret",
        " https://cdn.example/secret", "https://cdn.example/\x00secret", "https://cdn.example/\udc80secret",
        "https://ⓒdn.example/secret", "https://cdn%2eexample/secret", "https://cdn.example/" + "secret" * 2000,
    ],
)  # fmt: skip
def test_an_address_that_is_not_plain_https_to_a_named_host_is_refused(url):
    with pytest.raises(FetchRefused) as caught:
        target_of(url)
    assert "secret" not in str(caught.value)


@given(st.text() | st.text().map("https://cdn.example/".__add__) | st.text().map("https://".__add__))
def test_no_text_breaks_the_reading_of_addresses_or_smuggles_a_line_into_the_request(url):
    try:
        target = target_of(url)
    except FetchRefused:
        return
    assert target.path.startswith("/")
    assert all(0x21 <= ord(char) <= 0x7E for char in target.path)
    assert target_of(target.url) == target


def test_a_path_in_another_script_is_asked_for_as_browsers_do():
    assert target_of("https://cdn.example/llun é.jpg".replace(" ", "%20")).path == "/llun%20%C3%A9.jpg"


NOT_PUBLIC = [
    "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "192.0.0.9", "192.0.0.170", "192.88.99.1", "192.0.2.1", "198.18.0.1",
    "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:0:808:808::1", "2001:db8::1", "3fff::1",
    "fe80::1", "fe80::1%1", "fc00::1", "fec0::1", "ff02::1", "ff0e::1", "5f00::1", "100::1", "4000::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_never_spoken_to(address):
    assert not is_public(ip_address(address))
    with pytest.raises(FetchRefused, match="no address on the public internet"):
        Egress(resolve=lambda _: [address]).addresses("cdn.example")


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4009::200e"])
def test_an_ordinary_public_address_may_be_spoken_to(address):
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_any_ipv6_disguise_is_not_public(address):
    for prefix, shift in {"::": 0, "::ffff:0:0": 0, "64:ff9b::": 0, "2001::": 0, "2002::": 80}.items():
        assert not is_public(IPv6Address(int(IPv6Address(prefix)) + (int(address) << shift)))


def test_only_the_public_ones_of_several_addresses_are_used():
    found = ["10.0.0.1", "8.8.8.8", "::1", "2606:4700:4700::1111"]
    assert Egress(resolve=lambda _: found).addresses("cdn.example") == ["8.8.8.8", "2606:4700:4700::1111"]


def nobody_knows(_host):
    raise socket.gaierror


@pytest.mark.parametrize("resolve", [nobody_knows, lambda _: ["no address"], lambda _: []])
def test_a_host_that_cannot_be_looked_up_is_said_so_by_name(resolve):
    with pytest.raises(FetchRefused, match="cdn.example: "):
        Egress(resolve=resolve).addresses("cdn.example")


@given(st.sampled_from(["cdn.example", "CDN.example"]), st.text("abc.-", max_size=12))
def test_below_a_host_means_after_a_dot(allowed, before):
    assert is_among(before + "cdn.example", (allowed,)) == (before == "" or before.endswith("."))
