"""A mail that nobody could read is a notice with two buttons, and the notice tells how it ended."""

from bot.mail.models import LedgerEntry
from tests.journeys.world import SUPPORT, World, buttons

BOMB = (
    b"From: Carla <carla@example.com>\r\nSubject: Too many parts\r\nMessage-ID: <bomb@example.com>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nMy printer is on fire.\r\n"
    + b"--b\r\n\r\nx\r\n"
    * 2_000
)


def test_an_admin_opens_it_as_a_case_and_a_customer_can_not(world: World) -> None:
    world.deliver(BOMB)
    notice = world.sees(SUPPORT, "could not be taken in", "Too many parts")
    assert list(buttons(notice)) == ["Retry", "Open as case"]
    deed = str(buttons(notice)["Open as case"]["action_id"])

    world.workspace.join("cosmo", SUPPORT)
    world.clicks("cosmo", notice, deed)
    assert "Only the support team's admins" in world.told("cosmo")
    assert world.clicks("ada", notice, str(buttons(notice)["Retry"]["action_id"])).acked
    assert "still can't be taken in" in world.told("ada")
    assert world.clicks("ada", notice, deed).acked
    assert "opened as CASE-1" in world.told("ada", 1)

    world.until(lambda: "opened as CASE-1 (Ada Admin)" in world.now(notice))
    assert buttons(world.workspace.message(SUPPORT, str(notice["ts"]))) == {}
    card = world.sees(SUPPORT, "CASE-1", "My printer is on fire.")
    assert card["ts"] != notice["ts"]
    assert [(entry.state, entry.case_id) for entry in world.rows(LedgerEntry)] == [("opened", "CASE-1")]
