//! The stage of one scenario: a filled database, a server that runs on it, and the crowd invited to it.

use super::{
    Fallible,
    argument::Arguments,
    crowd::{Crowd, Invitation},
    dialect::Dialect,
    host::{Host, Recipe},
    house::{Guest, House, Lounge},
    meter::Meter,
    wire::Target,
};
use clap::ValueEnum;
use std::{
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

/// Who is to be there.
#[derive(Clone, Debug)]
pub struct Cast {
    pub people: usize,
    /// Members of each room, by their place among the people.
    pub rooms: Vec<Vec<usize>>,
    /// Messages each room already holds.
    pub history: i64,
    pub sockets: usize,
    /// The first so many people never read.
    pub mute: usize,
    /// How many may be on their way in at the same time.
    pub at_once: usize,
    pub body_bytes: usize,
}

/// Everything a scenario needs.
#[derive(Debug)]
pub struct Stage {
    pub guests: Vec<Guest>,
    pub lounges: Vec<Lounge>,
    pub crowd: Rc<Crowd>,
    pub meter: Meter,
    pub host: Host,
    folder: Folder,
}

/// A folder that is gone when it is no longer needed.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Cast {
    /// Rooms of so many people each, nobody in two.
    pub fn groups(rooms: usize, members: usize, body_bytes: usize) -> Cast {
        Cast {
            people: rooms * members,
            rooms: (0..rooms).map(|room| (room * members..(room + 1) * members).collect()).collect(),
            history: 0,
            sockets: 1,
            mute: 0,
            at_once: 64,
            body_bytes,
        }
    }
}

impl Stage {
    /// Fills the database and starts the server.
    pub async fn set(arguments: &Arguments, cast: &Cast) -> Fallible<Stage> {
        let folder = Folder::make()?;
        let fresh = format!("sqlite:{}", folder.0.join("confer.db").display());
        let database_url = arguments.database_url.as_deref().unwrap_or(&fresh);
        let (guests, lounges) = fill(database_url, cast, arguments.dialect).await?;
        let host = match (&arguments.url, &arguments.server) {
            (Some(url), _) => Host::at(url).await?,
            (None, Some(program)) => {
                let beside = program.parent().map(|folder| folder.join("site")).filter(|site| site.is_dir());
                let site = arguments.site.clone().or(beside);
                let (site, folder) = (site.as_deref(), folder.0.as_path());
                let before = &arguments.before;
                let survives =
                    arguments.durability.to_possible_value().map(|word| word.get_name().to_owned());
                let env = [("CONFER_DURABILITY".to_owned(), survives.unwrap_or_default())];
                let recipe = Recipe { program, site, before, database_url, folder, address: None, env: &env };
                Host::start(recipe).await?
            }
            (None, None) => return Err("either --server or --url".into()),
        };
        let target =
            Target { address: host.address, origin: host.origin.clone(), dialect: arguments.dialect };
        let crowd = Crowd::new(
            target,
            Invitation {
                guests: &guests,
                lounges: &lounges,
                sockets: cast.sockets,
                mute: cast.mute,
                at_once: cast.at_once,
                body_bytes: cast.body_bytes,
                receipts: arguments.receipts,
            },
        );
        let meter = Meter::new(host.pid().into_iter().chain(arguments.pids.iter().copied()).collect());
        Ok(Stage { guests, lounges, crowd, meter, host, folder })
    }

    /// Sends everybody home and stops the server; what it had to complain about is told.
    pub async fn strike(self) -> Fallible<Vec<String>> {
        self.crowd.cut(0..self.crowd.people.len());
        self.host.stop().await?;
        let log = fs::read_to_string(self.folder.0.join("server.log")).unwrap_or_default();
        Ok(log
            .lines()
            .filter(|line| line.contains("WARN") || line.contains("ERROR"))
            .map(str::to_owned)
            .collect())
    }
}

async fn fill(database_url: &str, cast: &Cast, dialect: Dialect) -> Fallible<(Vec<Guest>, Vec<Lounge>)> {
    let mut house = House::open(database_url).await?;
    let guests = house.people(cast.people).await?;
    let mut lounges = Vec::with_capacity(cast.rooms.len());
    for members in &cast.rooms {
        let mut lounge = match dialect {
            Dialect::Native => house.room(&guests, members.clone()).await?,
            Dialect::P4 => house.job(&guests, members.clone()).await?,
        };
        if cast.history > 0 {
            house.history(&guests, &mut lounge, cast.history).await?;
        }
        lounges.push(lounge);
    }
    house.commit().await?;
    Ok((guests, lounges))
}

impl Folder {
    /// A fresh one.
    pub fn make() -> Fallible<Folder> {
        let name = format!("confer-load-{}-{:08x}", std::process::id(), rand::random::<u32>());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Folder(path))
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_share_nobody() {
        let cast = Cast::groups(3, 2, 0);
        assert_eq!(cast.people, 6);
        assert_eq!(cast.rooms, [[0, 1], [2, 3], [4, 5]]);
    }

    #[test]
    fn a_folder_is_gone_afterwards() {
        let folder = Folder::make().unwrap();
        let path = folder.0.clone();
        assert!(path.is_dir());
        drop(folder);
        assert!(!path.exists());
    }
}
