"""One Web API call, and its failure told in the postman's terms."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.client import HTTPException
from typing import TypeVar
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from bot.outbox.sending import Away, Later, Refused, Stuck, Unsure
from bot.slack.identity import BAD_TOKEN

Answer = TypeVar("Answer")

# What is wrong with the message itself, or with whom it is for: no repetition mends it.
PERMANENT = frozenset(
    {
        "cannot_dm_bot", "cannot_reply_to_message", "cant_update_message", "edit_window_closed", "invalid_arguments",
        "invalid_blocks", "invalid_blocks_format", "invalid_metadata_format", "message_not_found",
        "metadata_too_large", "msg_blocks_too_long", "msg_too_long", "no_text", "thread_not_found",
        "too_many_attachments", "user_disabled", "user_not_found", "user_not_visible", "users_not_found",
    }
)  # fmt: skip
# What somebody can mend while we wait: the bot's membership, its scopes, the channel's settings. What is to be said
# there is kept until then.
MENDABLE = frozenset(
    {
        "channel_not_found", "ekm_access_denied", "is_archived", "missing_scope", "no_permission", "not_in_channel",
        "restricted_action",
    }
)  # fmt: skip
MENDING_SECONDS = 30.0


class Mendable(Stuck):
    """Slack refuses, but somebody can mend that; `reason` is Slack's word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(MENDING_SECONDS, f"Slack says {reason}", whole_place=True)
        self.reason = reason


def calling(call: Callable[[], Answer]) -> Answer:
    """Make one call; raises Later, Mendable, Away, Refused or Unsure."""
    try:
        return call()
    except SlackApiError as error:
        raise _refusal(error) from error
    except (URLError, OSError, HTTPException) as error:
        raise _interruption(error) from error


def reason_of(error: SlackApiError) -> str:
    """Return Slack's word for what is wrong."""
    return str(error.response.get("error") or f"HTTP {error.response.status_code}")


def _refusal(error: SlackApiError) -> Exception:
    response = error.response
    reason = reason_of(error)
    if response.status_code == 429 or reason == "ratelimited":
        seconds = float(response.headers.get("Retry-After", 1))
        return Later(seconds, "Slack asks for patience", whole_place=True)
    if reason in BAD_TOKEN:
        return Away(f"Slack refuses our token: {reason}")
    if reason in MENDABLE:
        return Mendable(reason)
    if reason in PERMANENT:
        return Refused(reason)
    # Slack's 5xx and its fatal_error or internal_error don't tell whether the post happened.
    return Unsure(reason)


def _interruption(error: Exception) -> Exception:
    cause = error.reason if isinstance(error, URLError) else error
    never_sent = (ConnectionRefusedError, socket.gaierror)
    if isinstance(cause, never_sent):
        return Away(f"Slack can't be reached: {cause}")
    return Unsure(f"no answer from Slack: {cause}")
