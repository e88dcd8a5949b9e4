"""Who gets the next conversation of the queue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.desk_rules import Assignment
from bot.models import Agent, Handoff, Presence

LONG_AGO: Final = timedelta(days=36_500)


def pick(
    rules: Assignment,
    handoff: Handoff,
    channel: str,
    agents: Sequence[Agent],
    now: datetime,
    last: int | None = None,
    silent: Collection[int] = (),
) -> Agent | None:
    """The agent for a waiting hand-off; None when nobody has room.

    `last` is who helped this customer lately: theirs if they have room and the matter is their
    team's. Else, of those of the team with all the skills, whoever has the least to do; after a
    while one skill is enough, and then any team. Of equals the one who has waited longest for a
    conversation. The `silent` had this one already and did not answer.
    """
    free = [
        agent
        for agent in agents
        if agent.user.id not in silent and has_room(rules, agent, channel, now)
    ]
    theirs = {agent.user.id for agent in of_team(agents, handoff.team)}
    team = [agent for agent in free if agent.user.id in theirs]
    if mine := next((agent for agent in team if agent.user.id == last), None):
        return mine
    waited = now - (handoff.queued_at or handoff.requested_at)
    skilled = [agent for agent in team if set(handoff.skills) <= set(agent.skills)]
    if not skilled and waited >= rules.partial_after:
        skilled = [agent for agent in team if set(handoff.skills) & set(agent.skills)]
    if not skilled and waited >= rules.anyone_after:
        skilled = team or free

    def order(agent: Agent) -> tuple[float, int, datetime, int]:
        level = sum(agent.skills.get(skill, 0) for skill in handoff.skills)
        idle_since = agent.assigned_at or now - LONG_AGO
        return (load_of(rules, agent), -level, idle_since, agent.user.id)

    return min(skilled, key=order, default=None)


def of_team(agents: Sequence[Agent], team: str) -> list[Agent]:
    """Those who answer for a team: its own and those of no team. Everybody, if there are none."""
    theirs = [agent for agent in agents if team in agent.teams or not agent.teams]
    return theirs or list(agents)


def is_online(rules: Assignment, agent: Agent, now: datetime) -> bool:
    """Whether the agent takes conversations and their console shows that it lives."""
    return presence_of(rules, agent, now) is Presence.ONLINE


def presence_of(rules: Assignment, agent: Agent, now: datetime) -> Presence:
    """The agent's presence as colleagues see it: without a sign of life they are off."""
    alive = agent.seen_at is not None and now - agent.seen_at <= rules.offline_after
    return agent.presence if alive else Presence.OFF


def is_gone(rules: Assignment, agent: Agent, now: datetime) -> bool:
    """Whether the agent's console shows no life although they said that they are there."""
    if agent.presence is Presence.OFF or agent.seen_at is None:
        return False
    return now - agent.seen_at > rules.offline_after


def load_of(rules: Assignment, agent: Agent) -> float:
    """What the agent has to do: conversations, by the weight of their channel."""
    return sum(rules.weights.get(channel, 1.0) * n for channel, n in agent.load.items())


def has_room(rules: Assignment, agent: Agent, channel: str, now: datetime) -> bool:
    """Whether one more conversation of this channel stays within the agent's capacity."""
    more = rules.weights.get(channel, 1.0)
    fits = load_of(rules, agent) + more <= capacity_of(rules, agent)
    return fits and is_online(rules, agent, now)


def capacity_of(rules: Assignment, agent: Agent) -> int:
    """How much the agent may have to do at once."""
    return rules.capacity if agent.capacity is None else agent.capacity
