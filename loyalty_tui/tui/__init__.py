"""The desk: everything on the screen."""
