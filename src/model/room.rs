//! Rooms: who can read what is written there.

use super::{
    AccountId, Cid, Error, MessageId, Result, RoomId, Why,
    account::{Person, Role},
    message::{Kind, Page},
    presence::Presence,
    receipt::Receipt,
};
use serde::{Deserialize, Serialize};

/// The most members a group may have.
pub const GROUP_MAX: usize = 500;
/// The longest title of a group, in characters.
pub const TITLE_MAX_CHARS: usize = 120;

/// What brings the people of a room together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// A patient and the practitioner linked to them, with whom the practitioner adds.
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
    /// Who invites, removes, renames: the one who made a group, or to whom it was handed over.
    pub owner: Option<AccountId>,
    /// The other one of a pair: of a care link, or of two colleagues.
    pub opposite: Option<AccountId>,
    /// Everybody who can read, the asker included.
    pub members: Vec<Person>,
    /// Whether nothing more can be written.
    #[serde(default)]
    pub is_closed: bool,
}

impl Room {
    /// The person opposite.
    pub fn opposite(&self) -> Option<&Person> {
        self.member(self.opposite?)
    }

    /// What the room is called.
    pub fn name(&self) -> &str {
        self.title
            .as_deref()
            .or_else(|| self.opposite().map(|person| person.name.as_str()))
            .unwrap_or("Conversation")
    }

    /// A member by id.
    pub fn member(&self, id: AccountId) -> Option<&Person> {
        self.members.iter().find(|person| person.id == id)
    }
}

/// The newest message of a room, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub id: MessageId,
    pub sender: AccountId,
    pub sender_name: String,
    #[serde(default)]
    pub kind: Kind,
    pub body: String,
    pub sent_ms: i64,
}

/// A room as one line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomCard {
    pub id: RoomId,
    pub kind: RoomKind,
    pub name: String,
    /// The person a room of two is named after. Others may have been brought in.
    pub opposite: Option<Person>,
    /// Whether that person is there.
    pub presence: Option<Presence>,
    pub last: Option<Preview>,
    pub unread: u32,
    /// The newest number when that was counted.
    pub head: i64,
    /// When something last happened here; with the id, the place in the list.
    pub active_ms: i64,
}

/// Some of one's rooms, the last active first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPage {
    pub rooms: Vec<RoomCard>,
    /// Whether there are more behind the last one.
    pub more: bool,
    /// Unread messages in all of one's rooms, those not on this page included.
    pub unread: u32,
}

/// Which rooms of the list are wanted: those behind a place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPlace {
    pub active_ms: i64,
    pub id: RoomId,
}

/// What entering a room answers: the room, its newest messages, and who of its people is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    pub room: Room,
    pub page: Page,
    pub presence: Vec<Presence>,
    /// How far everybody has received and read, the asker included.
    pub receipts: Vec<Receipt>,
    /// The room's newest number, or an earlier one if the page is newer.
    #[serde(default)]
    pub head: i64,
    /// Messages of others the asker has not read.
    #[serde(default)]
    pub unread: u32,
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
    pub unread: u32,
    /// The newest number of the room when that was counted.
    pub head: i64,
}

/// Whether a link between these two may become a care room.
pub fn may_be_linked(patient: Role, practitioner: Role) -> bool {
    patient == Role::Patient && practitioner.may_have_patients()
}

/// Whether these two may write to each other without anything else between them.
pub fn may_talk_directly(one: Role, other: Role) -> bool {
    one.is_colleague() && other.is_colleague()
}

/// Whether somebody may stand among the members of a group. Patients and clients never reach each other.
pub fn may_be_grouped(role: Role) -> bool {
    role.is_colleague()
}

/// What a member is to a room, as far as its rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standpoint {
    pub kind: RoomKind,
    /// The room's owner, or the practitioner of its care link.
    pub is_owner: bool,
    /// The patient or the practitioner a care room is made of.
    pub is_linked: bool,
}

impl Standpoint {
    /// Whether this member may bring somebody of that role into the room.
    pub fn may_invite(self, invited: Role) -> bool {
        match self.kind {
            RoomKind::Care => self.is_owner && invited.is_colleague(),
            RoomKind::Group => self.is_owner && may_be_grouped(invited),
            RoomKind::Direct | RoomKind::Job => false,
        }
    }

    /// Whether this member may bring anybody.
    pub fn may_bring(self) -> bool {
        Role::ALL.into_iter().any(|role| self.may_invite(role))
    }

    /// Whether this member may take the other one out.
    pub fn may_remove(self, other: Standpoint) -> bool {
        match self.kind {
            RoomKind::Care => self.is_owner && !other.is_linked,
            RoomKind::Group => self.is_owner && !other.is_owner,
            RoomKind::Direct | RoomKind::Job => false,
        }
    }

    /// Whether this member may go. An owner hands over first, unless nobody is left.
    pub fn may_leave(self, is_last: bool) -> bool {
        match self.kind {
            RoomKind::Care => !self.is_linked,
            RoomKind::Group => !self.is_owner || is_last,
            RoomKind::Direct | RoomKind::Job => false,
        }
    }

    /// Whether this member may give the room a name, or another owner.
    pub fn may_rename(self) -> bool {
        match self.kind {
            RoomKind::Group => self.is_owner,
            RoomKind::Care | RoomKind::Direct | RoomKind::Job => false,
        }
    }
}

/// A group's title as it is stored, if it can be one.
pub fn title(text: &str) -> Result<String> {
    let title = text.trim();
    if title.is_empty() {
        return Err(Error::invalid("title", Why::Empty));
    }
    if title.chars().count() > TITLE_MAX_CHARS {
        return Err(Error::invalid("title", Why::TooLong));
    }
    if title.chars().any(char::is_control) {
        return Err(Error::invalid("title", Why::Malformed));
    }
    Ok(title.to_owned())
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
        let opposite = Some(AccountId(2));
        Room {
            id: RoomId(1),
            kind: RoomKind::Care,
            title: None,
            owner: None,
            opposite,
            members,
            is_closed: false,
        }
    }

    #[test]
    fn a_care_room_is_called_after_the_person_opposite() {
        assert_eq!(room(&["Ana", "Bo Lind"]).name(), "Bo Lind");
        assert_eq!(Room { title: Some("Team".into()), ..room(&["Ana", "Bo Lind"]) }.name(), "Team");
    }

    #[test]
    fn who_may_do_what_in_a_room() {
        let all = [RoomKind::Care, RoomKind::Direct, RoomKind::Group, RoomKind::Job];
        let member = |kind, is_owner, is_linked| Standpoint { kind, is_owner, is_linked };
        for kind in all {
            let (owner, guest) = (member(kind, true, true), member(kind, false, false));
            let linked = member(kind, false, true);
            let is_open = matches!(kind, RoomKind::Care | RoomKind::Group);
            assert_eq!(owner.may_invite(Role::Staff), is_open, "{kind:?}");
            assert!(!owner.may_invite(Role::Patient) && !owner.may_invite(Role::Client), "{kind:?}");
            assert!(!guest.may_invite(Role::Staff) && !guest.may_remove(guest), "{kind:?}");
            assert!(owner.may_bring() == is_open && !guest.may_bring(), "{kind:?}");
            assert_eq!(owner.may_remove(guest), is_open, "{kind:?}");
            assert!(!owner.may_remove(owner), "{kind:?}");
            assert_eq!(guest.may_leave(false), is_open, "{kind:?}");
            assert!(!owner.may_leave(false), "{kind:?}");
            assert_eq!(linked.may_leave(false), kind == RoomKind::Group, "{kind:?}");
            assert_eq!(owner.may_rename(), kind == RoomKind::Group, "{kind:?}");
            assert!(!guest.may_rename(), "{kind:?}");
        }
    }

    #[test]
    fn patients_and_clients_reach_nobody_directly() {
        for one in Role::ALL {
            for other in Role::ALL {
                let wanted = one.is_colleague() && other.is_colleague();
                assert_eq!(may_talk_directly(one, other), wanted);
            }
        }
    }

    #[test]
    fn a_title_is_a_short_line() {
        assert_eq!(title("  Heart team "), Ok("Heart team".into()));
        assert_eq!(title(" "), Err(Error::invalid("title", Why::Empty)));
        assert_eq!(title(&"x".repeat(121)), Err(Error::invalid("title", Why::TooLong)));
        assert_eq!(title("a\nb"), Err(Error::invalid("title", Why::Malformed)));
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
