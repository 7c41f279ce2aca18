"""A loyalty program on this machine: both vendors' wire formats, written from their documents."""
