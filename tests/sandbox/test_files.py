"""Files go in and out as in Slack: attached by people, uploaded by the bot in three steps, read with its token."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from tests.sandbox.wire import Wire
from tests.services.http import http

PICTURE = b"\x89PNG\r\n\x1a\n not really"


def refused(client: WebClient, method: str, **arguments: object) -> str:
    with pytest.raises(SlackApiError) as refusal:
        client.api_call(method, params=arguments)
    return str(refusal.value.response["error"])


def test_a_customer_s_attachment_is_told_and_can_be_fetched(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.say("carla", "#customers", "look", files=[("broken.png", PICTURE), ("notes.txt", b"1\n2")])

    event, first, second = (wire.hear()["payload"]["event"] for _ in range(3))
    token = {"Authorization": f"Bearer {sandbox.workspace.bot_token}"}
    fetched = [http.get(file["url_private"], headers=token) for file in event["files"]]

    assert (event["subtype"], event["text"], event["upload"]) == ("file_share", "look", True)
    assert [(file["name"], file["mimetype"], file["size"]) for file in event["files"]] == [
        ("broken.png", "image/png", len(PICTURE)),
        ("notes.txt", "text/plain", 3),
    ]
    assert [answer.content for answer in fetched] == [PICTURE, b"1\n2"]
    assert [told["file_id"] for told in (first, second)] == [file["id"] for file in event["files"]]


def test_a_message_may_be_nothing_but_a_file(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.say("carla", "@casebot", "", files=[("invoice.pdf", b"%PDF")])

    event = wire.hear()["payload"]["event"]

    assert (event["text"], "blocks" in event, event["files"][0]["filetype"]) == ("", False, "pdf")


def test_without_the_token_a_download_leads_to_a_page_for_people(sandbox: Sandbox) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "look", files=[("a.png", PICTURE)])
    address = sandbox.workspace.message("#customers", ts)["files"][0]["url_private_download"]

    answers = [http.get(address, headers=headers) for headers in ({}, {"Authorization": "Bearer xoxb-wrong"})]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert all(PICTURE not in answer.content for answer in answers)


def test_the_bot_reads_no_file_of_a_place_it_is_not_in(sandbox: Sandbox) -> None:
    sandbox.workspace.create_channel("secret", ["ada"], private=True, with_bot=False)
    ts = sandbox.workspace.say("ada", "#secret", "plans", files=[("plan.txt", b"x")])
    address = sandbox.workspace.message("#secret", ts)["files"][0]["url_private"]

    answer = http.get(address, headers={"Authorization": f"Bearer {sandbox.workspace.bot_token}"})

    assert answer.status_code == 404


def test_the_sdk_s_upload_posts_the_file_in_its_thread(sandbox: Sandbox, client: WebClient) -> None:
    parent = sandbox.workspace.say("ada", "#support", "report, please")

    answer = client.files_upload_v2(
        channel="C0SUPPORT", thread_ts=parent, filename="report.csv", content="a,b\n1,2", initial_comment="Here it is"
    )

    _, reply = sandbox.workspace.thread("#support", parent)
    token = {"Authorization": f"Bearer {sandbox.workspace.bot_token}"}
    assert (reply["text"], reply["files"][0]["id"]) == ("Here it is", answer["file"]["id"])
    assert http.get(reply["files"][0]["url_private"], headers=token).text == "a,b\n1,2"
    described = client.files_info(file=answer["file"]["id"])["file"]
    assert described["shares"]["public"] == {"C0SUPPORT": [{"ts": reply["ts"]}]}


def test_an_upload_may_come_as_a_form_and_its_address_works_once(sandbox: Sandbox, client: WebClient) -> None:
    begun = client.files_getUploadURLExternal(filename="x.bin", length=3)

    first = http.post(str(begun["upload_url"]), files={"filename": ("x.bin", b"abc")})
    again = http.post(str(begun["upload_url"]), content=b"abc")

    assert (first.status_code, first.text, again.status_code) == (200, "OK - 3", 404)
    assert sandbox.workspace.files.stored == {}
    client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "X"}])
    assert sandbox.workspace.files.stored[begun["file_id"]].content == b"abc"


def test_uploads_are_refused_as_slack_refuses_them(sandbox: Sandbox, client: WebClient) -> None:
    begun = client.files_getUploadURLExternal(filename="late.txt", length=3)
    elsewhere = sandbox.workspace.create_channel("elsewhere", with_bot=False)
    files = f'[{{"id": "{begun["file_id"]}"}}]'

    assert refused(client, "files.getUploadURLExternal", filename="x") == "missing_argument"
    assert refused(client, "files.completeUploadExternal") == "invalid_arguments"
    assert refused(client, "files.completeUploadExternal", files='[{"id": "F1"}]') == "file_not_found"
    assert refused(client, "files.completeUploadExternal", files=files) == "file_not_found"  # its content never came
    assert refused(client, "files.completeUploadExternal", files=files, channel_id=elsewhere) == "not_in_channel"
    assert refused(client, "files.info", file="F1") == "file_not_found"


def test_only_its_own_files_does_the_bot_delete(sandbox: Sandbox, client: WebClient) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "mine", files=[("a.png", PICTURE)])
    theirs = sandbox.workspace.message("#customers", ts)["files"][0]["id"]
    own = client.files_upload_v2(channel="C0SUPPORT", filename="b.txt", content="x")["file"]["id"]

    client.files_delete(file=own)

    assert refused(client, "files.delete", file=theirs) == "cant_delete_file"
    assert sandbox.workspace.messages("#support")[-1]["files"] == [{"id": own, "mode": "tombstone"}]
