"""Words that want to be more than words. (That nothing pings is claimed of every journey.)"""

from bot.sandbox.workspace import text_of
from bot.slack.action_ids import CLOSE
from tests.journeys.promises import SAYING, interpreted
from tests.journeys.world import ALERTING, LOGGING, SUPPORT, World

EVIL = "<!channel> <!here> @channel @everyone <@U0ADA> <https://evil.test|https://bank.test> *urgent* `x` & <b>"


def everything_said(world: World) -> str:
    calls = [arguments for method in SAYING for arguments in world.workspace.called(method)]
    views = [arguments["view"] for arguments in world.workspace.called("views.publish")]
    return "\n".join(text_of(interpreted(said)) for said in [*calls, *views])


def test_a_hostile_mail_is_inert_everywhere(world: World) -> None:
    world.mail('"<!channel> Carla" <carla@example.com>', f"Re: {EVIL}", f"{EVIL}\n\n{EVIL}")
    world.mail('"<!channel> Carla" <carla@example.com>', EVIL, f"once more {EVIL}")
    card = world.sees(SUPPORT, "CASE-1")
    world.sees(ALERTING, "CASE-1")
    world.sees_in_thread(card, "once more")
    for user in ("ada", "carla"):
        world.workspace.open_home(user)
    world.until(lambda: world.workspace.home("ada") and world.workspace.home("carla"))
    world.clicks("ada", card, CLOSE)
    world.sees(LOGGING, "CASE-1")
    world.settles()

    said = everything_said(world)
    assert "evil.test" in said
    assert "<https://evil.test" not in said
    assert "<!channel" not in said
    assert "<@" not in said


def test_a_hostile_message_is_inert_everywhere(world: World) -> None:
    ts = world.workspace.say("cosmo", "#customers", "Hello")
    card = world.sees(SUPPORT, "CASE-1")
    world.workspace.say("cosmo", "#customers", EVIL, thread_ts=ts)
    world.sees_in_thread(card, "urgent")
    world.command("ada", f"close CASE-1 {EVIL}")
    world.sees_in_thread(card, "Closed by")
    world.settles()

    said = everything_said(world)
    assert "<https://evil.test" not in said
    assert "<!channel" not in said


def test_a_hostile_name_is_inert_in_the_closing_log(world: World) -> None:
    world.workspace.rename_person("ada", "<!channel> Ada")
    world.settles()
    card = world.opens("cosmo", "Hello")

    world.clicks("ada", card, CLOSE)

    world.until(lambda: world.texts(LOGGING))
    assert world.texts(LOGGING)[0].endswith("by &lt;!channel&gt; Ada")


def test_words_without_measure_still_make_a_card_and_an_alert(world: World) -> None:
    texts = ["&" * 9000, "<" * 3000, "a\n" * 4000, "```" * 800, "Zalgo \u0335" * 2000]

    for number, text in enumerate(texts, start=1):
        world.mail(f"customer{number}@example.com", "s" * 900, f"{text} urgent")
        world.sees(SUPPORT, f"CASE-{number}")
        world.sees(ALERTING, f"CASE-{number}")
