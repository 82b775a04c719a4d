"""The storage of static files: hashed names, in CSS and in the imports of JavaScript modules too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """Rewrites relative imports of ES modules; without the flag stale code survives a release, silently."""

    support_js_module_import_aggregation = True
