"""How answers leave a desk in a test: a postman who says all that is due."""

from bot.cases.models import Message
from bot.cases.refusals import Refusals
from bot.outbox.models import Delivery
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from tests.cases.desk import Desk
from tests.outbox.round import Answer, Notebook


def carried(desk: Desk, *answers: Answer | Exception | None) -> list[Delivery]:
    """Let a postman say all that is due; returns the answers to customers that he had in hand."""
    sender = Notebook(*answers)
    pacing = Pacing(post_seconds=0, redraw_seconds=0)
    postman = Postman(desk.database, desk.clock, sender, pacing, Refusals(desk.replies, list))
    while postman.deliver_due():
        pass
    said = {number for parcel in sender.parcels for number in parcel}
    return [delivery for delivery in desk.rows(Delivery) if delivery.kind == "reply" and delivery.id in said]


def reply(desk: Desk) -> Message:
    """The one answer that was written at the desk."""
    [written] = [message for message in desk.messages() if message.sending]
    return written
