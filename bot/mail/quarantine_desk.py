"""The buttons of a notice about a mail that was set aside: who may press them, and what they answer."""

from __future__ import annotations

from bot.cases.errors import ONLY_ADMINS, CaseError, NotAllowed
from bot.cases.inbound import Author
from bot.mail.ledger import EntryKey, Settled
from bot.mail.models import LedgerState
from bot.mail.quarantine import NotQuarantined, Quarantine
from bot.mail.quarantine_notices import outcome_of
from bot.mail.trouble import MailboxTrouble


class MailboxAway(CaseError):
    """The mailbox can't be asked for the mail now."""


class QuarantineDesk:
    """Retry and Open as case, for admins. A verb that is done twice is done once; the second answer says so.

    `key` is the notice's. Both may take as long as the mail server does, and refuse with a CaseError.
    """

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine

    def retry(self, key: str, by: Author) -> str:
        """Read a mail again with today's parser; returns what to tell the person."""
        mail = _named(key, by)
        try:
            ended = self._quarantine.retry(mail, by)
        except MailboxTrouble as trouble:
            raise MailboxAway(f"The mailbox can't be read now, so nothing was changed: {trouble.reason}.") from trouble
        return _told(ended)

    def open_as_case(self, key: str, by: Author) -> str:
        """Take a mail in as its sender's words, with what can be salvaged; returns what to tell the person."""
        return _told(self._quarantine.open_as_case(_named(key, by), by))


def _named(key: str, by: Author) -> EntryKey:
    if not by.is_admin:
        raise NotAllowed(ONLY_ADMINS)
    try:
        return EntryKey.read(key)
    except ValueError as error:
        raise NotQuarantined(str(error)) from error


def _told(ended: Settled) -> str:
    if ended.state is LedgerState.QUARANTINED:
        return f"This mail still can't be taken in: {ended.reason}. You can open it as a case as it is."
    return f"Done: {outcome_of(ended)}."
