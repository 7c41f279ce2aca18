"""The peer of the index: ten columns of every push in DuckDB, indexed by id, e-mail and phone.

Run as a program of its own: `duckdb_index.py ARCHIVE DATABASE`.
"""

import sys

import duckdb

archive, database = sys.argv[1:]
with duckdb.connect(database) as connection:
    connection.execute(
        """
        create table pushes as select
            push.id as id, push.emailAddress as email, push.mobilePhoneNumber as phone,
            push.firstName as first_name, push.lastName as last_name,
            push.dateLastUpdated as updated, received_at,
            push.tierInfo.assignedByEvent as event, push.tierInfo.currentLevel.title as tier,
            push.totalPoints as points
        from read_ndjson_auto($files)
        """,
        {"files": f"{archive}/pushes/*.ndjson"},
    )
    for column in ("id", "email", "phone"):
        connection.execute(f"create index by_{column} on pushes({column})")
