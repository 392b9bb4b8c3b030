"""Every form, at its fullest and with the worst of words, is one that Slack takes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cases.lookups import Addressee
from bot.cases.models import Attachment, Case, CaseEvent, EventKind, Message
from bot.cases.queries import Entry
from bot.sandbox.block_limits import check_view
from bot.slack.errand import Errand
from bot.slack.views import timeline
from bot.slack.views.modals import answering, pieces, snoozing, taking, verbs
from tests.services import blockkit
from tests.slack.world import words_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORST = "<!channel> & <@U0ADA> <https://evil.test|x> " * 200
ERRAND = Errand(
    case_id="CASE-1234567", version=7, channel="C0SUPPORT", thread="1.2", url="https://slack.test/" + "x" * 300
)
CASE = Case(
    case_id="CASE-1234567",
    customer_identifier=f"{'c' * 200}@customer.test",
    customer_name=WORST,
    subject=WORST,
    source="email",
    created_at=NOW,
    last_message_at=NOW,
    assignee="U0ADA",
)
SAID = Message(
    id=1,
    case_id=CASE.case_id,
    sender="c",
    sender_name=WORST,
    is_admin=False,
    body=WORST,
    timestamp=NOW,
    source="email",
    place="mail",
    external_id="1",
)
FILES = [
    Attachment(id=n, case_id=CASE.case_id, message_id=1, name=WORST, content_type="x/y", size=1, held="slack:F1")
    for n in range(12)
]
FACTS = [
    Entry(CaseEvent(case_id=CASE.case_id, kind=kind, at=NOW, actor="U1", actor_name=WORST, detail=detail), SAID)
    for kind in EventKind
    for detail in ({}, {"reason": WORST, "before": WORST, "reasons": [{"words": WORST}], "to_name": WORST})
]
FORMS: dict[str, Callable[[], dict[str, Any]]] = {
    "answer": lambda: answering.answer_form(Addressee(CASE, SAID, "email"), ERRAND, "draft", FILES),
    "first answer": lambda: answering.answer_form(Addressee(CASE, None, "C0CUSTOMERS"), ERRAND),
    "assign": lambda: verbs.assign_form(CASE, ERRAND),
    "note": lambda: verbs.note_form(CASE, ERRAND),
    "escalate": lambda: verbs.escalate_form(CASE, ERRAND),
    "close": lambda: verbs.close_form(CASE, [f"{n} {WORST}" for n in range(120)], WORST, ERRAND),
    "snooze": lambda: snoozing.snooze_form(CASE, NOW, UTC, ERRAND),
    "new case": lambda: taking.new_case_form(ERRAND, WORST),
    "add to case": lambda: taking.add_form({"text": WORST}, WORST, CASE, ERRAND),
    "timeline": lambda: timeline.timeline_form(CASE, FACTS),
}


@pytest.mark.parametrize("name", FORMS)
def test_slack_takes_it(name: str) -> None:
    view = FORMS[name]()

    assert check_view(view)
    assert check_view(pieces.redone(view | {"id": "V1"}, WORST[:500], ERRAND))


@pytest.mark.parametrize("name", FORMS)
def test_nobody_is_called_by_what_others_wrote(name: str) -> None:
    shown = words_of(FORMS[name]())

    assert "<!channel>" not in shown
    assert "<@U0ADA>" not in shown


@pytest.mark.needs("blockkit-check")
@pytest.mark.parametrize("name", FORMS)
def test_it_keeps_slacks_documented_limits(name: str) -> None:
    assert blockkit.faults_of_view(FORMS[name]()) == []


def test_a_form_that_is_redone_twice_warns_once() -> None:
    once = pieces.redone(FORMS["note"](), "Amos closed it.", ERRAND)
    twice = pieces.redone(once, "Amos reopened it.", ERRAND)

    assert words_of(twice).count(":warning:") == 1
    assert "Amos reopened it." in words_of(twice)


def test_the_whole_timeline_has_every_word() -> None:
    assert timeline.as_text(CASE, FACTS).count(WORST.strip()) >= len(FACTS)
