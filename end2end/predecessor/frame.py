"""Wrong frames: each is answered in the words of its dialect, and the conversation goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable

from house import House, Line, Person, is_plain, words
from row import has, row, same

TOO_LONG = "x" * 9_000
# Neither is JSON, or no object.
UNREADABLE = ("{", "nonsense", "[1]", '"text"', "7", '{"message": "\\ud800"}')


@dataclass
class Talk:
    """Two people at the sockets of one dialect, and how it says what."""

    one: Person
    other: Person
    here: Line
    there: Line
    say: Callable[[str], dict[str, Any]]
    wrong: Callable[[dict], bool]

    def goes_on(self) -> None:
        """An honest message is heard."""
        text = words("Still here")
        self.here.say(self.say(text))
        self.there.hears_words(text)
        self.here.hears_words(text)

    def answer(self, frame: dict[str, Any] | str) -> dict[str, Any]:
        """What a wrong frame is answered, to whom it comes from alone."""
        before = len(self.there.hears_all(0))
        self.here.say(frame)
        told = self.here.hears(self.wrong)
        is_plain(json.dumps(told))
        self.goes_on()
        others = [heard for heard in self.there.heard[before:] if self.wrong(heard)]
        same(others, [], "told to others")
        return told


def presence(house: House) -> Talk:
    """P1 and P2: two colleagues."""
    one, other = house.people("lindqvist", "mensah")
    room = one.room_with(other)
    here, there = one.dial("/ws/presence/"), other.dial("/ws/presence/")
    say = lambda text: {"type": "send_message", "room_id": room, "content": text}
    return Talk(one, other, here, there, say, lambda frame: frame.get("type") == "error")


def care(house: House) -> Talk:
    """P3: a patient and a practitioner."""
    one, other = house.people("hale", "okafor")
    path = f"/ws/chat/{one.room_with(other)}/"
    here, there = one.dial(path), other.dial(path)
    return Talk(one, other, here, there, lambda text: {"message": text}, lambda frame: "error" in frame)


def work(house: House) -> Talk:
    """P4: a client and a worker."""
    one, other = house.people("bell", "piotr")
    path = f"/ws/job_chat/{house.job()[0]}/"
    here, there = one.dial_with_address(path), other.dial_with_address(path)
    say = lambda text: {"action": "send_message", "content": text, "message_type": "text"}
    return Talk(one, other, here, there, say, lambda frame: frame.get("type") == "error")


def mail(house: House) -> Talk:
    """P5: a patient and a practitioner, by address."""
    one, other = house.people("hale", "okafor")
    say = lambda text: {"receiver_email": other.email, "message": text}
    return Talk(one, other, one.mail(), other.mail(), say, lambda frame: "error" in frame)


def as_p2(told: dict[str, Any], code: str, text: str | None) -> None:
    """How P2 and P4 say that something is wrong."""
    has(told, type="error", code=code, error=told["message"])
    assert told["message"] and text in (None, told["message"]), told


def as_p3(told: dict[str, Any], code: str, text: str | None) -> None:
    """How P3 says it."""
    same(set(told), {"error", "code"})
    same(told["code"], code)
    assert told["error"] and text in (None, told["error"]), told


def as_p5(told: dict[str, Any], code: str, text: str | None) -> None:
    """How P5 says it."""
    has(told, code=code, detail=told["error"])
    assert told["error"] and text in (None, told["error"]), told


def wrong(
    dialect: str, name: str, begin: Callable, judge: Callable, frames: list, code: str, text: str | None
) -> None:
    """Adds the check that frames are refused with a code, and in these words if they matter."""

    @row(f"{dialect} bad input", name)
    def check(house: House) -> None:
        talk = begin(house)
        talk.goes_on()
        for frame in frames:
            frame = frame(house, talk) if callable(frame) else frame
            judge(talk.answer(frame), code, text)


EMPTY = "Message content cannot be empty"
SAY = {"type": "send_message"}
ROOM_OF_OTHERS = lambda house, _: house.person("hale").room_with(house.person("okafor"))
MESSAGE_OF_OTHERS = lambda house, talk: house.person("hale").room(ROOM_OF_OTHERS(house, talk))[
    "last_message"
]["id"]

P2 = ("P2", presence, as_p2)
P2_CASES = [
    ("an unknown type", [{"type": "fly"}, {"type": "online_users"}], "invalid", "Unknown type"),
    ("no type", [{}, {"content": "x"}, {"type": None}, {"type": 7}], "invalid", "type is required"),
    ("no room and nobody to write to", [SAY | {"content": "x"}], "invalid", "room_id is required"),
    (
        "no content",
        [SAY | {"room_id": 1}, SAY | {"room_id": 1, "content": ""}, SAY | {"room_id": 1, "content": " \n"}],
        "invalid",
        EMPTY,
    ),
    (
        "content that is no text",
        [SAY | {"room_id": 1, "content": value} for value in (7, ["x"], {})],
        "invalid",
        None,
    ),
    ("nine thousand characters", [SAY | {"room_id": 1, "content": TOO_LONG}], "invalid", None),
    ("a sign no database takes", [SAY | {"room_id": 1, "content": "a\0b"}], "invalid", None),
    (
        "a number that is none",
        [
            SAY | {"room_id": "first", "content": "x"},
            SAY | {"room_id": 1.5, "content": "x"},
            SAY | {"room_id": True, "content": "x"},
            SAY | {"room_id": 10**20, "content": "x"},
            SAY | {"recipient_id": [1], "content": "x"},
            {"type": "mark_message_read", "message_id": "newest"},
            {"type": "get_chat_history", "room_id": {}},
        ],
        "invalid",
        None,
    ),
    (
        "a type of message there is not",
        [SAY | {"room_id": 1, "content": "x", "message_type": "song"}],
        "invalid",
        None,
    ),
    (
        "a room that is not theirs, or is not there",
        [
            lambda house, talk: SAY | {"room_id": ROOM_OF_OTHERS(house, talk), "content": "x"},
            SAY | {"room_id": 999999, "content": "x"},
            lambda house, talk: {"type": "typing_start", "room_id": ROOM_OF_OTHERS(house, talk)},
            lambda house, talk: {"type": "get_chat_history", "room_id": ROOM_OF_OTHERS(house, talk)},
            {"type": "get_chat_history", "room_id": 999999},
            lambda house, talk: {"type": "mark_message_read", "message_id": MESSAGE_OF_OTHERS(house, talk)},
            {"type": "mark_message_read", "message_id": 999999},
        ],
        "not_found",
        "Not found.",
    ),
    (
        "somebody they have nothing to do with, or nobody",
        [
            lambda house, _: SAY | {"recipient_id": house.person("bell").id, "content": "x"},
            SAY | {"recipient_id": 999999, "content": "x"},
            {"type": "create_chat_room", "participants": ["bell@demo.confer"]},
            {"type": "create_chat_room", "participants": ["nobody@demo.confer"]},
        ],
        "not_found",
        "Not found.",
    ),
    (
        "a room of nobody",
        [{"type": "create_chat_room"}, {"type": "create_chat_room", "participants": []}],
        "invalid",
        "participants is required",
    ),
    ("what is no JSON object", list(UNREADABLE), "invalid", "Invalid JSON"),
]
P3 = ("P3", care, as_p3)
P3_CASES = [
    ("an unknown type", [{"type": "fly"}, {"type": "fly", "message": "x"}], "invalid", "Unknown type"),
    ("no message", [{}, {"text": "x"}, {"message": None}], "invalid", "message is required"),
    ("an empty message", [{"message": ""}, {"message": " \n"}], "invalid", EMPTY),
    ("a message that is no text", [{"message": value} for value in (7, ["x"], {}, True)], "invalid", None),
    ("nine thousand characters", [{"message": TOO_LONG}], "invalid", None),
    ("a sign no database takes", [{"message": "a\0b"}], "invalid", None),
    ("what is no JSON object", list(UNREADABLE), "invalid", "Invalid JSON"),
]
ACT = {"action": "send_message"}
P4 = ("P4", work, as_p2)
P4_CASES = [
    ("an unknown action", [{"action": "fly"}], "invalid", "Unknown action"),
    ("no action", [{}, {"content": "x"}, {"action": 7}], "invalid", "action is required"),
    ("no content", [ACT, ACT | {"content": ""}, ACT | {"content": "  "}], "invalid", EMPTY),
    ("content that is no text", [ACT | {"content": value} for value in (7, ["x"], {})], "invalid", None),
    ("nine thousand characters", [ACT | {"content": TOO_LONG}], "invalid", None),
    ("a sign no database takes", [ACT | {"content": "a\0b"}], "invalid", None),
    (
        "a type of message there is not",
        [ACT | {"content": "x", "message_type": kind} for kind in ("song", "system", 7)],
        "invalid",
        None,
    ),
    ("a message's number that is none", [{"action": "read_message", "message_id": "last"}], "invalid", None),
    (
        "a message that is not of this job, or is not there",
        [
            lambda house, talk: {"action": "read_message", "message_id": MESSAGE_OF_OTHERS(house, talk)},
            {"action": "read_message", "message_id": 999999},
        ],
        "not_found",
        "Not found.",
    ),
    ("what is no JSON object", list(UNREADABLE), "invalid", "Invalid JSON"),
]
TO = {"receiver_email": "okafor@demo.confer"}
P5 = ("P5", mail, as_p5)
P5_CASES = [
    ("no receiver", [{"message": "x"}], "invalid", "receiver_email is required"),
    ("no message", [TO, {}], "invalid", "message is required"),
    ("an empty message", [TO | {"message": ""}, TO | {"message": " \n"}], "invalid", EMPTY),
    ("a message that is no text", [TO | {"message": value} for value in (7, ["x"], {})], "invalid", None),
    ("a receiver that is no address", [{"receiver_email": 7, "message": "x"}], "invalid", None),
    ("nine thousand characters", [TO | {"message": TOO_LONG}], "invalid", None),
    ("a sign no database takes", [TO | {"message": "a\0b"}], "invalid", None),
    (
        "somebody they have nothing to do with, or nobody, or themselves",
        [
            {"receiver_email": "sundaram@demo.confer", "message": "x"},
            {"receiver_email": "nobody@demo.confer", "message": "x"},
            {"receiver_email": "a\0b", "message": "x"},
            {"receiver_email": "hale@demo.confer", "message": "x"},
        ],
        "not_found",
        "You cannot write to this address",
    ),
    ("what is no JSON object", list(UNREADABLE), "invalid", "Invalid JSON"),
]
for dialect, cases in ((P2, P2_CASES), (P3, P3_CASES), (P4, P4_CASES), (P5, P5_CASES)):
    label, begin, judge = dialect
    for name, frames, code, text in cases:
        wrong(label, name, begin, judge, frames, code, text)


def large(dialect: str, begin: Callable) -> None:
    """Adds the check of how much a message and a frame may hold."""

    @row(f"{dialect} bad input", "a frame of more than 64 KiB, and what just fits")
    def check(house: House) -> None:
        talk = begin(house)
        most = "é" * 8_000
        talk.here.say(talk.say(most))
        talk.there.hears_words(most)
        talk.here.say(talk.say("x" * 70_000))
        is_plain(json.dumps(talk.here.hears(talk.wrong)))
        same(talk.here.ends(), 1009)
        begin(house).goes_on()


for label, begin, _ in (P2, P3, P4, P5):
    large(label, begin)


@row("P4 bad input")
def a_job_that_was_called_off_takes_no_more_messages(house: House) -> None:
    bell, piotr = house.people("bell", "piotr")
    (job, room), open_talk = house.job(), work(house)
    path = f"/ws/job_chat/{job}/"
    b, p = bell.dial_with_address(path), piotr.dial_with_address(path)
    bell.post(f"/api/v1/jobs/{job}/cancel", {}).ok()
    p.hears(type="chat_message", message_type="system")
    for line in (b, p):
        line.say({"action": "send_message", "content": "too late", "message_type": "text"})
        as_p2(line.hears(type="error"), "conflict", None)
    answer = bell.post(f"/api/chatrooms/{room}/send_message/", {"content": "too late"})
    same((answer.status, set(answer.body)), (400, {"detail"}))
    chat = piotr.post("/chat/send-message/", {"room_id": room, "message": "too late"})
    same(chat.status, 400)
    same(p.count("too late"), 0)
    assert not bell.get(f"/api/chatrooms/{room}/").ok()["is_active"]
    open_talk.goes_on()


@row("P1 bad input")
def wrong_frames_leave_presence_as_it_is(house: House) -> None:
    talk = presence(house)
    for frame, text in (({"type": "fly"}, "Unknown type"), ({}, "type is required"), ("{", "Invalid JSON")):
        as_p2(talk.answer(frame), "invalid", text)
        talk.here.say({"type": "heartbeat"})
        talk.here.hears(type="heartbeat_ack")
    going = [f for f in talk.there.hears_all() if f["type"] == "presence_update" and not f["is_online"]]
    same([f for f in going if f["user_id"] == talk.one.id], [])
