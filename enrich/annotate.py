"""Lines of JSON in, lines of JSON out: `wirewatch annotate` without the files."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

import msgspec

from article.errors import BadInput
from article.records import EnrichmentStatus, Entity, Place, StepFailure, Topic
from enrich.findings import Findings, Text
from enrich.pipeline import Enricher


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str | None = None
    text: str | None = None
    lang: str | None = None


class _Annotated(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    entities: tuple[Entity, ...]
    places: tuple[Place, ...]
    topics: tuple[Topic, ...]
    lang: str | None
    embedding: tuple[float, ...]
    status: EnrichmentStatus
    failures: tuple[StepFailure, ...]


_DECODER = msgspec.json.Decoder(_Line)
_ENCODER = msgspec.json.Encoder()


def parse_line(line: bytes, number: int) -> Text:
    """The text in one line {"id", "title", "text", "lang"}, of which only the id must be there.

    Other fields are passed over. Raises BadInput that names the line, from 1, and what is wrong with it.
    """
    try:
        parsed = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            f"line {number}",
            str(error),
            'each line must be one JSON object {"id": "…", "title": "…", "text": "…"}',
        ) from error
    return Text(id=parsed.id, title=parsed.title or "", text=parsed.text or "", declared_lang=parsed.lang)


def format_line(text_id: str, findings: Findings) -> bytes:
    """One line of JSON, without the line end."""
    return _ENCODER.encode(
        _Annotated(
            id=text_id,
            entities=findings.entities,
            places=findings.places,
            topics=findings.topics,
            lang=findings.lang,
            embedding=findings.embedding,
            status=findings.status,
            failures=findings.failures,
        )
    )


def annotate_lines(
    lines: Iterable[bytes], enricher: Enricher, refused: Callable[[BadInput], None]
) -> Iterator[bytes]:
    """An annotated line for each line that is not blank, in order, as soon as it is there.

    A line that cannot be read is told to `refused`, and the others go on. `refused` is called in the thread
    that reads ahead.
    """
    ids: deque[str] = deque()

    def texts() -> Iterator[Text]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                text = parse_line(line, number)
            except BadInput as error:
                refused(error)
                continue
            ids.append(text.id)
            yield text

    for findings in enricher.stream(texts()):
        yield format_line(ids.popleft(), findings)
