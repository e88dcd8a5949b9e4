"""Lists of words that tell names from other words, read from names.yml."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

LISTS: Final = Path(__file__).parent / "names.yml"


@lru_cache(maxsize=1)
def lists() -> dict[str, frozenset[str]]:
    """surnames, given, no_name, stop and legal: bare words."""
    raw = yaml.safe_load(LISTS.read_text(encoding="utf-8"))
    return {name: frozenset(words.split()) for name, words in raw.items()}
