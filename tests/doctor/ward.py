"""The ward: a desk that works, on a sandbox with the app's own manifest installed; each test breaks one thing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml
from slack_bolt import App
from slack_sdk import WebClient

from bot.clock import Clock, SystemClock
from bot.doctor.examination import Result, examine
from bot.doctor.finding import Finding, Standing
from bot.doctor.patient import Limits, Patient
from bot.doctor.table import CHECKS
from bot.sandbox.server import Sandbox
from bot.settings import sketch_settings
from bot.slack.door import Door
from bot.slack.hearing import Hearing
from bot.web.health import Check
from bot.web.routes import build_web
from bot.web.server import WebServer
from tests.services.process import free_port
from tests.services.standing import migrated

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


class Ward:
    """One desk with its database made, and the doctor who comes to see it."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.workspace = sandbox.workspace
        self.database_file = folder / "cases.db"
        self.variables = sandbox.environment() | {
            "DATABASE_URL": f"sqlite:///{self.database_file}",
            "PORT": str(free_port()),
            "LOG_LEVEL": "CRITICAL",
        }
        self._manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
        self.workspace.grants.install(self._manifest)

    def grant(self, scopes: list[str]) -> None:
        """Install the app with other scopes than its manifest's."""
        self.workspace.grants.install(self._manifest | {"oauth_config": {"scopes": {"bot": scopes}}})

    def examined(
        self,
        clock: Clock | None = None,
        limits: Limits | None = None,
        seconds: float = 25,
        **changes: str,
    ) -> "Findings":
        """What the doctor finds with these settings changed."""
        return self.examined_with(changes, clock, limits, seconds)

    def examined_with(
        self,
        changes: dict[str, str],
        clock: Clock | None = None,
        limits: Limits | None = None,
        seconds: float = 25,
    ) -> "Findings":
        patient = Patient(sketch_settings(self.variables | changes, env_file=None), clock or SystemClock(), limits)
        try:
            return Findings(list(examine(patient, CHECKS, seconds)))
        finally:
            patient.close()

    @contextmanager
    def running(self, problem: str = "", door: str = "") -> Iterator[None]:
        """While a Casebot runs here, which hears Slack, and whose mailbox has this problem.

        `door` is the signing secret by which it takes Slack's calls; without one it takes none.
        """
        checks = {"slack": Check(lambda: ""), "email_listener": Check(lambda: problem)}
        web = build_web(checks, door=self._door(door).answer if door else None)
        server = WebServer(web, "127.0.0.1", int(self.variables["PORT"]))
        server.start()
        try:
            yield
        finally:
            server.stop()

    def _door(self, secret: str) -> Door:
        """A door as a desk has it before it is ready: it answers Slack's challenge and nothing else."""
        app = App(token=self.workspace.bot_token, signing_secret=secret, token_verification_enabled=False)
        client, clock = WebClient(self.workspace.bot_token), SystemClock()
        return Door(app, secret, client, Hearing(clock), clock)


class Findings:
    """All findings, by the names of their checks."""

    def __init__(self, results: list[Result]) -> None:
        self.results = results
        self._by_name: Mapping[str, Result] = {result.name: result for result in results}

    def __getitem__(self, name: str) -> Finding:
        return self._by_name[name].finding

    def number(self, name: str) -> int:
        return self._by_name[name].number

    @property
    def wrong(self) -> list[str]:
        return [result.name for result in self.results if result.finding.standing is Standing.WRONG]

    def follow(self, name: str) -> list[str]:
        """The checks that were not made because this one failed."""
        because = f"not checked, because {self.number(name)} failed"
        return [result.name for result in self.results if result.finding.text.startswith(because)]


@contextmanager
def ward(folder: Path) -> Iterator[Ward]:
    """A desk that works."""
    with Sandbox() as sandbox:
        world = Ward(sandbox, folder)
        world.database_file.write_bytes(migrated())
        yield world
