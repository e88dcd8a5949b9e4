"""How well and how fast messages are understood: ours beside Rasa's own pipelines, on any data.

    uv run python bench/nlu.py --data DIR [--sets meey,massive_vi,massive_vi@50,carebot]
        [--systems ours,rasa_lr,stock] [--ablate] [--rows 400] [--folds 3]

A set NAME is DIR/NAME.train.jsonl or DIR/cs_NAME.train.jsonl, one {"text", "intent"} a line. It is
tested on its .dev.jsonl, else by folds of its own; "@50" trains on at most 50 examples an intent.
`carebot` is the project's own content and held-out sentences. Texts that are nobody's business come
from NAME.oos.train.jsonl (near) and from another set (far). Every system runs in a process of its
own, on one thread; milliseconds are that thread's CPU time for half clean, half mixed messages.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

KINDS = ("clean", "strip", "half", "teen", "typo", "telex", "mixed")
ABLATIONS = (
    "normaliser",
    "raw keys",
    "teencode",
    "stripped copies",
    "reader",
    "letters",
    "negatives",
    "nearness",
    "foreign margin",
)
STOCK_EPOCHS = 100
FOLDS = 3
TIMED = 400  # messages whose time is taken

Row = dict[str, str]


class System(Protocol):
    """Something that learns intents and then names one, with how sure it is that one is meant."""

    def train(self, texts: Sequence[str], intents: Sequence[str]) -> None: ...

    def understand(self, text: str) -> tuple[str, float]: ...

    def size(self) -> int: ...


class Ours:
    """Normaliser and intent model, one part left out if asked."""

    def __init__(self, without: str, strangers: bool) -> None:
        import bot.nlu.intent  # noqa: F401  # Rasa, too, is in memory where the model runs
        from bot.nlu import model, text

        self.normalise: Callable[[str], str] = text.normalise
        self.model = model.IntentModel(None if strangers else [])
        self.stack = contextlib.ExitStack()
        if without:
            self.leave_out(without)

    def leave_out(self, part: str) -> None:
        from bot.nlu import model, neighbours, ngrams, reader, text

        patches: dict[str, tuple[Any, str, Any]] = {
            "raw keys": (text, "decode", lambda words, *_: words),
            "teencode": (text, "expand", lambda found: found),
            "stripped copies": (model, "strip_accents", lambda text: text),
            "reader": (reader.Reader, "read", lambda _, text: text),
            "letters": (ngrams, "letter_grams", lambda _: []),
            "nearness": (neighbours.Neighbours, "likeness", lambda *_: 0.0),
            "foreign margin": (model, "FOREIGN", 0.0),
        }
        if part == "normaliser":
            self.normalise = lambda text: " ".join(text.lower().split())
        elif part == "negatives":
            self.model.negatives = []
        else:
            self.stack.enter_context(mock.patch.object(*patches[part]))

    def train(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        self.model.fit([self.normalise(text) for text in texts], intents)

    def understand(self, text: str) -> tuple[str, float]:
        ranking = self.model.rank(self.normalise(text))
        best = next(guess for guess in ranking if guess.intent != "out_of_scope")
        return best.intent, best.confidence

    def size(self) -> int:
        import joblib

        with tempfile.NamedTemporaryFile() as file:
            joblib.dump(self.model, file.name, compress=3)
            return os.path.getsize(file.name)


class Rasa:
    """Components of Rasa one behind another, without its server."""

    def __init__(self, classifier: str) -> None:
        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.engine.storage.resource import Resource
        from rasa.nlu.classifiers.diet_classifier import DIETClassifier
        from rasa.nlu.classifiers.logistic_regression_classifier import (
            LogisticRegressionClassifier,
        )
        from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import (
            CountVectorsFeaturizer,
        )
        from rasa.nlu.featurizers.sparse_featurizer.lexical_syntactic_featurizer import (
            LexicalSyntacticFeaturizer,
        )
        from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer

        letters = {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
        parts: list[tuple[Any, dict[str, Any]]] = [
            (WhitespaceTokenizer, {}),
            (LexicalSyntacticFeaturizer, {}),
            (CountVectorsFeaturizer, {}),
            (CountVectorsFeaturizer, letters),
        ]
        if classifier == "stock":
            diet = {"epochs": STOCK_EPOCHS, "constrain_similarities": True}
            parts.append((DIETClassifier, diet))
        else:
            parts.append((LogisticRegressionClassifier, {}))
        self.folder = Path(tempfile.mkdtemp())
        storage = LocalModelStorage(self.folder)
        self.parts = [
            part.create(
                {**part.get_default_config(), "alias": f"part{at}", **config},
                storage,
                Resource(f"part{at}"),
                ExecutionContext(GraphSchema({}), node_name=f"part{at}"),
            )
            for at, (part, config) in enumerate(parts)
        ]

    def train(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        from rasa.shared.nlu.training_data.message import Message
        from rasa.shared.nlu.training_data.training_data import TrainingData

        data = TrainingData(
            [
                Message({"text": text, "intent": intent.replace("/", "_")})
                for text, intent in zip(texts, intents, strict=True)
            ]
        )
        for part in self.parts:
            if hasattr(part, "train"):
                part.train(data)
            if part is not self.parts[-1]:
                part.process_training_data(data)

    def understand(self, text: str) -> tuple[str, float]:
        from rasa.shared.nlu.training_data.message import Message

        messages = [Message({"text": text or " "})]
        for part in self.parts:
            messages = part.process(messages)
        intent = messages[0].get("intent") or {"name": "", "confidence": 0.0}
        return str(intent["name"]), float(intent["confidence"])

    def size(self) -> int:
        return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())


def load(path: Path) -> list[Row]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    return [{"text": r["text"], "intent": r["intent"].replace("/", "_")} for r in rows]


def find(data: Path, name: str, part: str) -> Path | None:
    for prefix in ("", "cs_"):
        path = data / f"{prefix}{name}.{part}.jsonl"
        if path.exists():
            return path
    return None


def carebot() -> tuple[list[Row], list[Row]]:
    """The project's own training sentences, and those written apart to test them."""
    import yaml
    from rasa.shared.importers.rasa import RasaFileImporter

    data = RasaFileImporter(training_data_paths=[str(ROOT / "data" / "nlu")]).get_nlu_data()
    train = [{"text": e.get("text"), "intent": e.get("intent")} for e in data.intent_examples]
    file = ROOT / "tests" / "nlu" / "heldout.yml"
    held = yaml.safe_load(file.read_text(encoding="utf-8"))
    test = [
        {"text": str(text), "intent": intent}
        for intent, styles in held.items()
        for text in styles["accented"]
        if intent != "out_of_scope"
    ]
    return train, test


def splits(data: Path, name: str, folds: int) -> Iterator[tuple[list[Row], list[Row]]]:
    """Pairs of training and test rows, the same ones every time."""
    if name == "carebot":
        yield carebot()
        return
    name, _, most = name.partition("@")
    path = find(data, name, "train")
    if path is None:
        raise SystemExit(f"{data} has no {name}.train.jsonl")
    groups: dict[str, list[Row]] = collections.defaultdict(list)
    for row in load(path):
        groups[row["intent"]].append(row)
    order = random.Random(1)
    for rows in groups.values():
        order.shuffle(rows)
    taught = [row for intent in sorted(groups) for row in groups[intent][: int(most or 10**9)]]
    test = find(data, name, "dev")
    if test:
        yield taught, load(test)
        return
    for fold in range(min(folds, FOLDS)):
        rest = [row for at, row in enumerate(taught) if at % FOLDS != fold]
        yield rest, taught[fold::FOLDS]


def strangers(data: Path, name: str) -> dict[str, list[str]]:
    """Texts that belong to none of a set's intents: near ones, and those of another world."""
    from bot.nlu.model import background
    from bot.nlu.text import normalise

    found = {}
    near = find(data, f"{name}.oos", "train")
    if near:
        found["near"] = [row["text"] for row in load(near)]
    far = find(data, "meey" if name.startswith("massive") else "massive_vi", "train")
    if far:
        seen = set(background())
        texts = [row["text"] for row in load(far)]
        found["far"] = [text for text in texts[::10] if normalise(text) not in seen][:500]
    return found


def build(system: str, name: str) -> System:
    if system.startswith("ours"):
        # The background sentences are MASSIVE's own, so they cannot be strangers to it.
        return Ours(system.partition(" - ")[2], strangers=not name.startswith("massive"))
    return Rasa(system)


def measure(system: str, data: Path, name: str, rows: int, folds: int) -> dict[str, Any]:
    """All figures of one system on one set."""
    import numpy as np
    import psutil
    from sklearn.metrics import f1_score, roc_auc_score

    from bot.quality.noise import spoil

    said: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    aucs: dict[str, list[float]] = collections.defaultdict(list)
    seconds, times, size, count = [], [], 0, 0
    for taught, asked in splits(data, name, folds):
        asked = random.Random(2).sample(asked, min(rows, len(asked)))
        began = build(system, name), time.perf_counter()
        model = began[0]
        model.train([row["text"] for row in taught], [row["intent"] for row in taught])
        seconds.append(time.perf_counter() - began[1])
        size, count = model.size(), len(taught)
        sure = []
        for kind in KINDS:
            for row in asked:
                intent, confidence = model.understand(spoil(row["text"], kind))
                said[kind].append((row["intent"], intent))
                sure += [confidence] if kind == "clean" else []
        for kind, texts in strangers(data, name).items():
            unsure = [model.understand(text)[1] for text in texts]
            is_ours = [1] * len(sure) + [0] * len(unsure)
            aucs[kind].append(float(roc_auc_score(is_ours, sure + unsure)))
        timed = [spoil(row["text"], "mixed" if at % 2 else "clean") for at, row in enumerate(asked)]
        for text in timed[:TIMED]:
            start = time.thread_time()
            model.understand(text)
            times.append((time.thread_time() - start) * 1e3)
    figures: dict[str, Any] = {"set": name, "system": system, "train_rows": count}
    for kind, pairs in said.items():
        truth, answers = zip(*pairs, strict=True)
        right = [one == other for one, other in pairs]
        f1 = f1_score(truth, answers, average="macro", labels=sorted(set(truth)), zero_division=0)
        figures[kind] = {
            "accuracy": round(100 * float(np.mean(right)), 1),
            "macro_f1": round(100 * float(f1), 1),
        }
    figures |= {f"oos_{kind}": round(100 * float(np.mean(v)), 1) for kind, v in aucs.items()}
    p50, p95 = np.percentile(times, [50, 95])
    return figures | {
        "tested": len(said["clean"]),
        "train_s": round(float(np.mean(seconds)), 1),
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "rss_mb": round(psutil.Process().memory_info().rss / 2**20),
        "size_mb": round(size / 1e6, 2),
    }


def in_a_process(system: str, args: argparse.Namespace, name: str) -> dict[str, Any]:
    """`measure` in a fresh process, so that its memory is its own."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, __file__, "--data", str(args.data), "--sets", name]
    command += ["--rows", str(args.rows), "--folds", str(args.folds), "--one", system]
    done = subprocess.run(
        command,
        env={**os.environ, **threads, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(figures: dict[str, Any]) -> str:
    cells = [f"{figures['set']:<14} {figures['system']:<22}"]
    for kind in KINDS:
        cells.append(f"{figures[kind]['accuracy']:5.1f}/{figures[kind]['macro_f1']:4.1f}")
    cells += [f"{figures.get(key, '-'):>8}" for key in ("oos_near", "oos_far", "train_s")]
    cells.append(f"{figures['p50_ms']:.2f}/{figures['p95_ms']:.2f}")
    cells.append(f"{figures['rss_mb']:>5} {figures['size_mb']:>6}")
    return " ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="meey,massive_vi@50")
    parser.add_argument("--systems", default="ours,rasa_lr")
    parser.add_argument("--ablate", action="store_true", help="ours with each part left out")
    parser.add_argument("--rows", type=int, default=400, help="messages tested of each split")
    parser.add_argument("--folds", type=int, default=FOLDS, help="how many of the three")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "nlu.json")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(args.one, args.data, args.sets, args.rows, args.folds)))
        return
    systems = args.systems.split(",")
    if args.ablate:
        systems += [f"ours - {part}" for part in ABLATIONS]
    print(f"{'set':<14} {'system':<22} accuracy/F1: {' '.join(KINDS)}, oos near, far, train s,"
          " p50/p95 ms, RSS MB, size MB")  # fmt: skip
    found = []
    for name in args.sets.split(","):
        for system in systems:
            found.append(in_a_process(system, args, name))
            print(line(found[-1]), flush=True)
    args.out.parent.mkdir(exist_ok=True)
    args.out.write_text(json.dumps({"rows": found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
