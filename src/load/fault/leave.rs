//! Leaving: members who are taken out, come back and leave in the middle of the talk.

use super::{
    argument::Faults,
    client::Client,
    database::Kind,
    scene::{Plot, Scene},
    talk::{Pace, Talk},
    verdict::Verdict,
};
use crate::Fallible;
use confer::model::{AccountId, RoomId};
use std::{rc::Rc, time::Duration};
use tokio::time::sleep;

const GROUPS: usize = 3;
const TURNS: usize = 60;

/// Groups whose members change all the time while everybody talks.
pub async fn stream(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let scene = left(faults.plot("members leave", kind)).await?;
    scene.judge(format!("{TURNS} comings and goings")).await
}

/// A scene in which that has happened.
pub async fn left(plot: Plot) -> Fallible<Scene> {
    let mut scene = Scene::set(Plot { rooms: vec![], ..plot }).await?;
    scene.open().await?;
    let owner = scene.clients[0].clone();
    let mut rooms: Vec<(RoomId, Vec<usize>)> = Vec::new();
    for group in 0..GROUPS {
        let members: Vec<usize> = (1..scene.clients.len()).filter(|one| one % GROUPS != group).collect();
        let accounts: Vec<AccountId> = members.iter().map(|one| scene.clients[*one].account).collect();
        let ask =
            format!("{{\"title\":\"Group {group}\",\"members\":{}}}", serde_json::to_string(&accounts)?);
        let room = serde_json::from_slice(&call(&owner, "member/group", &ask).await?)?;
        rooms.push((room, members));
    }
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 40, ..Pace::default() });
    for turn in 0..TURNS {
        sleep(Duration::from_millis(rand::random_range(10..60))).await;
        let (room, members) = &mut rooms[turn % GROUPS];
        let is_out = turn % 2 == 1 && members.len() + 1 < scene.clients.len();
        let absent: Vec<usize> = (1..scene.clients.len()).filter(|one| !members.contains(one)).collect();
        if is_out {
            let back = absent[rand::random_range(0..absent.len())];
            let account = scene.clients[back].account;
            call(&owner, "member/invite", &format!("{{\"room\":{room},\"account\":{account}}}")).await?;
            members.push(back);
        } else if members.len() > 2 {
            let gone = members.swap_remove(rand::random_range(0..members.len()));
            let client = &scene.clients[gone];
            if turn % 4 == 0 {
                call(client, "member/leave", &format!("{{\"room\":{room}}}")).await?;
            } else {
                let account = client.account;
                call(&owner, "member/remove", &format!("{{\"room\":{room},\"account\":{account}}}")).await?;
            }
        }
    }
    talk.stop();
    Ok(scene)
}

async fn call(client: &Rc<Client>, verb: &str, ask: &str) -> Fallible<Vec<u8>> {
    let (status, body) = client.ask("POST", &format!("/_fn/{verb}"), ask).await?;
    if status != 200 {
        return Err(format!("{verb} answered {status}: {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(body)
}
