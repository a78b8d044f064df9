"""What several tests of the launcher need: a state directory of its own, certificates."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

TLS_ADDRESS = "127.0.11.5"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty state directory, known to this process and to those that it starts."""
    folder = tmp_path / "home"
    monkeypatch.setenv("HELENUS_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Give a certificate authority."""
    return trustme.CA()


@pytest.fixture(scope="session")
def certificates(authority: trustme.CA) -> trustme.LeafCert:
    """Give a certificate for the address that the TLS tests use, with its key."""
    return authority.issue_cert(TLS_ADDRESS)
