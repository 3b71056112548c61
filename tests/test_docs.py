"""What the documents show must be true: commands exist, settings are all listed, links lead somewhere.

`python -m tests.test_docs` writes the table of settings anew.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
import yaml
from pydantic import BaseModel
from typer.core import TyperGroup

from app.main import cli
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATIONS = ROOT / "docs" / "operations.md"
_MARKS = re.compile(r"(<!-- settings: .*? -->\n).*?(<!-- /settings -->)", re.DOTALL)


def shown_commands() -> Iterator[tuple[str, str]]:
    """Every line of every shell block."""
    for document in DOCUMENTS:
        for block in re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL):
            for line in block.splitlines():
                if line.strip():
                    yield document.name, line


def settings_table() -> str:
    rows = ["| setting | default | why |", "|---|---|---|"]

    def add(model: type[BaseModel], prefix: str) -> None:
        for name, field in model.model_fields.items():
            kind = field.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                add(kind, f"{prefix}{name}.")
            else:
                default = field.get_default()
                shown = list(default) if isinstance(default, tuple) else default
                why = " ".join((field.description or "").split())
                rows.append(f"| `{prefix}{name}` | `{'' if shown is None else shown}` | {why} |")

    add(Settings, "")
    return "\n".join(rows) + "\n"


def with_settings(text: str) -> str:
    return _MARKS.sub(lambda match: match[1] + settings_table() + match[2], text)


def in_container(words: list[str]) -> list[str]:
    """What `docker compose` is told to run in a service's container, if anything; services must exist."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    for word in words:
        assert "=" not in word or word.partition("=")[0] in services, f"no service {word}"
    if words[0] != "exec":
        return []
    assert words[1] in services
    return words[2:]


@pytest.mark.parametrize(("document", "line"), list(shown_commands()))
def test_a_command_that_is_shown_exists(document: str, line: str) -> None:
    words = shlex.split(line.rsplit("|", maxsplit=1)[-1], comments=True)
    while words and ("=" in words[0] or words[0] == "export"):
        words.pop(0)
    if not words:  # settings alone
        return
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), document
        return
    if words[:2] == ["docker", "compose"]:
        words = in_container(words[2:])
    if not words:  # engine and options are checked by running them: make check-compose
        return
    assert Path(words[0]).name == "wirewatch", f"{document}: cannot check {line!r}"
    command, rest = typer.main.get_command(cli), words[1:]
    while isinstance(command, TyperGroup):
        command = command.commands[rest.pop(0)]
    command.make_context(command.name, rest)  # parses the options; runs nothing


def test_every_setting_is_in_the_table() -> None:
    text = OPERATIONS.read_text("utf-8")
    assert with_settings(text) == text, "run: python -m tests.test_docs"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_target_of_the_makefile_is_explained() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))
    assert targets == set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


if __name__ == "__main__":
    OPERATIONS.write_text(with_settings(OPERATIONS.read_text("utf-8")), "utf-8")
