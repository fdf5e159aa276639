"""Wrong requests and wrong tokens: the answers their frameworks would give, and nobody harmed."""

from __future__ import annotations

import time
from typing import Any, Callable

from house import Answer, House, Person, Wscat, words
from row import Untried, row, same

NONE = {"detail": "Authentication credentials were not provided."}
NOT_FOUND = {"detail": "Not found."}
DENIED = {"detail": "Not authorized to access these messages"}
FORGED = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def sockets(house: House) -> dict[str, str]:
    """Each dialect's socket, as its rightful people know it."""
    hale, okafor = house.people("hale", "okafor")
    return {
        "P1": "/ws/presence/",
        "P2": "/ws/presence/",
        "P3": f"/ws/chat/{hale.room_with(okafor)}/",
        "P4": f"/ws/job_chat/{house.job()[0]}/",
        "P5": f"/ws/{hale.email}",
    }


def whose(house: House, dialect: str) -> Person:
    """Somebody whom the socket belongs to."""
    return house.person("bell" if dialect == "P4" else "hale")


def calls(house: House, dialect: str) -> list[tuple[str, str, Any]]:
    """The HTTP calls of a dialect, each with a body if it has one."""
    hale, okafor = house.people("hale", "okafor")
    room = hale.room_with(okafor)
    return {
        "P1": [("GET", "/api/v1/people", None)],
        "P2": [],
        "P3": [
            ("GET", f"/chat/messages/{room}/", None),
            ("POST", "/chat/send-message/", {"room_id": room, "message": "x"}),
        ],
        "P4": [
            ("GET", "/api/chatrooms/", None),
            ("POST", "/api/chatrooms/", {"participants": [1]}),
            ("GET", f"/api/chatrooms/{room}/", None),
            ("PATCH", f"/api/chatrooms/{room}/", {"name": "x"}),
            ("DELETE", f"/api/chatrooms/{room}/", None),
            ("GET", f"/api/chatrooms/{room}/messages/", None),
            ("POST", f"/api/chatrooms/{room}/send_message/", {"content": "x"}),
            ("GET", f"/api/chatrooms/{room}/participants/", None),
            ("GET", "/api/messages/", None),
            ("POST", "/api/messages/1/mark_read/", {}),
        ],
        "P5": [
            ("GET", f"/messages/{hale.email}/{okafor.email}", None),
            ("PATCH", f"/messages/mark-read/{okafor.email}", None),
        ],
    }[dialect]


def is_let_in(house: House, dialect: str, token: str) -> None:
    """With this token the socket opens."""
    house.dial(sockets(house)[dialect], token).hang_up()


def without(dialect: str) -> None:
    """Adds the checks of tokens that are missing, wrong or no longer good."""

    @row(f"{dialect} bad input", "no token")
    def no_token(house: House) -> None:
        same(house.refusal(sockets(house)[dialect]).status, 403)
        for method, path, body in calls(house, dialect):
            answer = house.ask(method, path, json=body)
            same(answer.status, 401, f"{method} {path}")
            if dialect in ("P3", "P4"):
                same(answer.body, NONE, f"{method} {path}")
            if dialect == "P5":
                same(answer.body, {"detail": "Not authenticated"}, f"{method} {path}")
        is_let_in(house, dialect, whose(house, dialect).access)

    def is_refused(house: House, token: str) -> None:
        path = sockets(house)[dialect]
        same(house.refusal(path, token).status, 403)
        same(house.refusal(f"{path}?token={token}").status, 403)
        same(house.refusal(path, token, client=Wscat).status, 403)
        for method, path, body in calls(house, dialect):
            answer = house.ask(method, path, token, json=body)
            same(answer.status, 401, f"{method} {path}")
            if dialect in ("P3", "P4"):
                # This word tells clients of Simple JWT to refresh.
                same(answer.body.get("code"), "token_not_valid", f"{method} {path}: {answer.body}")
            if dialect == "P5":
                same(set(answer.body), {"detail"})
        is_let_in(house, dialect, whose(house, dialect).access)

    @row(f"{dialect} bad input", "a wrong token")
    def wrong_token(house: House) -> None:
        for token in ("nonsense", FORGED, whose(house, dialect).refresh):
            is_refused(house, token)

    @row(f"{dialect} bad input", "a token that has expired")
    def expired_token(house: House) -> None:
        person, now = whose(house, dialect), int(time.time())
        expired = person.token(nbf=now - 1_000, iat=now - 1_000, exp=now - 100)
        good = person.token(nbf=now - 800, iat=now - 800, exp=now + 100)
        if not expired or not good:
            raise Untried("without CONFER_SECRET, the server's, no such token can be made")
        is_let_in(house, dialect, good)
        is_refused(house, expired)


for dialect in ("P1", "P2", "P3", "P4", "P5"):
    without(dialect)


@row("P4 bad input")
def somebody_elses_job_answers_like_none(house: House) -> None:
    osei, bell = house.people("osei", "bell")
    job, room = house.job()
    answers = [house.refusal(f"/ws/job_chat/{one}/?token={osei.access}") for one in (job, 999999, "x", -1)]
    same({(answer.status, answer.words) for answer in answers}, {(403, "Access denied")})
    for number in (room, 999999, "x", 10**20):
        for method, path, body in (
            ("GET", f"/api/chatrooms/{number}/", None),
            ("GET", f"/api/chatrooms/{number}/messages/", None),
            ("GET", f"/api/chatrooms/{number}/participants/", None),
            ("POST", f"/api/chatrooms/{number}/send_message/", {"content": "x"}),
            ("POST", f"/api/chatrooms/{number}/send_message/", {}),
            ("PATCH", f"/api/chatrooms/{number}/", {"name": "x"}),
            ("DELETE", f"/api/chatrooms/{number}/", None),
        ):
            answer = osei.ask(method, path, json=body)
            same((answer.status, answer.body), (404, NOT_FOUND), f"{method} {path}")
    for one in (job, 999999):
        same(osei.post("/api/chatrooms/", {"job": one}).status, 404)
    text = words("Still here")
    sent = bell.post(f"/api/chatrooms/{room}/send_message/", {"content": text}).ok(201)
    for number in (sent["id"], 999999, "x"):
        answer = osei.post(f"/api/messages/{number}/mark_read/", {})
        same((answer.status, answer.body), (404, NOT_FOUND), f"message {number}")
    same(house.person("piotr").get(f"/api/chatrooms/{room}/").ok()["unread_count"], 1)


@row("P5 bad input")
def somebody_elses_address_answers_like_nobodys(house: House) -> None:
    hale, okafor, pham = house.people("hale", "okafor", "pham")
    for address in (hale.email, "nobody@demo.confer", "%00", "x"):
        refused = house.refusal(f"/ws/{address}?token={pham.access}")
        same((refused.status, refused.words), (403, "Access denied"), address)
    for path in (
        f"/messages/{hale.email}/{okafor.email}",
        "/messages/nobody@demo.confer/x",
        f"/messages/x/{pham.email}",
    ):
        answer = pham.get(path)
        same((answer.status, answer.body), (403, DENIED), path)
    strangers = [
        pham.ask("PATCH", f"/messages/mark-read/{one}") for one in (okafor.email, "nobody@demo.confer")
    ]
    same(len({(answer.status, answer.text) for answer in strangers}), 1, f"{strangers}")
    same(hale.get(f"/messages/{hale.email}/{okafor.email}").status, 200)


def is_validation(answer: Answer, field: str, about: str) -> None:
    """An error as Django REST framework answers it: the field, and sentences."""
    same(answer.status, 400, about)
    assert isinstance(answer.body.get(field), list) and answer.body[field], f"{about}: {answer.body}"
    assert all(isinstance(sentence, str) for sentence in answer.body[field]), answer.body


def sending(dialect: str, path: Callable[[int], str], field: str, extra: Callable[[int], dict]) -> None:
    """Adds the check of wrong bodies at the call that sends a message."""

    @row(f"{dialect} bad input", "wrong bodies over HTTP")
    def check(house: House) -> None:
        bell, piotr = house.people("bell", "piotr")
        _, room = house.job()
        at, base = path(room), extra(room)
        for value in ("", "  ", None, 7, ["x"], "x" * 9_000, "a\0b"):
            is_validation(bell.post(at, base | {field: value}), field, f"{str(value)[:9]!r}")
        is_validation(bell.post(at, base), field, "nothing")
        for raw in ("{", "nonsense"):
            answer = bell.ask("POST", at, data=raw, headers={"Content-Type": "application/json"})
            same(answer.status, 400, raw)
            assert answer.body["detail"].startswith("JSON parse error"), answer.body
        answer = bell.ask("POST", at, data="[1]", headers={"Content-Type": "application/json"})
        same(answer.status, 400, answer.text)
        same(
            piotr.get(f"/api/chatrooms/{room}/messages/?page_size=100").ok()["results"][-1]["message_type"],
            "system",
        )
        assert bell.post(at, base | {field: "Still here"}).status in (200, 201)
        last = piotr.get(f"/api/chatrooms/{room}/messages/").ok()["results"][-1]
        same(last["content"], "Still here")


sending("P3", lambda _: "/chat/send-message/", "message", lambda room: {"room_id": room})
sending("P4", lambda room: f"/api/chatrooms/{room}/send_message/", "content", lambda _: {})


@row("P3 bad input")
def a_room_that_is_missing_or_no_number_is_named(house: House) -> None:
    hale = house.person("hale")
    for body in ({"message": "x"}, {"message": "x", "room_id": "first"}, {"message": "x", "room_id": [1]}):
        is_validation(hale.post("/chat/send-message/", body), "room_id", f"{body}")
    same(hale.get("/chat/messages/first/").status, 404)


@row("P3 bad input")
def a_pair_that_is_not_linked_has_no_room(house: House) -> None:
    hale, sundaram = house.people("hale", "sundaram")
    for other in (sundaram.id, 999999):
        answer = hale.post("/api/v1/rooms", {"kind": "care", "with": other})
        same(answer.status, 404, f"{other}")
        answer = hale.post("/api/chatrooms/", {"participants": [other]})
        same((answer.status, answer.body), (404, NOT_FOUND), f"{other}")
    hale.room_with(house.person("okafor"))


@row("P4 bad input")
def wrong_wishes_for_rooms_are_named(house: House) -> None:
    lindqvist = house.person("lindqvist")
    for body in ({}, {"participants": []}, {"participants": "all"}, {"participants": [[1]]}):
        is_validation(lindqvist.post("/api/chatrooms/", body), "participants", f"{body}")
    is_validation(lindqvist.post("/api/chatrooms/", {"job": "first"}), "job", "a job that is no number")
    is_validation(
        lindqvist.post("/api/chatrooms/", {"name": 7, "participants": [house.person("mensah").id]}),
        "name",
        "a name",
    )


@row("P4 bad input")
def a_method_there_is_not_is_answered_as_the_framework_does(house: House) -> None:
    bell = house.person("bell")
    _, room = house.job()
    for method, path in (("DELETE", "/api/messages/"), ("GET", f"/api/chatrooms/{room}/send_message/")):
        answer = bell.ask(method, path)
        same(answer.status, 405, path)
        same(answer.body, {"detail": f'Method "{method}" not allowed.'}, path)


@row("P5 bad input")
def a_limit_that_is_none_is_refused_as_the_framework_does(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    answer = hale.get(f"/messages/{hale.email}/{okafor.email}?limit=many")
    same(answer.status, 422, answer.text)
    same(set(answer.body), {"detail"})
