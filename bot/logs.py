"""The log: lines for people, or one JSON object a line, and the trace that a message leaves in it
from the platform's webhook to the delivery of its answer.

A line may hold ids, names of channels and codes: never what somebody wrote, a token or a signature.
"""

from __future__ import annotations

import logging
import secrets
import sys
from contextlib import AbstractContextManager
from typing import Final, Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.processors import CallsiteParameter, CallsiteParameterAdder
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict

Form = Literal["text", "json"]
FORMS: Final = ("text", "json")


def _without_colours(logger: object, method: str, line: EventDict) -> EventDict:
    """uvicorn gives each of its lines a second time, for terminals."""
    line.pop("color_message", None)
    return line


# What every line gets, also those of libraries that know nothing of structlog.
_FACTS: Final = (
    merge_contextvars,
    add_log_level,
    add_logger_name,
    ExtraAdder(),
    _without_colours,
    CallsiteParameterAdder({CallsiteParameter.PROCESS}),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
)
# Python's own traceback: richer ones show the values of variables, and with them customers' words.
_TEXT: Final = (
    structlog.dev.ConsoleRenderer(
        colors=False,
        pad_event=0,
        timestamp_key="time",
        exception_formatter=structlog.dev.plain_traceback,
    ),
)
_JSON: Final = (
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(ensure_ascii=False),
)


def set_up(form: Form, stream: TextIO = sys.stderr) -> None:
    """Write this process's log to the stream, in place of what was set up before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=_FACTS,
            processors=(
                ProcessorFormatter.remove_processors_meta,
                *(_JSON if form == "json" else _TEXT),
            ),
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def traced(trace: str = "") -> AbstractContextManager[None]:
    """Within it, in this task and what it starts, lines carry the trace; a new one when "" is
    given."""
    return bound_contextvars(trace=trace or secrets.token_hex(8))


def trace() -> str:
    """The trace of what is done here and now; "" outside of any."""
    return str(get_contextvars().get("trace", ""))
