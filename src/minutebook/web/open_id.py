"""Signing in at an issuer of OpenID Connect: the authorization code flow with PKCE (docs/rules/access.md, "Another issuer").

The issuer says who somebody is; whether that is a user here, and what the user may do, the book says. Nothing of an answer is
believed that is not signed by the issuer's keys, for this client, for this very request, and now.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from minutebook.errors import InputError
from minutebook.open_id import is_sure_address

if TYPE_CHECKING:
    from minutebook.open_id import OpenId

BACK: Final = "/sign-in/oidc/back"
"""Where the issuer sends people back to."""
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")  # fmt: skip
"""Signatures that are believed: by keys of which the issuer alone has the half that signs."""
_TIMEOUT_S: Final = 10
_LARGEST_BYTES: Final = 1_000_000
_LEEWAY_S: Final = 60
_KEPT_S: Final = 3600
_WELL_KNOWN: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Asking:
    """What a browser remembers while it is at the issuer, so that the answer is to its own request."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    wanted: str = "/"

    def kept(self) -> str:
        """As a cookie has it."""
        said = json.dumps([self.state, self.nonce, self.verifier, self.wanted])
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, kept: str | None) -> Asking | None:
        """What `kept` gave; None: it is none."""
        try:
            said = json.loads(base64.urlsafe_b64decode((kept or "") + "=" * (-len(kept or "") % 4)))
            if [type(one) for one in said] != [str] * 4:
                return None
        except (ValueError, TypeError):
            return None
        return cls(*said)


class Issuer:
    """An issuer: its addresses and keys, asked for when they are needed and kept for an hour."""

    def __init__(self, chosen: OpenId) -> None:
        self._chosen, self._lock = chosen, Lock()
        self._told: dict[str, tuple[float, dict[str, Any]]] = {}

    def way(self, asking: Asking) -> str:
        """The address at the issuer where somebody signs in."""
        challenge = base64.urlsafe_b64encode(sha256(asking.verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "scope": "openid profile email",
            "client_id": self._chosen.client_id,
            "redirect_uri": self._chosen.address + BACK,
            "state": asking.state,
            "nonce": asking.nonce,
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        at = self._endpoint("authorization_endpoint")
        return f"{at}{'&' if '?' in at else '?'}{urlencode(asked)}"

    def name_of(self, asking: Asking, code: str, issuer: str | None) -> str:
        """The name of who has signed in there; `code` and `issuer` are of the answer. `InputError` where it is not to be believed."""
        promised = self._metadata().get("authorization_response_iss_parameter_supported")
        if issuer != self._chosen.issuer and (issuer is not None or promised):
            raise InputError("the answer is of another issuer; sign in again")
        claims = self._claims(self._id_token(asking, code), asking.nonce)
        claim = self._chosen.name_claim
        name = claims.get(claim)
        if not isinstance(name, str) or not name:
            raise InputError(f"the issuer says no {claim}; see name_claim of book.toml")
        if claim == "email" and claims.get("email_verified") is not True:
            raise InputError("the issuer has not verified the address; have it verified there")
        return name

    def _id_token(self, asking: Asking, code: str) -> str:
        """The ID token for a code."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._chosen.address + BACK,
            "client_id": self._chosen.client_id,
            "code_verifier": asking.verifier,
        }
        headers = {}
        secret = _secret(self._chosen)
        methods = self._metadata().get("token_endpoint_auth_methods_supported")
        if secret is not None and methods and "client_secret_basic" not in methods:
            sent["client_secret"] = secret
        elif secret is not None:
            pair = f"{quote(self._chosen.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        told = _asked(self._endpoint("token_endpoint"), urlencode(sent).encode(), headers)
        if not isinstance(told.get("id_token"), str):
            raise InputError("the issuer gave no ID token; sign in again")
        return str(told["id_token"])

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        """What an ID token says, once it is proved."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        wanted = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._chosen.issuer},
            aud={"essential": True, "value": self._chosen.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        for afresh in (False, True):  # an issuer may have a new key
            try:
                keys = KeySet.import_key_set(self._keys(afresh=afresh))  # type: ignore[arg-type]
                claims = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
                break
            except (JoseError, ValueError, KeyError, TypeError):
                if afresh:
                    raise InputError(
                        "the ID token is not signed by the issuer; sign in again"
                    ) from None
        try:
            wanted.validate(claims)
        except JoseError as error:
            raise InputError(
                f"the ID token is not for this sign-in: {error}; sign in again"
            ) from None
        if claims.get("azp") not in (None, self._chosen.client_id):
            raise InputError("the ID token is for another client; sign in again")
        return dict(claims)

    def _metadata(self) -> dict[str, Any]:
        """What the issuer says of itself."""
        told = self._kept(self._chosen.issuer.rstrip("/") + _WELL_KNOWN)
        if told.get("issuer") != self._chosen.issuer:
            raise InputError(
                f"the issuer calls itself {told.get('issuer')!r}; write it so as issuer in book.toml"
            )
        return told

    def _endpoint(self, name: str) -> str:
        at = self._metadata().get(name)
        if not isinstance(at, str) or not is_sure_address(at):
            raise InputError(f"the issuer tells no {name} over https; it is none of OpenID Connect")
        return at

    def _keys(self, *, afresh: bool) -> dict[str, Any]:
        return self._kept(self._endpoint("jwks_uri"), afresh=afresh)

    def _kept(self, at: str, *, afresh: bool = False) -> dict[str, Any]:
        with self._lock:
            known = self._told.get(at)
        if known is None or afresh or time.monotonic() - known[0] > _KEPT_S:
            known = (time.monotonic(), _asked(at))
            with self._lock:
                self._told[at] = known
        return known[1]


@cache
def issuer_of(chosen: OpenId) -> Issuer:
    """The issuer that `book.toml` names."""
    return Issuer(chosen)


def _secret(chosen: OpenId) -> str | None:
    """The client's secret, which stands in a file or in the environment; None: the client has none."""
    if chosen.client_secret_file is not None:
        try:
            return Path(chosen.client_secret_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise InputError(f"client_secret_file of book.toml cannot be read: {why}") from None
    if chosen.client_secret_env is not None:
        if not os.environ.get(chosen.client_secret_env):
            raise InputError(f"client_secret_env of book.toml names {chosen.client_secret_env}, which is not set")  # fmt: skip
        return os.environ[chosen.client_secret_env]
    return None


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """What an issuer is asked, it answers itself: a secret goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _asked(
    at: str, sent: bytes | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """The object of JSON that an issuer answers."""
    request = urllib.request.Request(at, sent, {"Accept": "application/json", **(headers or {})})
    try:
        with urllib.request.build_opener(_NoWayOn).open(request, timeout=_TIMEOUT_S) as answer:
            text = answer.read(_LARGEST_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            status = HTTPStatus(error.code)
        raise InputError(
            f"the issuer answers {status.value} {status.phrase}; sign in again"
        ) from None
    except (OSError, ValueError):
        raise InputError("the issuer cannot be reached; try again later") from None
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise InputError("the issuer answers with what is no JSON; see issuer of book.toml")
    return told
