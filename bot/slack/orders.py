"""An order to the desk in words: what `/case …` and `@casebot …` say, taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases.errors import WhichCase
from bot.cases.inbound import Author
from bot.cases.placing import case_numbered
from bot.cases.queries import CaseQueries
from bot.cases.questions import Questions
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.cases.service import CaseService
from bot.clock import Clock
from bot.slack.case_links import CaseLinks
from bot.slack.departures import Departures
from bot.slack.directory import Directory
from bot.slack.inbound import spoken

_MENTIONED = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """What an order may be given to."""

    cases: CaseService
    replies: Replies
    queries: CaseQueries
    directory: Directory
    questions: Questions
    links: CaseLinks
    departures: Departures
    rules: Rules
    clock: Clock


@dataclass(frozen=True, slots=True)
class Order:
    """One order: who gives it, its verb, and the words after it as Slack wrote them down.

    `here` is the case in whose thread it was given, which need not be named then. `key` names the order where Slack
    may bring it twice; empty for commands, which come once.
    """

    actor: Author
    verb: str
    text: str
    desk: OrderDesk
    here: str = ""
    key: str = ""

    def named(self, usage: str) -> tuple[str, str]:
        """Return (case id, the words after it); WhichCase with the right form where no case is named."""
        first, rest = _first_word(self.text)
        case_id = case_numbered(first) if first else None
        if case_id is not None and (not self.here or not first.isdigit()):
            return case_id, rest
        if self.here:
            return self.here, self.text
        raise WhichCase(f"Which case? Type it like this: `/case {usage}`")

    def first_word(self) -> tuple[str, str]:
        """Return the first word, and the words after it."""
        return _first_word(self.text)

    def plain(self, text: str) -> str:
        """Return words as a person reads them: names instead of ids."""
        return spoken(text, self.desk.directory.names())

    def person(self, text: str, usage: str) -> Author:
        """Return the person that is mentioned, or the one who speaks for `me`."""
        if text.strip().lower() in {"me", "to me"}:
            return self.actor
        mentioned = _MENTIONED.search(text)
        if mentioned is None:
            raise WhichCase(f"To whom? Type it like this: `/case {usage}`")
        return self.desk.directory.author(mentioned[1])


def order_of(text: str, actor: Author, desk: OrderDesk, *, here: str = "", key: str = "") -> Order:
    """Take apart what follows `/case` or the mention: the first word is the verb, whatever its case."""
    verb, rest = _first_word(text)
    return Order(actor, verb.lower(), rest, desk, here, key)


def order_to_bot(event: Mapping[str, Any], bot_user_id: str) -> str | None:
    """Return the words after a mention of the bot at the very start of a message; None where it begins otherwise."""
    text = str(event.get("text") or "").lstrip()
    mention = f"<@{bot_user_id}>"
    if not bot_user_id or event.get("subtype") not in {None, "thread_broadcast"} or not text.startswith(mention):
        return None
    return text.removeprefix(mention).lstrip(" :,")


def _first_word(text: str) -> tuple[str, str]:
    first, *rest = text.split(maxsplit=1) or [""]
    return first, rest[0].strip() if rest else ""
