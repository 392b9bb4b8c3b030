"""The app's manifest: where it is, what it asks for, and the link that makes an app of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from bot.settings import SLACK_PATH

NEW_APP = "https://api.slack.com/apps?new_app=1&manifest_yaml="
"""Slack's address for "create an app from this manifest" (docs.slack.dev, Sharing manifests)."""
LONGEST_LINK = 8_000
"""Characters of an address that web servers commonly take; no limit of Slack's own is documented."""
_NAME = "manifest.yml"
_ADDRESSES = {
    "should_escape: true": ("url",),
    "bot_events:": ("request_url",),
    "is_enabled: true": ("request_url", "message_menu_options_url"),
}
"""Beside which lines of the manifest Slack wants an address, and what it is called there."""


class NoManifest(Exception):
    """This installation carries no manifest."""


def manifest_text() -> str:
    """Return the manifest: the installed package's, or in a checkout the one at its top."""
    package = files("bot")
    for place in (package / _NAME, Path(str(package)).parent / _NAME):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise NoManifest(f"This installation carries no {_NAME}: take it from Casebot's repository.")


def http_form(text: str, address: str) -> str:
    """Return the manifest of an app that calls us at this address (https://…) instead of waiting for our socket.

    What differs are the addresses and `socket_mode_enabled`; comments are left out.
    """
    door = address.rstrip("/").removesuffix(SLACK_PATH) + SLACK_PATH
    lines = [f"# The Slack app Casebot runs as with SLACK_MODE=http: Slack calls {door}"]
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        indent = line[: len(line) - len(line.lstrip())]
        lines.extend(f"{indent}{name}: {door}" for name in _ADDRESSES.get(line.strip(), ()))
        lines.append(line.replace("socket_mode_enabled: true", "socket_mode_enabled: false"))
    return "\n".join(lines) + "\n"


def wanted_scopes(text: str) -> frozenset[str]:
    """Return the bot scopes that a manifest asks for: the entries of its one list called `bot`."""
    return frozenset(_entries_below("bot:", text))


def new_app_link(text: str) -> str:
    """Return the link that opens Slack's page for new apps with the manifest filled in; comments are left out."""
    bare = "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return NEW_APP + quote(bare + "\n", safe="")


def _entries_below(key: str, text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        word = line.strip()
        if inside and not word.startswith("- "):
            return
        if inside:
            yield word.removeprefix("- ")
        inside = inside or word == key
