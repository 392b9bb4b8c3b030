"""One HTTP client for all tests: each `httpx.get` would read the machine's certificates anew, for 25 ms."""

import httpx

# No connection is kept: what answered on a port a test ago may be gone.
http = httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
