"""Files into Slack: read where they are held, uploaded in Slack's three steps, shared in one thread."""

from __future__ import annotations

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError
from slack_sdk.web import SlackResponse

from bot.cases.files import FILE_LIMIT, Read, too_large
from bot.cases.models import Attachment
from bot.cases.queries import CaseQueries
from bot.outbox.models import Delivery
from bot.outbox.sending import Away, Later, Posted, Refused, Unsure
from bot.slack.addresses import Address
from bot.slack.calls import Mendable, calling
from bot.slack.lookback import Lookback

NAME_LIMIT = 200
# After so many tries, some four minutes, the team should know rather than hope.
MOST_TRIES = 8

_WHY = {
    "missing_scope": "the Slack app lacks the scope files:write",
    "file_uploads_disabled": "this workspace allows no uploads",
    "storage_limit_reached": "the workspace's storage is full",
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is not in the channel",
    "channel_not_found": "the bot can't see the channel",
}


class Unposted(Exception):
    """This file will not be posted; its text says why, for people."""


class Uploads:
    """Posts the files of messages, each once, as far as Slack lets us know."""

    def __init__(
        self, web: WebClient, queries: CaseQueries, lookback: Lookback, read: Read, largest: int = FILE_LIMIT
    ) -> None:
        self._web = web
        self._queries = queries
        self._lookback = lookback
        self._read = read
        self._largest = largest

    def post(self, delivery: Delivery, attachment: Attachment, address: Address) -> Posted:
        """Share the file there; the receipt bears its id. Raises Unposted, Later, Away or Unsure."""
        self._check_size(attachment.size)
        content = self._content(delivery, attachment)
        self._check_size(len(content))
        name = _name(attachment)
        if delivery.unsure:
            earlier = calling(lambda: self._lookback.file(delivery, address, name, len(content), self._is_known))
            if earlier is not None:
                return Posted(address.channel, earlier)
        return Posted(address.channel, self._share(delivery, name, content, address))

    def _check_size(self, size: int) -> None:
        if why := too_large(size, self._largest):
            raise Unposted(why)

    def _content(self, delivery: Delivery, attachment: Attachment) -> bytes:
        try:
            content = self._read(attachment.held)
        except LookupError as gone:
            raise Unposted(str(gone)) from gone
        except (Later, Away):
            raise
        except Exception as fault:
            if delivery.attempts < MOST_TRIES:
                raise
            raise Unposted(f"it can't be read: {fault}") from fault
        if not content:
            raise Unposted("it is empty")
        return content

    def _share(self, delivery: Delivery, name: str, content: bytes, address: Address) -> str:
        try:
            answer = calling(lambda: self._upload(name, content, address))
        except Mendable as mendable:
            raise Unposted(_WHY.get(mendable.reason, str(mendable))) from mendable
        except Later as later:
            # The limit is the method's, not the channel's: words may go on.
            raise Later(later.seconds, str(later)) from later
        except Refused as refused:
            raise Unposted(f"Slack says {refused}") from refused
        except Unsure as unsure:
            if str(unsure) not in _WHY and delivery.attempts < MOST_TRIES:
                raise
            raise Unposted(_WHY.get(str(unsure), f"Slack says {unsure}")) from unsure
        return str(answer["files"][0]["id"])

    def _upload(self, name: str, content: bytes, address: Address) -> SlackResponse:
        try:
            return self._web.files_upload_v2(
                filename=name, title=name, content=content, channel=address.channel, thread_ts=address.thread
            )
        except SlackRequestError as error:
            # The second step's answer; nothing is shared before the third.
            raise OSError("Slack did not take the file's content") from error

    def _is_known(self, file_id: str) -> bool:
        return self._queries.is_posted_file(file_id)


def _name(attachment: Attachment) -> str:
    return attachment.name.strip()[-NAME_LIMIT:] or "unnamed"
