"""Settings of the tests: the real ones, with a data folder of their own and a hasher that does not slow a test down."""

import atexit
import os
import shutil
import tempfile

_data = tempfile.mkdtemp(prefix="needlepoint-tests-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["NEEDLEPOINT_DATA"] = _data

from needlepoint.config.settings import *  # noqa: E402, F403 — the data folder must be set first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405 — the real settings bring it
    # A file, as in the clinic: in memory, threads do not wait for each other and a race would look like a fault.
    DATABASES["default"]["TEST"] = {"NAME": f"{_data}/tests.sqlite3"}  # noqa: F405 — as above
