"""The disposable SQLite index of an archive; the only place that knows SQLite."""
