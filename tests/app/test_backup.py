"""The commands of docs/operations.md that save and restore, run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from app.sample.site import SampleSite, feed_url
from tests.app.program import WIREWATCH, environment, json_lines, wirewatch
from tests.app.test_monitoring import ARTICLES, running
from tests.app.test_run import free_port
from tests.test_docs import OPERATIONS


def shown(name: str) -> str:
    """The commands behind that mark."""
    (block,) = re.findall(
        rf"<!-- {name}: [^>]*-->\n```bash\n(.*?)```", OPERATIONS.read_text("utf-8"), re.DOTALL
    )
    assert isinstance(block, str)
    return block


def run(commands: str, env: dict[str, str], backup: Path) -> None:
    path = f"{Path(WIREWATCH).parent}{os.pathsep}{env['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        env=env | {"PATH": path, "BACKUP": str(backup)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def found(env: dict[str, str]) -> list[str]:
    hits = json.loads(wirewatch("search", "--json", "taliban", env=env).stdout)["hits"]
    return [hit["id"] for hit in hits]


def test_what_is_saved_while_it_runs_can_be_restored(tmp_path: Path) -> None:
    port, data, backup = free_port(), tmp_path / "data", tmp_path / "backup"
    env = environment(data, INGEST__ALLOW_HOSTS=f'["127.0.0.1:{port}"]', WEB__ENABLED="false")
    assert wirewatch("feeds", "add", feed_url(port), env=env).returncode == 0
    (data / "websub.key").write_text("a secret")
    written = "wirewatch_articles_total"
    with SampleSite(port), running(["run"], env, tmp_path / "log") as service:
        service.until(ARTICLES, written, stage="index", outcome="written")
        run(shown("backup"), env, backup)
    run(shown("index"), env, backup)
    before = found(env)
    assert before
    shutil.rmtree(data)

    run(shown("restore"), env, backup)
    assert (data / "websub.key").read_text() == "a secret"
    assert feed_url(port) in (backup / "feeds.opml").read_text("utf-8")
    (feed,) = json_lines(wirewatch("feeds", "list", "--json", env=env).stdout)
    assert feed["url"] == feed_url(port)
    with running(["index"], env, tmp_path / "log") as service:  # makes the index anew
        service.until(ARTICLES, written, stage="index", outcome="written")
    assert sorted(found(env)) == sorted(before)

    shutil.rmtree(data / "index")
    run('tar -C "$WIREWATCH_DATA_DIR" -xf "$BACKUP/index.tar"', env, backup)
    assert found(env) == before
