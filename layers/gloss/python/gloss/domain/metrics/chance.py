"""Numbers that look drawn but are hashes: the same id and seed always give the same number."""

import hashlib


def chance(id_: str, seed: str = "") -> float:
    """A number in [0, 1) that depends on nothing but the id and the seed (first 53 bits of SHA-256)."""
    digest = hashlib.sha256(f"{seed}\x00{id_}".encode()).digest()
    return (int.from_bytes(digest[:7], "big") >> 3) / 2**53
