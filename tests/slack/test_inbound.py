"""Slack's message events become inbounds and revisions, or nothing where nobody spoke."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cases.inbound import Attached, Author, Inbound, Revision, Source
from bot.slack.inbound import moment, spoken, to_inbound
from tests.slack import payloads

INSIDE = frozenset({payloads.SUPPORT, payloads.ALERTING, payloads.LOGGING})
NAMES = {payloads.CARLA: "Carla Customer", payloads.ADA: "Ada Admin"}


def read(body: payloads.Body, **changes: Any) -> Inbound | Revision | None:
    return to_inbound(body["event"] | changes, lambda user: Author(user, NAMES.get(user, user)), NAMES, INSIDE)


def said(body: payloads.Body, **changes: Any) -> Inbound:
    words = read(body, **changes)
    assert isinstance(words, Inbound)
    return words


def revised(body: payloads.Body, **changes: Any) -> Revision:
    words = read(body, **changes)
    assert isinstance(words, Revision)
    return words


def test_a_message_is_named_by_its_place_and_ts_for_ever() -> None:
    assert said(payloads.sample("message_dm")) == Inbound(
        source=Source.SLACK,
        place="D0CARLA",
        external_id="1772442000.000100",
        author=Author("U0CARLA", "Carla Customer"),
        text="Hello, my order 1047 has not arrived.",
        at=datetime(2026, 3, 2, 9, 0, 0, 100, tzinfo=UTC),
    )


def test_a_reply_knows_its_thread_and_a_threads_first_message_is_in_none() -> None:
    reply = payloads.sample("message_thread_reply")

    assert said(reply).thread == "1772442000.000100"
    assert said(reply, thread_ts=reply["event"]["ts"]).thread is None


def test_only_the_teams_own_channels_are_inside() -> None:
    assert said(payloads.sample("message_admin_closure")).inside
    assert not said(payloads.sample("message_channel")).inside


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("file_share", "It came like this."),
        ("thread_broadcast", "Nobody answered yet."),
        ("me_message", "waits"),
    ],
)
def test_people_also_speak_in_these_subtypes(name: str, text: str) -> None:
    assert said(payloads.sample(name)).text == text


def test_a_file_is_held_in_slack() -> None:
    assert said(payloads.sample("file_share")).attachments == (
        Attached(name="parcel.jpg", content_type="image/jpeg", size=48213, held="slack:F0PARCEL"),
    )


def test_files_without_words_are_a_message() -> None:
    files = [{"id": "F1", "name": "a.pdf"}, {"id": "F2", "title": "Scan"}, {"id": "F3"}]
    message = said(payloads.sample("file_share"), text="", files=files)

    assert message.text == ""
    assert [(one.name, one.size) for one in message.attachments] == [("a.pdf", 0), ("Scan", 0), ("a file", 0)]


def test_a_program_is_listed_but_withheld() -> None:
    files = [{"id": "F1", "name": "invoice.pdf.exe"}, {"id": "F2", "name": "invoice.pdf"}]

    withheld = [one.withheld for one in said(payloads.sample("file_share"), files=files).attachments]

    assert withheld == ["looks executable", ""]


def test_a_file_that_was_deleted_meanwhile_is_none() -> None:
    files = [{"id": "F1", "mode": "tombstone"}]

    assert read(payloads.sample("file_share"), text="", files=files) is None


def test_words_taken_out_of_a_message_with_a_file_are_an_edit() -> None:
    body = payloads.sample("message_edited")
    body["event"]["message"] |= {"text": "", "files": [{"id": "F1", "name": "a.pdf"}]}

    assert revised(body).text == ""


@pytest.mark.parametrize("name", ["message_of_a_bot", "channel_join", "message_unfurled"])
def test_nobody_speaks_in_these(name: str) -> None:
    assert read(payloads.sample(name)) is None


@pytest.mark.parametrize(
    "changes",
    [{"text": ""}, {"text": " \n"}, {"user": None}, {"user": "USLACKBOT"}, {"bot_id": "B0WEATHER"}],
    ids=["empty", "blank", "no author", "Slackbot", "a bot without subtype"],
)
def test_a_message_without_words_or_a_person_is_nothing(changes: dict[str, Any]) -> None:
    assert read(payloads.sample("message_dm"), **changes) is None


@pytest.mark.parametrize("subtype", ["channel_topic", "pinned_item", "channel_archive", "message_replied", "new_one"])
def test_slacks_own_notes_are_nothing(subtype: str) -> None:
    assert read(payloads.sample("message_dm"), subtype=subtype) is None


def test_an_edit_has_the_new_words_and_its_own_time() -> None:
    assert revised(payloads.sample("message_edited")) == Revision(
        source=Source.SLACK,
        place="D0CARLA",
        external_id="1772442000.000100",
        author=Author("U0CARLA", "Carla Customer"),
        text="Hello, my order 1048 has not arrived.",
        at=datetime(2026, 3, 2, 9, 1, tzinfo=UTC),
    )


def test_an_edit_of_a_bots_message_is_nothing() -> None:
    body = payloads.sample("message_edited")
    body["event"]["message"]["bot_id"] = "B0CASEBOT"

    assert read(body) is None


@pytest.mark.parametrize("name", ["message_deleted", "message_tombstone"])
def test_a_deletion_names_the_message_and_its_author(name: str) -> None:
    gone = revised(payloads.sample(name))

    assert (gone.external_id, gone.author.identity, gone.text) == ("1772442000.000100", "U0CARLA", None)
    assert gone.at == datetime(2026, 3, 2, 9, 1, 0, 300, tzinfo=UTC)


def test_the_deletion_of_our_own_post_is_nothing() -> None:
    body = payloads.sample("message_deleted")
    body["event"]["previous_message"] |= {"bot_id": "B0CASEBOT", "user": "U0CASEBOT"}

    assert read(body) is None


@pytest.mark.parametrize(
    ("ts", "microsecond"),
    [("1772442000.000001", 1), ("1772442000.999999", 999_999), ("1772442000.5", 500_000), ("1772442000", 0)],
)
def test_a_ts_is_a_time_to_the_microsecond(ts: str, microsecond: int) -> None:
    assert moment(ts) == datetime(2026, 3, 2, 9, 0, 0, microsecond, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("ask <@U0ADA> please", "ask @Ada Admin please"),
        ("ask <@U0ADA|ada>", "ask @ada"),
        ("ask <@U0NOBODY>", "ask @U0NOBODY"),
        ("in <#C0SUPPORT|support>", "in #support"),
        ("in <#C0SUPPORT|>", "in #C0SUPPORT"),
        ("<!channel> and <!here|here>", "@channel and here"),
        ("<!subteam^S0DESK|@desk> <!subteam^S0DESK>", "@desk @subteam"),
        ("<!date^1772442000^{date}|2 March>", "2 March"),
        ("see <https://shop.example/1?a=1&amp;b=2>", "see https://shop.example/1?a=1&b=2"),
        ("see <https://shop.example/1|order 1>", "see order 1 (https://shop.example/1)"),
        ("<mailto:carla@customer.test|carla@customer.test>", "carla@customer.test"),
        ("<https://shop.example|https://shop.example>", "https://shop.example"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("  both ends \n", "both ends"),
    ],
)
def test_markup_is_read_as_a_person_reads_it(sent: str, read_as: str) -> None:
    assert spoken(sent, NAMES) == read_as
