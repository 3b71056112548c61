"""Which indices are written and searched: the aliases, and monthly indices put behind them.

    wirewatch-articles         the serving generation, which searches read
    wirewatch-articles-next    one that a rebuild is filling; writers write to it as well

A lane is an alias with the generation behind it. An index joins a lane by a request that also takes a member
of the lane out and puts it back in, and demands that it was there: the server does all of it or nothing, so
no index ever joins a generation that was swapped out in the meantime.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from article.errors import BadConfiguration, Unavailable
from index.elastic.errors import SETUP, error_in, kind_of, talking
from index.elastic.mapping import VERSION
from index.elastic.months import Named, index_name, named


class Superseded(Exception):
    """The lane was swapped out or given up: look at the aliases again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """A generation behind an alias; `months` are those that have an index there."""

    alias: str
    generation: int
    months: frozenset[str]


class Lanes(Protocol):
    """Where articles are written to."""

    def read(self) -> tuple[Lane, ...]:
        """The lanes as they are now; outcomes are those of the first."""

    def join(self, lane: Lane, month: str) -> None:
        """Make the index of `month` and put it behind the lane's alias. Raises Superseded."""


class Aliases:
    """The lanes of an index by its aliases. Safe to share between threads; remembers nothing."""

    def __init__(self, client: Elasticsearch, prefix: str, subject: str) -> None:
        self._client = client
        self._prefix = prefix
        self._subject = subject
        self.serving = prefix
        self.next = f"{prefix}-next"

    def read(self) -> tuple[Lane, ...]:
        """The serving lane and, during a rebuild, the next one. BadConfiguration where none serves."""
        serving, following = self.state()
        if serving is None:
            raise BadConfiguration(self._subject, f"there is no index {self._prefix} yet", SETUP)
        if following is None or following.generation <= serving.generation:
            return (serving,)
        return serving, following

    def state(self) -> tuple[Lane | None, Lane | None]:
        """The serving lane and the next one, as far as they are there. A generation that is newer wins."""
        with talking(self._subject):
            answer = self._client.indices.get_alias(index=f"{self._prefix}-0*", name=f"{self._prefix}*")
        return self._lane(self.serving, answer.body), self._lane(self.next, answer.body)

    def highest(self) -> int:
        """The highest number of a generation that has an index, in use or left over; 0 where none has."""
        return max((name.generation for name in self.everything().values()), default=0)

    def everything(self) -> dict[str, Named]:
        """Every index of ours, whether an alias leads to it or not."""
        with talking(self._subject):
            answer = self._client.indices.get(index=f"{self._prefix}-0*", features=["aliases"])
        found = {index: named(self._prefix, index) for index in answer.body}
        return {index: name for index, name in found.items() if name is not None}

    def join(self, lane: Lane, month: str) -> None:
        index = index_name(self._prefix, lane.generation, month)
        self.create(index)
        anchor = index_name(self._prefix, lane.generation, min(lane.months))
        try:
            self.act(
                {"remove": {"index": anchor, "alias": lane.alias, "must_exist": True}},
                {"add": {"index": anchor, "alias": lane.alias}},
                {"add": {"index": index, "alias": lane.alias}},
            )
        except NotFoundError as error:
            raise Superseded from error

    def create(self, index: str) -> None:
        """Make the index unless it is there.

        Raises BadConfiguration where the templates do not fit, Superseded where somebody deletes it at once,
        as a swap does with what is left of the old generation.
        """
        made = False
        with talking(self._subject):
            try:
                self._client.indices.create(index=index)
                made = True
            except BadRequestError as error:
                if kind_of(error_in(error)) != "resource_already_exists_exception":
                    raise
            try:
                fits = self._version(index) == VERSION
            except NotFoundError as error:
                raise Superseded from error
            if fits:
                return
            if made:
                self._client.indices.delete(index=index, ignore_unavailable=True)
        raise BadConfiguration(
            self._subject, f"the templates of {self._prefix} are missing or of another version", SETUP
        )

    def delete(self, *generations: int) -> None:
        """Every index of the generations."""
        self._delete([index for index, name in self.everything().items() if name.generation in generations])

    def delete_all_but(self, generations: Collection[int]) -> None:
        """What a swap or a rebuild that was broken off has left, of generations older or newer."""
        left = [index for index, name in self.everything().items() if name.generation not in generations]
        self._delete(left)

    def settle(self, generation: int) -> None:
        """After a swap: take out of the alias, or put behind it, what joined a lane in that very moment."""
        everything = self.everything()
        with talking(self._subject):
            answer = self._client.indices.get_alias(index=f"{self._prefix}-0*", name=f"{self._prefix}*")
        for index, held in answer.body.items():
            actions: list[dict[str, dict[str, object]]] = []
            if index in everything and everything[index].generation != generation:
                actions = [{"remove": {"index": index, "alias": alias}} for alias in held["aliases"]]
            elif self.next in held["aliases"]:
                actions = [
                    {"remove": {"index": index, "alias": self.next}},
                    {"add": {"index": index, "alias": self.serving}},
                ]
            if actions:
                with talking(self._subject), suppress(NotFoundError):
                    self.act(*actions)

    def _delete(self, indices: list[str]) -> None:
        if indices:
            with talking(self._subject):
                self._client.indices.delete(index=indices, ignore_unavailable=True)

    def act(self, *actions: dict[str, dict[str, object]]) -> None:
        """All of the changes to aliases at once. Raises NotFoundError where one demands what is not there."""
        try:
            answer = self._client.indices.update_aliases(actions=actions)
        except NotFoundError:
            raise
        except ApiError:
            with talking(self._subject):
                raise
        if not answer["acknowledged"]:
            raise Unavailable(self._subject, "not every node has noted an alias", "are all nodes well?")

    def _version(self, index: str) -> object:
        answer = self._client.indices.get_mapping(index=index, filter_path="*.mappings._meta")
        meta = answer.body.get(index, {}).get("mappings", {}).get("_meta", {})
        return meta.get("wirewatch")

    def _lane(self, alias: str, answer: dict[str, dict[str, dict[str, object]]]) -> Lane | None:
        found = [
            name
            for index, held in answer.items()
            if alias in held["aliases"] and (name := named(self._prefix, index)) is not None
        ]
        if not found:
            return None
        generation = max(name.generation for name in found)
        months = frozenset(name.month for name in found if name.generation == generation)
        return Lane(alias=alias, generation=generation, months=months)
