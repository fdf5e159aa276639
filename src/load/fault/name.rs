//! One name, said a hundred times at once on two servers, and again after both were killed.

use super::{argument::Faults, client::Client, database::Kind, history::End, scene::Scene, verdict::Verdict};
use crate::{
    Fallible,
    host::{Host, Recipe},
    wire::Target,
};
use confer::model::{
    Cid, Error, RoomId,
    wire::{Command, Event},
};
use std::{net::TcpListener, rc::Rc};

pub const NOT_CAUGHT: &str = "a name used for other words was not refused";

const CONNECTIONS: usize = 10;
const EACH: usize = 10;

/// A hundred times at once, and again, and with other words.
pub async fn hundred(faults: &Faults, kind: Kind) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.plot("one cid, 100 times", kind)).await?;
    let other = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    let me = scene.clients[0].clone();
    let room = RoomId(scene.lounges[0].room);
    let here = me.target.borrow().clone();
    let there = Target { address: other, origin: format!("http://{other}"), ..here.clone() };
    for number in 0..CONNECTIONS {
        let target = if number % 2 == 0 { here.clone() } else { there.clone() };
        let number = scene.clients.len();
        let client = Client::new(number, me.account, me.cookie.clone(), scene.book.clone(), target);
        let rooms: Vec<RoomId> = me.places.borrow().keys().copied().collect();
        client.places.borrow_mut().extend(rooms.into_iter().map(|room| (room, super::place::Place::at(0))));
        scene.clients.push(client);
    }
    let tabs = scene.clients[scene.clients.len() - CONNECTIONS..].to_vec();
    let mut second = Some(beside(&scene, other).await?);
    scene.open().await?;
    let cids: Vec<Cid> = (0..4).map(|_| Cid(rand::random())).collect();
    for round in 0..2 {
        for cid in &cids {
            let sends = say(&tabs, *cid, room, "the same words");
            over_http(&scene, &me, *cid, room, "the same words").await?;
            for (client, send) in sends {
                client.settled(send).await;
            }
        }
        let others = say(&tabs[..2], cids[0], room, "other words");
        for (client, send) in others {
            client.settled(send).await;
            let refused = scene.book.borrow().sends[send].refused_for_good().cloned();
            if refused != Some(Error::conflict("cid_reused")) {
                scene.wrong.note(NOT_CAUGHT, || format!("{refused:?}"));
            }
        }
        if round == 0 {
            scene.kill().await;
            if let Some(host) = second.take() {
                host.kill();
            }
            scene.start().await?;
            second = Some(beside(&scene, other).await?);
            scene.all_back().await;
        }
    }
    let verdict = scene.judge("2 servers, 4 cids, both killed between".to_owned()).await;
    drop(second);
    verdict
}

async fn beside(scene: &Scene, address: std::net::SocketAddr) -> Fallible<Host> {
    let recipe = Recipe {
        program: &scene.plot.program,
        site: None,
        before: &[],
        database_url: &scene.url,
        folder: scene.folder(),
        address: Some(address),
        env: &scene.plot.env,
    };
    Host::start(recipe).await
}

fn say(tabs: &[Rc<Client>], cid: Cid, room: RoomId, words: &str) -> Vec<(Rc<Client>, usize)> {
    let each = tabs.iter().flat_map(|client| (0..EACH).map(move |_| client));
    each.map(|client| (client.clone(), client.post_as(cid, room, words.to_owned()))).collect()
}

/// The same over plain HTTP.
async fn over_http(scene: &Scene, me: &Client, cid: Cid, room: RoomId, words: &str) -> Fallible<()> {
    let (link, send) = {
        let mut book = scene.book.borrow_mut();
        let link = book.open(me.number);
        let send = book.wish(me.number, me.account, cid, room, words.to_owned());
        book.say(send, link);
        (link, send)
    };
    let command = serde_json::to_string(&[Command::Post { cid, room, body: words.to_owned() }])?;
    let (_, body) = me.ask("POST", "/commands", &command).await?;
    let events: Vec<Event> = serde_json::from_slice(&body)?;
    let end = match events.into_iter().next() {
        Some(Event::Acked { room, id, seq, sent_ms, .. }) => End::Acked { room, id: id.0, seq, sent_ms },
        Some(Event::Refused { error, .. }) => End::Refused(error),
        _ => End::Closed,
    };
    scene.book.borrow_mut().answer(me.account, cid, link, end);
    scene.book.borrow_mut().close(link, [send], "over HTTP", &End::Closed);
    Ok(())
}
