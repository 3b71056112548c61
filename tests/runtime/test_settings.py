from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from article.errors import BadConfiguration
from runtime.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("WIREWATCH_"):
            monkeypatch.delenv(name)


def test_defaults_need_no_file() -> None:
    settings = load_settings()
    assert settings.data_dir == Path("data")
    assert settings.ingest.allow_hosts == ()


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wirewatch.toml").write_text("[ingest]\nmin_interval = 5\nmax_interval = 50\n")
    monkeypatch.setenv("WIREWATCH_INGEST__MIN_INTERVAL", "7")
    settings = load_settings()
    assert (settings.ingest.min_interval, settings.ingest.max_interval) == (7.0, 50.0)


def test_hosts_are_a_json_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREWATCH_INGEST__ALLOW_HOSTS", '["127.0.0.1", "feeds.internal"]')
    assert load_settings().ingest.allow_hosts == ("127.0.0.1", "feeds.internal")


@pytest.mark.parametrize(
    ("variable", "value", "names"),
    [
        ("WIREWATCH_INGEST__MIN_INTERVAL", "soon", r"setting ingest\.min_interval"),
        ("WIREWATCH_INGEST__MIN_INTERVAL", "-1", r"setting ingest\.min_interval"),
        ("WIREWATCH_INGEST__ALLOW_HOSTS", "127.0.0.1", "ALLOW_HOSTS: cannot be read; a list is"),
        ("WIREWATCH_INGEST__NO_SUCH", "1", "no_such"),
        ("WIREWATCH_LOG_LEVEL", "loud", "setting log_level"),
        ("WIREWATCH_CONFIG", "missing.toml", "missing.toml: no such file"),
    ],
)
def test_a_bad_setting_is_named(
    variable: str, value: str, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadConfiguration, match=names):
        load_settings()


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [(None, "5", (5.0, 5.0)), ("7200", None, (7200.0, 7200.0)), ("2", "5", (2.0, 5.0))],
)
def test_one_end_of_the_intervals_moves_the_other(
    least: str | None, most: str | None, expected: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("MIN", least), ("MAX", most)):
        if value is not None:
            monkeypatch.setenv(f"WIREWATCH_INGEST__{name}_INTERVAL", value)
    settings = load_settings().ingest
    assert (settings.min_interval, settings.max_interval) == expected


def test_intervals_that_contradict_each_other_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREWATCH_INGEST__MIN_INTERVAL", "10")
    monkeypatch.setenv("WIREWATCH_INGEST__MAX_INTERVAL", "5")
    with pytest.raises(BadConfiguration, match="10 is greater than max_interval, 5"):
        load_settings()


@pytest.mark.parametrize("text", ["[ingest", "[ingest]\nno_such = 1\n", "ingest = 3\n", "\xff"])
def test_a_bad_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "wirewatch.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(BadConfiguration, match=r"settings|setting ingest"):
        load_settings()


def test_every_setting_gives_its_reason() -> None:
    def silent(model: type[BaseModel], prefix: str = "") -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            kind = field.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found += silent(kind, f"{prefix}{name}.")
            elif not field.description:
                found.append(prefix + name)
        return found

    check: Callable[[type[BaseModel]], list[str]] = silent
    assert check(Settings) == []
