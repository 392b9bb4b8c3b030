"""Everything that speaks Slack, wired to the core."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from pydantic import SecretStr
from slack_bolt import App
from slack_sdk import WebClient

from bot.cases.announcements import FOLDABLE, MAIL, Kind
from bot.cases.files import Shelves
from bot.cases.lookups import CaseLookups
from bot.cases.questions import Questions
from bot.cases.refusals import Refusals
from bot.outbox.beats import Beat
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from bot.settings import Settings
from bot.slack.addresses import Addresses
from bot.slack.app import Services, build_app
from bot.slack.asides import Asides
from bot.slack.case_links import CaseLinks
from bot.slack.catchup import CatchUp
from bot.slack.clippings import Clippings
from bot.slack.connection import SlackConnection
from bot.slack.departures import Departures
from bot.slack.directory import Directory
from bot.slack.door import Door
from bot.slack.drawings import Drawings
from bot.slack.echo import Echo
from bot.slack.forms import Forms
from bot.slack.hearing import Hearing
from bot.slack.history import History
from bot.slack.homes import Homes
from bot.slack.identity import Identity
from bot.slack.lookback import Lookback
from bot.slack.mention import Mention
from bot.slack.orders import OrderDesk
from bot.slack.places import Places
from bot.slack.quarantine import Quarantine
from bot.slack.sender import SlackSender
from bot.slack.signs import signs_of
from bot.slack.sockets import Sockets
from bot.slack.transport import web_client
from bot.slack.uploads import Uploads
from bot.wiring.desk import Desk, rules_of

# What may take its time is carried by postmen of its own.
LETTERS = Beat(place=MAIL)
FILES = Beat(kind=Kind.FILE)


@dataclass(frozen=True, slots=True)
class SlackEdge:
    """Everything that speaks Slack; the `porter` carries files, the `postman` all the rest.

    Behind the `door` stands whoever is to answer Slack's calls; there is none where we dial out.
    """

    app: App
    web: WebClient
    identity: Identity
    services: Services
    directory: Directory
    places: Places
    asides: Asides
    hearing: Hearing
    connection: SlackConnection
    door: Door | None
    catchup: CatchUp
    sender: SlackSender
    postman: Postman
    porter: Postman


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What the Slack edge needs of mail: where files are read, and who retries unreadable mails.

    `largest_file` is in bytes.
    """

    files: Shelves
    largest_file: int
    quarantine: Quarantine | None


def slack_edge(settings: Settings, desk: Desk, web: WebClient, pacing: Pacing, mail: Mailroom) -> SlackEdge:
    """Wire the Slack edge; `web` is the client that answers at once or not at all."""
    token = settings.slack_bot_token.get_secret_value()
    patient = web_client(token, settings.slack_api_url, patient=True)
    identity = Identity(token)
    places = Places(settings, patient)
    directory = Directory(settings, desk.database, desk.clock, patient)
    lookups = CaseLookups(desk.database)
    links = CaseLinks(lookups, identity, rules_of(settings))
    mention = Mention(settings.escalation_mention, web)
    drawings = Drawings(desk.queries, lookups, links, mention.markup)
    sender = _slack_sender(desk, web, identity, places, drawings, mail)
    services = replace(_services(settings, desk, web, places, directory, links), quarantine=mail.quarantine)
    secret = _revealed(settings.slack_signing_secret) if settings.calls_come_in else ""
    app = build_app(identity, services, desk.measures, secret)
    hearing = Hearing(desk.clock)
    door = Door(app, secret, patient, hearing, desk.clock) if secret else None
    road = door or Sockets(app, _revealed(settings.slack_app_token), patient, hearing, desk.clock)
    connection = SlackConnection(road, patient, identity, places, directory, hearing)
    hearer = Refusals(desk.replies, directory.admin_ids)
    postman = partial(Postman, desk.database, desk.clock, sender, pacing, hearer, measures=desk.measures)
    return SlackEdge(
        app=app,
        web=web,
        identity=identity,
        services=services,
        directory=directory,
        places=places,
        asides=services.asides,
        hearing=hearing,
        connection=connection,
        door=door,
        catchup=CatchUp(app, connection, hearing, History(web), identity, places, desk.database, desk.clock),
        sender=sender,
        postman=postman(foldable=FOLDABLE, but=[LETTERS, FILES]),
        porter=postman(only=FILES),
    )


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _slack_sender(
    desk: Desk, web: WebClient, identity: Identity, places: Places, drawings: Drawings, mail: Mailroom
) -> SlackSender:
    """Return who says in Slack what is to be said there."""
    lookback = Lookback(web, identity)
    uploads = Uploads(web, desk.queries, lookback, mail.files.read, mail.largest_file)
    return SlackSender(web, desk.queries, Addresses(web, places, desk.queries), drawings, lookback, uploads)


def _services(
    settings: Settings, desk: Desk, web: WebClient, places: Places, directory: Directory, links: CaseLinks
) -> Services:
    """Return what Slack's listeners may ask for."""
    rules = rules_of(settings)
    lookups = CaseLookups(desk.database)
    asides = Asides(web)
    homes = Homes(web, desk.queries, links, directory, asides, desk.clock)
    departures = Departures(desk.replies, desk.queries, rules, asides)
    departures.watch(desk.database.writers)
    questions = Questions(desk.database)
    mail_leaves = settings.smtp_enabled
    return Services(
        intake=desk.intake,
        cases=desk.cases,
        replies=desk.replies,
        queries=desk.queries,
        lookups=lookups,
        rules=rules,
        clock=desk.clock,
        directory=directory,
        places=places,
        signs=signs_of(settings),
        asides=asides,
        departures=departures,
        echo=Echo(homes, asides),
        homes=homes,
        forms=Forms(desk.queries, lookups, rules, desk.clock, directory, asides, mail_leaves=mail_leaves),
        clippings=Clippings(web, desk.intake, directory, places),
        desk=OrderDesk(
            desk.cases, desk.replies, desk.queries, directory, questions, links, departures, rules, desk.clock
        ),
    )
