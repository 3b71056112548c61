"""How much of the model's own speed enrichment keeps.

    python -m bench.annotate [--rounds 3] [--articles 80]

Ways over the same articles of about 500 words, in turns of 20, so that other load hits all:

    bare      tokenizer and onnxruntime sessions alone, over the same windows, one article at a time in each
              of as many threads as the product uses
    product   JSON lines in, JSON lines out: what `wirewatch annotate` does
    pipelines transformers' pipelines for entities and for zero-shot topics, on a few of the articles; only
              where torch is installed (bench/pipelines.py)

The articles are the hand-cleaned English texts of the corpus (article_pages), the first 500 words of each.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from article.errors import BadInput
from bench.corpus import corpus_root
from bench.pipelines import load_pipelines
from enrich.annotate import annotate_lines
from enrich.encoder import BUNDLED_MODEL
from enrich.language import LanguageDetector
from enrich.mentions import join
from enrich.pieces import PieceTokenizer
from enrich.pipeline import Enricher
from enrich.windows import cut_windows
from runtime.settings import EnrichSettings

WORDS = 500
PIPELINE_ARTICLES = 4
SLICE = 20

Article = tuple[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description="Enrichment beside the bare model, articles a second.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--articles", type=int, default=80)
    options = parser.parse_args()
    articles = load_articles(options.articles)
    words = statistics.mean(len(f"{title} {text}".split()) for title, text in articles)
    threads = len(os.sched_getaffinity(0))
    print(f"{len(articles)} articles, {words:.0f} words on average, {threads} threads", flush=True)
    with Enricher(EnrichSettings()) as enricher:
        bare, product = Bare(articles, threads), Product(articles, enricher)
        print(
            f"{bare.windows / len(articles):.2f} windows, {bare.pieces / len(articles):.0f} pieces an article"
        )
        slices = [slice(first, first + SLICE) for first in range(0, len(articles), SLICE)]
        bare.run(slices[0])
        product.run(slices[0])
        ratios = []
        for number in range(1, options.rounds + 1):
            both = Stopwatch(), Stopwatch()
            for part in slices:
                both[0].time(bare.run, part)
                both[1].time(product.run, part)
            ratios.append(both[0].seconds / both[1].seconds)
            print(
                f"round {number}: bare {both[0].rate(len(articles))}  product {both[1].rate(len(articles))}  "
                f"ratio {ratios[-1]:.3f} (of CPU time {both[0].cpu / both[1].cpu:.3f})",
                flush=True,
            )
        print(f"product / bare, median of rounds: {statistics.median(ratios):.3f}")
        _beside_pipelines(articles[:PIPELINE_ARTICLES], enricher, options.rounds)
    return 0


def load_articles(count: int) -> list[Article]:
    """Title and text of `count` articles of about WORDS words from the corpus."""
    path = corpus_root() / "data" / "article_pages" / "gold.json.gz"
    if not path.is_file():
        sys.exit(f"{path} is missing: put the corpus beside the checkout or name it in WIREWATCH_CORPUS_DIR")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        gold: dict[str, dict[str, str | None]] = json.load(file)
    language = LanguageDetector()
    articles = []
    for entry in gold.values():
        title, text = entry.get("title") or "", entry.get("text") or ""
        cut = _first_words(text, WORDS)
        if len(cut.split()) >= WORDS * 4 // 5 and language.detect(title, cut) == "en":
            articles.append((title, cut))
    if not articles:
        sys.exit(f"{path} holds no article of {WORDS} words")
    return [articles[index % len(articles)] for index in range(count)]


def _first_words(text: str, words: int) -> str:
    end = 0
    for number, word in enumerate(_words(text)):
        if number == words:
            break
        end = word
    return text[:end]


def _words(text: str) -> Iterator[int]:
    """Where each word ends."""
    inside = False
    for index, character in enumerate(text):
        if character.isspace() and inside:
            yield index
        inside = not character.isspace()
    if inside:
        yield len(text)


class Stopwatch:
    """Seconds on the wall and of all cores together."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def time(self, run: Callable[[slice], None], part: slice) -> None:
        start, start_cpu = time.perf_counter(), time.process_time()
        run(part)
        self.seconds += time.perf_counter() - start
        self.cpu += time.process_time() - start_cpu

    def rate(self, articles: int) -> str:
        return f"{articles / self.seconds:5.2f} articles/s ({self.cpu / articles * 1000:.0f} ms of CPU each)"


class Bare:
    """The least that the model needs: pieces, then the sessions, on windows that were cut beforehand."""

    def __init__(self, articles: list[Article], threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._shared, self._ner, self._doc = (
            onnxruntime.InferenceSession(
                str(BUNDLED_MODEL / f"{part}.onnx"), options, providers=["CPUExecutionProvider"]
            )
            for part in ("shared", "ner", "doc")
        )
        pieces = PieceTokenizer.load(BUNDLED_MODEL / "tokenizer.json")
        self._tokenizer = pieces.backend
        self._threads = threads
        self._articles: list[tuple[str, list[tuple[int, int, NDArray[np.int64]]]]] = []
        self.windows = self.pieces = 0
        for title, text in articles:
            joined = join(title, text)
            encoded = pieces.encode(joined, max_pieces=100_000)
            cut = [
                (window.start, window.end, encoded.cases[window.start : window.end])
                for window in cut_windows(joined, encoded)
            ]
            self._articles.append((joined, cut))
            self.windows += len(cut)
            self.pieces += sum(end - start for start, end, _ in cut)

    def run(self, part: slice) -> None:
        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(self._one, self._articles[part]):
                pass

    def _one(self, article: tuple[str, list[tuple[int, int, NDArray[np.int64]]]]) -> None:
        joined, cut = article
        ids = self._tokenizer.encode(joined, add_special_tokens=False).ids
        for number, (start, end, cases) in enumerate(cut):
            mask = np.ones((1, end - start + 2), np.int64)
            inputs = {
                "input_ids": np.array([[101, *ids[start:end], 102]], np.int64),
                "attention_mask": mask,
                "token_type_ids": np.pad(cases, 1)[None],
            }
            hidden, index = self._shared.run(["s1_h2", "mask_index"], inputs)
            both = {"s1_h2": hidden, "mask_index": index}
            self._ner.run(["ner"], both)
            if number == 0:
                self._doc.run(["emb", "topic"], {**both, "attention_mask": mask})


def _refused(error: BadInput) -> None:
    raise error


class Product:
    """What `wirewatch annotate` does between reading a line and writing one."""

    def __init__(self, articles: list[Article], enricher: Enricher) -> None:
        self._enricher = enricher
        self._lines = [
            json.dumps({"id": str(number), "title": title, "text": text}).encode()
            for number, (title, text) in enumerate(articles)
        ]

    def run(self, part: slice) -> None:
        lines = self._lines[part]
        assert sum(1 for _ in annotate_lines(lines, self._enricher, _refused)) == len(lines)


def _run_texts(run: Callable[[Sequence[str]], None], texts: Sequence[str], part: slice) -> None:
    run(texts[part])


def _beside_pipelines(articles: list[Article], enricher: Enricher, rounds: int) -> None:
    """transformers' pipelines beside the product, in turns, over the same articles."""
    try:
        pipelines = load_pipelines()
    except ImportError:
        print("pipelines: torch is not installed; run this in the environment that `make test-torch` made")
        return
    product = Product(articles, enricher)
    texts = [join(title, text) for title, text in articles]
    every = slice(len(articles))
    for name, run in pipelines.items():
        of_texts = partial(_run_texts, run, texts)
        ratios = []
        for number in range(1, rounds + 1):
            slow, fast = Stopwatch(), Stopwatch()
            slow.time(of_texts, every)
            fast.time(product.run, every)
            ratios.append(slow.seconds / fast.seconds)
            print(
                f"round {number}: {name} {slow.rate(len(articles))}  product {fast.rate(len(articles))}  "
                f"ratio {ratios[-1]:.1f}",
                flush=True,
            )
        print(f"product / {name}, median of rounds: {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    sys.exit(main())
