"""Downloads the servers from Maven Central and builds the plugin for Elasticsearch."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from article.errors import Unavailable
from stack import versions
from stack.cache import cached

HERE = Path(__file__).parent
_PLUGIN = HERE / "plugin"
_POM = HERE / "pom.xml"
_DISTRIBUTION = "org.elasticsearch.distribution.integ-test-zip:elasticsearch"

# Which Debian package brings each program that the stack starts.
PROGRAMS = {"java": "openjdk-17-jdk-headless", "javac": "openjdk-17-jdk-headless", "mvn": "maven"}


def missing_programs() -> list[str]:
    """The Debian packages that are needed and not installed, in order; empty when all is there."""
    return list(dict.fromkeys(package for name, package in PROGRAMS.items() if not shutil.which(name)))


def require_programs() -> None:
    missing = missing_programs()
    if missing:
        raise Unavailable(
            "Kafka and Elasticsearch", "need Java and Maven", f"apt-get install {' '.join(missing)}"
        )


def java_home() -> Path:
    """The folder of the JDK whose `java` comes first in PATH."""
    require_programs()
    return Path(shutil.which("java") or "").resolve().parents[1]


def kafka_libs() -> Path:
    """The folder with the broker's jars: about 43 MB, downloaded at the first call."""
    return cached(f"kafka-{versions.KAFKA}-{_digest(_POM)}", _build_kafka)


def elastic_home() -> Path:
    """The folder of the unpacked Elasticsearch with the plugin: about 110 MB, made at the first call.

    It is Elastic's slim distribution for integration tests: the real server without JDK and most modules.
    """
    sources = sorted(_PLUGIN.iterdir())
    return cached(f"elasticsearch-{versions.ELASTIC}-{_digest(*sources)}", _build_elastic)


def _build_kafka(folder: Path) -> None:
    _say(f"Downloading Kafka {versions.KAFKA} (43 MB)")
    _maven("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}")


def _build_elastic(folder: Path) -> None:
    _say(f"Downloading Elasticsearch {versions.ELASTIC} (102 MB)")
    artifact = f"{_DISTRIBUTION}:{versions.ELASTIC}:zip"
    _maven("dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}")
    archive = folder / f"elasticsearch-{versions.ELASTIC}.zip"
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    archive.unlink()
    unpacked = folder / f"elasticsearch-{versions.ELASTIC}"
    for path in unpacked.iterdir():
        path.rename(folder / path.name)
    unpacked.rmdir()
    _build_plugin(folder)


def _build_plugin(home: Path) -> None:
    target = home / "plugins" / "test-analysis"
    target.mkdir(parents=True)
    classes = target / "classes"
    source = _PLUGIN / "TestAnalysis.java"
    _tool("javac", "--release", "17", "-cp", str(home / "lib" / "*"), "-d", str(classes), str(source))
    _tool("jar", "cf", str(target / "test-analysis.jar"), "-C", str(classes), ".")
    shutil.rmtree(classes)
    descriptor = (_PLUGIN / "plugin-descriptor.properties").read_text("utf-8")
    text = descriptor.replace("${elastic.version}", versions.ELASTIC)
    (target / "plugin-descriptor.properties").write_text(text, "utf-8")


def _maven(goal: str, *arguments: str) -> None:
    """Run a goal; --strict-checksums refuses what does not match the repository's own sums."""
    pinned = f"-Dkafka.version={versions.KAFKA}"
    _tool("mvn", "--quiet", "--batch-mode", "--strict-checksums", "-f", str(_POM), pinned, goal, *arguments)


def _tool(*command: str) -> None:
    require_programs()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise Unavailable(command[0], f"failed with status {done.returncode}", f"it said:\n{end}")


def _digest(*paths: Path) -> str:
    """A short name for what the folder is made from, so that a change makes a new one."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]


def _say(line: str) -> None:
    sys.stderr.write(f"stack: {line}\n")
