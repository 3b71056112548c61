"""Bringing the saved objects into Kibana, against a server that behaves as Kibana's import is documented."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from article.errors import BadConfiguration, Unavailable, WirewatchError
from index.kibana import import_saved_objects
from index.kibana.objects import ndjson
from runtime.settings import KibanaSettings
from tests.app.program import WIREWATCH, environment, wirewatch
from tests.kibana.server import Kibana, basic, kibana

PASSWORD = "corn-flower"  # noqa: S105 - opens nothing
COUNT = 6


def settings(url: str, **others: object) -> KibanaSettings:
    return KibanaSettings.model_validate({"url": url, **others})


@pytest.fixture
def server() -> Iterator[Kibana]:
    with kibana() as state:
        yield state


def test_everything_is_imported(server: Kibana) -> None:
    assert import_saved_objects(settings(server.url)) == COUNT
    assert list(server.objects.values()) == [json.loads(line) for line in ndjson().splitlines()]


def test_importing_again_overwrites(server: Kibana) -> None:
    import_saved_objects(settings(server.url))
    server.objects[("dashboard", "wirewatch-overview-dashboard")]["attributes"] = {"title": "old"}
    assert import_saved_objects(settings(server.url)) == COUNT
    assert server.objects == {
        (each["type"], each["id"]): each for each in map(json.loads, ndjson().splitlines())
    }


def test_the_data_view_is_over_the_alias_that_is_in_use(server: Kibana) -> None:
    import_saved_objects(settings(server.url), alias="news")
    data_view = server.objects[("index-pattern", "wirewatch-articles-data-view")]["attributes"]
    assert isinstance(data_view, dict)
    assert data_view["title"] == "news"


@pytest.mark.parametrize("ending", ["", "/"])
def test_the_objects_go_into_the_space_that_the_url_names(ending: str) -> None:
    with kibana(space="/s/newsroom") as state:
        assert import_saved_objects(settings(state.url + ending)) == COUNT


def test_a_user_logs_in_with_a_password_or_an_api_key() -> None:
    with kibana(logins=(basic("editor", PASSWORD), "ApiKey a2V5OnNlY3JldA==")) as state:
        assert import_saved_objects(settings(state.url, username="editor", password=PASSWORD)) == COUNT
        assert import_saved_objects(settings(state.url, api_key="a2V5OnNlY3JldA==\n")) == COUNT


def test_a_wrong_login_names_the_settings_and_not_the_password() -> None:
    with kibana(logins=(basic("editor", "another"),)) as state:
        error = refusal(settings(state.url, username="editor", password=PASSWORD), BadConfiguration)
    assert "refuses the login" in error.problem
    assert "kibana.password" in error.remedy
    assert PASSWORD not in str(error)
    assert PASSWORD not in repr(error)


def test_a_user_who_may_not_write_is_told_what_is_missing(server: Kibana) -> None:
    answer = {"statusCode": 403, "error": "Forbidden", "message": "Unable to bulk_create dashboard"}
    server.answer = (403, json.dumps(answer), {})
    error = refusal(settings(server.url), BadConfiguration)
    assert "Unable to bulk_create dashboard" in error.problem
    assert "role" in error.remedy


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_kibana_that_is_not_ready_can_be_tried_again(server: Kibana, status: int) -> None:
    server.answer = (status, "Kibana server is not ready yet", {})
    error = refusal(settings(server.url), Unavailable)
    assert error.problem == "is not ready: Kibana server is not ready yet"


def test_a_kibana_that_is_not_there_can_be_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        error = refusal(settings(f"http://127.0.0.1:{taken.getsockname()[1]}"), Unavailable)
    assert "cannot be reached" in error.problem


def test_a_kibana_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(
            settings(f"http://127.0.0.1:{silent.getsockname()[1]}", request_seconds=1), Unavailable
        )
    assert "timed out" in error.problem


def test_each_refused_object_is_named_with_the_reason(server: Kibana) -> None:
    server.known_types = ("index-pattern", "search", "dashboard")
    error = refusal(settings(server.url), BadConfiguration)
    assert "map wirewatch-places-map: this Kibana does not know the type" in error.problem


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (
            {"type": "missing_references", "references": [{"type": "index-pattern", "id": "gone"}]},
            "search s: needs index-pattern gone, which is not there",
        ),
        ({"type": "ambiguous_conflict"}, "search s: another object stands where it should go"),
        ({"type": "unknown", "message": "bad\nlong", "statusCode": 400}, "search s: bad"),
        ({"type": "requires_profile_id"}, "search s: requires_profile_id"),
        ("not an object", "search s: unknown"),
    ],
)
def test_a_reason_is_put_into_words(server: Kibana, reason: object, shown: str) -> None:
    server.answer = (200, _failed({"id": "s", "type": "search", "meta": {}, "error": reason}), {})
    assert shown in refusal(settings(server.url), BadConfiguration).problem


def test_objects_that_elasticsearch_could_not_take_now_can_be_tried_again(server: Kibana) -> None:
    busy = {"type": "unknown", "message": "circuit_breaking_exception", "statusCode": 429}
    server.answer = (200, _failed({"id": "s", "type": "search", "error": busy}), {})
    assert "circuit_breaking" in refusal(settings(server.url), Unavailable).problem


def test_fewer_objects_than_sent_are_no_success(server: Kibana) -> None:
    server.answer = (200, json.dumps({"success": True, "successCount": 5, "warnings": []}), {})
    assert "5 of 6" in refusal(settings(server.url), BadConfiguration).problem


@pytest.mark.parametrize("body", ["<html>Welcome</html>", "[]", '{"ok": 1}', '{"success": "yes"}', ""])
def test_what_is_no_kibana_is_called_so(server: Kibana, body: str) -> None:
    server.answer = (200, body, {})
    assert "is no Kibana" in refusal(settings(server.url), BadConfiguration).problem


def test_a_redirect_is_shown_and_not_followed_with_a_password_in_hand(server: Kibana) -> None:
    with kibana() as elsewhere:
        server.answer = (302, "", {"Location": f"{elsewhere.url}/api/saved_objects/_import"})
        error = refusal(settings(server.url, username="a", password=PASSWORD), BadConfiguration)
        assert elsewhere.url in error.problem
        assert elsewhere.objects == {}


def test_a_wrong_space_is_called_so(server: Kibana) -> None:
    assert "no such space" in refusal(settings(f"{server.url}/s/none"), BadConfiguration).problem


def test_what_kibana_says_of_a_bad_request_is_passed_on(server: Kibana) -> None:
    server.answer = (400, json.dumps({"statusCode": 400, "message": "Unexpected token"}), {})
    error = refusal(settings(server.url), BadConfiguration)
    assert error.problem == "refuses the import with status 400: Unexpected token"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "is no address"),
        ("kibana:5601", "is no address"),
        ("ftp://kibana", "is no address"),
        ("http://", "is no address"),
        ("http://kibana:0", "is no address"),
        ("http://kibana:port", "cannot be read"),
        ("http://[kibana", "cannot be read"),
        ("http://kibana?x=1", "more than a path"),
        ("http://kibana/#x", "more than a path"),
        (f"http://editor:{PASSWORD}@kibana", "holds a login"),
    ],
)
def test_a_url_that_cannot_work_is_refused(url: str, problem: str) -> None:
    error = refusal(settings(url), BadConfiguration)
    assert problem in error.problem
    assert PASSWORD not in str(error)


def test_an_api_key_that_cannot_be_sent_is_refused_unseen() -> None:
    error = refusal(settings("http://kibana", api_key=SecretStr("schlüssel\nx")), BadConfiguration)
    assert str(error) == "setting kibana.api_key: is no encoded API key"


class TestCommand:
    """`wirewatch setup`, which imports last."""

    def test_setup_imports(self, server: Kibana, tmp_path: Path) -> None:
        for _ in range(2):
            done = wirewatch("setup", env=environment(tmp_path / "data", KIBANA__URL=server.url))
            assert done.returncode == 0, done.stderr
            assert f"Kibana: {COUNT} saved objects" in done.stdout.decode()
        assert len(server.objects) == COUNT

    def test_a_kibana_that_is_not_ready_is_one_line_and_exit_code_69(
        self, server: Kibana, tmp_path: Path
    ) -> None:
        server.answer = (503, "Kibana server is not ready yet", {})
        done = wirewatch("setup", env=environment(tmp_path / "data", KIBANA__URL=server.url))
        assert done.returncode == 69
        assert done.stderr.decode().splitlines()[-1].startswith(f"wirewatch: {server.url}: is not ready")
        assert b"Traceback" not in done.stderr

    def test_setup_waits_for_a_kibana_that_is_not_ready(self, server: Kibana, tmp_path: Path) -> None:
        server.answer = (503, "Kibana server is not ready yet", {})
        env = environment(tmp_path / "data", KIBANA__URL=server.url)
        with subprocess.Popen(
            [WIREWATCH, "setup", "--wait", "60"], env=env, stderr=subprocess.PIPE
        ) as running:
            assert running.stderr is not None
            assert b"setup.waiting" in running.stderr.readline()
            server.answer = None
            running.stderr.read()
        assert running.returncode == 0
        assert len(server.objects) == COUNT

    def test_a_wrong_password_is_exit_code_78_and_not_shown(self, tmp_path: Path) -> None:
        with kibana(logins=(basic("editor", "another"),)) as state:
            login = {"KIBANA__URL": state.url, "KIBANA__USERNAME": "editor", "KIBANA__PASSWORD": PASSWORD}
            done = wirewatch("setup", env=environment(tmp_path / "data", **login))
        assert done.returncode == 78
        assert b"refuses the login" in done.stderr
        assert PASSWORD.encode() not in done.stdout + done.stderr


class TestTls:
    def test_a_certificate_of_the_named_ca_is_trusted(self, certificate: Path) -> None:
        with kibana(certificate=certificate) as state:
            assert import_saved_objects(settings(state.url, ca_file=certificate)) == COUNT

    def test_another_certificate_is_not(self, certificate: Path) -> None:
        with kibana(certificate=certificate) as state:
            error = refusal(settings(state.url), BadConfiguration)
        assert "is not trusted" in error.problem
        assert "kibana.ca_file" in error.remedy

    def test_a_server_without_tls_is_called_so(self, server: Kibana) -> None:
        error = refusal(settings(server.url.replace("http:", "https:")), BadConfiguration)
        assert "does not speak TLS" in error.problem

    @pytest.mark.parametrize("content", [None, "no certificate"])
    def test_a_ca_file_that_cannot_be_read_is_named(self, tmp_path: Path, content: str | None) -> None:
        ca_file = tmp_path / "ca.pem"
        if content is not None:
            ca_file.write_text(content)
        error = refusal(settings("https://127.0.0.1:1", ca_file=ca_file), BadConfiguration)
        assert str(ca_file) in error.problem


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key of 127.0.0.1 in one file, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, made, both = (folder / name for name in ("key.pem", "cert.pem", "both.pem"))
    request = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*request.split(), *names], check=True, capture_output=True)
    both.write_bytes(made.read_bytes() + key.read_bytes())
    return both


def refusal(given: KibanaSettings, kind: type[WirewatchError]) -> WirewatchError:
    with pytest.raises(kind) as caught:
        import_saved_objects(given)
    assert caught.type is kind
    return caught.value


def _failed(failure: object) -> str:
    return json.dumps({"success": False, "successCount": 0, "warnings": [], "errors": [failure]})
