"""A small model, a folder with its bundle as champion, and the service on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from models.risk import RiskModel
from models.signing import make_keys, private_key
from serving.app import create_app
from serving.security import add_key
from serving.settings import Settings
from tests.served import small_model, write_champion


@pytest.fixture(scope="session")
def model() -> RiskModel:
    """Return a small model."""
    return small_model()


@pytest.fixture
def bundles(model: RiskModel, tmp_path: Path) -> Path:
    """Return a folder in which a benchmark model is champion."""
    folder = tmp_path / "bundles"
    folder.mkdir()
    write_champion(folder, model)
    return folder


@pytest.fixture
def settings(bundles: Path, tmp_path: Path) -> Settings:
    """Return settings of the demo profile."""
    return Settings(bundles, tmp_path / "keys.jsonl", tmp_path / "answers.jsonl", profile="demo")


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Ed25519PrivateKey, str]:
    """Return a key that signs, and the path of the one to pin."""
    private, public = make_keys(tmp_path / "pair")
    return private_key(private), str(public)


@pytest.fixture
def start() -> Iterator[Callable[..., TestClient]]:
    """Start the service on settings, with a key; wait until it is ready, unless told otherwise."""
    clients: list[TestClient] = []

    def starting(
        settings: Settings, *, wait: bool = True, area: str = "", backfill: bool = True
    ) -> TestClient:
        _, key = add_key(settings.keys, "system", area, backfill=backfill)
        app = create_app(settings, now=lambda: datetime(2025, 7, 1, 4, 0, tzinfo=UTC))
        client = TestClient(app, headers={"X-API-Key": key}, raise_server_exceptions=False)
        clients.append(client.__enter__())
        if wait:
            until(lambda: client.get("/readyz").status_code == 200)
        return client

    yield starting
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(start: Callable[..., TestClient], settings: Settings) -> TestClient:
    """Return the service, ready, and a key that may backfill."""
    return start(settings)


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)
