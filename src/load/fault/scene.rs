//! The scene of one scenario: a fresh database, a server on it that may be ended and started again, and clients.

use super::{
    check::{Rules, check},
    client::Client,
    database::{Kind, fresh},
    history::History,
    place::Place,
    stored::Stored,
    verdict::Verdict,
};
use crate::{
    Fallible,
    dialect::Dialect,
    host::{Host, Recipe},
    house::{Guest, House, Lounge},
    meter::Meter,
    stage::Folder,
    wire::Target,
    wrong::Wrong,
};
use confer::{args, model::RoomId, server::db::Db};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

pub const SLOW_PROMISE: &str = "not told while connected";
pub const MEMORY: &str = "memory is not given back";
pub const ABSENT: &str = "could not come back";

const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Everybody is back well before this, also with a gigabyte to catch up on, or something holds them off.
const BACK_WITHIN: Duration = Duration::from_secs(45);
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// A server that missed a note compares its rooms every 5 s.
const TOLD_WITHIN: Duration = Duration::from_secs(15);
const READINESS_WITHIN: Duration = Duration::from_secs(10);
const COMPLAINTS_MAX: usize = 8;
/// Marks are gathered for a moment and stored together; where nothing moved for so long, there were none left.
const MARKS_WITHIN: Duration = Duration::from_millis(600);
const MARKS_LOOKS: usize = 25;
/// Pages drawn at once, so that every thread and every connection has had to do.
const WARM_UP_PAGES: usize = 32;
/// What the caches of a database and of an allocator may keep.
const KEPT_KB: u64 = 40 * 1024;

/// What a scenario needs.
#[derive(Clone, Debug)]
pub struct Plot {
    pub name: &'static str,
    pub kind: Kind,
    pub people: usize,
    /// Members of each room, by their place among the people.
    pub rooms: Vec<Vec<usize>>,
    pub program: PathBuf,
    pub postgres: Option<String>,
    pub env: Vec<(String, String)>,
    /// Where the database lies, if not in a folder of its own.
    pub folder: Option<PathBuf>,
}

/// A running scenario.
#[derive(Debug)]
pub struct Scene {
    pub plot: Plot,
    pub url: String,
    pub book: Rc<RefCell<History>>,
    pub guests: Vec<Guest>,
    pub lounges: Vec<Lounge>,
    /// Everybody's password.
    pub password: String,
    pub clients: Vec<Rc<Client>>,
    pub host: Option<Host>,
    pub address: SocketAddr,
    pub rules: Rules,
    pub wrong: Wrong,
    /// How long answers are waited for at the end.
    pub patience: Duration,
    /// What may be kept when everybody has gone.
    pub kept_kb: u64,
    base_kb: Option<u64>,
    began: Instant,
    home: Folder,
}

impl Scene {
    /// Fills a fresh database and starts the server; nobody has come yet.
    pub async fn set(plot: Plot) -> Fallible<Scene> {
        let home = Folder::make()?;
        let folder = plot.folder.clone().unwrap_or_else(|| home.path().to_owned());
        let url = fresh(plot.kind, &folder, plot.postgres.as_deref()).await?;
        let mut house = House::open(&url).await?;
        let password = house.words.clone();
        let guests = house.people(plot.people).await?;
        let mut lounges = Vec::with_capacity(plot.rooms.len());
        for members in &plot.rooms {
            lounges.push(house.room(&guests, members.clone()).await?);
        }
        house.commit().await?;
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let book = Rc::new(RefCell::new(History::new()));
        let target = Target { address, origin: format!("http://{address}"), dialect: Dialect::Native };
        let clients = guests.iter().enumerate().map(|(number, guest)| {
            let client = (number, guest.account, guest.cookie.clone(), book.clone(), target.clone());
            Client::new(client.0, client.1, client.2, client.3, client.4)
        });
        let clients: Vec<Rc<Client>> = clients.collect();
        for lounge in &lounges {
            for member in &lounge.members {
                clients[*member].places.borrow_mut().insert(RoomId(lounge.room), Place::at(lounge.head));
            }
        }
        Ok(Scene {
            plot,
            url,
            book,
            guests,
            lounges,
            password,
            clients,
            host: None,
            address,
            rules: Rules::default(),
            wrong: Wrong::default(),
            patience: ANSWERED_WITHIN,
            kept_kb: KEPT_KB,
            base_kb: None,
            began: Instant::now(),
            home,
        })
    }

    /// The folder of the server's data and log.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Starts the server, or starts it again.
    pub async fn start(&mut self) -> Fallible<()> {
        let recipe = Recipe {
            program: &self.plot.program,
            site: None,
            before: &[],
            database_url: &self.url,
            folder: self.home.path(),
            address: Some(self.address),
            env: &self.plot.env,
        };
        self.host = Some(Host::start(recipe).await?);
        self.warm_up().await;
        self.base_kb = Some(self.pss_kb());
        Ok(())
    }

    /// Fills what every server keeps once it is used: the caches of its connections to the database, the memory of
    /// its threads. What comes on top of that and stays is a leak.
    async fn warm_up(&self) {
        let Some(client) = self.clients.first() else { return };
        let home = (0..WARM_UP_PAGES).map(|_| timeout(READINESS_WITHIN, client.ask("GET", "/", "")));
        // A server that does not answer yet is what the scenario is about to find out.
        let _ = futures::future::join_all(home).await;
    }

    /// Starts the server and lets everybody in.
    pub async fn open(&mut self) -> Fallible<()> {
        self.start().await?;
        self.clients.iter().for_each(Client::come);
        self.all_back().await;
        Ok(())
    }

    /// Ends the server as a power cut or the kernel would.
    pub async fn kill(&mut self) {
        if let Some(host) = self.host.take() {
            host.kill();
        }
    }

    /// Waits until every client is connected; whoever is not in time is noted.
    pub async fn all_back(&mut self) {
        let begin = Instant::now();
        while let Some(absent) = self.clients.iter().find(|client| !client.is_ready()) {
            if begin.elapsed() > BACK_WITHIN {
                self.wrong.note(ABSENT, || format!("client {}", absent.number));
                return;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// What the server says of its readiness; nothing, if it does not answer.
    pub async fn readiness(&self) -> u16 {
        let asked = timeout(READINESS_WITHIN, self.clients[0].ask("GET", "/readyz", "")).await;
        asked.ok().and_then(Result::ok).map_or(0, |(status, _)| status)
    }

    /// What the server's memory takes.
    pub fn pss_kb(&self) -> u64 {
        let pid = self.host.as_ref().and_then(Host::pid);
        Meter::new(pid.into_iter().collect()).memory().pss_kb
    }

    /// Waits until every send is answered for good.
    pub async fn all_answered(&self) -> bool {
        let all = async {
            while self.clients.iter().any(|client| client.open_count() > 0) {
                sleep(LOOK_EVERY).await;
            }
        };
        timeout(self.patience, all).await.is_ok()
    }

    /// Whether everybody has heard all there is, without asking for it.
    async fn all_told(&mut self) -> Fallible<()> {
        let heads = Stored::heads(&self.url).await?;
        let begin = Instant::now();
        let behind = || {
            self.clients.iter().find_map(|client| {
                let places = client.places.borrow();
                let behind = places
                    .iter()
                    .find(|(room, place)| heads.get(room).is_some_and(|head| place.held < *head));
                behind.map(|(room, place)| format!("client {}, room {room}: {}", client.number, place.held))
            })
        };
        while let Some(behind) = behind() {
            if begin.elapsed() > TOLD_WITHIN {
                self.wrong.note(SLOW_PROMISE, || behind);
                break;
            }
            sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Ends the scenario: all is answered and told, everybody comes back once more, and then it is judged.
    pub async fn judge(mut self, faults: String) -> Fallible<Verdict> {
        self.all_back().await;
        self.all_answered().await;
        self.all_told().await?;
        for client in self.clients.iter().step_by(2) {
            let rooms: Vec<(RoomId, i64)> =
                client.places.borrow().iter().map(|(room, place)| (*room, place.held)).collect();
            rooms.into_iter().step_by(2).for_each(|(room, held)| client.see(room, held));
        }
        self.all_marked().await?;
        self.clients.iter().for_each(|client| client.go());
        self.clients.iter().for_each(Client::come);
        self.all_back().await;
        self.all_told().await?;
        {
            let mut book = self.book.borrow_mut();
            for client in self.clients.iter().filter(|client| client.is_ready()) {
                book.present.insert(client.number);
                let standings = client.standings.borrow().clone();
                book.standings.extend(standings.into_iter().map(|standing| (client.account, standing)));
            }
        }
        self.clients.iter().for_each(|client| client.go());
        self.memory_is_back().await;
        if let Some(host) = self.host.take() {
            host.stop().await?;
        }
        let stored = Stored::read(&self.url).await?;
        let book = self.book.borrow();
        self.wrong.absorb(check(&book, &stored, self.rules));
        Ok(Verdict {
            name: self.plot.name,
            kind: self.plot.kind,
            messages: book.acked(),
            faults,
            seconds: self.began.elapsed().as_secs_f64(),
            wrong: self.wrong.clone(),
            complaints: complaints(&self.home.path().join("server.log")),
            expected: None,
        })
    }

    /// Waits until whatever has been read is stored: a machine that does much else takes its time for it.
    async fn all_marked(&self) -> Fallible<()> {
        let db = Db::open(&self.url).await?;
        let mut before = None;
        for _ in 0..MARKS_LOOKS {
            sleep(MARKS_WITHIN).await;
            let read: Option<(i64,)> =
                db.maybe("select cast(sum(read_seq) as bigint) from member", args![]).await?;
            if read == before {
                break;
            }
            before = read;
        }
        db.close().await;
        Ok(())
    }

    async fn memory_is_back(&mut self) {
        let Some(base_kb) = self.base_kb else { return };
        let begin = Instant::now();
        loop {
            let now_kb = self.pss_kb();
            if now_kb <= base_kb + self.kept_kb {
                return;
            }
            if begin.elapsed() > Duration::from_secs(3) {
                self.wrong.note(MEMORY, || format!("{now_kb} KB, {base_kb} KB at the start"));
                return;
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

/// What the server complained about, each thing once, with how often.
fn complaints(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines() {
        // Behind the time, which no two lines share.
        let words = line.split_once(' ').map_or(line, |(_, rest)| rest.trim());
        let kind = words.split(" fault.id=").next().unwrap_or(words);
        *kinds.entry(kind).or_default() += 1;
    }
    kinds.into_iter().map(|(kind, count)| format!("{count} x {kind}")).take(COMPLAINTS_MAX).collect()
}
