"""Property tests take the time that the machine leaves them: a slow run is no failure."""

from hypothesis import HealthCheck, settings

settings.register_profile("gloss", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gloss")

#: Runs in the environment of the public SDK (tests/sdk/loopback.py, tests/conformance).
collect_ignore = ["sdk/suite"]
