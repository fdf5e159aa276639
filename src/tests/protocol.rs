//! The frames on the wire, and the protocol's document: every frame in it is one the program speaks.

use crate::model::{
    AccountId, Cid, Error, MessageId, RoomId, Why,
    message::{Kind, Message, Note},
    presence::{Presence, Typing},
    receipt::{Receipt, Standing},
    wire::{Command, Cursor, Event},
};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../docs/protocol.md");

/// The frames written down in the document, each on a line of its own.
fn frames() -> Vec<&'static str> {
    let lines = DOCUMENT.lines().map(|line| line.trim_start_matches(['>', '<', ' ']));
    lines.filter(|line| line.starts_with("{\"") && line.ends_with("}}")).collect()
}

#[test]
fn every_frame_in_the_document_is_spoken() {
    let mut heard = std::collections::BTreeSet::new();
    for frame in frames() {
        let value: Value = serde_json::from_str(frame).unwrap_or_else(|error| panic!("{error}: {frame}"));
        heard.insert(value.as_object().unwrap().keys().next().unwrap().clone());
        let again = match (serde_json::from_str::<Command>(frame), serde_json::from_str::<Event>(frame)) {
            (Ok(command), _) => serde_json::to_value(command).unwrap(),
            (_, Ok(event)) => serde_json::to_value(event).unwrap(),
            (Err(_), Err(error)) => panic!("{error}: {frame}"),
        };
        assert_eq!(again, value, "the program says it otherwise: {frame}");
    }
    let described = crate::server::describe::asyncapi();
    let all = described["components"]["messages"].as_object().unwrap();
    let missing: Vec<&String> = all.keys().filter(|name| !heard.contains(*name)).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

#[test]
fn every_close_code_is_in_the_document() {
    use crate::model::wire::close;
    for code in
        [close::SILENT, close::OVERFLOW, close::CROWDED, close::SIGNED_OUT, close::RESTART, close::TOO_BIG]
    {
        assert!(DOCUMENT.contains(&format!("\n| {code} |")), "{code}");
    }
}

#[test]
fn the_frames_on_the_wire_stay_as_documented() {
    let cid: Cid = "000102030405060708090a0b0c0d0e0f".parse().unwrap();
    let (room, id) = (RoomId(3), MessageId(9));
    let message = Message {
        id,
        room,
        seq: 4,
        change: 4,
        sender: AccountId(1),
        cid,
        kind: Kind::Text,
        body: "Hi".into(),
        note: None,
        sent_ms: 5,
    };
    let note = Message {
        kind: Kind::System,
        body: "Ana added Ben.".into(),
        note: Some(Note::Joined { account: AccountId(2) }),
        ..message.clone()
    };
    let receipt = Receipt {
        room,
        account: AccountId(2),
        delivered_seq: 4,
        delivered_ms: Some(6),
        read_seq: 0,
        read_ms: None,
    };
    let presence = Presence { account: AccountId(2), online: true, last_seen_ms: None };
    let commands = [
        Command::Resume { epoch: Some("e1".into()), rooms: vec![Cursor { room, seq: 4 }] },
        Command::Follow { room, seq: 4 },
        Command::Post { cid, room, body: "Hi".into() },
        Command::Got { rooms: vec![Cursor { room, seq: 4 }] },
        Command::Seen { room, seq: 4 },
        Command::Type { room, on: true },
        Command::Active {},
        Command::Ping {},
    ];
    let events = [
        Event::Welcome { epoch: "e1".into(), account: AccountId(1), presence: vec![presence] },
        Event::Around { presence: vec![presence] },
        Event::Standing { rooms: vec![Standing { room, head: 4, read: 3, unread: 1 }] },
        Event::Ready {},
        Event::Posted(message),
        Event::Posted(note),
        Event::Acked { cid, room, id, seq: 4, sent_ms: 5 },
        Event::Refused { cid: Some(cid), error: Error::invalid("body", Why::TooLong) },
        Event::Gap { room, from: 5, to: 400 },
        Event::Resync {},
        Event::Removed { room },
        Event::Presence(presence),
        Event::Receipt(receipt),
        Event::Typing(Typing { room, account: AccountId(2), on: true }),
        Event::Opened { room },
        Event::Pong {},
    ];
    let mut lines: Vec<String> =
        commands.iter().map(|command| serde_json::to_string(command).unwrap()).collect();
    lines.extend(events.iter().map(|event| serde_json::to_string(event).unwrap()));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"resume":{"epoch":"e1","rooms":[{"room":3,"seq":4}]}}
    {"follow":{"room":3,"seq":4}}
    {"post":{"cid":"000102030405060708090a0b0c0d0e0f","room":3,"body":"Hi"}}
    {"got":{"rooms":[{"room":3,"seq":4}]}}
    {"seen":{"room":3,"seq":4}}
    {"type":{"room":3,"on":true}}
    {"active":{}}
    {"ping":{}}
    {"welcome":{"epoch":"e1","account":1,"presence":[{"account":2,"online":true,"last_seen_ms":null}]}}
    {"around":{"presence":[{"account":2,"online":true,"last_seen_ms":null}]}}
    {"standing":{"rooms":[{"room":3,"head":4,"read":3,"unread":1}]}}
    {"ready":{}}
    {"posted":{"id":9,"room":3,"seq":4,"change":4,"sender":1,"cid":"000102030405060708090a0b0c0d0e0f","body":"Hi","sent_ms":5}}
    {"posted":{"id":9,"room":3,"seq":4,"change":4,"sender":1,"cid":"000102030405060708090a0b0c0d0e0f","kind":"system","body":"Ana added Ben.","note":{"joined":{"account":2}},"sent_ms":5}}
    {"acked":{"cid":"000102030405060708090a0b0c0d0e0f","room":3,"id":9,"seq":4,"sent_ms":5}}
    {"refused":{"cid":"000102030405060708090a0b0c0d0e0f","error":{"code":"invalid","field":"body","why":"too_long"}}}
    {"gap":{"room":3,"from":5,"to":400}}
    {"resync":{}}
    {"removed":{"room":3}}
    {"presence":{"account":2,"online":true,"last_seen_ms":null}}
    {"receipt":{"room":3,"account":2,"delivered_seq":4,"delivered_ms":6,"read_seq":0,"read_ms":null}}
    {"typing":{"room":3,"account":2,"on":true}}
    {"opened":{"room":3}}
    {"pong":{}}
    "#);
}
