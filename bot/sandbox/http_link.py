"""The Events API and interactivity over HTTP as Slack serves them: signed POSTs, three seconds to answer, retries."""

import hashlib
import hmac
import http.client
import json
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import structlog

from bot.sandbox.clock import SandboxClock
from bot.sandbox.shapes import Envelope, Json

log = structlog.get_logger(__name__)
ANSWER_TIMEOUT = 3.0
PAUSES = (0.0, 60.0, 300.0)
"""Seconds before the second, third and last try of an event (docs.slack.dev, Events API)."""
AT_ONCE = 20
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True)
class Answer:
    """What the bot said to one call: how it ended in Slack's words (empty: well), and the ack's payload."""

    failure: str = ""
    payload: Json | None = None
    final: bool = False
    """Whether the bot asked not to be called again (X-Slack-No-Retry)."""


@dataclass
class HttpLink:
    """Delivers to one address. `send` may be called from any thread; each call is made in one of the link's own.

    Events that fail are tried again after each of `pauses`; clicks and commands are not.
    """

    url: str
    signing_secret: str
    pauses: tuple[float, ...] = PAUSES
    answer_timeout: float = ANSWER_TIMEOUT
    lost: list[Json] = field(default_factory=list)
    """Payloads of events that were given up."""
    timeouts: list[Json] = field(default_factory=list)
    """Payloads of clicks and commands that nobody answered in time."""
    retried: int = 0

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack-calls")
        self._lock = threading.Lock()
        self._under_way: list[Envelope] = []
        self._timers: set[threading.Timer] = set()
        self._held: deque[Envelope] = deque()
        self._is_away = self._is_closed = False

    @property
    def waiting(self) -> int:
        """How many envelopes are not answered yet, on their way, waiting for another try or held."""
        with self._lock:
            return len(self._under_way)

    def describe(self) -> str:
        """Return what waits for its answer, a line each, for error messages."""
        with self._lock:
            waiting = list(self._under_way)
        lines = [f"{len(waiting)} calls of {self.url} wait:"]
        return "\n".join([*lines, *(f"  {one.kind}, try {one.attempt + 1}" for one in waiting[:20])])

    def unheard(self) -> list[Json]:
        """Return the payloads of events that nobody took yet, for a snapshot."""
        with self._lock:
            return [envelope.payload for envelope in self._under_way if envelope.is_event]

    def send(self, envelope: Envelope) -> None:
        """Hand over one envelope from any thread; does not wait."""
        with self._lock:
            self._under_way.append(envelope)
            if self._is_away:
                self._held.append(envelope)
                return
        self._pool.submit(self._deliver, envelope)

    def pause(self) -> None:
        """Slack is away: what happens now is told when it is back."""
        self._is_away = True

    def resume(self) -> None:
        """Slack is back, and tells what it held."""
        with self._lock:
            self._is_away = False
            held, self._held = self._held, deque()
        for envelope in held:
            self._pool.submit(self._deliver, envelope)

    def verify(self) -> bool:
        """Ask for the challenge, as Slack does when somebody saves the address; whether it came back."""
        challenge = hashlib.sha256(self.url.encode()).hexdigest()
        answer = self._call(Envelope("events_api", {"type": "url_verification", "challenge": challenge}))
        return (answer.payload or {}).get("challenge") == challenge

    def close(self) -> None:
        """Call nobody any more; who waits for an answer is told that there is none."""
        with self._lock:
            self._is_closed = True
            timers, left = list(self._timers), list(self._under_way)
            self._under_way.clear()
        for timer in timers:
            timer.cancel()
        self._pool.shutdown(cancel_futures=True)
        for envelope in left:
            _settle(envelope, Answer("no_connection"))

    def _deliver(self, envelope: Envelope) -> None:
        answer = self._call(envelope)
        if self._is_closed:
            return
        if answer.failure and envelope.is_event and not answer.final and envelope.attempt < len(self.pauses):
            self._try_again(envelope, answer.failure)
            return
        if answer.failure:
            (self.lost if envelope.is_event else self.timeouts).append(envelope.payload)
            log.warning("call given up", kind=envelope.kind, failure=answer.failure)
        # First its effect, then its end: who waits until nothing waits must see the effect.
        _settle(envelope, answer)
        with self._lock:
            self._under_way = [other for other in self._under_way if other is not envelope]

    def _try_again(self, envelope: Envelope, failure: str) -> None:
        pause = self.pauses[envelope.attempt]
        envelope.attempt += 1
        envelope.retry_reason = failure
        self.retried += 1

        def again() -> None:
            with self._lock:
                self._timers.discard(timer)
                if not self._is_closed:
                    self._pool.submit(self._deliver, envelope)

        timer = threading.Timer(pause, again)
        timer.daemon = True
        with self._lock:
            if not self._is_closed:
                self._timers.add(timer)
                timer.start()

    def _call(self, envelope: Envelope) -> Answer:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.answer_timeout)
        kind, body = _written(envelope)
        try:
            connection.request(
                "POST", parts.path, body, {**self._signed(body), **_tries(envelope), "Content-Type": kind}
            )
            answered = connection.getresponse()
            return _read(answered, answered.read())
        except TimeoutError:
            return Answer("http_timeout")
        except (OSError, http.client.HTTPException):
            return Answer("connection_failed")
        finally:
            connection.close()

    def _signed(self, body: bytes) -> dict[str, str]:
        """Sign as Slack does (docs.slack.dev, Verifying requests), by the machine's time, however ours was moved."""
        timestamp = str(int(SandboxClock().now().timestamp()))
        signed = hmac.new(self.signing_secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signed.hexdigest()}",
            "User-Agent": USER_AGENT,
        }


def _written(envelope: Envelope) -> tuple[str, bytes]:
    """Write a payload as Slack does: events as JSON, commands as a form, everything else as a form's one field."""
    if envelope.is_event:
        return "application/json", json.dumps(envelope.payload).encode()
    form = envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _tries(envelope: Envelope) -> dict[str, str]:
    if not envelope.attempt:
        return {}
    return {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.retry_reason}


def _read(answered: http.client.HTTPResponse, body: bytes) -> Answer:
    if answered.status != http.client.OK:
        return Answer("http_error", final=answered.getheader("X-Slack-No-Retry") == "1")
    if not body:
        return Answer()
    if answered.getheader("Content-Type", "").startswith("application/json"):
        return Answer(payload=json.loads(body))
    return Answer(payload={"text": body.decode()})


def _settle(envelope: Envelope, answer: Answer) -> None:
    if envelope.settle is not None:
        outcome = "acked" if not answer.failure else "operation_timeout"
        envelope.settle(outcome, answer.payload)
