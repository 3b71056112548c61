"""Countries, provinces and cities by name, from GeoNames (CC BY 4.0, see README.md beside this file)."""
