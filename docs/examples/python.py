#!/usr/bin/env python3
"""Two people talk through Confer: sign in, history, send, receive, receipt.

python.py [URL [EMAIL PASSWORD [OTHER_EMAIL OTHER_PASSWORD]]]; needs websockets (pip install websockets).
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

DEFAULTS = {
    "CONFER_URL": "http://127.0.0.1:3000",
    "CONFER_EMAIL": "hale@demo.confer",
    "CONFER_PASSWORD": "confer-demo",
    "CONFER_OTHER_EMAIL": "okafor@demo.confer",
    "CONFER_OTHER_PASSWORD": "confer-demo",
}


class Trouble(Exception):
    """What went wrong, for a person."""


class Person:
    """Somebody who has signed in."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.url, self.email, self.token = url, email, ""
        # An access token lasts 15 minutes; POST /api/token/refresh/ gets the next one.
        self.token = self.call("POST", "/api/token/", {"email": email, "password": password})["access"]
        self.id = self.call("GET", "/api/v1/me")["id"]

    def call(self, method: str, path: str, body: object = None) -> dict:
        """What a call answers."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Trouble(
                f"{method} {path} was answered with {error.code}: {error.read().decode()}"
            ) from None
        except OSError as error:
            raise Trouble(f"{self.url} cannot be reached: {error}") from None

    def socket(self) -> connect:
        """A socket to be opened."""
        address = self.url.replace("http", "ws", 1) + "/ws"
        headers = {"Authorization": f"Bearer {self.token}"}
        return connect(address, additional_headers=headers, subprotocols=["confer.v1"])


def say(socket: ClientConnection, word: str, **fields: object) -> None:
    """Says one command."""
    socket.send(json.dumps({word: fields}))


def hear(socket: ClientConnection, word: str, **fields: object) -> dict:
    """The next event of this name with these fields. Others, and those we do not know, are passed over."""
    until = time.monotonic() + 5
    while True:
        try:
            event = json.loads(socket.recv(timeout=until - time.monotonic()))
        except TimeoutError:
            raise Trouble(f"{word} was not heard within five seconds") from None
        if "refused" in event:
            raise Trouble(f"refused: {event['refused']}")
        value = event.get(word)
        if value is not None and all(value.get(name) == wanted for name, wanted in fields.items()):
            return value


def main() -> None:
    given = dict(zip(DEFAULTS, sys.argv[1:]))
    url, *who = [given.get(name) or os.environ.get(name) or default for name, default in DEFAULTS.items()]
    me, other = Person(url.rstrip("/"), *who[:2]), Person(url.rstrip("/"), *who[2:])
    print(f"signed in: {me.email} is number {me.id}, {other.email} is number {other.id}")

    # The one room of these two, which is made if there is none.
    room = me.call("POST", "/api/v1/rooms", {"kind": "direct", "with": other.id})["id"]

    # History: the newest page, oldest first. ?before=SEQ gets the one before it.
    print(f"history of room {room}:")
    for message in me.call("GET", f"/api/v1/rooms/{room}/messages?limit=5")["messages"]:
        print(f"  {message['seq']}  {message['sent_at']}  {message['sender']}: {message['text']}")

    with me.socket() as mine, other.socket() as theirs:
        for socket in (mine, theirs):
            # The first word is always this.
            say(socket, "resume", epoch=None, rooms=[])
            hear(socket, "ready")

        # Send. The cid is this message's name: sent again under the same name it is still one message.
        cid = uuid.uuid4().hex
        say(mine, "post", cid=cid, room=room, body=f"Good morning from Python ({cid})")
        # It is on disk when this is heard.
        seq = hear(mine, "acked", cid=cid)["seq"]
        print(f"sent: number {seq}")

        # Receive, at the other end.
        print(f"received: {hear(theirs, 'posted', cid=cid)['body']}")

        # Receipt: the other has read up to this number, and the writer is told.
        say(theirs, "seen", room=room, seq=seq)
        receipt = hear(mine, "receipt", room=room, account=other.id, read_seq=seq)
        print(f"read: {other.email} has read up to number {receipt['read_seq']}")


if __name__ == "__main__":
    try:
        main()
    except (Trouble, WebSocketException, OSError, ValueError) as trouble:
        sys.exit(str(trouble))
