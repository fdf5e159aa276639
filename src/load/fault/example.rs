//! A small right history for tests to spoil: Ana (1) and Ben (2) in room 1, where Ben joins as number 4.

use super::{
    history::{End, History, Way},
    stored::Stored,
};
use confer::model::{
    AccountId, Cid, MessageId, RoomId,
    message::{Kind, Message, Note},
    receipt::Standing,
};

/// What happened, and what is stored of it.
pub struct Example {
    pub history: History,
    pub stored: Stored,
}

pub const ROOM: RoomId = RoomId(1);
pub const ANA: AccountId = AccountId(1);
pub const BEN: AccountId = AccountId(2);

/// An ack.
pub fn acked(room: i64, id: i64, seq: i64) -> End {
    End::Acked { room: RoomId(room), id, seq, sent_ms: 1_000 + seq }
}

fn message(seq: i64, sender: AccountId) -> Message {
    Message {
        id: MessageId(100 + seq),
        room: ROOM,
        seq,
        change: seq,
        sender,
        cid: Cid([seq as u8; 16]),
        kind: Kind::Text,
        body: format!("number {seq}"),
        note: None,
        sent_ms: 1_000 + seq,
    }
}

impl Example {
    /// Ana says three things, one after another's ack; both hear them.
    pub fn talk() -> Example {
        let mut history = History::new();
        let links = [history.open(0), history.open(1)];
        let mut messages: Vec<Message> = (1..=3).map(|seq| message(seq, ANA)).collect();
        for message in &messages {
            let send = history.wish(0, ANA, message.cid, ROOM, message.body.clone());
            history.say(send, links[0]);
            history.answer(ANA, message.cid, links[0], acked(1, message.id.0, message.seq));
            let at_ms = message.seq as u64 * 10;
            history.sends[send].tries[0].at_ms = at_ms;
            if let Some(end) = &mut history.sends[send].tries[0].end {
                end.0 = at_ms + 5;
            }
        }
        messages.push(Message {
            kind: Kind::System,
            note: Some(Note::Joined { account: BEN }),
            ..message(4, ANA)
        });
        for (client, account) in [(0, ANA), (1, BEN)] {
            for message in &messages {
                history.hear(client, account, links[client], Way::Live, message.clone());
            }
            history.present.insert(client);
            history.bases.insert((client, ROOM), 0);
        }
        history.standings.push((ANA, Standing { room: ROOM, head: 4, read: 0, unread: 0 }));
        history.standings.push((BEN, Standing { room: ROOM, head: 4, read: 1, unread: 2 }));
        history.see(ROOM, BEN, 1);
        let stored = Stored {
            heads: [(ROOM, 4)].into(),
            messages,
            members: [((ROOM, ANA), 0), ((ROOM, BEN), 1)].into(),
        };
        Example { history, stored }
    }
}
