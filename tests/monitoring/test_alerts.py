"""The alert rules: as promtool reads them, when they fire, and that what they name is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.monitoring.names import ROOT, check_expression

RULES = ROOT / "monitoring" / "prometheus" / "alerts.yml"
TESTS = RULES.with_name("alerts_test.yml")
CONFIG = RULES.with_name("prometheus.yml")


def rules() -> Iterator[Mapping[str, object]]:
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        yield from group["rules"]


ALERTS = {str(rule["alert"]): rule for rule in rules() if "alert" in rule}


def promtool(*arguments: str, cwd: Path) -> None:
    """Skipped on a laptop without it; `.ci/run` installs it."""
    program = shutil.which("promtool")
    if program is None:
        assert not os.environ.get("CI"), "promtool is missing: Debian's package prometheus has it"
        pytest.skip("promtool is not installed: Debian's package prometheus has it")
    done = subprocess.run([program, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_rules_and_configuration() -> None:
    promtool("check", "rules", RULES.name, cwd=RULES.parent)
    promtool("check", "config", "--syntax-only", CONFIG.name, cwd=RULES.parent)


def test_each_alert_fires_when_it_should(tmp_path: Path) -> None:
    bare = yaml.safe_load(RULES.read_text("utf-8"))
    for group in bare["groups"]:
        for rule in group["rules"]:
            rule.pop("annotations", None)
    (tmp_path / RULES.name).write_text(yaml.safe_dump(bare), "utf-8")
    shutil.copy(TESTS, tmp_path)
    promtool("test", "rules", TESTS.name, cwd=tmp_path)


@pytest.mark.parametrize("alert", list(ALERTS))
def test_each_alert_is_tested_firing_and_silent(alert: str) -> None:
    checks = [
        check
        for each in yaml.safe_load(TESTS.read_text("utf-8"))["tests"]
        for check in each["alert_rule_test"]
        if check["alertname"] == alert
    ]
    assert {bool(check["exp_alerts"]) for check in checks} == {True, False}


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_names_only_what_there_is(rule: Mapping[str, object]) -> None:
    check_expression(str(rule["expr"]))


@pytest.mark.parametrize("alert", list(ALERTS))
def test_an_alert_says_what_it_means_and_what_to_do(alert: str) -> None:
    rule = ALERTS[alert]
    assert rule["labels"] in [{"severity": each} for each in ("critical", "warning", "info")]
    texts = rule["annotations"]
    assert isinstance(texts, dict)
    assert set(texts) == {"summary", "description", "remedy"}
    assert re.fullmatch("Wirewatch[A-Z][A-Za-z]+", alert)
