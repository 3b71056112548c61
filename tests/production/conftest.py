"""Both servers, with channels and index as if nobody had used them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.elastic import ElasticServer
from stack.kafka import KafkaServer
from tests.production.services import Services, production


@pytest.fixture
def broker(server_folder: Path) -> Iterator[KafkaServer]:
    with KafkaServer(server_folder / "kafka") as server:
        yield server


@pytest.fixture
def index_server(server_folder: Path) -> Iterator[ElasticServer]:
    with ElasticServer(server_folder / "elastic") as server:
        yield server


@pytest.fixture
def services(broker: KafkaServer, index_server: ElasticServer, tmp_path: Path) -> Iterator[Services]:
    made = Services(production(tmp_path / "data", broker.bootstrap, index_server.url), tmp_path)
    yield made
    made.end()
