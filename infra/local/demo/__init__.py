"""The main job, walked through over HTTP as a client would: `python -m infra.local demo`."""
