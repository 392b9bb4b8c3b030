"""Bad input at the start, as an operator meets it: one clear line each, never a traceback, and what works goes on."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.server import Sandbox
from bot.settings import SETTING_NAMES
from tests.services.process import free_port, wait_until

ROOT = Path(__file__).parents[1]
SECONDS = 15.0


class Started:
    """`python -m bot run` with an environment of its own, in an empty folder."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        inherited = {name: value for name, value in os.environ.items() if name.upper() not in SETTING_NAMES}
        self.port = free_port()
        self.token = ""
        self._file, self._printed = folder / "output.log", ""
        given = {"PORT": str(self.port), "PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite:///{folder / 'cases.db'}"}
        with self._file.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=folder,
                env=inherited | given | dict(environment),
                stdout=output,
                stderr=output,
            )

    @property
    def output(self) -> str:
        """What it printed; after its end, too."""
        if self._file.exists():
            self._printed = self._file.read_text(encoding="utf-8")
        return self._printed

    def ended(self) -> int:
        """The exit code, once it ended by itself."""
        return self._process.wait(SECONDS)

    def health(self) -> dict[str, Any]:
        """What /health says; empty while nobody answers."""
        try:
            return dict(json.loads(self.asked("/health")))
        except urllib.error.HTTPError as unwell:
            return dict(json.load(unwell)) | {"http": unwell.code}
        except OSError:
            return {}

    def asked(self, path: str) -> str:
        """One of its pages."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return str(answer.read().decode())

    def becomes(self, status: str, **services: str) -> dict[str, Any]:
        """The answer of /health once it says so."""
        wait_until(lambda: self._is(status, services), f"{status} {services}; output:\n{self.output}", seconds=SECONDS)
        return self.health()

    def tells(self, service: str, words: str) -> dict[str, Any]:
        """The answer of /health once a service's problem begins like this."""
        wait_until(lambda: self._problem(service).startswith(words), f"“{words}” of {service}", seconds=SECONDS)
        return self.health()

    def says(self, words: str) -> str:
        """The line that says so, once it does."""
        wait_until(lambda: words in self.output, f"“{words}”; output:\n{self.output}", seconds=SECONDS)
        return next(line for line in self.output.splitlines() if words in line)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(SECONDS)
        self._printed = self.output

    def _problem(self, service: str) -> str:
        return str(self.health().get("problems", {}).get(service, ""))

    def _is(self, status: str, services: Mapping[str, str]) -> bool:
        health = self.health()
        told = health.get("services", {})
        return health.get("status") == status and all(told.get(name) == state for name, state in services.items())


@contextmanager
def started(environment: Mapping[str, str]) -> Iterator[Started]:
    """Start it; whatever happens, no traceback may have been printed."""
    with tempfile.TemporaryDirectory(prefix="casebot-") as folder:
        bot = Started(Path(folder), environment)
        try:
            yield bot
        finally:
            bot.end()
    assert "Traceback" not in bot.output, bot.output


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def slack_only(sandbox: Sandbox, **changes: str) -> dict[str, str]:
    return sandbox.environment() | {"IMAP_SERVER": "", "SMTP_SERVER": ""} | changes


def test_a_bot_token_that_slack_refuses_ends_the_start(sandbox: Sandbox) -> None:
    with started(slack_only(sandbox, SLACK_BOT_TOKEN="xoxb-1-of-another-workspace")) as bot:
        assert bot.ended() == 2

    last = bot.output.splitlines()[-1]
    assert last.startswith("SLACK_BOT_TOKEN is refused by Slack (invalid_auth). Copy it again from your app's OAuth")


def test_an_app_token_that_slack_refuses_is_named_and_told_by_health(sandbox: Sandbox) -> None:
    with started(slack_only(sandbox, SLACK_APP_TOKEN="xapp-1-of-another-app")) as bot:
        line = bot.says("SLACK_APP_TOKEN is refused by Slack (invalid_auth)")
        bot.tells("slack", "SLACK_APP_TOKEN is refused")
        bot.becomes("degraded", slack="failing", database="connected", scheduler="running")

    assert "Basic Information" in line


def test_an_unknown_channel_is_one_line_until_somebody_creates_it(sandbox: Sandbox) -> None:
    with started(slack_only(sandbox, ALERTING_SLACK_CHANNEL="#alarms")) as bot:
        bot.says("there is no channel #alarms that the bot can see")
        health = bot.tells("slack", "ALERTING_SLACK_CHANNEL: there is no channel #alarms")
        sandbox.workspace.create_channel("alarms", members=["ada"], with_bot=False)
        sandbox.workspace.join("casebot", "#alarms")
        bot.becomes("healthy", slack="connected")

    assert (health["http"], health["status"], health["services"]["slack"]) == (503, "degraded", "failing")
    assert bot.output.count("no channel #alarms") == 1


def test_a_taken_port_ends_the_start(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with started(slack_only(sandbox, PORT=port)) as bot:
            assert bot.ended() == 2

    last = bot.output.splitlines()[-1]
    assert last == f"Another program listens on 127.0.0.1:{port} already. Stop it, or set PORT to a free one."


def test_no_secret_is_told_by_log_file_or_page_whatever_fails(sandbox: Sandbox, tmp_path: Path) -> None:
    log_file, nowhere = tmp_path / "casebot.log", free_port()
    secrets = {
        "WEB_TOKEN": "hunter2-shows-the-figures",
        "SLACK_SIGNING_SECRET": "hunter2-signs",
        "IMAP_PASSWORD": "hunter2-opens-the-mailbox",
        "SMTP_PASSWORD": "hunter2-sends",
        "HEARTBEAT_URL": f"http://127.0.0.1:{nowhere}/hunter2",
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=hunter2-traces",
    }
    failing = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{nowhere}",
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
        "LOG_FILE": str(log_file),
    }
    with started(sandbox.environment() | secrets | failing) as bot:
        bot.token = secrets["WEB_TOKEN"]
        health = bot.becomes("degraded", slack="connected", email_listener="failing")
        sandbox.workspace.say("carla", "@casebot", "Is my hunter3 in good hands?")
        bot.says("delivery settled")
        figures = bot.asked("/metrics")
        bot.interrupt()
        assert bot.ended() == 0

    assert (health["http"], "email_listener" in health["problems"]) == (503, True)
    told = f"{bot.output}{log_file.read_text(encoding='utf-8')}{health}{figures}"
    assert "mailbox login refused" in told
    assert "casebot_service_up" in figures
    assert "hunter2" not in told
    assert "hunter3" not in told  # nor anybody's words
    facts = [json.loads(line) for line in log_file.read_text(encoding="utf-8").splitlines()]
    assert [fact for fact in facts if "case" in fact and "correlation" not in fact] == []
    assert all({"case", "delivery"} <= fact.keys() for fact in facts if fact["event"] == "delivery settled")


def test_slack_out_of_reach_is_waited_for() -> None:
    port = free_port()
    late = Sandbox(port=port)
    environment = slack_only_at(late, port)
    with started(environment) as bot:
        bot.says("Slack can't be reached")
        health = bot.becomes("degraded", database="connected", scheduler="running", slack="failing")
        with late:
            bot.becomes("healthy", slack="connected")
            bot.end()

    assert "check the network and SLACK_API_URL" in health["problems"]["slack"]


def slack_only_at(sandbox: Sandbox, port: int) -> dict[str, str]:
    """The settings for a sandbox that does not serve yet."""
    people = {"SLACK_BOT_TOKEN": sandbox.workspace.bot_token, "SLACK_APP_TOKEN": sandbox.workspace.app_token}
    channels = {f"{name}_SLACK_CHANNEL": f"#{name.lower()}" for name in ("SUPPORT", "ALERTING", "LOGGING")}
    return people | channels | {"SLACK_API_URL": f"http://127.0.0.1:{port}/api/"}
