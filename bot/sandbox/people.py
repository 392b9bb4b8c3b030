"""Who is in the sandbox's workspace: people, the bot, user groups, and how Slack describes them."""

from dataclasses import dataclass, field

from bot.sandbox.shapes import Json

TEAM_ID = "T0SANDBOX"
STRANGE_TEAM_ID = "T0STRANGER"
APP_ID = "A0SANDBOX"
BOT_ID = "B0CASEBOT"
BOT_USER_ID = "U0CASEBOT"


@dataclass
class Person:
    """A member of the workspace; `email` is empty for the bot."""

    id: str
    name: str
    real_name: str
    email: str = ""
    display_name: str = ""
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False
    is_extra: bool = False
    """Whether this is somebody of the background, whom the page offers nobody to play."""
    is_guest: bool = False
    """A multi-channel guest; `is_single_channel_guest` those of one channel."""
    is_single_channel_guest: bool = False
    is_stranger: bool = False
    """Somebody of another workspace, met through Slack Connect."""

    @property
    def team_id(self) -> str:
        """The workspace somebody is of."""
        return STRANGE_TEAM_ID if self.is_stranger else TEAM_ID

    def answers_to(self, who: str) -> bool:
        """Whether `who` is this person's id, short name, full name or address (any case)."""
        names = {self.id, self.name, self.real_name, self.display_name, self.email} - {""}
        return who.removeprefix("@").casefold() in {name.casefold() for name in names}

    def profile(self) -> Json:
        """Return the `profile` part of a user object."""
        first, _, last = self.real_name.partition(" ")
        profile: Json = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.display_name,
            "display_name_normalized": self.display_name,
            "first_name": first,
            "last_name": last,
            "title": "",
            "phone": "",
            "skype": "",
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": "g" + self.id.lower(),
            "team": self.team_id,
        }
        if self.is_bot:
            return profile | {"api_app_id": APP_ID, "bot_id": BOT_ID, "always_active": True}
        return profile | {"email": self.email}

    def shape(self, *, with_email: bool = True) -> Json:
        """Return the user object of users.info; the address only for those granted users:read.email."""
        profile = self.profile()
        if not with_email:
            profile.pop("email", None)
        shape: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1735689600,
        }
        if self.is_stranger:
            shape["is_stranger"] = True
        return shape if self.deleted else shape | self._living()

    def _living(self) -> Json:
        """Return what Slack leaves out of deactivated users."""
        return {
            "color": "9f69e7",
            "real_name": self.real_name,
            "tz": "Etc/UTC",
            "tz_label": "Coordinated Universal Time",
            "tz_offset": 0,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_guest or self.is_single_channel_guest,
            "is_ultra_restricted": self.is_single_channel_guest,
            "is_email_confirmed": not self.is_bot,
            "who_can_share_contact_card": "EVERYONE",
        }


@dataclass
class Usergroup:
    """A group such as @desk."""

    id: str
    handle: str
    users: list[str] = field(default_factory=list)
    updated: int = 1735689600
    """When it changed last, in Unix seconds."""
    deleted: int = 0
    """When it was disabled, 0 while it is not."""

    def shape(self, *, with_users: bool) -> Json:
        """Return the usergroup object of usergroups.list."""
        group: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.handle,
            "handle": self.handle,
            "description": "",
            "is_external": False,
            "date_create": 1735689600,
            "date_update": self.updated,
            "date_delete": self.deleted,
            "auto_provision": False,
            "created_by": "U0ADA",
            "user_count": len(self.users),
        }
        return group | {"users": list(self.users)} if with_users else group


def bot_person() -> Person:
    """Return the bot as a user."""
    return Person(BOT_USER_ID, "casebot", "Casebot", display_name="Casebot", is_bot=True)


def bot_profile() -> Json:
    """Return the `bot_profile` that Slack adds to a bot's messages."""
    return {
        "id": BOT_ID,
        "app_id": APP_ID,
        "user_id": BOT_USER_ID,
        "name": "Casebot",
        "deleted": False,
        "updated": 1735689600,
        "team_id": TEAM_ID,
        "icons": {},
    }


def standard_people() -> list[Person]:
    """Return the bot, two customers and two admins."""
    return [
        bot_person(),
        Person("U0CARLA", "carla", "Carla Customer", "carla@customer.test", "Carla Customer"),
        Person("U0COSMO", "cosmo", "Cosmo Customer", "cosmo@customer.test", "Cosmo Customer"),
        Person("U0ADA", "ada", "Ada Admin", "ada@desk.test", "Ada Admin", is_admin=True),
        Person("U0AMOS", "amos", "Amos Admin", "amos@desk.test", "Amos Admin"),
    ]
