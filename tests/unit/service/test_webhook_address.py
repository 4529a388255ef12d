"""Webhooks lead to the public internet, or where the operator's machine was told that they may."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from bonafide.errors import NotPermitted, UsageError
from bonafide.service.webhook_address import WebhookAddress, may_lead_to, parse_address
from bonafide.settings import Settings

TRYING = Settings(Path("/nowhere"))
LIVE = Settings(Path("/nowhere"), production=True)
SHOP = WebhookAddress(True, "shop.example", 443, "/")

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::8.8.8.8", "2002:808:808::1"]
PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nobody binds to it here
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "fec0::1",
    "ff0e::1",
    "2001:db8::1",
    "2001::1",
    "64:ff9b:1::1",
    "::ffff:10.1.2.3",
    "::ffff:169.254.169.254",
    "::10.1.2.3",
    "64:ff9b::10.1.2.3",
    "64:ff9b::169.254.169.254",
    "2002:a01:203::1",
    "::ffff:0:10.1.2.3",
]
LOOPBACK = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"]


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses_are_reached(ip: str) -> None:
    assert may_lead_to(ip_address(ip), SHOP, LIVE)


@pytest.mark.parametrize("ip", PRIVATE)
def test_nobody_s_neighbours_are_reached(ip: str) -> None:
    assert not may_lead_to(ip_address(ip), SHOP, LIVE)
    assert not may_lead_to(ip_address(ip), SHOP, TRYING)


@pytest.mark.parametrize("ip", LOOPBACK)
def test_this_machine_is_reached_when_trying_out(ip: str) -> None:
    assert may_lead_to(ip_address(ip), SHOP, TRYING)
    assert not may_lead_to(ip_address(ip), SHOP, LIVE)


def test_a_network_that_is_named_is_reached_and_no_other() -> None:
    named = Settings(
        Path("/"), production=True, webhook_networks=(ip_network("10.1.0.0/16"), ip_network("fd12::/16"))
    )
    for ip in ("10.1.2.3", "::ffff:10.1.2.3", "fd12::1"):
        assert may_lead_to(ip_address(ip), SHOP, named)
    for ip in ("10.2.0.1", "fd13::1", "127.0.0.1", "169.254.169.254"):
        assert not may_lead_to(ip_address(ip), SHOP, named)


def test_without_tls_only_this_machine_is_reached() -> None:
    plain = WebhookAddress(False, "localhost", 80, "/")
    named = Settings(Path("/"), webhook_networks=(ip_network("10.1.0.0/16"),))
    assert may_lead_to(ip_address("127.0.0.1"), plain, named)
    for ip in ("10.1.2.3", "8.8.8.8"):
        assert not may_lead_to(ip_address(ip), plain, named)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://shop.example", WebhookAddress(True, "shop.example", 443, "/")),
        ("https://SHOP.example.:8443/a%20b?c=d", WebhookAddress(True, "shop.example", 8443, "/a%20b?c=d")),
        ("https://8.8.8.8/x", WebhookAddress(True, "8.8.8.8", 443, "/x")),
        ("https://[2606:2800:220:1::1]/x", WebhookAddress(True, "2606:2800:220:1::1", 443, "/x")),
        ("http://127.0.0.1:9000/hook", WebhookAddress(False, "127.0.0.1", 9000, "/hook")),
        ("http://localhost:9000/hook", WebhookAddress(False, "localhost", 9000, "/hook")),
        ("https://xn--fiqs8s.example/", WebhookAddress(True, "xn--fiqs8s.example", 443, "/")),
    ],
)
def test_addresses_are_read(text: str, address: WebhookAddress) -> None:
    assert parse_address(text, TRYING) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop.example",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "https://",
        "https:///hook",
        "https://user:hunter2@shop.example/",
        "https://shop.example@10.0.0.1/",
        "https://shop.example/#part",
        "https://shop.example#",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://shop example/",
        "https://shop.example/\r\nX-Evil: 1",
        "https://shop.example/\x00",
        "https://商店.example/",
        "https://-shop.example/",
        "https://shop..example/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://0177.0.0.01/",
        "https://shop.example/" + "x" * 1024,
        "http://shop.example/",
        "http://10.0.0.1/",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text, TRYING)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["https://10.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/"]
)
def test_an_address_in_figures_is_refused_at_once(text: str) -> None:
    with pytest.raises(NotPermitted):
        parse_address(text, TRYING)


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1/", "http://localhost/", "https://127.0.0.1/", "https://[::1]/"]
)
def test_in_production_this_machine_is_no_receiver(text: str) -> None:
    with pytest.raises(UsageError):
        parse_address(text, LIVE)


def test_a_request_names_the_host_and_goes_to_the_address() -> None:
    address = parse_address("https://shop.example:8443/hook?a=b", LIVE)
    assert address.host_header == "shop.example:8443"
    assert address.url_at(ip_address("8.8.8.8")) == "https://8.8.8.8:8443/hook?a=b"
    six = parse_address("https://[2606:2800:220:1::1]/", LIVE)
    assert six.host_header == "[2606:2800:220:1::1]"
    assert six.url_at(ip_address("2606:2800:220:1::1")) == "https://[2606:2800:220:1::1]:443/"
