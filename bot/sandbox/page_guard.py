"""Keeps other websites away from the page: names other than this machine's, and deeds that came from elsewhere."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.sandbox.state import State

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Looks at who asks."""

    def __init__(self, state: State) -> None:
        self._state = state

    def refusal(self, request: Request) -> Response | None:
        """Return why a request is refused (DNS rebinding, CSRF), None if it is the page's own."""
        port = urlsplit(self._state.url).port
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        host = request.headers.get("host", "")
        if host not in hosts:
            return PlainTextResponse("This sandbox answers on 127.0.0.1 only.", 421)
        if request.method == "POST" and request.headers.get("origin") != f"http://{host}":
            return PlainTextResponse("Only the sandbox’s own page may do that.", 403)
        return None
