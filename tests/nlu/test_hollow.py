"""TensorFlow is left out of our own processes, and whoever wants it is told how to have it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOADED = "import sys, bot.dialogue; print('tensorflow.python' in sys.modules)"
MAKE = "import bot.dialogue\nfrom rasa.utils.tensorflow.layers import Embed\nEmbed(2, 0.1, 'text')"


def python(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **env},
        capture_output=True,
        text=True,
    )


def test_a_worker_does_not_load_tensorflow() -> None:
    assert python(LOADED).stdout.strip() == "False"


def test_it_is_loaded_where_that_is_asked_for() -> None:
    assert python(LOADED, RASA_TENSORFLOW="1").stdout.strip() == "True"


def test_a_component_made_of_it_says_what_to_do() -> None:
    made = python(MAKE)

    assert made.returncode != 0
    assert "Embed is made of TensorFlow" in made.stderr and "RASA_TENSORFLOW=1" in made.stderr
