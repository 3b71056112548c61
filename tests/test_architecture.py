"""Arrows point one way, and each third-party library has one home: read from the imports themselves."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What each package may import of ours. The index's reading side is named apart: page and API stand on it.
ARROWS: dict[str, set[str]] = {
    "article": set(),
    "runtime": {"article"},
    "bus": {"article", "runtime"},
    "ingest": {"article", "runtime", "bus"},
    "enrich": {"article", "runtime", "bus"},
    "index": {"article", "runtime", "bus"},
    "notify": {"article", "runtime", "bus", "index"},
    "web": {"article", "runtime", "bus", "index"},
    "app": {"article", "runtime", "bus", "ingest", "enrich", "index", "notify", "web"},
}

# What is not shipped; nothing that is may import it.
TOOLING = {"tests", "bench", "compose", "monitoring", "stack", "training"}

# What each part of ingest may import of the other parts; ingest's own files tie them together.
INGEST: dict[str, set[str]] = {
    "formats": set(),
    "rhythm": {"formats"},
    "fetch": {"formats", "rhythm"},
    "pages": {"formats", "fetch"},
    "lists": {"formats", "fetch"},
    "websub": {"fetch", "rhythm"},
}

# Folders (or files) in which a library may be imported.
HOMES: dict[str, set[str]] = {
    "sqlite3": {"bus/sqlite", "bus/kafka/store.py"},
    "kafka": {"bus/kafka"},
    "tantivy": {"index/embedded"},
    "elasticsearch": {"index/elastic"},
    "elastic_transport": {"index/elastic"},
    "feedparser": {"ingest"},
    "trafilatura": {"ingest"},
    "aiohttp": {"ingest", "notify"},
    "yarl": {"ingest"},
    "brotli": {"ingest/fetch/unpack.py"},
    "backports": {"ingest/fetch/unpack.py"},
    "compression": {"ingest/fetch/unpack.py"},
    "protego": {"ingest/fetch/robots.py"},
    "lxml": {"ingest"},
    "transformers": {"enrich"},
    "tokenizers": {"enrich"},
    "torch": {"enrich/tagger/torch_network.py"},
    "onnxruntime": {"enrich"},
    "py3langid": {"enrich"},
    "yaml": {"enrich/watchlists"},
    "numpy": {"enrich", "index/embedded"},
    "msgspec": {"article", "enrich/annotate.py"},
    "pydantic": {"runtime", "web/api"},
    "pydantic_settings": {"runtime"},
    "prometheus_client": {"runtime"},
    "structlog": {"runtime"},
    "fastapi": {"web"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "jinja2": {"web"},
    "typer": {"app"},
    "rich": {"app"},
}

# Modules of the standard library that do I/O or read a clock; article/ and the deciding parts have none.
IMPURE = {
    "socket",
    "subprocess",
    "asyncio",
    "threading",
    "time",
    "random",
    "urllib.request",
    "http",
    "sqlite3",
}


def files(package: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


ALL = [path for package in ARROWS for path in files(package)]


def test_every_package_is_known() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - TOOLING
    assert packages == set(ARROWS)


@pytest.mark.parametrize("path", ALL, ids=str)
def test_arrows_point_one_way(path: Path) -> None:
    package = path.parts[0]
    for module in imports(path):
        target = module.partition(".")[0]
        if target in ARROWS and target != package:
            assert target in ARROWS[package], f"{path} imports {module}"
        assert target not in TOOLING, f"{path} imports {module}"


@pytest.mark.parametrize("part", INGEST)
def test_the_parts_of_ingest_do_not_turn_in_circles(part: str) -> None:
    assert files(f"ingest/{part}")
    for path in files(f"ingest/{part}"):
        others = {module.split(".")[1] for module in imports(path) if module.startswith("ingest.")}
        assert others & set(INGEST) - {part} <= INGEST[part], path


@pytest.mark.parametrize("path", ALL, ids=str)
def test_each_library_stays_in_its_home(path: Path) -> None:
    for module in imports(path):
        library = module.partition(".")[0]
        if library in ARROWS or library in sys.stdlib_module_names - {"sqlite3"}:
            continue
        assert library in HOMES, f"{path} imports {library}, which has no home yet"
        homes = HOMES[library]
        assert any(path.is_relative_to(home) for home in homes), f"{path} imports {library}; homes: {homes}"


@pytest.mark.parametrize("path", files("article"), ids=str)
def test_article_is_pure(path: Path) -> None:
    assert not {module for module in imports(path) if module in IMPURE or module.partition(".")[0] in IMPURE}


def test_the_stages_do_not_know_which_bus_they_run_on() -> None:
    for package in ("ingest", "enrich", "index", "notify"):
        for path in files(package):
            assert not [each for each in imports(path) if each.startswith(("bus.sqlite", "bus.kafka"))], path


def test_the_index_protocol_does_not_know_its_implementations() -> None:
    for path in files("index"):
        for implementation in ("embedded", "elastic"):
            if implementation not in path.parts:
                home = f"index.{implementation}"
                assert not [module for module in imports(path) if module.startswith(home)], path


@pytest.mark.parametrize("path", ALL, ids=str)
def test_a_file_says_one_thing(path: Path) -> None:
    assert len((ROOT / path).read_text("utf-8").splitlines()) <= 300, f"{path} has grown: split it"
