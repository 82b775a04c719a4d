"""Programs that nobody here wrote read what the site serves: QGIS, Debian's GDAL. `make clients`."""
