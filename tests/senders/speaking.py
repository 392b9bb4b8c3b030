"""A Slack sender put together by hand, with parts of its own where a test wants them."""

from slack_sdk import WebClient

from bot.cases.files import Read
from bot.cases.lookups import CaseLookups
from bot.cases.rules import Rules
from bot.slack.addresses import Addresses
from bot.slack.case_links import CaseLinks
from bot.slack.drawings import Drawings
from bot.slack.files import SlackFiles
from bot.slack.identity import Identity
from bot.slack.lookback import Lookback
from bot.slack.places import Places
from bot.slack.sender import SlackSender
from bot.slack.uploads import Uploads
from tests.slack.world import SlackWorld


def sender_of(
    world: SlackWorld,
    *,
    web: WebClient | None = None,
    places: Places | None = None,
    read: Read | None = None,
    largest: int = 1_000_000,
) -> SlackSender:
    """The sender that wiring makes for this world, except for the parts given here."""
    web = web or world.slack.web
    queries = world.bot.desk.queries
    identity = Identity("xoxb-1", user_id="U0CASEBOT")
    lookback = Lookback(web, identity)
    lookups = CaseLookups(world.bot.desk.database)
    drawings = Drawings(queries, lookups, CaseLinks(lookups, identity, Rules()), lambda: "")
    uploads = Uploads(web, queries, lookback, read or SlackFiles(web).read, largest)
    addresses = Addresses(web, places or world.slack.places, queries)
    return SlackSender(web, queries, addresses, drawings, lookback, uploads)
