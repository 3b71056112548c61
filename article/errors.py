"""The project's errors, all of them, with the exit code that each ends a command with.

    WirewatchError
    ├── BadInput            65  what was given cannot be read: a record, a feed, a page, a query
    │   ├── BadRecord           bytes on a channel that are not the record that the channel holds
    │   ├── BadFeed             a document that is not a feed
    │   ├── BadPage             a page that holds no article
    │   ├── ReadingFailed       a document that took too much time or memory to read
    │   ├── BadQuery            a search that cannot be parsed
    │   └── Conflict            somebody else has changed it since it was looked at
    ├── Unavailable         69  a service or a resource is not there now; trying again may help
    │   ├── FetchFailed         a URL could not be fetched
    │   ├── Busy                a port or a lock that somebody else holds
    │   └── Fenced              another member owns the partitions now; the batch was not committed
    └── BadConfiguration    78  a setting, a folder or a model is wrong; a person must change it

Library errors become one of these where the library is used, and nowhere else.
"""

from __future__ import annotations


class WirewatchError(Exception):
    """Something went wrong with `subject` (a URL, a file, an article id).

    `problem` says what, `remedy` what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, subject: str, problem: str, remedy: str = "") -> None:
        self.subject = subject
        self.problem = problem
        self.remedy = remedy
        super().__init__(subject, problem, remedy)  # so that it can be sent from process to process

    def __str__(self) -> str:
        return f"{self.subject}: {self.problem}" + (f"; {self.remedy}" if self.remedy else "")


class BadInput(WirewatchError):
    exit_code = 65


class BadRecord(BadInput):
    pass


class BadFeed(BadInput):
    pass


class BadPage(BadInput):
    pass


class ReadingFailed(BadInput):
    pass


class BadQuery(BadInput):
    """`at`: where in what was typed, in code points from its start; None where it is in no one place."""

    def __init__(self, subject: str, problem: str, remedy: str = "", *, at: int | None = None) -> None:
        super().__init__(subject, problem, remedy)
        self.at = at


class Conflict(BadInput):
    pass


class Unavailable(WirewatchError):
    exit_code = 69


class FetchFailed(Unavailable):
    """`lasts`: the same would come of trying again, as far as can be told."""

    def __init__(self, subject: str, problem: str, remedy: str = "", *, lasts: bool = False) -> None:
        super().__init__(subject, problem, remedy)
        self.lasts = lasts


class Busy(Unavailable):
    pass


class Fenced(Unavailable):
    pass


class BadConfiguration(WirewatchError):
    exit_code = 78
