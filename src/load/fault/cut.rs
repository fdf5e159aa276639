//! Cuts: a connection that ends after any byte of an exchange, and the other kind, where nothing ends at all.

use super::{
    argument::Faults,
    client::Client,
    database::Kind,
    proxy::{Cut, Proxy},
    scene::{Plot, Scene},
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::{Fallible, http::Http, wire::Target};
use confer::model::RoomId;
use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    task::spawn_local,
    time::{sleep, timeout},
};

pub const NOT_CONVERGED: &str = "not answered after a cut";
pub const KEPT_OPEN: &str = "a dead connection was kept";

const PAIRS: usize = 8;
const CONVERGES_WITHIN: Duration = Duration::from_secs(20);
/// What a ping and its pong may take, and a little more.
const DEAD_FOR: Duration = Duration::from_secs(25 + 8 + 3);
const LOOK_EVERY: Duration = Duration::from_millis(100);

fn through(client: &Client, proxy: &Proxy) {
    let target = client.target.borrow().clone();
    *client.target.borrow_mut() = Target { address: proxy.address, ..target };
}

/// Cut after every byte up and every byte down of: open, resume, send, hear.
pub async fn everywhere(faults: &Faults) -> Fallible<Verdict> {
    let rooms = (0..PAIRS).map(|pair| vec![2 * pair, 2 * pair + 1]).collect();
    let mut scene = Scene::set(Plot { rooms, ..faults.plot("cut at every byte", Kind::Sqlite) }).await?;
    scene.open().await?;
    let (up, down) = measure(&scene).await?;
    let cuts: Vec<Cut> = (0..up).map(Cut::Up).chain((0..down).map(Cut::Down)).collect();
    let (cuts, next) = (Rc::new(cuts), Rc::new(Cell::new(0)));
    let mut tasks = Vec::new();
    for pair in 0..PAIRS {
        let client = scene.clients[2 * pair].clone();
        let proxy = Proxy::open(scene.address).await?;
        through(&client, &proxy);
        tasks.push(spawn_local(strike(client, proxy, cuts.clone(), next.clone())));
    }
    for task in tasks {
        if let Some(cut) = task.await? {
            scene.wrong.note(NOT_CONVERGED, || format!("{cut:?}"));
        }
    }
    scene.clients.iter().for_each(|client| {
        client.go();
        client.come();
    });
    scene.judge(format!("cut after each of {up} bytes up, {down} down")).await
}

/// How many bytes one exchange takes, up and down.
async fn measure(scene: &Scene) -> Fallible<(u64, u64)> {
    let client = &scene.clients[0];
    let proxy = Proxy::open(scene.address).await?;
    client.go();
    through(client, &proxy);
    exchange(client).await;
    Ok(proxy.carried())
}

/// Comes, says something, and waits until it is answered and heard.
async fn exchange(client: &Rc<Client>) {
    let room = client.places.borrow().keys().next().copied().unwrap_or(RoomId(0));
    let held = client.held(room);
    client.come();
    let send = client.post(room, "a word on a line that may break at any letter".into());
    client.settled(send).await;
    while client.held(room) <= held {
        sleep(Duration::from_millis(1)).await;
    }
}

/// Takes one cut after another; answers the one that was not got over.
async fn strike(
    client: Rc<Client>,
    proxy: Rc<Proxy>,
    cuts: Rc<Vec<Cut>>,
    next: Rc<Cell<usize>>,
) -> Option<Cut> {
    while let Some(cut) = cuts.get(next.get()).copied() {
        next.set(next.get() + 1);
        client.go();
        proxy.cut_next(cut);
        if timeout(CONVERGES_WITHIN, exchange(&client)).await.is_err() {
            return Some(cut);
        }
    }
    None
}

/// Connections that swallow everything and stay open: the server gives them up, the clients come back.
pub async fn half_open(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("half-open", kind)).await?;
    scene.book.borrow_mut().is_silent_network = true;
    let proxy = Proxy::open(scene.address).await?;
    scene.clients.iter().take(8).for_each(|client| through(client, &proxy));
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 300, ..Pace::default() });
    sleep(Duration::from_secs(1)).await;
    let (dead, begin) = (proxy.swallow(), Instant::now());
    while (proxy.ended().len() as u64) < dead && begin.elapsed() < DEAD_FOR {
        sleep(LOOK_EVERY).await;
    }
    let ended = proxy.ended();
    let last = ended.iter().map(|at| at.duration_since(begin)).max().unwrap_or_default();
    if (ended.len() as u64) < dead {
        scene.wrong.note(KEPT_OPEN, || format!("{} of {dead} for {DEAD_FOR:?}", dead - ended.len() as u64));
    }
    talk.stop();
    scene.judge(format!("{dead} swallowed, dropped within {:.0} s", last.as_secs_f64())).await
}

/// How many sockets the server believes it has.
pub async fn connections(scene: &Scene) -> Fallible<usize> {
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {}\r\n\r\n", scene.address);
    let mut body = Vec::new();
    Http::open(scene.address).await?.ask(request.as_bytes(), &mut body).await?;
    let text = String::from_utf8(body)?;
    let line = text.lines().find_map(|line| line.strip_prefix("confer_connections "));
    Ok(line.ok_or("the metrics name no connections")?.trim().parse()?)
}
