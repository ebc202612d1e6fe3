"""Which uploaded files a registration may read: those of its own folder, or its maker's for any, rightly spelt."""

from collections.abc import Iterable

from gloss.domain.errors import Fault, Invalid
from gloss.domain.job import Job
from gloss.domain.uploads import Upload, id_of, is_upload
from gloss.kinds.register import UPLOADS, upload_key
from gloss.ports import Store


def opened(urls: Iterable[str], job: Job, store: Store) -> set[str]:
    """Those of the URLs that name kept uploads which the job may read; a job with an integration reads none."""
    named = {url: id_of(url) for url in urls if is_upload(url)}
    if not named or job.integration_id is not None:
        return set()
    found = store.get_many(UPLOADS, [upload_key(id_) for id_ in sorted({id_ for id_ in named.values() if id_})])
    mine = {it.url for it in found if it.org_id == job.org_id and _is_open(it, job) and it.kept_at}
    return mine & named.keys()


def _is_open(upload: Upload, job: Job) -> bool:
    return upload.is_open_to(job.folder_id, job.created_by)


def demand_open(url: str, mine: set[str]) -> str:
    """The URL of an upload that may be registered; raises Invalid for every other."""
    if url not in mine:
        reason = "it names no kept upload of this folder, or the job has an integration; complete or keep it first"
        raise Invalid(f"The URL {url} cannot be read: {reason}.", [Fault("objectUrl", reason)])
    return url
