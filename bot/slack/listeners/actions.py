"""Buttons: each click is one verb."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot.cases.inbound import Author
from bot.cases.service import CaseService
from bot.slack.action_ids import read_case_value
from bot.slack.echo import Echo


def acknowledge_clicked(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, cases: CaseService, echo: Echo
) -> None:
    """Say for the admin: I have it."""
    case_id, _ = read_case_value(action)
    cases.acknowledge(case_id, by=actor)
    ack()
    echo.clicked(body, actor, f"You acknowledged {case_id}.")


def close_clicked(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, cases: CaseService, echo: Echo
) -> None:
    """End the case; Slack's own dialog has asked before."""
    case_id, _ = read_case_value(action)
    cases.close(case_id, by=actor)
    ack()
    echo.clicked(body, actor, f"You closed {case_id}.")


def confirm_clicked(ack: Ack, action: dict[str, Any], actor: Author, cases: CaseService) -> None:
    """Vouch for an unverified admin mail."""
    cases.confirm(int(action["value"]), by=actor)
    ack()


def ignore_clicked(ack: Ack, action: dict[str, Any], actor: Author, cases: CaseService) -> None:
    """Drop what an unverified admin mail asks for."""
    cases.ignore(int(action["value"]), by=actor)
    ack()


def anything_clicked(ack: Ack) -> None:
    """Acknowledge a control that does nothing by itself (a link button, one of an older release)."""
    ack()
