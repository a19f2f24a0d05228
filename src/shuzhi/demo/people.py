"""Who does what in the demonstration: the accounts of the node's posts, and who speaks for an office."""

from __future__ import annotations

from datetime import datetime

from shuzhi.packs.types import Pack
from shuzhi.pillars.organization.types import OfficeDeclaration
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.identity import services as identity

RUNNER = system("demo")


def open_accounts(packs: list[Pack], *, password: str | None, at: datetime) -> int:
    """Open an account for every post that names one; returns how many there are."""
    count = 0
    for office in _offices(packs):
        for post in office.posts:
            if post.demo_account is None or post.demo_person is None:
                continue
            identity.open_account(
                username=post.demo_account,
                person=post.demo_person.zh,
                person_en=post.demo_person.en,
                office=office.office,
                division=office.division,
                roles=frozenset({post.role}),
                password=password,
                is_demo=True,
                by=RUNNER,
                at=at,
            )
            count += 1
    return count


class Speakers:
    """Who acts for an office in a role: the holder of its post, or the office itself where nobody holds it."""

    def __init__(self, packs: list[Pack]) -> None:
        self._holders = {
            (office.office, post.role): Actor(
                name=f"account/{post.demo_account}",
                title=post.demo_person.zh if post.demo_person else office.title.zh,
                office=office.office,
                division=office.division,
                roles=frozenset({post.role}),
            )
            for office in _offices(packs)
            for post in office.posts
            if post.demo_account
        }
        self._divisions = {office.office: office.division for office in _offices(packs)}

    def of(self, office: str, role: Role) -> Actor:
        """The actor of one office in one role."""
        found = self._holders.get((office, role))
        return found or Actor(
            name=f"office/{office}",
            title=office,
            office=office,
            division=self._divisions.get(office),
            roles=frozenset({role}),
        )

    def bureau(self) -> Actor:
        """The data bureau."""
        return next(actor for (_, role), actor in self._holders.items() if role is Role.BUREAU)


def _offices(packs: list[Pack]) -> list[OfficeDeclaration]:
    found = [item.value for pack in packs for item in pack.declarations["offices"]]
    return [office for office in found if isinstance(office, OfficeDeclaration)]
