"""A token classifier of the Hugging Face hub or in a folder, through transformers' pipeline and PyTorch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from article.errors import BadConfiguration
from enrich.decode import Floats
from enrich.tagger.config import digest, positions

if TYPE_CHECKING:
    from transformers import TokenClassificationPipeline

Device = Literal["auto", "cpu", "cuda"]

_INSTALL = (
    "install the extra: pip install 'wirewatch[torch]' (in a checkout: "
    ".venv/bin/pip install -r requirements-torch.lock), or use a folder with an ONNX model, which needs none"
)
_FILES = "a folder holds config.json, tokenizer.json and model.safetensors, as save_pretrained writes them"


class TorchNetwork:
    """See `Network`."""

    def __init__(self, model: str, *, folder: Path | None, device: Device) -> None:
        """`model` is a folder or, where `folder` is None, an id of the hub, with "@revision" or without.

        Raises BadConfiguration with the way out: PyTorch or a GPU missing, the hub out of reach, no such
        model, weights that are not safetensors, a tokenizer that does not tell where its pieces stand.
        """
        self._torch = _torch(model)
        self.device = _device(self._torch, model, device)
        self._pipeline = _pipeline(model, folder, self.device)
        config = self._pipeline.model.config
        tokenizer = self._pipeline.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            raise BadConfiguration(
                model,
                "its tokenizer does not tell where pieces stand in the text",
                "it needs a tokenizer.json",
            )
        self.tokenizer = tokenizer.backend_tokenizer
        self.id2label: Mapping[int, str] = {
            int(number): str(label) for number, label in config.id2label.items()
        }
        self.positions = positions(
            getattr(config, "max_position_embeddings", None), getattr(tokenizer, "model_max_length", None)
        )
        self.name = _versioned(model, folder, getattr(config, "_commit_hash", None))

    def run(self, ids: NDArray[np.int64]) -> Floats:
        torch = self._torch
        with torch.inference_mode():
            given = torch.from_numpy(ids)[None].to(self._pipeline.device)
            output = self._pipeline.model(input_ids=given, attention_mask=torch.ones_like(given))
            logits: Floats = output.logits[0].float().cpu().numpy()
        return logits


def _torch(model: str) -> ModuleType:
    try:
        import torch
    except (ImportError, OSError) as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        problem = "which is not installed" if missing else f"which cannot be loaded: {error}"
        raise BadConfiguration(model, f"needs PyTorch, {problem}", _INSTALL) from error
    module: ModuleType = torch
    return module


def _device(torch: ModuleType, model: str, device: Device) -> str:
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise BadConfiguration(
            model, "is to run on a GPU, and PyTorch finds none", 'set enrich.entities.device = "auto"'
        )
    if there and device != "cpu":
        return "cuda"
    # One thread a call: articles, not matrix rows, are what is spread over the cores.
    torch.set_num_threads(1)
    return "cpu"


def _pipeline(model: str, folder: Path | None, device: str) -> TokenClassificationPipeline:
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from transformers import pipeline
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    name, _, revision = model.partition("@")
    try:
        # Weights as safetensors only: the older format runs what code its author put into it.
        loaded: TokenClassificationPipeline = pipeline(
            "token-classification",
            model=str(folder or name),
            revision=None if folder else revision or None,
            device=device,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:
        reason = " ".join(str(error).split())
        if folder:
            raise BadConfiguration(str(folder), f"cannot be loaded as a model: {reason}", _FILES) from error
        raise BadConfiguration(
            model,
            f"is no folder here, and cannot be had from the Hugging Face hub: {reason}",
            f"where the hub is reached, `hf download {name} --local-dir FOLDER`; then set "
            "enrich.entities.model to that folder",
        ) from error
    loaded.model.eval()
    return loaded


def _versioned(model: str, folder: Path | None, commit: str | None) -> str:
    if folder is not None:
        files = [*sorted(folder.glob("*.safetensors")), folder / "config.json", folder / "tokenizer.json"]
        return f"{folder.absolute().name}@{digest(files)}"
    name, _, revision = model.partition("@")
    return f"{name}@{(commit or revision or 'main')[:12]}"
