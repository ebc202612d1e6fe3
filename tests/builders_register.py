"""A folder with an integration, media in memory, and a registration walked through as the machine would."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gloss.adapters.addresses import PublicGate
from gloss.adapters.memory import MemoryVault, memory_ports
from gloss.adapters.memory_media import MemoryMedia
from gloss.clouds import Custody
from gloss.domain.access import Caller, OrgRole
from gloss.domain.folder import Folder
from gloss.domain.integration import Integration
from gloss.domain.job import Job
from gloss.domain.media import Item
from gloss.domain.model import OrgId, UserId
from gloss.domain.segments import FRAMES_A_SEGMENT
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Media, Ports, Query
from gloss.services import (
    filing,
    filming,
    finishing,
    following,
    integrating,
    planning,
    registering,
    segmenting,
    submitting,
)
from gloss.services.filing import NewFolder
from gloss.services.following import Followed
from gloss.services.integrating import NewAws
from gloss.services.segmenting import SegmentRef
from gloss.services.submitting import NewJob

CALLER = Caller(user_id=UserId("ann"), org_id=OrgId("acme"), email="ann@acme.io", org_role=OrgRole.MEMBER)


@dataclass
class Desk:
    """One folder and one integration of one caller."""

    ports: Ports
    media: MemoryMedia
    folder: Folder
    integration: Integration
    caller: Caller = CALLER
    frames_a_segment: int = FRAMES_A_SEGMENT

    def media_of(self, _: Integration | None) -> Media:
        return self.media

    def submit(self, manifest: Any = None, **more: Any) -> Job:
        """Hand a manifest in, without running it."""
        wanted = NewJob(manifest=manifest, integration_id=self.integration.id, **more)
        return submitting.submit(self.folder.id, wanted, None, self.caller, self.ports)

    def run(self, job: Job) -> Followed:
        """Every state of the machine in turn."""
        while (planned := planning.plan(job.id, self.ports, self.frames_a_segment)).status == "planned":
            for number in planned.batches:
                registering.register(job.id, number, self.media_of, self.ports)
            for name in planned.segments:
                segmenting.segment(SegmentRef(job_id=job.id, segment=name), self.media_of, self.ports)
            for number in planned.renders:
                filming.film(job.id, number, self.media_of, self.ports)
        finishing.finish(job.id, self.ports)
        return self.followed(job)

    def register(self, manifest: Any = None, **more: Any) -> Followed:
        """Hand a manifest in and run it."""
        return self.run(self.submit(manifest, **more))

    def followed(self, job: Job) -> Followed:
        return following.follow(self.ports.store.get(JOBS, job_key(job.id)), self.ports)

    def items(self) -> list[Item]:
        """The visible items of the folder."""
        return list(self._items())

    def _items(self) -> Iterator[Item]:
        page = filing.items(self.folder.id, Query(limit=2), self.ports.store)
        yield from page.entries
        while page.next_token:
            page = filing.items(self.folder.id, Query(limit=2, after=page.next_token), self.ports.store)
            yield from page.entries


def a_custody(ports: Ports) -> Custody:
    """The ports of whoever keeps integrations, with an empty vault."""
    return Custody(ports.store, ports.clock, ports.ids, MemoryVault(), PublicGate(frozenset()))


def a_desk(
    objects: dict[str, bytes],
    may_write: bool = True,
    location: str | None = None,
    ports: Ports | None = None,
    caller: Caller = CALLER,
) -> Desk:
    """A desk whose media are these objects by URL."""
    ports = ports or memory_ports()
    folder = filing.make_folder(NewFolder(title="Line 3"), caller, ports)
    integration = integrating.make(NewAws(title="bucket", default_location=location), caller, a_custody(ports))
    return Desk(ports, MemoryMedia(objects, may_write), folder, integration, caller)


def every_item(desk: Desk) -> dict[str, Item]:
    """All items that are stored, hidden ones too, by id."""
    bodies = [record.body for record in desk.ports.store._records.values() if record.kind == "item"]  # type: ignore[attr-defined]
    return {item.id: item for item in map(Item.model_validate_json, bodies)}
