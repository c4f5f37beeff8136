from __future__ import annotations

import ipaddress
import socket

import pytest

from push.public_addresses import AddressRefused, is_inside, is_public, resolve


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "142.250.75.234",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "223.255.255.255",
        "2a00:1450:4007:80e::200a",
        "2620:149:208:4302::a",
        # The same as 8.8.8.8, from a network that has no IPv4.
        "64:ff9b::808:808",
        "::ffff:8.8.8.8",
    ],
)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)
    assert not is_inside(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::a00:1",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "fe80::1",
        "fe80::1%eth0",
        "2a00:1450:4007:80e::200a%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "",
        "localhost",
        "8.8.8.8 ",
        "0x8.8.8.8",
        "08.8.8.8",
        "134744072",
    ],
)
def test_whatever_else_there_is_is_not(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "172.20.0.1", "192.168.0.9", "127.0.0.1", "fd00::1", "::1"])
def test_own_networks_and_this_machine_are_inside(address):
    assert is_inside(address)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "100.64.0.1", "::ffff:169.254.169.254", "x"]
)
def test_what_hands_out_credentials_or_reaches_many_is_not_inside(address):
    assert not is_inside(address)


def answering(*addresses):
    """A DNS that knows one answer."""

    def lookup(host, port, **_):
        families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses]
        return [
            (family, socket.SOCK_STREAM, 6, "", (one, port)) for family, one in zip(families, addresses, strict=True)
        ]

    return lookup


def test_a_name_is_pinned_to_its_addresses_in_their_order():
    lookup = answering("2a00:1450::1", "142.250.75.234", "2a00:1450::1")
    assert resolve("fcm.googleapis.com", 443, lookup=lookup) == ("2a00:1450::1", "142.250.75.234")


@pytest.mark.parametrize("hidden", ["10.0.0.1", "127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "169.254.169.254"])
@pytest.mark.parametrize("public_first", [True, False])
def test_one_address_that_is_not_public_condemns_the_name(hidden, public_first):
    addresses = ("142.250.75.234", hidden) if public_first else (hidden, "142.250.75.234")
    with pytest.raises(AddressRefused):
        resolve("fcm.googleapis.com", 443, lookup=answering(*addresses))


def test_an_operators_host_may_be_inside_but_never_link_local():
    assert resolve("push.example.gouv.fr", 443, inside=True, lookup=answering("10.0.0.1")) == ("10.0.0.1",)
    with pytest.raises(AddressRefused):
        resolve("push.example.gouv.fr", 443, inside=True, lookup=answering("10.0.0.1", "169.254.169.254"))


def test_a_name_without_an_address_is_a_network_failure():
    with pytest.raises(OSError, match="no address"):
        resolve("fcm.googleapis.com", 443, lookup=answering())


def test_the_systems_own_lookup_is_understood():
    addresses = resolve("localhost", 443, inside=True)
    assert addresses
    assert all(ipaddress.ip_address(one).is_loopback for one in addresses)
    with pytest.raises(AddressRefused):
        resolve("localhost", 443)
