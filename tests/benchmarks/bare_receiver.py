"""Peers of the receiver: a bare uvicorn app that saves nothing, and one that commits to SQLite.

The bare one says nothing of its requests, or logs each, as uvicorn does unless told otherwise.

python bare_receiver.py nothing
python bare_receiver.py logging
python bare_receiver.py sqlite FILE
"""

import socket
import sqlite3
import sys

import uvicorn


async def nothing(scope, receive, send):
    """Read the body and answer 200."""
    del scope
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
    )
    await send({"type": "http.response.body", "body": b""})


def sqlite(path):
    """Return a Starlette app that commits each push, to be found again after a power loss."""
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE push (id INTEGER PRIMARY KEY, body TEXT)")

    async def save(request):
        body = await request.body()
        db.execute("INSERT INTO push (body) VALUES (?)", (body.decode(),))
        return Response()

    return Starlette(routes=[Route("/push", save, methods=["POST"])])


def main(kind, *words):
    """Serve on a free port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    app = sqlite(*words) if kind == "sqlite" else nothing
    quiet = {} if kind == "logging" else {"access_log": False, "log_level": "error"}
    config = uvicorn.Config(app, lifespan="off", **quiet)
    port = listener.getsockname()[1]
    print(f"listening on http://127.0.0.1:{port}/push", file=sys.stderr, flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
