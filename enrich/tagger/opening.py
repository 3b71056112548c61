"""From the setting `enrich.entities.model` to a model that is ready."""

from __future__ import annotations

import re
from pathlib import Path

from article.errors import BadConfiguration
from enrich.tagger.onnx_network import OnnxNetwork, find_graph
from enrich.tagger.tagger import Network, Tagger
from enrich.tagger.torch_network import TorchNetwork
from runtime.logging import get_logger
from runtime.settings import EntitySettings

_HUB_ID = re.compile(r"[\w.-]+(?:/[\w.-]+)?(?:@[\w./-]+)?")


def open_tagger(settings: EntitySettings) -> Tagger:
    """The model that the settings name, run once so that the first article is not slow; says what it found.

    Raises BadConfiguration that names the model and the way out.
    """
    tagger = Tagger(_network(settings))
    log = get_logger("enrich")
    log.info(
        "entities.model",
        model=tagger.name,
        device=tagger.device,
        input_pieces=tagger.input_pieces,
        labels=tagger.labels,
    )
    if tagger.scheme.unknown:
        log.warning("entities.labels_unknown", labels=list(tagger.scheme.unknown), taken_for="MISC")
    return tagger


def _network(settings: EntitySettings) -> Network:
    model = settings.model
    folder = Path(model).expanduser()
    if folder.is_dir():
        graph = find_graph(folder)
        if graph is None:
            return TorchNetwork(model, folder=folder, device=settings.device)
        if settings.device == "cuda":
            raise BadConfiguration(
                str(graph), "runs on the CPU alone", "unset enrich.entities.device, or move the graph away"
            )
        return OnnxNetwork(folder, graph)
    if not _HUB_ID.fullmatch(model):
        raise BadConfiguration(
            model,
            "there is no such folder",
            "enrich.entities.model is a folder or an id of the Hugging Face hub",
        )
    return TorchNetwork(model, folder=None, device=settings.device)
