"""All benches, one after the other: `make bench`. Not `bench.web`, which indexes for a quarter of an hour."""

from __future__ import annotations

from bench import annotate, bus, elastic, extraction, ingest, kafka, memory, search

if __name__ == "__main__":
    for name, bench in (
        ("annotate", annotate),
        ("ingest", ingest),
        ("extraction", extraction),
        ("bus", bus),
        ("kafka", kafka),
        ("search", search),
        ("elastic", elastic),
        ("memory", memory),
    ):
        print(f"== {name}")
        bench.main()
