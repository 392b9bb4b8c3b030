"""The sandbox's state as one JSON document, and back: what was said and mailed outlives the process that kept it."""

import base64
import json
from dataclasses import asdict
from datetime import datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from bot.sandbox.channels import Channel
from bot.sandbox.files import StoredFile
from bot.sandbox.imap_server import KeptFolder, KeptMail
from bot.sandbox.people import Person, Usergroup
from bot.sandbox.shapes import Envelope, Json

if TYPE_CHECKING:
    from bot.sandbox.mailbox import Mailbox
    from bot.sandbox.server import Sandbox
    from bot.sandbox.state import State

FORMAT = 2


class UnknownSnapshot(ValueError):
    """A document that this version can't read."""


def take(sandbox: "Sandbox") -> Json:
    """Return all that a new sandbox needs to go on: workspace, mail, clock, and events that nobody acked yet.

    Left out, as a restart of Slack ends them: ephemeral messages, open modals, trigger ids, response URLs.
    """
    mailbox = sandbox.mailbox.kept()
    with sandbox.changes.reading():
        return {
            "format": FORMAT,
            "url": sandbox.url,
            "offset": sandbox.clock.offset.total_seconds(),
            "workspace": _workspace(sandbox.workspace),
            "mailbox": mailbox,
            "events": (sandbox.calls or sandbox.link).unheard(),
        }


def restore(sandbox: "Sandbox", kept: Json) -> None:
    """Go on where `kept` was taken; the sandbox runs, nothing was said in it yet, and no bot is connected.

    Raises UnknownSnapshot for a document of another format.
    """
    if kept.get("format") != FORMAT:
        raise UnknownSnapshot(f"its format is {kept.get('format')!r}; this version reads {FORMAT}")
    moved: Json = json.loads(json.dumps(kept).replace(kept["url"], sandbox.url))
    with sandbox.changes.writing():
        _put_workspace(sandbox.workspace, moved["workspace"])
    sandbox.mailbox.put_back(moved["mailbox"])
    for payload in moved["events"]:
        sandbox.workspace.link.send(Envelope("events_api", payload))


def _workspace(state: "State") -> Json:
    files = [asdict(file) | {"content": _text(file.content)} for file in state.files.stored.values()]
    return {
        "people": [asdict(person) for person in state.people.values()],
        "channels": [asdict(channel) for channel in state.channels.values()],
        "usergroups": [asdict(group) for group in state.usergroups.values()],
        "homes": state.shelf.homes,
        "files": files,
        "numbers": state.numbers_given(),
    }


def _put_workspace(state: "State", kept: Json) -> None:
    state.people = {each["id"]: Person(**each) for each in kept["people"]}
    state.channels = {each["id"]: Channel(**each) for each in kept["channels"]}
    state.usergroups = {each["id"]: Usergroup(**each) for each in kept["usergroups"]}
    state.shelf.homes = kept["homes"]
    for each in kept["files"]:
        state.files.add(StoredFile(**(each | {"content": _bytes(each["content"])})))
    state.go_on_from(kept["numbers"])


def mail_as_json(mailbox: "Mailbox", folders: list[KeptFolder]) -> Json:
    """Return the desk's folders, UIDs and flags and all, and what everybody else received."""
    inboxes = mailbox.inboxes()
    return {
        "folders": [_folder(folder) for folder in folders],
        "inboxes": {who: [_text(mail.as_bytes(policy=policy.SMTP)) for mail in got] for who, got in inboxes.items()},
    }


def _folder(folder: KeptFolder) -> Json:
    mails = [
        {"uid": m.uid, "arrived": m.arrived.isoformat(), "raw": _text(m.raw), "flags": list(m.flags)}
        for m in folder.mails
    ]
    return {"name": folder.name, "validity": folder.validity, "highest": folder.highest, "mails": mails}


def folders_of(kept: Json) -> list[KeptFolder]:
    """Return the folders again."""
    return [
        KeptFolder(each["name"], each["validity"], each["highest"], tuple(map(_mail, each["mails"])))
        for each in kept["folders"]
    ]


def _mail(kept: Json) -> KeptMail:
    arrived = datetime.fromisoformat(kept["arrived"])
    return KeptMail(kept["uid"], arrived, _bytes(kept["raw"]), tuple(kept["flags"]))


def inboxes_of(kept: Json) -> Json:
    """Return everybody's inbox again, as parsed mails by address."""
    return {
        who: [message_from_bytes(_bytes(raw), policy=policy.default) for raw in got]
        for who, got in kept["inboxes"].items()
    }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
