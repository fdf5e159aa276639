//! Filling a database: the cast, the rooms they share and their words, in one transaction.

use super::{
    DemoError,
    people::{CARE, GROUPS, JOBS, PEOPLE},
    talk::{self, Line, Place, Talk},
};
use crate::{
    args,
    model::{AccountId, Cid, Error, RoomId},
    server::{
        account::{self, NewAccount},
        care,
        db::{Db, Tx},
        job::{self, NewJob},
        room,
    },
};
use std::collections::HashMap;

/// The practice has used Confer for this long; the first words are younger.
const OPENED_MS: i64 = 30 * 24 * 3_600_000;

/// What was said this long ago has been read by everybody.
const READ_MS: i64 = 3 * 3_600_000;

/// A database being filled: nothing in it counts until the end.
pub struct House {
    tx: Tx,
    now_ms: i64,
    opened_ms: i64,
    people: HashMap<&'static str, AccountId>,
    rooms: Vec<(Place, RoomId)>,
}

impl House {
    /// Begins with nothing but a transaction.
    pub async fn begin(db: &Db, now_ms: i64) -> Result<House, DemoError> {
        Ok(House {
            tx: db.begin().await?,
            now_ms,
            opened_ms: now_ms - OPENED_MS,
            people: HashMap::new(),
            rooms: Vec::new(),
        })
    }

    /// Makes all of it durable.
    pub async fn commit(self) -> Result<(), DemoError> {
        Ok(self.tx.commit().await?)
    }

    /// Everybody, with one password.
    pub async fn people(&mut self, hash: &str) -> Result<(), DemoError> {
        for part in PEOPLE {
            let new = NewAccount {
                email: part.email(),
                name: part.name.into(),
                role: part.role,
                headline: part.headline.map(str::to_owned),
                born: part.born.map(str::to_owned),
            };
            let id = account::add(&mut self.tx, &new, hash, self.opened_ms).await?;
            self.people.insert(part.key, id);
        }
        Ok(())
    }

    /// The care links; a pair that has not talked has no room, which is made on first contact.
    pub async fn care(&mut self, talks: &[Talk]) -> Result<(), DemoError> {
        for (practitioner, patients) in CARE {
            for patient in patients {
                let pair = [self.known(patient)?, self.known(practitioner)?];
                let link = care::link(&mut self.tx, pair[0], pair[1], self.opened_ms).await?;
                let place = Place::Care { patient, practitioner };
                if talks.iter().any(|talk| talk.place == place) {
                    let (room, _) = room::of_care(&mut self.tx, link, &pair, self.opened_ms).await?;
                    self.rooms.push((place, room));
                }
            }
        }
        Ok(())
    }

    /// The groups of colleagues.
    pub async fn groups(&mut self) -> Result<(), DemoError> {
        for (title, keys) in GROUPS {
            let members = keys.iter().map(|key| self.known(key)).collect::<Result<Vec<_>, _>>()?;
            let added: Option<(i64,)> = self
                .tx
                .maybe(
                    "insert into room (kind, title, owner_id, created_at, active_at) \
                     values ('group', $1, $2, $3, $3) returning id",
                    args![title, members.first().map(|owner| owner.0), self.opened_ms],
                )
                .await?;
            let room = RoomId(added.ok_or(Error::NotFound)?.0);
            room::join(&mut self.tx, room, &members, self.opened_ms).await?;
            self.rooms.push((Place::Group(title), room));
        }
        Ok(())
    }

    /// The jobs, each with its room.
    pub async fn jobs(&mut self) -> Result<(), DemoError> {
        for work in JOBS {
            let new = NewJob {
                title: work.title.into(),
                client: self.known(work.client)?,
                worker: work.worker.map(|worker| self.known(worker)).transpose()?,
                status: work.status,
                at_ms: talk::moment_ms(self.now_ms, work.day, work.minute),
            };
            let (_, room, _) = job::add(&mut self.tx, &new, self.opened_ms).await?;
            self.rooms.push((Place::Job(work.title), room));
        }
        Ok(())
    }

    /// What was said, in every room.
    pub async fn talk(&mut self, talks: &[Talk]) -> Result<(), DemoError> {
        let mut said: Vec<(RoomId, i64, Line)> = Vec::new();
        for talk in talks {
            let room = self.room(talk.place)?;
            said.extend((1..).zip(talk.lines(self.now_ms)).map(|(seq, line)| (room, seq, line)));
        }
        // Stored in the order they were said, so that ids tell the same story as times.
        said.sort_by_key(|(_, _, line)| line.sent_ms);
        for (room, seq, line) in said {
            self.say(room, seq, line).await?;
        }
        // Everybody has read what they answered, and what is older than the morning.
        self.tx
            .run(
                "update member set delivered_seq = r.last_seq, delivered_at = r.active_at, read_at = r.active_at, \
                 read_seq = coalesce((select max(seq) from message where room_id = r.id \
                 and (sender_id = account_id or sent_at < $1)), 0) from room r where r.id = room_id",
                args![self.now_ms - READ_MS],
            )
            .await?;
        // What they have read and not answered needed no answer.
        self.tx
            .run(
                "update room set settled_seq = coalesce((select max(m.read_seq) from member m \
                 join care c on c.practitioner_id = m.account_id \
                 where c.id = room.care_id and m.room_id = room.id), 0) where care_id is not null",
                args![],
            )
            .await?;
        self.tx
            .run(
                "update account set last_seen = \
                 (select max(sent_at) from message where message.sender_id = account.id)",
                args![],
            )
            .await?;
        Ok(())
    }

    // Not the writer's way: that one dates by the clock, and these words were said weeks ago.
    async fn say(&mut self, room: RoomId, seq: i64, line: Line) -> Result<(), DemoError> {
        let sender = self.known(line.who)?;
        self.tx
            .run(
                "insert into message (room_id, seq, change, sender_id, cid, body, sent_at) \
                 values ($1, $2, $2, $3, $4, $5, $6)",
                args![room, seq, sender, Cid(rand::random()), line.body, line.sent_ms],
            )
            .await?;
        self.tx
            .run(
                "update room set last_seq = $2, active_at = $3 where id = $1",
                args![room, seq, line.sent_ms],
            )
            .await?;
        Ok(())
    }

    fn known(&self, key: &'static str) -> Result<AccountId, DemoError> {
        self.people.get(key).copied().ok_or(DemoError::Unknown(key))
    }

    fn room(&self, place: Place) -> Result<RoomId, DemoError> {
        let found = self.rooms.iter().find(|(known, _)| *known == place);
        found.map(|(_, room)| *room).ok_or(match place {
            Place::Care { patient, .. } => DemoError::Unknown(patient),
            Place::Group(title) | Place::Job(title) => DemoError::Unknown(title),
        })
    }
}
