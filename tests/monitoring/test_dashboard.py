from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from monitoring.dashboard import FILE, ROWS, Panel, dashboard, text
from tests.monitoring.names import check_expression, series
from tests.monitoring.test_alerts import RULES, promtool

PANELS = [panel for _, panels in ROWS for panel in panels]
EXPRESSIONS = [expression for panel in PANELS for expression, _ in panel.queries]


def test_the_file_is_what_is_made() -> None:
    assert FILE.read_text("utf-8") == text(), "run: python -m monitoring.dashboard"


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_panel_shows_only_what_there_is(expression: str) -> None:
    check_expression(expression)


def test_prometheus_reads_every_expression(tmp_path: Path) -> None:
    written = [expression.replace("$__rate_interval", "1m") for expression in EXPRESSIONS]
    rules = [{"record": f"panel:{number}", "expr": each} for number, each in enumerate(written)]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", "panels.yml", cwd=tmp_path)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_each_line_of_a_panel_has_a_name(panel: Panel) -> None:
    for expression, legend in panel.queries:
        assert legend
        assert ("{{" in legend) or "by (" not in expression


def test_panels_do_not_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    panels = dashboard()["panels"]
    assert isinstance(panels, list)
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells


def test_every_metric_of_ours_is_in_the_dashboard_or_an_alert_or_is_told_why_not() -> None:
    """A number that nobody looks at need not be counted; these are for looking closer."""
    closer = {
        "wirewatch_batch_records",
        "wirewatch_build_info",
        "wirewatch_enrich_characters",
        "wirewatch_enrich_failures",
        "wirewatch_fenced",
        "wirewatch_ingest_poll_seconds",
        "wirewatch_stage_silence_seconds",
        "wirewatch_web_streams",
        "wirewatch_webhook_delivery_seconds",
        "wirewatch_websub_pushes",
        "wirewatch_websub_subscriptions",
    }
    used = " ".join(EXPRESSIONS) + RULES.read_text("utf-8")
    names = {
        name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum").removesuffix("_total")
        for name in series()
        if name.startswith("wirewatch_")
    }
    assert {name for name in names if name not in used} == closer
