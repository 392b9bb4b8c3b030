"""Messages: who is heard where, what is acked when, and that nothing is lost or taken twice."""

import pytest

from bot.cases.models import Case, CaseEvent, Message
from bot.outbox.models import Delivery
from bot.sandbox.workspace import text_of
from tests.slack import payloads
from tests.slack.payloads import ADA, CARLA, COSMO, CUSTOMERS, SUPPORT
from tests.slack.world import SlackWorld, words_of

PHRASE = "I’m closing this case."


def test_a_direct_message_opens_a_case_and_is_shown_to_the_team(world: SlackWorld) -> None:
    world.hears(payloads.sample("message_dm"))
    world.deliver()

    [card] = world.workspace.messages("#support")
    assert "CASE-1" in text_of(card)
    assert "my order 1047 has not arrived" in text_of(card)
    assert world.case().customer_identifier == CARLA


def test_a_customer_in_a_channel_is_heard_and_his_reply_joins(world: SlackWorld) -> None:
    world.hears(payloads.sample("message_channel"), payloads.sample("message_thread_reply"))

    assert [(m.sender, m.thread) for m in world.rows(Message)] == [(COSMO, None), (COSMO, "1772442000.000100")]
    assert world.case().message_count == 2


def test_the_same_event_twice_is_one_message(world: SlackWorld) -> None:
    said = payloads.message("Help")

    world.hears(said, said, {**said, "event_id": "Ev0AGAIN"})

    assert len(world.rows(Message)) == 1


def test_an_admins_words_outside_any_case_open_none(world: SlackWorld) -> None:
    world.hears(payloads.message("Lunch?", ADA, CUSTOMERS), payloads.message("Hello bot", ADA))

    assert world.rows(Case) == []


def test_an_admins_answer_in_the_customers_thread_counts_as_one(world: SlackWorld) -> None:
    asked = payloads.message("It is urgent", COSMO, CUSTOMERS)
    world.hears(asked, payloads.message("On it", ADA, CUSTOMERS, thread_ts=asked["event"]["ts"]))

    kinds = [fact.kind for fact in world.rows(CaseEvent)]
    assert kinds == ["opened", "escalated", "answered", "acknowledged"]


def test_the_closure_phrase_in_the_cases_thread_closes_it(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.deliver()
    [card] = world.workspace.messages("#support")

    world.hears(payloads.event("message_admin_closure", thread_ts=card["ts"], ts=payloads.next_ts()))
    world.deliver()

    [log] = world.workspace.messages("#logging")
    assert log["text"] == "Case #CASE-1 closed at 2026-03-02T09:00:00+00:00 by Ada Admin"


def test_a_customer_who_writes_the_phrase_closes_nothing(world: SlackWorld) -> None:
    world.hears(payloads.message(PHRASE))

    assert world.case().status == "open"


def test_a_closure_that_names_no_case_is_asked_back_in_private(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    before = world.snapshot()

    world.hears(payloads.message(PHRASE, ADA, SUPPORT))

    assert world.told("ada").startswith("Which case do you mean?")
    assert world.snapshot() == before


def test_a_teammate_who_is_no_admin_is_no_customer_in_the_teams_channels(world: SlackWorld) -> None:
    world.hears(payloads.message("Who takes this?", "U0DORA", SUPPORT))

    assert world.rows(Case) == []


def test_an_edit_and_a_deletion_are_told_in_the_cases_thread(world: SlackWorld) -> None:
    said = payloads.message("Order 1047")
    changed = payloads.edit(said, "Order 1048")
    world.hears(said, changed, changed, payloads.delete(said))
    world.deliver()

    [card] = world.workspace.messages("#support")
    _, *notes = world.workspace.thread("#support", card["ts"])
    told = [words_of(note) for note in notes]
    assert len(told) == 2
    assert "> Order 1047\nNow:\n> Order 1048" in told[0]
    assert "deleted a message" in told[1]
    assert [fact.kind for fact in world.rows(CaseEvent)] == ["opened", "edited", "deleted"]


def test_a_link_preview_changes_nothing(world: SlackWorld) -> None:
    world.hears(payloads.sample("message_dm"))
    before = world.snapshot()

    world.hears(payloads.sample("message_unfurled"))

    assert world.snapshot() == before


@pytest.mark.parametrize("name", ["message_of_a_bot", "channel_join"])
def test_bots_and_slacks_notes_are_acked_and_ignored(world: SlackWorld, name: str) -> None:
    before = world.snapshot()

    world.hears(payloads.sample(name))

    assert world.snapshot() == before


def test_our_own_posts_are_acked_and_ignored(world: SlackWorld) -> None:
    before = world.snapshot()

    world.hears(payloads.message("CASE-1", "U0CASEBOT", SUPPORT, bot_id="B0CASEBOT"))

    assert world.snapshot() == before


def test_an_event_that_nobody_listens_to_is_acked(world: SlackWorld) -> None:
    world.hears(payloads.event("app_home_opened", type="pin_added"))


def test_an_event_is_acked_only_after_its_commit(world: SlackWorld) -> None:
    """The database fails at the last moment: unacked, nothing stored; sent again, it is stored once."""
    said = payloads.message("Help")

    with world.failing_commits():
        refused = world.dispatch(said)
    left = (world.rows(Message), world.rows(Delivery))
    world.hears(said, said)

    assert refused.status == 500
    assert left == ([], [])
    assert len(world.rows(Message)) == 1


def test_before_the_channels_are_known_nobody_is_taken_for_a_customer(world: SlackWorld) -> None:
    said = payloads.message("Who takes this?", "U0DORA", SUPPORT)
    world.sandbox.workspace.channel("#support").name = "helpdesk"
    world.slack.places.resolve()

    response = world.dispatch(said)

    assert response.status == 500
    assert world.rows(Case) == []


def test_a_stranger_is_introduced_later_and_his_card_gets_his_name(world: SlackWorld) -> None:
    world.workspace.add_person("dora", "Dora Delgado")

    world.hears(payloads.message("Hello", "U0DORA"))
    stranger = world.rows(Case)[0].customer_name
    world.seen(lambda: world.case().customer_name == "Dora Delgado")
    world.deliver()

    assert stranger == "U0DORA"
    [card] = world.workspace.messages("#support")
    assert "Dora Delgado (U0DORA)" in text_of(card)
