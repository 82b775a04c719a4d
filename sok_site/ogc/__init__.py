"""OGC API - Features at /ogc/: the public data as layers for any GIS."""
