"""Every setting with its default and the reason for it.

Read from `wirewatch.toml` in the working folder (or the file that WIREWATCH_CONFIG names) and from
WIREWATCH_… environment variables, which win: `[ingest] min_interval` is WIREWATCH_INGEST__MIN_INTERVAL.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from article.errors import BadConfiguration
from runtime.settings_ingest import IngestSettings as IngestSettings  # noqa: PLC0414 - settings come from here
from runtime.settings_monitor import MonitorSettings as MonitorSettings  # noqa: PLC0414 - as above
from runtime.settings_notify import NotifySettings as NotifySettings  # noqa: PLC0414 - as above
from runtime.settings_section import Count, Section
from runtime.settings_web import WebSettings as WebSettings  # noqa: PLC0414 - settings come from here


class KafkaSettings(Section):
    bootstrap_servers: str = ""
    """Brokers to begin with, "host:port,host:port". Set, it makes Kafka the bus; empty is one SQLite file."""
    replication: Annotated[int, Field(ge=1, le=9)] = 1
    """Copies of each partition of channels that Wirewatch creates. Three survive the loss of a broker."""
    instance: str = ""
    """A name for this process that stays the same when it starts again, so that it gets its partitions back
    at once. By default the data folder gives each process a free number."""
    session_seconds: Annotated[float, Field(ge=6, le=300)] = 10.0
    """How long a process may be silent before the others take over its share. Less is upset by pauses."""
    max_poll_seconds: Annotated[float, Field(ge=30)] = 600.0
    """How long one batch may take before the process counts as stuck and the others take over."""
    request_seconds: Annotated[float, Field(ge=2)] = 15.0
    """How long to wait for a broker's answer before a commit is given up and done again."""
    fetch_bytes: Annotated[int, Field(ge=1_000_000)] = 16_000_000
    """The most bytes that a process reads ahead: bounds its memory."""
    compression: Literal["none", "gzip"] = "none"
    """How records are packed. `gzip` takes a third of the disk and some milliseconds of CPU for each."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """What the brokers' listener speaks."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How to log in with a SASL protocol. PLAIN shows the password to whoever reads the wire."""
    sasl_username: str = ""
    """Who to log in as."""
    sasl_password: SecretStr = SecretStr("")
    """The password; better given as an environment variable than in a file."""
    ssl_ca_file: Path | None = None
    """Certificates to trust, PEM; by default the system's."""
    ssl_cert_file: Path | None = None
    """This client's own certificate, PEM, where the brokers ask for one."""
    ssl_key_file: Path | None = None
    """The key of that certificate, PEM."""


class BusSettings(Section):
    partitions: Annotated[int, Field(ge=1, le=256)] = 8
    """Partitions of each new channel: the most processes that can share one stage."""
    retention_days: Annotated[float, Field(gt=0)] = 30.0
    """How long consumed records stay readable, for `tail --from-start` and `rebuild`."""
    retention_bytes: Annotated[int, Field(ge=1_000_000)] = 20_000_000_000
    """The most bytes of values that a channel keeps; the oldest consumed records go first."""
    remember_articles_days: Annotated[float, Field(gt=0)] = 365.0
    """How long after it was last seen an article is known, so that seeing it again is no new article."""
    kafka: KafkaSettings = KafkaSettings()


class EntitySettings(Section):
    model: str = ""
    """Another model for entities: a folder (ONNX, or safetensors with the `torch` extra) or an id of the
    Hugging Face hub, "owner/name" or "owner/name@revision". Topics and embedding stay the bundled model's."""
    languages: tuple[str, ...] = ("en",)
    """Languages (ISO 639-1) that this model reads, `["*"]` for all. The bundled one knows English alone."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where PyTorch runs it; `auto` is a GPU if there is one."""


class EnrichSettings(Section):
    threads: Annotated[int, Field(ge=0)] = 0
    """Threads that run the model, each on one core; 0 is one for each core."""
    batch_articles: Count = 64
    """Articles of one transaction. More is a little faster, fewer shows results sooner."""
    model: Path | None = None
    """A folder with a model laid out like the bundled one, for entities, topics and embedding; the bundled
    one by default."""
    entities: EntitySettings = EntitySettings()
    watchlists: tuple[Path, ...] = ()
    """Files of names that you watch for, or folders with such files (docs/watchlists.md). Read at the
    start."""
    max_pieces: Annotated[int, Field(ge=254)] = 20_000
    """Word pieces of one article that are read for entities, about 15,000 words: seconds of one core. The
    rest is named in the article's failures."""
    pieces_in_flight: Count = 16_384
    """Word pieces of the articles that a stream reads ahead, about 25 articles: bounds memory, and keeps
    every core busy while a long article is in hand."""


class ElasticSettings(Section):
    url: str = ""
    """Servers, "https://host:9200", several by comma. Set, it holds the index in place of a folder."""
    api_key: SecretStr = SecretStr("")
    """An API key, encoded as Elasticsearch shows it. Unlike a password it can be limited and withdrawn."""
    username: str = ""
    """Who to log in as, where there is no API key."""
    password: SecretStr = SecretStr("")
    """The password of that user."""
    ca_file: Path | None = None
    """Certificates to trust, PEM; by default the system's."""
    index_prefix: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9._-]*$")] = "wirewatch-articles"
    """What the names of the alias, the templates and the indices begin with."""
    shards: Annotated[int, Field(ge=1, le=64)] = 1
    """Primary shards of each monthly index. One holds millions of articles."""
    replicas: Annotated[int, Field(ge=0, le=9)] = 0
    """Copies of each shard. One survives the loss of a node, and needs a second node."""
    request_seconds: Annotated[float, Field(ge=1)] = 30.0
    """How long to wait for an answer before a request is given up and sent again."""
    bulk_bytes: Annotated[int, Field(ge=100_000, le=90_000_000)] = 5_000_000
    """Bytes of one bulk request: more is hardly faster, and 100 MB is what the server takes."""


class IndexSettings(Section):
    batch_articles: Count = 500
    """Articles of one index commit."""
    recency_days: Annotated[float, Field(gt=0)] = 7.0
    """Age at which an article's bonus for being recent has faded to half."""
    writer_bytes: Annotated[int, Field(ge=16_000_000)] = 64_000_000
    """Memory of the embedded index's writer. More makes fewer, larger pieces when much is indexed at once."""
    elastic: ElasticSettings = ElasticSettings()


class KibanaSettings(Section):
    url: str = ""
    """Where `wirewatch setup` imports data view, search, map and dashboard: "https://host:5601", with
    "/s/SPACE" for a space. Empty leaves Kibana alone."""
    api_key: SecretStr = SecretStr("")
    """An API key of Elasticsearch, encoded as it shows it."""
    username: str = ""
    """Who to log in as, where there is no API key. Needs to be allowed to write in Kibana."""
    password: SecretStr = SecretStr("")
    """The password of that user."""
    ca_file: Path | None = None
    """Certificates to trust, PEM; by default the system's."""
    request_seconds: Annotated[float, Field(ge=1)] = 60.0
    """How long to wait for an answer. A Kibana that has just started takes its time."""


class SampleSettings(Section):
    port: Annotated[int, Field(ge=1, le=65535)] = 8765
    """Loopback port of the sample feed that `run --sample` serves."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="WIREWATCH_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
    )

    data_dir: Path = Path("data")
    """Folder for everything that is kept: the log and the index. Back this up."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe events that are logged."""
    log_format: Literal["auto", "console", "json"] = "auto"
    """`auto` is for people on a terminal and JSON lines elsewhere."""
    health_file: Path | None = None
    """A file that is touched every few seconds while all stages of the process go on: for health checks of
    containers. A batch that takes longer than `bus.kafka.max_poll_seconds` counts as stuck."""
    bus: BusSettings = BusSettings()
    ingest: IngestSettings = IngestSettings()
    enrich: EnrichSettings = EnrichSettings()
    index: IndexSettings = IndexSettings()
    kibana: KibanaSettings = KibanaSettings()
    notify: NotifySettings = NotifySettings()
    web: WebSettings = WebSettings()
    monitor: MonitorSettings = MonitorSettings()
    sample: SampleSettings = SampleSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class names it
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file()))


_LISTS = (
    "WIREWATCH_INGEST__ALLOW_HOSTS",
    "WIREWATCH_NOTIFY__ALLOW_HOSTS",
    "WIREWATCH_ENRICH__ENTITIES__LANGUAGES",
    "WIREWATCH_WEB__HOSTS",
    "WIREWATCH_WEB__PROXIES",
)


def load_settings() -> Settings:
    """The settings in force. Raises BadConfiguration that names the setting and what it may be."""
    named = os.environ.get("WIREWATCH_CONFIG")
    if named and not Path(named).is_file():
        raise BadConfiguration(named, "no such file", "WIREWATCH_CONFIG must name a TOML file")
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadConfiguration(f"setting {name}", first["msg"], "see docs/operations.md, Settings") from error
    except SettingsError as error:
        lists = [name for name in os.environ if name.upper() in _LISTS]
        raise BadConfiguration(
            f"settings {', '.join(lists)}", "cannot be read", 'a list is written as JSON: ["127.0.0.1"]'
        ) from error
    except ValueError as error:
        raise BadConfiguration("settings", str(error), f"check {config_file()} and WIREWATCH_…") from error
    return settings.model_copy(update={"ingest": _with_ordered_intervals(settings.ingest)})


def _with_ordered_intervals(ingest: IngestSettings) -> IngestSettings:
    """A person who sets one end of the range beyond the other end's default moves both."""
    least, most = ingest.min_interval, ingest.max_interval
    if least <= most:
        return ingest
    if "min_interval" not in ingest.model_fields_set:
        return ingest.model_copy(update={"min_interval": most})
    if "max_interval" not in ingest.model_fields_set:
        return ingest.model_copy(update={"max_interval": least})
    raise BadConfiguration("setting ingest.min_interval", f"{least:g} is greater than max_interval, {most:g}")


def config_file() -> Path:
    """Where settings are read from; the file need not exist."""
    return Path(os.environ.get("WIREWATCH_CONFIG") or "wirewatch.toml")
