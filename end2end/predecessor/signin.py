"""Signing in as old clients do: a pair of tokens, refreshed and ended."""

from house import PASSWORD, House, Person
from row import row, same

EMAIL = "bell@demo.confer"
WRONG = {"detail": "No active account found with the given credentials", "code": "no_active_account"}
INVALID = {"detail": "Token is invalid or expired", "code": "token_not_valid"}
REQUIRED = ["This field is required."]


@row("token")
def an_address_and_a_password_get_access_and_refresh(house: House) -> None:
    asked = {"email": EMAIL, "password": PASSWORD}
    pairs = [
        house.curl("POST", "/api/token/", None, asked).ok(),
        house.ask("POST", "/api/token", json=asked).ok(),
        house.ask("POST", "/api/token/", data=asked).ok(),
    ]
    for pair in pairs:
        same(set(pair), {"access", "refresh"})
        same(house.ask("GET", "/api/v1/me", pair["access"]).ok()["email"], EMAIL)
        same(
            house.ask("GET", "/api/v1/me", pair["refresh"]).status,
            401,
            "a refresh token opens nothing itself",
        )


@row("token")
def a_refresh_token_gets_the_next_access_token_again_and_again(house: House) -> None:
    first = Person(house, EMAIL)
    for path in ("/api/token/refresh/", "/api/token/refresh", "/api/token/refresh/"):
        next_pair = house.curl("POST", path, None, {"refresh": first.refresh}).ok()
        same(house.ask("GET", "/api/v1/me", next_pair["access"]).ok()["id"], first.id)
    later = house.ask("POST", "/api/token/refresh/", json={"refresh": next_pair["refresh"]}).ok()
    answer = house.ask("POST", "/api/token/refresh/", json={"refresh": first.refresh})
    same((answer.status, answer.body), (401, INVALID), "an older one after a newer one")
    same(house.ask("GET", "/api/v1/me", later["access"]).status, 401, "its session has ended")


@row("token")
def wrong_credentials_and_missing_fields_are_answered_in_simple_jwts_words(house: House) -> None:
    for asked in (
        {"email": EMAIL, "password": "wrong"},
        {"email": "nobody@demo.confer", "password": PASSWORD},
    ):
        answer = house.curl("POST", "/api/token/", None, asked)
        same((answer.status, answer.body), (401, WRONG))
    both = {"email": REQUIRED, "password": REQUIRED}
    for asked, wanted in (({"password": "x"}, {"email": REQUIRED}), ({}, both)):
        answer = house.curl("POST", "/api/token/", None, asked)
        same((answer.status, answer.body), (400, wanted))
    answer = house.ask("POST", "/api/token/refresh/", json={})
    same((answer.status, answer.body), (400, {"refresh": REQUIRED}))
    for token in ("nonsense", house.person("bell").access):
        answer = house.ask("POST", "/api/token/refresh/", json={"refresh": token})
        same((answer.status, answer.body), (401, INVALID))


@row("token")
def an_ended_session_closes_its_sockets_and_opens_nothing(house: House) -> None:
    person, other = Person(house, EMAIL), Person(house, EMAIL)
    lines = [person.dial("/ws/presence/"), person.mail()]
    kept = other.dial("/ws/presence/")
    answer = house.ask("POST", "/api/token/blacklist/", json={"refresh": person.refresh})
    same((answer.status, answer.body), (200, {}))
    same([line.ends() for line in lines], [4401, 4401])
    same(person.get("/api/v1/me").status, 401)
    same(house.refusal("/ws/presence/", person.access).status, 403)
    same(house.ask("POST", "/api/token/refresh/", json={"refresh": person.refresh}).status, 401)
    kept.say({"type": "heartbeat"})
    kept.hears(type="heartbeat_ack")
