"""Settings that this version reads but cannot serve yet."""

from collections.abc import Iterator

from bot.settings.choices import SlackMode
from bot.settings.model import Settings


def unavailable(settings: Settings) -> Iterator[str]:
    """Tell which choices would leave the bot deaf: it must not start with them."""
    if settings.slack_mode is SlackMode.HTTP:
        yield "SLACK_MODE=http is not available in this version yet: use socket, with SLACK_APP_TOKEN."
