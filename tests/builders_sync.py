"""A folder that mirrors a prefix of media in memory, and its syncs walked through as the machine would."""

from dataclasses import dataclass, field

from gloss.adapters.memory import memory_ports
from gloss.adapters.memory_media import MemoryMedia
from gloss.adapters.timetables import MemoryTimetable
from gloss.domain.access import Caller, OrgRole
from gloss.domain.folder import Folder
from gloss.domain.integration import Integration
from gloss.domain.linking import Sidecars
from gloss.domain.media import Item
from gloss.domain.model import OrgId, UserId
from gloss.domain.syncing import Sync
from gloss.kinds.register import FOLDERS, ITEMS, folder_key, items_of
from gloss.kinds.syncing import SYNCS, sync_key
from gloss.ports import Media, Ports, Query
from gloss.services import filing, integrating, mirroring, pairing, reporting, scanning, sweeping, syncing
from gloss.services.batching import SyncBatchRef
from gloss.services.filing import NewFolder
from gloss.services.integrating import NewAws
from gloss.services.linking import NewLink
from gloss.services.scanning import Pace, Round
from gloss.services.syncing import Followed
from tests.builders_register import a_custody

CALLER = Caller(user_id=UserId("ann"), org_id=OrgId("acme"), email="ann@acme.io", org_role=OrgRole.MEMBER)
PREFIX = "s3://bkt/raw/"
STATES = {"files": mirroring.mirror, "sidecars": pairing.attach, "gone": sweeping.sweep}
ELSEWHERE = {"s3://bkt/other/x.txt": b"not ours"}


@dataclass
class Mirror:
    """One synced folder of one caller; `media.objects` is what the cloud has."""

    ports: Ports
    media: MemoryMedia
    folder_id: str
    pace: Pace
    timetable: MemoryTimetable = field(default_factory=MemoryTimetable)

    def media_of(self, _: Integration | None) -> Media:
        return self.media

    def times(self) -> MemoryTimetable:
        return self.timetable

    @property
    def folder(self) -> Folder:
        return self.ports.store.get(FOLDERS, folder_key(self.folder_id))

    def put(self, **files: bytes) -> None:
        """Files by name, where `__` stands for a dot."""
        self.media.objects.update({PREFIX + name.replace("__", "."): body for name, body in files.items()})

    def remove(self, *names: str) -> None:
        for name in names:
            del self.media.objects[PREFIX + name]

    def start(self) -> Sync:
        return syncing.ask(self.folder, CALLER, self.ports)

    def scan(self, sync: Sync) -> Round:
        return scanning.scan(sync.id, self.media_of, self.ports, self.pace)

    def carry(self, sync: Sync) -> None:
        """Every state of the machine in turn, until the sync is through."""
        while (found := self.scan(sync)).status == "more":
            for sort, state in STATES.items():
                for name in getattr(found, sort):
                    state(SyncBatchRef(sync_id=sync.id, batch=name), self.media_of, self.ports)
        syncing.conclude(sync.id, self.ports)

    def sync(self) -> Followed:
        """Start a sync and run it."""
        sync = self.start()
        self.carry(sync)
        return self.followed(sync)

    def followed(self, sync: Sync) -> Followed:
        return syncing.follow(self.ports.store.get(SYNCS, sync_key(sync.id)), self.ports)

    def latest(self) -> Followed:
        return self.followed(syncing.latest_of(self.folder_id, self.ports.store))

    def problems(self, followed: Followed) -> list[str]:
        return [f"{it.key}: {it.reason}" for it in reporting.problems(followed.sync, Query(), self.ports).entries]

    def items(self) -> dict[str, Item]:
        """The visible items of the folder by what follows the prefix."""
        found = self.ports.store.every(ITEMS, items_of(self.folder_id), Query(index="by_parent"))
        return {(item.url or "").removeprefix(PREFIX): item for item in found}

    def item(self, name: str) -> Item:
        return self.items()[name]


def a_mirror(
    files: dict[str, bytes] | None = None,
    sidecars: Sidecars | None = None,
    ports: Ports | None = None,
    pace: Pace = scanning.STEADY,
) -> Mirror:
    """A folder that mirrors these files."""
    ports = ports or memory_ports()
    integration = integrating.make(NewAws(title="bucket"), CALLER, a_custody(ports))
    link = NewLink(integration_id=integration.id, url=PREFIX, sidecars=sidecars)
    folder = filing.make_folder(NewFolder(title="Mirror", link=link), CALLER, ports)
    objects = {PREFIX + name: body for name, body in (files or {}).items()}
    return Mirror(ports, MemoryMedia({**ELSEWHERE, **objects}), folder.id, pace)
