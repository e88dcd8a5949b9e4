"""Runs Rasa's graph of components one after the other.

Rasa hands its graph to dask, which plans it anew for every message and every prediction; the plan
never changes, and planning cost as much as some components (`bench/turn.py`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any, Final

from rasa.core.policies import rule_policy
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

from bot.nlu.policy import RulePolicy

FASTER: Final = {
    rule_policy.RulePolicy: RulePolicy
}  # components with the same answers at less cost


class InOrderRunner(DaskGraphRunner):
    """A graph runner that plans once for each target."""

    @staticmethod
    def _instantiate_nodes(graph_schema: GraphSchema, *rest: Any) -> dict[str, GraphNode]:
        nodes = {
            name: replace(node, uses=FASTER.get(node.uses, node.uses))
            for name, node in graph_schema.nodes.items()
        }
        made: dict[str, GraphNode] = DaskGraphRunner._instantiate_nodes(GraphSchema(nodes), *rest)
        return made

    @cached_property
    def _plans(self) -> dict[tuple[str, ...], list[tuple[str, GraphNode, tuple[str, ...]]]]:
        return {}

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """The outputs of the targets. A node that fails raises what Rasa's own runner would."""
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in self._plans[wanted]:
            done[name] = node(*(done[need] for need in needs))
        return {name: done[name][1] for name in wanted}

    def _plan(self, wanted: tuple[str, ...]) -> list[tuple[str, GraphNode, tuple[str, ...]]]:
        nodes = self._graph_schema.minimal_graph_schema(list(wanted)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        return [
            (name, self._instantiated_nodes[name], needs[name])
            for name in TopologicalSorter(needs).static_order()
            if name in nodes
        ]
