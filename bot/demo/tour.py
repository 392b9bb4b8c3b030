"""`casebot tour`: the desk's story, told and checked on the console against the sandbox."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.demo.acts import CARLA
from bot.demo.manifest import install_app
from bot.demo.process import BotProcess, NotReady
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import text_of
from bot.slack.action_ids import ACKNOWLEDGE, REPLY
from bot.slack.views.modals.answering import TEXT

SEEN_SECONDS = 15.0
RESTART_SECONDS = 40.0
"""A bot that was killed has to start first, which takes a busy machine long."""
QUICK = {"UNDO_SECONDS": "1"}
"""Nobody stops an answer here, so none waits long for it."""
Tell = Callable[[str], None]


class NotSeen(Exception):
    """A step of the story did not happen."""


def tour(tell: Tell) -> bool:
    """Tell the story; returns whether every step was seen. Needs no network but this machine's own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="casebot-tour-") as directory, Sandbox() as sandbox:
        bot = BotProcess(sandbox.environment() | QUICK, Path(directory))
        sandbox.on_clock = bot.advance_clock
        install_app(sandbox)
        try:
            bot.start()
            story = Story(sandbox, bot, tell)
            story.tell()
        except (NotSeen, NotReady) as broken:
            tell(f"  ✗ {broken}")
            tell("The bot's last words:\n" + "\n".join(bot.log.read_text(encoding="utf-8").splitlines()[-15:]))
            return False
        finally:
            bot.stop()
    tell(f"All {story.seen} steps were seen in {time.monotonic() - began:.0f} s.")
    return True


class Story:
    """The steps, in order; each acts through the sandbox and waits until its effect is seen there."""

    def __init__(self, sandbox: Sandbox, bot: BotProcess, tell: Tell) -> None:
        self._sandbox = sandbox
        self._slack = sandbox.workspace
        self._bot = bot
        self._say = tell
        self.seen = 0

    def tell(self) -> None:
        """Go through the whole story."""
        self._say("A customer writes by mail")
        self._mail_opens_a_case()
        self._followups_escalate()
        self._say("Ada answers, and the customer writes back")
        self._reply_reaches_the_customer()
        self._answer_joins_the_case()
        self._say("A customer writes in Slack")
        self._urgent_words_escalate_at_once()
        self._say("48 hours pass")
        self._waiting_escalates()
        self._say("The team closes")
        self._phrase_closes()
        self._next_mail_opens_anew()
        self._status_answers()
        self._say("The power fails")
        self._restart_loses_nothing()

    def _mail_opens_a_case(self) -> None:
        self._mail("Order 1017", "My parcel never came. Where is it?")
        self._see("the mail opens CASE-1, and its card stands in #support", lambda: self._said("#support", "CASE-1"))

    def _followups_escalate(self) -> None:
        for words in ("Any news?", "Hello?", "Is anybody there?"):
            self._mail("Re: Order 1017", words)
        self._see("three follow-ups wait in the card's thread", lambda: len(self._thread_of("CASE-1")) >= 2)
        alert = self._see(
            "the fourth message escalates: an alert stands in #alerting",
            lambda: self._said("#alerting", "CASE-1", "4th message without an answer"),
        )
        self._slack.click("ada", "#alerting", alert["ts"], ACKNOWLEDGE)
        self._see(
            "Ada clicks Acknowledge, and the alert says so in place",
            lambda: self._said("#alerting", "CASE-1", "acknowledged by Ada"),
        )

    def _reply_reaches_the_customer(self) -> None:
        card = self._said("#support", "CASE-1")
        self._slack.click("ada", "#support", card["ts"], REPLY)
        self._see(
            "Reply opens a form that says who will read it", lambda: CARLA in text_of(self._slack.modal("ada") or {})
        )
        self._slack.submit_view("ada", {TEXT: "Sorry for the wait! Your parcel is on its way: track 1017."})
        self._see("her words stand in the customer's mailbox", lambda: self._sandbox.mailbox.inbox(CARLA))

    def _answer_joins_the_case(self) -> None:
        answer = self._sandbox.mailbox.inbox(CARLA)[-1]
        self._mail(f"Re: {answer['Subject']}", "It has not come yet.", in_reply_to=str(answer["Message-ID"]))
        self._see("her answer to it joins CASE-1", lambda: self._in_thread("CASE-1", "It has not come yet."))

    def _urgent_words_escalate_at_once(self) -> None:
        began = time.monotonic()
        self._slack.say("cosmo", self._slack.dm("cosmo"), "Our shop is down, this is urgent!")
        self._see("an urgent message opens CASE-2", lambda: self._said("#support", "CASE-2"))
        self._see("its alert stands at once", lambda: self._said("#alerting", "CASE-2", "urgent"))
        self._say(f"    {(time.monotonic() - began) * 1000:.0f} ms after it was written")

    def _waiting_escalates(self) -> None:
        self._sandbox.advance(timedelta(hours=48, minutes=3))
        self._see(
            "CASE-1 has waited over 48 h: a second alert", lambda: self._said("#alerting", "CASE-1", "waiting 48 h")
        )

    def _phrase_closes(self) -> None:
        card = self._said("#support", "CASE-1")
        self._slack.say("ada", "#support", "Found it. I’m closing this case.", thread_ts=card["ts"])
        logged = re.compile(r"Case #CASE-1 closed at \S+\+00:00 by Ada")
        line = self._see(
            "Ada writes “I'm closing this case.” in the thread: the closing log has its line",
            lambda: next((m for m in self._slack.messages("#logging") if logged.match(m["text"])), None),
        )
        self._say(f"    {line['text']}")
        self._see("card and alert show it", lambda: self._said("#alerting", "CASE-1", "closed by Ada"))

    def _next_mail_opens_anew(self) -> None:
        self._mail("Another thing", "And where is my invoice?")
        self._see("the customer's next mail opens a new case", lambda: self._said("#support", "CASE-3", "invoice"))

    def _status_answers(self) -> None:
        self._slack.command("ada", "#support", "/case", "status CASE-3")
        self._see("/case status CASE-3 answers Ada in private", lambda: self._whispered("ada", "CASE-3"))

    def _restart_loses_nothing(self) -> None:
        self._bot.kill()
        self._mail("Invoice", "Sent while the bot was dead.")
        self._slack.say("cosmo", self._slack.dm("cosmo"), "Written while the bot was dead.")
        self._bot.start(wait=False)
        self._see(
            "killed and started again: the mail is there",
            lambda: self._in_thread("CASE-3", "bot was dead"),
            RESTART_SECONDS,
        )
        self._see("and so are the words from Slack", lambda: self._in_thread("CASE-2", "bot was dead"))
        cards = [message for message in self._slack.messages("#support") if "CASE-" in message["text"]]
        self._see("nothing stands twice: three cases, three cards", lambda: len(cards) == 3)

    def _mail(self, subject: str, text: str, in_reply_to: str | None = None) -> None:
        self._sandbox.mailbox.send(CARLA, subject, text, in_reply_to=in_reply_to)

    def _said(self, channel: str, *words: str) -> Any:
        for message in self._slack.messages(channel):
            if all(word in text_of(message) for word in words):
                return message
        return None

    def _thread_of(self, case_id: str) -> list[dict[str, Any]]:
        card = self._said("#support", case_id)
        return self._slack.thread("#support", card["ts"]) if card else []

    def _in_thread(self, case_id: str, words: str) -> bool:
        return any(words in text_of(message) for message in self._thread_of(case_id))

    def _whispered(self, person: str, words: str) -> bool:
        return any(words in text_of(message) for message in self._slack.ephemerals(person))

    def _see(self, what: str, look: Callable[[], Any], seconds: float = SEEN_SECONDS) -> Any:
        began = time.monotonic()
        try:
            found = self._slack.wait_for(look, timeout=seconds)
        except TimeoutError:
            raise NotSeen(f"not seen within {seconds:.0f} s: {what}") from None
        self.seen += 1
        self._say(f"  ✓ {what} ({time.monotonic() - began:.1f} s)")
        return found
