"""Every environment variable, with its type, its default and its explanation."""

import unicodedata
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url

from bot.settings import addresses, choices, values
from bot.settings.imap_start import ImapStart


class Settings(BaseSettings):
    """Casebot's configuration, one attribute a variable, never changed after the start.

    It reads nothing by itself: `load_settings` gathers the variables and holds them against each other.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: addresses.DatabaseUrl = Field(
        SecretStr("sqlite:///./case_management.db"), description="Where cases are stored: SQLite or PostgreSQL."
    )

    slack_bot_token: addresses.BotToken = Field(description="The bot's token for Slack's Web API (xoxb-…).")
    slack_app_token: addresses.AppToken | None = Field(
        None, description="The app-level token that opens Socket Mode (xapp-…)."
    )
    slack_api_url: addresses.ApiUrl = Field(
        "https://slack.com/api/", description="Base of the Web API, ending in /; others: GovSlack, the sandbox."
    )
    support_slack_channel: addresses.Channel = Field(description="Where cards live: an id, or #name.")
    alerting_slack_channel: addresses.Channel = Field(description="Where escalations are told: an id, or #name.")
    logging_slack_channel: addresses.Channel = Field(description="Where closures are told: an id, or #name.")
    customer_slack_channels: addresses.Channels = Field(
        (), description="Where customers are heard besides DMs; empty: every channel the bot is in, except ours."
    )

    admin_slack_users: addresses.Members = Field((), description="Slack user ids of the team.")
    admin_slack_usergroups: addresses.UserGroups = Field(
        (), description="Slack user groups of the team: ids, or @handles."
    )
    admin_emails: addresses.Addresses = Field((), description="The team's mail addresses, lower-cased.")
    admin_email_trust: values.TrustChoice = Field(
        choices.AdminEmailTrust.VERIFIED, description="Whether an admin's mail must be authenticated or only listed."
    )
    trusted_authserv_ids: values.LowerWords = Field(
        (), description="Names in Authentication-Results to believe, besides the built-in ones."
    )

    imap_server: addresses.Host | None = Field(None, description="The mailbox's server; none: mail is off.")
    imap_port: values.Port = Field(993, description="Port of the IMAP server.")
    imap_security: values.SecurityChoice = Field(choices.Security.SSL, description="How IMAP is encrypted.")
    imap_email: str | None = Field(None, description="The mailbox's login name, mostly its address.")
    imap_password: SecretStr | None = Field(None, description="The mailbox's password or app password.")
    imap_folder: str = Field("INBOX", description="The folder that is read, or several, comma-separated.")
    imap_start: values.Start = Field(
        ImapStart.parse("24h"), description="How far back the first look into the mailbox goes."
    )

    smtp_server: addresses.Host | None = Field(None, description="Server for outgoing mail; none: no mail leaves.")
    smtp_port: values.Port = Field(587, description="Port of the SMTP server.")
    smtp_security: values.SecurityChoice = Field(choices.Security.STARTTLS, description="How SMTP is encrypted.")
    smtp_username: str | None = Field(None, description="Login name at the SMTP server; none: no login.")
    smtp_password: SecretStr | None = Field(None, description="Password at the SMTP server.")
    smtp_from: addresses.Mailbox | None = Field(None, description="The sender's address; none: IMAP_EMAIL.")

    email_poll_interval: values.Seconds = Field(30.0, description="Seconds between looks into the mailbox.")
    escalation_check_interval: values.Seconds = Field(300.0, description="Seconds between sweeps for waiting cases.")
    escalate_after_hours: values.Hours = Field(48.0, description="Hours of silence after which a case escalates.")
    escalate_followups: values.Count = Field(
        3, description="Consecutive customer messages that may stay unanswered; one more escalates."
    )
    escalate_keywords: values.LowerWords = Field(
        ("urgent", "immediately", "emergency", "critical"), description="Beginnings of words that escalate at once."
    )
    closure_phrases: values.Phrases = Field(
        ("I'm closing this case.",), description="Words of an admin that close a case, separated by |."
    )

    thread_replies: values.RepliesChoice = Field(
        choices.ThreadReplies.INTERNAL, description="Whether a case's thread is internal or goes to the customer."
    )
    undo_seconds: values.UndoSeconds = Field(5.0, description="Seconds a reply or a close can be taken back.")

    mail_auth: values.AuthChoice = Field(choices.MailAuth.PASSWORD, description="How we log in at the mail servers.")
    oauth_client_id: str | None = Field(None, description="The app's id at the mail provider.")
    oauth_client_secret: SecretStr | None = Field(None, description="The app's secret at the mail provider.")
    oauth_tenant: str | None = Field(None, description="Microsoft 365: the directory (tenant) id.")
    oauth_refresh_token: SecretStr | None = Field(None, description="The mailbox owner's lasting consent.")

    slack_mode: values.ModeChoice = Field(
        choices.SlackMode.SOCKET, description="Whether we dial out to Slack or Slack calls us."
    )
    slack_signing_secret: SecretStr | None = Field(None, description="Proves that a call to us is Slack's (http).")

    escalate_remind_minutes: values.Minutes | None = Field(
        None, description="Minutes after which an unacknowledged alert is repeated; none: never."
    )
    escalation_mention: addresses.Mention | None = Field(
        None, description="Whom a repeated alert mentions: user or user group."
    )
    ack_expires_hours: values.Hours | None = Field(
        None, description="Hours an acknowledgement lasts without an answer; none: for good."
    )
    reaction_assign: values.Emoji = Field(("eyes",), description="Emoji of an admin that assign a case to him.")
    reaction_close: values.Emoji = Field(("white_check_mark",), description="Emoji of an admin that close a case.")
    reaction_open: values.Emoji = Field(("ticket",), description="Emoji of an admin that open a case.")
    reaction_send: values.Emoji = Field(
        ("email", "envelope"), description="Emoji of an admin that send a note to the customer."
    )
    close_reasons: values.Words = Field((), description="Reasons offered at closing.")
    closing_message: str | None = Field(
        None, description="What the customer may be told at closing; none: nothing is offered."
    )
    retain_closed_days: values.Days | None = Field(
        None, description="Days after which a closed case's words are removed; none: never."
    )
    imap_processed_folder: str | None = Field(None, description="Where read mail is moved; none: it stays.")
    max_mail_size: values.Size = Field(50_000_000, description="Bytes beyond which a mail is only quarantined.")
    max_attachment_size: values.Size = Field(25_000_000, description="Bytes beyond which a file is not posted.")

    alarm_after_minutes: values.Minutes = Field(10.0, description="Minutes of silence before the second path speaks.")
    alarm_emails: addresses.Addresses = Field((), description="Who is mailed when Slack, mailbox or clock is silent.")
    heartbeat_url: addresses.Heartbeat | None = Field(None, description="Fetched while all is well.")
    log_file: Path | None = Field(None, description="Also log to this file, rotated; none: off.")
    otel_exporter_otlp_endpoint: addresses.Endpoint | None = Field(
        None, description="Collector for OpenTelemetry traces (OTLP over HTTP); none: off."
    )
    otel_exporter_otlp_headers: SecretStr | None = Field(
        None, description="What the collector wants besides, e.g. its key: name=value, comma-separated."
    )
    cors_origins: addresses.Origins = Field((), description="Web origins that may call us, only with DEBUG.")

    host: addresses.Host = Field("127.0.0.1", description="Address our web server listens on.")
    port: values.Port = Field(8000, description="Port our web server listens on.")
    web_token: values.WebToken | None = Field(
        None, description="Shows /metrics, /cases and /health's reasons to who sends it; none: to this machine alone."
    )
    debug: values.Switch = Field(default=False, description="Whether /cases is served.")
    log_level: values.LevelChoice = Field(choices.LogLevel.INFO, description="Level of our own log lines.")
    log_format: values.FormatChoice = Field(choices.LogFormat.CONSOLE, description="For people, or JSON.")

    warnings: tuple[str, ...] = Field((), description="What is odd but stops nothing; no variable sets it.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is handed in and nothing else, so that no machine's environment leaks into a test."""
        return (init_settings,)

    @field_validator("*", mode="before")
    @classmethod
    def _tidy(cls, value: object, field: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        if any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in value.strip()):
            raise ValueError("contains a line break or another control character")
        if field.field_name not in {"slack_bot_token", "slack_app_token"} and addresses.holds_slack_token(value):
            raise ValueError("holds a Slack token, which belongs in SLACK_BOT_TOKEN or SLACK_APP_TOKEN")
        return value.strip()

    @property
    def calls_come_in(self) -> bool:
        """Whether Slack calls us (http); else we dial out (socket)."""
        return self.slack_mode is choices.SlackMode.HTTP

    @property
    def mail_enabled(self) -> bool:
        """Whether a mailbox is read."""
        return self.imap_server is not None

    @property
    def imap_folders(self) -> tuple[str, ...]:
        """The folders that are read, the first of which is heard at once."""
        return tuple(dict.fromkeys(name for part in self.imap_folder.split(",") if (name := part.strip())))

    @property
    def smtp_enabled(self) -> bool:
        """Whether mail can leave."""
        return self.smtp_server is not None

    @property
    def escalate_after(self) -> timedelta:
        """How long a case may stay unmoved."""
        return timedelta(hours=self.escalate_after_hours)

    @property
    def remind_after(self) -> timedelta | None:
        """After how long an unacknowledged alert is repeated; None: never."""
        return timedelta(minutes=self.escalate_remind_minutes) if self.escalate_remind_minutes else None

    @property
    def ack_expires(self) -> timedelta | None:
        """How long an acknowledgement lasts without an answer; None: for good."""
        return timedelta(hours=self.ack_expires_hours) if self.ack_expires_hours else None

    @property
    def slack_api_is_local(self) -> bool:
        """Whether SLACK_API_URL is on this machine: then plain http and ws are spoken and no proxy is used."""
        return addresses.is_loopback(urlsplit(self.slack_api_url).hostname or "")

    @property
    def secret_values(self) -> tuple[str, ...]:
        """All secrets in the clear, for the log to blot out (of DATABASE_URL its password); never to be printed."""
        fields = dict(self)
        database = make_url(fields.pop("database_url").get_secret_value())
        held = (value.get_secret_value() for value in fields.values() if isinstance(value, SecretStr))
        return tuple(value for value in (*held, database.password) if value)


SETTING_NAMES = tuple(name.upper() for name in Settings.model_fields if name != "warnings")
OFF_WHEN_EMPTY = frozenset(name for name in SETTING_NAMES if name.startswith("REACTION_"))
"""Those that are switched off by an empty value, which leaves every other one at its default."""
