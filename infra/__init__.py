"""How Gloss is built and deployed: the stack, its layers and the local cloud."""

import sys
from pathlib import Path

#: `gloss` is importable here as it is in Lambda: from its layer.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "layers" / "gloss" / "python"))
