"""The supervisors' pages where the desk's rules are edited: one for each part of them.

Plain forms. A button that changes what is typed (one more stretch of a day, one less) draws the
form anew and saves nothing; only "save" does.
"""

from __future__ import annotations

from bot.console.rules import (
    agents,
    digest,
    history,
    hours,
    retention,
    routing,
    sentences,
    targets,
    teams,
)

DOORS = (
    *hours.DOORS,
    *routing.DOORS,
    *teams.DOORS,
    *agents.DOORS,
    *targets.DOORS,
    *sentences.DOORS,
    *digest.DOORS,
    *retention.DOORS,
    *history.DOORS,
)
