//! Import: people, care links, groups and jobs from one JSON file, whole or not at all.

use super::{
    account::{self, NewAccount},
    care,
    clock::Clock,
    db::{Db, Tx},
    job::{self, NewJob},
    room,
};
use crate::{
    args,
    model::{
        AccountId, Error, JobId, RoomId,
        account::{Role, normal_email},
        job::JobStatus,
        room::{RoomKind, may_be_linked},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeSet;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The file: four lists, each of which may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    pub people: Vec<Value>,
    pub care: Vec<Value>,
    pub groups: Vec<Value>,
    pub jobs: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct PersonEntry {
    email: String,
    name: String,
    role: Role,
    password: String,
    #[serde(default)]
    born: Option<String>,
    #[serde(default)]
    headline: Option<String>,
}

#[derive(Debug, Deserialize)]
struct CareEntry {
    patient: String,
    practitioner: String,
}

#[derive(Debug, Deserialize)]
struct GroupEntry {
    title: String,
    members: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct JobEntry {
    title: String,
    client: String,
    #[serde(default)]
    worker: Option<String>,
    status: JobStatus,
    at: String,
}

/// What an import made or found, by id.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Report {
    pub people: Vec<ReportPerson>,
    pub rooms: Vec<ReportRoom>,
    pub jobs: Vec<ReportJob>,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct ReportPerson {
    pub email: String,
    pub user_id: AccountId,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct ReportRoom {
    pub room_id: RoomId,
    pub kind: RoomKind,
    pub members: Vec<AccountId>,
}

#[derive(Debug, PartialEq, Serialize)]
pub struct ReportJob {
    pub job_id: JobId,
    pub room_id: RoomId,
    pub members: Vec<AccountId>,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file is not the JSON Confer imports: {0}")]
    File(serde_json::Error),
    #[error("{entry}: {why}")]
    Entry { entry: String, why: String },
    #[error("nothing was imported: {0}")]
    Database(#[from] Error),
}

/// Reads a file's text.
pub fn read(text: &str) -> Result<File, ImportError> {
    // A list would be read as a file whose fields it holds in order.
    let file: serde_json::Map<String, Value> = serde_json::from_str(text).map_err(ImportError::File)?;
    serde_json::from_value(Value::Object(file)).map_err(ImportError::File)
}

/// Imports a file in one transaction; the same file again finds what is there and changes nothing.
pub async fn import(db: &Db, clock: &Clock, file: &File) -> Result<Report, ImportError> {
    // Passwords are hashed before the transaction: it must not hold the only writer for seconds.
    let mut people = Vec::with_capacity(file.people.len());
    for (index, value) in file.people.iter().enumerate() {
        let entry = Entry { list: "people", index };
        let person: PersonEntry = entry.parse(value)?;
        let known: Option<(i64,)> =
            db.maybe("select id from account where email = $1", args![normal_email(&person.email)]).await?;
        let hash = match known {
            Some(_) => None,
            None => Some(
                account::hash(person.password.clone())
                    .await
                    .map_err(|_| entry.bad("the password needs 8 characters or more"))?,
            ),
        };
        people.push((entry, person, hash));
    }
    let mut import = Import { tx: db.begin().await?, now_ms: clock.now_ms(), report: Report::default() };
    for (entry, person, hash) in people {
        import.person(&entry, person, hash).await?;
    }
    for (index, value) in file.care.iter().enumerate() {
        import.care(&Entry { list: "care", index }, value).await?;
    }
    for (index, value) in file.groups.iter().enumerate() {
        import.group(&Entry { list: "groups", index }, value).await?;
    }
    for (index, value) in file.jobs.iter().enumerate() {
        import.job(&Entry { list: "jobs", index }, value).await?;
    }
    let Import { tx, report, .. } = import;
    tx.commit().await?;
    Ok(report)
}

/// The place of an entry, to name it when it is bad.
struct Entry {
    list: &'static str,
    index: usize,
}

impl Entry {
    fn bad(&self, why: impl Into<String>) -> ImportError {
        ImportError::Entry { entry: format!("{}[{}]", self.list, self.index), why: why.into() }
    }

    fn parse<T: DeserializeOwned>(&self, value: &Value) -> Result<T, ImportError> {
        T::deserialize(value).map_err(|error| self.bad(error.to_string()))
    }
}

struct Import {
    tx: Tx,
    now_ms: i64,
    report: Report,
}

impl Import {
    async fn person(
        &mut self,
        entry: &Entry,
        person: PersonEntry,
        hash: Option<String>,
    ) -> Result<(), ImportError> {
        let email = normal_email(&person.email);
        let known = account::find(&mut self.tx, &email).await?;
        let id = match (known, hash) {
            (Some((_, role)), _) if role != person.role => {
                return Err(entry.bad(format!("{email} is already here as {}", role.word())));
            }
            (Some((id, _)), _) => id,
            (None, Some(hash)) => {
                let new = NewAccount {
                    email: person.email,
                    name: person.name,
                    role: person.role,
                    headline: person.headline,
                    born: person.born,
                };
                new.check().map_err(|error| entry.bad(error.to_string()))?;
                account::add(&mut self.tx, &new, &hash, self.now_ms).await?
            }
            (None, None) => return Err(entry.bad(format!("{email} vanished while importing"))),
        };
        if !self.report.people.iter().any(|person| person.user_id == id) {
            self.report.people.push(ReportPerson { email, user_id: id });
        }
        Ok(())
    }

    async fn care(&mut self, entry: &Entry, value: &Value) -> Result<(), ImportError> {
        let care: CareEntry = entry.parse(value)?;
        let (patient, patient_role) = self.known(entry, &care.patient).await?;
        let (practitioner, practitioner_role) = self.known(entry, &care.practitioner).await?;
        if !may_be_linked(patient_role, practitioner_role) {
            return Err(entry.bad("a care link joins a patient with a practitioner"));
        }
        let link = care::link(&mut self.tx, patient, practitioner, self.now_ms).await?;
        let (room, _) = room::of_care(&mut self.tx, link, &[patient, practitioner], self.now_ms).await?;
        self.told(room, RoomKind::Care).await
    }

    async fn group(&mut self, entry: &Entry, value: &Value) -> Result<(), ImportError> {
        let group: GroupEntry = entry.parse(value)?;
        let title = group.title.trim().to_owned();
        if title.is_empty() {
            return Err(entry.bad("a group needs a title"));
        }
        let mut members = BTreeSet::new();
        for email in &group.members {
            members.insert(self.known(entry, email).await?.0);
        }
        if members.is_empty() {
            return Err(entry.bad("a group needs members"));
        }
        let members: Vec<AccountId> = members.into_iter().collect();
        // The first one named; somebody has to be able to invite.
        let owner = match group.members.first() {
            Some(email) => self.known(entry, email).await?.0,
            None => return Err(entry.bad("a group needs members")),
        };
        let found: Option<(i64,)> = self
            .tx
            .maybe(
                "select id from room where kind = 'group' and title = $1 order by id limit 1",
                args![title.as_str()],
            )
            .await?;
        let id = match found {
            Some((id,)) => id,
            None => {
                let added: Option<(i64,)> = self
                    .tx
                    .maybe(
                        "insert into room (kind, title, owner_id, created_at, active_at) \
                         values ('group', $1, $2, $3, $3) returning id",
                        args![title.as_str(), owner, self.now_ms],
                    )
                    .await?;
                added.ok_or(Error::NotFound)?.0
            }
        };
        room::join(&mut self.tx, RoomId(id), &members, self.now_ms).await?;
        self.told(RoomId(id), RoomKind::Group).await
    }

    async fn job(&mut self, entry: &Entry, value: &Value) -> Result<(), ImportError> {
        let job: JobEntry = entry.parse(value)?;
        let title = job.title.trim().to_owned();
        if title.is_empty() {
            return Err(entry.bad("a job needs a title"));
        }
        let (client, _) = self.known(entry, &job.client).await?;
        let worker = match &job.worker {
            Some(email) => Some(self.known(entry, email).await?.0),
            None => None,
        };
        if worker == Some(client) {
            return Err(entry.bad("client and worker are the same person"));
        }
        let at = OffsetDateTime::parse(&job.at, &Rfc3339)
            .map_err(|_| entry.bad("'at' is not a time such as 2026-11-21T09:00:00Z"))?;
        let new = NewJob { title, client, worker, status: job.status, at_ms: at.unix_timestamp() * 1_000 };
        let (job_id, room_id, _) = job::add(&mut self.tx, &new, self.now_ms).await?;
        self.told(room_id, RoomKind::Job).await?;
        let members = self.members(room_id).await?;
        if !self.report.jobs.iter().any(|job| job.job_id == job_id) {
            self.report.jobs.push(ReportJob { job_id, room_id, members });
        }
        Ok(())
    }

    /// The account an entry speaks of, from this file or from before.
    async fn known(&mut self, entry: &Entry, email: &str) -> Result<(AccountId, Role), ImportError> {
        let found = account::find(&mut self.tx, email).await?;
        found.ok_or_else(|| entry.bad(format!("nobody here has the address {email}")))
    }

    async fn members(&mut self, room: RoomId) -> Result<Vec<AccountId>, ImportError> {
        let found: Vec<(i64,)> = self
            .tx
            .all("select account_id from member where room_id = $1 order by account_id", args![room])
            .await?;
        Ok(found.into_iter().map(|(id,)| AccountId(id)).collect())
    }

    async fn told(&mut self, room: RoomId, kind: RoomKind) -> Result<(), ImportError> {
        let members = self.members(room).await?;
        if !self.report.rooms.iter().any(|told| told.room_id == room) {
            self.report.rooms.push(ReportRoom { room_id: room, kind, members });
        }
        Ok(())
    }
}
