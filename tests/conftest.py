"""What holds for all tests: properties draw the same examples every time, unless a search for new ones is asked for."""

import os

from hypothesis import HealthCheck, settings

# A width set from outside would fold what tests read.
os.environ.pop("COLUMNS", None)

settings.register_profile("same", derandomize=True, deadline=None)
# HYPOTHESIS_PROFILE=search pytest … looks for new counterexamples, long and at random.
settings.register_profile("search", max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
