"""`book.sessions`: signing in, and who asks from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import now
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from minutebook.access.session import Session, SignedIn, SignInRefused


class Sessions(Part):
    """The sessions of a book's users.

    `address` and `agent` say where somebody asks from: the address counts wrong tries, both are shown to the user.
    """

    def list(self, user: str | None = None) -> Rows[Session]:
        """The sessions that have not ended, of all or of one user: the latest first."""
        from minutebook.people.sessions import living_sessions

        return Rows(living_sessions(self._book.database, now(), user))

    def sign_in(
        self,
        name: str,
        password: str,
        code: str | None = None,
        *,
        address: str | None = None,
        agent: str | None = None,
    ) -> SignedIn | SignInRefused:
        """A session for who has this password. Where there is a second factor and no `code`, the session opens nothing until
        `enter_code` gives another for it.
        """
        from minutebook.people.signing_in import Visitor, sign_in

        return sign_in(self._book.database, name, password, code, Visitor(now(), address, agent))

    def enter_code(
        self, token: str, code: str, *, address: str | None = None, agent: str | None = None
    ) -> SignedIn | SignInRefused:
        """The session of who has said the password, and now a code of the second factor or a recovery code."""
        from minutebook.people.signing_in import Visitor, enter_code

        return enter_code(self._book.database, token, code, Visitor(now(), address, agent))

    def sign_in_known(
        self, name: str, *, address: str | None = None, agent: str | None = None
    ) -> SignedIn | SignInRefused:
        """A session for who has proved the name elsewhere; nothing is asked here."""
        from minutebook.people.signing_in import Visitor, sign_in_known

        return sign_in_known(self._book.database, name, Visitor(now(), address, agent))

    def of(self, token: str) -> Session | None:
        """The session that a token opens, which goes on from now; None: it has ended, or there is none."""
        from minutebook.people.sessions import session_opened_by

        return session_opened_by(self._book.database, token, now())

    def end(self, token: str) -> None:
        """End the session of a token: sign out."""
        from minutebook.people.sessions import end_session

        end_session(self._book.database, token, now())

    def end_of(self, user: str, number: int | None = None, but_token: str | None = None) -> int:
        """End the sessions of a user, or the one of a `number`, but for that of `but_token`; gives how many."""
        from minutebook.people.sessions import end_sessions

        return end_sessions(self._book.database, user, now(), number, but_token)
