"""Every environment variable, validated, with its explanation; all faults told at once."""

from bot.settings.addresses import SLACK_PATH, is_loopback
from bot.settings.choices import (
    AdminEmailTrust,
    LogFormat,
    LogLevel,
    MailAuth,
    Security,
    SlackMode,
    ThreadReplies,
)
from bot.settings.imap_start import ImapStart
from bot.settings.loading import SettingsError, Sketch, load_settings, sketch_settings
from bot.settings.model import OFF_WHEN_EMPTY, SETTING_NAMES, Settings

__all__ = [
    "OFF_WHEN_EMPTY",
    "SETTING_NAMES",
    "SLACK_PATH",
    "AdminEmailTrust",
    "ImapStart",
    "LogFormat",
    "LogLevel",
    "MailAuth",
    "Security",
    "Settings",
    "SettingsError",
    "Sketch",
    "SlackMode",
    "ThreadReplies",
    "is_loopback",
    "load_settings",
    "sketch_settings",
]
