"""The server under test and the people in it: each signs in as the old clients did, over HTTP and curl."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from line import Line, Node, Refused, Websockets, Wscat
from row import same

PASSWORD = "confer-demo"
# What must never be in an answer.
INSIDES = ("panicked", "Traceback", "stack backtrace", ".rs:", "sqlx", "RUST_BACKTRACE")

__all__ = ["Answer", "House", "Line", "Node", "Person", "Refused", "Websockets", "Wscat", "words"]


def words(what: str) -> str:
    """Words nobody has written before."""
    return f"{what} {uuid.uuid4().hex[:10]}"


@dataclass
class Answer:
    """What a request was answered."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def body(self) -> Any:
        """The JSON of it."""
        try:
            return json.loads(self.text)
        except ValueError:
            raise AssertionError(f"{self.status} with what is no JSON: {self.text[:200]!r}") from None

    def ok(self, status: int = 200) -> Any:
        """The JSON of an answer with this status."""
        same(self.status, status, self.text[:300])
        return self.body


def is_plain(text: str) -> None:
    """An answer tells nothing of the insides."""
    found = [word for word in INSIDES if word in text]
    assert not found, f"{found} in {text[:400]}"


class House:
    """A server with demo people."""

    def __init__(self, url: str, secret: str | None) -> None:
        self.url = url.rstrip("/")
        self.secret = secret
        self._people: dict[str, Person] = {}
        self.lines: list[Line] = []
        self._http = requests.Session()
        self._http.trust_env = False

    def ask(self, method: str, path: str, token: str | None = None, **how: Any) -> Answer:
        """A request with requests."""
        headers = how.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        how.setdefault("allow_redirects", False)
        found = self._http.request(method, self.url + path, headers=headers, timeout=20, **how)
        self._http.cookies.clear()
        is_plain(found.text if "html" not in found.headers.get("content-type", "") else "")
        return Answer(
            found.status_code, found.text, {name.lower(): value for name, value in found.headers.items()}
        )

    def curl(self, method: str, path: str, token: str | None = None, body: object = None) -> Answer:
        """The same with curl."""
        command = ["curl", "-sS", "--noproxy", "*", "-X", method, "-w", "\n%{http_code}", self.url + path]
        command += ["-H", f"Authorization: Bearer {token}"] if token else []
        command += (
            ["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body is not None else []
        )
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        text, status = done.stdout.rsplit("\n", 1)
        is_plain(text)
        return Answer(int(status), text, {})

    def person(self, key: str) -> Person:
        """Somebody of the demo, signed in."""
        if key not in self._people:
            self._people[key] = Person(self, f"{key}@demo.confer")
        return self._people[key]

    def people(self, *keys: str) -> list[Person]:
        """Several of them."""
        return [self.person(key) for key in keys]

    def dial(
        self,
        path: str,
        token: str | None = None,
        client: type = Websockets,
        headers: dict[str, str] | None = None,
        protocol: str | None = None,
        name: str = "",
    ) -> Any:
        """Opens a socket."""
        headers = (headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        line = client(name or path, self.url.replace("http", "ws", 1) + path, headers, protocol)
        self.lines.append(line)
        return line

    def refusal(self, path: str, token: str | None = None, **how: Any) -> Refused:
        """How a socket is refused that must not open."""
        try:
            self.dial(path, token, **how)
        except Refused as refused:
            is_plain(refused.words)
            return refused
        raise AssertionError(f"{path} was opened")

    def hang_up(self) -> None:
        """Closes whatever is open."""
        for line in self.lines:
            line.hang_up()
        self.lines.clear()

    def job(self, worker: str | None = "piotr") -> tuple[int, int]:
        """A job of Bell's that nobody else talks about, and its room."""
        bell, admin = self.people("bell", "admin")
        at_ms = int(time.time() * 1000) + 86_400_000
        made = bell.post("/api/v1/jobs", {"title": words("Mend a chair"), "at_ms": at_ms}).ok(201)
        if worker:
            given = {"worker": self.person(worker).id}
            admin.ask("PUT", f"/api/v1/jobs/{made['id']}/worker", json=given).ok()
        return made["id"], made["room"]


class Person:
    """Somebody who has signed in with an address and a password."""

    def __init__(self, house: House, email: str) -> None:
        self.house, self.email = house, email
        pair = house.ask("POST", "/api/token/", json={"email": email, "password": PASSWORD}).ok()
        self.access, self.refresh = pair["access"], pair["refresh"]
        me = self.get("/api/v1/me").ok()
        self.id, self.name = me["id"], me["name"]

    def ask(self, method: str, path: str, **how: Any) -> Answer:
        """A request of theirs."""
        return self.house.ask(method, path, self.access, **how)

    def get(self, path: str) -> Answer:
        """What is at a path, for them."""
        return self.ask("GET", path)

    def post(self, path: str, body: object) -> Answer:
        """What a POST of JSON is answered."""
        return self.ask("POST", path, json=body)

    def curl(self, method: str, path: str, body: object = None) -> Answer:
        """A request of theirs with curl."""
        return self.house.curl(method, path, self.access, body)

    def dial(self, path: str, client: type = Websockets, protocol: str | None = None) -> Any:
        """Opens a socket with the token in the header."""
        name = f"{self.email.split('@')[0]} at {path}"
        return self.house.dial(path, self.access, client, protocol=protocol, name=name)

    def dial_with_address(self, path: str, client: type = Websockets) -> Any:
        """Opens a socket with the token in the address, as browsers must."""
        name = f"{self.email.split('@')[0]} at {path}"
        return self.house.dial(f"{path}?token={self.access}", None, client, name=name)

    def mail(self, client: type = Websockets) -> Any:
        """Opens P5's socket at their address."""
        return self.dial(f"/ws/{quote(self.email)}", client)

    def own(self, client: type = Node) -> Any:
        """Opens Confer's own socket and says the first word."""
        line = self.dial("/ws", client, protocol="confer.v1")
        same(line.protocol, "confer.v1")
        line.say({"resume": {"epoch": None, "rooms": []}})
        line.hears(ready={})
        return line

    def room_with(self, other: Person) -> int:
        """The room of the two, made if there is none."""
        return self.post("/api/chatrooms/", {"participants": [other.id]}).ok(201)["id"]

    def room(self, room: int) -> dict[str, Any]:
        """A room as the public API shows it to them."""
        return self.get(f"/api/v1/rooms/{room}").ok()

    def cookie(self) -> str:
        """The cookie of a browser they have signed in with."""
        form = {"email": self.email, "password": PASSWORD}
        answer = self.house.ask("POST", "/login", data=form, headers={"Origin": self.house.url})
        same(answer.status, 303, "signing in through the form")
        return answer.headers["set-cookie"].split(";")[0]

    def page(self, path: str, cookie: str) -> Answer:
        """A page as their browser gets it."""
        return self.house.ask("GET", path, headers={"Cookie": cookie})

    def token(self, **changes: object) -> str | None:
        """Their token with other claims, signed as the server signs; nothing if its secret is not known."""
        if self.house.secret is None:
            return None
        head, claims, _ = self.access.split(".")
        read = json.loads(base64.urlsafe_b64decode(claims + "=="))
        encoded = base64.urlsafe_b64encode(json.dumps(read | changes).encode()).rstrip(b"=").decode()
        signed = f"{head}.{encoded}"
        proof = hmac.new(self.house.secret.encode(), signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"
