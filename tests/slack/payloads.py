"""Slack's payloads for tests: the samples in fixtures/slack, changed where a story wants it.

Every event gets a ts and an event_id of its own, a millisecond after the last one, from 2026-03-02T09:00Z on.
"""

import copy
import json
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

Body: TypeAlias = dict[str, Any]

FIXTURES = Path(__file__).parents[2] / "fixtures" / "slack"
CARLA, COSMO, ADA, AMOS = "U0CARLA", "U0COSMO", "U0ADA", "U0AMOS"
CUSTOMERS, SUPPORT, ALERTING, LOGGING = "C0CUSTOMERS", "C0SUPPORT", "C0ALERTING", "C0LOGGING"

_FIRST_SECOND = 1772442000
_numbers = count(1)


def sample(name: str) -> Body:
    """The sample as it stands in fixtures/slack."""
    return copy.deepcopy(_read(name))


def event(name: str, **changes: Any) -> Body:
    """A sample event with another event_id and changed parts."""
    body = sample(name)
    body["event"] |= changes
    body["event_id"] = f"Ev0TEST{next(_numbers):05d}"
    return body


def next_ts() -> str:
    number = next(_numbers)
    return f"{_FIRST_SECOND + number // 1000}.{number % 1000:03d}000"


def dm_of(user: str) -> str:
    """The id of somebody's conversation with the bot, as the sandbox gives it."""
    return "D" + user.removeprefix("U")


def message(text: str, user: str = CARLA, channel: str = "", **changes: Any) -> Body:
    """Somebody writes: to the bot directly, or in a channel; `thread_ts` makes it a reply."""
    place = channel or dm_of(user)
    ts = next_ts()
    said = {"ts": ts, "event_ts": ts, "channel_type": "im" if place.startswith("D") else "channel"}
    return event("message_dm", text=text, user=user, channel=place, **(said | changes))


def edit(said: Body, text: str) -> Body:
    """The author of a message changes its words."""
    before = _stored(said)
    marked = {"user": before["user"], "ts": next_ts()}
    return _hidden("message_edited", said, message={**before, "text": text, "edited": marked}, previous_message=before)


def delete(said: Body) -> Body:
    """The author of a message takes it back."""
    before = _stored(said)
    return _hidden("message_deleted", said, deleted_ts=before["ts"], previous_message=before)


def click(action_id: str, value: str, user: str = ADA, channel: str = ALERTING, **changes: Any) -> Body:
    """A button of a message is pressed (and its dialog agreed to)."""
    body = sample("block_actions_close") | changes
    body["user"] |= {"id": user, "username": user, "name": user}
    body["channel"]["id"] = body["container"]["channel_id"] = channel
    body["actions"][0] |= {"action_id": action_id, "value": value}
    return body


def home_click(action_id: str, value: str, user: str = ADA) -> Body:
    """A button in somebody's App Home is pressed."""
    body = click(action_id, value, user)
    for part in ("channel", "message", "response_url"):
        del body[part]
    return body | {"container": {"type": "view", "view_id": "V0HOME"}, "view": {"id": "V0HOME", "type": "home"}}


def home_action(user: str, action: Body) -> Body:
    """Something is chosen, typed or pressed in somebody's App Home."""
    body = home_click(action["action_id"], "", user)
    body["actions"][0] |= action
    return body


def reaction(emoji: str, channel: str, ts: str, user: str = ADA, kind: str = "reaction_added") -> Body:
    """Somebody reacts to a message, or takes his reaction back."""
    item = {"type": "message", "channel": channel, "ts": ts}
    made = {"type": kind, "user": user, "reaction": emoji, "item": item, "event_ts": next_ts()}
    return event("message_dm") | {"event": made}


def submission(view: Body, user: str = ADA) -> Body:
    """A form is submitted; `view` holds its `state`."""
    person = {"id": user, "username": user, "name": user, "team_id": "T0SANDBOX"}
    return {"type": "view_submission", "team": {"id": "T0SANDBOX"}, "user": person, "view": view, "response_urls": []}


def suggestion(action_id: str, typed: str, user: str = ADA) -> Body:
    """Somebody types into a menu whose options the bot looks up."""
    person = {"id": user, "team_id": "T0SANDBOX"}
    asked = {"action_id": action_id, "block_id": action_id, "value": typed}
    return {"type": "block_suggestion", "team": {"id": "T0SANDBOX"}, "user": person, **asked}


def command(text: str = "", user: str = ADA, channel: str = SUPPORT, **changes: Any) -> Body:
    """`/case …` is typed."""
    typed = {"text": text, "user_id": user, "user_name": user, "channel_id": channel}
    return sample("slash_command") | typed | changes


def home_opened(user: str = ADA, tab: str = "home") -> Body:
    """Somebody looks at the bot's App Home."""
    return event("app_home_opened", user=user, channel=dm_of(user), tab=tab)


def user_object(user: str, display_name: str, **changes: Any) -> Body:
    """How Slack describes a person; `display_name` is also the real name."""
    described: Body = sample("user_change")["event"]["user"]
    described["profile"] |= {"display_name": display_name, "real_name": display_name, "email": ""}
    return described | {"id": user, "name": user.lower(), "real_name": display_name} | changes


@cache
def _read(name: str) -> Body:
    body: Body = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return body


def _stored(said: Body) -> Body:
    return {key: part for key, part in said["event"].items() if key not in {"channel", "channel_type", "event_ts"}}


def _hidden(name: str, said: Body, **parts: Any) -> Body:
    ts = next_ts()
    place = {key: said["event"][key] for key in ("channel", "channel_type")}
    return event(name, ts=ts, event_ts=ts, **place, **parts)
