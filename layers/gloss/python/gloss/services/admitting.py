"""Which uploaded files a registration may read: those that its own folder was given, and none by another spelling."""

from collections.abc import Iterable

from gloss.domain.errors import Fault, Invalid
from gloss.domain.job import Job
from gloss.domain.uploads import id_of, is_upload
from gloss.kinds.register import UPLOADS, upload_key
from gloss.ports import Store


def opened(urls: Iterable[str], job: Job, store: Store) -> set[str]:
    """Those of the URLs that name kept uploads of the job's own folder; a job with an integration reads none."""
    named = {url: id_of(url) for url in urls if is_upload(url)}
    if not named or job.integration_id is not None:
        return set()
    found = store.get_many(UPLOADS, [upload_key(id_) for id_ in sorted({id_ for id_ in named.values() if id_})])
    mine = {it.url for it in found if (it.org_id, it.folder_id) == (job.org_id, job.folder_id) and it.kept_at}
    return mine & named.keys()


def demand_open(url: str, mine: set[str]) -> str:
    """The URL of an upload that may be registered; raises Invalid for every other."""
    if url not in mine:
        reason = "it names no kept upload of this folder, or the job has an integration; complete or keep it first"
        raise Invalid(f"The URL {url} cannot be read: {reason}.", [Fault("objectUrl", reason)])
    return url
