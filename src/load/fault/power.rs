//! Power loss: what was not synced is gone, and what was acked is not.

use super::{
    argument::Faults,
    database::Kind,
    scene::{Plot, Scene},
    shim::{Shim, cut_power},
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::Fallible;
use std::{path::PathBuf, time::Duration};
use tokio::time::sleep;

const EIO: i32 = 5;

/// Cut off at random moments, every second time with some of what was not synced, and a failing disk before it.
pub async fn loss(faults: &Faults) -> Fallible<Verdict> {
    let cycles = faults.cycles.div_ceil(2);
    let scene = lost(faults.plot("power loss", Kind::Sqlite), cycles).await?;
    scene.judge(format!("{cycles} cuts, torn ones among them")).await
}

/// Cuts the power of a scene so often.
pub async fn lost(plot: Plot, cycles: u64) -> Fallible<Scene> {
    let mut scene = Scene::set(plot).await?;
    let database = database(&scene);
    let shim = Shim::build(scene.folder())?;
    scene.plot.env.extend(shim.env());
    shim.keep_shadows(&database)?;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 30, ..Pace::default() });
    for cycle in 0..cycles {
        sleep(Duration::from_millis(rand::random_range(300..900))).await;
        if cycle % 3 == 1 {
            shim.fail_syncs(EIO)?;
            sleep(Duration::from_millis(400)).await;
        }
        scene.kill().await;
        shim.fail_syncs(0)?;
        cut_power(&database, cycle % 2 == 1)?;
        scene.start().await?;
        scene.all_back().await;
    }
    talk.stop();
    Ok(scene)
}

/// The file of a scene's database.
pub fn database(scene: &Scene) -> PathBuf {
    scene.url.trim_start_matches("sqlite:").into()
}
