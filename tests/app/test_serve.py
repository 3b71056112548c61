"""`wirewatch serve` as a person starts it."""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from index.embedded import EmbeddedIndex
from tests.app.program import WIREWATCH, environment, wirewatch
from tests.web.articles import SOME


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "data")


@contextmanager
def serving(env: dict[str, str], *arguments: str) -> Iterator[str]:
    """The address of the started program, which must end cleanly."""
    with subprocess.Popen([WIREWATCH, *arguments], env=env, stderr=subprocess.PIPE) as program:
        try:
            assert program.stderr is not None
            for line in program.stderr:
                if (said := json.loads(line)).get("event") == "web.started":
                    yield said["url"]
                    break
            program.terminate()
            program.stderr.read()
            assert program.wait(timeout=60) == 0
        finally:
            program.kill()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - our own server
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_page_waits_for_an_index_and_shows_it_once_it_is_there(
    env: dict[str, str], tmp_path: Path
) -> None:
    with serving(env, "serve") as url:
        assert status(url) == 503
        with closing(EmbeddedIndex(tmp_path / "data" / "index", recency_days=7)) as index:
            index.write(SOME)
        assert status(url) == 200
        assert status(f"{url}?q=%28") == 400


def test_the_token_is_made_once_and_shown(env: dict[str, str], tmp_path: Path) -> None:
    shown = wirewatch("serve", "--show-token", env=env)
    token = (tmp_path / "data" / "web.token").read_text()
    assert shown.stdout.decode() == (f"token    {token}\nlog in   http://127.0.0.1:0/login?token={token}\n")
    with serving(env, "serve") as url:
        assert status(f"{url}login?token=wrong") == 403
    assert wirewatch("serve", "--show-token", env=env).stdout == shown.stdout


def test_others_are_not_served_before_it_is_said_who_may_do_what(env: dict[str, str]) -> None:
    for command in ("serve", "run"):
        refused = wirewatch(command, env={**env, "WIREWATCH_WEB__HOST": "0.0.0.0"})
        assert refused.returncode == 78
        assert b"set WIREWATCH_WEB__TOKEN" in refused.stderr
        assert b"Traceback" not in refused.stderr


def test_the_doctor_says_who_may_read(env: dict[str, str]) -> None:
    said = wirewatch("doctor", env={**env, "WIREWATCH_WEB__PORT": "8123"}).stdout
    assert b"ok      page: http://127.0.0.1:8123/, open for reading on this machine" in said
    said = wirewatch("doctor", env={**env, "WIREWATCH_WEB__HOST": "0.0.0.0"}).stdout
    assert b"FAILED  page: setting web.host, 0.0.0.0" in said


def test_a_port_that_is_taken_ends_serve(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = wirewatch("serve", env={**env, "WIREWATCH_WEB__PORT": port})
    assert refused.returncode == 69
    assert b"WIREWATCH_WEB__PORT" in refused.stderr
