"""A small issuer of OpenID Connect on a real port, which a test can have lie."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "minutebook", "s3cret/+ of the client"


@dataclass
class Issued:
    """The issuer: who is signed in there, and what it says otherwise than it should."""

    at: str = ""
    user: str = "anna"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    claims: dict[str, Any] = field(default_factory=dict)
    token: Any = None
    """Makes the ID token of the claims; None: signed with the key."""
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    moved: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return {
            "issuer": self.at,
            "authorization_endpoint": f"{self.at}/authorize",
            "token_endpoint": f"{self.at}/token",
            "jwks_uri": f"{self.at}/keys",
            "authorization_response_iss_parameter_supported": True,
        } | self.metadata

    def way_back(self, query: dict[str, str]) -> str:
        """Somebody is signed in, and sent back."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        answer = {"code": code, "state": query["state"], "iss": self.at} | self.answer
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def given(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """The answer to a code, to who has the client's secret and the verifier of the request."""
        self.asked.append(form)
        query = self.codes.pop(form["code"])
        challenge = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        pair = "minutebook:s3cret%2F%2B%20of%20the%20client"
        assert authorization == f"Basic {base64.b64encode(pair.encode()).decode()}"
        assert challenge.decode().rstrip("=") == query["code_challenge"]
        assert form["redirect_uri"] == query["redirect_uri"]
        claims = {
            "iss": self.at,
            "aud": CLIENT,
            "sub": "42",
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": query["nonce"],
            "preferred_username": self.user,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        make = self.token or (
            lambda said: jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)
        )
        return {"access_token": "not used", "token_type": "Bearer", "id_token": make(claims)}


@contextmanager
def issuer() -> Iterator[Issued]:
    """An issuer that answers."""
    issued = Issued()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: said[0] for name, said in parse_qs(parts.query).items()}
            match parts.path:
                case "/.well-known/openid-configuration":
                    self._say(issued.told())
                case "/keys":
                    self._say({"keys": [issued.key.as_dict(private=False)]})
                case "/authorize":
                    self._lead(issued.way_back(query))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {n: said[0] for n, said in parse_qs(self.rfile.read(length).decode()).items()}
            if issued.moved:
                self._lead(issued.moved)
                return
            try:
                told = issued.given(form, self.headers.get("Authorization", ""))
            except (AssertionError, KeyError):
                self.send_error(400)
                return
            self._say(told)

        def _say(self, told: Any) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _lead(self, way: str) -> None:
            self.send_response(303)
            self.send_header("Location", way)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    issued.at = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield issued
    server.shutdown()
    thread.join()
    server.server_close()
