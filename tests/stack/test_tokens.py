"""The local key and the tokens that it signs."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

from cases.words import Role
from starter.stack.folder import Folder
from starter.tokens import mint


def test_a_token_says_who_in_which_role_and_until_when(tmp_path: Path):
    key = Folder(tmp_path).key()

    claims = jwt.decode(mint(key, "ana", Role.AGENT, timedelta(days=30)), key, ["HS256"], issuer="caseladder")

    assert (claims["sub"], claims["role"]) == ("ana", "agent")
    assert timedelta(days=29, hours=23) < datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path):
    key = Folder(tmp_path).key()

    assert Folder(tmp_path).key() == key
    assert len(bytes.fromhex(key)) == 32
    assert stat.S_IMODE((tmp_path / "token.key").stat().st_mode) == 0o600
