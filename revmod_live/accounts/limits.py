"""How often somebody may try to sign in, and what counts as one network. Numbers and pure functions.

Knows nothing of HTTP: the network is told from the peer address of the connection, never from a
header that a client can write. Behind a proxy of one's own, the portal passes in what that proxy says.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

WINDOW: Final = timedelta(minutes=15)
"""Tries older than this are forgotten."""

PER_ADDRESS_AND_NETWORK: Final = 10
"""One person guessing, or mistyping. Low."""

PER_ADDRESS: Final = 50
"""Many networks guessing at one person. Higher, so that a stranger does not easily lock somebody out."""

PER_NETWORK: Final = 300
"""One network guessing at many people. Higher still: a ministry may be one network."""

IPV6_PREFIX_BITS: Final = 64
"""What one IPv6 customer holds at least; single addresses cost nothing there."""


def network_of(peer: str | None) -> str:
    """The network of a connection's peer address: the IPv4 address, or the /64 of the IPv6 one.

    `local` for a peer without an address, such as a Unix socket.
    """
    if not peer:
        return "local"
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return "local"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        rest = address.max_prefixlen - IPV6_PREFIX_BITS
        return f"{IPv6Address(int(address) >> rest << rest)}/{IPV6_PREFIX_BITS}"
    return str(address)
