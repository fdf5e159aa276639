"""P5: doctor and patient, by their addresses."""

import statistics
import time
from datetime import datetime

from house import House, Node, words
from line import counts
from row import has, is_stamp, row, same

FIELDS = {"id", "sender_email", "receiver_email", "message", "timestamp", "read", "delivered"}


@row("P5.1")
def a_message_goes_to_the_receiver_and_the_senders_other_tabs(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    h, tab, o = hale.mail(), hale.mail(Node), okafor.mail(Node)
    for who, whom, line in ((hale, okafor, h), (okafor, hale, o)):
        said = words("Good morning")
        line.say({"receiver_email": whom.email, "message": said})
        for other in (h, tab, o):
            told = other.hears_words(said)
            same(set(told), FIELDS, "fields")
            has(
                told,
                sender_email=who.email,
                receiver_email=whom.email,
                message=said,
                read=False,
                delivered=True,
            )
            assert isinstance(told["id"], str), told
            is_stamp(told["timestamp"])
        same(counts([h, tab, o], said), [[1, 1, 1]], "heard")


@row("P5.1")
def the_token_may_stand_in_the_address(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    for path in (f"/ws/{hale.email}", f"/ws/{hale.email}/", f"/ws/{hale.email.upper().replace('@', '%40')}"):
        h, said = hale.dial_with_address(path), words("Hello")
        h.say({"receiver_email": okafor.email, "message": said})
        has(h.hears_words(said), sender_email=hale.email)


@row("P5.1")
def an_address_is_its_owners_alone(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    for address in (okafor.email, "nobody@demo.confer"):
        refused = house.refusal(f"/ws/{address}", hale.access)
        same((refused.status, refused.words), (403, "Access denied"), address)
    h, o = hale.mail(), okafor.mail()
    said = words("I am her")
    h.say({"sender_email": okafor.email, "receiver_email": okafor.email, "message": said})
    has(o.hears_words(said), sender_email=hale.email)


@row("P5.2")
def the_history_is_for_the_two_of_them(house: House) -> None:
    hale, okafor, castellanos = house.people("hale", "okafor", "castellanos")
    h, said = hale.mail(), [words("One"), words("Two")]
    for text in said:
        h.say({"receiver_email": okafor.email, "message": text})
        h.hears_words(text)
    for who in (hale, okafor):
        for one, other in ((hale, okafor), (okafor, hale)):
            told = who.curl("GET", f"/messages/{one.email}/{other.email}").ok()
            same([message["message"] for message in told[-2:]], said, "oldest first")
            assert all(set(message) == FIELDS for message in told), told[-1]
            has(told[-1], sender_email=hale.email, receiver_email=okafor.email)
            times = [datetime.fromisoformat(message["timestamp"].replace("Z", "+00:00")) for message in told]
            same(times, sorted(times))
    same(len(hale.get(f"/messages/{hale.email}/{okafor.email}?limit=1").ok()), 1)
    denied = {"detail": "Not authorized to access these messages"}
    for other in (okafor.email, "nobody@demo.confer"):
        answer = castellanos.get(f"/messages/{hale.email}/{other}")
        same((answer.status, answer.body), (403, denied), other)
    answer = house.curl("GET", f"/messages/{hale.email}/{okafor.email}")
    same((answer.status, answer.body), (401, {"detail": "Not authenticated"}))


@row("P5.3")
def a_partners_messages_are_marked_as_read(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    okafor.curl("PATCH", f"/messages/mark-read/{hale.email}").ok()
    h = hale.mail()
    for text in ("One", "Two"):
        h.say({"receiver_email": okafor.email, "message": text})
        h.hears_words(text)
    last = lambda: hale.get(f"/messages/{hale.email}/{okafor.email}").ok()[-1]
    has(last(), message="Two", read=False)
    wanted = {"message": "Messages marked as read", "status": "success", "modified_count": 2}
    same(okafor.curl("PATCH", f"/messages/mark-read/{hale.email}").ok(), wanted)
    has(last(), message="Two", read=True, delivered=True)
    has(okafor.curl("PATCH", f"/messages/mark-read/{hale.email}/").ok(), modified_count=0)


@row("P5.4")
def sent_delivered_and_read_are_told_apart(house: House) -> None:
    okafor, eze = house.people("okafor", "eze")
    o = okafor.mail()
    last = lambda: okafor.get(f"/messages/{okafor.email}/{eze.email}").ok()[-1]
    said = words("Are you at home?")
    o.say({"receiver_email": eze.email, "message": said})
    has(o.hears_words(said), delivered=False, read=False)
    has(last(), message=said, delivered=False, read=False)
    e, said = eze.mail(), words("And now?")
    o.say({"receiver_email": eze.email, "message": said})
    has(e.hears_words(said), delivered=True, read=False)
    has(o.hears_words(said), delivered=True, read=False)
    until = time.monotonic() + 3
    while not last()["delivered"] and time.monotonic() < until:
        time.sleep(0.1)
    has(last(), message=said, delivered=True, read=False)
    eze.ask("PATCH", f"/messages/mark-read/{okafor.email}").ok()
    has(last(), message=said, delivered=True, read=True)


@row("P5.8")
def a_message_arrives_in_under_a_tenth_of_a_second(house: House) -> None:
    hale, okafor = house.people("hale", "okafor")
    h, o = hale.mail(), okafor.mail()
    took = []
    for number in range(21):
        said = words(f"No {number}")
        began = time.monotonic()
        h.say({"receiver_email": okafor.email, "message": said})
        o.hears_words(said)
        took.append((o.came - began) * 1000)
    median = statistics.median(took)
    assert median < 100, f"median {median:.1f} ms of {sorted(round(ms) for ms in took)}"
