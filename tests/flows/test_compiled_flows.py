"""Flows as Rasa learns them: nothing is lost on the way there and back, and Rasa finds nothing
wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml
from flows.drawn import flows
from flows.test_flow_text import LOAN
from hypothesis import given, settings

from bot import authored
from bot.authored import Authored
from bot.flows.compiled import Compiled, compiled, decompiled
from bot.flows.flow import Flow
from bot.flows.text import parse
from bot.flows.writing import write
from bot.storage.flows import FlowEntry

ROOT = Path(__file__).parents[2]


@settings(max_examples=200, deadline=None)
@given(flow=flows())
def test_every_flow_comes_back_from_rasas_files(flow: Flow) -> None:
    made = compiled(flow, "flow_x")
    files = yaml.safe_load(yaml.safe_dump(vars(made), allow_unicode=True, sort_keys=False))

    back = decompiled(Compiled(**files))

    assert back == flow
    assert parse(write(back)) == flow


def test_a_question_becomes_a_slot_of_the_flows_form() -> None:
    made = compiled(parse(LOAN), "flow_muon_may")

    assert made.forms == {
        "flow_muon_may_form": {"required_slots": ["flow_muon_may__1", "flow_muon_may__2"]}
    }
    assert made.rules[0]["steps"][1:] == [
        {"action": "flow_muon_may_form"},
        {"active_loop": "flow_muon_may_form"},
    ]
    assert {"text": "Dạ em giữ {flow_muon_may__1} loại lớn ạ."} in [
        each[0] for each in made.responses.values()
    ]


def test_rasa_finds_nothing_wrong(tmp_path: Path) -> None:
    """The project's content and the team's together, held by `rasa data validate`."""
    talk = "Tên: Đỗ xe\nKhách nói: a b c\nBot đáp: Dạ có ạ.\nGặp nhân viên\n"
    flows = (
        FlowEntry(1, "flow_muon_may", "Mượn máy dùng thử", LOAN),
        FlowEntry(2, "flow_do_xe", "Đỗ xe", talk),
    )
    authored.write(Authored(flows=flows), ROOT, tmp_path)

    done = subprocess.run(
        [
            *(sys.executable, "-m", "rasa", "data", "validate", "--fail-on-warnings"),
            *("--domain", str(tmp_path / "domain.yml")),
            *("--data", str(ROOT / "data"), str(tmp_path / "own.yml")),
        ],
        cwd=ROOT,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
