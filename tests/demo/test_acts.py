"""What the story's steps do for one: with a desk that has Reply, an answer goes out, and Carla's answer comes in."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from bot.demo import acts
from bot.demo.acts import CARLA, SUPPORT
from bot.sandbox.page_deeds import Deeds
from bot.sandbox.server import Sandbox
from tests.sandbox.test_interactions import modal
from tests.sandbox.wire import Json, hang_up

REPLY: Json = {"type": "button", "action_id": "reply", "text": {"type": "plain_text", "text": "Reply"}}


def send(sandbox: Sandbox, text: str) -> None:
    """Send Carla a mail as a desk does, over SMTP."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sandbox.mailbox.address, CARLA, "Re: Order 1017"
    letter["Message-ID"] = "<answer@desk.test>"
    letter.set_content(text)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port) as smtp:
        smtp.login(sandbox.mailbox.address, sandbox.mailbox.password)
        smtp.send_message(letter)


@pytest.fixture
def desk() -> Iterator[Sandbox]:
    """A small desk: one card with Reply, whose modal's words become a mail."""
    with Sandbox() as sandbox:
        client = WebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)
        app = App(client=client, process_before_response=True)

        @app.action("reply")
        def open_modal(ack: Ack, body: Json) -> None:
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="reply"))

        @app.view("reply")
        def sent(ack: Ack, view: Json) -> None:
            send(sandbox, view["state"]["values"]["answer"]["words"]["value"])
            ack()

        @app.event("message")
        def heard(ack: Ack) -> None:
            ack()

        client.chat_postMessage(channel=SUPPORT, text="CASE-1 Carla", blocks=[{"type": "actions", "elements": [REPLY]}])
        handler = SocketModeHandler(app, sandbox.workspace.app_token)
        handler.client.connect()
        sandbox.workspace.wait_for(lambda: sandbox.link.connections)
        yield sandbox
        hang_up(handler.client)


def actor(sandbox: Sandbox) -> Deeds:
    return Deeds(sandbox.workspace, sandbox.mailbox, sandbox.outlets, sandbox.advance)


def test_ada_answers_and_carla_writes_back(desk: Sandbox) -> None:
    you = actor(desk)

    acts.reply(you)
    acts.answer_back(you)

    [answer] = desk.mailbox.inbox(CARLA)
    assert "track 1017" in str(answer.get_content())
    assert acts.is_answered_back(you.world, CARLA)


def test_steps_say_what_is_lacking() -> None:
    with Sandbox() as sandbox:
        you = actor(sandbox)
        client = WebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)

        for act in (acts.reply, acts.forge, acts.close, acts.acknowledge, acts.answer_back):
            with pytest.raises(LookupError, match="first"):
                act(you)
        other = REPLY | {"text": {"type": "plain_text", "text": "Close"}}
        client.chat_postMessage(channel=SUPPORT, text="CASE-1 Carla", blocks=[{"type": "actions", "elements": [other]}])
        with pytest.raises(LookupError, match="no button called Reply"):
            acts.reply(you)


def test_thread_words_get_their_envelope() -> None:
    with Sandbox() as sandbox:
        you = actor(sandbox)
        client = WebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)
        blocks = [{"type": "actions", "elements": [REPLY]}]
        card = str(client.chat_postMessage(channel=SUPPORT, text="CASE-1 Carla", blocks=blocks)["ts"])

        acts.send_by_reaction(you)
        [_, words] = sandbox.workspace.thread(SUPPORT, card)
        before = acts.is_sent_by_reaction(you.world)
        client.reactions_add(channel="C0SUPPORT", timestamp=words["ts"], name="incoming_envelope")

        assert sandbox.workspace.reactions(SUPPORT, words["ts"])["envelope"] == ["U0ADA"]
        assert (before, acts.is_sent_by_reaction(you.world)) == (False, True)
