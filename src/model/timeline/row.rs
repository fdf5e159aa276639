//! A line of a conversation as it is drawn, and how far it has come.

use super::Timeline;
use crate::model::{AccountId, Cid, Error, MessageId, message::Kind};

/// How far an own message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Sending,
    Sent,
    /// A device of everybody else has it.
    Delivered,
    /// It has been on everybody else's screen.
    Read,
    Failed(Error),
}

/// One line of a conversation, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub cid: Cid,
    pub sender: AccountId,
    pub body: String,
    pub sent_ms: i64,
    /// Absent until the server has given the message its place.
    pub id: Option<MessageId>,
    /// Its place; zero until it has one.
    pub seq: i64,
    /// The number of its last edit; zero while it stands as written.
    pub edit: i64,
    /// Written by the house: what happened to the room.
    pub is_note: bool,
    pub delivery: Delivery,
}

/// What makes a drawn line the same one: a draft keeps its line when it is stored, an edit gets a new one.
pub type RowKey = (AccountId, Cid, i64);

impl Row {
    /// This line's key.
    pub fn key(&self) -> RowKey {
        (self.sender, self.cid, self.edit)
    }
}

impl Timeline {
    /// Every line held, in the order of the room, own unsent ones last.
    pub fn rows(&self) -> Vec<Row> {
        let delivered = self.others().map(|receipt| receipt.delivered_seq.max(receipt.read_seq)).min();
        let read = self.others().map(|receipt| receipt.read_seq).min();
        let delivery = |seq| match seq {
            seq if read.is_some_and(|read| read >= seq) => Delivery::Read,
            seq if delivered.is_some_and(|delivered| delivered >= seq) => Delivery::Delivered,
            _ => Delivery::Sent,
        };
        let stored = self.stored.iter().map(|message| Row {
            cid: message.cid,
            sender: message.sender,
            body: message.body.clone(),
            sent_ms: message.sent_ms,
            id: Some(message.id),
            seq: message.seq,
            edit: if message.change == message.seq { 0 } else { message.change },
            is_note: message.kind == Kind::System,
            delivery: if message.sender == self.me { delivery(message.seq) } else { Delivery::Sent },
        });
        let queued = self.queue.iter().map(|queued| Row {
            cid: queued.draft.cid,
            sender: self.me,
            body: queued.draft.body.clone(),
            sent_ms: queued.at_ms,
            id: None,
            seq: 0,
            edit: 0,
            is_note: false,
            delivery: queued.failure().cloned().map_or(Delivery::Sending, Delivery::Failed),
        });
        stored.chain(queued).collect()
    }
}
