"""Counting on intervals and events; no question of its own."""
