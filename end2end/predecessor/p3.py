"""P3: patient and practitioner, over a socket and over HTTP."""

import html
import re
from concurrent.futures import ThreadPoolExecutor

from house import House, Node, words
from line import counts
from row import has, is_stamp, row, same


def care(house: House):
    """A patient, a practitioner, their room and its socket."""
    hale, okafor = house.people("hale", "okafor")
    room = hale.room_with(okafor)
    return hale, okafor, room, f"/ws/chat/{room}/"


def list_of(page: str) -> list[str]:
    """The conversations of a list, each as its text and attributes stand."""
    return re.findall(r'<a href="/chat/room/\d+"[^>]*class="convo".*?</a>', page, flags=re.S)


@row("P3.1")
def a_pair_has_one_room_even_when_many_ask_at_the_same_moment(house: House) -> None:
    okafor = house.person("okafor")
    rooms = okafor.get("/api/chatrooms/?page_size=100").ok()["results"]
    met = {user["id"] for room in rooms for user in room["participants"]}
    people = okafor.get("/api/v1/people").ok()["people"]
    patients = [person for person in people if person["role"] == "patient"]
    # Somebody who has not talked with her yet, if there is anybody left.
    patient = next((one for one in patients if one["id"] not in met), patients[0])
    other = house.person(patient["email"].split("@")[0])

    def ask(number: int) -> int:
        who, whom = ((okafor, other), (other, okafor))[number % 2]
        if number % 4 < 2:
            return who.house.curl("POST", "/api/chatrooms/", who.access, {"participants": [whom.id]}).ok(201)[
                "id"
            ]
        return who.house.curl("POST", "/api/v1/rooms", who.access, {"kind": "care", "with": whom.id}).ok(201)[
            "id"
        ]

    with ThreadPoolExecutor(12) as pool:
        same(len(set(pool.map(ask, range(24)))), 1, "rooms")
    held = okafor.get("/api/chatrooms/?page_size=100").ok()["results"]
    shared = [room for room in held if {u["id"] for u in room["participants"]} == {okafor.id, other.id}]
    same(len(shared), 1, "rooms in the list")


@row("P3.1")
def only_linked_pairs_may_chat(house: House) -> None:
    hale, wren = house.people("hale", "wren")
    for other in (wren.id, house.person("sundaram").id, 99999):
        answer = hale.post("/api/chatrooms/", {"participants": [other]})
        same((answer.status, answer.body), (404, {"detail": "Not found."}), f"{other}")


@row("P3.2")
def everybody_in_the_room_gets_message_and_sender_type(house: House) -> None:
    hale, okafor, room, path = care(house)
    h, o, tab = hale.dial(path), okafor.dial_with_address(path, Node), hale.dial(path.rstrip("/"))
    for who, line, kind in ((hale, h, "patient"), (okafor, o, "practitioner")):
        said = words("My knee hurts")
        line.say({"message": said})
        for other in (h, o, tab):
            told = has(other.hears_words(said), message=said, sender_type=kind, room_id=room, is_read=False)
            has(told, sender=who.id, sender_id=who.id, sender_name=who.name)
            is_stamp(told["timestamp"])
            assert isinstance(told["id"], int), told
        same(counts([h, o, tab], said), [[1, 1, 1]], "heard")


@row("P3.2")
def a_client_that_knows_no_types_hears_messages_alone(house: House) -> None:
    hale, okafor, _, path = care(house)
    h, o = hale.dial(path), okafor.dial(path)
    o.say({"type": "typing", "is_typing": True})
    o.say({"type": "read"})
    said = words("Since when?")
    o.say({"message": said})
    h.hears_words(said)
    same([frame for frame in h.hears_all() if "message" not in frame], [], "frames without a message")


@row("P3.2")
def typing_and_reading_are_told_to_a_client_that_does_know_them(house: House) -> None:
    hale, okafor, _, path = care(house)
    h, o = hale.dial(path), okafor.dial(path)
    h.say({"type": "typing", "is_typing": False})
    said = words("Look at this")
    h.say({"message": said})
    id = o.hears_words(said)["id"]
    o.say({"type": "typing", "is_typing": True})
    has(h.hears(type="typing", is_typing=True), sender_type="practitioner", sender_id=okafor.id)
    o.say({"type": "typing", "is_typing": False})
    h.hears(type="typing", is_typing=False)
    o.say({"type": "read"})
    is_stamp(has(h.hears(type="read", reader_id=okafor.id), message_id=id)["read_at"])


@row("P3.3")
def over_http_a_message_is_sent_and_heard_on_the_socket(house: House) -> None:
    hale, okafor, room, path = care(house)
    o = okafor.dial(path)
    for form in ("json", "text", "form"):
        said = words(f"Sent without a socket, as {form}")
        body = {"room_id": str(room) if form == "text" else room, "message": said}
        if form == "form":
            sent = hale.ask("POST", "/chat/send-message/", data=body).ok()
        else:
            sent = hale.curl("POST", "/chat/send-message/", body).ok()
        has(sent, message=said, status="success", sender_type="patient", room_id=room)
        has(o.hears_words(said), id=sent["id"], sender_type="patient")
        same(sent["data"]["message"], said)
        same(o.count(said), 1, "heard")


@row("P3.3")
def what_was_read_over_http_counts_as_read_and_the_way_back_is_open(house: House) -> None:
    hale, okafor, room, path = care(house)
    h = hale.dial(path)
    h.say({"type": "typing", "is_typing": False})
    said = words("Are you there?")
    h.say({"message": said})
    id = h.hears_words(said)["id"]
    assert okafor.room(room)["unread"] > 0
    got = okafor.curl("GET", f"/chat/messages/{room}/").ok()
    has(got, room_id=room)
    last = has(got["messages"][-1], id=id, message=said, sender_type="patient", is_read=True)
    is_stamp(last["timestamp"])
    same([one["id"] for one in got["messages"]], sorted(one["id"] for one in got["messages"]), "oldest first")
    has(h.hears(type="read"), reader_id=okafor.id, message_id=id)
    same(okafor.room(room)["unread"], 0, "unread")
    same(okafor.curl("GET", f"/chat/messages/{room}").ok()["messages"][-1]["id"], id, "without the slash")
    # The socket can be had again: nothing that came meanwhile is told twice.
    back = okafor.dial(path)
    more = words("Here again")
    back.say({"message": more})
    h.hears_words(more)
    same((back.count(more), back.count(said)), (1, 0))


@row("P3.4")
def the_list_and_the_room_have_their_pages(house: House) -> None:
    hale, okafor, room, _ = care(house)
    cookie = hale.cookie()
    for path in ("/chat/", "/chat", f"/chat/room/{room}/", f"/chat/room/{room}"):
        page = hale.page(path, cookie)
        same(page.status, 200, path)
        same(len(re.findall(r"<h1\b", page.text)), 1, f"headings of {path}")
        assert html.escape(okafor.name) in page.text, path
        anonymous = house.ask("GET", path)
        same((anonymous.status, anonymous.headers.get("location")), (303, f"/login?next={path}"))


@row("P3.5")
def the_list_shows_avatar_name_preview_and_unread(house: House) -> None:
    hale, okafor, room, path = care(house)
    h = hale.dial(path)
    okafor.curl("GET", f"/chat/messages/{room}/").ok()
    said = words("Shown in the list")
    h.say({"message": said})
    h.hears_words(said)
    entry = list_of(okafor.page("/chat/", okafor.cookie()).text)[0]
    assert f"/chat/room/{room}" in entry and said in entry and hale.name in entry, entry
    assert 'class="avatar"' in entry and re.search(r'class="badge">1<', entry), entry


@row("P3.5")
def the_page_of_the_list_shows_who_is_there(house: House) -> None:
    hale, okafor, room, path = care(house)
    hale.dial(path)
    okafor.dial(path)
    for who, other in ((okafor, hale), (hale, okafor)):
        entries = list_of(who.page("/chat/", who.cookie()).text)
        entry = next(entry for entry in entries if f'"/chat/room/{room}"' in entry)
        assert 'data-presence="available"' in entry, f"{other.name} is connected; {entry[:260]}"


@row("P3.5")
def a_conversation_can_be_searched_for(house: House) -> None:
    okafor = house.person("okafor")
    page = okafor.page("/chat/", okafor.cookie()).text
    assert re.search(r'<input[^>]*type="search"|role="search"', page), "the list has no field for it"


@row("P3.7")
def the_pages_of_both_dashboards_lead_to_messages_and_count_what_is_unread(house: House) -> None:
    hale, okafor, room, _ = care(house)
    for who, other in ((okafor, hale), (hale, okafor)):
        other.post("/chat/send-message/", {"room_id": room, "message": words("Unread")}).ok()
        total = who.get("/api/v1/rooms").ok()["unread"]
        assert total > 0
        page = who.page("/", who.cookie()).text
        entries = re.findall(r'<a href="/chat"[^>]*>.*?</a>', page, flags=re.S)
        assert entries, f"{who.name} has no entry"
        wanted = rf'class="badge[^"]*"[^>]*>{total}<'
        assert any(re.search(wanted, entry) for entry in entries), f"no badge with {total} in {entries}"


@row("P3.9")
def only_those_in_a_room_hear_read_or_write_there(house: House) -> None:
    hale, okafor, room, path = care(house)
    whitcombe, castellanos = house.people("whitcombe", "castellanos")
    o = okafor.dial(path)
    said = words("Not yours to write")
    # What is not theirs answers like what is not there.
    for who in (whitcombe, castellanos):
        for number in (room, 999999):
            same(house.refusal(f"/ws/chat/{number}/", who.access).status, 403, f"{who.name}, {number}")
            for answer in (
                who.get(f"/chat/messages/{number}/"),
                who.post("/chat/send-message/", {"room_id": number, "message": said}),
            ):
                same((answer.status, answer.body), (404, {"detail": "Not found."}), f"{who.name}, {number}")
            same(who.page(f"/chat/room/{number}/", who.cookie()).status, 404)
    for answer in (
        house.ask("GET", f"/chat/messages/{room}/"),
        house.ask("POST", "/chat/send-message/", json={"room_id": room, "message": said}),
    ):
        same(answer.status, 401)
    same(house.refusal(path).status, 403)
    same(o.count(said), 0)


@row("P3.9")
def the_sender_is_whoever_has_signed_in_and_the_room_is_the_sockets(house: House) -> None:
    hale, okafor, room, path = care(house)
    lie = {"sender": okafor.id, "sender_id": okafor.id, "sender_type": "practitioner", "room_id": 1 + room}
    h, o = hale.dial(path), okafor.dial(path)
    said = words("Who said this?")
    h.say(lie | {"message": said})
    has(o.hears_words(said), sender=hale.id, sender_type="patient", sender_name=hale.name, room_id=room)
    said = words("And this?")
    hale.post("/chat/send-message/", lie | {"room_id": room, "message": said}).ok()
    has(o.hears_words(said), sender=hale.id, sender_type="patient")


@row("P3.9")
def a_cookie_writes_nothing_from_a_page_of_somebody_elses(house: House) -> None:
    hale, _, room, _ = care(house)
    headers = {"Cookie": hale.cookie(), "Origin": "http://elsewhere.example"}
    body = {"room_id": room, "message": "forged"}
    # Whoever is refused before the body is read does not keep the connection.
    refused = house.ask("POST", "/chat/send-message/", json=body, headers=headers | {"Connection": "close"})
    same(refused.status, 403)
    headers["Origin"] = house.url
    house.ask(
        "POST", "/chat/send-message/", json=body | {"message": words("From her own page")}, headers=headers
    ).ok()
