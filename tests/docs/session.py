"""Commands that an operator types one after another, in one interpreter: importing takes seconds each time.

`python -m tests.docs.session LINE …` prints a list of what each prints; all must succeed. Settings may stand
before a command, as in a shell.
"""

from __future__ import annotations

import json
import shlex
import sys
from itertools import takewhile

from typer.testing import CliRunner

import server


def typed(line: str) -> str:
    """What a command prints; it is made anew, under its settings."""
    words = shlex.split(line)
    settings = dict(word.split("=", 1) for word in takewhile(lambda word: "=" in word, words))
    said = CliRunner().invoke(server.command(), words[len(settings) :], env=settings, catch_exceptions=False)
    assert said.exit_code == 0, f"{line}\n{said.output}"
    return said.output


if __name__ == "__main__":
    sys.stdout.write(json.dumps([typed(line) for line in sys.argv[1:]]))
