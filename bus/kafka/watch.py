"""Whether a group has gone astray, which both the library and the protocol allow.

    joining takes too long      the library may wait for an answer that has come and that it has missed
    not told its share          the group has given the member other partitions than it knows of
    belong to nobody            a member died between the two rounds in which partitions change hands, and
                                was back under its name before it was missed: the second round never comes,
                                and all believe that all is well

The remedy is the same: leave the group and join anew. For partitions of nobody one member does so, the first
by name. A look is taken once in a session time-out, and a problem must be there at two looks, because all of
this is normal while partitions change hands.
"""

from __future__ import annotations

import time

from kafka.structs import MemberState

from article.errors import Unavailable
from bus.kafka.cluster import Cluster, Topic

_JOIN_SESSIONS = 6  # how many session time-outs joining may take


class Watch:
    def __init__(self, cluster: Cluster, topic: Topic, *, group: str, name: str, seconds: float) -> None:
        self._cluster = cluster
        self._topic = topic
        self._group = group
        self._name = name
        self._seconds = seconds
        self.begin()

    def begin(self) -> None:
        """The member begins to join."""
        self._stable_at = self._looked_at = time.monotonic()
        self._suspected = False

    def problem(self, state: str, have: frozenset[int]) -> str:
        """Why this member should join anew, or nothing. `have` are the partitions that it knows to be its."""
        now = time.monotonic()
        if state != MemberState.STABLE:
            too_long = now - self._stable_at > _JOIN_SESSIONS * self._seconds
            return "joining takes too long" if too_long else ""
        self._stable_at = now
        if now - self._looked_at < self._seconds:
            return ""
        self._looked_at = now
        found, before = self._astray(have), self._suspected
        self._suspected = bool(found)
        return found if before else ""

    def _astray(self, have: frozenset[int]) -> str:
        try:
            sharing = self._cluster.sharing(self._topic.name, group=self._group)
        except Unavailable:
            return ""
        if not sharing:
            return ""
        unowned = frozenset(range(self._topic.partitions)).difference(*sharing.values())
        if unowned and self._name == min(sharing):
            return f"partitions {sorted(unowned)} belong to nobody"
        return "this member was not told its share" if sharing.get(self._name, have) != have else ""
