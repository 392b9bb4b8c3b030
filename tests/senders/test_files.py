"""Files in a case's thread: read where they are held, posted once, and told of where that can't be."""

from typing import Any

import pytest

from bot.cases.inbound import Attached, Author, Inbound, Source
from bot.outbox.models import Delivery
from bot.outbox.sending import Parcel, Posted
from bot.sandbox.workspace import text_of
from bot.slack.uploads import MOST_TRIES
from tests.senders.speaking import sender_of
from tests.slack import payloads
from tests.slack.world import SlackWorld

Json = dict[str, Any]
PDF = b"%PDF-1.7 not really"


def shares(world: SlackWorld, *files: tuple[str, bytes], text: str = "Look", also: bool = True) -> None:
    """Carla writes, and then once more with files; the bot hears it."""
    if also:
        world.hears(payloads.message("Help"))
        world.deliver()
    place = world.workspace.dm("carla")
    held = world.workspace.say("carla", place, text, files=files)
    shared = world.workspace.message(place, held)["files"]
    world.hears(payloads.event("file_share", files=shared, text=text, ts=payloads.next_ts()))


def in_thread(world: SlackWorld) -> list[Json]:
    [card] = world.workspace.messages("#support")
    return world.workspace.thread("#support", card["ts"])[1:]


def posted(world: SlackWorld) -> list[str]:
    """The names of the files in the case's thread."""
    return [file["name"] for message in in_thread(world) for file in message.get("files", ())]


def waiting_file(world: SlackWorld) -> Delivery:
    return next(row for row in world.unsettled() if row.kind == "file")


def test_a_customers_file_stands_in_the_cases_thread(world: SlackWorld) -> None:
    shares(world, ("invoice.pdf", PDF), ("parcel.jpg", b"jpg"))
    world.deliver()

    words, first, second = in_thread(world)
    assert ":paperclip: invoice.pdf (19 B), parcel.jpg (3 B)" in text_of(words)
    [file], [other] = first["files"], second["files"]
    assert (file["name"], other["name"]) == ("invoice.pdf", "parcel.jpg")
    assert world.workspace.files.stored[file["id"]].content == PDF


def test_a_file_alone_opens_a_case(world: SlackWorld) -> None:
    shares(world, ("invoice.pdf", PDF), text="", also=False)
    world.deliver()

    [card] = world.workspace.messages("#support")
    assert ":paperclip: invoice.pdf (19 B)" in text_of(card)
    assert posted(world) == ["invoice.pdf"]


def test_a_program_is_listed_and_not_posted(world: SlackWorld) -> None:
    shares(world, ("invoice.pdf.exe", b"MZ"))
    world.deliver()

    assert posted(world) == []
    assert "invoice.pdf.exe (2 B; looks executable, not posted)" in text_of(in_thread(world)[0])


def test_a_file_of_a_mail_is_read_by_whoever_holds_it(world: SlackWorld) -> None:
    held: list[str] = []

    def read(name: str) -> bytes:
        held.append(name)
        return PDF

    file = Attached(name="invoice.pdf", content_type="application/pdf", size=19, held="mail:7:2")
    world.bot.desk.intake.receive(
        Inbound(
            source=Source.EMAIL,
            place="support@desk.test",
            external_id="m1",
            author=Author("carla@customer.test", "Carla"),
            text="See the invoice.",
            at=world.clock.now(),
            attachments=(file,),
        )
    )
    delivery = waiting_file(world)
    world.slack.postman.deliver_due()

    assert isinstance(sender_of(world, read=read).send(Parcel(delivery)), Posted)
    assert (held, posted(world)) == (["mail:7:2"], ["invoice.pdf"])


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (LookupError("mail 7 is no longer kept"), "mail 7 is no longer kept"),
        (b"", "it is empty"),
        (b"x" * 1001, "larger than 0.001 MB"),
    ],
    ids=["gone", "empty", "too large"],
)
def test_a_file_that_can_not_be_had_is_a_line(world: SlackWorld, fault: bytes | LookupError, told: str) -> None:
    shares(world, ("invoice.pdf", PDF))
    delivery = waiting_file(world)

    def read(_held: str) -> bytes:
        if isinstance(fault, LookupError):
            raise fault
        return fault

    sender_of(world, read=read, largest=1000).send(Parcel(delivery))

    assert text_of(in_thread(world)[-1]).endswith(f":paperclip: invoice.pdf could not be posted: {told}")


@pytest.mark.parametrize(
    ("method", "error", "told"),
    [
        ("files.getUploadURLExternal", "missing_scope", "the Slack app lacks the scope files:write"),
        ("files.completeUploadExternal", "not_in_channel", "the bot is not in the channel"),
        ("files.getUploadURLExternal", "file_uploads_disabled", "this workspace allows no uploads"),
        ("files.info", "missing_scope", "the Slack app lacks the scope files:read"),
        ("files.info", "file_deleted", "it was deleted in Slack"),
    ],
)
def test_what_slack_refuses_is_a_line_and_holds_up_nobody(
    world: SlackWorld, method: str, error: str, told: str
) -> None:
    shares(world, ("invoice.pdf", PDF))
    world.sandbox.faults.refuse(method, error)
    world.hears(payloads.message("Are you there?"))
    world.deliver()

    lines = [text_of(message) for message in in_thread(world)]
    assert any(f"invoice.pdf could not be posted: {told}" in line for line in lines)
    assert any("Are you there?" in line for line in lines)


def test_while_uploads_are_rate_limited_words_go_on(world: SlackWorld) -> None:
    shares(world, ("invoice.pdf", PDF))
    world.sandbox.faults.rate_limit("files.getUploadURLExternal", retry_after=60)
    for _ in range(10):
        world.slack.postman.deliver_due()
    world.hears(payloads.message("Are you there?"))
    while world.slack.postman.deliver_due():
        pass

    assert posted(world) == []
    assert "Are you there?" in text_of(in_thread(world)[-1])
    world.passes(seconds=60)
    world.deliver()
    assert posted(world) == ["invoice.pdf"]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_an_upload_whose_answer_was_lost_stands_once(world: SlackWorld, method: str) -> None:
    shares(world, ("invoice.pdf", PDF))
    world.sandbox.faults.reset_after(method)
    world.deliver()

    assert posted(world) == ["invoice.pdf"]


def test_two_files_alike_are_two_files_also_in_doubt(world: SlackWorld) -> None:
    shares(world, ("image.png", b"one"), ("image.png", b"two"))
    world.sandbox.faults.reset_after("files.completeUploadExternal", times=2)
    world.deliver()

    contents = [world.workspace.files.stored[f["id"]].content for m in in_thread(world) for f in m.get("files", ())]
    assert sorted(contents) == [b"one", b"two"]


def test_trouble_that_never_ends_is_told_at_last(world: SlackWorld) -> None:
    shares(world, ("invoice.pdf", PDF))
    world.sandbox.faults.fail("files.completeUploadExternal", times=MOST_TRIES + 1)
    for _ in range(MOST_TRIES):
        while world.carry():
            pass
        world.passes(seconds=400)
    world.deliver()

    assert posted(world) == []
    assert "invoice.pdf could not be posted" in text_of(in_thread(world)[-1])
