from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from index.embedded.vectors import RECORD, Embedded, VectorFile, VectorReader, unit

OpenFile = Callable[[], VectorFile]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.bin"


@pytest.fixture
def opened(path: Path) -> Iterator[OpenFile]:
    files: list[VectorFile] = []

    def again() -> VectorFile:
        files.append(VectorFile(path))
        return files[-1]

    yield again
    for file in files:
        file.close()


def some(count: int, seed: int = 1) -> list[Embedded]:
    chance = random.Random(seed)  # noqa: S311 - test data
    return [
        Embedded(id=f"id{n}", numbers=tuple(chance.gauss(0, 1) for _ in range(384))) for n in range(count)
    ]


def test_the_nearest_are_those_of_an_exact_computation(path: Path, opened: OpenFile) -> None:
    vectors = some(9_000)
    opened().append(vectors)
    origin = unit(vectors[7].numbers)
    exact = sorted(((float(unit(v.numbers) @ origin), v.id) for v in vectors), reverse=True)
    near = VectorReader(path).nearest(vectors[7].numbers, 20)
    assert near[0].id == "id7"
    assert len({one.id for one in near} & {name for _, name in exact[:20]}) >= 18
    by_id = {name: score for score, name in exact}
    assert all(one.similarity == pytest.approx(by_id[one.id], abs=0.01) for one in near)
    assert [one.similarity for one in near] == sorted((one.similarity for one in near), reverse=True)


def test_more_is_asked_for_than_there_is(path: Path, opened: OpenFile) -> None:
    reader = VectorReader(path)
    assert reader.nearest((1.0,) * 384, 5) == []
    file = opened()
    assert reader.nearest((1.0,) * 384, 5) == []
    file.append(some(2))
    assert len(reader.nearest((1.0,) * 384, 5)) == 2


def test_a_reader_notices_growth(path: Path, opened: OpenFile) -> None:
    file, reader = opened(), VectorReader(path)
    for count in range(1, 5):
        file.append(some(1, seed=count))
        assert len(reader.nearest((1.0,) * 384, 100)) == count


@pytest.mark.parametrize("cut", [1, 30, RECORD.itemsize - 1])
def test_a_torn_tail_is_passed_over_and_cut_off(path: Path, opened: OpenFile, cut: int) -> None:
    opened().append(some(3))
    with path.open("r+b") as file:
        file.truncate(3 * RECORD.itemsize - cut)
    assert len(VectorReader(path).nearest((1.0,) * 384, 100)) == 2
    reopened = opened()
    assert reopened.records == 2
    reopened.append(some(1))
    assert path.stat().st_size == 3 * RECORD.itemsize
    assert sorted(one.id for one in VectorReader(path).nearest((1.0,) * 384, 100)) == ["id0", "id0", "id1"]


def test_a_tail_of_zeros_or_noise_is_no_nearest_article(path: Path, opened: OpenFile) -> None:
    vectors = some(2)
    opened().append(vectors)
    noise = np.frombuffer(bytes(range(1, 211)) * 2, RECORD).copy()
    noise["scale"] = np.nan
    with path.open("ab") as file:
        file.write(bytes(RECORD.itemsize) + noise.tobytes())
    near = VectorReader(path).nearest(vectors[1].numbers, 2)
    assert near[0].id == "id1"
    assert all(np.isfinite(one.similarity) for one in near)


def test_compaction_keeps_the_last_record_of_each(path: Path, opened: OpenFile) -> None:
    file, reader = opened(), VectorReader(path)
    for seed in (1, 2, 3):
        file.append(some(50, seed=seed))
    assert len(reader.nearest((1.0,) * 384, 1_000)) == 150
    last = some(50, seed=3)
    file.compact()
    assert file.records == 50
    for vector in last:
        (near,) = reader.nearest(vector.numbers, 1)
        assert near.id == vector.id
        assert near.similarity == pytest.approx(1.0, abs=0.01)
    file.append(some(1, seed=9))
    assert len(reader.nearest((1.0,) * 384, 1_000)) == 51
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_vector_of_zeros_is_near_nothing(path: Path, opened: OpenFile) -> None:
    opened().append([Embedded(id="zero", numbers=(0.0,) * 384), *some(1)])
    near = VectorReader(path).nearest(some(1)[0].numbers, 2)
    assert [one.id for one in near] == ["id0", "zero"]
    assert near[1].similarity == 0.0
