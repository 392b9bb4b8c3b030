"""Which tests need a server that is not here: they are listed as NOT RUN, never passed over in silence."""

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.services import blockkit, chromium, corpus, dovecot, postgresql, slack_schemas


@dataclass(frozen=True)
class Service:
    """Something a test needs besides Python, how to find it and how to get it."""

    is_here: Callable[[], object]
    install: str
    fixtures: frozenset[str] = frozenset()
    in_ci: bool = True  # whether REQUIRE_ALL asks for it


SERVICES = {
    "dovecot": Service(
        dovecot.program, "apt-get install dovecot-imapd (2.3)", frozenset({"dovecot", "dovecot_server"})
    ),
    "postgresql": Service(
        postgresql.programs, "apt-get install postgresql", frozenset({"postgres", "postgres_database"})
    ),
    "chromium": Service(chromium.program, "apt-get install chromium", frozenset({"browser", "page"})),
    "blockkit-check": Service(
        blockkit.program, "set CASEBOT_SHARED to the folder that holds tools/blockkit_check.py", in_ci=False
    ),
    "corpus": Service(corpus.index, "set CASEBOT_CORPUS to the folder of the mail corpus", in_ci=False),
    "slack-schemas": Service(
        slack_schemas.files, "set CASEBOT_SCHEMAS to the folder of Slack's manifest schemas", in_ci=False
    ),
}


class Needs:
    """The plug-in: takes out the tests whose service is missing and says so at the end.

    With REQUIRE_ALL=1 a test that did not run is a failed run.
    """

    def __init__(self, services: dict[str, Service], require_all: bool) -> None:
        self._services = services
        self._missing = {name for name, service in services.items() if not service.is_here()}
        self._require_all = require_all
        self._not_run: dict[str, list[str]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        runnable: list[pytest.Item] = []
        left_out: list[pytest.Item] = []
        for item in items:
            lacking = sorted(self._needs_of(item) & self._missing)
            for name in lacking:
                self._not_run.setdefault(name, []).append(item.nodeid)
            (left_out if lacking else runnable).append(item)
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = runnable

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take over what a worker of pytest-xdist left out; each of them leaves out the same."""
        self._not_run.update(getattr(node, "workeroutput", {}).get("not_run", {}))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["not_run"] = self._not_run
        elif self._failed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._not_run:
            return
        terminalreporter.section("NOT RUN", red=self._failed, yellow=not self._failed)
        for name, tests in sorted(self._not_run.items()):
            plural = "test needs" if len(tests) == 1 else "tests need"
            terminalreporter.line(f"{len(tests)} {plural} {name}: {self._services[name].install}")
            for test in tests:
                terminalreporter.line(f"    {test}")
        if self._failed:
            terminalreporter.line("REQUIRE_ALL is set: this run has failed.", red=True)

    @property
    def _failed(self) -> bool:
        return self._require_all and any(self._services[name].in_ci for name in self._not_run)

    def _needs_of(self, item: pytest.Item) -> set[str]:
        marked = {name for mark in item.iter_markers("needs") for name in mark.args}
        if unknown := marked - self._services.keys():
            raise pytest.UsageError(f"{item.nodeid} needs {', '.join(sorted(unknown))}: no such service")
        asked = set(getattr(item, "fixturenames", ()))
        return marked | {name for name, service in self._services.items() if service.fixtures & asked}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"needs(*services): runs only where {', '.join(SERVICES)} are installed")
    config.pluginmanager.register(Needs(SERVICES, os.environ.get("REQUIRE_ALL") == "1"), "casebot-needs")
