"""Buttons: who may press them, what happens twice, and what is said in private."""

from dataclasses import replace
from pathlib import Path

import pytest
from slack_bolt import BoltRequest

from bot.cases.errors import NotAllowed
from bot.cases.inbound import Author
from bot.cases.models import CaseEvent, Escalation
from bot.slack.action_ids import (
    ACKNOWLEDGE,
    ASSIGN_TO_ME,
    CLOSE,
    CONFIRM,
    IGNORE,
    OPEN_MAIL,
    REOPEN,
    RETRY_MAIL,
    UNACKNOWLEDGE,
    UNDO_CLOSE,
)
from bot.slack.app import build_app
from tests.slack import payloads
from tests.slack.payloads import ADA, ALERTING, AMOS, SUPPORT
from tests.slack.world import SlackWorld, slack_world

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

    refusal = alarmed.told("dora")
    assert refusal == "Only the support team's admins can do that. Nothing was changed. Ask Ada Admin or Amos Admin."
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


def test_an_acknowledgement_can_be_taken_back(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2"), payloads.click(UNACKNOWLEDGE, "CASE-1:3"))

    [escalation] = alarmed.rows(Escalation)
    assert escalation.settled_at is None


def test_a_case_is_taken_by_a_click_once(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(ASSIGN_TO_ME, "CASE-1:2"), payloads.click(ASSIGN_TO_ME, "CASE-1:2"))

    assert alarmed.case().assignee == ADA
    assert alarmed.told("ada") == "CASE-1 is assigned to you already."


@pytest.mark.parametrize("action_id", [UNACKNOWLEDGE, ASSIGN_TO_ME, REOPEN, UNDO_CLOSE])
def test_no_verb_of_a_button_is_for_others(alarmed: SlackWorld, action_id: str) -> None:
    before = alarmed.snapshot()

    alarmed.hears(payloads.click(action_id, "CASE-1:2", DORA))

    assert alarmed.told("dora").startswith("Only the support team's admins can do that.")
    assert alarmed.snapshot() == before


def test_a_close_offers_its_undo_where_it_was_clicked(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(CLOSE, "CASE-1:2"))

    [offer] = alarmed.seen(lambda: alarmed.workspace.ephemerals("ada"))
    assert offer["channel"] == ALERTING
    [row] = [block for block in offer["blocks"] if block["type"] == "actions"]
    assert [(one["text"]["text"], one["action_id"], one["value"]) for one in row["elements"]] == [
        ("Undo", UNDO_CLOSE, "CASE-1:3")
    ]


def test_nothing_is_offered_where_nothing_can_be_taken_back(tmp_path: Path) -> None:
    with slack_world(tmp_path, UNDO_SECONDS="0") as world:
        world.meet()
        world.hears(payloads.message("Help"), payloads.click(CLOSE, "CASE-1:1"))

        [told] = world.seen(lambda: world.workspace.ephemerals("ada"))
        assert [block["type"] for block in told["blocks"]] == ["section"]


def test_a_stale_click_is_refused_and_the_drawing_it_was_made_on_is_redrawn(alarmed: SlackWorld) -> None:
    [card] = [m for m in alarmed.workspace.messages("#support") if "metadata" in m]
    alarmed.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2", AMOS), payloads.click(CLOSE, "CASE-1:2"))

    assert alarmed.told("ada") == f"Amos Admin acknowledged CASE-1 0 s ago. {LOOK_AGAIN}"
    assert alarmed.case().status == "open"
    alarmed.deliver()
    assert "CASE-1:3" in str(alarmed.workspace.message("#support", card["ts"])["blocks"])


class Drawer:
    """The mail edge's part behind the buttons of a mail that nobody could read."""

    def retry(self, key: str, by: Author) -> str:
        return f"{by.name} reads {key} again."

    def open_as_case(self, key: str, by: Author) -> str:
        if not by.is_admin:
            raise NotAllowed("Only admins.")
        return f"{key} became CASE-9."


@pytest.mark.parametrize(
    ("action_id", "user", "told"),
    [
        (RETRY_MAIL, ADA, "Ada Admin reads INBOX:7:42 again."),
        (OPEN_MAIL, ADA, "INBOX:7:42 became CASE-9."),
        (OPEN_MAIL, DORA, "Only admins."),
    ],
)
def test_a_mail_that_was_set_aside_is_looked_after_by_the_mail_edge(
    alarmed: SlackWorld, action_id: str, user: str, told: str
) -> None:
    app = build_app(alarmed.slack.identity, replace(alarmed.slack.services, quarantine=Drawer()))

    clicked = BoltRequest(mode="socket_mode", body=payloads.click(action_id, "INBOX:7:42", user))

    assert app.dispatch(clicked).status == 200
    assert alarmed.told(user.removeprefix("U0").lower()) == told


def test_without_a_mailbox_its_buttons_say_so(alarmed: SlackWorld) -> None:
    alarmed.hears(payloads.click(RETRY_MAIL, "INBOX:7:42"))

    assert alarmed.told("ada").startswith("No mailbox is read here any more")
