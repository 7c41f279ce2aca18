"""The command line: one module a verb; the only place where the parts are wired together."""
