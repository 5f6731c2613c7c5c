"""The settings of the tests: the product's own, over a cluster that may lose everything under var/tests."""

import os
import tempfile
from pathlib import Path

os.environ["WANGGE_VAR"] = os.environ.get("WANGGE_TEST_VAR") or str(Path(__file__).parents[1] / "var" / "tests")
for name in (
    "DATABASE_URL",
    "WANGGE_OWNER_DATABASE_URL",
    "WANGGE_DATABASE_ROLE",
    "WANGGE_MODE",
    "WANGGE_DEBUG",
):
    os.environ.pop(name, None)

from wangge.project.settings import *  # noqa: E402, F403

MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="wangge-photos-"))
# Real hashes take 50 ms each; one test checks that the product's are Argon2.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
