"""What we keep of the workspace: its people and who belongs to the admin user groups."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.db import UtcDateTime


class Person(SQLModel, table=True):
    """A member of the workspace, or a guest of it, as Slack last described them.

    `outsider`: a guest, a deactivated account or somebody of another workspace; never an admin by user group.
    `tz` names his time zone as the IANA database does, or gives its offset (`+3600`); empty while unknown.
    """

    __tablename__ = "people"

    user_id: str = Field(primary_key=True)
    name: str
    email: str = ""
    is_bot: bool = False
    outsider: bool = False
    tz: str = Field(default="", sa_column_kwargs={"server_default": ""})
    seen_at: datetime = Field(sa_type=UtcDateTime)


class GroupMember(SQLModel, table=True):
    """A member of one of the user groups that make admins."""

    __tablename__ = "group_members"

    group_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
