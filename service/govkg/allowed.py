"""Which endpoints a query may call: the list in GOVKG_SERVICE_HOSTS, and what is a public address.

Nothing here opens a connection.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx2

Address = IPv4Address | IPv6Address
_PORTS: Final = {"http": 80, "https": 443}
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as IPv6 ones (RFC 6052)."""


@dataclass(frozen=True)
class Entry:
    """One endpoint that is open, or all those of one host."""

    text: str
    """As the operator wrote it."""
    url: httpx2.URL
    whole: bool
    """Whether the address counts to its end, or the host and port alone."""

    @classmethod
    def of(cls, text: str) -> "Entry":
        """Read an entry: ``host``, ``host:port`` (both https), or the whole address of an endpoint.

        Raises ValueError that says what is wrong.
        """
        whole = "://" in text
        url = parsed(text if whole else f"https://{text}/")
        if not whole and url.raw_path != b"/":
            raise ValueError(f"“{text}” is neither a host nor a whole address with https://")
        if "*" in text or len(text.split()) > 1:
            raise ValueError(f"“{text}” has a wildcard or a space; name each host, with commas")
        return cls(text, url, whole)

    def admits(self, url: httpx2.URL) -> bool:
        """Say whether this entry opens an address."""
        if self.whole:
            return url == self.url
        return _origin(url) == _origin(self.url)

    def admits_address(self, address: Address) -> bool:
        """Say whether the host may lie at an address: a public one, or what the entry says itself.

        An entry that is an address, or ``localhost``, names what it means. Behind any other name
        private addresses are refused, since whoever owns the name could point it anywhere.
        """
        literal = literal_address(self.url)
        if literal:
            return address == literal
        if self.url.host == "localhost" or self.url.host.endswith(".localhost"):
            return address.is_loopback
        return is_public(address)


def entries(text: str) -> tuple[Entry, ...]:
    """Read the list, separated by commas; raises ValueError."""
    return tuple(Entry.of(each.strip()) for each in text.split(",") if each.strip())


def parsed(text: str) -> httpx2.URL:
    """Read the address of an endpoint; raises ValueError if it is none that can be called."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise ValueError(f"“{text}” is no address: {error}") from error
    if url.scheme not in _PORTS or not url.host:
        raise ValueError(f"“{text}” does not start with https:// or http:// and a host")
    if url.userinfo or url.fragment:
        raise ValueError(f"“{text}” holds a user, a password or a #")
    return url


def literal_address(url: httpx2.URL) -> Address | None:
    """Return the IP address that stands in place of a host's name, if one does."""
    try:
        return ip_address(url.host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Say whether an address, and the one that may be wrapped in it, can be anybody's."""
    return all(each.is_global and not each.is_multicast for each in (address, *_wrapped(address)))


def _wrapped(address: Address) -> tuple[Address, ...]:
    """Return the IPv4 addresses to which an IPv6 address leads by the ways of translation."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED:
        found.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(each for each in found if each is not None)


def port_of(url: httpx2.URL) -> int:
    """Return the port of an address, written or usual."""
    return url.port or _PORTS[url.scheme]


def _origin(url: httpx2.URL) -> tuple[str, bytes, int]:
    return url.scheme, url.raw_host, port_of(url)
