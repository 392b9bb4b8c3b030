"""A backlog comes in quietly: one notice instead of a card for each case, and a card once something happens."""

import pytest

from bot.cases.inbound import Attached
from bot.outbox.models import Delivery, Receipt
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from tests.cases.desk import CARA, MIA, Desk
from tests.outbox.round import Notebook

pytestmark = pytest.mark.one_database

PLAN = Attached(name="plan.pdf", content_type="application/pdf", size=9, held="mail:1:2")


@pytest.fixture
def old_mail(desk: Desk) -> Desk:
    """Two mails of Cara's from before our time, taken in at the first look into the mailbox."""
    desk.says(CARA, "My printer is broken", quiet=True, attachments=(PLAN,))
    desk.says(CARA, "Still broken", quiet=True)
    return desk


def test_nothing_is_said_of_it_one_by_one(old_mail: Desk) -> None:
    assert old_mail.deliveries() == []
    assert (old_mail.case().message_count, old_mail.timeline()) == (2, ["opened", "received"])


@pytest.mark.parametrize("happens", ["the customer writes", "somebody takes it"])
def test_as_soon_as_something_happens_the_card_is_drawn(old_mail: Desk, happens: str) -> None:
    if happens == "the customer writes":
        old_mail.says(CARA, "Hello?")
    else:
        old_mail.service.assign("CASE-1", MIA, MIA)

    assert "card" in [kind for kind, _, _ in old_mail.deliveries()]


def test_an_urgent_one_alerts_all_the_same(old_mail: Desk) -> None:
    old_mail.says(CARA, "urgent", quiet=True)

    assert [kind for kind, _, _ in old_mail.deliveries()] == ["alert", "card", "alert"]


def test_live_words_are_told_as_ever(desk: Desk) -> None:
    desk.says(CARA, "My printer is broken")
    postman = Postman(desk.database, desk.clock, Notebook(), Pacing(post_seconds=0, redraw_seconds=0))
    while postman.deliver_due():
        pass

    assert [delivery.state for delivery in desk.rows(Delivery)] == ["sent"]
    assert [receipt.kind for receipt in desk.rows(Receipt)] == ["card"]
