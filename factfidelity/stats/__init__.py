"""Numbers in, small frozen answers out; knows no subject."""
