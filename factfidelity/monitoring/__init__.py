"""Is it changing, and does one team differ? Control charts and funnels."""
