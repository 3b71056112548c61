from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from article.errors import BadConfiguration
from ingest.websub.key import callbacks_of
from runtime.settings import IngestSettings, Settings


def settings(folder: Path, key: str = "", url: str = "https://us.test/hub") -> Settings:
    return Settings(data_dir=folder, ingest=IngestSettings(websub_url=url, websub_key=SecretStr(key)))


def key(folder: Path, given: str = "") -> bytes:
    callbacks = callbacks_of(settings(folder, given))
    assert callbacks is not None
    return callbacks.key


def test_without_an_address_there_is_no_callback_and_no_file(tmp_path: Path) -> None:
    assert callbacks_of(settings(tmp_path, url="")) is None
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(key(folder))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert len(made[0]) == 64
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key(folder) == made[0]
    assert key(tmp_path / "other") != made[0]


def test_a_key_that_is_set_counts(tmp_path: Path) -> None:
    assert key(tmp_path, "a key of sixteen or more") == b"a key of sixteen or more"
    with pytest.raises(BadConfiguration, match="fewer than 16"):
        key(tmp_path, "short")


def test_a_folder_that_cannot_hold_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadConfiguration, match="WEBSUB_KEY"):
        key(tmp_path / "file" / "data")
