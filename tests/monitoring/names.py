"""Whether what an expression of PromQL names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from ingest.rhythm.health import Word
from runtime.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
STAGES = {"ingest", "enrich", "index", "serve", "notify", "deliver"}
GROUPS = {"enrich", "index", "redrive", "notify", "deliver"}
_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
_OWN = {"job", "instance", "le"}
# Recorded in alerts.yml, with the labels that its `by` keeps.
RECORDED = {"wirewatch:lag_records:sum": {"group", "channel"}, "wirewatch:article_age_seconds:p95": {"stage"}}
_NAME = re.compile(r"\b((?:wirewatch|process)[_:][a-z0-9_:]+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'([a-z_]+)\s*(=~|!=|=)\s*"([^"]*)"')


def wrappers(registry: CollectorRegistry) -> list[MetricWrapperBase]:
    """Our own metrics, in the order in which they were made."""
    collectors = list(registry._collector_to_names)
    return [each for each in collectors if isinstance(each, MetricWrapperBase)]


def series() -> dict[str, tuple[set[str], str]]:
    """Each series by the name that Prometheus stores it under: its labels, and what it means."""
    metrics = Metrics()
    found: dict[str, tuple[set[str], str]] = dict.fromkeys(RECORDED, (set(), ""))
    found |= {name: (labels, "") for name, labels in RECORDED.items()}
    for family in metrics.registry.collect():
        if family.name.startswith("process"):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            found[name] = (set(), family.documentation)
    for each in wrappers(metrics.registry):
        (family,) = each.describe()
        for suffix in _SUFFIXES[family.type]:
            found[family.name + suffix] = (set(each._labelnames), family.documentation)
    return found


def check_expression(expression: str) -> None:
    """Fails for a series that we do not have, a label that it does not have, a value that it never has."""
    there = series()
    named = list(_NAME.finditer(expression))
    assert named or expression.startswith("up{"), expression
    for match in named:
        name, matchers = match[1], match[2] or ""
        assert name in there, f"no metric {name}"
        labels, meaning = there[name]
        for label, _, value in _MATCHER.findall(matchers):
            assert label in labels | _OWN, f"{name} has no label {label}"
            if label not in _OWN:
                for each in value.split("|"):
                    assert each.startswith("$") or _is_known(label, each, meaning), f"{name}: {label}={each}"
    for by in re.findall(r"\bby \(([^)]*)\)", expression):
        for label in filter(None, re.split(r"[ ,]+", by)):
            assert label in _OWN or any(label in there[match[1]][0] for match in named), (
                f"{label}: {expression}"
            )


def _is_known(label: str, value: str, meaning: str) -> bool:
    if label == "health":
        return value in get_args(Word)
    if label in ("stage", "group"):
        return value in STAGES | GROUPS
    if label == "route" or (label == "status" and value == "5.."):
        return True
    return re.search(rf"\b{re.escape(value)}\b", meaning) is not None
