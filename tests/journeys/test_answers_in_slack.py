"""An answer written at the desk reaches a customer in Slack, and the team sees that it did."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.workspace import text_of
from tests.journeys.promises import broken
from tests.journeys.world import CUSTOMERS, SUPPORT, World, journey


@pytest.fixture
def world(tmp_path: Path, untouched: None) -> Iterator[World]:
    """A desk whose answers leave at once."""
    with journey(tmp_path, UNDO_SECONDS="0") as running:
        yield running
        assert broken(running) == []


def test_a_customers_picture_is_seen_and_his_question_answered_where_he_asked(world: World) -> None:
    ts = world.workspace.say("cosmo", CUSTOMERS, "It came broken.", files=[("parcel.jpg", b"\xff\xd8\xff")])
    card = world.sees(SUPPORT, "CASE-1", "parcel.jpg (3 B)")
    picture = world.until(lambda: next((reply for reply in world.replies(card) if reply.get("files")), None))
    assert picture["files"][0]["name"] == "parcel.jpg"

    world.command("ada", "assign CASE-1 @amos")
    world.command("ada", "reply CASE-1 A new one is on its way.")

    answer = world.until(lambda: world.replies({"ts": ts}, CUSTOMERS)[0])
    assert answer["text"] == "*Ada Admin*\nA new one is on its way."
    world.sees_in_thread(card, "<@U0AMOS>, this case is yours")
    world.sees_in_thread(card, "A new one is on its way.", ":white_check_mark: sent")
    world.until(lambda: "waiting for the customer" in world.now(card) and "Amos Admin" in world.now(card))
    world.settles()
    assert text_of(world.workspace.message(CUSTOMERS, ts)).startswith("It came broken.")
