"""Who may see what is not for everybody: the figures, the cases, and why something fails."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from fastapi import HTTPException
from starlette.requests import HTTPConnection

from bot.settings.addresses import is_loopback

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_NO_TOKEN = "Only for this machine itself, and not through a proxy. To ask from elsewhere, set WEB_TOKEN and send it."  # noqa: S105 - a sentence
_WRONG = "Send the token: Authorization: Bearer, then the value of WEB_TOKEN."


class Access:
    """Admits who sends the token; where there is none, only who asks directly from this machine.

    Behind a proxy (`is_proxied`) nobody counts as near: whoever asks, it is the proxy that we see. That an address is
    private proves nothing: a published port of a container looks like a neighbour.
    """

    def __init__(self, token: str = "", *, is_proxied: bool = False) -> None:
        self._token = token.encode()
        self._is_proxied = is_proxied

    def admits(self, request: HTTPConnection) -> bool:
        """Whether this request may see everything."""
        if self._token:
            scheme, _, sent = request.headers.get("authorization", "").partition(" ")
            given = sent.strip().encode("latin-1", "replace")
            return scheme.lower() == "bearer" and hmac.compare_digest(given, self._token)
        return not self._is_proxied and is_near(request)

    def check(self, request: HTTPConnection) -> None:
        """Refuse whom we do not admit, and say what would help."""
        if self.admits(request):
            return
        if self._token:
            raise HTTPException(HTTPStatus.UNAUTHORIZED, _WRONG, {"WWW-Authenticate": 'Bearer realm="casebot"'})
        raise HTTPException(HTTPStatus.FORBIDDEN, _NO_TOKEN)


def is_near(request: HTTPConnection) -> bool:
    """Whether this machine itself asks: by peer, without a proxy between, and under its own name.

    The name keeps out web pages whose host was made to mean this machine (DNS rebinding).
    """
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        name = request.url.hostname or ""
    except ValueError:  # a Host header that is no host
        return False
    return is_loopback(request.client.host) and is_loopback(name)
