"""`book.users`: the people who ask the book in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.book.clock import now, user
from minutebook.book.part import Part
from minutebook.notebook import Rows

if TYPE_CHECKING:
    from minutebook.access.second_factor import NewSecondFactor
    from minutebook.access.user import User


class Users(Part):
    """The users of a book, and what they prove themselves with."""

    def list(self) -> Rows[User]:
        """Every user, by name; those who are disabled among them."""
        from minutebook.people.users import every_user

        return Rows(every_user(self._book.database))

    def show(self, name: str) -> User:
        """The user of a name."""
        from minutebook.people.users import the_user

        return the_user(self._book.database, name)

    def add(
        self, name: str, role: str, account: str | None = None, password: str | None = None
    ) -> tuple[User, str]:
        """Make a user; gives it, and the password, which nothing tells again.

        `role`: "admin", "engineer", "finance", "read-only" or "customer"; a customer is for one `account`. `password`: None: one is made up, and
        is to be changed at the first sign-in.
        """
        from minutebook.people.users import add_user

        return add_user(self._book.database, name, role, account, password, user())

    def disable(self, name: str, reason: str) -> User:
        """Disable a user, who is signed out everywhere and may not sign in."""
        from minutebook.people.users import disable_user

        return disable_user(self._book.database, name, reason, user(), now())

    def enable(self, name: str, reason: str) -> User:
        """Let a user who was disabled sign in again."""
        from minutebook.people.users import enable_user

        return enable_user(self._book.database, name, reason, user())

    def give_role(self, name: str, role: str, account: str | None = None) -> User:
        """Give a user another role, and sign the user out everywhere."""
        from minutebook.people.users import give_role

        return give_role(self._book.database, name, role, account, user(), now())

    def set_password(self, name: str, password: str | None = None) -> str:
        """Give a user another password, and sign the user out everywhere; gives the password, which nothing tells again.
        None: one is made up, and is to be changed at the next sign-in.
        """
        from minutebook.people.passwords import set_password

        return set_password(self._book.database, name, password, user(), now())

    def change_password(
        self,
        name: str,
        present: str,
        new: str,
        token: str | None = None,
        address: str | None = None,
    ) -> None:
        """Change one's own password, and end all sessions but that of `token`; a wrong present one is a wrong try."""
        from minutebook.people.passwords import change_password

        change_password(self._book.database, name, present, new, token, address, now())

    def begin_second_factor(self, name: str) -> NewSecondFactor:
        """A secret for an authenticator; its codes are asked for once one of them confirms it."""
        from minutebook.people.second_factors import begin_second_factor

        return begin_second_factor(self._book.database, name, f"Minutebook {self._book.path.name}")

    def confirm_second_factor(
        self, name: str, code: str, token: str | None = None
    ) -> tuple[str, ...]:
        """Confirm a second factor with a first code, and end all sessions but that of `token`; gives the recovery codes, which
        nothing tells again.
        """
        from minutebook.people.second_factors import confirm_second_factor

        return confirm_second_factor(self._book.database, name, code, token, now())

    def renew_recovery_codes(
        self, name: str, password: str, address: str | None = None
    ) -> tuple[str, ...]:
        """Other recovery codes in the place of those that are left, with the own password; nothing tells them again."""
        from minutebook.people.second_factors import renew_recovery_codes

        return renew_recovery_codes(self._book.database, name, password, address, now())

    def remove_second_factor(
        self, name: str, password: str, token: str | None = None, address: str | None = None
    ) -> None:
        """Take one's own second factor away, with the password, and end all sessions but that of `token`."""
        from minutebook.people.second_factors import remove_second_factor

        remove_second_factor(self._book.database, name, password, token, address, now())

    def reset_second_factor(self, name: str) -> None:
        """Take the second factor of a user away, who has lost it, and sign the user out everywhere."""
        from minutebook.people.second_factors import reset_second_factor

        reset_second_factor(self._book.database, name, user(), now())

    def recovery_codes_left(self, name: str) -> int:
        """How many recovery codes a user has left."""
        from minutebook.people.second_factors import second_factor_codes_left

        return second_factor_codes_left(self._book.database, name)
