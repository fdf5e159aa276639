//! What the model only names, said in the reader's language: errors, roles, statuses, what happened to a room.

use super::{EN, Text, fill};
use crate::model::{
    AccountId, Error, Why,
    account::{Person, Role},
    room::Room,
};

impl Text {
    /// What went wrong, in a sentence.
    pub fn error(&self, error: &Error) -> String {
        let sentence = match error {
            Error::SignIn => self.error_sign_in,
            Error::Forbidden => self.error_forbidden,
            Error::NotFound => self.error_not_found,
            Error::Invalid { field, why } => return self.invalid(field, *why),
            Error::Conflict { what } => self.conflict(what),
            Error::TooLarge { .. } => self.error_too_large,
            Error::Slow { .. } => self.error_slow,
            Error::Unavailable { .. } => self.error_unavailable,
            Error::Offline => self.error_offline,
            Error::Fault { id } => return fill(self.error_fault, &[id]),
        };
        sentence.to_owned()
    }

    fn invalid(&self, field: &str, why: Why) -> String {
        let template = match (field, why) {
            ("body", Why::Empty) => self.invalid_body_empty,
            ("body", Why::TooLong) => self.invalid_body_long,
            (_, Why::Missing | Why::Empty) => self.invalid_missing,
            ("password", Why::TooShort) => self.invalid_password_short,
            (_, Why::TooShort) => self.invalid_short,
            (_, Why::TooLong) => self.invalid_long,
            (_, Why::Malformed | Why::Unknown) => self.invalid_unknown,
        };
        let field = match field {
            "title" => self.field_title,
            "at" => self.field_at,
            "client" => self.field_client,
            // No page has a form with any other.
            other => other,
        };
        fill(template, &[field])
    }

    fn conflict(&self, what: &str) -> &'static str {
        match what {
            "cid_reused" => self.conflict_cid,
            "group_full" => self.conflict_group,
            "owner_leaves" => self.conflict_owner,
            "room_closed" => self.conflict_closed,
            "job_status" => self.conflict_status,
            "job_unassigned" => self.conflict_worker,
            "email_taken" => self.conflict_email,
            _ => self.conflict_other,
        }
    }

    /// A role, as it stands beside a name.
    pub fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Patient => self.role_patient,
            Role::Practitioner => self.role_practitioner,
            Role::Staff => self.role_staff,
            Role::Client => self.role_client,
            Role::Worker => self.role_worker,
            Role::Admin => self.role_admin,
        }
    }

    /// What stands under a name: what they do in their own words, or their role.
    pub fn caption(&self, person: &Person) -> String {
        person.headline.clone().unwrap_or_else(|| self.role(person.role).to_owned())
    }

    /// Who can read a room, in words: "Margaret, Ingrid and you can read this".
    pub fn readers(&self, room: &Room, me: AccountId) -> String {
        let others: Vec<String> =
            room.members.iter().filter(|person| person.id != me).map(Person::short_name).collect();
        match others.as_slice() {
            [] => self.readers_alone.to_owned(),
            names if names.len() > 4 => {
                fill(self.readers_many, &[&names[..3].join(", "), &(names.len() - 2).to_string()])
            }
            names => fill(self.readers_some, &[&names.join(", ")]),
        }
    }

    /// "3 people".
    pub fn people(&self, count: usize) -> String {
        if count == 1 { self.alone.to_owned() } else { fill(self.people, &[&count.to_string()]) }
    }

    /// "3 new messages".
    pub fn new_messages(&self, count: u32) -> String {
        if count == 1 { self.new_one.to_owned() } else { fill(self.new_many, &[&count.to_string()]) }
    }

    /// Names as one says them: "Helen, Ingrid and Piotr".
    pub fn names(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [name] => name.clone(),
            [most @ .., last] => fill(self.names_last, &[&most.join(", "), last]),
        }
    }

    /// What happened to a room, from the English of the house. Who it happened to is told there only: whoever has
    /// left is no member any more.
    pub fn note(&self, body: String) -> String {
        let mut pairs = EN.notes().into_iter().zip(self.notes());
        let said = pairs.find_map(|(english, own)| Some(fill(own, &taken(english, &body)?)));
        said.unwrap_or(body)
    }

    fn notes(&self) -> [&'static str; 13] {
        [
            self.note_created,
            self.note_renamed,
            self.note_handed,
            self.note_ended,
            self.note_added,
            self.note_removed,
            self.note_joined,
            self.note_left,
            self.note_requested,
            self.note_confirmed,
            self.note_started,
            self.note_finished,
            self.note_cancelled,
        ]
    }
}

/// What stands in a text at the places of the template it was made from: "{} left.", "{0} added {1}.".
fn taken<'a>(template: &str, text: &'a str) -> Option<[&'a str; 2]> {
    let (_, after) = template.split_once('}')?;
    match after.split_once("{1}") {
        None => Some([text.strip_suffix(after)?, ""]),
        Some((between, end)) => {
            let (first, second) = text.split_once(between)?;
            Some([first, second.strip_suffix(end)?])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::DE, *};
    use crate::model::{RoomId, job::Step, room::RoomKind};

    fn person(id: i64, name: &str) -> Person {
        Person { id: AccountId(id), name: name.into(), role: Role::Worker, headline: None, born: None }
    }

    fn group(names: &[&str]) -> Room {
        let members = (1..).zip(names).map(|(id, name)| person(id, name)).collect();
        let (id, kind, opposite) = (RoomId(1), RoomKind::Group, None);
        Room { id, kind, title: None, owner: None, opposite, members, is_closed: false }
    }

    #[test]
    fn an_error_reads_on_an_english_page_as_the_api_says_it() {
        let plain = [
            Error::SignIn,
            Error::Forbidden,
            Error::NotFound,
            Error::TooLarge { limit_bytes: 1 },
            Error::Slow { retry_ms: 1 },
            Error::Unavailable { retry_ms: 1 },
            Error::Offline,
            Error::Fault { id: "f00d".into() },
        ];
        let reasons = [Why::Missing, Why::Empty, Why::TooShort, Why::TooLong, Why::Malformed, Why::Unknown];
        let fields = ["body", "password", "title", "at", "client", "email"];
        let invalid = fields.into_iter().flat_map(|field| reasons.map(move |why| Error::invalid(field, why)));
        let conflicts = [
            "cid_reused",
            "group_full",
            "owner_leaves",
            "room_closed",
            "job_status",
            "job_unassigned",
            "email_taken",
            "subject_taken",
        ];
        for error in plain.into_iter().chain(invalid).chain(conflicts.map(Error::conflict)) {
            assert_eq!(EN.error(&error), error.to_string());
            assert_ne!(DE.error(&error), error.to_string());
        }
    }

    #[test]
    fn roles_readers_and_names_read_as_the_model_says_them() {
        for role in Role::ALL {
            assert_eq!(EN.role(role), role.label());
        }
        for (names, words) in [
            (&["Ana"][..], "Only you can read this"),
            (&["Ana", "Dr Bo Lind"], "Dr Lind and you can read this"),
            (&["Ana", "Bo", "Cy", "Di"], "Bo, Cy, Di and you can read this"),
            (&["Ana", "Bo", "Cy", "Di", "Ed", "Flo"], "Bo, Cy, Di and 3 others can read this"),
        ] {
            assert_eq!(EN.readers(&group(names), AccountId(1)), words);
        }
        let nurse = Person { headline: Some("District nurse".into()), ..person(1, "Ana") };
        assert_eq!(DE.caption(&nurse), "District nurse");
        assert_eq!(DE.caption(&person(1, "Ana")), "Helfer/in");
        assert_eq!(DE.names(&["Ana".into(), "Bo".into(), "Cy".into()]), "Ana, Bo und Cy");
    }

    #[test]
    fn a_note_is_said_in_the_readers_language_or_in_its_own() {
        for (english, german) in [
            ("Ana Lee made the group “Heart”.", "Ana Lee hat die Gruppe „Heart“ angelegt."),
            ("Ana Lee renamed the group to “We left.”.", "Ana Lee hat die Gruppe in „We left.“ umbenannt."),
            ("Ana Lee handed the group over to Bo.", "Ana Lee hat die Gruppe an Bo übergeben."),
            ("Ana Lee ended the group.", "Ana Lee hat die Gruppe beendet."),
            ("Ana Lee added Bo.", "Ana Lee hat Bo hinzugefügt."),
            ("Ana Lee removed Bo.", "Ana Lee hat Bo entfernt."),
            ("Ana Lee joined.", "Ana Lee ist jetzt dabei."),
            ("Ana Lee left.", "Ana Lee ist nicht mehr dabei."),
            ("Ana Lee did what no version knew.", "Ana Lee did what no version knew."),
        ] {
            assert_eq!(EN.note(english.into()), english);
            assert_eq!(DE.note(english.into()), german);
        }
        for step in Step::ALL {
            let english = step.words("Ana Lee");
            assert_eq!(EN.note(english.clone()), english);
            assert!(DE.note(english).starts_with("Ana Lee hat den Auftrag "));
        }
    }
}
