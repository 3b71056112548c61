"""`python -m index.kibana.build` writes `saved_objects.ndjson` anew, for people who import it by hand.

A test fails when the file differs from what the other modules here make.
"""

from __future__ import annotations

from pathlib import Path

from index.kibana.objects import ndjson

FILE = Path(__file__).with_name("saved_objects.ndjson")

if __name__ == "__main__":
    FILE.write_bytes(ndjson())
