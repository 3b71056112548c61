"""`wirewatch searches`, as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.app.program import environment, wirewatch
from tests.notify.receiver import Receiver


def test_searches_are_added_listed_tried_and_removed(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", NOTIFY__ALLOW_HOSTS='["127.0.0.1"]')
    (tmp_path / "data").mkdir()
    with Receiver() as receiver:
        added = wirewatch("searches", "add", "flood", "--name", "Floods", "--webhook", receiver.url, env=env)
        assert added.returncode == 0, added.stderr
        first, _, secret = added.stdout.decode().splitlines()
        id, secret = first.split()[0], secret.split()[1]
        listed = wirewatch("searches", "list", "--json", env=env).stdout
        assert secret.encode() not in listed
        (told,) = [json.loads(line) for line in listed.splitlines()]
        assert (told["id"], told["name"], told["query"]) == (id, "Floods", "flood")
        assert told["webhook"]["address"].startswith("http://127.0.0.1")
        assert wirewatch("searches", "test", id, env=env).stdout == b"taken\n"
        assert receiver.heard[0].is_signed_with(secret)
        receiver.answer = lambda _: (503, {})
        failed = wirewatch("searches", "test", id, env=env)
        assert failed.returncode == 69
        assert b"status 503" in failed.stderr
        assert wirewatch("searches", "remove", id, env=env).returncode == 0
        assert wirewatch("searches", "list", env=env).stdout == b""
        assert wirewatch("searches", "test", id, env=env).returncode == 65


def test_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    env = environment(tmp_path / "data")
    (tmp_path / "data").mkdir()
    bad = wirewatch("searches", "add", "(flood", env=env)
    assert bad.returncode == 65
    bad = wirewatch("searches", "add", "flood", "--webhook", "ftp://a.example/", env=env)
    assert bad.returncode == 65
    assert wirewatch("searches", "list", env=env).stdout == b""
