"""What encryption costs: each payload sealed and opened again, by size, without a server."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from temporalio.api.common.v1 import Payload

from starter import keys
from workflows.encryption import Encryption
from workflows.keyring import KeyRing

SIZES = (300, 2_000, 20_000, 500_000)
"""Bytes: an event, a view, a long complaint, what is carried over to the next run."""

_LONG_ENOUGH_S = 0.3


def main() -> None:
    """Prints microseconds for each size."""
    with tempfile.TemporaryDirectory() as folder:
        ring = Path(folder) / "payload.keys"
        keys.begun().write(ring)
        codec = Encryption(KeyRing(ring))
        for size in SIZES:
            payload = Payload(metadata={"encoding": b"json/plain"}, data=b"x" * size)
            began, count = time.perf_counter(), 0
            while time.perf_counter() - began < _LONG_ENOUGH_S:
                codec.opened(codec.sealed(payload))
                count += 1
            each_us = (time.perf_counter() - began) / count * 1e6
            print(f"{size:>8,} bytes: {each_us:8.1f} us to seal and open")


if __name__ == "__main__":
    main()
