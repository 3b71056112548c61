"""The tables of docs/monitoring.md: `python -m tests.monitoring.test_docs` writes them anew."""

from __future__ import annotations

import re

import pytest

from runtime.events import EVENTS
from runtime.metrics import Metrics
from tests.monitoring.names import ROOT, series, wrappers
from tests.monitoring.test_alerts import ALERTS

FILE = ROOT / "docs" / "monitoring.md"


def alerts_table() -> str:
    rows = ["| alert | severity | what it means | what to do |", "|---|---|---|---|"]
    for name, rule in ALERTS.items():
        labels, texts = rule["labels"], rule["annotations"]
        assert isinstance(labels, dict)
        assert isinstance(texts, dict)
        rows.append(f"| {name} | {labels['severity']} | {texts['description']} | {texts['remedy']} |")
    return "\n".join(rows) + "\n"


def metrics_table() -> str:
    rows = ["| metric | type | labels | what it counts |", "|---|---|---|---|"]
    for each in wrappers(Metrics().registry):
        (family,) = each.describe()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = ", ".join(f"`{label}`" for label in each._labelnames)
        rows.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |")
    process = sorted(f"`{name}`" for name in series() if name.startswith("process_"))
    rows.append(f"| {', '.join(process)} | | | What the kernel says of the process. |")
    return "\n".join(rows) + "\n"


def events_table() -> str:
    rows = ["| event | level | what it means |", "|---|---|---|"]
    rows += [f"| `{name}` | {event.level} | {event.meaning} |" for name, event in EVENTS.items()]
    return "\n".join(rows) + "\n"


TABLES = {"alerts": alerts_table, "metrics": metrics_table, "events": events_table}


def with_table(text: str, name: str) -> str:
    marks = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    assert marks.search(text)
    return marks.sub(lambda match: match[1] + TABLES[name]() + match[2], text)


@pytest.mark.parametrize("name", list(TABLES))
def test_a_table_is_what_the_code_says(name: str) -> None:
    text = FILE.read_text("utf-8")
    assert with_table(text, name) == text, "run: python -m tests.monitoring.test_docs"


def test_what_documents_name_is_there() -> None:
    bases = {re.sub("_(bucket|count|sum|total)$", "", name) for name in series()}
    for document in (ROOT / "docs").glob("*.md"):
        for name in re.findall(r"`(wirewatch_[a-z_]+)", document.read_text("utf-8")):
            assert name in series() or name in bases, f"{document.name} names {name}"


if __name__ == "__main__":
    written = FILE.read_text("utf-8")
    for table in TABLES:
        written = with_table(written, table)
    FILE.write_text(written, "utf-8")
