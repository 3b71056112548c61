"""What the two trainings share: steps of AdamW, a moving average of the weights, a state to go on from."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from training.network import Parameters


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What one run is made of.

    `start` holds the graphs, `begin` is another graph of the branch to take weights from, `out` is for the
    state and the result; `rate` is the highest learning rate.
    """

    start: Path
    tokenizer: Path
    out: Path
    epochs: float
    rate: float
    seed: int
    dropout: float = 0.1
    begin: Path | None = None


def recipe_from(arguments: Sequence[str] | None, what: str, *, epochs: float, rate: float) -> Recipe:
    """From the command line."""
    parser = argparse.ArgumentParser(description=f"Train the {what} branch.")
    parser.add_argument("--start", type=Path, required=True, help="folder with the graphs to start from")
    parser.add_argument("--begin", type=Path, help="a graph of the branch with other weights to begin from")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the state and the result")
    parser.add_argument("--epochs", type=float, default=epochs)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    return Recipe(**vars(parser.parse_args(arguments)))


_WARM_UP = 0.04
_CLIP = 1.0
_DECAY = 0.01


class Run:
    """One run and where it stands. `average` is what is kept of it: it beats the last weights.

    Everything random in a step is drawn from seed and step number, so that a run which was stopped ends as
    one that was not.
    """

    def __init__(
        self,
        parameters: Parameters,
        folder: Path,
        *,
        rates: Callable[[str], float],
        steps: int,
        seed: int,
        memory: int,
    ) -> None:
        """`rates` gives the highest learning rate of a weight by its name; `memory` is how many steps the
        average looks back."""
        self.parameters, self.steps, self.seed = parameters, steps, seed
        self.average = {name: value.detach().clone() for name, value in parameters.items()}
        self.step = 0
        self._keep = 1 - 1 / memory
        self._highest = [rates(name) for name in parameters]
        groups = [
            {"params": [value], "weight_decay": _DECAY if value.dim() > 1 else 0.0}
            for value in parameters.values()
        ]
        self._optimizer = torch.optim.AdamW(groups)
        folder.mkdir(parents=True, exist_ok=True)
        self._state = folder / "state.pt"
        if self._state.is_file():
            self._resume()

    @property
    def done(self) -> bool:
        return self.step >= self.steps

    def learn(self, loss_of: Callable[[Parameters], Tensor]) -> float:
        """One step down the loss, which is returned."""
        torch.manual_seed(self.seed * 1_000_003 + self.step)
        share = _schedule(self.step / self.steps)
        for group, highest in zip(self._optimizer.param_groups, self._highest, strict=True):
            group["lr"] = highest * share
        loss = loss_of(self.parameters)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self.parameters.values()), _CLIP)
        self._optimizer.step()
        self.step += 1
        keep = min(self._keep, self.step / (self.step + 10))
        with torch.no_grad():
            for name, value in self.average.items():
                value.lerp_(self.parameters[name], 1 - keep)
        return float(loss.detach())

    def save(self) -> None:
        state = {
            "step": self.step,
            "parameters": {name: value.detach() for name, value in self.parameters.items()},
            "average": self.average,
            "optimizer": self._optimizer.state_dict(),
        }
        torch.save(state, self._state.with_suffix(".new"))
        self._state.with_suffix(".new").replace(self._state)

    def _resume(self) -> None:
        state = torch.load(self._state)
        self.step, self.average = state["step"], state["average"]
        with torch.no_grad():
            for name, value in self.parameters.items():
                value.copy_(state["parameters"][name])
        self._optimizer.load_state_dict(state["optimizer"])


def _schedule(done: float) -> float:
    """The share of the highest rate after the share `done` of the run: linear warm-up, then half a cosine."""
    return min(1.0, (done + 1e-6) / _WARM_UP) * (1 + math.cos(math.pi * done)) / 2
