"""A YAML document of the user's, read without running anything in it and within limits."""

from __future__ import annotations

from pathlib import Path

import yaml

from article.errors import BadConfiguration

MAX_BYTES = 50_000_000

# libyaml's parser is ten times as fast; both make plain values only.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_document(path: Path) -> dict[str, object]:
    """The keys and values at the top. Raises BadConfiguration that says where the file cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadConfiguration(str(path), f"has more than {MAX_BYTES:,} bytes", "split it")
        document = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader, both of them
    except OSError as error:
        raise BadConfiguration(str(path), f"cannot be read: {error.strerror}", "check the path") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or "nested too deep"
        raise BadConfiguration(str(path), f"is not YAML: {reason}", "see docs/watchlists.md") from error
    if not isinstance(document, dict):
        raise BadConfiguration(str(path), "holds no keys and values", "see docs/watchlists.md")
    return {str(key): value for key, value in document.items()}


def write_document(document: dict[str, object]) -> str:
    """YAML as people write it: in the order given, letters of every script as they are."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110))
