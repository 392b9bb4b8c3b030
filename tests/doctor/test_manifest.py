"""The manifest as init and doctor use it: found, read, and put into a link."""

from urllib.parse import parse_qs, urlsplit

import yaml
from typer.testing import CliRunner

from bot.cli import app
from bot.doctor.manifest import LONGEST_LINK, manifest_text, new_app_link, wanted_scopes


def test_its_scopes_are_those_that_a_real_reader_finds() -> None:
    text = manifest_text()

    assert wanted_scopes(text) == set(yaml.safe_load(text)["oauth_config"]["scopes"]["bot"])


def test_the_link_carries_the_whole_manifest_and_no_remarks() -> None:
    text = manifest_text()
    [carried] = parse_qs(urlsplit(new_app_link(text)).query)["manifest_yaml"]

    assert yaml.safe_load(carried) == yaml.safe_load(text)
    assert "#" not in carried.replace("#1F3A5F", "")
    assert len(new_app_link(text)) < LONGEST_LINK


def test_init_prints_both_and_asks_nothing() -> None:
    said = CliRunner().invoke(app, ["init", "--manifest"], catch_exceptions=False)

    assert said.exit_code == 0
    assert said.stdout.startswith(manifest_text())
    assert new_app_link(manifest_text()) in said.stdout
