"""Where settings come from: the environment, the file, and what is odd about either."""

from pathlib import Path

import pytest

from bot.settings import OFF_WHEN_EMPTY, SETTING_NAMES, LogLevel, SettingsError, load_settings
from tests.settings.samples import MAILBOX, REQUIRED, settings


def test_a_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    lines = [f"{name}={text}" for name, text in REQUIRED.items()]
    lines += ["LOG_LEVEL=debug", "PORT=9000", "IMAP_FOLDER='Q#1 ${HOME}'", "SOMEBODY_ELSES=1"]
    env_file.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")

    loaded = load_settings({"PORT": "9001", "LOG_LEVEL": ""}, env_file)

    assert (loaded.port, loaded.log_level) == (9001, LogLevel.DEBUG)
    assert loaded.support_slack_channel == "#support"
    assert loaded.imap_folder == "Q#1 ${HOME}"
    assert loaded.warnings == ()


def test_a_missing_file_is_no_fault(tmp_path: Path) -> None:
    assert load_settings(REQUIRED, tmp_path / ".env") == settings()


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTING_NAMES:
        monkeypatch.setenv(name, REQUIRED.get(name, ""))
    for name in OFF_WHEN_EMPTY:
        monkeypatch.delenv(name)

    assert load_settings(env_file=None) == settings()


@pytest.mark.parametrize("content", ["SLACK_BOT_TOKEN=xoxb-caf\xe9".encode("latin-1"), None])
def test_a_file_that_cannot_be_read_is_a_fault_beside_the_others(tmp_path: Path, content: bytes | None) -> None:
    env_file = tmp_path / ".env"
    env_file.mkdir() if content is None else env_file.write_bytes(content)

    with pytest.raises(SettingsError) as refused:
        load_settings({}, env_file)

    assert str(env_file) in refused.value.faults[0]
    assert len(refused.value.faults) == 1 + len(REQUIRED)


def test_near_misses_are_warned_of_by_name_alone(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("IMAP_USERNAME=letmein\nPROT=1\nthis is no line\n", encoding="utf-8")
    environ = {"SLACK_BOT_TOEKN": "letmein", "imap_password": "letmein", "PROT": "1", "SLACK_CLI_HOME": "letmein"}

    warnings = load_settings(REQUIRED | environ, env_file).warnings

    assert warnings == (
        f"{env_file} line 3 is ignored; it should read NAME=value.",
        "IMAP_USERNAME is not a setting; did you mean IMAP_EMAIL?",
        "PROT is not a setting; did you mean PORT?",
        "SLACK_BOT_TOEKN is not a setting; did you mean SLACK_BOT_TOKEN?",
        "imap_password is not a setting; did you mean IMAP_PASSWORD?",
    )


@pytest.mark.parametrize(
    ("port", "security", "advice"),
    [
        ("SMTP_PORT=465", "SMTP_SECURITY=starttls", "SMTP_SECURITY=ssl"),
        ("SMTP_PORT=587", "SMTP_SECURITY=ssl", "SMTP_SECURITY=starttls"),
        ("IMAP_PORT=143", "IMAP_SECURITY=ssl", "IMAP_SECURITY=starttls"),
        ("IMAP_PORT=993", "IMAP_SECURITY=starttls", "IMAP_SECURITY=ssl"),
    ],
)
def test_a_port_of_the_other_kind_of_tls_is_warned_of(port: str, security: str, advice: str) -> None:
    given = dict(pair.split("=") for pair in (port, security))

    [warning] = settings(**MAILBOX, SMTP_SERVER="smtp.example.com", **given).warnings

    assert warning.endswith(f"set {advice}.")
