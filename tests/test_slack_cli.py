"""`slack run` of Slack's own command-line tool finds the app's description and starts it with its tokens."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
HOOKS = json.loads((ROOT / ".slack" / "hooks.json").read_text(encoding="utf-8"))["hooks"]


def hook(command: str, **environment: str) -> str:
    """What a hook prints, run by the shell in the repository as the tool does."""
    ran = command.replace(".venv/bin/python", sys.executable)
    return subprocess.run(
        ["sh", "-c", ran], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_tool_is_given_the_manifest() -> None:
    described = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

    assert json.loads(hook(HOOKS["get-manifest"])) == described


def test_the_bot_starts_with_the_tools_tokens_unless_it_has_its_own() -> None:
    show = "-c \"import os; print(os.environ['SLACK_BOT_TOKEN'], os.environ['SLACK_APP_TOKEN'])\""
    start = HOOKS["start"].replace("-m bot run", show)

    assert HOOKS["start"] != start
    assert hook(start, SLACK_CLI_XOXB="xoxb-tool", SLACK_CLI_XAPP="xapp-tool") == "xoxb-tool xapp-tool\n"
    own = {"SLACK_BOT_TOKEN": "xoxb-own", "SLACK_APP_TOKEN": "xapp-own"}
    assert hook(start, SLACK_CLI_XOXB="xoxb-tool", SLACK_CLI_XAPP="xapp-tool", **own) == "xoxb-own xapp-own\n"
