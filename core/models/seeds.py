"""Derives the seed of each sample from its own request and number."""

import hashlib

# How a seed becomes a sample. Raised when that changes, so that answers kept from before are not taken for new ones.
SAMPLING = "sampling 2"


def derive_seed(seed: int, candidate: int) -> int:
    """Return a seed (below 2^63) for one candidate, unlike that of any other seed and candidate."""
    digest = hashlib.blake2b(f"{seed}/{candidate}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
