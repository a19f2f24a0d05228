"""Where a scenario plays: its clock, its actors, its files, and what its steps have given so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from shuzhi.foundation.errors import PlatformError
from shuzhi.packs.scenarios.errors import FileMissing
from shuzhi.packs.scenarios.expressions import RESULT, tellable
from shuzhi.packs.scenarios.types import RESIDENT
from shuzhi.packs.types import Pack
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.organization.types import OfficeDeclaration
from shuzhi.pillars.security.types import PUBLIC, Actor, Role, system
from shuzhi.support.identity import services as identity

PLATFORM = system("scenario")


@dataclass
class Play:
    """One run of one scenario; the stage that its verbs see."""

    pack: Pack
    packs: list[Pack]
    at: datetime
    scratch: Path
    by: Actor = PLATFORM
    kept: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)  # what the last step with each verb returned
    accounts: dict[str, str] = field(default_factory=dict)
    residents: dict[str, Actor] = field(default_factory=dict)  # by identity number
    refusal: PlatformError | None = None

    @property
    def folder(self) -> Path:
        """The folder of the scenario's pack."""
        return self.pack.folder

    def file(self, name: str) -> Path:
        """A file beside the scenario or among the pack's samples."""
        for place in ("scenarios", "samples"):
            root = (self.folder / place).resolve()
            file = (root / name).resolve()
            if name and file.is_relative_to(root) and file.is_file():
                return file
        raise FileMissing(name=name or "—")

    def write(self, name: str, content: bytes) -> Path:
        """A file that goes with the scenario."""
        file = self.scratch / f"{len(list(self.scratch.iterdir()))}-{name}"
        file.write_bytes(content)
        return file

    def latest(self, verb: str) -> Any:
        """What the last step with this verb gave."""
        return self.given.get(verb)

    def keep(self, verb: str, name: str | None, value: Any) -> None:
        """Remember what a step gave, for verbs as it is and for expressions as they speak of it."""
        self.given[verb] = value
        told = tellable(value)
        for word in RESULT:
            self.kept[word] = told
        if name:
            self.kept[name] = told

    def actor(self, written: str | None) -> Actor:
        """Whoever a step is done as; an office's role is held by its post, or by the office itself.

        A resident is named by the identity number that their account has proven.
        """
        if written in (None, "platform"):
            return PLATFORM
        if written == "public":
            return PUBLIC
        office, _, role = (written or "").partition("/")
        if (written or "").startswith(RESIDENT):
            return self._resident(role)
        return self._holder(office, Role(role))

    def account(self, actor: Actor) -> str:
        """The user name under which an actor signs in; opened when it is first needed."""
        name = actor.name.partition("/")[2].replace("/", "-")
        if name not in self.accounts:
            identity.open_account(
                username=name,
                person=actor.title or name,
                office=actor.office,
                division=actor.division,
                roles=actor.roles,
                password=None,
                by=PLATFORM,
                at=self.at,
            )
            self.accounts[name] = actor.name
        return name

    def _resident(self, number: str) -> Actor:
        if number not in self.residents:
            name = f"resident-{len(self.residents) + 1}"
            self.residents[number] = identity.open_account(
                username=name, person=name, office=None, division=None, roles=frozenset({Role.RESIDENT}),
                password=None, by=PLATFORM, at=self.at,
            )  # fmt: skip
            identity.note_proof(username=name, scheme="resident_id", value=number, by=PLATFORM, at=self.at)
            self.accounts[name] = name
        return self.residents[number]

    def _holder(self, office: str, role: Role) -> Actor:
        declared = next((each for each in self._offices() if each.office == office), None)
        posts = declared.posts if declared else ()
        post = next((one for one in posts if one.role == role and one.demo_account), None)
        found = organization.office(office)
        return Actor(
            name=f"account/{post.demo_account if post else f'{office}-{role.value}'.replace('_', '-')}",
            title=post.demo_person.zh if post and post.demo_person else office,
            office=office,
            division=found.division if found else None,
            roles=frozenset({role}),
        )

    def _offices(self) -> list[OfficeDeclaration]:
        found = [item.value for pack in self.packs for item in pack.declarations["offices"]]
        return [each for each in found if isinstance(each, OfficeDeclaration)]
