"""What only the embedded index does: its folder, its lock, its readers in other processes, its crashes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from article.errors import BadConfiguration, Busy, Unavailable
from article.records import EnrichedArticle
from index.embedded import EmbeddedIndex
from index.embedded.vectors import RECORD
from index.protocol import Written
from index.query import Query
from tests.index.articles import article, direction, id_of, search

WRITER = """
import sys
from pathlib import Path
from index.embedded import EmbeddedIndex
from tests.index.test_embedded import numbered

index = EmbeddedIndex(Path(sys.argv[1]), heap_bytes=20_000_000)
for start in range(0, 100_000, 20):
    index.write([numbered(n) for n in range(start, start + 20)])
    print(start + 20, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "index"


def numbered(number: int) -> EnrichedArticle:
    return article(
        f"n{number}", f"flood number{number}", "water " * 300, embedding=direction(1.0, number / 1_000)
    )


def test_what_was_written_is_there_after_reopening(path: Path) -> None:
    first = EmbeddedIndex(path)
    first.write([numbered(1), numbered(2)])
    first.close()
    second = EmbeddedIndex(path)
    assert second.count() == 2
    assert search(second, "number2").total == 1
    assert [hit.id for hit in second.similar(id_of("n1")).hits] == [id_of("n2")]
    assert second.write([numbered(1)]) == [Written(id=id_of("n1"), revision=1, stale=True)]
    second.close()
    second.close()


def test_after_closing_nothing_is_written(path: Path) -> None:
    index = EmbeddedIndex(path)
    index.close()
    with pytest.raises(Unavailable):
        index.write([numbered(1)])


def test_a_second_writer_is_told_who_is_in_the_way(path: Path) -> None:
    index = EmbeddedIndex(path)
    with pytest.raises(Busy) as caught:
        EmbeddedIndex(path)
    assert caught.value.subject == str(path)
    assert "another process" in caught.value.problem
    assert "stop it" in caught.value.remedy
    index.close()
    EmbeddedIndex(path).close()


def test_a_reader_sees_each_commit_and_a_compaction(path: Path) -> None:
    writer = EmbeddedIndex(path)
    reader = EmbeddedIndex(path, read_only=True)
    assert reader.search(Query()).total == 0
    for count in range(1, 4):
        writer.write([numbered(count)])
        assert reader.search(Query()).total == reader.count() == count
        assert len(reader.similar(id_of("n1")).hits) == count - 1
    with pytest.raises(BadConfiguration):
        reader.write([numbered(9)])
    reader.close()
    writer.close()


def test_vectors_of_old_revisions_are_compacted_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embedded.writer.SPARE_VECTORS", 4)
    index = EmbeddedIndex(path)
    reader = EmbeddedIndex(path, read_only=True)
    for revision in range(1, 40):
        index.write(
            [article(name, revision=revision, embedding=direction(1.0, revision)) for name in ("a", "b")]
        )
        assert (path / "vectors.bin").stat().st_size <= 12 * RECORD.itemsize
        assert [hit.revision for hit in reader.similar(id_of("a")).hits] == [revision]
    for revision in range(40, 60):
        index.write([article(name, revision=revision) for name in ("a", "b")])
    assert reader.similar(id_of("a"), minimum=-1.0).hits == ()
    index.close()


def test_reading_where_there_is_no_index(path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        EmbeddedIndex(path, read_only=True)
    assert str(path) == caught.value.subject
    assert "wirewatch run" in caught.value.remedy
    assert not path.exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadConfiguration) as caught:
        EmbeddedIndex(tmp_path / "file" / "index")
    assert "data_dir" in caught.value.remedy


def test_a_folder_with_other_things_in_it_is_left_alone(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "thesis.txt").write_text("mine")
    with pytest.raises(BadConfiguration, match=r"thesis\.txt"):
        EmbeddedIndex(path)
    assert [entry.name for entry in path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("read_only", [False, True])
def test_an_index_of_another_version(path: Path, read_only: bool) -> None:
    EmbeddedIndex(path).close()
    marker = path / "index.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"schema": 99}))
    with pytest.raises(BadConfiguration, match="schema 99") as caught:
        EmbeddedIndex(path, read_only=read_only)
    assert "wirewatch rebuild" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"[]", b'{"kind": "other", "schema": 1}'])
def test_a_damaged_marker(path: Path, content: bytes) -> None:
    EmbeddedIndex(path).close()
    (path / "index.json").write_bytes(content)
    with pytest.raises(BadConfiguration):
        EmbeddedIndex(path)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_damaged_head(path: Path, read_only: bool) -> None:
    EmbeddedIndex(path).close()
    (path / "articles" / "meta.json").write_bytes(b"nonsense")
    with pytest.raises(BadConfiguration, match=r"cannot be read.*wirewatch rebuild"):
        EmbeddedIndex(path, read_only=read_only)


def test_a_crash_before_the_first_commit_leaves_a_usable_folder(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "index.json.4711").write_text("half a mark")
    index = EmbeddedIndex(path)
    index.close()
    for entry in (path / "articles").iterdir():
        entry.unlink()
    again = EmbeddedIndex(path)
    again.write([numbered(1)])
    assert again.count() == 1
    again.close()


def test_an_index_that_was_deleted_under_a_reader(path: Path) -> None:
    EmbeddedIndex(path).close()
    reader = EmbeddedIndex(path, read_only=True)
    (path / "articles" / "meta.json").unlink()
    with pytest.raises(Unavailable, match="gone"):
        reader.search(Query())


def test_vectors_ahead_of_the_index_do_no_harm(path: Path) -> None:
    """As after a crash between the two: the vector is there, the article is not, or not in that revision."""
    index = EmbeddedIndex(path)
    index.write([article("a", embedding=direction(1.0)), article("b", embedding=direction(1.0, 0.5))])
    index.close()
    donor = EmbeddedIndex(path.parent / "donor")
    donor.write(
        [
            article("b", revision=2, embedding=direction(1.0, 0.1)),
            article("c", embedding=direction(1.0, 0.1)),
        ]
    )
    donor.close()
    ahead = (path.parent / "donor" / "vectors.bin").read_bytes()
    with (path / "vectors.bin").open("ab") as file:
        file.write(ahead + ahead[:100])
    index = EmbeddedIndex(path)
    assert [(hit.id, hit.revision) for hit in index.similar(id_of("a")).hits] == [(id_of("b"), 1)]
    index.write([article("c", embedding=direction(1.0, 0.1))])
    assert [hit.id for hit in index.similar(id_of("a")).hits] == [id_of("c"), id_of("b")]
    index.close()


@pytest.mark.parametrize("batches", [1, 12])
def test_a_writer_killed_in_the_middle_loses_and_doubles_nothing(path: Path, batches: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        confirmed = [int(writer.stdout.readline()) for _ in range(batches)][-1]
        writer.send_signal(signal.SIGKILL)
        confirmed = max([confirmed, *map(int, writer.stdout.read().split())])
    reader = EmbeddedIndex(path, read_only=True)
    assert confirmed <= reader.count() <= confirmed + 20
    index = EmbeddedIndex(path)
    everything = [numbered(n) for n in range(confirmed + 40)]
    outcomes = index.write(everything)
    assert all(isinstance(one, Written) and one.stale for one in outcomes[:confirmed])
    assert index.count() == reader.count() == len(everything)
    for number in (0, confirmed - 1, confirmed, confirmed + 39):
        assert search(index, f"number{number}").total == 1
    similar = index.similar(id_of("n0"), limit=len(everything))
    assert len({hit.id for hit in similar.hits}) == similar.total == len(everything) - 1
    index.close()


def test_searches_while_writing(path: Path) -> None:
    index = EmbeddedIndex(path)
    index.write([numbered(0)])

    def look(_: int) -> int:
        return search(index, "flood").total + index.similar(id_of("n0"), limit=3).total

    with ThreadPoolExecutor(4) as pool:
        found = pool.map(look, range(60))
        for start in range(1, 100, 10):
            index.write([numbered(n) for n in range(start, start + 10)])
        assert min(found) >= 1
    assert index.count() == 101
    index.close()
