//! A database that is held by somebody else, or away: every send is answered in time, and it is got over alone.

use super::{
    argument::Faults,
    client::Client,
    database::{Kind, administer},
    disk::{ADMITTED_WITHIN, NOT_ADMITTED, heal},
    scene::Scene,
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::{Fallible, meter::Meter};
use confer::{args, model::RoomId, server::db::Db};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::time::sleep;

const LASTS: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Held for 10 s by another connection's lock.
pub async fn held(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("database held", kind)).await?;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 150, ..Pace::default() });
    sleep(Duration::from_millis(500)).await;
    let other = Db::open(&scene.url).await?;
    let lock = async {
        let mut tx = other.begin().await?;
        if kind == Kind::Postgres {
            tx.run("lock table room in access exclusive mode", args![]).await?;
        }
        Fallible::Ok(tx)
    };
    // It is to fall where it hurts most: between something stored and what is counted and told because of it.
    let tx = tokio::select! {
        tx = lock => tx?,
        () = read_on(&scene.clients) => return Err("readers never end".into()),
    };
    wait(&mut scene).await;
    drop(tx);
    other.close().await;
    after(scene, talk, "another's lock for 10 s").await
}

/// Everybody reads whatever comes, as soon as it is there.
async fn read_on(clients: &[Rc<Client>]) {
    loop {
        for client in clients {
            let rooms: Vec<(RoomId, i64)> =
                client.places.borrow().iter().map(|(room, place)| (*room, place.held)).collect();
            rooms.into_iter().for_each(|(room, held)| client.see(room, held));
        }
        sleep(LOOK_EVERY).await;
    }
}

/// A cluster that takes no writes.
pub async fn read_only(faults: &Faults) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("read-only", Kind::Postgres)).await?;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 150, ..Pace::default() });
    sleep(Duration::from_millis(500)).await;
    let cluster = faults.postgres.as_deref().ok_or("this scenario needs --postgres")?;
    let set = |word: &str| format!("alter system set default_transaction_read_only = {word}");
    administer(cluster, &set("on")).await?;
    administer(cluster, "select pg_reload_conf()").await?;
    super::disk::endure(&mut scene, LASTS / 2).await;
    administer(cluster, &set("off")).await?;
    administer(cluster, "select pg_reload_conf()").await?;
    after(scene, talk, "every transaction read-only for 5 s").await
}

/// Every process of a cluster; they go on when this is let go of.
struct Frozen(Vec<u32>);

impl Frozen {
    fn signal(&self, signal: Signal) {
        for pid in self.0.iter().filter_map(|pid| Pid::from_raw(*pid as i32)) {
            // Some have ended meanwhile.
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal(Signal::CONT);
    }
}

/// A cluster that does not answer for 10 s, and goes on as if nothing had been.
pub async fn frozen(faults: &Faults) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("database frozen", Kind::Postgres)).await?;
    scene.rules.may_skip = true;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 150, ..Pace::default() });
    sleep(Duration::from_millis(500)).await;
    let frozen = Frozen(Meter::new(vec![postmaster()?]).family());
    frozen.signal(Signal::STOP);
    wait(&mut scene).await;
    drop(frozen);
    after(scene, talk, "SIGSTOP to all of it for 10 s").await
}

/// A cluster that crashes, and is started again 10 s later.
pub async fn crashed(faults: &Faults) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("database crashed", Kind::Postgres)).await?;
    scene.rules.may_skip = true;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 150, ..Pace::default() });
    sleep(Duration::from_millis(500)).await;
    cluster(faults, "crash").await?;
    wait(&mut scene).await;
    cluster(faults, "start").await?;
    after(scene, talk, "stopped at once, started 10 s later").await
}

async fn cluster(faults: &Faults, verb: &'static str) -> Fallible<()> {
    let script = faults.cluster.clone();
    let run = move || Command::new(script).arg(verb).stdin(Stdio::null()).stdout(Stdio::null()).status();
    let status = tokio::task::spawn_blocking(run).await??;
    if status.success() { Ok(()) } else { Err(format!("the cluster's script could not {verb} it").into()) }
}

/// The cluster's first process, as the cluster itself has written down.
fn postmaster() -> Fallible<u32> {
    let folder = std::env::var_os("CONFER_POSTGRES").ok_or("CONFER_POSTGRES names no cluster")?;
    let note = fs::read_to_string(PathBuf::from(folder).join("data/postmaster.pid"))?;
    Ok(note.lines().next().unwrap_or_default().trim().parse()?)
}

/// While it lasts the server says that it takes no writes.
async fn wait(scene: &mut Scene) {
    let begin = Instant::now();
    let mut admitted = None;
    while begin.elapsed() < LASTS {
        if admitted.is_none() && scene.readiness().await == 503 {
            admitted = Some(begin.elapsed());
        }
        sleep(LOOK_EVERY).await;
    }
    if admitted.is_none_or(|after| after > ADMITTED_WITHIN) {
        scene.wrong.note(NOT_ADMITTED, || format!("readyz said 503 after {admitted:?}"));
    }
}

async fn after(mut scene: Scene, talk: Talk, faults: &str) -> Fallible<Verdict> {
    heal(&mut scene).await;
    sleep(Duration::from_millis(600)).await;
    talk.stop();
    scene.judge(faults.to_owned()).await
}
