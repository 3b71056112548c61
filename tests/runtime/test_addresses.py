from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.addresses import PrivateAddress, is_public, public_socket

V4 = ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"]
RESERVED = ["192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "localhost"]
RESERVED += ["192.0.0.8", "192.88.99.1", "0.1.2.3", "100.127.255.255", "198.51.100.1", "203.0.113.1"]
NUMBERS = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "localhost."]
V6 = ["::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"]
V6 += ["fd00:ec2::254", "3fff::1", "5f00::1", "64:ff9b:1::7f00:1", "100::1", "2001:10::1"]
CARRIED = ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2600::5efe:10.0.0.1"]
CARRIED += ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"]


@pytest.mark.parametrize("address", [*V4, *RESERVED, *NUMBERS, *V6, *CARRIED])
def test_addresses_inside_are_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(PrivateAddress):
        public_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "100.128.0.1"],
)
def test_public_addresses_are_not(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_as_the_one_that_it_carries(inner: ipaddress.IPv4Address) -> None:
    for carrier in (f"::ffff:{inner}", f"2002:{int(inner) >> 16:x}:{int(inner) & 0xFFFF:x}::1"):
        assert is_public(carrier) == is_public(str(inner))
