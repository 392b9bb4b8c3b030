"""A little of everything, played once: each Web API method is called, each kind of payload is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import websocket
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from tests.sandbox.test_interactions import modal
from tests.sandbox.wire import BUTTON, Json, Wire
from tests.services.http import http

CARD = [{"type": "actions", "elements": [BUTTON]}]
HOME = {"type": "home", "blocks": CARD}
DELIVERY = {"event_type": "delivery", "event_payload": {"id": "1"}}


@contextmanager
def listening(sandbox: Sandbox, client: WebClient) -> Iterator[list[Json]]:
    """Ack every frame; yields them as they come."""
    wire = Wire(client, sandbox.workspace.app_token)
    frames: list[Json] = []

    def hear() -> None:
        try:
            while True:
                frames.append(wire.hear())
                if "envelope_id" in frames[-1]:
                    wire.ack(frames[-1])
        except (OSError, ValueError, websocket.WebSocketException):
            return

    hearing = threading.Thread(target=hear)
    hearing.start()
    try:
        yield frames
    finally:
        sandbox.link.cut()
        hearing.join()
        wire.close()


def play(sandbox: Sandbox, client: WebClient, frames: list[Json]) -> None:
    """Call every method and do everything that people can do."""
    _talk(sandbox, client)
    _look_up(sandbox, client)
    _exchange_files(sandbox, client)
    _use_surfaces(sandbox, client, frames)
    sandbox.settle()


def _talk(sandbox: Sandbox, client: WebClient) -> None:
    people = sandbox.workspace
    sent = client.chat_postMessage(channel="C0SUPPORT", text="card", blocks=CARD, metadata=DELIVERY)
    ts = str(sent["ts"])
    client.chat_postMessage(channel="C0SUPPORT", text="reply", thread_ts=ts)
    client.chat_update(channel="C0SUPPORT", ts=ts, text="card", blocks=CARD)
    client.chat_getPermalink(channel="C0SUPPORT", message_ts=ts)
    client.chat_postEphemeral(channel="C0SUPPORT", user="U0ADA", text="psst")
    client.reactions_add(channel="C0SUPPORT", timestamp=ts, name="eyes")
    client.reactions_get(channel="C0SUPPORT", timestamp=ts)
    client.reactions_remove(channel="C0SUPPORT", timestamp=ts, name="eyes")
    said = people.say("ada", "#support", "hello @casebot")
    people.say("ada", "#support", "in the thread", said)
    people.react("ada", "#support", said, "tada")
    people.unreact("ada", "#support", said, "tada")
    people.edit("ada", "#support", said, "hello again")
    client.conversations_history(channel="C0SUPPORT", limit=1)
    client.conversations_replies(channel="C0SUPPORT", ts=said)
    gone = people.say("ada", "#support", "never mind")
    people.delete("ada", "#support", gone)
    own = client.chat_postMessage(channel="C0SUPPORT", text="oops")
    client.chat_delete(channel="C0SUPPORT", ts=str(own["ts"]))


def _look_up(sandbox: Sandbox, client: WebClient) -> None:
    group = sandbox.workspace.create_usergroup("desk", ["ada"])
    place = sandbox.workspace.create_channel("new", ["ada"], with_bot=False)
    client.api_test()
    client.auth_test()
    client.bots_info(bot="B0CASEBOT")
    client.team_info()
    client.users_list()
    client.users_info(user="U0ADA")
    client.users_lookupByEmail(email="ada@desk.test")
    client.usergroups_list(include_users=True)
    client.usergroups_users_list(usergroup=group)
    client.conversations_list()
    client.users_conversations()
    client.conversations_info(channel="C0SUPPORT")
    client.conversations_members(channel="C0SUPPORT")
    client.conversations_join(channel=place)
    client.conversations_invite(channel=place, users="U0AMOS")
    client.conversations_open(users="U0ADA", return_im=True)
    sandbox.workspace.join("carla", "#support")
    sandbox.workspace.leave("carla", "#support")
    sandbox.workspace.add_person("zoe", "Zoe New", "zoe@desk.test")
    sandbox.workspace.rename_person("zoe", "Zoë")
    _change_groups_and_accounts(sandbox, client)


def _change_groups_and_accounts(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.change_usergroup("desk", ["amos"])
    sandbox.workspace.disable_usergroup("desk")
    sandbox.workspace.add_person("guido", "Guido Guest", guest=True)
    sandbox.workspace.add_person("sten", "Sten Stranger", stranger=True)
    sandbox.workspace.deactivate_person("zoe")
    client.users_list()


def _exchange_files(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.say("carla", "#customers", "look", files=[("a.txt", b"words")])
    begun = client.files_getUploadURLExternal(filename="b.txt", length=1)
    http.post(str(begun["upload_url"]), content=b"b")
    client.files_completeUploadExternal(files=[{"id": str(begun["file_id"]), "title": "B"}], channel_id="C0SUPPORT")
    client.files_info(file=str(begun["file_id"]))
    client.files_delete(file=str(begun["file_id"]))


def _use_surfaces(sandbox: Sandbox, client: WebClient, frames: list[Json]) -> None:
    people = sandbox.workspace
    client.views_publish(user_id="U0ADA", view=HOME)
    people.open_home("ada")
    people.click_home("ada", "go")
    card = next(m for m in people.messages("#support") if m["text"] == "card")
    people.click("ada", "#support", card["ts"], "go")
    people.shortcut("ada", "#support", card["ts"], "send")
    people.command("ada", "#support", "/case", "list")
    people.global_shortcut("ada", "new")
    opened = client.views_open(trigger_id=_last_trigger(frames), view=modal(notify_on_close=True))
    people.global_shortcut("ada", "more")
    client.views_push(trigger_id=_last_trigger(frames), view=modal())
    client.views_update(view_id=str(opened["view"]["id"]), view=modal(notify_on_close=True))
    people.submit_view("ada")
    people.close_view("ada")


def _last_trigger(frames: list[Json]) -> str:
    return str(next(f["payload"]["trigger_id"] for f in reversed(frames) if f.get("type") == "interactive"))
