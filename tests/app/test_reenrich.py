"""`wirewatch rebuild --reenrich` as a person and a program run it, on the embedded pair."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from article.codec import encode
from bus.channels import ENRICHED
from bus.protocol import Record
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.app.program import WIREWATCH, environment, wirewatch
from tests.enrich.tagger.models import make_onnx_folder
from tests.index.articles import article, entity, id_of


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_onnx_folder(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def env(tmp_path: Path, model: Path) -> dict[str, str]:
    """A data folder with one article in stream and index, and another model since."""
    data = tmp_path / "data"
    data.mkdir()
    old = article("a", "Merkel in Kabul", entities=[entity("ORG", "Reuters")])
    bus = SqliteBus(data / "log.db", partitions=1, clock=SystemClock())
    bus.publish([Record(channel=ENRICHED, key=old.id, value=encode(old))])
    bus.close()
    index = EmbeddedIndex(data / "index", recency_days=7.0)
    index.write([old])
    index.close()
    return environment(data, ENRICH__ENTITIES__MODEL=model, ENRICH__THREADS=1)


def indexed(env: Mapping[str, str]) -> set[str]:
    index = EmbeddedIndex(Path(env["WIREWATCH_DATA_DIR"]) / "index", recency_days=7.0, read_only=True)
    found = index.get(id_of("a"))
    index.close()
    assert found is not None
    return {each.name for each in found.entities}


def at_a_terminal(answer: bytes, env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run with a terminal for standard input, at which `answer` is typed."""
    ours, theirs = os.openpty()
    try:
        os.write(ours, answer)
        return subprocess.run(
            [WIREWATCH, "rebuild", "--reenrich"],
            env=env,
            stdin=theirs,
            capture_output=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_dry_run_says_what_would_change_and_changes_nothing(env: dict[str, str]) -> None:
    result = wirewatch("rebuild", "--reenrich", "--dry-run", "--json", env=env)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["compared"], report["changed"]) == (1, 1)
    groups = report["entities"]["groups"]
    assert groups["ORG"]["lost"]["examples"] == [
        {"found": "Reuters", "article": id_of("a"), "title": "Merkel in Kabul"}
    ]
    assert groups["LOC"]["gained"]["count"] == 1
    assert b"Nothing was changed: this was a dry run" in result.stderr
    assert indexed(env) == {"Reuters"}


def test_yes_takes_the_new_index_and_a_plain_rebuild_goes_back_to_the_stream(env: dict[str, str]) -> None:
    result = wirewatch("rebuild", "--reenrich", "--yes", env=env)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.decode().splitlines()
    assert lines[0] == "1 articles were read anew: 1 say something else than before"
    assert "      - Reuters  in: Merkel in Kabul" in lines
    assert indexed(env) == {"Merkel", "Kabul"}
    assert wirewatch("rebuild", env=env).returncode == 0
    assert indexed(env) == {"Reuters"}


@pytest.mark.parametrize(
    ("answer", "code", "names"), [(b"y\n", 0, {"Merkel", "Kabul"}), (b"\n", 1, {"Reuters"})]
)
def test_a_person_is_asked(env: dict[str, str], answer: bytes, code: int, names: set[str]) -> None:
    result = at_a_terminal(answer, env)
    assert result.returncode == code, result.stderr
    assert b"1 articles were read anew" in result.stdout
    assert b"Put the new index in the place of the old one? [y/N]" in result.stderr
    assert indexed(env) == names


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--reenrich",), b"give --yes or --dry-run"),
        (("--dry-run",), b"go with --reenrich"),
        (("--yes",), b"go with --reenrich"),
    ],
)
def test_options_that_do_not_go_together(
    env: dict[str, str], arguments: tuple[str, ...], says: bytes
) -> None:
    result = wirewatch("rebuild", *arguments, env=env)
    assert result.returncode == 2
    assert says in result.stderr


def test_a_broken_model_is_said_before_anything_is_read(env: dict[str, str], tmp_path: Path) -> None:
    env |= {"WIREWATCH_ENRICH__ENTITIES__MODEL": str(tmp_path)}
    result = wirewatch("rebuild", "--reenrich", "--yes", env=env)
    assert result.returncode == 78
    assert str(tmp_path).encode() in result.stderr
    assert b"Traceback" not in result.stderr
    assert indexed(env) == {"Reuters"}
