"""A stack of its own for what operators do: payloads encrypted, a Web UI that nobody has told how to decrypt them, and
backend services that do not answer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cases.words import Role
from starter import samples
from starter.stack import Stack, ports, server
from starter.tokens import mint
from tests.api.live import PEOPLE

POLICY = Path(__file__).with_name("operators.toml")
NOWHERE = "http://127.0.0.1:9/hook"
"""Port 9 is `discard`'s, and nobody listens there."""
_HOOKS = {
    f"CASELADDER_WEBHOOK_{of}_{source}": value
    for source in ("SAMPLE", "DOWN")
    for of, value in (("URL", NOWHERE), ("SECRET", "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
}


@contextmanager
def sealed() -> Generator[Stack]:
    """Runs it, with the sample cases in it; their webhook, and that of the source `down`, are down."""
    folder = Path(tempfile.mkdtemp(prefix="caseladder-"))
    at = ports.choose(0, 0, 0)
    plain = server.command(server.binary(), folder / "temporal.db", at)
    try:
        with (
            pytest.MonkeyPatch.context() as environment,
            Stack(
                folder,
                policy=POLICY,
                directory=PEOPLE,
                api_port=at.api_port,
                temporal_port=at.temporal_port,
                ui_port=at.ui_port,
                encrypt=True,
                commands={"server": plain},
            ) as stack,
        ):
            for name, value in _HOOKS.items():
                environment.setenv(name, value)
            stack.start()
            samples.open_samples(at.api, mint(stack.folder.key(), "shop", Role.SERVICE))
            yield stack
    finally:
        shutil.rmtree(folder)
