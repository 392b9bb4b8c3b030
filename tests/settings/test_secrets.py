"""Secrets: not in faults, not in what is printed or dumped."""

import traceback

import pytest

from bot.settings import SETTING_NAMES, Settings, SettingsError, load_settings
from tests.settings.samples import MAILBOX, settings

SECRET_NAMES = tuple(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))


def test_a_secret_in_any_variable_is_never_told() -> None:
    secret = "xoxb-hunter2\x07"

    with pytest.raises(SettingsError) as refused:
        load_settings(dict.fromkeys(SETTING_NAMES, secret), env_file=None)

    told = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    assert "hunter2" not in told
    assert len(refused.value.faults) == len(SETTING_NAMES)


def test_good_secrets_show_up_nowhere() -> None:
    secrets = {name.upper(): "hunter2" for name in SECRET_NAMES} | {
        "SLACK_BOT_TOKEN": "xoxb-hunter2",
        "SLACK_APP_TOKEN": "xapp-hunter2",
        "DATABASE_URL": "postgresql://casebot:hunter2@localhost/cases",
        "HEARTBEAT_URL": "https://health.example.com/hunter2",
        "SMTP_USERNAME": "casebot",
        "WEB_TOKEN": "hunter2-and-a-bit-more",
    }

    loaded = settings(**(MAILBOX | secrets))

    shown = (repr(loaded), str(loaded), str(loaded.model_dump()), loaded.model_dump_json(), str(loaded.warnings))
    assert "hunter2" not in "".join(shown)
    assert sum("hunter2" in value for value in loaded.secret_values) == len(SECRET_NAMES)
    assert settings().secret_values == ("xoxb-1-abc", "xapp-1-abc")
