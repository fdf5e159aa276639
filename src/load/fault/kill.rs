//! The server's end, unannounced and announced: what was acked is there, and everybody comes back.

use super::{
    argument::Faults,
    database::Kind,
    scene::Scene,
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::Fallible;
use std::time::{Duration, Instant};
use tokio::time::sleep;

pub const SLOW_STOP: &str = "did not stop in time";
pub const ODD_CLOSE: &str = "not closed as a restart";

const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Killed at random moments under load, sometimes before everybody is back.
pub async fn kill(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("kill -9", kind)).await?;
    killed(&mut scene, faults.cycles).await?;
    scene.judge(format!("{} kills", faults.cycles)).await
}

/// Kills the server of a scene so often.
pub async fn killed(scene: &mut Scene, cycles: u64) -> Fallible<()> {
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace::default());
    for cycle in 0..cycles {
        sleep(Duration::from_millis(rand::random_range(100..600))).await;
        scene.kill().await;
        scene.start().await?;
        if cycle % 3 != 2 {
            scene.all_back().await;
        }
    }
    sleep(Duration::from_millis(300)).await;
    talk.stop();
    Ok(())
}

/// Told to stop under load: it drains, says so to everybody, and is gone within 10 s.
pub async fn stop(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("sigterm", kind)).await?;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace::default());
    let cycles = faults.cycles.div_ceil(3);
    let mut slowest = Duration::ZERO;
    for _ in 0..cycles {
        sleep(Duration::from_millis(rand::random_range(200..700))).await;
        scene.all_back().await;
        let links: Vec<usize> = scene.clients.iter().map(|client| client.link.get()).collect();
        let begin = Instant::now();
        if let Some(host) = scene.host.take() {
            host.stop().await?;
        }
        slowest = slowest.max(begin.elapsed());
        sleep(Duration::from_millis(50)).await;
        note_odd_closes(&mut scene, &links);
        scene.start().await?;
    }
    if slowest > STOP_WITHIN {
        scene.wrong.note(SLOW_STOP, || format!("{slowest:?}"));
    }
    scene.all_back().await;
    talk.stop();
    scene.judge(format!("{cycles} stops, the longest {:.1} s", slowest.as_secs_f64())).await
}

/// Whoever was not told that this is a restart.
fn note_odd_closes(scene: &mut Scene, links: &[usize]) {
    let book = scene.book.borrow();
    for link in links.iter().map(|link| &book.links[*link]) {
        let end = link.end.as_deref().unwrap_or("not at all");
        if end != "closed with 1012" {
            scene.wrong.note(ODD_CLOSE, || format!("client {}: {end}", link.client));
        }
    }
}
