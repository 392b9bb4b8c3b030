"""The heartbeat: a web address of a dead-man's-switch service, fetched while all is well."""

from __future__ import annotations

import ssl
import urllib.request
from http.client import HTTPException

import structlog

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 10.0


class Heartbeat:
    """Fetches one address (HEARTBEAT_URL); a failure is logged when it begins, and repeated at the next beat."""

    def __init__(self, url: str, context: ssl.SSLContext) -> None:
        self._url = url
        self._context = context
        self._reason = ""

    def beat(self) -> None:
        """Fetch it once; what is answered does not matter, as long as it is no error."""
        request = urllib.request.Request(self._url, headers={"User-Agent": "Casebot"})  # noqa: S310 - http(s), by settings
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS, context=self._context) as answer:  # noqa: S310 - http(s), by settings
                answer.read(1)
        except (OSError, HTTPException) as error:
            reason = str(getattr(error, "reason", None) or error)[:200]
            if reason != self._reason:
                log.warning("heartbeat not heard", reason=reason)
            self._reason = reason
            return
        self._reason = ""
