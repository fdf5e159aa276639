//! Slow readers: two hundred that never read. The others do not notice, memory stays bounded, nothing is lost.

use super::{
    argument::Faults,
    client::Client,
    cut::{KEPT_OPEN, connections},
    database::Kind,
    scene::{MEMORY, Plot, Scene},
    verdict::Verdict,
};
use crate::Fallible;
use confer::model::RoomId;
use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{task::spawn_local, time::sleep};

pub const UNFELT: &str = "slow readers were not cut off";
pub const DISTURBED: &str = "others had to wait";

const READERS: usize = 20;
const SLOW: usize = 200;
/// So many of them read on in the end.
const WAKING: usize = 20;
const RECEIVE_BYTES: u32 = 4_096;
/// Long messages fill the kernel's buffers, behind which a slow reader would go unnoticed.
const BODY_CHARS: usize = 7_900;
const POSTS: usize = 360;
const PAUSE: Duration = Duration::from_millis(12);
/// What a server does once when it starts is over by then.
const SETTLES_WITHIN: Duration = Duration::from_millis(500);
/// What waits for one connection at most, and what else it takes.
const EACH_KB: u64 = 1_024 + 256;
const BESIDE_KB: u64 = 96 * 1_024;
/// What every thread and every cache may keep of a gigabyte of long messages that went through them.
const PASSED_THROUGH_KB: u64 = 32 * 1_024;
/// An answer takes this long at most while nobody reads: commits, and a machine that does much else.
const ANSWER_MS: u64 = 3_000;
/// A write that is stuck has 10 s, and so has the goodbye behind it.
const DROPPED_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Two hundred readers that never read, among twenty that do.
pub async fn readers(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let people = READERS + SLOW;
    let rooms = (0..2).map(|room| (room..people).step_by(2).collect()).collect();
    let mut scene = Scene::set(Plot { people, rooms, ..faults.plot("200 slow readers", kind) }).await?;
    scene.kept_kb += PASSED_THROUGH_KB;
    let (quick, slow) = (scene.clients[..READERS].to_vec(), scene.clients[READERS..].to_vec());
    scene.start().await?;
    sleep(SETTLES_WITHIN).await;
    let base_kb = scene.pss_kb();
    for (number, client) in slow.iter().enumerate() {
        // Whoever is to read on later needs a pipe that is not too thin for it.
        client.receive_bytes.set((number >= WAKING).then_some(RECEIVE_BYTES));
        client.is_mute.set(true);
    }
    for client in quick.iter().chain(&slow) {
        client.come();
        sleep(Duration::from_millis(2)).await;
    }
    for client in &quick {
        client.readied().await;
    }
    sleep(Duration::from_millis(500)).await;
    let peak_kb = Rc::new(Cell::new(0));
    let watch = spawn_local({
        let (peak_kb, pid) = (peak_kb.clone(), scene.host.as_ref().and_then(crate::host::Host::pid));
        let meter = crate::meter::Meter::new(pid.into_iter().collect());
        async move {
            loop {
                peak_kb.set(peak_kb.get().max(meter.memory().pss_kb));
                sleep(LOOK_EVERY).await;
            }
        }
    });
    for number in 0..POSTS {
        let client = &quick[number % READERS];
        let room = client.places.borrow().keys().next().copied().unwrap_or(RoomId(0));
        client.post(room, format!("{number} {}", "👂".repeat(BODY_CHARS)));
        sleep(PAUSE).await;
    }
    // Some read on at last, and find out; the others never do.
    let (waking, sleeping) = slow.split_at(WAKING);
    waking.iter().for_each(|client| client.is_mute.set(false));
    let begin = Instant::now();
    while connections(&scene).await? > READERS + waking.len() && begin.elapsed() < DROPPED_WITHIN {
        sleep(LOOK_EVERY).await;
    }
    let left = connections(&scene).await?;
    let cut_off =
        |scene: &Scene| scene.book.borrow().ends().get("closed with 4008").copied().unwrap_or_default();
    while cut_off(&scene) < WAKING as u64 && begin.elapsed() < DROPPED_WITHIN {
        sleep(LOOK_EVERY).await;
    }
    if left > READERS + waking.len() {
        scene.wrong.note(KEPT_OPEN, || format!("{left} connections are left"));
    }
    watch.abort();
    let peak_kb = peak_kb.get().saturating_sub(base_kb);
    if peak_kb > SLOW as u64 * EACH_KB + BESIDE_KB {
        scene.wrong.note(MEMORY, || format!("{peak_kb} KB more than at the start"));
    }
    let waited_ms = waited_ms(&scene, READERS);
    if waited_ms > ANSWER_MS {
        scene.wrong.note(DISTURBED, || format!("{waited_ms} ms for an answer"));
    }
    let overflowed = cut_off(&scene);
    if overflowed == 0 {
        let ends = format!("nobody saw 4008: {:?}", scene.book.borrow().ends());
        scene.wrong.note(UNFELT, || ends);
    }
    for client in sleeping {
        client.go();
        client.is_mute.set(false);
    }
    for client in &slow {
        client.receive_bytes.set(None);
    }
    sleeping.iter().for_each(Client::come);
    scene.judge(format!("{SLOW} never read: +{} MB at most, {overflowed} saw 4008", peak_kb / 1_024)).await
}

/// The longest any of the first clients waited for an ack.
fn waited_ms(scene: &Scene, clients: usize) -> u64 {
    let book = scene.book.borrow();
    let sends = book.sends.iter().filter(|send| send.client < clients);
    sends.filter_map(|send| Some(send.ack()?.0 - send.tries.first()?.at_ms)).max().unwrap_or_default()
}
