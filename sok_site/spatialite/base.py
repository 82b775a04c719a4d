"""GeoDjango's SpatiaLite backend, with the plain spatial metadata only (settings name the package as ENGINE).

The full metadata that Django asks for brings triggers which SQLite from 3.41 on refuses whenever a table is renamed:
"error in trigger ISO_metadata_reference_row_id_value_insert: no such column: rowid". Nothing here uses them.
"""

from django.contrib.gis.db.backends.spatialite import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Prepares an empty database by ``InitSpatialMetaData`` instead of ``InitSpatialMetaDataFull``."""

    def prepare_database(self) -> None:
        with self.cursor() as cursor:
            cursor.execute("PRAGMA table_info(geometry_columns)")
            if not cursor.fetchall():
                cursor.execute("SELECT InitSpatialMetaData(1)")
        super().prepare_database()
