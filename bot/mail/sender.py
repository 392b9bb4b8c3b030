"""Delivery → mail → SMTP server → receipt: answers to customers who wrote by mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol

import structlog

from bot.cases.queries import Letter
from bot.clock import Clock
from bot.mail.composer import File, compose
from bot.mail.identity import identity_of
from bot.mail.oauth import Tokens
from bot.mail.submission import PutOff, Submission, SubmissionTrouble
from bot.outbox.models import Delivery
from bot.outbox.pacing import backoff
from bot.outbox.sending import Away, Later, Parcel, Posted, Refused, Unsure
from bot.settings import Settings

log = structlog.get_logger(__name__)

# While the server is away: 5 seconds, 10, 20, up to 5 minutes.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
# A mail that was put off waits half as long again as it has waited already.
SHORTEST_PUT_OFF_SECONDS, LONGEST_PUT_OFF_SECONDS = 10.0, 900.0
FILE_SECONDS = 30.0
# By then the team should know rather than hope.
GIVE_UP_AFTER = timedelta(hours=24)
# A server that never says whether it took a mail may have taken each of them.
MOST_UNSURE_TRIES = 3
REMEMBERED = 1_000


class Letters(Protocol):
    """Who knows what an answer needs to become a mail."""

    def letter(self, message_id: int) -> Letter:
        """Return an answer with its case, the message it answers, and its files; LookupError if there is none."""
        ...


class MailSender:
    """Sends answers by mail. The same answer sent twice bears the same Message-ID: it is one mail to its reader.

    `read` returns the bytes of a file by where it is `held`; LookupError says why it can't be had for good, anything
    else that it may be there later.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        letters: Letters,
        read: Callable[[str], bytes],
        tokens: Tokens | None = None,
    ) -> None:
        self._is_enabled = settings.smtp_enabled
        self._identity = identity_of(settings)
        self._submission = Submission(settings, self._identity, tokens)
        self._clock = clock
        self._letters = letters
        self._read = read
        self._accepted: dict[str, Posted] = {}
        self._failures = 0
        self._problem = ""

    @property
    def problem(self) -> str:
        """What is wrong with the SMTP server, in words, or an empty text while nothing is known to be."""
        return self._problem

    def send(self, parcel: Parcel) -> Posted:
        """Compose the answer and hand it to the SMTP server; the receipt bears its Message-ID.

        Raises Later, Refused or Unsure.
        """
        if not self._is_enabled:
            raise Refused("no mail can leave: SMTP_SERVER is not set")
        # What the server took and the database could not note is noted at the next try, not sent again.
        accepted = self._accepted.get(parcel.delivery.delivery_id)
        return accepted or self._remembered(parcel.delivery, self._sent(parcel))

    def _remembered(self, delivery: Delivery, posted: Posted) -> Posted:
        self._accepted[delivery.delivery_id] = posted
        while len(self._accepted) > REMEMBERED:
            del self._accepted[next(iter(self._accepted))]
        return posted

    def _sent(self, parcel: Parcel) -> Posted:
        letter = self._letters.letter(int(parcel.delivery.subject))
        customer = letter.case.customer_identifier
        if "@" not in customer:
            raise Refused("the customer has no mail address")
        try:
            raw = compose(letter, tuple(self._files(letter)), self._identity)
        except ValueError as error:
            raise Refused(f"the answer can't become a mail: {error}") from error
        parcel.confirm()
        self._submit(parcel.delivery, customer, raw)
        log.info("answer sent by mail", case=letter.case.case_id, bytes=len(raw), files=len(letter.attachments))
        return Posted(f"email:{customer}", self._identity.message_id(letter.token))

    def _files(self, letter: Letter) -> Iterator[File]:
        for attached in letter.attachments:
            try:
                yield File(attached.name, attached.content_type, self._read(attached.held))
            except LookupError as gone:
                raise Refused(f"not sent, for its file {attached.name} can't be had: {gone}") from gone
            except (Away, Unsure) as error:
                # Neither is about the mail: nothing has left yet, and only this answer must wait.
                raise Later(FILE_SECONDS, f"its file {attached.name} can't be read now: {error}") from error

    def _submit(self, delivery: Delivery, customer: str, raw: bytes) -> None:
        try:
            self._submission.submit(customer, raw)
        except SubmissionTrouble as trouble:
            self._problem = str(trouble)
            seconds = min(FIRST_PAUSE_SECONDS * backoff(self._failures, LONGEST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
            self._failures += 1
            raise Later(seconds, str(trouble), whole_place=True) from trouble
        except PutOff as put_off:
            self._recovered()
            raise self._waiting_longer(delivery, put_off) from put_off
        except Unsure as unsure:
            if delivery.attempts + 1 < MOST_UNSURE_TRIES:
                raise
            raise Refused(f"nobody knows whether the customer got it: {unsure}") from unsure
        except Refused:
            self._recovered()
            raise
        self._recovered()

    def _recovered(self) -> None:
        self._failures, self._problem = 0, ""

    def _waiting_longer(self, delivery: Delivery, put_off: PutOff) -> Exception:
        waited = self._clock.now() - delivery.created_at
        if waited > GIVE_UP_AFTER:
            return Refused(f"{put_off}, for 24 hours now")
        seconds = min(max(waited.total_seconds() / 2, SHORTEST_PUT_OFF_SECONDS), LONGEST_PUT_OFF_SECONDS)
        return Later(seconds, str(put_off))
