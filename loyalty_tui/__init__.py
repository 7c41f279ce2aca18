"""A terminal desk for the members of a loyalty program."""

__version__ = "0.1.0"
