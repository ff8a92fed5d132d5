"""Where the API's key and the workers' public ones are named, and what is said when they are of no use."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.settings import Settings, SettingsError
from starter.stack.folder import Folder
from worker import Settings as WorkerSettings
from workflows.signing import Trusted, generated


def test_the_embedded_stack_has_a_pair_of_keys_made_once_and_the_private_one_is_its_owners_alone(tmp_path: Path):
    folder = Folder(tmp_path)
    folder.signing_keys()
    made = folder.signing_key_file.read_text()
    Folder(tmp_path).signing_keys()
    assert folder.signing_key_file.read_text() == made
    assert stat.S_IMODE(folder.signing_key_file.stat().st_mode) == 0o600
    assert Trusted.of(folder.trusted_keys_file.read_text())


def test_the_key_is_text_or_a_file_and_never_shown(settings: Settings, tmp_path: Path):
    key = generated()
    (tmp_path / "signing.key").write_text(key.private)
    by_text = settings.model_copy(update={"signing_key": SecretStr(key.private)})
    by_file = settings.model_copy(update={"signing_key_file": tmp_path / "signing.key"})
    for told in (by_text, by_file):
        signer = told.signer()
        assert signer is not None
        assert signer.public == key.public
        assert key.private.splitlines()[1] not in repr(told)
    assert settings.signer() is None


def test_a_key_that_is_none_is_said_by_its_variable(settings: Settings, tmp_path: Path):
    for said, wrong in (
        ({"signing_key": SecretStr("nonsense")}, "CASELADDER_SIGNING_KEY: is no private key"),
        ({"signing_key_file": tmp_path / "none"}, "CASELADDER_SIGNING_KEY_FILE: .*none cannot be read"),
        ({"signing_key": SecretStr("a"), "signing_key_file": tmp_path / "b"}, "and not both"),
    ):
        with pytest.raises(SettingsError, match=wrong):
            settings.model_copy(update=said).signer()


def test_a_worker_says_which_of_its_keys_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CASELADDER_DATABASE_URL", "sqlite://")
    monkeypatch.setenv("CASELADDER_POLICY", "policy.toml")
    assert WorkerSettings.read().trusted is None
    monkeypatch.setenv("CASELADDER_TRUSTED_KEYS_FILE", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match=r"CASELADDER_TRUSTED_KEYS_FILE: .*none"):
        WorkerSettings.read()
    monkeypatch.setenv("CASELADDER_TRUSTED_KEYS", "nonsense")
    with pytest.raises(SystemExit, match="CASELADDER_TRUSTED_KEYS: has no public key"):
        WorkerSettings.read()
    monkeypatch.setenv("CASELADDER_TRUSTED_KEYS", generated().public + generated().public)
    assert WorkerSettings.read().trusted is not None
