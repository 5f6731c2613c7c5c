"""Owns the reading of files with places: shapefile, GeoPackage, GeoJSON and CSV, as rows with figures."""
