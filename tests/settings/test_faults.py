"""What is refused, and how it is told: everything at once, by name, never quoted."""

import pytest

from bot.settings import SettingsError, load_settings
from tests.settings.samples import MAILBOX, REQUIRED, settings


def test_with_nothing_set_everything_missing_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({}, env_file=None)

    assert [fault.split()[0] for fault in refused.value.faults] == list(REQUIRED)
    assert (
        "SLACK_BOT_TOKEN is missing. It starts with xoxb-; find it under your app → OAuth & Permissions → "
        "Bot User OAuth Token."
    ) in str(refused.value)


def test_faults_of_every_kind_come_in_one_list_in_the_order_of_the_example() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(
            {
                "SLACK_BOT_TOKEN": "xapp-1-abc",
                "SUPPORT_SLACK_CHANNEL": "#support",
                "CUSTOMER_SLACK_CHANNELS": "#shop, Support",
                "ADMIN_SLACK_USERS": "U012AB, bob, alice",
                "IMAP_SERVER": "imap.example.com",
                "IMAP_PORT": "70000",
                "SMTP_SERVER": "smtp.example.com",
                "ESCALATE_AFTER_HOURS": "soon",
                "IMAP_PASWORD": "letmein",
                "LOG_LEVEL": "LOUD",
            },
            env_file=None,
        )

    assert [fault.split()[0] for fault in refused.value.faults] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "ALERTING_SLACK_CHANNEL",
        "LOGGING_SLACK_CHANNEL",
        "CUSTOMER_SLACK_CHANNELS",
        "ADMIN_SLACK_USERS",
        "IMAP_PORT",
        "IMAP_EMAIL",
        "IMAP_PASSWORD",
        "SMTP_FROM",
        "ESCALATE_AFTER_HOURS",
        "LOG_LEVEL",
    ]
    text = str(refused.value)
    assert "12 things need your attention" in text
    assert "entry 2 is not a Slack user id, which starts with U or W; entry 3" in text
    assert "ESCALATE_AFTER_HOURS must be a positive number of hours, e.g. 48." in text
    assert "did you mean IMAP_PASSWORD?" in text


def test_swapped_tokens_are_called_swapped_and_nothing_else() -> None:
    with pytest.raises(SettingsError) as refused:
        settings(SLACK_BOT_TOKEN="xapp-1-abc", SLACK_APP_TOKEN="xoxb-1-abc")

    [fault] = refused.value.faults
    assert fault.startswith("SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1-abc", "holds a user token"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abc", "switch token rotation off"),
        ("SLACK_BOT_TOKEN", "xoxb-", "is not a bot token"),
        ("SLACK_BOT_TOKEN", "xoxb-1\n2", "control character"),
        ("SLACK_APP_TOKEN", "xoxb-1-abc", "belongs in SLACK_BOT_TOKEN"),
        ("SLACK_APP_TOKEN", "abc", "is not an app-level token"),
        ("SUPPORT_SLACK_CHANNEL", "our support", "is not a channel"),
        ("SUPPORT_SLACK_CHANNEL", "xoxb-1-abc", "holds a Slack token"),
        ("ADMIN_SLACK_USERS", "bob", "Copy member ID"),
        ("ADMIN_SLACK_USERGROUPS", "team", "@handle"),
        ("ADMIN_EMAILS", "bob@example.com, bob", "entry 2 is not a mail address"),
        ("ADMIN_EMAIL_TRUST", "blind", "must be one of verified, listed"),
        ("DATABASE_URL", "mysql://u:p@h/db", "must start with sqlite:///"),
        ("DATABASE_URL", "postgresql+psycopg2://u:p@h/db", "other databases and drivers"),
        ("DATABASE_URL", "postgresql://u:p@h:port/db", "is not a database address"),
        ("DATABASE_URL", "cases.db", "must start with sqlite:///"),
        ("SLACK_API_URL", "http://slack.com/api/", "must start with https://"),
        ("SLACK_API_URL", "https://u:p@slack.com/api/", "without user"),
        ("SLACK_API_URL", "slack.com/api", "web address"),
        ("SLACK_API_URL", "https://slack.com:99999/", "web address"),
        ("IMAP_PORT", "0", "a port from 1 to 65535"),
        ("IMAP_PORT", "143.5", "a port from 1 to 65535"),
        ("HOST", "http://localhost", "must be a host name"),
        ("SMTP_FROM", "Bob the builder", "must be a mail address"),
        ("EMAIL_POLL_INTERVAL", "0.5", "1 or more"),
        ("ESCALATE_AFTER_HOURS", "0", "must be a positive number"),
        ("ESCALATE_AFTER_HOURS", "-1", "must be a positive number"),
        ("ESCALATE_AFTER_HOURS", "nan", "must be a positive number"),
        ("ESCALATE_AFTER_HOURS", "inf", "must be a positive number"),
        ("ESCALATE_AFTER_HOURS", "999999999999", "must be a positive number"),
        ("ESCALATE_AFTER_HOURS", "٤٨", "must be a positive number"),
        ("ESCALATE_FOLLOWUPS", "3.5", "whole number"),
        ("ESCALATE_KEYWORDS", " , ,", "nothing but separators"),
        ("UNDO_SECONDS", "61", "from 0 to 60"),
        ("MAX_MAIL_SIZE", "huge", "e.g. 50MB"),
        ("MAX_MAIL_SIZE", "0", "between 1 byte and 2GB"),
        ("MAX_MAIL_SIZE", "5.5.5MB", "e.g. 50MB"),
        ("MAX_ATTACHMENT_SIZE", "3GB", "between 1 byte and 2GB"),
        ("IMAP_START", "yesterday", "24h"),
        ("IMAP_START", "2026-02-30", "2026-01-31"),
        ("IMAP_START", "999999d", "a hundred years"),
        ("ESCALATION_MENTION", "everybody", "@handle"),
        ("HEARTBEAT_URL", "ftp://example.com", "web address"),
        ("CORS_ORIGINS", "https://a.example/path", "must be an origin"),
        ("WEB_TOKEN", "tooshort", "16 characters or more"),
        ("WEB_TOKEN", "sixteen letters and spaces", "16 characters or more"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "web address"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://key@collector.example", "OTEL_EXPORTER_OTLP_HEADERS"),
        ("DEBUG", "maybe", "must be true or false"),
        ("LOG_FORMAT", "xml", "must be one of console, json"),
    ],
)
def test_a_wrong_value_is_told_with_its_name_and_never_quoted(name: str, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**{name: text})

    [fault] = refused.value.faults
    assert fault.startswith(name)
    assert said in fault
    assert len(text) < 6 or text not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"IMAP_SERVER": "imap.example.com"}, ["IMAP_EMAIL is missing", "IMAP_PASSWORD is missing"]),
        ({**MAILBOX, "MAIL_AUTH": "oauth2"}, ["OAUTH_CLIENT_ID is missing", "OAUTH_REFRESH_TOKEN is missing"]),
        (
            {**MAILBOX, "MAIL_AUTH": "oauth2", "OAUTH_CLIENT_ID": "app", "OAUTH_CLIENT_SECRET": "letmein"},
            ["OAUTH_TENANT is missing"],
        ),
        ({**MAILBOX, "IMAP_SECURITY": "none"}, ["IMAP_SECURITY must be ssl or starttls"]),
        (
            {**MAILBOX, "IMAP_FOLDER": "INBOX, Done", "IMAP_PROCESSED_FOLDER": "Done"},
            ["IMAP_PROCESSED_FOLDER must be another folder than those of IMAP_FOLDER"],
        ),
        ({**MAILBOX, "IMAP_FOLDER": " , "}, ["IMAP_FOLDER names no folder"]),
        ({"SMTP_SERVER": "smtp.example.com"}, ["SMTP_FROM is missing"]),
        ({**MAILBOX, "IMAP_EMAIL": "support", "SMTP_SERVER": "localhost"}, ["SMTP_FROM is missing"]),
        (
            {**MAILBOX, "SMTP_SERVER": "10.0.0.1", "SMTP_SECURITY": "none"},
            ["SMTP_SECURITY must be ssl or starttls"],
        ),
        ({**MAILBOX, "SMTP_SERVER": "localhost", "SMTP_USERNAME": "u"}, ["SMTP_PASSWORD is missing"]),
        ({**MAILBOX, "SMTP_SERVER": "localhost", "SMTP_PASSWORD": "letmein"}, ["SMTP_USERNAME is missing"]),
        ({"SLACK_MODE": "http"}, ["SLACK_SIGNING_SECRET is missing"]),
        ({"ALARM_EMAILS": "ops@example.com"}, ["SMTP_SERVER is missing"]),
        (
            {"CUSTOMER_SLACK_CHANNELS": "alerts,C0LOGS"},
            ["the channel of ALERTING_SLACK_CHANNEL", "the channel of LOGGING_SLACK_CHANNEL"],
        ),
    ],
)
def test_settings_are_held_against_each_other(given: dict[str, str], said: list[str]) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**given)

    assert len(refused.value.faults) == len(said)
    for fault, words in zip(refused.value.faults, said, strict=True):
        assert words in fault


def test_a_refused_choice_is_not_held_against_what_depends_on_it() -> None:
    with pytest.raises(SettingsError) as refused:
        settings(IMAP_SERVER="imap.example.com", IMAP_EMAIL="s@example.com", MAIL_AUTH="magic", SLACK_MODE="pigeon")

    assert [fault.split()[0] for fault in refused.value.faults] == ["MAIL_AUTH", "SLACK_MODE"]
