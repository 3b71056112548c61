"""The images of the check: a base made by debootstrap, Wirewatch's own, and the stand-ins."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from article.errors import Unavailable
from compose.check.engine import Engine
from stack import versions
from stack.cache import cached
from stack.fetch import elastic_home, kafka_libs

STANDINS = Path(__file__).parent / "standins"
BASE = "python:3.11-slim-bookworm"
JAVA = "wirewatch-check/java-python"
KAFKA = f"apache/kafka:{versions.KAFKA}"
ELASTIC = f"docker.elastic.co/elasticsearch/elasticsearch:{versions.ELASTIC}"
KIBANA = f"docker.elastic.co/kibana/kibana:{versions.ELASTIC}"
WIREWATCH = "wirewatch:0.1.0"
_BUILDING = "wirewatch-check/python-for-building"


def make_images(engine: Engine, folder: Path) -> None:
    """All images that docker-compose.yml names, Wirewatch's anew and the others where they are missing."""
    if not _there(engine, BASE):
        _import(engine, "python", ["ca-certificates", "python3", "python3-venv"], BASE)
    if not _there(engine, JAVA):
        _import(engine, "java-python", ["curl", "openjdk-17-jre-headless", "python3"], JAVA)
    for name, image, content in (
        ("kafka", KAFKA, {"libs": kafka_libs()}),
        ("elasticsearch", ELASTIC, {"home": elastic_home()}),
        ("kibana", KIBANA, {}),
    ):
        _stand_in(engine, folder / name, name, image, content)
    _say(f"building {WIREWATCH}")
    base = _base_for_building(engine, folder / "building")
    engine.docker("build", "--network", "host", "--build-arg", f"BUILD_BASE={base}", "-t", WIREWATCH, ".")


def _there(engine: Engine, image: str) -> bool:
    return bool(engine.docker("images", "--quiet", image).strip())


def _stand_in(engine: Engine, folder: Path, name: str, image: str, content: dict[str, Path]) -> None:
    _say(f"building the stand-in for {image}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in STANDINS.glob(f"{name}.*"):
        shutil.copy(source, folder)
    for target, origin in content.items():
        shutil.copytree(origin, folder / target)
    engine.docker("build", "-f", f"{name}.Dockerfile", "-t", image, ".", folder=folder)


def _base_for_building(engine: Engine, folder: Path) -> str:
    """The base with this machine's way to the package index, for the stage that is thrown away."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = [f"FROM {BASE}"]
    for name in ("cert", "index-url", "extra-index-url", "trusted-host", "proxy"):
        value = _pip_setting(name)
        if value and name == "cert":
            shutil.copy(value, folder / "index-ca.pem")
            lines.append("COPY index-ca.pem /etc/index-ca.pem")
            value = "/etc/index-ca.pem"
        if value:
            lines.append(f"ENV PIP_{name.replace('-', '_').upper()}={value}")
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n", "utf-8")
    engine.docker("build", "-t", _BUILDING, ".", folder=folder)
    return _BUILDING


def _pip_setting(name: str) -> str:
    told = os.environ.get(f"PIP_{name.replace('-', '_').upper()}")
    if told:
        return told
    command = [sys.executable, "-m", "pip", "config", "get", f"global.{name}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def _import(engine: Engine, name: str, packages: list[str], image: str) -> None:
    archive = cached(f"debian-bookworm-{name}", lambda folder: _bootstrap(folder, packages))
    _say(f"importing {image}")
    engine.docker("import", str(archive / "rootfs.tar"), image)


def _bootstrap(folder: Path, packages: list[str]) -> None:
    _say(f"making a Debian with {', '.join(packages)}")
    root = folder / "root"
    _shell("debootstrap", "--variant=minbase", "bookworm", str(root))
    install = f"apt-get install --yes --no-install-recommends {' '.join(packages)} && apt-get clean"
    # Java's package wants /proc; a mount name space of its own takes the mount away again.
    inside = (
        f"mount -t proc proc {root}/proc && DEBIAN_FRONTEND=noninteractive chroot {root} sh -c '{install}'"
    )
    _shell("unshare", "--mount", "sh", "-c", inside)
    shutil.rmtree(root / "var" / "lib" / "apt" / "lists")
    (root / "usr" / "local" / "bin" / "python").symlink_to("/usr/bin/python3")  # the true image's place
    if any(name.startswith("openjdk") for name in packages):
        (root / "usr" / "lib" / "jvm" / "default").symlink_to("java-17-openjdk-amd64")
    (root / "etc" / "resolv.conf").write_text("", "ascii")
    _shell("tar", "-C", str(root), "-cf", str(folder / "rootfs.tar"), ".")
    shutil.rmtree(root)


def _shell(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(command[0], "failed", (done.stdout + done.stderr).strip()[-2000:])


def _say(line: str) -> None:
    print(f"check: {line}", flush=True)
