"""Buttons: who may press them, what happens twice, and what is said in private."""

import pytest

from bot.cases.models import CaseEvent, Escalation
from bot.slack.action_ids import ACKNOWLEDGE, CLOSE, CONFIRM, IGNORE
from tests.slack import payloads
from tests.slack.payloads import ADA, ALERTING, AMOS, SUPPORT
from tests.slack.world import SlackWorld

DORA = "U0DORA"
LOOK_AGAIN = "Look again, and click once more if you still mean it."


@pytest.fixture
def alarmed(world: SlackWorld) -> SlackWorld:
    """Carla's urgent case, drawn; and Dora, who reads the team's channels and is no admin."""
    dora = world.workspace.add_person("dora", "Dora Delgado")
    for channel in ("#support", "#alerting"):
        world.workspace.join(dora.name, channel)
    world.slack.directory.refresh()
    world.hears(payloads.message("It is urgent, please help"))
    world.deliver()
    return world


@pytest.mark.parametrize(
    "click",
    [
        payloads.click(ACKNOWLEDGE, "CASE-1:2", DORA),
        payloads.click(CLOSE, "CASE-1:2", DORA),
        payloads.click(CONFIRM, "1", DORA),
        payloads.click(IGNORE, "1", DORA),
    ],
    ids=["acknowledge", "close", "confirm", "ignore"],
)
def test_only_admins_act_others_are_refused_in_private_and_nothing_changes(
    alarmed: SlackWorld, click: payloads.Body
) -> None:
    before = alarmed.snapshot()

    alarmed.hears(click)

    assert alarmed.told("dora") == "Only the support team's admins can do that. Nothing was changed."
    assert alarmed.snapshot() == before


def test_an_acknowledgement_redraws_alert_and_card(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2"))
    alarmed.deliver()

    [alert] = alarmed.workspace.messages("#alerting")[1:]
    assert "acknowledged by Ada Admin" in alert["text"]
    assert [event.kind for event in alarmed.rows(CaseEvent)][-1] == "acknowledged"


def test_the_second_acknowledgement_is_told_who_was_first(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2"))
    alarmed.passes(minutes=3)
    before = alarmed.snapshot()

    alarmed.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2", AMOS))

    assert alarmed.told("amos") == f"Ada Admin acknowledged CASE-1 3 min ago. {LOOK_AGAIN}"
    assert alarmed.snapshot() == before


def test_a_close_ends_the_case_its_alert_and_writes_the_log(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(CLOSE, "CASE-1:2"))
    alarmed.deliver()

    [log] = alarmed.workspace.messages("#logging")
    assert log["text"] == "Case #CASE-1 closed at 2026-03-02T09:00:00+00:00 by Ada Admin"
    assert "closed by Ada Admin" in alarmed.workspace.messages("#alerting")[-1]["text"]
    [escalation] = alarmed.rows(Escalation)
    assert escalation.outcome == "closed"


def test_the_second_close_is_told_who_was_first(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(CLOSE, "CASE-1:2"))
    alarmed.passes(seconds=40)
    before = alarmed.snapshot()

    alarmed.hears(payloads.click(CLOSE, "CASE-1:2", AMOS, SUPPORT))

    assert alarmed.told("amos") == f"Ada Admin closed CASE-1 40 s ago. {LOOK_AGAIN}"
    assert alarmed.snapshot() == before


def test_a_refusal_stands_in_the_thread_where_the_click_was(alarmed: SlackWorld) -> None:
    [card] = [m for m in alarmed.workspace.messages("#support") if "metadata" in m]
    click = payloads.click(CLOSE, "CASE-1:2", DORA, SUPPORT)
    click["message"] |= {"ts": card["ts"], "thread_ts": card["ts"]}

    alarmed.hears(click)

    [refusal] = alarmed.seen(lambda: alarmed.workspace.ephemerals("dora"))
    assert (refusal["channel"], refusal["thread_ts"]) == (SUPPORT, card["ts"])


def test_a_click_on_a_private_answer_is_answered_in_private(alarmed: SlackWorld) -> None:
    click = payloads.click(ACKNOWLEDGE, "CASE-1:2", channel=SUPPORT)
    click["container"]["is_ephemeral"] = True

    alarmed.hears(click)

    assert alarmed.told("ada") == "You acknowledged CASE-1."


def test_a_click_on_a_card_needs_no_words(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2"))
    alarmed.slack.asides.close()

    assert alarmed.workspace.ephemerals("ada") == []


def test_a_click_in_app_home_redraws_it(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.home_click(CLOSE, "CASE-1:2"))

    assert "No open cases" in str(alarmed.seen(lambda: alarmed.workspace.home("ada")))


def test_a_click_in_a_stale_app_home_is_refused_by_message_and_redraws_it(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(CLOSE, "CASE-1:2", AMOS), payloads.home_click(CLOSE, "CASE-1:2"))

    assert "No open cases" in str(alarmed.seen(lambda: alarmed.workspace.home("ada")))
    [refusal] = alarmed.seen(lambda: alarmed.workspace.messages(payloads.dm_of(ADA)))
    assert refusal["text"].startswith("Amos Admin closed CASE-1 0 s ago.")


def test_a_case_that_never_was_is_refused_in_private(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(CLOSE, "CASE-99:1"))

    assert "CASE-99" in alarmed.told("ada")


def test_a_control_of_another_release_is_acked_and_does_nothing(alarmed: SlackWorld) -> None:
    before = alarmed.snapshot()

    alarmed.hears(payloads.click("case_reopen_in_colour", "CASE-1:2"))

    assert alarmed.snapshot() == before


def test_a_click_that_meets_a_broken_database_is_told_so(alarmed: SlackWorld) -> None:
    with alarmed.failing_commits():
        alarmed.hears(payloads.click(CLOSE, "CASE-1:2", channel=ALERTING))

    assert alarmed.told("ada").startswith("The database is busy, so nothing was changed.")
    assert alarmed.case().status == "open"
