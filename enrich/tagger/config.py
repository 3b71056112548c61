"""What the files beside somebody else's model say of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from article.errors import BadConfiguration

_REMEDY = "config.json is the file that transformers writes beside a model, with id2label in it"


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    id2label: Mapping[int, str]
    positions: int | None


def read_config(folder: Path) -> ModelConfig:
    """Labels and input length from `config.json`. Raises BadConfiguration where it is missing or broken."""
    path = folder / "config.json"
    try:
        config = json.loads(path.read_bytes())
        return ModelConfig(
            id2label={int(number): str(label) for number, label in config["id2label"].items()},
            positions=positions(config.get("max_position_embeddings")),
        )
    except KeyError as error:
        raise BadConfiguration(str(path), "has no id2label", _REMEDY) from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        problem = f"cannot be read: {type(error).__name__}: {error}"
        raise BadConfiguration(str(path), problem, _REMEDY) from error


def positions(*said: object) -> int | None:
    """The least of what a configuration and a tokenizer say; None where neither says a length."""
    lengths = [each for each in said if isinstance(each, int) and 0 < each < 1_000_000]
    return min(lengths, default=None)


def digest(files: Iterable[Path]) -> str:
    """The first twelve digits of a hash over the files: another one for other weights, labels or pieces."""
    whole = hashlib.blake2b(digest_size=6)
    for path in files:
        with path.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "blake2b").digest())
    return whole.hexdigest()
