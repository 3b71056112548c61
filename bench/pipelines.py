"""What a user would take instead: transformers' pipelines with models of the size of bert-base, in PyTorch.

Their weights are random, which costs the same time. The zero-shot pipeline reads an article once for each of
the seventeen topics, cut to 512 pieces; bart-large-mnli, its default model, is four times as large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from enrich.encoder import BUNDLED_MODEL
from enrich.labels import load_labels

LABELS = 9  # of CoNLL-2003, as most entity models have


def load_pipelines() -> Mapping[str, Callable[[Sequence[str]], None]]:
    """Each by name, to be given articles. Raises ImportError where torch is not installed."""
    import torch  # type: ignore[import-not-found,unused-ignore]
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        BertForTokenClassification,
        PreTrainedTokenizerFast,
        TokenClassificationPipeline,
        ZeroShotClassificationPipeline,
    )

    torch.manual_seed(0)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(BUNDLED_MODEL / "tokenizer.json"),
        model_max_length=512,
        pad_token="[PAD]",  # noqa: S106 - a mark, no password
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
    )
    names = BertForTokenClassification(BertConfig(num_labels=LABELS)).eval()
    answers = {0: "contradiction", 1: "neutral", 2: "entailment"}
    entailment = BertForSequenceClassification(
        BertConfig(id2label=answers, label2id={label: number for number, label in answers.items()})
    ).eval()
    entities = TokenClassificationPipeline(
        model=names, tokenizer=tokenizer, stride=32, aggregation_strategy="simple"
    )
    zero_shot = ZeroShotClassificationPipeline(model=entailment, tokenizer=tokenizer)
    topics = list(load_labels(BUNDLED_MODEL / "labels.json").topic_names)

    def find_entities(texts: Sequence[str]) -> None:
        for text in texts:
            entities(text)

    def find_topics(texts: Sequence[str]) -> None:
        for text in texts:
            zero_shot(text, topics, multi_label=True)

    return {"token classification": find_entities, "zero-shot": find_topics}
