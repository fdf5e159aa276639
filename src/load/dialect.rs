//! The wire formats a crowd can speak; the rest of the generator knows none of them.

use super::scan;
use std::io::Write;

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    /// Confer's own socket, docs/protocol.md
    Native,
    /// The job chat's, docs/predecessors.md: rooms of two, no resuming
    P4,
}

/// What a name takes at the beginning of a message, with the blank behind it.
const NAME_BYTES: usize = 33;

/// The name of one send: which run, and which send of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    pub run: u64,
    pub index: u64,
}

/// What an event means to the crowd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// All that was missed has come.
    Ready,
    Posted {
        room: i64,
        seq: i64,
        name: Name,
    },
    Acked {
        seq: i64,
        name: Name,
    },
    Refused {
        name: Option<Name>,
        code: &'a [u8],
    },
    /// Too much was missed to be replayed: up to this number it must be paged.
    Gap {
        room: i64,
        to: i64,
    },
    /// The server cannot go on from where the client stands.
    Lost {
        event: &'a [u8],
    },
    /// An event the crowd has no interest in.
    Passed,
    /// An event that lacks what it must hold.
    Broken,
}

impl Dialect {
    /// Where the socket is, of a person in such a job, and what both sides call the format.
    pub fn door(self, job: Option<i64>) -> (String, Option<&'static str>) {
        match self {
            Dialect::Native => ("/ws".into(), Some(confer::model::wire::SUBPROTOCOL)),
            Dialect::P4 => (format!("/ws/job_chat/{}/", job.unwrap_or_default()), None),
        }
    }

    /// Whether a client says first what it holds, and is told what it missed, and whether sends are answered. An old
    /// one hears its own messages come back instead.
    pub fn resumes(self) -> bool {
        self == Dialect::Native
    }

    /// The first words on a new connection: the rooms and what is held of each.
    pub fn resume(self, out: &mut Vec<u8>, rooms: impl Iterator<Item = (i64, i64)>) {
        match self {
            Dialect::Native => {
                out.extend_from_slice(b"{\"resume\":{\"epoch\":null,\"rooms\":[");
                cursors(out, rooms);
                out.extend_from_slice(b"]}}");
            }
            Dialect::P4 => {}
        }
    }

    /// Sends a message.
    pub fn post(self, out: &mut Vec<u8>, room: i64, name: Name, body: &[u8]) {
        match self {
            Dialect::Native => {
                let Name { run, index } = name;
                // Writing to memory does not fail.
                let _ = write!(
                    out,
                    "{{\"post\":{{\"cid\":\"{run:016x}{index:016x}\",\"room\":{room},\"body\":\""
                );
                out.extend_from_slice(body);
                out.extend_from_slice(b"\"}}");
            }
            Dialect::P4 => {
                let Name { run, index } = name;
                // Old clients give their messages no names: it stands in what is said.
                let _ = write!(out, "{{\"action\":\"send_message\",\"content\":\"{run:016x}{index:016x} ");
                out.extend_from_slice(body.get(NAME_BYTES..).unwrap_or_default());
                out.extend_from_slice(b"\",\"message_type\":\"text\"}");
            }
        }
    }

    /// Says what has arrived.
    pub fn got(self, out: &mut Vec<u8>, rooms: impl Iterator<Item = (i64, i64)>) {
        match self {
            Dialect::Native => {
                out.extend_from_slice(b"{\"got\":{\"rooms\":[");
                cursors(out, rooms);
                out.extend_from_slice(b"]}}");
            }
            Dialect::P4 => out.extend_from_slice(b"{\"action\":\"read_message\"}"),
        }
    }

    /// How to ask for the messages after one, over HTTP: where, and with which words.
    pub fn ask_after(self, room: i64, seq: i64) -> (&'static str, String) {
        match self {
            // Nobody is ever told of a gap who does not resume.
            Dialect::Native | Dialect::P4 => {
                let limit = confer::model::message::PAGE_MAX;
                let ask = format!("{{\"room\":{room},\"stretch\":{{\"after\":{seq}}},\"limit\":{limit}}}");
                ("/_fn/message/page", ask)
            }
        }
    }

    /// The messages of a page, in order: the number of each, and its name.
    pub fn messages(self, page: &[u8]) -> Vec<(i64, Name)> {
        match self {
            Dialect::Native | Dialect::P4 => memchr::memmem::find_iter(page, b"\"seq\":")
                .filter_map(|at| Some((scan::number(&page[at..], b"\"seq\":")?, cid(&page[at..])?)))
                .collect(),
        }
    }

    /// Reads an event.
    pub fn hear(self, event: &[u8]) -> Heard<'_> {
        match self {
            Dialect::Native => hear_native(event),
            Dialect::P4 => hear_p4(event),
        }
    }
}

fn cursors(out: &mut Vec<u8>, rooms: impl Iterator<Item = (i64, i64)>) {
    for (at, (room, seq)) in rooms.enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}{{\"room\":{room},\"seq\":{seq}}}");
    }
}

fn hear_native(event: &[u8]) -> Heard<'_> {
    let found = match scan::name(event) {
        b"posted" => posted(event),
        b"acked" => acked(event),
        b"refused" => scan::word(event, b"\"code\":").map(|code| Heard::Refused { name: cid(event), code }),
        b"ready" => Some(Heard::Ready),
        b"gap" => gap(event),
        name @ (b"resync" | b"removed") => Some(Heard::Lost { event: name }),
        b"" => None,
        _ => Some(Heard::Passed),
    };
    found.unwrap_or(Heard::Broken)
}

fn hear_p4(event: &[u8]) -> Heard<'_> {
    if memchr::memmem::find(event, b"\"type\":\"chat_message\"").is_some() {
        let told = || {
            let (run, index) = scan::halves(scan::word(event, b"\"content\":")?.get(..NAME_BYTES - 1)?)?;
            let (room, seq) = (scan::number(event, b"\"room\":")?, scan::number(event, b"\"seq\":")?);
            Some(Heard::Posted { room, seq, name: Name { run, index } })
        };
        return told().unwrap_or(Heard::Broken);
    }
    match memchr::memmem::find(event, b"\"type\":\"error\"") {
        Some(_) => Heard::Refused { name: None, code: scan::word(event, b"\"code\":").unwrap_or_default() },
        None => Heard::Passed,
    }
}

fn posted(event: &[u8]) -> Option<Heard<'_>> {
    let (room, seq) = (scan::number(event, b"\"room\":")?, scan::number(event, b"\"seq\":")?);
    Some(Heard::Posted { room, seq, name: cid(event)? })
}

fn acked(event: &[u8]) -> Option<Heard<'_>> {
    Some(Heard::Acked { seq: scan::number(event, b"\"seq\":")?, name: cid(event)? })
}

fn gap(event: &[u8]) -> Option<Heard<'_>> {
    Some(Heard::Gap { room: scan::number(event, b"\"room\":")?, to: scan::number(event, b"\"to\":")? })
}

fn cid(event: &[u8]) -> Option<Name> {
    let (run, index) = scan::halves(scan::word(event, b"\"cid\":")?)?;
    Some(Name { run, index })
}

#[cfg(test)]
mod tests {
    use super::*;
    use confer::model::{
        Cid, Error, MessageId, RoomId,
        wire::{Command, Cursor, Event},
    };

    const NAME: Name = Name { run: 7, index: 41 };

    fn cid() -> Cid {
        format!("{:016x}{:016x}", NAME.run, NAME.index).parse().unwrap()
    }

    #[test]
    fn what_is_said_is_what_the_server_reads() {
        let mut out = Vec::new();
        Dialect::Native.post(&mut out, 12, NAME, b"hello");
        let heard: Command = serde_json::from_slice(&out).unwrap();
        assert_eq!(heard, Command::Post { cid: cid(), room: RoomId(12), body: "hello".into() });
        out.clear();
        Dialect::Native.resume(&mut out, [(1, 0), (2, 9)].into_iter());
        let rooms = vec![Cursor { room: RoomId(1), seq: 0 }, Cursor { room: RoomId(2), seq: 9 }];
        let heard: Command = serde_json::from_slice(&out).unwrap();
        assert_eq!(heard, Command::Resume { epoch: None, rooms });
    }

    #[test]
    fn what_the_server_says_is_understood() {
        let said = |event: &Event| serde_json::to_vec(event).unwrap();
        let acked = Event::Acked { cid: cid(), room: RoomId(12), id: MessageId(5), seq: 62, sent_ms: 1 };
        assert_eq!(Dialect::Native.hear(&said(&acked)), Heard::Acked { seq: 62, name: NAME });
        let refused = Event::Refused { cid: None, error: Error::NotFound };
        let code = b"not_found".as_slice();
        assert_eq!(Dialect::Native.hear(&said(&refused)), Heard::Refused { name: None, code });
        let gap = Event::Gap { room: RoomId(12), from: 62, to: 980 };
        assert_eq!(Dialect::Native.hear(&said(&gap)), Heard::Gap { room: 12, to: 980 });
        assert_eq!(Dialect::Native.hear(&said(&Event::Ready {})), Heard::Ready);
        assert_eq!(Dialect::Native.hear(&said(&Event::Resync {})), Heard::Lost { event: b"resync" });
    }

    #[test]
    fn a_posted_message_is_understood_whatever_else_it_holds() {
        let event = br#"{"posted":{"id":4,"new":[1],"room":12,"seq":62,"cid":"00000000000000070000000000000029","body":"x"}}"#;
        assert_eq!(Dialect::Native.hear(event), Heard::Posted { room: 12, seq: 62, name: NAME });
        assert_eq!(Dialect::Native.hear(br#"{"posted":{"room":12}}"#), Heard::Broken);
    }

    #[test]
    fn a_page_tells_each_message_in_order() {
        let cid = cid();
        let message = |seq: i64| {
            format!(r#"{{"id":9,"room":12,"seq":{seq},"sender":1,"cid":"{cid}","body":"\"seq\":9"}}"#)
        };
        let page = format!(r#"{{"messages":[{},{}],"more":false}}"#, message(4), message(5));
        assert_eq!(Dialect::Native.messages(page.as_bytes()), [(4, NAME), (5, NAME)]);
    }

    #[test]
    fn the_job_chat_is_understood() {
        let mut out = Vec::new();
        Dialect::P4.post(&mut out, 12, NAME, &b"x".repeat(40));
        let said: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(said["content"], format!("{} xxxxxxx", cid()));
        let event = format!(
            r#"{{"content":"{0} x","message":{{"content":"{0} x","room":12,"seq":62}},"room":12,"seq":62,"type":"chat_message"}}"#,
            cid()
        );
        assert_eq!(Dialect::P4.hear(event.as_bytes()), Heard::Posted { room: 12, seq: 62, name: NAME });
        assert_eq!(Dialect::P4.hear(br#"{"is_online":true,"type":"user_status"}"#), Heard::Passed);
    }

    #[test]
    fn unknown_events_are_passed_over() {
        assert_eq!(Dialect::Native.hear(br#"{"standing":{"rooms":[]}}"#), Heard::Passed);
        assert_eq!(Dialect::Native.hear(b"junk"), Heard::Broken);
    }
}
