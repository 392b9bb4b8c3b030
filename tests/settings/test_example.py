"""`.env.example` and the explanations agree with the settings."""

import re
from pathlib import Path

from bot.settings import SETTING_NAMES, Settings, load_settings
from tests.settings.samples import REQUIRED, settings

ENV_EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_every_setting_is_explained() -> None:
    unexplained = [name for name, field in Settings.model_fields.items() if not field.description]

    assert unexplained == []


def test_the_example_file_names_every_setting_with_its_default() -> None:
    text = ENV_EXAMPLE.read_text(encoding="utf-8")

    assert re.findall(r"^([A-Z_]+)=", text, re.MULTILINE) == list(SETTING_NAMES)
    assert load_settings(REQUIRED, ENV_EXAMPLE) == settings()


def test_the_example_file_writes_out_what_is_the_default() -> None:
    """An empty default is empty there, and any other is written out."""
    text = ENV_EXAMPLE.read_text(encoding="utf-8")
    written = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))

    for name, field in Settings.model_fields.items():
        if name != "warnings":
            has_default = not field.is_required() and field.default not in (None, ())
            assert bool(written[name.upper()]) is has_default, name
