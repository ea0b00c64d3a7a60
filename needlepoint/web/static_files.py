"""Our own static files: hashed names, also where one of our modules imports another."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the package carries no types
    """Hashed and compressed files; imports between our modules follow the hashed names.

    Django can rewrite imports in every script, but those of other packages import what they do not bring.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("needlepoint/*.js", ((r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)")""", 'from "%(url)s"'),)),
    )
