//! Ten thousand rooms, all of them one person's: starting, coming in, the list and the memory stay sane.

use super::{
    argument::Faults,
    database::Kind,
    place::Place,
    scene::{MEMORY, Plot, Scene},
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::Fallible;
use confer::{
    args,
    model::{RoomId, room::RoomPage},
    server::db::Db,
};
use std::time::{Duration, Instant};

pub const SLOW: &str = "slower than sane";
pub const LIST: &str = "the list of rooms is wrong";

const ROOMS: i64 = 10_000;
const PEOPLE: usize = 20;
const WORDS_EACH: i64 = 2;
/// Times a person would wait, on a machine that does much else.
const START_WITHIN: Duration = Duration::from_secs(5);
const COME_WITHIN: Duration = Duration::from_secs(4);
const LIST_WITHIN: Duration = Duration::from_secs(2);
const MEMORY_KB: u64 = 160 * 1_024;

const FILL_ROOMS: &str = "insert into room (kind, title, last_seq, created_at, active_at) \
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000) \
     select 'group', 'Room', 2, $1, $1 + i from n";
const FILL_FIRST: &str = "insert into member (room_id, account_id, joined_at) select id, $1, $2 from room";
const FILL_OTHERS: &str = "insert into member (room_id, account_id, joined_at) \
     select id, $1 + id % $2, $3 from room";
const FILL_WORDS_SQLITE: &str = "insert into message (room_id, seq, change, sender_id, cid, body, sent_at) \
     select r.id, n.i, n.i, $1 + r.id % $2, randomblob(16), 'from before', $3 \
     from room r join (select 1 as i union all select 2) n on true";
const FILL_WORDS_POSTGRES: &str = "insert into message (room_id, seq, change, sender_id, cid, body, sent_at) \
     select r.id, n.i, n.i, $1 + r.id % $2, decode(md5(r.id::text || ':' || n.i::text), 'hex'), 'from before', $3 \
     from room r join (select 1 as i union all select 2) n on true";

/// Fills the house and lives in it for a moment.
pub async fn rooms(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let plot = Plot { rooms: vec![], people: PEOPLE, ..faults.plot("10,000 rooms", kind) };
    let mut scene = Scene::set(plot).await?;
    fill(&mut scene).await?;
    let begin = Instant::now();
    scene.start().await?;
    let mut told = vec![quick(&mut scene, "start", begin, START_WITHIN)];
    let base_kb = scene.pss_kb();
    let first = scene.clients[0].clone();
    let begin = Instant::now();
    first.come();
    first.readied().await;
    told.push(quick(&mut scene, "come", begin, COME_WITHIN));
    let begin = Instant::now();
    let (status, body) = first.ask("POST", "/_fn/room/list", "{\"behind\":null}").await?;
    told.push(quick(&mut scene, "list", begin, LIST_WITHIN));
    let unread = (ROOMS * WORDS_EACH) as u32;
    match serde_json::from_slice::<RoomPage>(&body) {
        Ok(page) if status == 200 && page.unread == unread && page.more && !page.rooms.is_empty() => {}
        other => scene.wrong.note(LIST, || format!("{status}, {:?}", other.map(|page| page.unread))),
    }
    scene.clients.iter().skip(1).for_each(super::client::Client::come);
    scene.all_back().await;
    Talk::for_ms(&scene.clients, Pace::default(), 1_500).await;
    let memory_kb = scene.pss_kb().saturating_sub(base_kb);
    if memory_kb > MEMORY_KB {
        scene.wrong.note(MEMORY, || format!("{memory_kb} KB more with everybody there"));
    }
    told.push(format!("+{} MB", memory_kb / 1_024));
    scene.judge(told.join(", ")).await
}

fn quick(scene: &mut Scene, what: &str, begin: Instant, within: Duration) -> String {
    let took = begin.elapsed();
    if took > within {
        scene.wrong.note(SLOW, || format!("{what}: {took:?}"));
    }
    format!("{what} {:.2} s", took.as_secs_f64())
}

/// The first person is in every room, with one of the others.
async fn fill(scene: &mut Scene) -> Fallible<()> {
    let db = Db::open(&scene.url).await?;
    let (first, others) = (scene.guests[0].account, PEOPLE as i64 - 1);
    let second = scene.guests[1].account;
    let words = match scene.plot.kind {
        Kind::Sqlite => FILL_WORDS_SQLITE,
        Kind::Postgres => FILL_WORDS_POSTGRES,
    };
    db.run(FILL_ROOMS, args![1_700_000_000_000_i64]).await?;
    db.run(FILL_FIRST, args![first, 1_700_000_000_000_i64]).await?;
    db.run(FILL_OTHERS, args![second, others, 1_700_000_000_000_i64]).await?;
    db.run(words, args![second, others, 1_700_000_000_000_i64]).await?;
    let newest: Option<(i64,)> = db.maybe("select max(id) from message", args![]).await?;
    scene.rules.older = newest.map_or(0, |(id,)| id);
    let members: Vec<(i64, i64)> = db.all("select room_id, account_id from member", args![]).await?;
    db.close().await;
    for (room, account) in members {
        let Some(client) = scene.clients.iter().find(|client| client.account.0 == account) else { continue };
        client.places.borrow_mut().insert(RoomId(room), Place::at(WORDS_EACH));
        scene.book.borrow_mut().bases.insert((client.number, RoomId(room)), WORDS_EACH);
    }
    Ok(())
}
