"""docker-compose.yml as a text: versions, settings, hardening. `make check-compose` runs it for real."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from compose.env import complete, values, write
from runtime.settings import Settings
from stack import versions

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
ONE_SHOT = ("accounts", "setup", "dashboards")
STAGES = ("ingest", "enrich", "index", "notify")
SERVED = ("serve",)
SERVERS = ("kafka", "elasticsearch", "kibana")
WATCHERS = ("prometheus", "grafana")  # only with --profile monitoring
EVERY = pytest.mark.parametrize("name", SERVICES)


def test_every_service_is_known() -> None:
    assert set(SERVICES) == {*ONE_SHOT, *STAGES, *SERVED, *SERVERS, *WATCHERS}


def test_the_servers_are_those_that_the_tests_run_against() -> None:
    images = {name: SERVICES[name]["image"] for name in SERVERS}
    assert images == {
        "kafka": f"apache/kafka:{versions.KAFKA}",
        "elasticsearch": f"docker.elastic.co/elasticsearch/elasticsearch:{versions.ELASTIC}",
        "kibana": f"docker.elastic.co/kibana/kibana:{versions.ELASTIC}",
    }


def setting_names(model: type[BaseModel] = Settings, prefix: str = "WIREWATCH_") -> set[str]:
    names = set()
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= setting_names(kind, f"{prefix}{name.upper()}__")
        else:
            names.add(prefix + name.upper())
    return names


@EVERY
def test_every_setting_that_is_given_exists(name: str) -> None:
    given = {key for key in SERVICES[name].get("environment", {}) if key.startswith("WIREWATCH_")}
    assert given <= setting_names()


@EVERY
def test_a_service_is_limited_and_cannot_gain_privileges(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service["user"].startswith(("0", "root"))
    assert "privileged" not in service
    assert "container_name" not in service


@pytest.mark.parametrize("name", [*ONE_SHOT, *STAGES, *SERVED])
def test_our_services_cannot_write_to_their_root(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["tmpfs"]


@pytest.mark.parametrize("name", [*STAGES, *SERVED, *SERVERS])
def test_what_stays_up_is_watched_restarted_and_keeps_its_data(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    (volume,) = service["volumes"]
    assert volume.partition(":")[0] in yaml.safe_load(TEXT)["volumes"]


@pytest.mark.parametrize("name", WATCHERS)
def test_watchers_come_only_where_they_are_asked_for_and_find_their_files(name: str) -> None:
    service = SERVICES[name]
    assert service["profiles"] == ["monitoring"]
    assert re.search(r":v?\d+\.\d+\.\d+$", service["image"])
    assert service["healthcheck"]["test"]
    for volume in service["volumes"]:
        place = volume.partition(":")[0]
        known = (
            (ROOT / place).exists() if place.startswith("./") else place in yaml.safe_load(TEXT)["volumes"]
        )
        assert known, place
        assert volume.endswith(":ro") or not place.startswith("./")


def test_prometheus_finds_every_service_of_ours_at_its_port() -> None:
    config = yaml.safe_load((ROOT / "monitoring/prometheus/prometheus.yml").read_text("utf-8"))
    (job,) = config["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    assert set(found["names"]) == {*STAGES, *SERVED}
    for name in (*STAGES, *SERVED):
        listen = SERVICES[name]["environment"]["WIREWATCH_MONITOR__LISTEN"]
        assert listen == f"0.0.0.0:{found['port']}"


@pytest.mark.parametrize("name", ONE_SHOT)
def test_what_runs_once_is_not_restarted(name: str) -> None:
    assert SERVICES[name]["restart"] == "no"


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_can_be_scaled(name: str) -> None:
    assert "ports" not in SERVICES[name]


@EVERY
def test_ports_are_open_to_this_machine_alone(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_whatever_is_waited_for_is_known_to_be_ready() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert how["condition"] == wanted, f"{name} waits for {other}"


def test_passwords_come_from_the_one_file_and_are_never_missing_in_silence() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+):\?run make compose-env first\}", TEXT))
    assert asked == set(values())
    assert not re.findall(r"\$\{[A-Z_]*(?:PASSWORD|KEY)\}", TEXT)


def test_passwords_are_new_each_time_and_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    lines = [line for line in path.read_text("ascii").splitlines() if not line.startswith("#")]
    written = dict(line.split("=", 1) for line in lines)
    assert set(written) == set(values())
    assert not set(written.values()) & set(values().values())
    with pytest.raises(FileExistsError):
        write(path)
    kept = path.read_text("ascii")
    path.write_text(kept.replace("WEB_TOKEN", "SOMETHING_ELSE"), "ascii")  # as of an earlier version
    assert complete(path) == ["WEB_TOKEN"]
    assert complete(path) == []
    assert path.read_text("ascii").startswith(kept.partition("\n")[0])
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    # The image gets what is named, and this is not.
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in allowed
    assert "!.env" not in allowed


def test_the_image_is_pinned_small_and_runs_as_nobody_in_particular() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.search(r"^ARG BASE=python:3\.11-slim-bookworm$", text, re.MULTILINE)
    assert "--require-hashes -r /src/requirements.lock" in text
    last = text[text.rindex("\nFROM ") :]
    assert "USER 10001:10001" in last
    assert "pip install" not in last


def test_the_image_holds_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    assert packages <= allowed
    assert packages <= set((ROOT / "Dockerfile").read_text("utf-8").split())
