"""Reads the folder ``schemas/``, strictly: unknown keys, doubled keys and wrong values are refused with the line."""
