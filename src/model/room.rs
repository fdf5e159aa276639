//! Rooms: who can read what is written there.

use super::{
    AccountId, Cid, MessageId, RoomId,
    account::{Person, Role},
    message::Page,
    presence::Presence,
};
use serde::{Deserialize, Serialize};

/// What brings the people of a room together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// A patient and the practitioner linked to them.
    Care,
    /// Two colleagues.
    Direct,
    /// A named group of colleagues.
    Group,
    /// The client and the worker of a job.
    Job,
}

impl RoomKind {
    /// The word stored and sent.
    pub fn word(self) -> &'static str {
        match self {
            RoomKind::Care => "care",
            RoomKind::Direct => "direct",
            RoomKind::Group => "group",
            RoomKind::Job => "job",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<RoomKind> {
        [RoomKind::Care, RoomKind::Direct, RoomKind::Group, RoomKind::Job]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A room as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub kind: RoomKind,
    /// Set for groups and jobs; the others are named after the person opposite.
    pub title: Option<String>,
    /// Everybody who can read, the asker included.
    pub members: Vec<Person>,
}

impl Room {
    /// The person opposite, in a room of two.
    pub fn opposite(&self, me: AccountId) -> Option<&Person> {
        match self.kind {
            RoomKind::Care | RoomKind::Direct => self.members.iter().find(|person| person.id != me),
            RoomKind::Group | RoomKind::Job => None,
        }
    }

    /// What the room is called for `me`.
    pub fn name(&self, me: AccountId) -> &str {
        self.title
            .as_deref()
            .or_else(|| self.opposite(me).map(|person| person.name.as_str()))
            .unwrap_or("Conversation")
    }

    /// A member by id.
    pub fn member(&self, id: AccountId) -> Option<&Person> {
        self.members.iter().find(|person| person.id == id)
    }

    /// Who can read this, in words: "Margaret, Ingrid and you can read this".
    pub fn readers(&self, me: AccountId) -> String {
        let others: Vec<String> =
            self.members.iter().filter(|person| person.id != me).map(Person::short_name).collect();
        match others.as_slice() {
            [] => "Only you can read this".into(),
            names if names.len() > 4 => {
                format!("{} and {} others can read this", names[..3].join(", "), names.len() - 2)
            }
            names => format!("{} and you can read this", names.join(", ")),
        }
    }
}

/// The newest message of a room, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub id: MessageId,
    pub sender: AccountId,
    pub sender_name: String,
    pub body: String,
    pub sent_ms: i64,
}

/// A room as one line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomCard {
    pub id: RoomId,
    pub kind: RoomKind,
    pub name: String,
    /// The person opposite, in rooms of two.
    pub opposite: Option<Person>,
    pub last: Option<Preview>,
}

/// What entering a room answers: the room, its newest messages, and who of its people is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    pub room: Room,
    pub page: Page,
    pub presence: Vec<Presence>,
    /// The cid a plain form sends with, so that pressing its button twice sends once.
    pub form_cid: Cid,
}

/// Somebody one is linked to, with the way to talk to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub person: Person,
    pub presence: Presence,
    pub room: Option<RoomId>,
    pub last: Option<Preview>,
}

/// Whether a link between these two may become a care room.
pub fn may_be_linked(patient: Role, practitioner: Role) -> bool {
    patient == Role::Patient && practitioner.may_have_patients()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(names: &[&str]) -> Room {
        let members = names
            .iter()
            .enumerate()
            .map(|(index, name)| Person {
                id: AccountId(index as i64 + 1),
                name: (*name).into(),
                role: Role::Patient,
                headline: None,
                born: None,
            })
            .collect();
        Room { id: RoomId(1), kind: RoomKind::Care, title: None, members }
    }

    #[test]
    fn who_can_read_is_said_in_words() {
        let me = AccountId(1);
        assert_eq!(room(&["Ana"]).readers(me), "Only you can read this");
        assert_eq!(room(&["Ana", "Dr Bo Lind"]).readers(me), "Dr Lind and you can read this");
        assert_eq!(room(&["Ana", "Bo", "Cy", "Di"]).readers(me), "Bo, Cy, Di and you can read this");
        assert_eq!(
            room(&["Ana", "Bo", "Cy", "Di", "Ed", "Flo"]).readers(me),
            "Bo, Cy, Di and 3 others can read this"
        );
    }

    #[test]
    fn a_care_room_is_called_after_the_person_opposite() {
        assert_eq!(room(&["Ana", "Bo Lind"]).name(AccountId(1)), "Bo Lind");
        assert_eq!(room(&["Ana", "Bo Lind"]).name(AccountId(2)), "Ana");
    }

    #[test]
    fn only_a_patient_and_a_practitioner_are_linked() {
        for patient in Role::ALL {
            for practitioner in Role::ALL {
                let wanted = patient == Role::Patient && practitioner == Role::Practitioner;
                assert_eq!(may_be_linked(patient, practitioner), wanted);
            }
        }
    }
}
