"""`casebot sandbox`: the small Slack and the mailbox without a bot, for people who build other Slack apps."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.demo.play import on_free_port
from bot.sandbox.server import Sandbox

_WELCOME = """
A sandbox of Slack and a mailbox, on this machine only: {url}

{variables}

Your app runs against it with SLACK_API_URL as the base URL of its Slack client. The page shows what it does.
Ctrl-C ends it and leaves nothing behind."""


def serve(
    tell: Callable[[str], None],
    port: int,
    *,
    stop: threading.Event,
    imap_port: int = 0,
    smtp_port: int = 0,
    env_file: Path | None = None,
) -> None:
    """Serve the sandbox until `stop` is set; its variables are printed, and written to `env_file` if there is one.

    OSError when no port is free from `port` on, MailPortTaken when a mail port is not.
    """

    def make(candidate: int) -> Sandbox:
        return Sandbox(port=candidate, imap_port=imap_port, smtp_port=smtp_port)

    sandbox = on_free_port(tell, port, make)
    try:
        environment = sandbox.environment()
        if env_file is not None:
            env_file.write_text(as_env_file(environment), encoding="utf-8")
        told = f"Its variables are in {env_file}." if env_file is not None else as_exports(environment)
        tell(_WELCOME.format(url=sandbox.url, variables=told))
        stop.wait()
    finally:
        sandbox.stop()


def as_exports(environment: Mapping[str, str]) -> str:
    """Return the lines that a shell takes."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items())


def as_env_file(environment: Mapping[str, str]) -> str:
    """Return the text of a .env file; values are quoted, for # begins a comment in some readers."""
    return "".join(f'{name}="{value}"\n' for name, value in environment.items())
