"""Documents in processes of their own: what comes back, what they survive, how they end."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from article.errors import BadFeed, ReadingFailed
from ingest import workers as module
from ingest.workers import Workers

LIMIT = 60.0  # seconds
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(processes=1, seconds=LIMIT)
    yield made
    made.close()


def who(*, url: str = "") -> tuple[int, str]:
    return os.getpid(), url


def refuse(*, url: str) -> None:
    raise BadFeed(url, "is empty", "fill it")


def fail() -> None:
    raise LookupError("nothing there")


def die(*, url: str) -> None:  # noqa: ARG001 - as every document has
    os.kill(os.getpid(), signal.SIGKILL)


def hang(*, url: str) -> None:  # noqa: ARG001 - as every document has
    signal.pause()


def eat(*, url: str) -> int:  # noqa: ARG001 - as every document has
    return len(bytes(module._MOST_MEMORY))


def unsendable() -> object:
    return lambda: None


def blocked() -> set[int]:
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def preloaded() -> list[str]:
    return [name for name in module._PRELOAD if name in sys.modules]


def run(workers: Workers) -> tuple[int, str]:
    return asyncio.run(workers.run(who, url="x"))


def test_a_function_runs_in_another_process_which_is_used_again(workers: Workers) -> None:
    (pid, url), again = run(workers), run(workers)
    assert (again, url) == ((pid, url), "x")
    assert pid != os.getpid()


def test_the_parsers_are_there_before_the_first_document(workers: Workers) -> None:
    assert asyncio.run(workers.run(preloaded)) == module._PRELOAD


def test_our_errors_come_back_as_they_are(workers: Workers) -> None:
    with pytest.raises(BadFeed) as caught:
        asyncio.run(workers.run(refuse, url="https://a.test/"))
    assert str(caught.value) == "https://a.test/: is empty; fill it"
    assert caught.value.problem == "is empty"


def test_other_errors_come_back_with_their_traceback(workers: Workers) -> None:
    with pytest.raises(RuntimeError, match="LookupError: nothing there") as caught:
        asyncio.run(workers.run(fail))
    assert "in fail" in caught.value.__notes__[0]


def test_what_cannot_be_sent_back_is_an_error(workers: Workers) -> None:
    with pytest.raises(RuntimeError, match="pickle"):
        asyncio.run(workers.run(unsendable))


@pytest.mark.parametrize(("document", "problem"), [(die, "its reader died"), (eat, "bytes of memory")])
def test_a_document_that_brings_its_process_down_takes_no_other_with_it(
    workers: Workers, document: object, problem: str
) -> None:
    assert callable(document)
    with pytest.raises(ReadingFailed, match=problem) as caught:
        asyncio.run(workers.run(document, url="https://a.test/"))
    assert caught.value.subject == "https://a.test/"
    assert run(workers)[1] == "x"


def test_a_document_that_takes_too_long_is_given_up_and_its_process_ended() -> None:
    impatient = Workers(processes=1, seconds=0.1)
    try:
        with pytest.raises(ReadingFailed, match="more than 0"):
            asyncio.run(impatient.run(hang, url="https://a.test/"))
    finally:
        impatient.close()


def test_a_process_is_replaced_after_many_documents(workers: Workers) -> None:
    async def many() -> set[int]:
        return {(await workers.run(who))[0] for _ in range(module._DOCUMENTS + 1)}

    assert len(asyncio.run(many())) == 2


def test_closing_ends_what_is_being_read(workers: Workers) -> None:
    async def closed() -> None:
        pid, _ = await workers.run(who)
        process = os.pidfd_open(pid)
        reading = asyncio.ensure_future(workers.run(hang, url="x"))
        await asyncio.sleep(0)
        workers.close()
        with pytest.raises((ReadingFailed, asyncio.CancelledError)):
            await reading
        assert ended(process)

    asyncio.run(closed())


PARENT = """
import asyncio, signal
from ingest.workers import Workers
from tests.ingest.test_workers import blocked, hang, who

async def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    workers = Workers(processes=2, seconds=1)
    assert await workers.run(blocked) == set(), "a signal is blocked"
    print(*[pid for pid, _ in await asyncio.gather(workers.run(who), workers.run(who))], flush=True)
    await workers.run(hang, url="x")

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_they_obey_signals_that_their_parent_blocks_and_end_with_it(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert parent.stdout
    processes = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert [ended(process) for process in processes] == [True, True]


def ended(process: int) -> bool:
    """Whether the process of that descriptor ends in time."""
    poll = select.poll()
    poll.register(process, select.POLLIN)
    try:
        return bool(poll.poll(LIMIT * 1000))
    finally:
        os.close(process)
