"""Letters for the tests of what goes out: an answer of Ada's to Carla's question about her printer."""

from datetime import UTC, datetime
from typing import Any

from bot.cases.models import Case, Message
from bot.cases.queries import Letter
from bot.mail.identity import Identity

ASKED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANSWERED_AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
TOKEN = "0123456789abcdef0123456789abcdef"
CARLA = "carla@example.com"
US = Identity("support@desk.test", "Acme Support", "support@desk.test", frozenset({"support@desk.test"}))


def case(**more: Any) -> Case:
    given: dict[str, Any] = {
        "case_id": "CASE-1",
        "customer_identifier": CARLA,
        "customer_name": "Carla Customer",
        "subject": "Printer",
        "source": "email",
        "created_at": ASKED_AT,
        "last_message_at": ASKED_AT,
    }
    return Case(**(given | more))


def question(text: str = "My printer burns.", **more: Any) -> Message:
    given: dict[str, Any] = {
        "sender": CARLA,
        "sender_name": "Carla Customer",
        "is_admin": False,
        "timestamp": ASKED_AT,
        "subject": "Printer",
        "reference": "<m1@example.com>",
    }
    return _message(text, **(given | more))


def answer(text: str = "Please pull the plug.", **more: Any) -> Message:
    given: dict[str, Any] = {"sender": "U_ADA", "sender_name": "Ada Admin", "is_admin": True, "timestamp": ANSWERED_AT}
    return _message(text, **(given | more))


def letter(message: Message | None = None, answered: Message | None = None, **more: Any) -> Letter:
    """Ada's answer to Carla's mail, unless other messages or fields are given."""
    given: dict[str, Any] = {
        "case": case(),
        "attachments": (),
        "earlier": (),
        "token": TOKEN,
        "place": "email",
        "thread": None,
    }
    return Letter(message=message or answer(), answered=answered or question(), **(given | more))


def _message(text: str, **given: Any) -> Message:
    return Message(case_id="CASE-1", body=text, source="email", place="support@desk.test", external_id="x", **given)
