"""The parts of the index on Elasticsearch that need no server."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import elastic_transport
import elasticsearch
import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadConfiguration, BadQuery, BadRecord, Unavailable, WirewatchError
from article.records import EnrichedArticle
from index.elastic.analysis import analysis
from index.elastic.client import connect
from index.elastic.documents import DERIVED, article_of, microseconds, prepared
from index.elastic.errors import MAX_REASON, own_error, reason_of
from index.elastic.highlight import highlights
from index.elastic.mapping import mapping
from index.elastic.months import Named, index_name, month_of, named
from index.elastic.templates import component_templates, index_template
from index.query import KEYWORD_FIELDS
from index.spacing import UNSPACED
from runtime.settings import ElasticSettings
from tests.article.strategies import enriched_articles
from tests.index.articles import NOON, article, direction, entity, place, topic

PREFIX = "wirewatch-articles"


@pytest.mark.parametrize(
    ("first_seen", "month"),
    [
        (datetime(2026, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC), "2026.05"),
        (datetime(2026, 6, 1, tzinfo=UTC), "2026.06"),
        (datetime(2026, 6, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026.05"),
        (datetime(2026, 12, 31, 23, tzinfo=timezone(-timedelta(hours=2))), "2027.01"),
        (datetime(7, 1, 1, tzinfo=UTC), "0007.01"),
    ],
)
def test_an_article_lies_in_the_month_in_which_it_was_first_seen(first_seen: datetime, month: str) -> None:
    assert month_of(first_seen) == month
    assert named(PREFIX, index_name(PREFIX, 12, month)) == Named(generation=12, month=month)


@pytest.mark.parametrize(
    "name",
    [
        PREFIX,
        f"{PREFIX}-next",
        f"{PREFIX}-1-2026.05",
        f"{PREFIX}-000001",
        f"{PREFIX}-000001-2026",
        f"{PREFIX}-000001-2026.5",
        f"{PREFIX}-000001-2026.05-restored",
        "other-000001-2026.05",
        "",
    ],
)
def test_other_names_are_none_of_ours(name: str) -> None:
    assert named(PREFIX, name) is None


def test_a_deployment_beside_another_has_templates_for_its_own_indices_only() -> None:
    one, other = ElasticSettings(index_prefix="news"), ElasticSettings(index_prefix="news-test")
    patterns = index_template(one)["index_patterns"]
    assert isinstance(patterns, list)
    pattern = patterns[0].replace("*", ".*")
    assert re.fullmatch(pattern, index_name("news", 1, "2026.05"))
    assert not re.fullmatch(pattern, index_name("news-test", 1, "2026.05"))
    assert not set(component_templates(one)) & set(component_templates(other))


def test_newer_servers_are_told_to_keep_vectors_in_the_record() -> None:
    settings = ElasticSettings(shards=3, replicas=2)

    def sizes(server: tuple[int, int]) -> object:
        made = component_templates(settings, server=server)[f"{PREFIX}-settings"]
        return made["template"]["settings"]["index"]  # type: ignore[index]

    assert sizes((8, 19)) == sizes((9, 1)) == {"number_of_shards": 3, "number_of_replicas": 2}
    assert sizes((9, 2)) == {
        "number_of_shards": 3,
        "number_of_replicas": 2,
        "mapping": {"exclude_source_vectors": False},
    }


def test_the_mapping_has_every_field_of_the_record_and_no_other_at_its_side() -> None:
    fields = mapping()["properties"]
    assert isinstance(fields, dict)
    assert set(fields) - set(DERIVED) == set(EnrichedArticle.__dataclass_fields__)
    for part in ("terms", "counted"):
        assert set(fields["search"]["properties"][part]["properties"]) == set(KEYWORD_FIELDS)


def test_both_indices_set_the_same_characters_apart() -> None:
    """The server's pattern is Java's; it must name the ranges of `index.spacing`."""
    tokenizer = analysis()["tokenizer"]
    assert isinstance(tokenizer, dict)
    pattern = tokenizer["wirewatch_terms"]["pattern"]
    ranges = re.search(r"&&\[((?:\\u[0-9a-f]{4}|\\x\{[0-9a-f]+\}|-)+)\]", pattern)
    assert ranges is not None
    python = re.sub(r"\\x\{([0-9a-f]+)\}", lambda code: f"\\U{int(code[1], 16):08x}", ranges[1])
    assert f"[{python}]".encode().decode("unicode_escape") == UNSPACED.pattern


def test_accents_that_stand_alone_are_composed_or_dropped() -> None:
    filters = analysis()["char_filter"]
    assert isinstance(filters, dict)
    rules = [rule.split("=>") for rule in filters["wirewatch_accents"]["mappings"]]
    for left, right in ((one.encode().decode("unicode_escape"), two) for one, two in rules):
        composed = right.encode().decode("unicode_escape")
        assert composed == "" or unicodedata.normalize("NFD", composed) == left
    assert ["\\u0438\\u0306", "\\u0439"] in rules
    assert ["\\u0301", ""] in rules


def test_a_document_is_the_record_with_fields_behind_it() -> None:
    written = article(
        "a",
        "Grain deal",
        published=datetime(2026, 5, 1, 8, 30, 0, 123_456, tzinfo=UTC),
        entities=[entity("ORG", "Red Cross", "ICRC"), entity("ORG", "Red Cross"), entity("PER", "Ann")],
        places=[place("Kyiv", "UA"), replace(place("Nowhere", "XX"), lat=123.0)],
        topics=[topic("11000000", "politics")],
        embedding=direction(0.1234567890123, 0.5),
    )
    document = json.loads(prepared(written).body)
    assert article_of(document) == written
    assert document["time"] == "2026-05-01T08:30:00.123456+00:00"
    assert document["location"] == [{"lat": 50.0, "lon": 30.0}]
    assert document["named"] == {"org": ["Red Cross"], "person": ["Ann"]}
    assert document["search"]["time"] == microseconds(written.published or NOON)
    assert document["search"]["terms"]["org"] == ["red cross", "icrc"]
    assert document["search"]["topics"] == [{"code": "medtop:11000000", "label": "politics", "score": 0.8}]


@pytest.mark.parametrize(
    "embedding", [(), (0.0,) * 384, (1e-30,) * 384, (1e30,) * 384, direction(1.0), (-0.5, *(0.0,) * 383)]
)
def test_a_vector_without_direction_is_kept_aside(embedding: tuple[float, ...]) -> None:
    written = article("a", 'a text with ,"embedding":[] in it', embedding=embedding)
    document = json.loads(prepared(written).body)
    assert article_of(document) == written
    assert ("embedding" in document) == (embedding in (direction(1.0), (-0.5, *(0.0,) * 383)))


@given(enriched_articles)
def test_any_record_comes_back(written: EnrichedArticle) -> None:
    try:
        ready = prepared(written)
    except (BadRecord, OverflowError):
        return
    assert article_of(json.loads(ready.body)) == written


SUBJECT = "https://search.example:9200"


def answered(status: int, error: object = None) -> elasticsearch.ApiError:
    meta = ApiResponseMeta(
        status, "1.1", HttpHeaders(), 0.1, NodeConfig(scheme="https", host="search.example", port=9200)
    )
    kind = elasticsearch.exceptions.HTTP_EXCEPTIONS.get(status, elasticsearch.ApiError)
    return kind("message", meta, {"error": error or {"type": "some_exception", "reason": "for a reason"}})


@pytest.mark.parametrize(
    ("error", "expected", "says"),
    [
        (answered(400), BadConfiguration, "some_exception: for a reason"),
        (answered(401), BadConfiguration, "log in"),
        (answered(403), BadConfiguration, "for a reason"),
        (answered(403, {"type": "cluster_block_exception", "reason": "read-only"}), Unavailable, "read-only"),
        (answered(404), BadConfiguration, "wirewatch setup"),
        (answered(408), Unavailable, "408"),
        (answered(413), BadConfiguration, "bulk_bytes"),
        (answered(429), Unavailable, "429"),
        (answered(500), Unavailable, "500"),
        (answered(503), Unavailable, "503"),
        (answered(503, "<html>Bad gateway</html>"), Unavailable, "Bad gateway"),
        (elasticsearch.ConnectionError("refused"), Unavailable, "refused"),
        (elasticsearch.ConnectionTimeout("too slow"), Unavailable, "too slow"),
        (elasticsearch.SSLError("self-signed certificate"), BadConfiguration, "ca_file"),
        (elasticsearch.SerializationError("no JSON"), BadConfiguration, "JSON"),
        (elastic_transport.SniffingError("no nodes"), Unavailable, "no nodes"),
        (elasticsearch.UnsupportedProductError("x", answered(200).meta, {}), BadConfiguration, "not Elastic"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_errors_of_the_client_become_our_own(
    error: elasticsearch.ApiError | elasticsearch.TransportError, expected: type[WirewatchError], says: str
) -> None:
    made = own_error(error, SUBJECT)
    assert type(made) is expected
    assert made.subject == SUBJECT
    assert made.remedy
    assert says in str(made)
    assert len(str(made)) < 600


def test_no_error_of_the_client_is_forgotten() -> None:
    """When the library grows a new one, it must be looked at here."""

    def below(kind: type[Exception]) -> set[str]:
        return {kind.__name__}.union(*(below(one) for one in kind.__subclasses__()))

    assert below(elasticsearch.ApiError) | below(elasticsearch.TransportError) == {
        "ApiError",
        "AuthenticationException",
        "AuthorizationException",
        "BadRequestError",
        "ConflictError",
        "ConnectionError",
        "ConnectionTimeout",
        "NotFoundError",
        "SerializationError",
        "SniffingError",
        "TlsError",
        "TransportError",
        "UnsupportedProductError",
    }


def test_a_refused_search_is_the_query_s_fault() -> None:
    assert type(own_error(answered(400), SUBJECT, searching=True)) is BadQuery
    assert type(own_error(answered(401), SUBJECT, searching=True)) is BadConfiguration


def test_a_reason_names_its_cause_and_is_short() -> None:
    cause = {"type": "number_format_exception", "reason": "For input string: x"}
    error = {"type": "document_parsing_exception", "reason": "failed\nto parse", "caused_by": cause}
    assert reason_of(error) == (
        "document_parsing_exception: failed to parse; number_format_exception: For input string: x"
    )
    assert len(reason_of({"type": "x", "reason": "y" * 10_000})) == MAX_REASON + 1


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"url": ""}, "is empty"),
        ({"url": "search.example:9200"}, "no address"),
        ({"url": "ftp://search.example:9200"}, "no address"),
        ({"url": "https://search.example"}, "names no port"),
        ({"url": "https://search.example:port"}, "no address"),
        ({"url": "https://elastic:secret-word@search.example:9200"}, "holds a name or password"),
        ({"api_key": "secret-word", "username": "elastic"}, "is set beside a username"),
        ({"api_key": "secret-word\n"}, "signs that no key has"),
        ({"ca_file": Path("/nowhere/ca.pem")}, "No such file"),
    ],
)
def test_settings_that_cannot_be_right(settings: dict[str, object], says: str) -> None:
    with pytest.raises(BadConfiguration, match=says) as caught:
        connect(ElasticSettings.model_validate({"url": SUBJECT} | settings))
    assert "index.elastic." in str(caught.value)
    assert "secret-word" not in str(caught.value)


def test_several_servers_and_a_file_that_is_no_certificate(tmp_path: Path) -> None:
    client = connect(ElasticSettings(url="http://one.example:9200, http://two.example:9200"))
    assert len(list(client.transport.node_pool.all())) == 2
    client.close()
    (tmp_path / "ca.pem").write_text("nonsense")
    with pytest.raises(BadConfiguration, match="cannot be used"):
        connect(ElasticSettings(url=SUBJECT, ca_file=tmp_path / "ca.pem"))


def test_fragments_that_begin_or_end_within_the_text_say_so() -> None:
    source = {"title": "A <b> & flood", "text": "One flood. Two. Three floods."}
    found = {
        "title": ["A &lt;b&gt; &amp; <em>flood</em>"],
        "text": ["One <em>flood</em>.", "Three <em>floods</em>."],
    }
    title, text = highlights(source, found)
    assert title.fragments == ("A &lt;b&gt; &amp; <em>flood</em>",)
    assert text.fragments == ("One <em>flood</em>.…", "…Three <em>floods</em>.")


@given(st.text(alphabet="ab <>&\"'/é", max_size=1_200), st.integers(0, 1_200))
def test_a_fragment_is_cut_between_characters_and_marks(text: str, at: int) -> None:
    marked = (
        html.escape(text[:at])
        + "<em>"
        + html.escape(text[at : at + 50])
        + "</em>"
        + html.escape(text[at + 50 :])
    )
    for highlight in highlights({"title": text}, {"title": [marked]}):
        (fragment,) = highlight.fragments
        plain = fragment.replace("<em>", "").replace("</em>", "")
        assert fragment.count("<em>") == fragment.count("</em>") == 1
        assert html.unescape(plain).strip("…") in text
        assert len(html.unescape(plain)) <= 402
