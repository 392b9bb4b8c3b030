"""The proof of the whole loop: a card with a button is posted, and its click comes back over Socket Mode."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, MarkdownTextObject, SectionBlock

from bot.doctor.ear import Ear
from bot.doctor.finding import Trouble
from bot.doctor.slack_side import SlackSide
from bot.settings import SlackMode
from bot.setup.dialogue import Skipped
from bot.setup.visit import Visit

CLICK_SECONDS = 120.0
WORKS = "setup_works"
_NEEDED = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SUPPORT_SLACK_CHANNEL")
_ASKS = "Casebot is being set up. Does this button work?"


def card(visit: Visit) -> str:
    """Post the card, wait for a click, and tell in place that it came."""
    if not visit.dialogue.attended:
        raise Skipped("nobody is there to click; casebot init without --yes asks for it")
    if visit.values.get("SLACK_MODE") == SlackMode.HTTP:
        raise Skipped("Slack calls the running desk: start casebot run, then write to the bot and click its card")
    if lacking := [name for name in _NEEDED if not visit.values.get(name)]:
        raise Skipped(f"{', '.join(lacking)} is needed for it")
    with visit.patient() as patient:
        if patient.answer.hears_slack:
            raise Skipped("a Casebot runs here and would hear the click itself")
        room = patient.settings.support_slack_channel
        slack = patient.slack
        with Ear(slack.socket_address()) as ear:
            ear.greeting()
            posted = slack.ask(lambda: slack.web.chat_postMessage(channel=room, text=_ASKS, blocks=_blocks()))
            visit.dialogue.tell(f"   A card stands in {room}: click its button within {CLICK_SECONDS:g} s.")
            return _heard(ear, slack, posted["channel"], posted["ts"])


def _heard(ear: Ear, slack: SlackSide, channel: str, ts: str) -> str:
    began = time.monotonic()
    for envelope in ear.envelopes(CLICK_SECONDS):
        payload = envelope.get("payload") or {}
        if not _is_our_click(payload, ts):
            continue  # not acked: Slack sends it again, to the Casebot that will run
        ear.ack(envelope)
        who = f"<@{payload['user']['id']}>"
        _tell(slack, channel, ts, f"Casebot hears Slack: {who} clicked. This card may be deleted.")
        return f"the click came after {time.monotonic() - began:.0f} s: Slack and Casebot hear each other"
    _tell(slack, channel, ts, "Casebot heard no click in time. This card may be deleted.")
    raise Trouble(
        f"no click came within {CLICK_SECONDS:g} s",
        "Was the button clicked? Then look whether a Casebot runs elsewhere with these tokens, and stop it.",
        "If Slack showed a warning sign: your app → Interactivity & Shortcuts must be on.",
    )


def _is_our_click(payload: Mapping[str, Any], ts: str) -> bool:
    clicked = {action.get("action_id") for action in payload.get("actions", ())}
    return WORKS in clicked and (payload.get("message") or {}).get("ts") == ts


def _tell(slack: SlackSide, channel: str, ts: str, text: str) -> None:
    blocks: list[Block] = [SectionBlock(text=MarkdownTextObject(text=text))]
    slack.ask(lambda: slack.web.chat_update(channel=channel, ts=ts, text=text, blocks=blocks))


def _blocks() -> list[Block]:
    button = ButtonElement(text="It works", action_id=WORKS, style="primary")
    return [SectionBlock(text=MarkdownTextObject(text=_ASKS)), ActionsBlock(elements=[button])]
