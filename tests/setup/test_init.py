"""`casebot init`: from two tokens and a mailbox to a desk that was seen to work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import select

from bot.cases.models import Case
from bot.clock import SystemClock
from bot.mail.models import LedgerEntry
from bot.sandbox import web_api
from bot.sandbox.people import BOT_USER_ID
from bot.sandbox.shapes import Call, Json, SlackError
from bot.sandbox.state import State
from bot.sandbox.workspace import text_of
from bot.settings import load_settings
from bot.setup import card, mail_steps
from bot.wiring import open_desk
from bot.wiring.mail_edge import mail_watcher
from tests.setup.wizardry import ENTER, Newcomer

MAIL = ("mailbox", "smtp", "mail")
ADA = "ada@desk.test"


@contextmanager
def somebody_clicks(newcomer: Newcomer) -> Iterator[None]:
    """While the wizard runs, Ada clicks the button of its card as soon as she sees it."""

    def click() -> None:
        slack = newcomer.desk.workspace
        seen = slack.wait_for(lambda: next(m for m in slack.messages("#support") if "Does this" in m["text"]), 20)
        slack.click("ada", "#support", seen["ts"], card.WORKS)

    thread = threading.Thread(target=click)
    thread.start()
    try:
        yield
    finally:
        thread.join(20)
        assert not thread.is_alive()


def test_a_newcomer_answers_clicks_once_and_has_a_desk(newcomer: Newcomer) -> None:
    tokens = [newcomer.variables["SLACK_BOT_TOKEN"], newcomer.variables["SLACK_APP_TOKEN"]]
    channels = [ENTER, ENTER, "#logging"]

    with somebody_clicks(newcomer):
        said = newcomer.types(ENTER, *tokens, ADA, *channels, *newcomer.mailbox_answers(), *newcomer.smtp_answers())

    assert said.exit_code == 0, said.output
    assert "https://api.slack.com/apps?new_app=1&manifest_yaml=" in said.output
    assert said.output.count("✓") == 9
    assert newcomer.kept() == {
        "bot": tokens[0],
        "app": tokens[1],
        "support": "#support",
        "admins": "U0ADA",
        "mail": newcomer.variables["IMAP_EMAIL"],
        "smtp": newcomer.variables["IMAP_EMAIL"],
    }
    [told] = [text_of(m) for m in newcomer.desk.workspace.messages("#support") if "Casebot hears" in m["text"]]
    assert "<@U0ADA> clicked" in told
    assert newcomer.runs("doctor").exit_code == 0


def test_secrets_are_neither_echoed_nor_readable_by_others(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--yes", "--admin", ADA, **newcomer.given)

    assert said.exit_code == 0, said.output
    assert newcomer.env_file.stat().st_mode & 0o777 == 0o600
    assert not [secret for secret in load_settings({}, newcomer.env_file).secret_values if secret in said.output]


def test_with_yes_nothing_is_asked_and_nobody_is_waited_for(newcomer: Newcomer) -> None:
    said = newcomer.runs(
        "init", "--yes", "--admin", f"{ADA}, U0AMOS", "--set", "ESCALATE_AFTER_HOURS=24", **newcomer.given
    )

    assert said.exit_code == 0, said.output
    assert "○ nobody is there to click" in said.output
    assert newcomer.kept()["admins"] == "U0ADA,U0AMOS"
    assert "ESCALATE_AFTER_HOURS=24\n" in newcomer.env_file.read_text(encoding="utf-8")
    assert newcomer.runs("doctor").exit_code == 0


def test_with_yes_what_is_missing_is_named_and_the_rest_is_done(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--yes", "--bot-token", newcomer.variables["SLACK_BOT_TOKEN"])

    assert said.exit_code == 1
    assert "SLACK_APP_TOKEN is not known" in said.output
    assert "Not right yet: app-token." in said.output
    assert newcomer.env_file.read_text(encoding="utf-8").count("SLACK_BOT_TOKEN=xoxb-") == 1


def test_with_yes_and_nothing_given_the_link_is_what_remains(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--yes")

    assert said.exit_code == 1
    assert "○ make it with this link" in said.output
    assert "Not right yet: bot-token, app-token." in said.output
    assert not newcomer.env_file.exists()


def test_a_wrong_answer_is_explained_and_asked_again(newcomer: Newcomer) -> None:
    bot, app = newcomer.variables["SLACK_BOT_TOKEN"], newcomer.variables["SLACK_APP_TOKEN"]

    said = newcomer.types(ENTER, app, "xoxb-of-yesterday", ENTER, bot, app, "-", "-", skipping=("card", *MAIL))

    assert said.exit_code == 0, said.output
    assert "SLACK_BOT_TOKEN holds an app-level token" in said.output
    assert "✗ Slack does not know SLACK_BOT_TOKEN (invalid_auth)" in said.output
    assert "App-level token" in said.output
    assert newcomer.env_file.read_text(encoding="utf-8").count("yesterday") == 0


def test_a_step_that_fails_can_be_left_and_the_others_go_on(newcomer: Newcomer) -> None:
    said = newcomer.types(ENTER, "xoxb-of-yesterday", "-", "xapp-1-A0B-1-c", skipping=("card", *MAIL))

    assert said.exit_code == 1
    assert said.output.count("○ SLACK_BOT_TOKEN is needed for it") == 3
    assert "Not right yet: bot-token" in said.output


def test_a_second_run_offers_todays_values_and_keeps_what_a_person_wrote(newcomer: Newcomer) -> None:
    newcomer.runs("init", "--yes", "--admin", ADA, **newcomer.given)
    first = newcomer.env_file.read_text(encoding="utf-8") + "# my note\nMY_OWN=1\n"
    newcomer.env_file.write_text(first, encoding="utf-8")

    said = newcomer.types(*[ENTER] * 17, skipping=("card",))

    assert said.exit_code == 0, said.output
    assert "the one that ends in …" in said.output
    assert "[#alerting]" in said.output
    assert newcomer.env_file.read_text(encoding="utf-8") == first


def test_an_address_that_nobody_has_is_told(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--yes", "--admin", "nobody@desk.test", **newcomer.given)

    assert said.exit_code == 1
    assert "nobody in this workspace has the address nobody@desk.test" in said.output


def test_a_channel_the_app_may_not_make_is_told_with_the_clicks(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--yes", "--support", "#helpdesk", **newcomer.given)

    assert "Not right yet: channels" in said.output
    assert "Channels → + → Create a channel → helpdesk. Then type there: /invite @casebot" in said.output


def test_a_channel_is_made_and_the_admins_invited_where_the_app_may(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(web_api.METHODS, "conversations.create", create)
    newcomer.desk.grant(sorted(newcomer.desk.workspace.grants.scopes | {"channels:manage"}))

    said = newcomer.runs("init", "--yes", "--admin", ADA, "--support", "#helpdesk", **newcomer.given)

    assert said.exit_code == 0, said.output
    assert "#helpdesk was made" in said.output
    assert set(newcomer.desk.workspace.channel("#helpdesk").members) == {BOT_USER_ID, "U0ADA"}


def test_a_private_channel_that_hides_from_the_bot_is_told(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(web_api.METHODS, "conversations.create", create)
    newcomer.desk.workspace.create_channel("secret", ["ada"], private=True, with_bot=False)

    said = newcomer.runs("init", "--yes", "--support", "#secret", **newcomer.given)

    assert "#secret is there, but the bot can't see it" in said.output


def test_the_bot_goes_into_a_public_channel_where_it_may(newcomer: Newcomer) -> None:
    slack = newcomer.desk.workspace
    slack.create_channel("helpdesk", ["ada"], with_bot=False)
    refused = newcomer.runs("init", "--yes", "--support", "#helpdesk", **newcomer.given)
    newcomer.desk.grant(sorted(slack.grants.scopes | {"channels:join"}))
    entered = newcomer.runs("init", "--yes", "--admin", ADA, "--support", "#helpdesk", **newcomer.given)

    assert "may not go there itself (missing_scope)" in refused.output
    assert entered.exit_code == 0, entered.output
    assert BOT_USER_ID in slack.channel("#helpdesk").members


def test_when_nobody_clicks_the_card_says_so_and_the_wizard_what_to_look_at(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "CLICK_SECONDS", 0.2)
    newcomer.runs("init", "--yes", "--admin", ADA, **newcomer.given)

    said = newcomer.types(*[ENTER] * 6, "-", skipping=MAIL)

    assert said.exit_code == 1, said.output
    assert "✗ no click came within 0.2 s" in said.output
    assert newcomer.desk.workspace.messages("#support")[-1]["text"].startswith("Casebot heard no click in time")


def test_what_customers_write_meanwhile_is_left_for_the_desk(newcomer: Newcomer) -> None:
    newcomer.runs("init", "--yes", "--admin", ADA, **newcomer.given)
    slack = newcomer.desk.workspace
    slack.say("carla", slack.dm("carla"), "Is anybody there?")

    with somebody_clicks(newcomer):
        said = newcomer.types(*[ENTER] * 6, skipping=MAIL)

    assert said.exit_code == 0, said.output
    unheard = [payload["event"] for payload in newcomer.desk.sandbox.link.unheard()]
    assert [event["text"] for event in unheard if event.get("user") == "U0CARLA"] == ["Is anybody there?"]


def test_a_running_casebot_is_not_robbed_of_its_clicks(newcomer: Newcomer) -> None:
    newcomer.runs("init", "--yes", "--admin", ADA, **newcomer.given)

    with newcomer.desk.running():
        said = newcomer.types(*[ENTER] * 6, skipping=MAIL)

    assert "○ a Casebot runs here and would hear the click itself" in said.output


def test_a_wrong_mail_password_is_explained_and_only_it_is_typed_again(newcomer: Newcomer) -> None:
    answers = newcomer.mailbox_answers()

    said = newcomer.types(
        *answers[:4], "wrong-wrong", ENTER, *[ENTER] * 4, answers[4],
        skipping=("app", "bot-token", "app-token", "admins", "channels", "smtp", "card", "mail"),
    )  # fmt: skip

    assert said.exit_code == 0, said.output
    assert "✗ mailbox login refused" in said.output
    assert "wrong-wrong" not in said.output
    assert f"IMAP_PASSWORD={answers[4]}" in newcomer.env_file.read_text(encoding="utf-8")


def test_a_test_mail_that_does_not_come_back_is_told(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_steps, "ARRIVAL_SECONDS", 0.0)

    said = newcomer.runs("init", "--yes", "--admin", ADA, **newcomer.given)

    assert "Not right yet: mail." in said.output
    assert "spam folder" in said.output


def test_the_test_mail_opens_no_case(newcomer: Newcomer) -> None:
    newcomer.runs("init", "--yes", "--admin", ADA, **newcomer.given)
    settings = load_settings(newcomer.variables | {"IMAP_START": "all"}, env_file=None)
    core = open_desk(settings, SystemClock())
    watcher = mail_watcher(settings, core.database, SystemClock(), core.intake, core.tell_support)

    watcher.collect()

    watcher.close()
    with core.database.readers.begin() as session:
        assert len(session.exec(select(LedgerEntry)).all()) == 1
        assert session.exec(select(Case)).all() == []
    core.database.close()


def test_a_setting_that_can_not_be_is_not_written(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--yes", "--admin", ADA, "--set", "ESCALATE_AFTER_HOURS=soon", **newcomer.given)

    assert "ESCALATE_AFTER_HOURS must be a positive number of hours" in said.output
    assert "Not right yet: --set." in said.output
    assert "soon" not in newcomer.env_file.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [("--skip", "tea"), ("--set", "IMAP_HOST=x"), ("--set", "IMAP_SERVER")])
def test_what_it_does_not_know_is_refused_at_once(newcomer: Newcomer, words: tuple[str, ...]) -> None:
    said = newcomer.runs("init", "--yes", *words)

    assert said.exit_code == 2
    assert len(said.output.strip().splitlines()) == 1
    assert not newcomer.env_file.exists()


def create(state: State, call: Call) -> Json:
    """conversations.create as Slack documents it: a public channel with its maker, or name_taken."""
    name = call.text("name")
    if any(channel.name == name for channel in state.channels.values()):
        raise SlackError("name_taken")
    return {"channel": state.add_channel(name, [BOT_USER_ID]).shape()}
