"""docs/asyncapi.yaml against AsyncAPI's own schema, against the channels, and against written records."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT202012

from article.codec import decode
from article.hubs import FeedHub, HubCall
from article.identity import article_id
from article.records import FeedRef, RawArticle
from article.schema import RECORDS, schema_file
from article.searches import Delivery, SavedSearch, Waiting, Webhook
from article.tables import FeedMemory, FeedState
from bus.channels import CHANNELS, ENRICHED, KNOWN
from bus.envelope import dead_letter
from bus.kafka.topics import topic_config
from bus.protocol import Message, Record
from enrich.pipeline import Enricher
from enrich.service import BatchHandler
from ingest.entry import DeadEntry
from ingest.lists.subscriptions import added, removed, subscription
from ingest.output import call_record, entry_letter, hub_record, memory_record, raw_record, state_record
from notify.backlog import Backlog
from notify.matching import Matcher
from notify.searches import new_search, new_webhook, search_record, webhook_record
from runtime.metrics import Metrics
from runtime.settings import BusSettings, EnrichSettings
from runtime.shutdown import Stop
from tests.asyncapi_schema import asyncapi_schema, npm_is_there

Json = dict[str, object]

FILE = Path(__file__).resolve().parents[1] / "docs" / "asyncapi.yaml"
DOCUMENT = cast("Json", yaml.safe_load(FILE.read_text("utf-8")))
NOW = datetime(2026, 5, 3, 12, 30, tzinfo=UTC)
HUB = FeedHub(
    id="a",
    hub="https://hub.example/",
    topic_url="https://a.example/",
    callback="c",
    status="asked",
    again=NOW,
)


def test_it_is_a_valid_asyncapi_document() -> None:
    if not npm_is_there():
        assert os.environ.get("CI") != "true", "npm is missing: apt-get install npm"
        pytest.skip("npm is missing, so AsyncAPI's own schema cannot be had")
    Draft7Validator(asyncapi_schema()).validate(DOCUMENT)


def test_every_reference_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert found
    for reference in found:
        path, _, pointer = reference.partition("#")
        if path:
            assert (FILE.parent / path).is_file(), reference
        else:
            assert resolved(reference) is not None, pointer


def test_all_components_are_used() -> None:
    used = set(references(DOCUMENT))
    for kind, components in inside(DOCUMENT, "components").items():
        for name in cast("Json", components):
            assert f"#/components/{kind}/{name}" in used, name


def test_the_channels_are_the_channels() -> None:
    assert {channel["address"] for channel in described().values()} == set(CHANNELS)


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_is_set_up_as_described(name: str) -> None:
    kafka = inside(described()[name], "bindings", "kafka")
    settings = BusSettings()
    assert kafka["partitions"] == settings.partitions
    config = topic_config(CHANNELS[name], settings)
    said = {
        key: ",".join(value) if isinstance(value, list) else str(value)
        for key, value in inside(kafka, "topicConfiguration").items()
    }
    assert said == {key: config[key] for key in said}
    assert set(config) - set(said) == {"min.insync.replicas", "message.timestamp.type"}


def test_every_channel_has_an_operation() -> None:
    operations = [inside(each, "channel")["$ref"] for each in inside(DOCUMENT, "operations").values()]
    assert sorted(cast("list[str]", operations)) == sorted(
        f"#/channels/{name}" for name in inside(DOCUMENT, "channels")
    )


def test_payloads_are_the_schemas_of_the_records() -> None:
    named = {reference for reference in references(DOCUMENT) if not reference.startswith("#")}
    assert named == {f"../article/schemas/{schema_file(name).name}" for name in RECORDS}


class FixedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class NothingKnown:
    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: value for key, value in self.items() if key in keys}

    def items(self) -> Iterator[tuple[str, bytes]]:
        return iter(())


class OneHook:
    def __init__(self, search: SavedSearch, hook: Webhook) -> None:
        self._both = search, hook

    def refresh(self) -> None:
        """Never changes."""

    def live(self) -> Iterator[tuple[SavedSearch, Webhook]]:
        yield self._both


def waiting_row(delivery: Record) -> Record:
    """The row that the delivery leads to."""
    backlog = Backlog(NothingKnown())
    backlog.read([delivery.key])
    backlog.put(
        Waiting(delivery=decode(Delivery, delivery.value or b""), partition=0, offset=0, since=NOW, due=NOW)
    )
    (row,) = backlog.outputs(NOW)
    return row


@pytest.fixture(scope="module")
def written() -> dict[str, Record]:
    """A record of each kind, made by the stages themselves, by the name of its message."""
    feed = subscription("https://news.example/rss", now=NOW, title="News")
    url = "https://news.example/1"
    article = RawArticle(
        id=article_id(link=url, feed_url=feed.url, entry_id=None, title="", published=None),
        content_hash="c",
        feed=FeedRef(id=feed.id, url=feed.url, title=feed.title),
        seen=NOW,
        url=url,
        title="Earthquake strikes Gansu",
        text="The European Central Bank said in Frankfurt that prices rose. A quake struck Lanzhou in China.",
        text_source="page",
    )
    raw = raw_record(article)
    with Enricher(EnrichSettings()) as enricher:
        handler = BatchHandler(
            enricher=enricher, known=NothingKnown(), clock=FixedClock(), metrics=Metrics(), stop=Stop()
        )
        outputs = {record.channel: record for record in handler([read(raw)]).outputs}
    search = new_search("Quakes", "earthquake", now=NOW)
    hook = new_webhook(search.id, "https://receiver.example/", now=NOW)
    (delivery,) = Matcher(OneHook(search, hook), clock=FixedClock(), metrics=Metrics())(
        [read(outputs[ENRICHED])]
    ).outputs
    return {
        "rawArticle": raw,
        "enrichedArticle": outputs[ENRICHED],
        "knownArticle": outputs[KNOWN],
        "subscription": added(feed, now=NOW),
        "removal": removed(feed.id),
        "feedState": state_record(FeedState(id=feed.id, url=feed.url), now=NOW),
        "feedMemory": memory_record(FeedMemory(id=feed.id), now=NOW),
        "feedHub": hub_record(HUB, now=NOW),
        "hubCall": call_record(HubCall(id=feed.id, kind="pushed", at=NOW)),
        "savedSearch": search_record(search),
        "webhook": webhook_record(hook, now=NOW),
        "delivery": delivery,
        "waitingRow": waiting_row(delivery),
        "deadLetter": dead_letter(read(raw), stage="enrich", reason="it cannot be read", now=NOW),
    }


MESSAGES = list(inside_messages := cast("Json", cast("Json", DOCUMENT["components"])["messages"]))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_record_is_as_its_message_says(written: Mapping[str, Record], name: str) -> None:
    record = written[name]
    pointer = f"#/components/messages/{name}"
    headers = {key: value.decode() for key, value in record.headers}
    assert len(headers) == len(record.headers)
    assert record.channel.name in addresses_of(name)
    bindings = inside(inside_messages[name], "bindings").get("$ref", f"{pointer}/bindings")
    validate(f"{bindings}/kafka/key", record.key)
    validate(f"{pointer}/payload", json.loads(record.value) if record.value else None)
    if "headers" in cast("Json", inside_messages[name]):
        validate(f"{pointer}/headers", headers)
        if name != "deadLetter":
            described = set(described_headers(name)) - {"tracestate"}  # only of traces from outside
            assert set(headers) == described, "a header that is not described"
    else:
        assert headers == {}


def test_a_dead_entry_is_a_dead_letter_without_a_place() -> None:
    feed = subscription("https://news.test/feed", now=NOW)
    entry = DeadEntry(key="nothing", raw=b"<item/>", reason="it says nothing")
    record = entry_letter(feed, entry, now=NOW)
    headers = {key: value.decode() for key, value in record.headers}
    validate("#/components/messages/deadLetter/headers", headers)
    assert set(headers) == {"dead_stage", "dead_reason", "dead_time", "traceparent"}
    assert (record.channel.name, record.key, record.value) == ("wirewatch.dead", feed.id, b"<item/>")


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_told_from_the_others_by_its_headers(written: Mapping[str, Record], name: str) -> None:
    headers = {key: value.decode() for key, value in written[name].headers}
    fitting = [
        other
        for other in MESSAGES
        if "headers" in cast("Json", inside_messages[other])
        and validator(f"#/components/messages/{other}/headers").is_valid(headers)
    ]
    assert fitting == ([] if name == "removal" else ["rawArticle", name] if name == "deadLetter" else [name])


def test_the_headers_that_people_read_of_are_those_that_are_described() -> None:
    table = (FILE.parent / "consuming.md").read_text("utf-8").partition("| header |")[2].partition("\n\n")[0]
    shown = {name for row in table.splitlines()[1:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert shown == set(described_headers("enrichedArticle"))


def test_topics_are_listed_in_a_header(written: Mapping[str, Record]) -> None:
    record = written["enrichedArticle"]
    topics = [topic["code"] for topic in json.loads(record.value or b"")["topics"]]
    assert topics, "the sample article must be about something"
    assert dict(record.headers)["ce_topics"].decode() == ",".join(topics)


def read(record: Record) -> Message:
    return Message(
        channel=record.channel,
        partition=0,
        offset=0,
        key=record.key,
        value=record.value,
        headers=record.headers,
        time=NOW,
    )


def inside(value: object, *path: str) -> Json:
    for step in path:
        value = cast("Json", value)[step]
    return cast("Json", value)


def described() -> dict[str, Json]:
    """Channels by address."""
    channels = inside(DOCUMENT, "channels").values()
    return {cast("str", inside(channel)["address"]): cast("Json", channel) for channel in channels}


def addresses_of(message: str) -> set[str]:
    """The channels on which the message comes; a dead letter's reference is one of them."""
    wanted = {"$ref": f"#/components/messages/{message}"}
    return {
        address for address, channel in described().items() if wanted in inside(channel, "messages").values()
    }


def described_headers(message: str) -> Iterator[str]:
    for part in cast("list[Json]", inside(inside_messages[message], "headers")["allOf"]):
        target = resolved(cast("str", part["$ref"])) if "$ref" in part else part
        yield from inside(target, "properties")


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolved(reference: str) -> object:
    node: object = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = cast("Json", node).get(step)
    return node


def validator(pointer: str) -> Draft202012Validator:
    schemas = {
        path.as_uri(): DRAFT202012.create_resource(json.loads(path.read_bytes()))
        for path in map(schema_file, RECORDS)
    }
    registry = Registry().with_resources(
        [(FILE.as_uri(), DRAFT7.create_resource(DOCUMENT)), *schemas.items()]
    )
    return Draft202012Validator(
        {"$ref": f"{FILE.as_uri()}{pointer}"},
        registry=registry,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def validate(pointer: str, value: object) -> None:
    validator(pointer).validate(value)
