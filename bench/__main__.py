"""All benches, one after the other: `make bench`."""

from __future__ import annotations

from bench import annotate, extraction, search

if __name__ == "__main__":
    for name, bench in (("annotate", annotate), ("extraction", extraction), ("search", search)):
        print(f"== {name}")
        bench.main()
