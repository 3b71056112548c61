"""Makes the dashboard for Grafana: `python -m monitoring.dashboard` writes monitoring/grafana/wirewatch.json.

A row for each question that somebody asks at night: does it run, how far is it behind, what comes in, what
becomes of it, what do people see. Grafana 10 or newer; the source is chosen on the dashboard.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "grafana" / "wirewatch.json"
_SOURCE = {"type": "prometheus", "uid": "${source}"}
_RATE = "$__rate_interval"
_HEIGHT, _WIDTH = 8, 24


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`queries` are pairs of an expression and the legend of its lines."""

    title: str
    queries: Sequence[tuple[str, str]]
    unit: str = "short"
    kind: str = "timeseries"
    meaning: str = ""
    stacked: bool = False


def _rate(metric: str, by: str, matchers: str = "") -> str:
    return f"sum by ({by}) (rate({metric}{matchers}[{_RATE}]))"


def _p95(metric: str, by: str) -> str:
    return f"histogram_quantile(0.95, sum by (le, {by}) (rate({metric}_bucket[{_RATE}])))"


_LATEST = "time() - max(wirewatch_ingest_last_entry_timestamp_seconds)"

ROWS: Sequence[tuple[str, Sequence[Panel]]] = (
    (
        "Does it run?",
        (
            Panel(
                title="Stages ready",
                queries=(("sum by (stage) (wirewatch_stage_ready)", "{{stage}}"),),
                kind="stat",
                meaning="Processes of each stage that have what they need.",
            ),
            Panel(
                title="Last new entry",
                queries=((_LATEST, "ago"),),
                unit="s",
                kind="stat",
            ),
            Panel(
                title="Dead letters waiting",
                queries=(('wirewatch:lag_records:sum{group="redrive"}', "letters"),),
                kind="stat",
                meaning="`wirewatch dead list`",
            ),
            Panel(
                title="Bus or index away",
                queries=(
                    (_rate("wirewatch_unavailable_total", "stage, dependency"), "{{stage}}: {{dependency}}"),
                ),
                unit="ops",
            ),
        ),
    ),
    (
        "How far behind?",
        (
            Panel(
                title="Lag",
                queries=(('wirewatch:lag_records:sum{group!="redrive"}', "{{group}}"),),
                meaning="Records that a stage has not done yet.",
            ),
            Panel(
                title="From sighting to done, p95",
                queries=(("wirewatch:article_age_seconds:p95", "{{stage}}"),),
                unit="s",
            ),
            Panel(
                title="Batches, p95",
                queries=((_p95("wirewatch_batch_seconds", "stage"), "{{stage}}"),),
                unit="s",
            ),
        ),
    ),
    (
        "What comes in?",
        (
            Panel(
                title="Polls",
                queries=((_rate("wirewatch_ingest_polls_total", "outcome"), "{{outcome}}"),),
                unit="ops",
                stacked=True,
            ),
            Panel(
                title="Feeds by health",
                queries=(("sum by (health) (wirewatch_ingest_feeds_by_health) > 0", "{{health}}"),),
                stacked=True,
            ),
            Panel(
                title="Pages of articles",
                queries=((_rate("wirewatch_ingest_pages_total", "outcome"), "{{outcome}}"),),
                unit="ops",
                stacked=True,
            ),
            Panel(
                title="Waiting inside ingest",
                queries=(
                    ('sum(wirewatch_ingest_feeds{state="due"})', "feeds due"),
                    ("sum(wirewatch_ingest_polls_open)", "polls under way"),
                    ("sum(wirewatch_ingest_parts_waiting)", "waiting for a commit"),
                ),
            ),
        ),
    ),
    (
        "What becomes of it?",
        (
            Panel(
                title="Articles by stage and outcome",
                queries=((_rate("wirewatch_articles_total", "stage, outcome"), "{{stage}}: {{outcome}}"),),
                unit="ops",
            ),
            Panel(
                title="Word pieces read",
                queries=((f"sum(rate(wirewatch_enrich_pieces_total[{_RATE}]))", "pieces"),),
                unit="ops",
            ),
            Panel(
                title="Enriched, by status",
                queries=((_rate("wirewatch_enrich_articles_total", "status"), "{{status}}"),),
                unit="ops",
                stacked=True,
            ),
            Panel(
                title="Given up",
                queries=((_rate("wirewatch_dead_letters_total", "stage"), "{{stage}}"),),
                unit="ops",
                meaning="Dead letters.",
            ),
        ),
    ),
    (
        "What do people see?",
        (
            Panel(
                title="Requests by status",
                queries=((_rate("wirewatch_web_requests_total", "status"), "{{status}}"),),
                unit="reqps",
                stacked=True,
            ),
            Panel(
                title="Time to answer, p95",
                queries=((_p95("wirewatch_web_request_seconds", "route"), "{{route}}"),),
                unit="s",
            ),
            Panel(
                title="Webhooks",
                queries=(
                    (_rate("wirewatch_webhook_deliveries_total", "outcome"), "{{outcome}}"),
                    ("sum(wirewatch_webhook_deliveries_waiting)", "waiting"),
                ),
            ),
        ),
    ),
    (
        "What does it cost?",
        (
            Panel(
                title="Cores",
                queries=((f'rate(process_cpu_seconds_total{{job="wirewatch"}}[{_RATE}])', "{{instance}}"),),
            ),
            Panel(
                title="Memory",
                queries=(('process_resident_memory_bytes{job="wirewatch"}', "{{instance}}"),),
                unit="bytes",
            ),
            Panel(title="Free disk", queries=(("wirewatch_data_free_bytes", "{{instance}}"),), unit="bytes"),
        ),
    ),
)


def dashboard() -> dict[str, object]:
    return {
        "uid": "wirewatch",
        "title": "Wirewatch",
        "tags": ["wirewatch"],
        "schemaVersion": 38,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {
            "list": [{"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}]
        },
        "panels": list(_panels()),
    }


def _panels() -> Iterator[dict[str, object]]:
    top, number = 0, 0
    for heading, panels in ROWS:
        number += 1
        place = {"x": 0, "y": top, "w": _WIDTH, "h": 1}
        yield {
            "id": number,
            "type": "row",
            "title": heading,
            "collapsed": False,
            "gridPos": place,
            "panels": [],
        }
        width = _WIDTH // len(panels)
        for column, panel in enumerate(panels):
            number += 1
            yield _panel(panel, number, {"x": column * width, "y": top + 1, "w": width, "h": _HEIGHT})
        top += 1 + _HEIGHT


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, object]:
    stacking = {"mode": "normal" if panel.stacked else "none", "group": "A"}
    drawn = {"fillOpacity": 20 if panel.stacked else 0, "stacking": stacking, "showPoints": "never"}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                **({"custom": drawn} if panel.kind == "timeseries" else {}),
            },
            "overrides": [],
        },
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": _SOURCE,
                "expr": expression,
                "legendFormat": legend,
            }
            for place, (expression, legend) in enumerate(panel.queries)
        ],
    }


def text() -> str:
    return json.dumps(dashboard(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
