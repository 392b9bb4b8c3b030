"""Who we are in the workspace, once auth.test told us."""

from __future__ import annotations

from dataclasses import dataclass

# Slack's errors for a token that it does not know, or no more; only a new one helps.
BAD_TOKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})


@dataclass(slots=True)
class Identity:
    """Our token, and what it stands for; the ids are empty until the first contact."""

    token: str
    team_id: str = ""
    user_id: str = ""
    bot_id: str = ""
    workspace_url: str = ""

    @property
    def known(self) -> bool:
        """Whether Slack told us who we are."""
        return bool(self.user_id)
