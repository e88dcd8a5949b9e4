"""JSON bodies as strangers send them."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from connectors.base import Json, UnreadableError

# What Python reads in JSON and a database cannot hold: NUL, halves of surrogate pairs; and below,
# numbers without end.
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def parse(body: bytes | str) -> Json:
    """The JSON object in a body. Raises UnreadableError for anything else."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"not JSON: {type(error).__name__}") from error
    if not isinstance(data, dict):
        raise UnreadableError("not a JSON object")
    return data


def read(body: bytes | str) -> Json:
    """The same, its texts fit for a database."""
    try:
        return {_fit(name): _fit(each) for name, each in parse(body).items()}
    except RecursionError as error:
        raise UnreadableError("nested too deeply") from error


def _fit(value: Any) -> Any:
    if isinstance(value, str):
        return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_fit(each) for each in value]
    if isinstance(value, dict):
        return {_fit(name): _fit(each) for name, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
