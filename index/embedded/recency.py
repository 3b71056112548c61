"""The bonus for being recent, as clauses that add to the score and exclude nothing.

    bonus(age) = RECENCY_WEIGHT · 0.5 ^ (age / recency_days)     up to RECENCY_HALVINGS · recency_days

Age counts in whole hours, days, weeks or 30 days: the shortest for which STEPS are enough. Each step is one
term with one score, and an article has one of them, so a search adds a few postings and no scan. What is
dated up to one step ahead, as by a clock or time zone that is wrong, counts as new; further ahead is
a date that nobody should rank by, and gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import tantivy

from index.embedded.schema import DAY, SPANS, microseconds
from index.protocol import RECENCY_HALVINGS, RECENCY_WEIGHT

STEPS = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Articles of time span number `number` of length `span` get `bonus`."""

    span: str
    number: int
    bonus: float


def steps(now: datetime, recency_days: float) -> tuple[Step, ...]:
    """Newest first."""
    reach = RECENCY_HALVINGS * recency_days * DAY
    span = next((name for name, length in SPANS.items() if reach / length <= STEPS), "month")
    length = SPANS[span]
    present = microseconds(now) // length
    ages = range(min(STEPS, max(1, round(reach / length))))
    ahead = Step(span=span, number=present + 1, bonus=RECENCY_WEIGHT)
    return (ahead, *(_step(span, present, age, age * length / DAY / recency_days) for age in ages))


def with_recency(
    query: tantivy.Query, schema: tantivy.Schema, now: datetime, recency_days: float
) -> tantivy.Query:
    """The same articles as `query`, their scores with the bonus."""
    clauses = [(tantivy.Occur.Must, query)]
    for step in steps(now, recency_days):
        term = tantivy.Query.term_query(schema, step.span, step.number)
        clauses.append((tantivy.Occur.Should, tantivy.Query.const_score_query(term, step.bonus)))
    return tantivy.Query.boolean_query(clauses)


def _step(span: str, present: int, age: int, halvings: float) -> Step:
    return Step(span=span, number=present - age, bonus=RECENCY_WEIGHT * 0.5**halvings)
