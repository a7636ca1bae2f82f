"""A cross-encoder for natural language inference: does one text follow from another, or contradict it?"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch

from ...errors import PatchMattersError, explained
from .. import Inference, ModelProgress
from .devices import Devices, Weights
from .folder import ModelFolder, read_json
from .generation import in_batches

PAIRS = 32  # read together at most
REMEMBERED = 20_000  # pairs: the captions of a batch of images are compared again at each run
_CLASSES = {"entail": "entailment", "neutral": "neutral", "contradict": "contradiction"}


def label_order(config: dict) -> dict[str, int]:
    """ "entailment", "neutral", "contradiction" -> the index of its logit, as the config's `id2label` says.

    Raises:
        PatchMattersError: it does not name these three, and no more.
    """
    named = config.get("id2label")
    labels = named if isinstance(named, dict) else {}
    order = {
        kind: int(index)
        for index, label in labels.items()
        for start, kind in _CLASSES.items()
        if str(index).isdigit() and str(label).strip().lower().startswith(start)
    }
    if len(labels) != len(_CLASSES) or sorted(order.values()) != [0, 1, 2]:
        said = ", ".join(str(label)[:40] for label in list(labels.values())[:4]) or "nothing"
        raise PatchMattersError(
            "nli: the id2label in the model's config.json has to name entailment, neutral and contradiction, "
            f"and it names {said}: choose a model trained on SNLI, MultiNLI or XNLI with all three classes."
        )
    return order


class NliCrossEncoder:
    """Probabilities of the three classes of natural language inference, by sentence-transformers' CrossEncoder.

    Both texts are read together. A premise longer than the model reads (512 tokens, usually) is cut at its end.

    Raises:
        PatchMattersError: the folder's config does not say which class is which (`label_order`), or the folder
            has more than one module.
    """

    def __init__(self, name: str, folder: ModelFolder, devices: Devices):
        self.name, self._folder, self._devices = name, folder, devices
        self._order = label_order(folder.config)
        _check_modules(folder)
        self.weights = Weights(folder.path.name, self._load)
        self._known: OrderedDict[tuple[str, str], Inference] = OrderedDict()

    def _load(self, device: torch.device) -> torch.nn.Module:
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(
            str(self._folder.path),
            device="cpu",
            activation_fn=torch.nn.Identity(),  # whatever the config names
            trust_remote_code=False,
            local_files_only=True,
        )
        _check_head(self._folder, model.model)
        return model.float()  # some are saved in fp16, which is slow on CPUs

    def infer(
        self, pairs: Sequence[tuple[str, str]], on_progress: ModelProgress
    ) -> list[Inference]:
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._known]

        def run(start: int, stop: int) -> list[Inference]:
            on_progress(None)
            model = self._devices.ready(self.weights)
            rows = model.predict(
                list(new[start:stop]),
                batch_size=stop - start,
                apply_softmax=True,
                show_progress_bar=False,
            )
            return [Inference(**{k: float(row[i]) for k, i in self._order.items()}) for row in rows]

        with explained(f"nli: {self.name}"):
            found = dict(zip(new, in_batches(len(new), run, PAIRS)))
        answers = [self._known.get(pair) or found[pair] for pair in pairs]
        self._known.update(found)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return answers


def _check_modules(folder: ModelFolder) -> None:
    """One transformer and nothing else: a modules.json can name any class."""
    file = folder.path / "modules.json"
    if not file.is_file():
        return
    try:
        kinds = [str(module["type"]).rpartition(".")[2] for module in read_json(file)]
        named = [str(module["type"]).partition(".")[0] for module in read_json(file)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        kinds, named = [], []
    if kinds != ["Transformer"] or named != ["sentence_transformers"]:
        raise PatchMattersError(
            f"nli: {folder.path.name} has more modules than a classifier of sentence pairs (modules.json): "
            "choose a cross-encoder for natural language inference."
        )


def _check_head(folder: ModelFolder, model: torch.nn.Module) -> None:
    """transformers fills a head that is missing with random numbers."""
    from safetensors import safe_open

    there: set[str] = set()
    for file in folder.weights:
        with safe_open(file, "pt") as opened:
            there |= set(opened.keys())
    heads = (n for n in model.state_dict() if n.startswith(("classifier", "score")))
    missing = [name for name in heads if name not in there]
    if missing:
        raise PatchMattersError(
            f"nli: {folder.path.name} lacks the weights {missing[0]}, so it was not trained to classify: "
            "choose a cross-encoder for natural language inference."
        )
