"""Which network addresses a customer's URL may lead to."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from gloss.domain.locations import is_name

Address = IPv4Address | IPv6Address
NAT64: Final = IPv6Network("64:ff9b::/96")


class PublicGate:
    """Lets named hosts pass by https, and those of `trusted` however they are reached."""

    def __init__(self, trusted: frozenset[str]) -> None:
        self._trusted = trusted

    def objection(self, origin: str) -> str:
        parts = urlsplit(origin)
        if parts.hostname in self._trusted:
            return ""
        if parts.scheme != "https":
            return "it does not begin with https://"
        return "" if is_name(parts.hostname or "") else "its host is no name of the public internet"


class AddressRefused(Exception):
    """The host leads to an address inside somebody's own network."""


def is_public(address: Address) -> bool:
    """Whether the address, and the IPv4 address that it may carry inside, belongs to the public internet."""
    return address.is_global and not address.is_multicast and all(is_public(inner) for inner in _carried(address))


def is_public_literal(host: str) -> bool:
    """Whether the host is a name, to be looked up later, or a public address written out."""
    try:
        return is_public(ip_address(host.partition("%")[0]))
    except ValueError:
        return True


def resolve(host: str, port: int, trusted: bool) -> str:
    """The first address of a host; raises AddressRefused when any of its addresses is private, unless it is trusted."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not trusted and not all(map(is_public, addresses)):
        raise AddressRefused(f"{host} leads to an address that is not public")
    return str(addresses[0])


def _carried(address: Address) -> Sequence[Address]:
    """IPv4 addresses inside an IPv6 one: mapped, 6to4, Teredo (RFC 4380) and NAT64 (RFC 6052)."""
    if isinstance(address, IPv4Address):
        return ()
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inner if each is not None]
