//! People: who they are to each other, and what may be shown of them.

use super::{AccountId, notice::PopUps, zone::Offsets};
use serde::{Deserialize, Serialize};

/// What a person is to the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Patient,
    Practitioner,
    Staff,
    Client,
    Worker,
    Admin,
}

impl Role {
    /// Every role, in the order people are listed.
    pub const ALL: [Role; 6] =
        [Role::Patient, Role::Practitioner, Role::Staff, Role::Client, Role::Worker, Role::Admin];

    /// The word stored and sent.
    pub fn word(self) -> &'static str {
        match self {
            Role::Patient => "patient",
            Role::Practitioner => "practitioner",
            Role::Staff => "staff",
            Role::Client => "client",
            Role::Worker => "worker",
            Role::Admin => "admin",
        }
    }

    /// The role of a stored word.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The word shown beside a name.
    pub fn label(self) -> &'static str {
        match self {
            Role::Patient => "Patient",
            Role::Practitioner => "Practitioner",
            Role::Staff => "Staff",
            Role::Client => "Client",
            Role::Worker => "Worker",
            Role::Admin => "Administrator",
        }
    }

    /// Colleagues work here; patients and clients are looked after.
    pub fn is_colleague(self) -> bool {
        match self {
            Role::Practitioner | Role::Staff | Role::Worker | Role::Admin => true,
            Role::Patient | Role::Client => false,
        }
    }

    /// Whether this person gives jobs to workers.
    pub fn may_assign_jobs(self) -> bool {
        match self {
            Role::Staff | Role::Admin => true,
            Role::Patient | Role::Practitioner | Role::Client | Role::Worker => false,
        }
    }

    /// Whether this person decides which programs elsewhere are told what happens here.
    pub fn may_keep_hooks(self) -> bool {
        match self {
            Role::Admin => true,
            Role::Patient | Role::Practitioner | Role::Staff | Role::Client | Role::Worker => false,
        }
    }

    /// Whether this person can ask for a job: clients for themselves, the office for anybody.
    pub fn may_ask_for_jobs(self) -> bool {
        self == Role::Client || self.may_assign_jobs()
    }

    /// Whether a job can be done for this person: a client's work, a patient's visit.
    pub fn may_be_served(self) -> bool {
        match self {
            Role::Patient | Role::Client => true,
            Role::Practitioner | Role::Staff | Role::Worker | Role::Admin => false,
        }
    }

    /// Whether this person can be given jobs.
    pub fn may_do_jobs(self) -> bool {
        match self {
            Role::Practitioner | Role::Staff | Role::Worker => true,
            Role::Patient | Role::Client | Role::Admin => false,
        }
    }

    /// Whether this person sees who is looked after by whom, beyond their own.
    pub fn may_see_all_care(self) -> bool {
        match self {
            Role::Staff | Role::Admin => true,
            Role::Patient | Role::Practitioner | Role::Client | Role::Worker => false,
        }
    }

    /// Whether this person decides who is looked after by whom.
    pub fn may_link_care(self) -> bool {
        match self {
            Role::Admin => true,
            Role::Patient | Role::Practitioner | Role::Staff | Role::Client | Role::Worker => false,
        }
    }

    /// Whether this person has patients of their own to look after.
    pub fn may_have_patients(self) -> bool {
        match self {
            Role::Practitioner => true,
            Role::Patient | Role::Staff | Role::Client | Role::Worker | Role::Admin => false,
        }
    }
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Person {
    pub id: AccountId,
    pub name: String,
    pub role: Role,
    /// What they do, in their own words: "District nurse".
    pub headline: Option<String>,
    /// Date of birth as `1951-03-12`; only ever set where the reader may know it.
    pub born: Option<String>,
}

impl Person {
    /// The two letters in the circle: first and last word of the name, titles left out.
    pub fn initials(&self) -> String {
        let words: Vec<&str> = self.words().collect();
        let first = words.first().and_then(|word| word.chars().next());
        let last = words.iter().skip(1).next_back().and_then(|word| word.chars().next());
        first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
    }

    /// The name to greet with: "Margaret", or "Dr Okafor" for those with a title.
    pub fn short_name(&self) -> String {
        short(&self.name)
    }

    /// What stands under the name: the headline, or the role.
    pub fn caption(&self) -> &str {
        self.headline.as_deref().unwrap_or(self.role.label())
    }

    /// One of eight quiet tints, always the same for a person.
    pub fn hue(&self) -> u8 {
        hue(self.id.0)
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.name.split_whitespace().filter(|word| !is_title(word))
    }
}

/// The tint of an id: neighbours differ, and it never changes.
pub fn hue(id: i64) -> u8 {
    ((id.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61) + 1) as u8
}

/// A name as one calls somebody: "Margaret", or "Dr Okafor" for those with a title. A short name stays as it is.
pub fn short(name: &str) -> String {
    match name.split_once(' ') {
        Some((title, rest)) if is_title(title) => {
            format!("{title} {}", rest.split(' ').next_back().unwrap_or(rest))
        }
        Some((first, _)) => first.to_owned(),
        None => name.to_owned(),
    }
}

fn is_title(word: &str) -> bool {
    matches!(word.trim_end_matches('.'), "Dr" | "Prof" | "Mr" | "Mrs" | "Ms" | "Mx")
}

/// The person who is asking, as their own pages need them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub person: Person,
    /// The zone in which to write times until the browser knows better.
    pub zone: Offsets,
    /// The server's clock when the page was made.
    pub now_ms: i64,
    /// Which database this is; a socket that finds another one starts afresh.
    pub epoch: String,
    /// The number an emergency is to be called in.
    pub emergency: String,
    /// Unread messages in all of one's rooms.
    pub unread: u32,
    /// Which news pop up.
    pub pop_ups: PopUps,
}

/// A sign-in that did not succeed, as its page shows it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub email: String,
    pub error: super::Error,
}

/// The way an address is stored and compared.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Person {
        Person { id: AccountId(1), name: name.into(), role: Role::Patient, headline: None, born: None }
    }

    #[test]
    fn initials_leave_titles_out() {
        let cases = [
            ("Dr Amara Okafor", "AO"),
            ("Margaret Hale", "MH"),
            ("Cher", "C"),
            ("Ana Maria de Sousa", "AS"),
            ("", ""),
            ("émile zola", "ÉZ"),
        ];
        for (name, initials) in cases {
            assert_eq!(named(name).initials(), initials);
        }
    }

    #[test]
    fn short_names_keep_titles_with_the_last_name() {
        assert_eq!(named("Dr Amara Okafor").short_name(), "Dr Okafor");
        assert_eq!(named("Margaret Hale").short_name(), "Margaret");
        assert_eq!(named("Cher").short_name(), "Cher");
        assert_eq!(short("Dr Okafor"), "Dr Okafor");
    }

    #[test]
    fn every_role_is_found_by_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
        assert_eq!(Role::from_word("root"), None);
    }

    #[test]
    fn hues_stay_between_one_and_eight() {
        assert!((-50..50).map(hue).all(|hue| (1..=8).contains(&hue)));
    }
}
