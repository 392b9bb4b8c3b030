"""What is accepted, in which spellings, and what it becomes."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.settings import OFF_WHEN_EMPTY, SETTING_NAMES, MailAuth, Security, SlackMode, is_loopback, load_settings
from tests.settings.samples import MAILBOX, REQUIRED, settings

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def test_the_required_ones_are_enough() -> None:
    loaded = settings()

    assert loaded.slack_bot_token.get_secret_value() == "xoxb-1-abc"
    assert loaded.support_slack_channel == "#support"
    assert loaded.alerting_slack_channel == "#alerts"
    assert loaded.logging_slack_channel == "C0LOGS"
    assert loaded.max_mail_size == 50_000_000
    assert loaded.max_attachment_size == 25_000_000
    assert loaded.alarm_after_minutes == 10
    assert loaded.warnings == ()
    assert not loaded.mail_enabled
    assert not loaded.smtp_enabled


def test_http_mode_needs_no_app_token() -> None:
    without = {name: text for name, text in REQUIRED.items() if name != "SLACK_APP_TOKEN"}

    loaded = load_settings({**without, "SLACK_MODE": "HTTP", "SLACK_SIGNING_SECRET": "letmein"}, env_file=None)

    assert loaded.slack_mode is SlackMode.HTTP
    assert loaded.slack_app_token is None


@pytest.mark.parametrize(
    "consent",
    [{"OAUTH_REFRESH_TOKEN": "letmein"}, {"OAUTH_CLIENT_SECRET": "letmein", "OAUTH_TENANT": "example.com"}],
)
def test_oauth_takes_a_refresh_token_or_client_credentials(consent: dict[str, str]) -> None:
    mailbox = {name: text for name, text in MAILBOX.items() if name != "IMAP_PASSWORD"}

    loaded = settings(**mailbox, **consent, MAIL_AUTH="oauth2", OAUTH_CLIENT_ID="app")

    assert loaded.mail_auth is MailAuth.OAUTH2


def test_lists_forgive_spaces_empty_entries_and_repetition() -> None:
    loaded = settings(
        ADMIN_SLACK_USERS=" U012AB ,, W34, U012AB ",
        ADMIN_EMAILS="Bob@Example.com , alice@example.com",
        ESCALATE_KEYWORDS="Fire, SMOKE",
        CLOSURE_PHRASES="Bye, for now.| Case closed ",
        CLOSE_REASONS="Solved, No answer",
        CUSTOMER_SLACK_CHANNELS="#shop, C0SHOP",
    )

    assert loaded.admin_slack_users == ("U012AB", "W34")
    assert loaded.admin_emails == ("bob@example.com", "alice@example.com")
    assert loaded.escalate_keywords == ("fire", "smoke")
    assert loaded.closure_phrases == ("Bye, for now.", "Case closed")
    assert loaded.close_reasons == ("Solved", "No answer")
    assert loaded.customer_slack_channels == ("#shop", "C0SHOP")


def test_a_reaction_is_switched_off_by_an_empty_value() -> None:
    loaded = settings(REACTION_OPEN="", REACTION_CLOSE=" ")

    assert (loaded.reaction_open, loaded.reaction_close) == ((), ())
    assert loaded.reaction_assign == ("eyes",)


def test_an_empty_value_is_an_unset_one() -> None:
    blank = {name: "  " for name in SETTING_NAMES if name not in {*REQUIRED, *OFF_WHEN_EMPTY}}

    assert settings(**blank) == settings()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:///cases.db", "sqlite:///cases.db"),
        ("postgresql://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
        ("postgres://u:p@h/db", "postgresql+psycopg://u:p@h/db"),
        ("postgresql+psycopg://u:p@h/db?sslmode=require", "postgresql+psycopg://u:p@h/db?sslmode=require"),
    ],
)
def test_database_addresses_are_brought_into_one_form(given: str, meant: str) -> None:
    assert settings(DATABASE_URL=given).database_url.get_secret_value() == meant


@pytest.mark.parametrize(
    ("given", "meant"), [("50MB", 50_000_000), ("50000000", 50_000_000), ("1.5 mb", 1_500_000), ("2KiB", 2048)]
)
def test_sizes_are_bytes(given: str, meant: int) -> None:
    assert settings(MAX_MAIL_SIZE=given).max_mail_size == meant


@pytest.mark.parametrize(
    ("given", "since"),
    [
        ("24h", NOW - timedelta(hours=24)),
        ("36H", NOW - timedelta(hours=36)),
        ("2d", NOW - timedelta(days=2)),
        ("now", NOW),
        ("all", None),
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_where_the_mailbox_begins(given: str, since: datetime | None) -> None:
    assert settings(IMAP_START=given).imap_start.since(NOW) == since


@pytest.mark.parametrize(
    ("given", "meant", "local"),
    [
        ("http://127.0.0.1:9000/api", "http://127.0.0.1:9000/api/", True),
        ("http://localhost:9000/api/", "http://localhost:9000/api/", True),
        ("http://[::1]:9000/api/", "http://[::1]:9000/api/", True),
        ("https://slack-gov.com/api", "https://slack-gov.com/api/", False),
    ],
)
def test_the_api_url_ends_in_a_slash_and_knows_this_machine(given: str, meant: str, *, local: bool) -> None:
    loaded = settings(SLACK_API_URL=given)

    assert loaded.slack_api_url == meant
    assert loaded.slack_api_is_local is local


def test_clear_text_is_fine_on_this_machine() -> None:
    local = {"IMAP_SERVER": "127.0.0.1", "IMAP_SECURITY": "none", "SMTP_SERVER": "::1", "SMTP_SECURITY": "none"}

    loaded = settings(**(MAILBOX | local))

    assert loaded.imap_security is loaded.smtp_security is Security.NONE
    assert loaded.mail_enabled
    assert loaded.smtp_enabled


@pytest.mark.parametrize(
    ("host", "ours"),
    [("127.8.9.1", True), ("[::1]", True), ("LOCALHOST", True), ("localhost.example.com", False), ("0.0.0.0", False)],
)
def test_this_machine_is_known_by_its_name(host: str, *, ours: bool) -> None:
    assert is_loopback(host) is ours


def test_settings_do_not_change() -> None:
    attribute = "port"

    with pytest.raises(ValueError, match="frozen"):
        setattr(settings(), attribute, 1)


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("ADMIN_SLACK_USERGROUPS", "S012AB, @desk-team", ("S012AB", "@desk-team")),
        ("ESCALATION_MENTION", "U012AB", "U012AB"),
        ("ESCALATION_MENTION", "@desk-team", "@desk-team"),
        ("IMAP_SERVER", "[2001:db8::1]", "2001:db8::1"),
        ("SMTP_FROM", "Desk <desk@example.com>", "Desk <desk@example.com>"),
        ("CORS_ORIGINS", "*, https://Desk.example.com:8443/", ("*", "https://desk.example.com:8443")),
        ("ESCALATE_AFTER_HOURS", "0.5", 0.5),
        ("EMAIL_POLL_INTERVAL", "1", 1.0),
        ("UNDO_SECONDS", "0", 0.0),
        ("DEBUG", "Yes", True),
        ("LOG_LEVEL", "debug", "DEBUG"),
    ],
)
def test_other_spellings_are_understood(name: str, text: str, meant: object) -> None:
    loaded = settings(**(MAILBOX | {name: text}))

    assert getattr(loaded, name.lower()) == meant
