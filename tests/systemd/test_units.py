"""The units for systemd: as systemd reads them, how much they are let do, and that what they start exists."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from app.main import cli
from tests.app.program import WIREWATCH, environment
from tests.test_docs import ROOT

FOLDER = ROOT / "systemd"
UNITS = sorted(path.name for path in FOLDER.glob("*.service"))
_DEFAULT_UNITS = "/usr/lib/systemd/system"
_EXPOSURE = 15  # tenths: most services that come with Debian have 90 and more


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's root with our units installed."""
    if shutil.which("systemd-analyze") is None:
        assert not os.environ.get("CI"), "systemd-analyze is missing: Debian's package systemd has it"
        pytest.skip("systemd-analyze is not installed")
    shutil.copytree(FOLDER, tmp_path / "etc/systemd/system")
    shutil.copytree(_DEFAULT_UNITS, tmp_path / _DEFAULT_UNITS[1:], symlinks=True)
    program = tmp_path / "opt/wirewatch/bin/wirewatch"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    return tmp_path


def analyze(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["systemd-analyze", f"--root={root}", "--no-pager", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def started(unit: str) -> str:
    return unit.replace("@.", "@1.")


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_wrong(root: Path, unit: str) -> None:
    said = analyze(root, "verify", started(unit))
    assert not [line for line in said.splitlines() if "wirewatch" in line]


@pytest.mark.parametrize("unit", UNITS)
def test_a_service_is_let_do_little(root: Path, unit: str) -> None:
    analyze(root, "security", "--offline=yes", f"--threshold={_EXPOSURE}", started(unit))


def read(unit: str) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.read(FOLDER / unit)
    return parser


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_starts_a_command_that_there_is(unit: str) -> None:
    program, *words = read(unit)["Service"]["execstart"].split()
    assert program == "/opt/wirewatch/bin/wirewatch"
    group = typer.main.get_command(cli)
    assert isinstance(group, TyperGroup)
    command = group.commands[words[0]]
    command.make_context(words[0], words[1:])


def test_each_unit_has_a_port_of_its_own_that_is_documented() -> None:
    ports = [re.findall(r"127\.0\.0\.1:([0-9]+)", (FOLDER / unit).read_text())[0] for unit in UNITS]
    assert len(set(ports)) == len(UNITS)
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert not [unit for unit in UNITS if unit.removesuffix(".service").removesuffix("@") not in text]


def test_systemd_is_told_when_the_stages_run_that_they_go_on_and_when_they_end(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(60)
        env = environment(tmp_path / "data") | {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        process = subprocess.Popen([WIREWATCH, "index"], env=env, stderr=subprocess.DEVNULL)
        try:
            assert [ear.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            process.terminate()
            while (told := ear.recv(100)) == b"WATCHDOG=1":
                pass
            assert told == b"STOPPING=1"
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
            process.wait()
