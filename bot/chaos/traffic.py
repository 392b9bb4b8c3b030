"""What people do meanwhile: mails, Slack messages, answers, notes, clicks and commands, by chance from a seed.

Everything that is written holds a token that nothing else holds, by which it is found again at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from enum import StrEnum
from random import Random
from typing import Any

from bot.chaos.fleet import Fleet
from bot.sandbox.workspace import text_of

SUPPORT, ALERTING, LOGGING, CUSTOMERS = "#support", "#alerting", "#logging", "#customers"
MAILERS = tuple(f"customer{number}@example.com" for number in range(1, 9))
SLACKERS = ("carla", "cosmo", "cleo", "cyril")
ADMINS = ("ada", "amos")
# Nobody closes these customers' cases, so whatever is answered to them has a case to go to.
KEPT = frozenset({"carla", "cleo", *MAILERS[:4]})
PHRASE = "I'm closing this case."
_CASE = re.compile(r"CASE-\d+")


class Kind(StrEnum):
    """What was sent in, as the account names it."""

    MAIL = "mail"
    WORDS = "Slack message"
    ANSWER = "answer in Slack"
    NOTE = "note"
    REPLY = "/case reply"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing somebody wrote. `sure`: Slack or the mailbox has it, or the desk said yes, so it must not be lost."""

    token: str
    kind: Kind
    who: str
    sure: bool = True


class Traffic:
    """Does one thing at a time; `said` and `closed` (the cases of which the desk said so) are the account's witness."""

    def __init__(self, fleet: Fleet, chance: Random) -> None:
        self.said: list[Said] = []
        self.closed: set[str] = set()
        self._fleet = fleet
        self._workspace = fleet.sandbox.workspace
        self._chance = chance
        self._shared: list[tuple[str, str]] = []
        for name in SLACKERS[2:]:
            self._workspace.settle_in(name, f"{name.title()} Customer", f"{name}@customer.test", "customers")

    def step(self) -> None:
        """Somebody does something."""
        deeds = (self._mail, self._write, self._answer, self._note, self._reply, self._click, self._close)
        self._chance.choices(deeds, weights=(6, 6, 2, 2, 2, 2, 1))[0]()

    def _mail(self) -> None:
        who = self._chance.choice(MAILERS)
        token = self._say(Kind.MAIL, who)
        text = f"{self._urgency()}It is about {token}."
        letter = self._fleet.sandbox.mailbox.compose(who, f"Order {token}", text).as_bytes(policy=policy.SMTP)
        self._fleet.deliver(letter)
        if self._chance.random() < 0.15:  # some mail servers deliver twice
            self._fleet.deliver(letter)

    def _write(self) -> None:
        who = self._chance.choice(SLACKERS)
        shared = self._chance.random() < 0.5
        place = CUSTOMERS if shared else self._workspace.dm(who)
        token = self._say(Kind.WORDS, who)
        ts = self._workspace.say(who, place, f"{self._urgency()}Please look at {token}.")
        if shared:
            self._shared.append((who, ts))

    def _answer(self) -> None:
        """An admin answers where the customer wrote."""
        if not self._shared:
            return
        who, ts = self._chance.choice(self._shared)
        token = self._say(Kind.ANSWER, who, sure=who in KEPT)
        self._workspace.say(self._chance.choice(ADMINS), CUSTOMERS, f"We are at it: {token}.", ts)

    def _note(self) -> None:
        card = self._some_card()
        if card is not None:
            token = self._say(Kind.NOTE, "the team")
            self._workspace.say(self._chance.choice(ADMINS), SUPPORT, f"Between us: {token}.", str(card["ts"]))

    def _reply(self) -> None:
        card = self._some_card()
        if card is None:
            return
        token = f"word{len(self.said) + 1:04d}x"
        told = self._command(f"reply {_case_of(card)} Done: {token}.")
        self._say(Kind.REPLY, _case_of(card), sure="leaves in" in told)

    def _click(self) -> None:
        place = self._chance.choice([SUPPORT, ALERTING])
        posts = self._workspace.messages(place)
        buttons = [(post, element) for post in posts for element in _buttons(post)]
        if buttons:
            post, element = self._chance.choice(buttons)
            closes = "close" in str(element["action_id"])
            if not (closes and self._is_kept(post)):
                self._workspace.click(self._chance.choice(ADMINS), place, str(post["ts"]), str(element["action_id"]))

    def _close(self) -> None:
        card = self._some_card()
        if card is None or self._is_kept(card):
            return
        if self._chance.random() < 0.5:
            token = self._say(Kind.NOTE, "the team")
            self._workspace.say(self._chance.choice(ADMINS), SUPPORT, f"{PHRASE} {token}", str(card["ts"]))
            self.closed.add(_case_of(card))
        elif "is closed" in self._command(f"close {_case_of(card)} solved"):
            self.closed.add(_case_of(card))

    def _command(self, text: str) -> str:
        """Type `/case …`; returns what the ack answered, nothing where nobody acked it."""
        heard = self._workspace.command(self._chance.choice(ADMINS), SUPPORT, "/case", text)
        return text_of(heard.payload or {})

    def _say(self, kind: Kind, who: str, *, sure: bool = True) -> str:
        token = f"word{len(self.said) + 1:04d}x"
        self.said.append(Said(token, kind, who, sure))
        return token

    def _urgency(self) -> str:
        return self._chance.choice(["", "", "", "Urgent! "])

    def _some_card(self) -> dict[str, Any] | None:
        cards = [post for post in self._workspace.messages(SUPPORT) if str(post["text"]).startswith("CASE-")]
        return self._chance.choice(cards) if cards else None

    def _is_kept(self, post: dict[str, Any]) -> bool:
        text = text_of(post).casefold()
        return any(name.casefold() in text for name in KEPT)


def _case_of(card: dict[str, Any]) -> str:
    found = _CASE.search(str(card["text"]))
    return found[0] if found else ""


def _buttons(post: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [block["elements"] for block in post.get("blocks", []) if block["type"] == "actions"]
    wanted = ("case_acknowledge", "case_close", "case_assign_to_me")
    return [element for row in rows for element in row if element.get("action_id") in wanted]
