//! Every sentence a person can see or hear, in one place per language, and how a page finds its reader's.

mod de;
mod en;
mod said;
pub mod sheet;
pub mod still;

pub use de::DE;
pub use en::{EN, EN_US};

use super::live::Live;
use crate::model::language::Language;
use leptos::prelude::expect_context;

/// Makes a struct of texts. A struct, so that a language in which one is missing does not compile.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident: $($field:ident)* ; $($list:ident[$count:literal])*) => {
        $(#[$doc])*
        pub struct $name {
            $(pub $field: &'static str,)*
            $(pub $list: [&'static str; $count],)*
        }

        #[cfg(test)]
        impl $name {
            /// Every text beside its name.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                #[allow(unused_mut)]
                let mut all = vec![$((stringify!($field), self.$field)),*];
                $(all.extend(self.$list.map(|text| (stringify!($list), text)));)*
                all
            }
        }
    };
}
use table;

table! {
    /// The words of a language. Where `{}` stands, or `{0}` and `{1}`, [`fill`] puts what they are about.
    Text:
    // The frame of every page.
    skip_link
    main_ways
    brand
    home
    messages
    messages_way
    team
    jobs
    visits_way
    settings
    notifications
    signed_in_as
    sign_in
    sign_out
    close
    chat
    chat_with_end
    conversation
    unread_end
    // Roles, where somebody has not said what they do.
    role_patient
    role_practitioner
    role_staff
    role_client
    role_worker
    role_admin
    // The connection.
    connected
    connected_http
    reconnecting
    offline
    crowded
    signed_out
    crowded_title
    crowded_text
    signed_out_title
    signed_out_text
    stranger_title
    stranger_text
    load_again
    // What went wrong.
    trouble_absent
    trouble_sign_in
    trouble_load
    try_again
    error_sign_in
    error_forbidden
    error_not_found
    error_too_large
    error_slow
    error_unavailable
    error_offline
    error_fault
    invalid_body_empty
    invalid_body_long
    invalid_missing
    invalid_password_short
    invalid_short
    invalid_long
    invalid_unknown
    field_title
    field_at
    field_client
    conflict_cid
    conflict_group
    conflict_owner
    conflict_closed
    conflict_status
    conflict_worker
    conflict_email
    conflict_other
    // Dates: the day's name, the day, the month, the year, the time.
    today
    day_today
    day_yesterday
    day_month
    full_date
    short_date
    birth_date
    date_and_year
    clock
    day_at
    born
    // Who is there.
    available
    not_here
    available_now
    not_here_now
    last_seen
    seen_today
    tip
    tip_seen
    // Home.
    see_all
    // A patient's home.
    // A practitioner's home.
    my_patients
    patient
    // Jobs.
    // The steps of a job.
    // The list of conversations.
    list_empty
    list_empty_text
    list_find
    list_unread
    list_all
    list_patients
    draft
    list_no_match
    find_show
    choose
    choose_text
    preview_none
    preview_mine
    preview_writing
    // The team.
    team_sub
    team_find
    team_example
    team_available
    team_all
    colleagues
    colleagues_told
    // An address nothing stands at.
    missing
    missing_text
    go_home
    // An open conversation.
    back_to_job
    back_to_messages
    open_page
    close_chat
    born_label
    alone
    people
    removed
    closed
    emergency_ask
    emergency_call
    readers_alone
    readers_some
    readers_many
    // Writing a message.
    write
    message_to
    send
    key_enter
    key_shift
    key_sends
    key_breaks
    no_files
    // A message, and how far it has come.
    you
    gone
    sending
    sent
    delivered
    read
    not_sent
    sending_now
    sending_later
    not_sent_begin
    read_by_both
    read_by_all
    read_by
    read_by_some
    delivered_both
    delivered_all
    names_last
    // The log of a conversation.
    log
    log_empty
    log_older
    // Who has read what, and what is new.
    details
    details_of
    details_close
    details_readers
    details_message
    details_born
    come_delivered
    come_not
    come_up_to
    come_at
    come_by
    log_later
    log_newest
    new_one
    new_many
    list_more
    // Who writes.
    writes
    write_some
    write_many
    // What happened to a conversation.
    note_created
    note_joined
    note_added
    note_left
    note_removed
    note_renamed
    note_handed
    note_ended
    note_requested
    note_confirmed
    note_started
    note_finished
    note_cancelled
    ;
    days[7] days_short[7] months[12] months_short[12]
}

impl Text {
    /// Those of a language.
    pub fn of(language: Language) -> &'static Text {
        match language {
            Language::En => &EN,
            Language::EnUs => &EN_US,
            Language::De => &DE,
        }
    }
}

/// The reader's texts. Asked for once, at the top of a component: what runs later finds nobody to ask on the server.
pub fn text() -> &'static Text {
    expect_context::<Live>().texts
}

/// A template with its places filled: `{}` and `{0}` by the first value, `{1}` by the second.
pub fn fill(template: &str, values: &[&str]) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or_default();
        let place = place.bytes().next().map_or(0, |digit| usize::from(digit.wrapping_sub(b'0')));
        text += values.get(place).copied().unwrap_or_default();
        text += rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{sheet::SheetText, still::StillText, *};
    use std::collections::BTreeSet;

    /// What is called the same in both languages.
    const SAME: [&str; 6] = ["Team", "Chat", "April", "August", "September", "November"];

    type Pair = ((&'static str, &'static str), (&'static str, &'static str));

    fn pairs() -> Vec<Pair> {
        let (en, de) = (Text::of(Language::En), Text::of(Language::De));
        let (still_en, still_de) = (StillText::of(Language::En), StillText::of(Language::De));
        let (sheet_en, sheet_de) = (SheetText::of(Language::En), SheetText::of(Language::De));
        let one = en.all().into_iter().zip(de.all());
        let still = still_en.all().into_iter().zip(still_de.all());
        one.chain(still).chain(sheet_en.all().into_iter().zip(sheet_de.all())).collect()
    }

    /// Which places a template has; `{}` is `{0}`.
    fn places(template: &str) -> BTreeSet<&str> {
        let places = template.split('{').skip(1).map(|part| part.split_once('}').unwrap().0);
        places.map(|place| if place.is_empty() { "0" } else { place }).collect()
    }

    #[test]
    fn a_template_is_filled_in_the_order_of_its_language() {
        assert_eq!(fill("Good morning, {}", &["Ana"]), "Good morning, Ana");
        assert_eq!(fill("{0} added {1}.", &["Ana", "Ben"]), "Ana added Ben.");
        assert_eq!(fill("{1} kam durch {0}", &["Ana", "Ben"]), "Ben kam durch Ana");
        assert_eq!(fill("{}", &["{1}"]), "{1}", "what people are called is no template");
        assert_eq!(fill("as it is", &[]), "as it is");
        assert_eq!(fill("{0} and {1}", &["Ana"]), "Ana and ");
    }

    #[test]
    fn both_languages_say_everything_and_each_in_its_own_words() {
        for ((name, en), (_, de)) in pairs() {
            assert!(!en.is_empty() && !de.is_empty(), "{name} is empty");
            let is_form = en.chars().all(|letter| !letter.is_alphabetic());
            assert!(en != de || is_form || SAME.contains(&en), "{name} is not translated: {de}");
        }
    }

    #[test]
    fn a_template_has_the_same_places_in_both_languages() {
        for ((name, en), (_, de)) in pairs() {
            assert_eq!(places(en), places(de), "{name}");
        }
    }

    #[test]
    fn what_goes_before_or_after_a_name_keeps_its_distance() {
        for ((name, en), (_, de)) in pairs() {
            assert_eq!(en.starts_with(' '), de.starts_with(' '), "{name}");
            assert_eq!(en.ends_with(' '), de.ends_with(' '), "{name}");
        }
    }

    #[test]
    fn german_is_formal() {
        for ((name, _), (_, de)) in pairs() {
            let words = de.split(|letter: char| !letter.is_alphabetic());
            let familiar = ["du", "dein", "deine", "dir", "dich", "Du", "Dein", "Deine"];
            assert!(!words.into_iter().any(|word| familiar.contains(&word)), "{name}: {de}");
        }
    }
}
