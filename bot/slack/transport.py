"""The Web API client as every caller here needs it: our own retries, timeouts and proxy rules."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.settings.addresses import is_loopback
from bot.tls import tls_context

# Shorter than the postman's lease, so that a claim never runs out under a call in flight.
TIMEOUT_SECONDS = 10


def web_client(token: str, api_url: str, *, patient: bool = False) -> WebClient:
    """Return a client for `api_url`.

    slack_sdk's default retry repeats a post whose answer was lost, which says it twice; it is switched off. A
    `patient` client waits out rate limits (for look-ups); the others report them to who paces the calls.
    """
    client = WebClient(
        token=token,
        base_url=api_url,
        timeout=TIMEOUT_SECONDS,
        ssl=tls_context(),
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)] if patient else [],
    )
    # slack_sdk takes the proxy from the environment and knows no NO_PROXY, so it is set to what really applies.
    client.proxy = proxy_for(api_url)
    return client


def response_hook(url: str) -> WebhookClient:
    """Return a client for a response URL, which Slack gives with a click or a command."""
    hook = WebhookClient(url, timeout=TIMEOUT_SECONDS, ssl=tls_context(), retry_handlers=[])
    hook.proxy = proxy_for(url)
    return hook


def proxy_for(url: str) -> str | None:
    """Return the proxy for this URL by HTTPS_PROXY, HTTP_PROXY and NO_PROXY; never one for this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
    return getproxies().get(scheme)
