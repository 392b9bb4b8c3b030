"""What is said to one person in private, after the ack and outside any transaction."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.views.parts import Drawing
from bot.slack.views.words import escape

log = structlog.get_logger(__name__)

# He, or the bot, is no member of the channel; his DM with the bot always works.
_NOT_THERE = frozenset({"user_not_in_channel", "not_in_channel", "channel_not_found"})


class Asides:
    """A few threads for private words and look-ups that nobody's ack may wait for.

    A private word that fails is logged and gone: the asker sees that nothing happened and asks again.
    """

    def __init__(self, web: WebClient) -> None:
        self._web = web
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="aside")

    def tell(self, user: str, text: str, channel: str | None = None, thread: str | None = None) -> None:
        """Tell a person plain words that only he sees: where he is, or in his DM where there is no channel."""
        self.soon(lambda: self._whisper(user, escape(text), channel, thread))

    def show(self, user: str, drawing: Drawing, channel: str, thread: str | None = None) -> None:
        """Show a person a drawing that only he sees, where he is."""
        words = drawing.as_arguments()
        self.soon(lambda: self._web.chat_postEphemeral(channel=channel, user=user, thread_ts=thread, **words))

    def soon(self, act: Callable[[], object]) -> None:
        """Do something shortly, in another thread."""
        self._pool.submit(act).add_done_callback(_log_failure)

    def _whisper(self, user: str, text: str, channel: str | None, thread: str | None) -> None:
        if channel is not None:
            try:
                self._web.chat_postEphemeral(channel=channel, user=user, text=text, thread_ts=thread)
            except SlackApiError as error:
                if error.response.get("error") not in _NOT_THERE:
                    raise
            else:
                return
        self._web.chat_postMessage(channel=user, text=text)

    def close(self) -> None:
        """Finish what was begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _log_failure(done: Future[object]) -> None:
    if not done.cancelled() and done.exception() is not None:
        log.warning("aside failed", reason=str(done.exception())[:200])
