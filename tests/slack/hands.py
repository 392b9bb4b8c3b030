"""People at work on a bot that is connected: each click, form, shortcut and reaction goes over the real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.sandbox.shapes import Interaction
from bot.slack.action_ids import MORE, Choice, chosen_value
from tests.services.process import wait_until
from tests.slack import payloads
from tests.slack.world import SlackWorld, slack_world, words_of

Json = dict[str, Any]
# Seconds that the sandbox waits for an ack: a busy machine is no slow bot. tests/slack/test_slowness.py has Slack's.
PATIENCE = 30.0


class Hands:
    """What people do to the bot's messages and forms, whatever its cards look like today."""

    def __init__(self, world: SlackWorld) -> None:
        self.world = world
        self.workspace = world.workspace

    def connect(self) -> None:
        """Open the socket as the running bot does."""
        connection = self.world.slack.connection
        connection.keep()
        wait_until(lambda: not connection.problem, "the socket", seconds=5)

    def opens(self, text: str = "My printer is on fire", user: str = payloads.CARLA) -> None:
        """A customer writes, and everything that follows is said."""
        self.world.hears(payloads.message(text, user))
        self.world.deliver()

    def press(self, action_id: str, value: str, user: str = "ada", channel: str = "#support") -> Interaction:
        """Press a button of the bot's that hands this back."""
        return self.workspace.click(user, channel, self._post(channel, _button(action_id, value)), action_id)

    def drawn(self, buttons: dict[str, str]) -> str:
        """A message of the bot's in #support with these buttons, value by action; returns its ts."""
        return self._post("#support", *(_button(action_id, value) for action_id, value in buttons.items()))

    def choose(self, choice: Choice, case_id: str = "CASE-1", version: int = 1, user: str = "ada") -> Interaction:
        """Choose this in a card's menu."""
        value = chosen_value(choice, case_id, version)
        option = {"text": {"type": "plain_text", "text": "x"}, "value": value}
        menu = {"type": "overflow", "action_id": MORE, "options": [option]}
        return self.workspace.click(user, "#support", self._post("#support", menu), MORE, value)

    def form(self, user: str = "ada") -> Json:
        """The form that is before somebody, once it is there."""
        return self.world.seen(lambda: self.workspace.modal(user))

    def submit(self, user: str = "ada", **values: Any) -> dict[str, str]:
        """Fill in the form and submit it; returns what was wrong with it, by input."""
        self.form(user)
        ended = self.workspace.submit_view(user, values)
        assert ended.acked
        return self.workspace.modal_errors(user)

    def whisper(self, words: str, user: str = "ada") -> Json:
        """The newest private message to somebody that has these words, once it is there."""

        def look() -> Json | None:
            said = [
                *self.workspace.messages(self.workspace.dm(user)),
                *self.workspace.ephemerals(user),
            ]
            return next((message for message in reversed(said) if words in words_of(message)), None)

        return self.world.seen(look)

    def settles(self) -> None:
        """Wait until the bot acked everything that people did."""
        self.world.sandbox.settle()

    def press_in(self, whisper: Json, action_id: str, user: str = "ada") -> Interaction:
        """Press a button of a private message."""
        return self.workspace.click(user, whisper["channel"], whisper["ts"], action_id)

    def _post(self, channel: str, *elements: Json) -> str:
        blocks = [{"type": "actions", "elements": list(elements)}]
        return str(self.world.slack.web.chat_postMessage(channel=channel, text="a drawing", blocks=blocks)["ts"])


def _button(action_id: str, value: str) -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": "x"}, "action_id": action_id, "value": value}


@contextmanager
def hands_on(directory: Path, **settings: str) -> Iterator[Hands]:
    """A fresh workspace, and a bot connected to it."""
    with slack_world(directory, **settings) as world:
        # A busy machine is slow; what Slack does then is tested where the time is the test's own.
        world.sandbox.link.ack_timeout = PATIENCE
        world.workspace.triggers.lifetime = timedelta(seconds=PATIENCE)
        hands = Hands(world)
        hands.connect()
        try:
            yield hands
        finally:
            world.slack.connection.close()
