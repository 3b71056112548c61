"""What goes wrong in production, by the commands that a person uses: said in a line, and nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaProducer

from article.codec import encode
from bus.channels import ENRICHED, RAW
from stack.elastic import ElasticServer
from stack.kafka import KafkaServer
from tests.app.program import environment, json_lines, wirewatch
from tests.bus.kafka_channels import empty_channels
from tests.index.articles import article
from tests.production.audit import Stream, records
from tests.production.feeds import Feeds
from tests.production.services import Services, production
from tests.servers import require_stack, temporary_folder

PREFIX = "faults"


@pytest.fixture
def env(kafka: KafkaServer, elastic: ElasticServer, tmp_path: Path) -> dict[str, str]:
    """Empty channels and an empty index on the servers that all tests share."""
    empty_channels(kafka.bootstrap)
    prefix = f"{PREFIX}-{tmp_path.name.lower().replace('_', '-')}"
    return production(tmp_path / "data", kafka.bootstrap, elastic.url, INDEX__ELASTIC__INDEX_PREFIX=prefix)


@pytest.fixture
def services(env: dict[str, str], tmp_path: Path) -> Iterator[Services]:
    made = Services(env, tmp_path)
    yield made
    made.end()


class TestServersThatAreAway:
    def test_a_command_says_so_and_ends(self, tmp_path: Path) -> None:
        env = production(
            tmp_path / "data", "127.0.0.1:1", "http://127.0.0.1:1", BUS__KAFKA__REQUEST_SECONDS=2
        )
        for command in (["tail", "--no-follow"], ["feeds", "list"], ["dead", "list"], ["setup"]):
            result = wirewatch(*command, env=env)
            assert result.returncode == 69, command
            assert result.stderr.startswith(b"wirewatch: 127.0.0.1:1: "), result.stderr
            assert len(result.stderr.splitlines()) == 1
        result = wirewatch("doctor", env=env)
        assert result.returncode == 69
        assert b"FAILED  bus: 127.0.0.1:1: " in result.stdout
        assert b"FAILED  index: " in result.stdout

    @pytest.mark.slow
    def test_services_wait_for_them(self, server_folder: Path, tmp_path: Path) -> None:
        broker = KafkaServer(server_folder / "kafka")
        index = ElasticServer(server_folder / "elastic")
        env = production(tmp_path / "data", broker.bootstrap, index.url, BUS__KAFKA__REQUEST_SECONDS=2)
        services = Services(env, tmp_path)
        with Feeds(count=1, entries=5, seed=4) as feeds:
            try:
                for name in ("ingest-1", "enrich-1", "index-1"):
                    services.start(name)
                services.wait_until(lambda: all(waiting(services, name) for name in services.running))
                broker.start()
                assert services.command("feeds", "add", *feeds.urls()).returncode == 0
                services.wait_until(lambda: services.committed("enrich-1") == 5)
                services.wait_until(lambda: said(services, "index-1", "index.unavailable"))
                index.start()
                assert services.command("setup").returncode == 0
                services.wait_until(lambda: services.committed("index-1") == 5)
                assert json.loads(services.command("search", "--json").stdout)["total"] == 5
                broker.kill()
                index.kill()
                services.wait_until(lambda: said_last(services, "ingest-1", "bus.unavailable"))
                services.stop()
            finally:
                services.end()
                broker.stop()
                index.stop()


def said_last(services: Services, name: str, event: str) -> bool:
    return services.events(name)[-1]["event"] == event


def waiting(services: Services, name: str) -> bool:
    return said(services, name, "bus.unavailable")


def said(services: Services, name: str, event: str) -> bool:
    return any(line["event"] == event for line in services.events(name))


@pytest.fixture(scope="module")
def guarded() -> Iterator[KafkaServer]:
    """A broker that wants a login over TLS."""
    require_stack()
    with (
        temporary_folder() as folder,
        KafkaServer(folder, users={"wirewatch": "right-secret"}, tls=True) as server,
    ):
        yield server


class TestLogin:
    def login(self, guarded: KafkaServer, folder: Path, **changes: object) -> dict[str, str]:
        settings: dict[str, object] = {
            "BUS__KAFKA__BOOTSTRAP_SERVERS": guarded.bootstrap,
            "BUS__KAFKA__REQUEST_SECONDS": 5,
            "BUS__KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
            "BUS__KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
            "BUS__KAFKA__SASL_USERNAME": "wirewatch",
            "BUS__KAFKA__SASL_PASSWORD": "right-secret",
            "BUS__KAFKA__SSL_CA_FILE": guarded.ca_file,
        }
        return environment(folder / "data", **(settings | changes))

    @pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
    def test_the_right_password_is_let_in(self, guarded: KafkaServer, tmp_path: Path, mechanism: str) -> None:
        env = self.login(guarded, tmp_path, BUS__KAFKA__SASL_MECHANISM=mechanism)
        assert wirewatch("setup", env=env).returncode == 0
        assert wirewatch("tail", "--from-start", "--no-follow", env=env).returncode == 0

    @pytest.mark.parametrize(
        ("mechanism", "commands"), [("PLAIN", ["tail"]), ("SCRAM-SHA-512", ["doctor", "enrich"])]
    )
    def test_a_wrong_password_is_said_but_not_shown(
        self, guarded: KafkaServer, tmp_path: Path, mechanism: str, commands: list[str]
    ) -> None:
        env = self.login(
            guarded,
            tmp_path,
            BUS__KAFKA__SASL_MECHANISM=mechanism,
            BUS__KAFKA__SASL_PASSWORD="wrong-secret",  # noqa: S106 - what the test is about
        )
        for command in commands:
            result = wirewatch(command, env=env)
            assert result.returncode == 78, (command, result.stderr + result.stdout)
            output = result.stdout + result.stderr
            assert b"the brokers refuse the login" in output
            assert b"SASL_PASSWORD" in output
            assert b"wrong-secret" not in output
            assert b"Traceback" not in output

    def test_an_unknown_certificate_is_not_trusted(self, guarded: KafkaServer, tmp_path: Path) -> None:
        env = self.login(guarded, tmp_path)
        del env["WIREWATCH_BUS__KAFKA__SSL_CA_FILE"]
        result = wirewatch("tail", env=env)
        assert result.returncode == 78, result.stderr
        assert b"SSL_CA_FILE" in result.stderr
        assert b"Traceback" not in result.stderr

    def test_a_certificate_file_that_is_not_there_is_named(
        self, guarded: KafkaServer, tmp_path: Path
    ) -> None:
        env = self.login(guarded, tmp_path, BUS__KAFKA__SSL_CA_FILE=tmp_path / "no-such.pem")
        result = wirewatch("tail", env=env)
        assert result.returncode == 78, result.stderr
        assert b"no-such.pem" in result.stderr


class TestDeadLetters:
    def test_odd_records_are_put_aside_and_can_be_sent_again(
        self, kafka: KafkaServer, services: Services
    ) -> None:
        assert services.command("setup").returncode == 0
        huge = b"{" + b" " * 5_000_000 + b'"not": "an article"}'
        with closing(
            KafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=20_000_000)
        ) as foreign:
            foreign.send(RAW.name, key=b"bad-json", value=b"{not json").get(30)
            foreign.send(RAW.name, key=b"bad-shape", value=b'{"id": 7}', headers=[("odd", b"\xff")]).get(30)
            foreign.send(RAW.name, key=b"huge", value=huge).get(30)
            foreign.send(RAW.name, key=None, value=b"no key at all", partition=3).get(30)
        with Feeds(count=1, entries=5, seed=5) as feeds:
            assert services.command("feeds", "add", *feeds.urls()).returncode == 0
            services.start("ingest-1")
            services.start("enrich-1")
            services.wait_until(lambda: len(Stream(kafka.bootstrap).last) == 5)
            services.wait_until(lambda: len(letters(services)) == 4)
            found = {letter["key"]: letter for letter in letters(services)}
            assert set(found) == {"bad-json", "bad-shape", "huge", ""}
            assert all(letter["stage"] == "enrich" for letter in found.values())
            place = str(found["bad-shape"]["place"])
            assert place.startswith("wirewatch.raw/")
            shown = services.command("dead", "show", place).stdout.decode()
            assert "RawArticle" in shown
            assert "odd: \\xff" in shown
            assert services.command("dead", "show", str(found["huge"]["place"]), "--raw").stdout == huge
            before = services.committed("enrich-1")

            sent = services.command("dead", "redrive", place)
            assert sent.stdout == b"1 sent again, 3 waiting\n", sent.stderr
            services.wait_until(lambda: len(letters(services)) == 4)
            again = {letter["key"]: letter for letter in letters(services)}
            assert again["bad-shape"]["place"] != place
            assert {key: again[key]["place"] for key in ("bad-json", "huge", "")} == {
                key: found[key]["place"] for key in ("bad-json", "huge", "")
            }
            assert services.committed("enrich-1") == before + 1
            assert services.command("dead", "redrive").returncode == 2
            assert services.command("dead", "show", "no/such/place").returncode == 65
            services.stop()

    def test_what_the_index_refuses_is_sent_straight_to_it(
        self, kafka: KafkaServer, services: Services
    ) -> None:
        assert services.command("setup").returncode == 0
        good, short = article("good", "Flood"), article("short", "Flood", embedding=[1.0])
        with closing(KafkaProducer(bootstrap_servers=kafka.bootstrap)) as foreign:
            for each in (good, short):
                foreign.send(ENRICHED.name, key=each.id.encode(), value=encode(each)).get(30)
        services.start("index-1")
        services.wait_until(lambda: services.committed("index-1") == 2)
        (letter,) = letters(services)
        assert (letter["key"], letter["stage"]) == (short.id, "index")
        result = services.command("dead", "redrive", "--all")
        assert result.returncode == 65
        assert b"still cannot be indexed" in result.stderr
        assert result.stdout == b"0 sent again, 1 waiting\n"
        assert [each["place"] for each in letters(services)] == [letter["place"]]
        assert len(records(kafka.bootstrap, ENRICHED.name)) == 2
        assert json.loads(services.command("search", "--json", "flood").stdout)["total"] == 1
        services.stop()


def letters(services: Services) -> list[dict[str, object]]:
    return json_lines(services.command("dead", "list", "--json").stdout)


class TestWhy:
    def test_an_article_is_followed_from_feed_to_index(self, services: Services) -> None:
        assert services.command("setup").returncode == 0
        with Feeds(count=1, entries=3, seed=6) as feeds:
            assert services.command("feeds", "add", *feeds.urls()).returncode == 0
            services.start("ingest-1")
            url = "https://news.test/6/0/1"
            services.wait_until(lambda: self.outcome(services, url) == "seen, and waits for enrichment")
            services.start("enrich-1")
            unindexed = "published as revision 1, which is not in the index yet"
            services.wait_until(lambda: self.outcome(services, url) == unindexed)
            services.start("index-1")
            services.wait_until(
                lambda: self.outcome(services, url) == "published and searchable as revision 1"
            )
            told = services.command("why", url).stdout.decode()
            assert "ingest  seen in Feed 0 with the feed's text" in told
            assert "enrich  revision 1, complete" in told
            never = services.command("why", "https://news.test/never")
            assert never.returncode == 0
            assert b"never seen in a feed that is watched" in never.stdout
            services.stop()

    def outcome(self, services: Services, url: str) -> object:
        return json.loads(services.command("why", url, "--json").stdout)["outcome"]
