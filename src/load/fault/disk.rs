//! Disks: full, and failing. Sends are refused for the moment, reads go on, and it heals without a restart.

use super::{
    argument::Faults,
    database::Kind,
    scene::Scene,
    shim::Shim,
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::Fallible;
use confer::model::RoomId;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;

pub const NOT_ADMITTED: &str = "ready, and takes no writes";
pub const NOT_HEALED: &str = "not ready after it was over";
pub const NO_READS: &str = "reads did not go on";

const ENOSPC: i32 = 28;
const EROFS: i32 = 30;
const EIO: i32 = 5;
const LASTS: Duration = Duration::from_secs(4);
/// After this long readiness must have turned.
pub const ADMITTED_WITHIN: Duration = Duration::from_secs(6);
const HEALED_WITHIN: Duration = Duration::from_secs(8);
const LOOK_EVERY: Duration = Duration::from_millis(100);
const SIZE: &str = "size=12m";

/// A file system in memory, small enough to be full soon.
struct Mount(PathBuf);

impl Mount {
    fn make(folder: &Path) -> Option<Mount> {
        let place = folder.join("disk");
        fs::create_dir(&place).ok()?;
        let mount = ["-t", "tmpfs", "-o", SIZE, "confer-faults"];
        let mounted = Command::new("mount").args(mount).arg(&place).stderr(Stdio::null()).status().ok()?;
        mounted.success().then_some(Mount(place))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a server that was killed a moment ago may still hold it.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A disk without any room left, and room again.
pub async fn full(faults: &Faults) -> Fallible<Verdict> {
    let outer = crate::stage::Folder::make()?;
    let mount = Mount::make(outer.path());
    let mut plot = faults.plot("disk full", Kind::Sqlite);
    plot.folder = mount.as_ref().map(|mount| mount.0.clone());
    let mut scene = Scene::set(plot).await?;
    let how = if mount.is_some() { "a small tmpfs filled up" } else { "ENOSPC by shim (no mount allowed)" };
    let shim = Shim::build(scene.folder())?;
    scene.plot.env.extend(shim.env());
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace::default());
    sleep(Duration::from_millis(600)).await;
    match &mount {
        Some(Mount(place)) => fill(&place.join("filler"))?,
        None => shim.fail_writes(ENOSPC)?,
    }
    endure(&mut scene, LASTS).await;
    match &mount {
        Some(Mount(place)) => fs::remove_file(place.join("filler"))?,
        None => shim.fail_writes(0)?,
    }
    heal(&mut scene).await;
    sleep(Duration::from_millis(600)).await;
    talk.stop();
    let verdict = scene.judge(how.to_owned()).await;
    drop(mount);
    verdict
}

/// Writes until nothing more fits.
fn fill(path: &Path) -> Fallible<()> {
    use std::io::Write;
    let mut file = fs::File::create(path)?;
    while file.write(&[0; 4_096]).is_ok_and(|count| count > 0) {}
    Ok(())
}

/// A disk that takes no writes, and one that fails to sync; killed afterwards, nothing acked is lost.
pub async fn broken(faults: &Faults) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("disk fails", Kind::Sqlite)).await?;
    let shim = Shim::build(scene.folder())?;
    scene.plot.env.extend(shim.env());
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace::default());
    sleep(Duration::from_millis(400)).await;
    shim.fail_writes(EROFS)?;
    endure(&mut scene, LASTS / 2).await;
    shim.fail_writes(0)?;
    heal(&mut scene).await;
    sleep(Duration::from_millis(300)).await;
    shim.fail_syncs(EIO)?;
    endure(&mut scene, LASTS / 2).await;
    scene.kill().await;
    shim.fail_syncs(0)?;
    scene.start().await?;
    heal(&mut scene).await;
    talk.stop();
    scene.judge("EROFS on writes, EIO on syncs, kill".to_owned()).await
}

/// While it lasts the server says that it takes no writes, and reads go on.
pub async fn endure(scene: &mut Scene, lasts: Duration) {
    let begin = Instant::now();
    while scene.readiness().await != 503 {
        if begin.elapsed() > ADMITTED_WITHIN {
            scene.wrong.note(NOT_ADMITTED, || "readyz never said 503".into());
            return;
        }
        sleep(LOOK_EVERY).await;
    }
    let (reader, room) = (scene.clients[0].clone(), RoomId(scene.lounges[0].room));
    reader.go();
    reader.come();
    while begin.elapsed() < lasts {
        if let Err(error) = reader.page_after(room, 0).await {
            scene.wrong.note(NO_READS, || error.to_string());
        }
        sleep(LOOK_EVERY).await;
    }
    if !reader.is_ready() {
        scene.wrong.note(NO_READS, || "a new connection did not come up".into());
    }
}

/// When it is over the server finds out by itself.
pub async fn heal(scene: &mut Scene) {
    let begin = Instant::now();
    while scene.readiness().await != 200 {
        if begin.elapsed() > HEALED_WITHIN {
            scene.wrong.note(NOT_HEALED, || format!("{:?} later", begin.elapsed()));
            return;
        }
        sleep(LOOK_EVERY).await;
    }
}
