"""The charts of the overview dashboard, one after another."""

from __future__ import annotations

from index.kibana.lens import bars, count, distinct, donut, latest, metric, over_time, table, top
from index.kibana.views import CORRECTED, INCOMPLETE

NUMBERS = (
    metric("articles", "Articles", count()),
    metric("active-feeds", "Feeds with news", distinct("feed.id", "Feeds")),
    metric("corrections", "Corrected articles", count("Corrected", query=CORRECTED)),
    metric("incomplete", "Not enriched in full", count("Not in full", query=INCOMPLETE)),
)

ARTICLES_OVER_TIME = bars(
    "articles-over-time",
    "Articles over time, by topic",
    {
        "topic": top("topics.label.shown", "Topic", size=8, by="articles"),
        "time": over_time(),
        "articles": count(),
    },
    series="bar_stacked",
    x="time",
    split="topic",
    description="An article counts for each of its topics.",
)

TOPICS = bars(
    "topics",
    "Topics",
    {"topic": top("topics.label.shown", "Topic", size=15, by="articles"), "articles": count()},
    series="bar_horizontal",
    x="topic",
)

PERSONS = table(
    "persons",
    "Persons",
    {
        "person": top("named.person", "Person", size=50, by="articles"),
        "articles": count(),
        "last": latest("time", "Last"),
    },
)

ORGANISATIONS = table(
    "organisations",
    "Organisations",
    {
        "organisation": top("named.org", "Organisation", size=50, by="articles"),
        "articles": count(),
        "last": latest("time", "Last"),
    },
)

PLACES = table(
    "places",
    "Places",
    {
        "place": top("places.name.shown", "Place", size=50, by="articles"),
        "articles": count(),
        "last": latest("time", "Last"),
    },
)

COUNTRIES = bars(
    "countries",
    "Countries",
    {"country": top("places.country", "Country", size=20, by="articles"), "articles": count()},
    series="bar_horizontal",
    x="country",
)

FEEDS = table(
    "feeds",
    "Feeds",
    {
        "feed": top("feed.title.shown", "Feed", size=100, by="articles"),
        "articles": count(),
        "last": latest("first_seen", "Last new article"),
        "corrected": count("Corrected", query=CORRECTED),
        "incomplete": count("Not in full", query=INCOMPLETE),
    },
    description="A feed that is missing here, or whose last new article is old, may have stopped.",
)

BY_LANGUAGE = donut(
    "languages",
    "Languages",
    {"language": top("lang", "Language", size=10, by="articles"), "articles": count()},
    groups=["language"],
)

CORRECTIONS_OVER_TIME = bars(
    "corrections-over-time",
    "Corrected articles over time, by feed",
    {
        "feed": top("feed.title.shown", "Feed", size=8, by="articles"),
        "time": over_time(),
        "articles": count(),
    },
    series="bar_stacked",
    x="time",
    split="feed",
    query=CORRECTED,
    description="Articles in their second or a later revision, at the time that they were published.",
)

STATUS_OVER_TIME = bars(
    "status-over-time",
    "Enrichment over time, by status",
    {
        "status": top("enrichment.status", "Status", size=3, by="articles"),
        "time": over_time(),
        "articles": count(),
    },
    series="bar_stacked",
    x="time",
    split="status",
)

FAILED_STEPS_OVER_TIME = bars(
    "failed-steps-over-time",
    "Failures over time, by step",
    {
        "step": top("enrichment.failures.step", "Step", size=10, by="articles"),
        "time": over_time(),
        "articles": count(),
    },
    series="bar_stacked",
    x="time",
    split="step",
)

FAILURES_BY_REASON = table(
    "failures-by-reason",
    "Failures by step and reason",
    {
        "failure": top("failures", "Step: reason", size=100, by="articles"),
        "articles": count(),
        "last": latest("time", "Last"),
    },
    description="What could not be found out, and why. For the articles: the search Wirewatch: failures.",
)
