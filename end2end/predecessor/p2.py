"""P2: team chat over the presence socket."""

import time

from house import House, Node, words
from line import counts
from row import has, is_stamp, row, same

PRESENCE = "/ws/presence/"


def team(house: House, client: type | None = None):
    """Three colleagues, each with an open line."""
    people = house.people("lindqvist", "mensah", "birch")
    lines = [people[0].dial(PRESENCE, client) if client else people[0].dial(PRESENCE)]
    lines += [person.dial(PRESENCE) for person in people[1:]]
    for line in lines:
        line.hears(type="online_users")
    return people, lines


def group(people, lines) -> int:
    """A group of them, made by the first."""
    name = words("Ward")
    wish = {"type": "create_chat_room", "room_type": "group", "name": name}
    lines[0].say(wish | {"participants": [person.id for person in people]})
    for line in lines:
        made = line.hears(type="chat_room_created")
        same(made["room"]["name"], name)
    return made["room_id"]


@row("P2.1")
def every_type_is_understood_and_answered_in_its_own_words(house: House) -> None:
    (ingrid, kofi, _), (i, k, _) = team(house, Node)
    i.say({"type": "create_chat_room", "participants": [kofi.id]})
    room = i.hears(type="chat_room_created")["room_id"]
    said = words("Is the list ready?")
    i.say({"type": "send_message", "room_id": room, "content": said, "message_type": "text"})
    sent = has(k.hears(type="new_message"), room_id=room)["message"]
    has(sent, content=said, room_id=room, message_type="text", is_read=False, sender_id=ingrid.id)
    has(sent["sender"], id=ingrid.id, email=ingrid.email, name=ingrid.name, is_online=True)
    is_stamp(sent["timestamp"])
    k.say({"type": "typing_start", "room_id": room})
    has(i.hears(type="typing_start"), room_id=room, user_id=kofi.id, user_name=kofi.name, is_typing=True)
    k.say({"type": "typing_stop", "room_id": room})
    has(i.hears(type="typing_stop"), room_id=room, user_id=kofi.id, is_typing=False)
    k.say({"type": "mark_message_read", "message_id": sent["id"]})
    is_stamp(
        has(i.hears(type="message_read"), room_id=room, message_id=sent["id"], user_id=kofi.id)["read_at"]
    )
    k.say({"type": "get_chat_history", "room_id": room, "limit": 1})
    history = has(k.hears(type="chat_history"), room_id=room)
    same([message["id"] for message in history["messages"]], [sent["id"]])
    k.say({"type": "heartbeat"})
    is_stamp(k.hears(type="heartbeat_ack")["timestamp"])
    assert not [frame for line in (i, k) for frame in line.heard if frame["type"] == "error"]


@row("P2.2")
def a_direct_room_is_made_on_first_contact_and_found_again(house: House) -> None:
    (ingrid, _, hannah), (i, _, h) = team(house)
    first = words("Are you in today?")
    i.say({"type": "send_message", "recipient_id": hannah.id, "content": first})
    room = h.hears_words(first)["room_id"]
    same(i.hears_words(first)["room_id"], room)
    h.say({"type": "send_message", "recipient_id": str(ingrid.id), "content": "Yes"})
    same(i.hears(type="new_message")["room_id"], room, "the other way")
    for who, other in ((i, hannah), (h, ingrid)):
        for by in ({"participants": [other.id]}, {"participants": [other.email]}, {"recipient_id": other.id}):
            who.say({"type": "create_chat_room"} | by)
            has(who.hears(type="chat_room_created"), room_id=room)
    people = ingrid.get(f"/api/chatrooms/{room}/participants/").ok()
    same({person["id"] for person in people}, {ingrid.id, hannah.id}, "participants")


@row("P2.2")
def the_first_message_to_somebody_new_makes_the_room_for_both(house: House) -> None:
    people = house.people("carvalho", "foyle", "tan", "chowdhury", "zielinski", "mensah", "birch")
    held = {person.id: person.get("/api/chatrooms/?page_size=100").ok()["results"] for person in people}
    direct = {
        frozenset(user["id"] for user in room["participants"])
        for rooms in held.values()
        for room in rooms
        if not room["is_group"]
    }
    pairs = [(a, b) for a in people for b in people if a.id < b.id]
    fresh = [(a, b) for a, b in pairs if frozenset((a.id, b.id)) not in direct]
    assert fresh, "all of them have met; a fresh server has pairs who have not"
    a, b = fresh[0]
    one, other = a.dial(PRESENCE), b.dial(PRESENCE)
    said = words("Hello, we have not met")
    one.say({"type": "send_message", "recipient_id": b.id, "content": said})
    made = other.hears(type="chat_room_created")
    same({user["id"] for user in made["room"]["participants"]}, {a.id, b.id})
    for line in (other, one):
        same(line.hears(type="new_message", room_id=made["room_id"])["message"]["content"], said)
    same((one.count(said), other.count(said)), (1, 1), "heard")


@row("P2.2")
def a_group_tracks_who_is_in_it(house: House) -> None:
    people, lines = team(house)
    room = group(people, lines)
    held = people[1].get(f"/api/chatrooms/{room}/").ok()
    same({user["id"] for user in held["participants"]}, {person.id for person in people})
    same((held["is_group"], held["room_type"]), (True, "group"))


@row("P2.3")
def messages_go_both_ways_at_once_to_everybody_once_and_stay(house: House) -> None:
    people, lines = team(house)
    room = group(people, lines)
    said = [words(f"No {number}") for number in range(3)]
    for person, line, text in zip(people, lines, said):
        began = time.monotonic()
        line.say({"type": "send_message", "room_id": room, "content": text})
        for other in lines:
            has(other.hears_words(text), type="new_message", room_id=room)
            assert other.came - began < 1, "at once"
    same(counts(lines, *said), [[1, 1, 1]] * 3, "heard")
    late = people[2].dial(PRESENCE)
    late.say({"type": "get_chat_history", "room_id": room})
    history = late.hears(type="chat_history")
    texts = [message["content"] for message in history["messages"] if message["message_type"] == "text"]
    same(texts, said, "on entering the room")
    late.say(
        {"type": "get_chat_history", "room_id": room, "limit": 1, "before": history["messages"][-1]["id"]}
    )
    same(
        [message["content"] for message in late.hears(type="chat_history")["messages"]],
        said[1:2],
        "before that",
    )


@row("P2.4")
def typing_is_told_to_the_others_and_stale_typing_ends(house: House) -> None:
    people, lines = team(house)
    room = group(people, lines)
    lines[0].say({"type": "typing_start", "room_id": room})
    for line in lines[1:]:
        has(line.hears(type="typing_start"), user_id=people[0].id, room_id=room)
    began = time.monotonic()
    for line in lines[1:]:
        has(line.hears(type="typing_stop", within=6), user_id=people[0].id, room_id=room)
        assert 2 < line.came - began < 4.5, f"ended after {line.came - began:.1f} s"
    same(
        [f for f in lines[0].hears_all() if f["type"].startswith("typing")],
        [],
        "nobody is told of themselves",
    )
    lines[0].say({"type": "typing_start", "room_id": room})
    lines[1].hears(type="typing_start")
    lines[0].say({"type": "typing_stop", "room_id": room})
    lines[1].hears(type="typing_stop", within=1)


@row("P2.5")
def the_sender_is_told_that_a_message_was_read(house: House) -> None:
    people, lines = team(house)
    room = group(people, lines)
    first, second = words("First"), words("Second")
    for text in (first, second):
        lines[0].say({"type": "send_message", "room_id": room, "content": text})
    id = lines[1].hears_words(first)["message"]["id"]
    last = lines[1].hears_words(second)["message"]["id"]
    lines[1].say({"type": "mark_message_read", "message_id": id})
    has(lines[0].hears(type="message_read"), message_id=id, user_id=people[1].id, room_id=room)
    lines[0].say({"type": "get_chat_history", "room_id": room})
    told = lines[0].hears(type="chat_history")["messages"]
    state = {message["id"]: message["is_read"] for message in told}
    same((state[id], state[last]), (True, False), "read and unread are told apart")
    lines[1].say({"type": "mark_message_read", "room_id": str(room)})
    has(lines[0].hears(type="message_read"), message_id=last, user_id=people[1].id)
    same([f for f in lines[1].hears_all() if f["type"] == "message_read"], [], "not the reader")
