"""Everything the sandbox says has the fields and types of Slack's own answers and payloads."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.sandbox import web_api
from bot.sandbox.server import Sandbox
from tests.sandbox.never_sent import NEVER_ANSWERED, NEVER_TOLD, NEWER_THAN_THE_SHAPES
from tests.sandbox.played import listening, play
from tests.sandbox.shape import Findings, compare, envelope_of, shape_of
from tests.sandbox.wire import Json

pytestmark = pytest.mark.needs("corpus")
BACKEND = {
    "block_actions": "BlockActionPayload",
    "view_submission": "ViewSubmissionPayload",
    "view_closed": "ViewClosedPayload",
    "message_action": "MessageShortcutPayload",
    "command": "SlashCommandPayload",
}
SHAPED_LIKE = {"views.publish": "views.open", "views.push": "views.open", "views.update": "views.open"}
SHAPELESS_METHODS = {"api.test", "chat.delete", "files.delete", "reactions.add", "reactions.remove"}
SENT = {
    "backend-BlockActionPayload",
    "backend-MessageShortcutPayload",
    "backend-SlashCommandPayload",
    "backend-ViewClosedPayload",
    "backend-ViewSubmissionPayload",
    "events_api-app_home_opened",
    "events_api-app_mention",
    "events_api-file_shared",
    "events_api-member_joined_channel",
    "events_api-member_left_channel",
    "events_api-message",
    "events_api-message-channel_join",
    "events_api-message-channel_leave",
    "events_api-message-file_share",
    "events_api-message-message_changed",
    "events_api-message-message_deleted",
    "events_api-reaction_added",
    "events_api-reaction_removed",
    "events_api-subteam_created",
    "events_api-subteam_members_changed",
    "events_api-subteam_updated",
    "events_api-team_join",
    "events_api-user_change",
}
REQUIRED = {
    "answer": {"ok"},
    "messages": {"type", "user", "text", "ts"},
    "channels": {"id", "created", "is_archived"},
    "members": {"id", "name", "deleted", "profile", "is_bot"},
    "user": {"id", "name"},
    "view": {"id", "type", "blocks", "state", "hash", "callback_id", "private_metadata", "external_id"},
    "file": {"id"},
    "event": {"type"},
    "payload": {"token"},
    "actions": {"type", "action_id", "block_id", "action_ts"},
    "container": {"type"},
}
"""Fields that must be in each object of this name, whatever the occasion."""
Played = tuple[Sandbox, list[Json]]


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    with Sandbox() as sandbox:
        environment = sandbox.environment()
        client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        with listening(sandbox, client) as frames:
            play(sandbox, client, frames)
            yield sandbox, list(frames)


@pytest.fixture(scope="module")
def answers(played: Played) -> Findings:
    findings = Findings()
    for call in played[0].workspace.calls:
        shape = shape_of(f"api-{SHAPED_LIKE.get(call.method, call.method)}")
        if shape is not None:
            compare(findings, call.answer, shape, "answer")
    return findings


@pytest.fixture(scope="module")
def payloads(played: Played) -> Findings:
    findings = Findings()
    for frame in played[1]:
        if "payload" in frame and (shape := shape_of(_name(frame))) is not None:
            compare(findings, frame["payload"], shape, "payload")
    return findings


def _name(frame: Json) -> str:
    payload = frame["payload"]
    if frame["type"] == "events_api":
        event = payload["event"]
        return "-".join(["events_api", event["type"], *([event["subtype"]] if "subtype" in event else [])])
    return f"backend-{BACKEND.get(payload.get('type', 'command'), 'none')}"


def test_every_method_was_called_and_nearly_every_one_has_a_shape(played: Played) -> None:
    called = {call.method for call in played[0].workspace.calls if call.answer["ok"]}

    assert called == set(web_api.METHODS)
    assert {method for method in called if not shape_of(f"api-{SHAPED_LIKE.get(method, method)}")} == SHAPELESS_METHODS


def test_every_kind_of_payload_was_sent_and_has_a_shape(played: Played) -> None:
    names = {_name(frame) for frame in played[1] if "payload" in frame}

    assert names >= SENT
    assert {name for name in names if not shape_of(name)} == {"backend-none"}


def test_answers_and_payloads_have_slack_s_types(answers: Findings, payloads: Findings) -> None:
    assert answers.wrong == []
    assert set(payloads.wrong) == {"is_enterprise_install: string instead of boolean"}  # so do recorded commands


def test_nothing_is_said_that_slack_does_not_say(answers: Findings, payloads: Findings) -> None:
    assert dict(answers.unknown) == NEWER_THAN_THE_SHAPES["answers"]
    assert dict(payloads.unknown) == NEWER_THAN_THE_SHAPES["payloads"]


def test_what_apps_rely_on_is_always_there(answers: Findings, payloads: Findings) -> None:
    for name, required in REQUIRED.items():
        for sent in answers.sent[name] + payloads.sent[name]:
            assert required <= sent, name


def test_what_is_never_sent_is_left_out_on_purpose(answers: Findings, payloads: Findings) -> None:
    assert answers.never_sent == {name: set(fields.split()) for name, fields in NEVER_ANSWERED.items()}
    assert payloads.never_sent == {name: set(fields.split()) for name, fields in NEVER_TOLD.items()}


@pytest.mark.parametrize(
    "prefix", ["envelope-events_api-message-", "envelope-interactive-block_actions", "envelope-slash"]
)
def test_frames_are_those_of_socket_mode(played: Played, prefix: str) -> None:
    recorded = envelope_of(prefix)

    sent = [frame for frame in played[1] if frame["type"] == recorded["type"]]

    assert sent
    assert all(set(frame) == set(recorded) for frame in sent)


def test_hello_and_disconnect_are_those_of_socket_mode(played: Played) -> None:
    findings = Findings()

    compare(findings, played[1][0], envelope_of("control-hello"), "hello")

    assert (findings.wrong, dict(findings.unknown), findings.never_sent) == ([], {}, {})
