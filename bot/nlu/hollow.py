"""Rasa without TensorFlow, without the clients of channels and stores that are not ours, and
without what draws.

Rasa imports TensorFlow for classifiers and policies that this pipeline has none of: 3 s of every
start and 0.3 GB of every process; the others are another second. Imported before Rasa, this module
puts hollow packages in their place: one can inherit from their names and decorate with them, and
whoever makes one of their things is told. With RASA_TENSORFLOW=1 in the environment nothing is
replaced.
"""

from __future__ import annotations

import os
import sys
from abc import ABCMeta
from collections.abc import MutableSequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any, Final

REPLACED: Final = frozenset(
    {"tensorflow", "tensorflow_addons", "keras"}
    | {"aiogram", "boto3", "pymongo", "questionary", "socketio", "webexteamssdk"}
    | {"matplotlib"}
)
SETTING: Final = "RASA_TENSORFLOW"


class LeftOut(RuntimeError):
    """Something in the pipeline is made of a package that is left out."""


class Hollow(ABCMeta):
    """A class that has every attribute, each as hollow as itself."""

    def __getattr__(cls, name: str) -> Hollow:
        return _hollow(name)

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], FunctionType):
            return arguments[0]  # a decorator
        raise LeftOut(
            f"{cls.__name__} is made of TensorFlow, or of another package that Carebot leaves out "
            f"to start sooner and lighter. To use it, set {SETTING}=1 in the environment."
        )


def _hollow(name: str) -> Hollow:
    if name.startswith("__"):
        raise AttributeError(name)
    return Hollow(name, (), {})


class _Package(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012

    def __getattr__(self, name: str) -> Hollow:
        return _hollow(name)


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        if name.partition(".")[0] in REPLACED:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Package(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


if os.environ.get(SETTING) != "1" and "tensorflow" not in sys.modules:
    sys.meta_path.insert(0, _Finder())
