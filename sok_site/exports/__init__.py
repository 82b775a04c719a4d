"""/api/v1/exports/: a whole layer as one file, for whoever takes all: GeoPackage, GeoParquet, XLSX, CSV, GeoJSON."""
