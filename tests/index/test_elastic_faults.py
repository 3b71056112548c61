"""The index on Elasticsearch when its server is away, busy, or does not know us: on servers of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from article.errors import BadConfiguration, Unavailable, WirewatchError
from article.records import EnrichedArticle
from bus.sqlite import SqliteBus
from index.elastic import ElasticGenerations, ElasticIndex, setup_index
from index.protocol import Written
from index.query import Query
from runtime.backoff import Backoff, patiently
from runtime.clock import SystemClock
from runtime.settings import ElasticSettings
from runtime.shutdown import Stop
from stack.elastic import ElasticServer
from tests.index.articles import NOON, article, id_of, search
from tests.index.makers import AT_ONCE
from tests.index.test_service import lag, letters, record, run_until
from tests.servers import require_stack, temporary_folder

PASSWORD = "a-long-word-nobody-guesses"  # noqa: S105 - of a server that lives for this test
BRIEF = Backoff(base=0.05, cap=0.5)

# As docs/operations.md lists them.
OF_SETUP = {"cluster": ["monitor", "manage_index_templates"], "index": ["manage", "read"]}
OF_WRITER = {"cluster": [], "index": ["manage", "write", "read"]}
OF_READER = {"cluster": [], "index": ["read"]}


@pytest.fixture(scope="module")
def secured() -> Iterator[ElasticServer]:
    require_stack()
    with temporary_folder() as folder, ElasticServer(folder, password=PASSWORD, tls=True) as server:
        yield server


@pytest.fixture(scope="module")
def narrow() -> Iterator[ElasticServer]:
    """A server, not started yet, that takes 300 kB of writes at a time."""
    require_stack()
    with temporary_folder() as folder:
        server = ElasticServer(folder, settings={"indexing_pressure.memory.limit": "300kb"})
        yield server
        server.kill()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "bus.db", partitions=4, clock=SystemClock())
    yield bus
    bus.close()


def login(server: ElasticServer, **more: object) -> ElasticSettings:
    known = {"url": server.url, "ca_file": server.ca_file, "username": "elastic", "password": PASSWORD}
    return ElasticSettings.model_validate(known | {"index_prefix": "secured"} | more)


def api_key(server: ElasticServer, allowed: dict[str, list[str]]) -> ElasticSettings:
    with Elasticsearch(server.url, basic_auth=("elastic", PASSWORD), ca_certs=str(server.ca_file)) as client:
        role = {
            "cluster": allowed["cluster"],
            "indices": [{"names": ["secured", "secured-*"], "privileges": allowed["index"]}],
        }
        made = client.security.create_api_key(name="test", role_descriptors={"wirewatch": role})
    return login(server, api_key=made["encoded"], username="", password="")


def problem(action: Callable[[], object]) -> WirewatchError:
    with pytest.raises(WirewatchError) as caught:
        action()
    assert PASSWORD not in str(caught.value)
    return caught.value


def test_a_login_over_tls(secured: ElasticServer) -> None:
    setup_index(login(secured))
    index = ElasticIndex(login(secured))
    assert index.write([article("login", "flood")]) == [Written(id=id_of("login"), revision=1)]
    assert search(index, "flood").total == 1
    index.close()


@pytest.mark.parametrize("more", [{"password": "wrong-word"}, {"username": "nobody"}, {"username": ""}])
def test_a_wrong_login(secured: ElasticServer, more: dict[str, object]) -> None:
    index = ElasticIndex(login(secured, **more))
    for action in (
        lambda: index.write([article("a")]),
        index.count,
        lambda: setup_index(login(secured, **more)),
    ):
        found = problem(action)
        assert isinstance(found, BadConfiguration)
        assert "who we log in as" in found.problem
        assert "wrong-word" not in str(found)
    index.close()


def test_a_wrong_api_key(secured: ElasticServer) -> None:
    found = problem(lambda: setup_index(login(secured, api_key="bm90OmFrZXk=", username="", password="")))
    assert isinstance(found, BadConfiguration)
    assert "api_key" in found.remedy
    assert "bm90OmFrZXk" not in str(found)


def test_a_certificate_that_nobody_vouches_for(secured: ElasticServer) -> None:
    found = problem(lambda: setup_index(login(secured, ca_file=None)))
    assert isinstance(found, BadConfiguration)
    assert "ca_file" in found.remedy


def test_what_is_spoken_is_not_what_the_server_speaks(secured: ElasticServer) -> None:
    found = problem(
        lambda: setup_index(login(secured, url=secured.url.replace("https", "http"), ca_file=None))
    )
    assert isinstance(found, Unavailable)
    assert "index.elastic.url" in found.remedy


def test_each_service_needs_no_more_than_its_privileges(secured: ElasticServer) -> None:
    setup, writing, reading = (api_key(secured, role) for role in (OF_SETUP, OF_WRITER, OF_READER))
    setup_index(setup)
    writer = ElasticIndex(writing)
    assert writer.write([article("key", "storm")]) == [Written(id=id_of("key"), revision=1)]
    assert search(writer, "storm").total == writer.count() - 1 == 1
    reader = ElasticIndex(reading, read_only=True)
    assert search(reader, "storm", Query(highlight=True)).total == 1
    assert reader.count() == 2
    assert reader.get(id_of("key")) == article("key", "storm")
    assert reader.similar(id_of("key")).hits == ()
    for action in (lambda: setup_index(writing), lambda: ElasticIndex(reading).write([article("b")])):
        found = problem(action)
        assert isinstance(found, BadConfiguration)
        assert "privileges" in found.remedy
    for index in (writer, reader):
        index.close()


def test_a_rebuild_with_the_privileges_of_setup_and_writing(secured: ElasticServer) -> None:
    setup_index(login(secured))
    both = {kind: sorted({*OF_SETUP[kind], *OF_WRITER[kind]}) for kind in OF_SETUP}
    generations = ElasticGenerations(api_key(secured, both))
    generation = generations.begin()
    generation.write([article("rebuilt", "heat")])
    for page in generation.missing():
        generation.write(page)
    generation.swap()
    index = ElasticIndex(login(secured))
    assert search(index, "heat").total == 1
    index.close()
    generations.close()


def test_a_stage_that_starts_before_its_server(
    narrow: ElasticServer, bus: SqliteBus, logs: list[dict[str, object]]
) -> None:
    settings = ElasticSettings(url=narrow.url, index_prefix="late")
    index = ElasticIndex(settings, backoff=AT_ONCE)
    actions: list[Callable[[], object]] = [
        lambda: setup_index(settings),
        index.count,
        lambda: index.search(Query()),
        lambda: index.write([article("a")]),
    ]
    for action in actions:
        found = problem(action)
        assert isinstance(found, Unavailable)
        assert found.subject == narrow.url
        assert "is it running" in found.remedy
    bus.publish([record(article(f"n{number}", "flood")) for number in range(10)])

    def start() -> None:
        narrow.start()
        setup_index(settings)

    starting = threading.Thread(target=start)

    def done() -> bool:
        if starting.ident is None and any(line["event"] == "index.unavailable" for line in list(logs)):
            starting.start()
        return starting.ident is not None and lag(bus) == 0

    run_until(bus, index, done, backoff=BRIEF)
    starting.join()
    assert index.count() == 10
    assert letters(bus) == []
    index.close()


def test_a_busy_server_is_given_less_at_a_time(narrow: ElasticServer) -> None:
    """It answers 429 to whatever is larger than it takes, or comes while it has its hands full."""
    if not narrow.running:
        narrow.start()
    settings = ElasticSettings(url=narrow.url, index_prefix="busy")
    setup_index(settings)
    batches = [
        [article(f"{writer}-{n}", "flood", "water " * 2_000, first_seen=NOON) for n in range(60)]
        for writer in range(3)
    ]

    def write(batch: list[EnrichedArticle]) -> bool:
        index = ElasticIndex(settings, backoff=BRIEF)

        def attempt() -> bool:
            return all(isinstance(one, Written) for one in index.write(batch))

        try:
            return patiently(attempt, component="test", event="busy", stop=Stop(), backoff=BRIEF)
        finally:
            index.close()

    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(write, batches))
    index = ElasticIndex(settings)
    assert index.count() == 180
    index.close()


def test_an_article_that_a_server_never_takes_is_tried_so_many_times(narrow: ElasticServer) -> None:
    if not narrow.running:
        narrow.start()
    settings = ElasticSettings(url=narrow.url, index_prefix="busy")
    setup_index(settings)
    index = ElasticIndex(settings, backoff=AT_ONCE)
    huge = article("huge", "flood", "water " * 60_000)
    with pytest.raises(
        Unavailable, match="does not take articles now: 429, es_rejected_execution_exception"
    ) as caught:
        index.write([article("small"), huge])
    assert caught.value.subject == narrow.url
    assert index.get(id_of("small")) == article("small")
    index.close()


@pytest.mark.slow
def test_a_server_that_is_killed_in_the_middle(narrow: ElasticServer, bus: SqliteBus) -> None:
    if not narrow.running:
        narrow.start()
    settings = ElasticSettings(url=narrow.url, index_prefix="killed", request_seconds=5)
    setup_index(settings)
    index = ElasticIndex(settings, backoff=AT_ONCE)
    bus.publish([record(article(f"n{number}", "flood", first_seen=NOON)) for number in range(300)])

    def kill() -> None:
        narrow.kill()
        narrow.start()

    killing = threading.Thread(target=kill)

    def done() -> bool:
        if killing.ident is None and lag(bus) < 200:
            killing.start()
        return killing.ident is not None and lag(bus) == 0

    run_until(bus, index, done, backoff=BRIEF)
    killing.join()
    assert index.count() == 300
    assert {hit.id for hit in search(index, "flood", Query(limit=400)).hits} == {
        id_of(f"n{n}") for n in range(300)
    }
    assert letters(bus) == []
    index.close()
