"""Tables as their users see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bus.channels import Channel
from bus.kafka.restore import Restorer
from bus.kafka.store import LocalStore
from bus.partition import partition_of


class OwnedTable:
    """A source's view: the partitions that it owns, from its local copy."""

    def __init__(self, store: LocalStore, channel: Channel, owned: Callable[[], frozenset[int]]) -> None:
        self._store = store
        self._channel = channel
        self._owned = owned

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return self._store.get(self._channel, keys, self._owned().__contains__)

    def items(self) -> Iterator[tuple[str, bytes]]:
        return self._store.items(self._channel, lambda partition: partition in self._owned())


class WholeTable:
    """Everybody's view: each look reads what is new, and of a single key only its partition."""

    def __init__(self, restorer: Restorer, channel: Channel, partitions: int) -> None:
        self._restorer = restorer
        self._channel = channel
        self._partitions = partitions
        self._store = LocalStore()

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        self._catch_up({partition_of(key, self._partitions) for key in keys})
        return self._store.get(self._channel, keys, _any)

    def items(self) -> Iterator[tuple[str, bytes]]:
        self._catch_up(set(range(self._partitions)))
        yield from self._store.items(self._channel, _any)

    def _catch_up(self, partitions: set[int]) -> None:
        self._restorer.catch_up(self._store, [self._channel], partitions)


def _any(_: int) -> bool:
    return True
