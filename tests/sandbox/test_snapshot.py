"""A sandbox goes on where another one ended: words, mail with its UIDs, files, ids, the clock, unheard events."""

import json
from datetime import timedelta

import pytest
from imapclient import IMAPClient
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from bot.sandbox.snapshot import UnknownSnapshot
from tests.services.http import http

CARLA = "Carla Customer <carla@customer.test>"


def kept(sandbox: Sandbox) -> dict[str, object]:
    """Return the snapshot as it comes out of a file."""
    document: dict[str, object] = json.loads(json.dumps(sandbox.snapshot()))
    return document


def folder(sandbox: Sandbox) -> tuple[int, list[int]]:
    with IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=10) as client:
        client.login(sandbox.mailbox.address, sandbox.mailbox.password)
        selected = client.select_folder("INBOX")
        return int(selected[b"UIDVALIDITY"]), client.search()


def test_everything_said_and_mailed_is_there_again() -> None:
    with Sandbox() as first:
        first.advance(timedelta(hours=48))
        ts = first.workspace.say("carla", "#customers", "look", files=[("a.txt", b"words")])
        gone = first.mailbox.send(CARLA, "gone", "x")
        first.mailbox.send(CARLA, "Help", "Broken.")
        validity, uids = folder(first)
        with IMAPClient("127.0.0.1", first.imap_port, ssl=False, timeout=10) as client:
            client.login(first.mailbox.address, first.mailbox.password)
            client.select_folder("INBOX")
            client.delete_messages(uids[:1])
            client.expunge()
        state = kept(first)

    with Sandbox() as second:
        second.restore(state)
        [message] = second.workspace.messages("#customers")
        token = {"Authorization": f"Bearer {second.workspace.bot_token}"}

        assert (message["ts"], message["text"]) == (ts, "look")
        assert http.get(message["files"][0]["url_private"], headers=token).content == b"words"
        assert folder(second) == (validity, uids[1:])
        assert gone["Subject"].encode() not in second.mailbox.stored()[0][1]
        assert second.clock.offset >= timedelta(hours=48)
        assert second.workspace.say("carla", "#customers", "later") > ts


def test_what_nobody_heard_is_told_to_the_next_bot() -> None:
    with Sandbox() as first:
        first.workspace.say("carla", "#customers", "anybody?")
        state = kept(first)

    with Sandbox() as second:
        second.restore(state)
        assert second.link.waiting == 1
        assert second.link.unheard()[0]["event"]["text"] == "anybody?"


def test_homes_and_ids_go_on() -> None:
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    with Sandbox() as first:
        environment = first.environment()
        client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        old = client.views_publish(user_id="U0ADA", view=view)["view"]["id"]
        state = kept(first)

    with Sandbox() as second:
        second.restore(state)
        environment = second.environment()
        client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        ids = [client.views_publish(user_id=user, view=view)["view"]["id"] for user in ("U0ADA", "U0AMOS")]

        assert ids[0] == old
        assert ids[1] != old


def test_a_document_of_another_format_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(UnknownSnapshot, match="format is 99"):
        sandbox.restore({"format": 99})


def test_every_folder_goes_on_with_flags_and_never_gives_a_uid_twice() -> None:
    with Sandbox() as first:
        letters = [first.mailbox.compose(CARLA, subject, "x") for subject in ("one", "two")]
        one, two = [first.mailbox.deliver(letter, folder="Processed") for letter in letters]
        with IMAPClient("127.0.0.1", first.imap_port, ssl=False, timeout=10) as client:
            client.login(first.mailbox.address, first.mailbox.password)
            client.select_folder("Processed")
            client.add_flags([one], [b"\\Flagged"])
            client.delete_messages([two])
            client.expunge()
        state = kept(first)

    with Sandbox() as second:
        second.restore(state)
        three = second.mailbox.deliver(second.mailbox.compose(CARLA, "three", "x"), folder="Processed")
        with IMAPClient("127.0.0.1", second.imap_port, ssl=False, timeout=10) as client:
            client.login(second.mailbox.address, second.mailbox.password)
            client.select_folder("Processed")

            assert client.search() == [one, three]
            assert three > two
            assert client.get_flags([one])[one] == (b"\\Flagged",)
