"""What must hold at the end of every journey, whatever its story was."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.outbox.models import Delivery
from bot.sandbox.workspace import text_of
from tests.journeys.world import ALERTING, LOGGING, SUPPORT, World
from tests.services import blockkit

ADMINS = {"U0ADA", "U0AMOS"}
SAYING = ("chat.postMessage", "chat.update", "chat.postEphemeral")
PING = re.compile(r"<!(?:channel|here|everyone|subteam)|@(?:channel|here|everyone)\b", re.IGNORECASE)


def broken(world: World) -> list[str]:
    """Every promise that was broken, in words."""
    return [*_unknown_methods(world), *_refused_by_slack(world), *_pings(world), *_leaks(world), *_doubles(world)]


def interpreted(node: Any) -> Any:
    """What Slack reads as mrkdwn: everything but plain_text objects, in which nothing is ever a mention or link."""
    if isinstance(node, list):
        return [interpreted(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {} if node.get("type") == "plain_text" else {key: interpreted(part) for key, part in node.items()}


def _said(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    for method in SAYING:
        for arguments in world.workspace.called(method):
            yield method, arguments


def _unknown_methods(world: World) -> Iterator[str]:
    yield from (f"{method} is no method of Slack's" for method in world.workspace.unknown_methods)


def _refused_by_slack(world: World) -> Iterator[str]:
    """By the check of Block Kit, where it is at hand."""
    yield from blockkit.faults_of_workspace(world.workspace)


def _pings(world: World) -> Iterator[str]:
    """Nobody's words call a whole channel, or anybody, into a place of the team."""
    for method, arguments in _said(world):
        text = text_of(interpreted(arguments))
        called = set(re.findall(r"<@(\w+)", text))
        # Who was given a case is called to it, and whoever is to be called where nobody acknowledges an alert.
        may_be = ADMINS if _kind_of(world, arguments) in {"fact", "reminder"} else set()
        if PING.search(text) or called - may_be:
            yield f"{method} calls somebody: {text}"


def _leaks(world: World) -> Iterator[str]:
    """The bot speaks where the team reads, and to an admin in private; to a customer only what was written for him."""
    workspace = world.workspace
    inside = {workspace.channel(name).id for name in (SUPPORT, ALERTING, LOGGING)}
    inside |= {workspace.dm(admin) for admin in ("ada", "amos")} | {workspace.person(a).id for a in ("ada", "amos")}
    for method in ("chat.postMessage", "chat.update"):
        for arguments in workspace.called(method):
            if arguments["channel"] not in inside and _kind_of(world, arguments) != "reply":
                yield f"{method} into {arguments['channel']}: {arguments.get('text')}"


def _kind_of(world: World, arguments: dict[str, Any]) -> str:
    """What kind of delivery was said with this call; empty where it was none, or an edit."""
    metadata = arguments.get("metadata") or {}
    told = metadata if isinstance(metadata, dict) else json.loads(metadata)
    name = told.get("event_payload", {}).get("delivery_id")
    return next((row.kind for row in world.rows(Delivery) if row.delivery_id == name), "") if name else ""


def _doubles(world: World) -> Iterator[str]:
    """Each delivery stands once, however often it was tried."""
    standing = Counter(
        message["metadata"]["event_payload"]["delivery_id"]
        for name in (SUPPORT, ALERTING, LOGGING)
        for top in world.workspace.messages(name)
        for message in world.workspace.thread(name, top["ts"])
        if message.get("metadata")
    )
    yield from (f"delivery {name} stands {times} times" for name, times in standing.items() if times > 1)
