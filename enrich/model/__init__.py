"""The bundled model: data files only (see README.md beside this file)."""
