"""The pairs: what is said in one way is heard in every other, once."""

from __future__ import annotations

from typing import Any

from house import House, Line, Node, Person, Websockets, Wscat, words
from line import counts
from row import LINES, row, same

Told = dict[tuple[str, str], list[int]]


def say_in(kind: str, line: Line, room: int, to: Person, text: str) -> None:
    """Says a text as a dialect does."""
    cid = words("").strip().ljust(32, "0")
    frames: dict[str, dict[str, Any]] = {
        "P2": {"type": "send_message", "room_id": room, "content": text},
        "P3": {"message": text},
        "P4": {"action": "send_message", "content": text, "message_type": "text"},
        "P5": {"receiver_email": to.email, "message": text},
        "own": {"post": {"cid": cid, "room": room, "body": text}},
    }
    line.say(frames[kind])


def open_for(kind: str, person: Person, room: int, job: int | None) -> Line:
    """Opens a dialect's socket for somebody, with a client that was used for it."""
    if kind == "P2":
        return person.dial("/ws/presence/", Websockets)
    if kind == "P3":
        return person.dial(f"/ws/chat/{room}/", Node)
    if kind == "P4":
        return person.dial_with_address(f"/ws/job_chat/{job}/", Wscat)
    if kind == "P5":
        return person.mail(Websockets)
    return person.own(Node)


def stage(house: House, one: Person, other: Person, room: int, job: int | None, speakers: str) -> Told:
    """Both people listen in every way; one of them speaks in each; how often each line heard it."""
    told: Told = {}
    kinds = [kind for kind in LINES if job is not None or kind != "P4"]
    lines = {kind: [open_for(kind, person, room, job) for person in (one, other)] for kind in kinds}
    said = {}
    for kind in speakers.split():
        said[kind] = words(f"From {kind}")
        say_in(kind, lines[kind][0], room, other, said[kind])
        lines["own"][1].hears_words(said[kind])
    heard = counts([line for both in lines.values() for line in both], *said.values())
    for kind, of_kind in zip(said, heard):
        for at, listener in enumerate(lines):
            told[kind, listener] = of_kind[2 * at : 2 * at + 2]
    house.hang_up()
    return told


class Stages:
    """What was heard where, found out once."""

    care: Told | Exception | None = None
    work: Told | Exception | None = None


def in_care(house: House) -> Told:
    """A patient and a practitioner, in a room of two: everybody but P4, who needs a job."""
    if Stages.care is None:
        hale, okafor = house.people("hale", "okafor")
        try:
            Stages.care = stage(house, hale, okafor, hale.room_with(okafor), None, "P2 P3 P5 own")
        except Exception as error:
            Stages.care = error
    if isinstance(Stages.care, Exception):
        raise Stages.care
    return Stages.care


def at_work(house: House) -> Told:
    """A client and a worker, in a job's room: everybody but P5, who speaks to addresses in rooms of two."""
    if Stages.work is None:
        bell, piotr = house.people("bell", "piotr")
        job, room = house.job()
        try:
            Stages.work = stage(house, bell, piotr, room, job, "P2 P3 P4 own")
        except Exception as error:
            Stages.work = error
    if isinstance(Stages.work, Exception):
        raise Stages.work
    return Stages.work


def pair(speaker: str, listener: str) -> None:
    """Adds the check of a pair, in each kind of room that both can be in."""

    @row(f"{speaker}→{listener}", f"what {speaker} says is heard once by {listener}, at both ends")
    def check(house: House) -> None:
        if "P4" not in (speaker, listener):
            same(in_care(house)[speaker, listener], [1, 1], "in a care room")
        if "P5" not in (speaker, listener):
            same(at_work(house)[speaker, listener], [1, 1], "in a job's room")


for speaker in LINES:
    for listener in LINES:
        if {speaker, listener} != {"P4", "P5"}:
            pair(speaker, listener)


@row("P4→P5", "P5 hears nothing of a job's room, and P4 over HTTP once")
def p4_over_http(house: House) -> None:
    same(at_work(house)["P4", "P5"], [0, 0], "by the socket")
    hale, okafor = house.people("hale", "okafor")
    room = hale.room_with(okafor)
    lines = [hale.mail(), okafor.mail()]
    text = words("From P4 over HTTP")
    hale.post(f"/api/chatrooms/{room}/send_message/", {"content": text, "message_type": "text"}).ok(201)
    same(counts(lines, text), [[1, 1]])


@row("P5→P4", "P4 over HTTP lists what P5 said, once")
def p5_in_the_list(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    room = hale.room_with(okafor)
    line, text = hale.mail(), words("From P5")
    line.say({"receiver_email": okafor.email, "message": text})
    line.hears_words(text)
    for person in (hale, okafor):
        listed = person.get(f"/api/chatrooms/{room}/messages/").ok()["results"]
        same([message["content"] for message in listed].count(text), 1)
        same(person.get(f"/api/messages/?text={text}").ok()["count"], 1)


@row("P5→P4", "a client and a worker who share a job only have no mail")
def no_mail_at_work(house: House) -> None:
    bell, piotr = house.people("bell", "piotr")
    line = bell.mail()
    line.say({"receiver_email": piotr.email, "message": words("By mail")})
    same(line.hears(lambda frame: "error" in frame)["code"], "not_found")
