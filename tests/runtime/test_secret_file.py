"""The secret of a data folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from article.errors import BadConfiguration
from runtime.secret_file import kept_secret
from runtime.settings import WebSettings


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "web.token"
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: kept_secret(path, instead="X"), range(32)))
    assert made == {kept_secret(path, instead="X")}
    assert len(made.pop()) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("held", [b"", b"\xff" * 64, b"short"])
def test_what_is_no_secret_is_said(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "web.token"
    path.write_bytes(held)
    with pytest.raises(BadConfiguration, match=r"web\.token"):
        kept_secret(path, instead="X")


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadConfiguration, match="WIREWATCH_X instead"):
        kept_secret(tmp_path / "file" / "web.token", instead="WIREWATCH_X")


def test_a_token_is_made_for_this_machine_alone(tmp_path: Path) -> None:
    made = WebSettings().with_kept_token(tmp_path)
    assert made.token.get_secret_value() == (tmp_path / "web.token").read_text()
    elsewhere = WebSettings(host="0.0.0.0")
    assert elsewhere.with_kept_token(tmp_path) == elsewhere
