"""The form that assigns a case: who is offered, who is taken, who is refused."""

import json

from bot.slack.action_ids import ASSIGN_TO_ME, WHICH_ADMIN, Choice
from tests.slack import payloads
from tests.slack.hands import Hands


def test_a_case_is_assigned_by_the_form(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.ASSIGN)

    assert hands.submit(who=payloads.AMOS) == {}

    assert hands.whisper("CASE-1 is with Amos Admin now.")
    assert hands.world.case().assignee == payloads.AMOS


def offered(hands: Hands, typed: str, user: str = "ada") -> dict[str, str]:
    """What the form's menu offers to somebody who types this, name by value."""
    options = (hands.workspace.suggest(user, WHICH_ADMIN, typed).payload or {})["options"]
    return {option["value"]: option["text"]["text"] for option in options}


def test_only_who_may_have_a_case_is_offered(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.ASSIGN)
    hands.form()

    assert list(offered(hands, "").values()) == ["Ada Admin (you)", "Amos Admin", "Nobody: put it back"]
    assert offered(hands, " amos") == {payloads.AMOS: "Amos Admin"}
    assert offered(hands, "cosmo") == {}


def test_the_team_is_nobody_elses_business(hands: Hands) -> None:
    asked = payloads.suggestion(WHICH_ADMIN, "", user=payloads.COSMO)

    assert json.loads(hands.world.dispatch(asked).body) == {"options": []}


def test_a_case_is_put_back_by_the_form(hands: Hands) -> None:
    hands.opens()
    hands.press(ASSIGN_TO_ME, "CASE-1:1")
    hands.choose(Choice.ASSIGN, version=2)
    [menu] = [block for block in hands.form()["blocks"] if block["block_id"] == WHICH_ADMIN]
    assert menu["element"]["initial_option"]["text"]["text"] == "Ada Admin"

    assert hands.submit(who="nobody") == {}

    assert hands.whisper("CASE-1 is nobody's now.")
    assert hands.world.case().assignee is None


def test_who_is_no_admin_is_refused_in_place(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.ASSIGN)

    refused = hands.submit(who=payloads.COSMO)

    assert refused == {"who": "Cosmo Customer is no admin, so CASE-1 can't be assigned to them."}
    assert hands.world.case().assignee is None
