//! Publishing: what is stored is told, in the order of each room's line, also where another node stored it.

use super::{App, message, writer::AWAY};
use crate::{
    args,
    model::{
        AccountId, Result, RoomId,
        message::{Message, Note},
        wire::{Event, REPLAY_MAX},
    },
};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long what listeners here have missed is looked up before what is new is told; it keeps the next send waiting.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(1);
/// Rooms active this recently are compared again, so that nodes whose clocks differ miss none.
const LOOK_BACK_MS: i64 = 60_000;

/// Publishes stored messages in the order of their rooms' lines. What was stored before and never told (by
/// another node, or by a commit whose end was not heard) is told first.
pub async fn publish(app: &App, messages: Vec<Message>) {
    let by = Instant::now() + CAUGHT_UP_WITHIN;
    for message in messages {
        let (room, change) = (message.room, message.change);
        if let Some(head) = app.hub.head(room) {
            if change <= head {
                continue;
            }
            if change > head + 1
                && let Err(error) =
                    timeout_at(by, catch_up(app, room, head, change)).await.unwrap_or(Err(AWAY))
            {
                // The next message or the next comparison tells it, and in order.
                tracing::warn!(room.id = %room, error.code = error.code(), "a room's listeners are told later");
                continue;
            }
        }
        hear_note(app, &message);
        app.hub.publish(room, change, &Event::Posted(message));
    }
}

/// Tells what a room's listeners here have missed between what was told and `before`.
pub async fn catch_up(app: &App, room: RoomId, head: i64, before: i64) -> Result<()> {
    let missed = message::changes(app, room, head, REPLAY_MAX).await?;
    for missed in missed.into_iter().filter(|missed| missed.change < before) {
        hear_note(app, &missed);
        app.hub.publish(room, missed.change, &Event::Posted(missed));
    }
    Ok(())
}

/// Who has come hears the line from here on, who has left hears it no further, whichever node noted it.
fn hear_note(app: &App, message: &Message) {
    let room = message.room;
    match message.note {
        Some(Note::Joined { account }) => {
            app.hub.subscribe_people(room, &[account]);
            app.hub.publish_to(&[account], &Event::Opened { room });
        }
        Some(Note::Left { account }) => {
            app.hub.publish_to(&[account], &Event::Removed { room });
            app.hub.unsubscribe_people(room, &[account]);
        }
        _ => {}
    }
}

/// The task that finds out what this node has not been told: messages and memberships stored by others, or by
/// a commit whose end was not heard. What one node tells another is a hint, the database is the truth.
pub async fn watch(app: App) {
    let mut since_ms = app.clock.now_ms();
    loop {
        tokio::select! {
            () = app.stopped() => return,
            () = tokio::time::sleep(app.timing.heads_every) => {}
        }
        let now_ms = app.clock.now_ms();
        match look(&app, since_ms - LOOK_BACK_MS).await {
            Ok(()) => since_ms = now_ms,
            Err(error) => tracing::warn!(error.code = error.code(), "rooms could not be compared"),
        }
    }
}

async fn look(app: &App, since_ms: i64) -> Result<()> {
    let joined: Vec<(i64, i64)> =
        app.db.all("select room_id, account_id from member where joined_at > $1", args![since_ms]).await?;
    for (room, account) in joined {
        let (room, account) = (RoomId(room), AccountId(account));
        if app.hub.lacks(account, room) {
            app.hub.subscribe_people(room, &[account]);
            app.hub.publish_to(&[account], &Event::Opened { room });
        }
    }
    let heads: Vec<(i64, i64)> =
        app.db.all("select id, last_seq from room where active_at > $1", args![since_ms]).await?;
    for (room, last) in heads {
        let room = RoomId(room);
        if let Some(head) = app.hub.head(room).filter(|head| *head < last) {
            catch_up(app, room, head, i64::MAX).await?;
        }
    }
    Ok(())
}
