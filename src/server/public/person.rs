//! Oneself, the people one may see, one's colleagues, and who of them is there.

use super::{
    Answer,
    operation::Example,
    request::{Asked, Asker},
};
use crate::{
    model::{
        AccountId,
        account::{Person, Role},
    },
    server::{
        App,
        clock::stamp,
        person::{self, Known},
        presence,
    },
};
use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person the asker may know.
#[derive(Serialize, JsonSchema)]
pub struct Profile {
    #[serde(flatten)]
    person: Person,
    email: String,
    /// Whether they can be reached now.
    is_online: bool,
    last_seen_ms: Option<i64>,
    /// The same, as RFC 3339 has it.
    last_seen: Option<String>,
}

impl From<Known> for Profile {
    fn from(known: Known) -> Profile {
        Profile {
            person: known.person,
            email: known.email,
            is_online: known.is_online,
            last_seen_ms: known.last_seen_ms,
            last_seen: known.last_seen_ms.map(stamp),
        }
    }
}

/// `GET /api/v1/me`
pub async fn me(State(app): State<App>, Asker(me): Asker) -> Answer<Profile> {
    Ok(Json(person::oneself(&app, &me).await?.into()))
}

/// People.
#[derive(Serialize, JsonSchema)]
pub struct People {
    people: Vec<Profile>,
}

/// `GET /api/v1/people`
pub async fn people(State(app): State<App>, Asker(me): Asker) -> Answer<People> {
    let people = person::around(&app, &me).await?;
    Ok(Json(People { people: people.into_iter().map(Profile::from).collect() }))
}

/// Which page of the team is wanted.
#[derive(Deserialize, JsonSchema)]
pub struct Which {
    /// Where the last page ended: its `next`.
    behind: Option<AccountId>,
    /// How many are wanted: 1 to 200, and 100 when nothing is said.
    limit: Option<u32>,
}

/// A page of one's colleagues, by name.
#[derive(Serialize, JsonSchema)]
pub struct Team {
    team: Vec<Profile>,
    /// Whether there are more behind the last one.
    more: bool,
    /// What to ask for `behind` to get them.
    next: Option<AccountId>,
}

/// `GET /api/v1/team`
pub async fn team(State(app): State<App>, Asker(me): Asker, Asked(asked): Asked<Which>) -> Answer<Team> {
    let (team, more) = person::team(&app, &me, asked.behind, asked.limit.unwrap_or(100)).await?;
    let next = team.last().filter(|_| more).map(|last| last.person.id);
    Ok(Json(Team { team: team.into_iter().map(Profile::from).collect(), more, next }))
}

/// Whether somebody is there.
#[derive(Serialize, JsonSchema)]
pub struct Presence {
    account: AccountId,
    /// Whether they can be reached now.
    is_online: bool,
    last_seen_ms: Option<i64>,
    /// The same, as RFC 3339 has it.
    last_seen: Option<String>,
}

/// Who is there.
#[derive(Serialize, JsonSchema)]
pub struct Presences {
    presence: Vec<Presence>,
}

/// `GET /api/v1/presence`
pub async fn presence(State(app): State<App>, Asker(me): Asker) -> Answer<Presences> {
    let around = presence::around(&app, &me).await?.into_iter();
    let presence = around.map(|one| Presence {
        account: one.account,
        is_online: one.online,
        last_seen_ms: one.last_seen_ms,
        last_seen: one.last_seen_ms.map(stamp),
    });
    Ok(Json(Presences { presence: presence.collect() }))
}

const LAST_SEEN_MS: i64 = 1_795_254_000_007;

/// The patient of the examples.
pub fn patient() -> Person {
    Person {
        id: AccountId(12),
        name: "Margaret Hale".into(),
        role: Role::Patient,
        headline: None,
        born: Some("1951-03-12".into()),
    }
}

/// The practitioner of the examples.
pub fn practitioner() -> Person {
    Person {
        id: AccountId(2),
        name: "Dr Amara Okafor".into(),
        role: Role::Practitioner,
        headline: Some("Cardiologist".into()),
        born: None,
    }
}

impl Example for Profile {
    fn example() -> Self {
        Profile {
            person: practitioner(),
            email: "okafor@example.org".into(),
            is_online: false,
            last_seen_ms: Some(LAST_SEEN_MS),
            last_seen: Some(stamp(LAST_SEEN_MS)),
        }
    }
}

impl Example for People {
    fn example() -> Self {
        People { people: vec![Profile::example()] }
    }
}

impl Example for Team {
    fn example() -> Self {
        Team { team: vec![Profile::example()], more: true, next: Some(AccountId(2)) }
    }
}

impl Example for Presences {
    fn example() -> Self {
        let one = Presence { account: AccountId(2), is_online: true, last_seen_ms: None, last_seen: None };
        Presences { presence: vec![one] }
    }
}
