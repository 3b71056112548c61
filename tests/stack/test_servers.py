"""The servers that tests stand on: data outlives a restart and a kill, a dead server says why."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from kafka import KafkaConsumer, KafkaProducer

from article.errors import Unavailable
from stack.elastic import ElasticServer
from stack.kafka import KafkaServer
from stack.process import ServerProcess


def write(kafka: KafkaServer, value: bytes) -> None:
    with closing(KafkaProducer(bootstrap_servers=kafka.bootstrap)) as producer:
        producer.send("kept", value).get(30)


def read(kafka: KafkaServer) -> list[bytes]:
    consumer = KafkaConsumer("kept", bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    with closing(consumer):
        return [record.value for records in consumer.poll(30_000).values() for record in records]


@pytest.mark.slow
def test_a_killed_broker_comes_back_on_its_port_with_its_data(server_folder: Path) -> None:
    with KafkaServer(server_folder) as kafka:
        write(kafka, b"one")
        kafka.kill()
        assert not kafka.running
        kafka.start()
        assert read(kafka) == [b"one"]


@pytest.mark.slow
def test_a_broker_on_other_ports_finds_the_data(server_folder: Path) -> None:
    with KafkaServer(server_folder) as first:
        write(first, b"one")
    with KafkaServer(server_folder) as second:
        assert second.bootstrap != first.bootstrap
        assert read(second) == [b"one"]


@pytest.mark.slow
def test_elasticsearch_keeps_its_documents_over_a_restart(server_folder: Path) -> None:
    with ElasticServer(server_folder) as elastic:
        with Elasticsearch(elastic.url) as client:
            client.index(index="kept", id="1", document={"title": "one"})
        elastic.kill()
        assert not elastic.running
        elastic.start()
        with Elasticsearch(elastic.url) as client:
            assert client.get(index="kept", id="1")["_source"] == {"title": "one"}


def test_a_server_that_ends_at_once_shows_the_end_of_its_log(tmp_path: Path) -> None:
    server = ServerProcess("example", tmp_path / "log")
    with pytest.raises(Unavailable, match=r"example: ended with status 3(.|\n)*no such port"):
        server.start(
            ["sh", "-c", "echo no such port; exit 3"], lambda: False, seconds=20, cwd=tmp_path, environment={}
        )
    assert not server.running
