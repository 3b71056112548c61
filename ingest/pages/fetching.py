"""Fetches the pages of articles whose feed tells only a part of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from article.errors import BadPage, FetchFailed, ReadingFailed
from ingest.draft import Draft
from ingest.fetch.client import Fetcher
from ingest.pages.page import extract_page
from ingest.pages.visits import Visit
from ingest.urls import without_credentials
from ingest.workers import Workers
from runtime.logging import get_logger
from runtime.settings import IngestSettings

_IN_FLIGHT = 8  # of one feed


@dataclass(frozen=True, kw_only=True)
class Pages:
    """`workers` read what `fetcher` brings."""

    fetcher: Fetcher
    workers: Workers
    settings: IngestSettings

    async def visit(self, drafts: Sequence[Draft]) -> list[Visit]:
        """What came of each, in their order. Never raises: without a page the feed's text counts."""
        turn = asyncio.Semaphore(_IN_FLIGHT)

        async def one(draft: Draft) -> Visit:
            if not draft.wants_page:
                return Visit(draft=draft)
            async with turn:
                return await self._visit(draft)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(draft)) for draft in drafts]
        return [task.result() for task in tasks]

    async def _visit(self, draft: Draft) -> Visit:
        url = draft.article.url or ""
        can_pass = False
        try:
            response = await self.fetcher.page(url)
            page = await self.workers.run(
                extract_page,
                response.body,
                url=response.url,
                content_type=response.content_type,
                max_markup=self.settings.max_markup,
            )
        except FetchFailed as error:
            problem, can_pass = error.problem, not error.lasts
        except (BadPage, ReadingFailed) as error:
            problem = error.problem
        except Exception as error:  # noqa: BLE001 - a page is an extra; without it the feed's text counts
            problem = f"unexpected {type(error).__name__}: {error}"
        else:
            return Visit(draft=draft, page=page)
        get_logger("ingest").debug("page.failed", url=without_credentials(url), problem=problem)
        return Visit(draft=draft, problem=problem, can_pass=can_pass)
