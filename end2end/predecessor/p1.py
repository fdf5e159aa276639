"""P1: presence. Who is there, who has gone, and who is told."""

import time
from datetime import datetime, timezone

from house import House, Node, Person, Wscat
from line import Line
from row import has, is_stamp, row, same

PRESENCE = "/ws/presence/"
# Between them these see everybody: practitioners their patients, workers their clients, all their colleagues.
EYES = (
    "okafor castellanos sundaram haddad llewellyn morimoto abernathy dlamini adeyemi kerrigan "
    "piotr osei whittaker quintero marek reid parry"
).split()


def online(line: Line) -> set[int]:
    """Whom a client shows with a green dot after all it has heard."""
    there: set[int] = set()
    for frame in line.hears_all():
        if frame["type"] == "online_users":
            there = {user["user_id"] for user in frame["users"] if user["is_online"]}
        if frame["type"] == "presence_update":
            (there.add if frame["is_online"] else there.discard)(frame["user_id"])
    return there


def told(line: Line, person: Person) -> list[bool]:
    """What a client was told of somebody."""
    updates = [frame for frame in line.hears_all() if frame["type"] == "presence_update"]
    return [frame["is_online"] for frame in updates if frame["user_id"] == person.id]


# First of all: nobody else has been here yet.
@row("P1.7")
def of_fifty_five_people_the_two_who_are_connected_have_green_dots(house: House) -> None:
    okafor, lindqvist = house.people("okafor", "lindqvist")
    seen: dict[int, bool] = {}
    everybody = [house.person(key) for key in EYES]
    lines = [okafor.dial(PRESENCE), lindqvist.dial(PRESENCE)]
    two = {okafor.id, lindqvist.id}
    for line in lines:
        same(online(line), two, f"green dots of {line.name}")
    for person in everybody:
        users = person.get("/api/v1/people").ok()["people"] + [person.get("/api/v1/me").ok()]
        for user in users:
            same(user["is_online"], user["id"] in two, f"{user['name']} as {person.name} sees them")
            seen[user["id"]] = user["is_online"]
    same(len(seen), 55, "people seen")
    same({id for id, is_online in seen.items() if is_online}, two)
    rooms = okafor.get("/api/chatrooms/").ok()["results"]
    for user in (user for room in rooms for user in room["participants"]):
        same(user["is_online"], user["id"] in two, f"{user['name']} in a list of participants")


@row("P1.1")
def the_token_is_shown_in_the_header(house: House) -> None:
    hale = house.person("hale")
    for path in (PRESENCE, "/ws/presence"):
        has(hale.dial(path).hears(type="online_users"), user_id=hale.id)


@row("P1.1")
def or_in_the_address(house: House) -> None:
    hale = house.person("hale")
    has(hale.dial_with_address(PRESENCE, Node).hears(type="online_users"), user_id=hale.id)


@row("P1.1")
def or_the_browser_shows_the_cookie_of_the_session(house: House) -> None:
    hale = house.person("hale")
    headers = {"Cookie": hale.cookie(), "Origin": house.url}
    has(house.dial(PRESENCE, headers=headers).hears(type="online_users"), user_id=hale.id)
    same(house.refusal(PRESENCE, headers=headers | {"Origin": "http://elsewhere.example"}).status, 403)


@row("P1.1")
def nobody_else_is_let_in(house: House) -> None:
    same(house.refusal(PRESENCE).status, 403)


@row("P1.2")
def every_user_object_has_is_online_and_last_seen(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    room = hale.room_with(okafor)
    hale.dial(PRESENCE).hears(type="online_users")
    one = hale.get(f"/api/chatrooms/{room}/").ok()
    message = hale.post(f"/api/chatrooms/{room}/send_message/", {"content": "Good morning"}).ok(201)
    users = [
        hale.get("/api/v1/me").ok(),
        *hale.get("/api/v1/people").ok()["people"],
        *hale.get(f"/api/chatrooms/{room}/participants/").ok(),
        *one["participants"],
        message["sender"],
    ]
    for user in users:
        assert isinstance(has(user).get("is_online"), bool), user
        assert "last_seen" in user, user
        if user["last_seen"] is not None:
            is_stamp(user["last_seen"])
    for user in users:
        if user["id"] == hale.id:
            same(user["is_online"], True, "she is connected")


@row("P1.2")
def and_so_has_the_sender_of_a_message_on_a_socket_that_was_open_all_the_time(house: House) -> None:
    rahmani, okafor = house.people("rahmani", "okafor")
    room = rahmani.room_with(okafor)
    o, r = okafor.dial(PRESENCE), rahmani.dial(PRESENCE)
    r.hears(type="online_users")
    r.say({"type": "send_message", "room_id": room, "content": "I am going"})
    has(o.hears(type="new_message", room_id=room)["message"]["sender"], id=rahmani.id, is_online=True)
    r.hang_up()
    gone = o.hears(type="presence_update", user_id=rahmani.id, is_online=False, within=14)
    rahmani.post("/chat/send-message/", {"room_id": room, "message": "Sent without a socket"}).ok()
    sender = o.hears(type="new_message", room_id=room)["message"]["sender"]
    has(sender, is_online=False, last_seen=gone["last_seen"])


@row("P1.3")
def coming_is_told_at_once_to_those_who_may_see_it(house: House) -> None:
    simms, okafor, llewellyn = house.people("simms", "okafor", "llewellyn")
    whitcombe, bell = house.people("whitcombe", "bell")
    seeing = [okafor.dial(PRESENCE), llewellyn.dial(PRESENCE, Wscat)]
    others = [whitcombe.dial(PRESENCE), bell.dial(PRESENCE)]
    for line in seeing + others:
        listed = line.hears(type="online_users")["users"]
        assert simms.id not in [user["user_id"] for user in listed], "he is not there yet"
    came = time.monotonic()
    simms.dial(PRESENCE, Node)
    for line in seeing:
        update = line.hears(type="presence_update", user_id=simms.id)
        has(update, is_online=True, email=simms.email, name=simms.name)
        assert line.came - came < 1.5, f"told after {line.came - came:.1f} s"
    for line in others:
        same(told(line, simms), [], f"{line.name} has nothing to do with him")


@row("P1.4")
def a_heartbeat_is_answered(house: House) -> None:
    for line in (house.person("hale").dial(PRESENCE), house.person("bell").dial(PRESENCE, Wscat)):
        line.say({"type": "heartbeat"})
        is_stamp(line.hears(type="heartbeat_ack")["timestamp"])


@row("P1.5")
def the_last_tab_that_closes_is_told_to_all_and_a_reload_is_no_absence(house: House) -> None:
    hale, whitcombe, ashdown, adjei = house.people("hale", "whitcombe", "ashdown", "adjei")
    okafor, castellanos, bell = house.people("okafor", "castellanos", "bell")
    seeing = [okafor.dial(PRESENCE), castellanos.dial(PRESENCE)]
    stranger = bell.dial(PRESENCE)
    only, broken, reloaded = hale.dial(PRESENCE), whitcombe.dial(PRESENCE), ashdown.dial(PRESENCE)
    first, second = adjei.dial(PRESENCE), adjei.dial(PRESENCE)
    for line in (*seeing, stranger, only, broken, reloaded, first, second):
        line.hears(type="online_users")
    left = datetime.now(timezone.utc)
    only.hang_up()
    broken.break_off()
    first.hang_up()
    reloaded.hang_up()
    ashdown.dial(PRESENCE).hears(type="online_users")
    for line in seeing:
        both = {hale.id, whitcombe.id}
        while both:
            gone = line.hears(
                lambda frame: frame.get("user_id") in both and not frame["is_online"], within=14
            )
            both.remove(gone["user_id"])
    for line in seeing:
        for person in (hale, whitcombe):
            gone = [frame for frame in line.hears_all() if frame.get("user_id") == person.id][-1]
            seen = datetime.fromisoformat(has(gone, is_online=False)["last_seen"].replace("Z", "+00:00"))
            assert abs((seen - left).total_seconds()) < 3, f"last seen {seen}, left {left}"
            user = next(
                user for user in okafor.get("/api/v1/people").ok()["people"] if user["id"] == person.id
            )
            same((user["is_online"], user["last_seen"]), (False, gone["last_seen"]), "as HTTP says it")
    time.sleep(1)
    assert False not in told(seeing[0], adjei), "his second tab is open"
    assert False not in told(seeing[0], ashdown), "a reload is no absence"
    same(told(stranger, hale), [], "a stranger")
    second.say({"type": "heartbeat"})
    second.hears(type="heartbeat_ack")


@row("P1.5", is_long=True)
def whoever_does_nothing_for_five_minutes_is_away_until_the_next_sign(house: House) -> None:
    marchetti, rahmani, okafor = house.people("marchetti", "rahmani", "okafor")
    seeing, idle, active = okafor.dial(PRESENCE), marchetti.dial(PRESENCE), rahmani.dial(PRESENCE)
    began = time.monotonic()
    while time.monotonic() - began < 310:
        active.say({"type": "heartbeat"})
        for line in (idle, active):
            line.hears_all()
        seeing.hears_all(25)
        if False in told(seeing, marchetti):
            break
    same(told(seeing, marchetti)[-1:], [False], "she did nothing")
    assert 295 < time.monotonic() - began < 345, "after five minutes"
    assert False not in told(seeing, rahmani), "a heartbeat is a sign of life"
    idle.say({"type": "heartbeat"})
    seeing.hears(type="presence_update", user_id=marchetti.id, is_online=True)
