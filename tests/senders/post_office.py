"""A desk whose answers leave by mail: the real core and postman, and an SMTP server that a test can spoil."""

from collections.abc import Sequence
from datetime import timedelta

from bot.cases.announcements import FOLDABLE
from bot.cases.inbound import Attached
from bot.cases.models import Case, Message
from bot.cases.refusals import Refusals
from bot.db import Database
from bot.mail.sender import MailSender
from bot.outbox.models import Delivery, Receipt
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from bot.outbox.sending import Parcel, Posted
from tests.cases.desk import CARA, MIA, Desk
from tests.mail.samples import settings
from tests.outbox.round import Stopwatch
from tests.services.smtp import MailServer


class Drawer:
    """Files by where they are held, or what happens to who asks for them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Exception] = {}

    def read(self, held: str) -> bytes:
        found = self.files[held]
        if isinstance(found, Exception):
            raise found
        return found


class PostOffice:
    """Cara wrote by mail; Mia answers. Only mail is carried: what Slack would hear stays where it is."""

    def __init__(self, database: Database, server: MailServer) -> None:
        self.server = server
        self.desk = Desk(database)
        self.drawer = Drawer()
        self.stopwatch = Stopwatch()
        self.begin_again()
        pacing = Pacing(0, 0, self.stopwatch)
        self.postman = Postman(database, self.desk.clock, self, pacing, Refusals(self.desk.replies, list), FOLDABLE)
        self.desk.says(CARA, "My printer burns.", subject="Printer", reference="<m1@customer.example>")

    def begin_again(self) -> None:
        """A new process, which remembers nothing but what is stored."""
        configured = settings(SMTP_SERVER="127.0.0.1", SMTP_PORT=str(self.server.port), SMTP_SECURITY="none")
        self.sender = MailSender(configured, self.desk.clock, self.desk.queries, self.drawer.read)

    def answers(self, text: str = "Pull the plug.", files: Sequence[Attached] = ()) -> int:
        """Mia answers, and the moment in which she may take it back passes."""
        message_id = self.desk.replies.reply("CASE-1", text, MIA, files)
        self.passes(seconds=10)
        return message_id

    def send(self, parcel: Parcel) -> Posted | None:
        """The postman's only way out; what is not for a customer is said to nobody."""
        return self.sender.send(parcel) if parcel.delivery.kind == "reply" else None

    def deliver(self) -> None:
        while self.postman.deliver_due():
            pass

    def parcel(self) -> Parcel:
        return Parcel(self.replies()[0])

    def replies(self) -> list[Delivery]:
        return [delivery for delivery in self.desk.rows(Delivery) if delivery.kind == "reply"]

    def receipts(self) -> list[Receipt]:
        return [receipt for receipt in self.desk.rows(Receipt) if receipt.kind == "reply"]

    def message(self, message_id: int) -> Message:
        [message] = self.desk.queries.messages([message_id])
        return message

    def case(self) -> Case:
        return self.desk.case()

    def passes(self, **span: float) -> None:
        self.desk.clock.advance(timedelta(**span))
        self.stopwatch.seconds += timedelta(**span).total_seconds()
