//! The clock: a day back, a day ahead, and right again, while people talk and sign in.

use super::{
    argument::Faults,
    client::Client,
    database::Kind,
    place::Place,
    scene::Scene,
    shim::Shim,
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::Fallible;
use std::{rc::Rc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

pub const LOCKED_OUT: &str = "could not sign in";

const DAY_S: i64 = 24 * 60 * 60;
const EACH: Duration = Duration::from_millis(1_500);
const IN_WITHIN: Duration = Duration::from_secs(5);
/// What an allocator keeps of the memory in which passwords were hashed.
const HASHING_KB: u64 = 96 * 1_024;
/// The limits people live with: a clock that jumps must not use them up.
const RATE: &str = "messages=10/30,signin=10";

/// A day back, right, a day ahead, right.
pub async fn moved(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("clock moved", kind)).await?;
    let shim = Shim::build(scene.folder())?;
    scene.plot.env.extend(shim.env());
    scene.plot.env.push(("CONFER_RATE".into(), RATE.into()));
    scene.kept_kb += HASHING_KB;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 400, ..Pace::default() });
    let everybody = scene.clients.len();
    for (number, seconds) in [0, -DAY_S, 0, DAY_S, 0].into_iter().enumerate() {
        // A session of a day ago is over, and rightly so.
        scene.clients.drain(everybody..).for_each(|client| client.go());
        shim.move_clock(seconds)?;
        if seconds < DAY_S {
            scene.clients.iter().skip(number % 2).step_by(2).for_each(|client| {
                client.go();
                client.come();
            });
            scene.all_back().await;
        }
        sign_in(&mut scene, number).await?;
        sleep(EACH).await;
    }
    talk.stop();
    scene.judge("a day back, a day ahead".to_owned()).await
}

/// Somebody signs in with their password, comes with the new session and says something.
async fn sign_in(scene: &mut Scene, guest: usize) -> Fallible<()> {
    let person = &scene.guests[guest];
    let form = format!("email={}&password={}", person.email.replace('@', "%40"), scene.password);
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {1}\r\n\r\n{form}",
        scene.address,
        form.len(),
    );
    let mut stream = TcpStream::connect(scene.address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    timeout(IN_WITHIN, stream.read_to_end(&mut answer)).await??;
    let answer = String::from_utf8_lossy(&answer);
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    let Some(cookie) = cookie else {
        let first = answer.lines().next().unwrap_or_default().to_owned();
        scene.wrong.note(LOCKED_OUT, || first);
        return Ok(());
    };
    let old = &scene.clients[guest];
    let (number, target) = (scene.clients.len(), old.target.borrow().clone());
    let client = Client::new(number, old.account, cookie.to_owned(), scene.book.clone(), target);
    let rooms: Vec<_> = old.places.borrow().keys().copied().collect();
    client.places.borrow_mut().extend(rooms.iter().map(|room| (*room, Place::at(0))));
    client.come();
    let said = async {
        client.readied().await;
        let send = client.post(rooms[0], "back again".into());
        client.settled(send).await;
    };
    if timeout(IN_WITHIN, said).await.is_err() {
        scene.wrong.note(LOCKED_OUT, || format!("client {number} with a new session"));
    }
    scene.clients.push(Rc::clone(&client));
    Ok(())
}
