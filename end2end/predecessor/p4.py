"""P4: client and worker, over the socket of a job and over HTTP."""

import time

from house import House, Node, Wscat, words
from line import counts
from row import has, is_stamp, row, same


def work(house: House):
    """A client, a worker, their job's room and its socket."""
    bell, piotr = house.people("bell", "piotr")
    job, room = house.job()
    return bell, piotr, job, room, f"/ws/job_chat/{job}/"


def messages(person, room: int, kind: str = "text") -> list[str]:
    """What a room holds."""
    page = person.get(f"/api/chatrooms/{room}/messages/?page_size=100").ok()
    return [message["content"] for message in page["results"] if message["message_type"] == kind]


@row("P4.1")
def a_job_has_one_room_and_its_people_follow_the_job(house: House) -> None:
    bell, piotr, osei, admin = house.people("bell", "piotr", "osei", "admin")
    job, room = house.job(worker=None)
    path = f"/ws/job_chat/{job}/"
    b = bell.dial_with_address(path)
    same(house.refusal(path, piotr.access).status, 403)
    admin.ask("PUT", f"/api/v1/jobs/{job}/worker", json={"worker": piotr.id}).ok()
    joined = b.hears(type="chat_message", message_type="system")
    assert piotr.name in joined["content"], joined
    p = piotr.dial_with_address(path)
    admin.ask("PUT", f"/api/v1/jobs/{job}/worker", json={"worker": osei.id}).ok()
    notes = [b.hears(type="chat_message", message_type="system")["content"] for _ in range(2)]
    assert any(piotr.name in note for note in notes) and any(osei.name in note for note in notes), notes
    same(p.ends(), 4403, "he is no longer part of the job")
    same(house.refusal(path, piotr.access).status, 403)
    osei.dial_with_address(path)
    held = [one["id"] for one in bell.get(f"/api/chatrooms/?job={job}").ok()["results"]]
    same(held, [room], "one room")
    same(bell.post("/api/chatrooms/", {"job": job}).ok(201)["id"], room, "and it is found, not made again")
    people = {person["id"] for person in bell.get(f"/api/chatrooms/{room}/participants/").ok()}
    same(people, {bell.id, osei.id}, "participants")


@row("P4.1")
def unread_is_counted_for_each_participant(house: House) -> None:
    bell, piotr, _, room, path = work(house)
    b, p = bell.dial_with_address(path), piotr.dial_with_address(path)
    for number in range(3):
        b.say({"action": "send_message", "content": words(f"No {number}"), "message_type": "text"})
    last = [p.hears(type="chat_message") for _ in range(3)][-1]
    unread = lambda: {
        one["id"]: one["unread_count"] for one in bell.get(f"/api/chatrooms/{room}/participants/").ok()
    }
    same(unread(), {bell.id: 0, piotr.id: 3})
    same(piotr.get(f"/api/chatrooms/{room}/").ok()["unread_count"], 3)
    p.say({"action": "read_message", "message_id": last["id"]})
    b.hears(type="message_read")
    same(unread(), {bell.id: 0, piotr.id: 0})


@row("P4.2")
def a_message_is_heard_by_both_with_all_its_fields(house: House) -> None:
    bell, piotr, job, room, path = work(house)
    b, p = bell.dial_with_address(path, Wscat), piotr.dial_with_address(path, Node)
    b.say({"action": "send_message", "content": "Hello!", "message_type": "text"})
    for line in (b, p):
        told = has(line.hears(type="chat_message"), job_id=job, room=room, room_id=room, content="Hello!")
        has(told, message_type="text", sender_id=bell.id, sender_name=bell.name, is_read=False)
        has(told["sender"], id=bell.id, email=bell.email)
        has(told["message"], id=told["id"], content="Hello!")
        is_stamp(told["timestamp"])
        same(told["created_at"], told["timestamp"])
    p.say({"action": "send_message", "content": "Good morning", "message_type": "text"})
    has(b.hears(type="chat_message"), content="Good morning", sender_id=piotr.id)
    same(counts([b, p], "Hello!", "Good morning"), [[1, 1], [1, 1]], "heard")


@row("P4.2")
def typing_and_reading_are_actions(house: House) -> None:
    bell, piotr, _, _, path = work(house)
    b, p = bell.dial(path.rstrip("/")), piotr.dial_with_address(path)
    p.say({"action": "typing_start"})
    has(b.hears(type="typing_indicator"), user_id=piotr.id, user_name=piotr.name, is_typing=True)
    p.say({"action": "typing_stop"})
    has(b.hears(type="typing_indicator"), user_id=piotr.id, is_typing=False)
    b.say({"action": "send_message", "content": "When?", "message_type": "text"})
    id = p.hears(type="chat_message")["id"]
    p.say({"action": "read_message", "message_id": str(id)})
    is_stamp(
        has(b.hears(type="message_read"), message_id=id, user_id=piotr.id, user_name=piotr.name)["read_at"]
    )
    b.say({"action": "send_message", "content": "And where?", "message_type": "text"})
    id = p.hears(type="chat_message")["id"]
    p.say({"action": "read_message"})
    has(b.hears(type="message_read"), message_id=id)


@row("P4.3")
def text_image_and_file_are_kept_and_system_is_the_houses_own(house: House) -> None:
    bell, piotr, job, room, path = work(house)
    b, p = bell.dial_with_address(path), piotr.dial_with_address(path)
    for kind in ("text", "image", "file"):
        b.say({"action": "send_message", "content": f"a {kind}", "message_type": kind})
        has(p.hears(type="chat_message"), content=f"a {kind}", message_type=kind)
        same(messages(piotr, room, kind), [f"a {kind}"])
    b.say({"action": "send_message", "content": "I am the house", "message_type": "system"})
    b.hears(type="error")
    body = {"content": "I am the house", "message_type": "system"}
    assert "message_type" in bell.post(f"/api/chatrooms/{room}/send_message/", body).ok(400)
    same(p.count("I am the house"), 0)
    piotr.post(f"/api/v1/jobs/{job}/confirm", {}).ok()
    has(p.hears(type="chat_message"), message_type="system", sender=None)


@row("P4.4")
def rooms_are_listed_and_shown(house: House) -> None:
    bell, piotr, job, room, _ = work(house)
    sent = bell.curl("POST", f"/api/chatrooms/{room}/send_message/", {"content": "Ring twice"}).ok(201)
    has(sent, content="Ring twice", message_type="text", sender_id=bell.id, room=room)
    listed = piotr.curl("GET", "/api/chatrooms/").ok()
    same(set(listed), {"count", "next", "previous", "results"}, "a page")
    first = has(listed["results"][0], id=room, job=job, unread_count=1)
    same(first["last_message"]["content"], "Ring twice", "the last active first")
    for path in (f"/api/chatrooms/{room}/", f"/api/chatrooms/{room}"):
        one = has(piotr.get(path).ok(), id=room, job=job, unread_count=1)
        same({user["id"] for user in one["participants"]}, {bell.id, piotr.id})
    for user in piotr.get(f"/api/chatrooms/{room}/participants/").ok():
        has(user, unread_count=1 if user["id"] == piotr.id else 0)
        is_stamp(user["joined_at"])
    read = piotr.post(f"/api/messages/{sent['id']}/mark_read/", {}).ok()
    has(read, id=sent["id"], is_read=True)
    same(piotr.get(f"/api/chatrooms/{room}/").ok()["unread_count"], 0)
    same(bell.get(f"/api/chatrooms/{room}/messages/").ok()["results"][-1]["is_read"], True)


@row("P4.4")
def a_rooms_messages_come_in_pages_the_newest_first(house: House) -> None:
    bell, _, _, room, _ = work(house)
    for number in range(1, 8):
        bell.post(f"/api/chatrooms/{room}/send_message/", {"content": f"No {number}"}).ok(201)
    page = bell.get(f"/api/chatrooms/{room}/messages/?page_size=3").ok()
    same([message["content"] for message in page["results"]], ["No 5", "No 6", "No 7"], "oldest first")
    same(page["previous"], None)
    assert page["next"].startswith(house.url), page["next"]
    back = bell.get(page["next"].removeprefix(house.url)).ok()
    same([message["content"] for message in back["results"]], ["No 2", "No 3", "No 4"])
    forth = bell.get(back["previous"].removeprefix(house.url)).ok()
    same(forth["results"], page["results"], "and forth again")
    same(bell.get(f"/api/chatrooms/{room}/messages/?page=99").status, 404)


@row("P4.4")
def messages_are_filtered(house: House) -> None:
    bell, piotr, _, room, _ = work(house)
    mark = words("mark").split()[1]
    for number in range(1, 6):
        who = piotr if number % 2 == 0 else bell
        body = {"content": f"No {number} of {mark} at 100%"}
        sent = who.post(f"/api/chatrooms/{room}/send_message/", body).ok(201)
    found = lambda query: bell.get(f"/api/messages/?{query}").ok()["count"]
    same(found(f"text={mark}"), 5)
    same(found(f"room={room}&sender={piotr.id}"), 2)
    same(found(f"room={room}&unread=true"), 2)
    same(found(f"room={room}&text=at 100%25"), 5)
    same(found(f"room={room}&text=100_"), 0)
    same(found(f"room={room}&since={sent['timestamp']}"), 1)
    same(found("since=2999-01-01"), 0)
    newest = bell.get(f"/api/messages/?text={mark}").ok()["results"]
    same([one["content"].split()[1] for one in newest], list("54321"), "the newest first")
    same(house.person("osei").get(f"/api/messages/?text={mark}").ok()["count"], 0, "of one's own rooms only")
    for query in ("room=x", "since=soon", "unread=perhaps"):
        same(bell.get(f"/api/messages/?{query}").status, 400, query)


@row("P4.4")
def rooms_are_made_renamed_and_ended_as_rights_allow(house: House) -> None:
    bell, lindqvist, mensah = house.people("bell", "lindqvist", "mensah")
    name = words("Rota")
    made = lindqvist.post("/api/chatrooms/", {"name": name, "participants": [mensah.id]}).ok(201)
    has(made, name=name, is_group=True)
    path = f"/api/chatrooms/{made['id']}/"
    same(mensah.ask("PATCH", path, json={"name": "Mine"}).status, 403)
    same(bell.ask("PATCH", path, json={"name": "Mine"}).status, 404)
    has(lindqvist.ask("PATCH", path, json={"name": name + " 2"}).ok(), name=name + " 2")
    has(lindqvist.ask("PUT", path, json={"name": name + " 3"}).ok(), name=name + " 3")
    same(mensah.ask("DELETE", path).status, 403)
    job, room = house.job()
    same(bell.ask("DELETE", f"/api/chatrooms/{room}/").status, 403, "a job's room stays")
    gone = lindqvist.ask("DELETE", path)
    same((gone.status, gone.text), (204, ""))
    for who in (lindqvist, mensah):
        same(who.get(path).status, 404)
    refused = bell.post("/api/chatrooms/", {"name": "Us", "participants": [house.person("piotr").id]})
    same(refused.status, 403, "a client makes no groups")
    same(set(bell.get("/api/chatrooms/").ok()["results"][0]) >= {"id", "name", "participants"}, True)


@row("P4.7")
def after_a_broken_connection_the_conversation_goes_on(house: House) -> None:
    bell, piotr, _, room, path = work(house)
    b, p = bell.dial_with_address(path), piotr.dial_with_address(path)
    said = [words("Before"), words("While he was away"), words("After")]
    b.say({"action": "send_message", "content": said[0], "message_type": "text"})
    p.hears_words(said[0])
    p.break_off()
    b.say({"action": "send_message", "content": said[1], "message_type": "text"})
    b.hears_words(said[1])
    p = piotr.dial_with_address(path)
    same(messages(piotr, room), said[:2], "what was missed is in the history, once")
    b.say({"action": "send_message", "content": said[2], "message_type": "text"})
    p.hears_words(said[2])
    same(counts([p], *said), [[0], [0], [1]], "heard after coming back")
    same(messages(bell, room), said)


@row("P4.7")
def many_broken_connections_lock_nobody_out(house: House) -> None:
    _, piotr, _, _, path = work(house)
    for number in range(25):
        piotr.dial_with_address(path).break_off()
        if number % 10 == 9:
            time.sleep(0.2)
    p = piotr.dial_with_address(path)
    p.say({"action": "send_message", "content": "Here again", "message_type": "text"})
    p.hears_words("Here again")
    same(p.count("Here again"), 1)


@row("P4.8")
def typing_is_shown_to_the_other_and_ends_after_three_seconds(house: House) -> None:
    bell, piotr, _, _, path = work(house)
    b, p = bell.dial_with_address(path), piotr.dial_with_address(path)
    p.say({"action": "typing_start"})
    b.hears(type="typing_indicator", user_id=piotr.id, is_typing=True)
    began = b.came
    b.hears(type="typing_indicator", user_id=piotr.id, is_typing=False, within=6)
    assert 2.7 < b.came - began < 3.8, f"ended after {b.came - began:.1f} s"
    same([frame for frame in p.hears_all() if frame["type"] == "typing_indicator"], [], "not the writer")
