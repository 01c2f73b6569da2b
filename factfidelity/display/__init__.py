"""How a table looks and what of it may leave the room; knows no subject."""
