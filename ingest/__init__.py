"""Stage 1: from feeds to raw articles.

    subscription + state                                                      bus
            │                                                                  ▲
            ▼                                                                  │ one commit
    poll ─ Fetcher.get ─▶ parse_feed ─▶ Fetched ─▶ decide ─▶ Decision ─┬─ new FeedState, FeedMemory
    (poll.py) (fetch/)    (formats/)              (decide.py)           │
                                                                        └─ drafts ─▶ complete ─▶ RawArticle
                                                                     (those that       ▲ (draft.py)
                                                                      want a page)     │
                                                         Fetcher.get ─▶ extract_page ──┘
                                                                          (pages/)

`decide` and `complete` are pure: what was fetched, what was known and what time it is go in, what to
remember and what to publish come out. `poller.py` says which feed is due and commits state, memory
and articles together; `service.py` runs it until it is told to stop. Documents are read in processes
of their own (`workers.py`). When a feed is polled next, and how it fares, is in `rhythm/`.
"""
