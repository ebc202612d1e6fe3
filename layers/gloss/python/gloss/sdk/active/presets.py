"""Which preset the SDK means."""

from gloss.domain.model import PresetId
from gloss.sdk.wire import Wire


class PresetPayload(Wire):
    """The preset whose frames are meant."""

    preset_uuid: PresetId
