"""What the postman relies on, whoever speaks the channel: the same claims for Slack and for mail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from bot.db import Database
from bot.outbox.sending import Away, Later, Parcel, Posted, Refused, Sender, Unsure
from tests.senders.post_office import PostOffice
from tests.services.smtp import mail_server
from tests.slack import payloads
from tests.slack.world import SlackWorld, slack_world


class Channel(Protocol):
    """One channel with something to say in it, and its ways to fail."""

    sender: Sender

    def parcel(self) -> Parcel: ...

    def heard(self) -> int:
        """How many things its readers see: the same one twice is one."""
        ...

    def refuses(self) -> None: ...

    def asks_for_patience(self) -> None: ...

    def loses_its_answer(self) -> None: ...

    def is_away(self) -> None: ...

    def recovers(self) -> None: ...


class SlackChannel:
    def __init__(self, world: SlackWorld) -> None:
        world.meet()
        world.hears(payloads.message("Help"))
        self._world = world
        self.sender: Sender = world.slack.sender

    def parcel(self) -> Parcel:
        return Parcel(next(row for row in self._world.unsettled() if row.kind == "card"))

    def heard(self) -> int:
        return len(self._world.workspace.messages("#support"))

    def refuses(self) -> None:
        self._world.sandbox.faults.refuse("chat.postMessage", "msg_too_long")

    def asks_for_patience(self) -> None:
        self._world.sandbox.faults.rate_limit("chat.postMessage")

    def loses_its_answer(self) -> None:
        self._world.sandbox.faults.reset_after("chat.postMessage")

    def is_away(self) -> None:
        self._world.sandbox.faults.refuse("chat.postMessage", "account_inactive")

    def recovers(self) -> None:
        self._world.sandbox.faults.clear()


class MailChannel:
    def __init__(self, office: PostOffice) -> None:
        office.answers()
        self._office = office
        self.sender: Sender = office.sender

    def parcel(self) -> Parcel:
        return self._office.parcel()

    def heard(self) -> int:
        return len({mail["Message-ID"] for mail in self._office.server.taken})

    def refuses(self) -> None:
        self._office.server.answers["DATA"] = "554 5.7.1 Refused"

    def asks_for_patience(self) -> None:
        self._office.server.answers["RCPT"] = "451 4.7.1 Later"

    def loses_its_answer(self) -> None:
        self._office.server.hangs_up_after = "DATA"

    def is_away(self) -> None:
        self._office.server.hangs_up_after = "MAIL"

    def recovers(self) -> None:
        self._office.server.answers.clear()
        self._office.server.hangs_up_after = ""


@pytest.fixture(params=["slack", "mail"])
def channel(request: pytest.FixtureRequest, tmp_path: Path, mail_database: Database) -> Iterator[Channel]:
    if request.param == "slack":
        with slack_world(tmp_path) as world:
            yield SlackChannel(world)
        return
    with mail_server() as server:
        yield MailChannel(PostOffice(mail_database, server))


def test_what_is_said_is_heard_once_and_named(channel: Channel) -> None:
    posted = channel.sender.send(channel.parcel())

    assert isinstance(posted, Posted)
    assert posted.place
    assert posted.external_id
    assert channel.heard() == 1


def test_what_will_never_be_taken_is_refused(channel: Channel) -> None:
    channel.refuses()

    with pytest.raises(Refused):
        channel.sender.send(channel.parcel())

    assert channel.heard() == 0


def test_what_may_be_taken_later_is_put_off_for_some_seconds(channel: Channel) -> None:
    channel.asks_for_patience()

    with pytest.raises(Later) as later:
        channel.sender.send(channel.parcel())

    assert later.value.seconds >= 1
    assert channel.heard() == 0


def test_a_channel_that_is_away_has_certainly_not_heard_it(channel: Channel) -> None:
    channel.is_away()

    with pytest.raises((Away, Later)):
        channel.sender.send(channel.parcel())
    channel.recovers()
    channel.sender.send(channel.parcel())

    assert channel.heard() == 1


def test_a_lost_answer_is_a_doubt_and_saying_it_again_is_no_second_thing(channel: Channel) -> None:
    channel.loses_its_answer()
    parcel = channel.parcel()

    with pytest.raises(Unsure):
        channel.sender.send(parcel)
    channel.recovers()
    parcel.delivery.unsure = True
    posted = channel.sender.send(parcel)

    assert isinstance(posted, Posted)
    assert channel.heard() == 1
