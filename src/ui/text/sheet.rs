//! The texts of sheets, which only the server draws: no browser has to load them as a program.

use super::{Text, table};
use crate::model::{job::JobStatus, language::Language};
use std::ops::Deref;

table! {
    /// The words of the pages behind the frame that the server alone draws.
    SheetText:
    // Settings.
    settings
    sections
    account
    notifications
    appearance
    devices
    save
    saved
    unsaved
    signed_out
    password_changed
    // The account.
    kept_by_practice
    sign_out
    password_title
    password_now
    password_new
    password_button
    password_wrong
    password_short
    password_tries
    // What somebody is told about.
    lead_begin
    lead_list
    lead_end
    matrix
    tell_me
    in_list
    pop_up
    in_list_of
    pop_up_of
    kind_messages
    kind_messages_sub
    kind_jobs
    kind_jobs_sub
    kind_devices
    kind_devices_sub
    not_set_up
    // How pages look.
    theme
    theme_sub
    theme_device
    theme_light
    theme_dark
    size
    size_sub
    size_normal
    size_large
    size_larger
    motion
    motion_sub
    language
    language_sub
    this_device_only
    // Where somebody is signed in.
    signed_in_here
    signed_in_on
    this_device
    in_use
    last_used
    sign_out_of
    sign_out_others
    program
    // What happened meanwhile.
    notices_sub
    notices_choose
    notices_none
    notices_none_text
    notice_new
    notice_one
    notice_many
    notice_joined
    notice_signed_in
    // Home, and who waits.
    people_ways
    jobs_tab
    team_all
    jobs_see_all
    jobs_none_ahead
    today_none
    patients_sub
    patients_caption
    patients_all
    patients_find
    patients_example
    patients_no_match
    find_go
    waiting
    answered
    wait_since
    wait_seen
    wait_now
    wait_minutes
    wait_hour
    wait_hours
    wait_day
    wait_days
    queue
    queue_count
    quoted
    open_chat
    // Visits, as a patient sees them.
    visits
    visits_title
    visits_none
    visits_none_text
    visit_chat
    visit_details
    step_planned
    jobs_today
    jobs_next
    jobs_find
    jobs_example
    doctor_away
    doctor_away_text
    doctor_write
    // Home, jobs and their steps.
    jobs_all
    when
    good_morning
    good_afternoon
    good_evening
    recent_empty
    care_team
    care_team_empty
    emergency
    emergency_wait
    doctor_available
    doctor_here
    start_chat
    patients_empty
    last_message
    the_job
    job_number
    jobs_sub
    jobs_upcoming
    jobs_finished
    jobs_more
    jobs_none
    jobs_none_text
    job_people
    job_unassigned
    job_details
    job_who_when
    job_client
    job_worker
    job_nobody
    job_who
    job_absent
    job_absent_text
    new_job
    ask_what
    ask_client
    ask_not_now
    ask
    steps
    step_done
    step_now
    step_todo
    step_confirm
    step_start
    step_finish
    step_cancel
    status_requested
    status_confirmed
    status_started
    status_finished
    status_cancelled
    ;
}

impl SheetText {
    /// Those of a language.
    pub fn of(language: Language) -> &'static SheetText {
        match language {
            Language::En => &EN,
            Language::EnUs => &EN_US,
            Language::De => &DE,
        }
    }

    /// A status in a word, as it stands at the beginning of a line.
    pub fn status(&self, status: JobStatus) -> &'static str {
        match status {
            JobStatus::Requested => self.status_requested,
            JobStatus::Confirmed => self.status_confirmed,
            JobStatus::Started => self.status_started,
            JobStatus::Finished => self.status_finished,
            JobStatus::Cancelled => self.status_cancelled,
        }
    }
}

/// A sheet says what every page says, and more.
impl Deref for SheetText {
    type Target = Text;

    fn deref(&self) -> &Text {
        let (german, american) = (std::ptr::eq(self, &DE), std::ptr::eq(self, &EN_US));
        Text::of(match () {
            () if german => Language::De,
            () if american => Language::EnUs,
            () => Language::En,
        })
    }
}

/// The same, where dates are written differently.
pub static EN_US: SheetText = SheetText { ..EN };

/// English.
pub static EN: SheetText = SheetText {
    // Settings.
    settings: "Settings",
    sections: "Settings sections",
    account: "Account",
    notifications: "Notifications",
    appearance: "Appearance",
    devices: "Devices",
    save: "Save",
    saved: "Saved",
    unsaved: "Not saved. Check your connection, then choose again.",
    signed_out: "Signed out there",
    password_changed: "Your password is changed. Other devices are signed out",
    // The account.
    kept_by_practice: "Your practice keeps your name and address. Tell them if something is wrong.",
    sign_out: "Sign out",
    password_title: "Change your password",
    password_now: "Password now",
    password_new: "New password, at least 8 characters",
    password_button: "Change password",
    password_wrong: "That is not your password now. Nothing was changed.",
    password_short: "Use at least 8 characters. Nothing was changed.",
    password_tries: "Too many tries. Wait a minute, then try again.",
    // What somebody is told about.
    lead_begin: "Everything stands in the ",
    lead_list: "list of notifications",
    lead_end: ". Pop-ups show for a few seconds on whatever page is open.",
    matrix: "How to tell you about each kind of event",
    tell_me: "Tell me about",
    in_list: "In the list",
    pop_up: "Pop-up",
    in_list_of: "{}, in the list",
    pop_up_of: "{}, pop-up",
    kind_messages: "New messages",
    kind_messages_sub: "From people you talk with",
    kind_jobs: "Visits and jobs",
    kind_jobs_sub: "Confirmed, started, finished or cancelled",
    kind_devices: "New device signed in",
    kind_devices_sub: "Helps you notice if it was not you",
    not_set_up: "Push, email and SMS are not set up here.",
    // How pages look.
    theme: "Theme",
    theme_sub: "Dark is easier on the eyes at night",
    theme_device: "Same as device",
    theme_light: "Light",
    theme_dark: "Dark",
    size: "Text size",
    size_sub: "Your browser’s own setting counts too",
    size_normal: "Normal",
    size_large: "Large",
    size_larger: "Larger",
    motion: "Less movement",
    motion_sub: "Turns off animations",
    language: "Language",
    language_sub: "Of buttons, dates and hints",
    this_device_only: "On this device only.",
    // Where somebody is signed in.
    signed_in_here: "You are signed in here only.",
    signed_in_on: "You are signed in on {} devices.",
    this_device: "This device",
    in_use: "In use now",
    last_used: "Last used ",
    sign_out_of: "Sign out {}",
    sign_out_others: "Sign out all others",
    program: "Another program",
    // What happened meanwhile.
    notices_sub: "What happened in the last 30 days",
    notices_choose: "Choose what pops up",
    notices_none: "Nothing new",
    notices_none_text: "Unread messages, steps of your jobs and new sign-ins stand here.",
    notice_new: "New",
    notice_one: "1 new message",
    notice_many: "{} new messages",
    notice_joined: "You are now in this group",
    notice_signed_in: "Signed in to your account",
    // Home, and who waits.
    people_ways: "People and jobs",
    jobs_tab: "Jobs",
    team_all: "See the whole team",
    jobs_see_all: "All visits and jobs",
    jobs_none_ahead: "No visits or jobs are planned.",
    today_none: "Nothing is planned for today.",
    patients_sub: "Whoever waits longest stands first",
    patients_caption: "My patients, longest wait first",
    patients_all: "See all {} patients",
    patients_find: "Search my patients",
    patients_example: "Name or date of birth",
    patients_no_match: "Nobody here by that name or date.",
    find_go: "Search",
    waiting: "Waiting",
    answered: "Answered",
    wait_since: "Since",
    wait_seen: ", read, not answered",
    wait_now: "now",
    wait_minutes: "{} min",
    wait_hour: "{} hour",
    wait_hours: "{} hours",
    wait_day: "{} day",
    wait_days: "{} days",
    queue: "Waiting longest",
    queue_count: " patients wait for an answer",
    quoted: "“{}”",
    open_chat: "Open chat",
    // Visits, as a patient sees them.
    visits: "Coming visits",
    visits_title: "Visits",
    visits_none: "No visits are planned",
    visits_none_text: "When your practice plans one, it stands here.",
    visit_chat: "Chat about this visit",
    visit_details: "See details",
    step_planned: "Planned: {}",
    jobs_today: "{} today",
    jobs_next: "Next: {}",
    jobs_find: "Search jobs",
    jobs_example: "Person, work or number",
    doctor_away: "{} is not here now",
    doctor_away_text: "Write at any time. You see here when your message has been read.",
    doctor_write: "Write a message",
    // Home, jobs and their steps.
    jobs_all: "All",
    when: "When",
    good_morning: "Good morning, {}",
    good_afternoon: "Good afternoon, {}",
    good_evening: "Good evening, {}",
    recent_empty: "Conversations you are part of stand here.",
    care_team: "Your care team",
    care_team_empty: "Your practice has not linked anybody with you yet.",
    emergency: "If it is an emergency, call {}",
    emergency_wait: "Do not wait for an answer here.",
    doctor_available: "Your doctor is available",
    doctor_here: "{} is here now and can read your message.",
    start_chat: "Start chat",
    patients_empty: "Patients linked with you stand here.",
    last_message: "Last message",
    the_job: "The job",
    job_number: "Job {}",
    jobs_sub: "What is to be done, by whom and when",
    jobs_upcoming: "Upcoming",
    jobs_finished: "Finished",
    jobs_more: "There are more jobs than are shown here.",
    jobs_none: "Nothing here",
    jobs_none_text: "Jobs you have a part in stand here, by day.",
    job_people: "{0} with {1}",
    job_unassigned: "{}, worker not chosen yet",
    job_details: "Job details",
    job_who_when: "Who and when",
    job_client: "Client",
    job_worker: "Worker",
    job_nobody: "Not chosen yet",
    job_who: "Who does it",
    job_absent: "This job is not here",
    job_absent_text: "It does not exist, or you have no part in it.",
    new_job: "New job",
    ask_what: "What is to be done",
    ask_client: "The client's email address",
    ask_not_now: "Not now",
    ask: "Ask for this job",
    steps: "Progress of this job",
    step_done: ", done",
    step_now: ", current step",
    step_todo: ", not yet",
    step_confirm: "Confirm job",
    step_start: "Start job",
    step_finish: "Finish job",
    step_cancel: "Cancel job",
    status_requested: "Requested",
    status_confirmed: "Confirmed",
    status_started: "Started",
    status_finished: "Finished",
    status_cancelled: "Cancelled",
};

/// German.
pub static DE: SheetText = SheetText {
    // Settings.
    settings: "Einstellungen",
    sections: "Abschnitte der Einstellungen",
    account: "Konto",
    notifications: "Mitteilungen",
    appearance: "Darstellung",
    devices: "Geräte",
    save: "Speichern",
    saved: "Gespeichert",
    unsaved: "Nicht gespeichert. Prüfen Sie Ihre Verbindung und wählen Sie noch einmal.",
    signed_out: "Dort abgemeldet",
    password_changed: "Ihr Passwort ist geändert. Andere Geräte sind abgemeldet",
    // The account.
    kept_by_practice: "Ihre Praxis führt Ihren Namen und Ihre Adresse. Sagen Sie dort Bescheid, wenn etwas nicht stimmt.",
    sign_out: "Abmelden",
    password_title: "Passwort ändern",
    password_now: "Jetziges Passwort",
    password_new: "Neues Passwort, mindestens 8 Zeichen",
    password_button: "Passwort jetzt ändern",
    password_wrong: "Das ist nicht Ihr jetziges Passwort. Es wurde nichts geändert.",
    password_short: "Nehmen Sie mindestens 8 Zeichen. Es wurde nichts geändert.",
    password_tries: "Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es dann noch einmal.",
    // What somebody is told about.
    lead_begin: "Alles steht in der ",
    lead_list: "Liste der Mitteilungen",
    lead_end: ". Einblendungen erscheinen für einige Sekunden auf jeder offenen Seite.",
    matrix: "Wie wir Ihnen von jeder Art von Ereignis sagen",
    tell_me: "Sagen Sie mir Bescheid über",
    in_list: "In der Liste",
    pop_up: "Einblendung",
    in_list_of: "{}, in der Liste",
    pop_up_of: "{}, Einblendung",
    kind_messages: "Neue Nachrichten",
    kind_messages_sub: "Von Menschen, mit denen Sie sprechen",
    kind_jobs: "Besuche und Aufträge",
    kind_jobs_sub: "Bestätigt, begonnen, beendet oder abgesagt",
    kind_devices: "Anmeldung auf einem neuen Gerät",
    kind_devices_sub: "So merken Sie, wenn Sie es nicht waren",
    not_set_up: "Push, E-Mail und SMS sind hier nicht eingerichtet.",
    // How pages look.
    theme: "Farben",
    theme_sub: "Dunkel schont nachts die Augen",
    theme_device: "Wie das Gerät",
    theme_light: "Hell",
    theme_dark: "Dunkel",
    size: "Schriftgröße",
    size_sub: "Die Einstellung Ihres Browsers zählt auch",
    size_normal: "Üblich",
    size_large: "Groß",
    size_larger: "Größer",
    motion: "Weniger Bewegung",
    motion_sub: "Schaltet Animationen aus",
    language: "Sprache",
    language_sub: "Von Knöpfen, Datum und Hinweisen",
    this_device_only: "Nur auf diesem Gerät.",
    // Where somebody is signed in.
    signed_in_here: "Sie sind nur hier angemeldet.",
    signed_in_on: "Sie sind auf {} Geräten angemeldet.",
    this_device: "Dieses Gerät",
    in_use: "Wird gerade benutzt",
    last_used: "Zuletzt benutzt ",
    sign_out_of: "{} abmelden",
    sign_out_others: "Alle anderen abmelden",
    program: "Ein anderes Programm",
    // What happened meanwhile.
    notices_sub: "Was in den letzten 30 Tagen geschah",
    notices_choose: "Einblendungen wählen",
    notices_none: "Nichts Neues",
    notices_none_text: "Ungelesene Nachrichten, Schritte Ihrer Aufträge und neue Anmeldungen stehen hier.",
    notice_new: "Neu",
    notice_one: "1 neue Nachricht",
    notice_many: "{} neue Nachrichten",
    notice_joined: "Sie sind jetzt in dieser Gruppe",
    notice_signed_in: "Anmeldung in Ihrem Konto",
    // Home, and who waits.
    people_ways: "Menschen und Aufträge",
    jobs_tab: "Aufträge",
    team_all: "Das ganze Team ansehen",
    jobs_see_all: "Alle Besuche und Aufträge",
    jobs_none_ahead: "Es sind keine Besuche oder Aufträge geplant.",
    today_none: "Für heute ist nichts geplant.",
    patients_sub: "Wer am längsten wartet, steht oben",
    patients_caption: "Meine Patienten, die längste Wartezeit zuerst",
    patients_all: "Alle {} Patienten ansehen",
    patients_find: "Meine Patienten durchsuchen",
    patients_example: "Name oder Geburtsdatum",
    patients_no_match: "Hier gibt es niemanden mit diesem Namen oder Datum.",
    find_go: "Suchen",
    waiting: "Wartet",
    answered: "Beantwortet",
    wait_since: "Seit",
    wait_seen: ", gelesen, nicht beantwortet",
    wait_now: "jetzt",
    wait_minutes: "{} Min.",
    wait_hour: "{} Stunde",
    wait_hours: "{} Stunden",
    wait_day: "{} Tag",
    wait_days: "{} Tage",
    queue: "Am längsten wartend",
    queue_count: " Patienten warten auf eine Antwort",
    quoted: "„{}“",
    open_chat: "Chat öffnen",
    // Visits, as a patient sees them.
    visits: "Kommende Besuche",
    visits_title: "Besuche",
    visits_none: "Es sind keine Besuche geplant",
    visits_none_text: "Wenn Ihre Praxis einen plant, steht er hier.",
    visit_chat: "Über diesen Besuch schreiben",
    visit_details: "Einzelheiten ansehen",
    step_planned: "Geplant: {}",
    jobs_today: "{} heute",
    jobs_next: "Als Nächstes: {}",
    jobs_find: "Aufträge durchsuchen",
    jobs_example: "Mensch, Arbeit oder Nummer",
    doctor_away: "{} ist gerade nicht da",
    doctor_away_text: "Schreiben Sie jederzeit. Sie sehen hier, wenn Ihre Nachricht gelesen wurde.",
    doctor_write: "Nachricht schreiben",
    // Home, jobs and their steps.
    jobs_all: "Alle",
    when: "Wann",
    good_morning: "Guten Morgen, {}",
    good_afternoon: "Guten Tag, {}",
    good_evening: "Guten Abend, {}",
    recent_empty: "Hier stehen die Unterhaltungen, an denen Sie beteiligt sind.",
    care_team: "Ihr Behandlungsteam",
    care_team_empty: "Ihre Praxis hat Ihnen noch niemanden zugeordnet.",
    emergency: "Wählen Sie im Notfall die {}",
    emergency_wait: "Warten Sie nicht hier auf eine Antwort.",
    doctor_available: "Ihre Ärztin oder Ihr Arzt ist erreichbar",
    doctor_here: "{} ist gerade da und kann Ihre Nachricht lesen.",
    start_chat: "Chat beginnen",
    patients_empty: "Hier stehen die Patientinnen und Patienten, die Ihnen zugeordnet sind.",
    last_message: "Letzte Nachricht",
    the_job: "Der Auftrag",
    job_number: "Auftrag {}",
    jobs_sub: "Was zu tun ist, von wem und wann",
    jobs_upcoming: "Anstehend",
    jobs_finished: "Erledigt",
    jobs_more: "Es gibt mehr Aufträge, als hier gezeigt werden.",
    jobs_none: "Hier ist nichts",
    jobs_none_text: "Hier stehen nach Tagen die Aufträge, an denen Sie beteiligt sind.",
    job_people: "{0} mit {1}",
    job_unassigned: "{}, noch niemand ausgewählt",
    job_details: "Einzelheiten des Auftrags",
    job_who_when: "Wer und wann",
    job_client: "Klient/in",
    job_worker: "Helfer/in",
    job_nobody: "Noch nicht ausgewählt",
    job_who: "Wer es macht",
    job_absent: "Diesen Auftrag gibt es hier nicht",
    job_absent_text: "Es gibt ihn nicht, oder Sie sind nicht daran beteiligt.",
    new_job: "Neuer Auftrag",
    ask_what: "Was zu tun ist",
    ask_client: "E-Mail-Adresse der Klientin oder des Klienten",
    ask_not_now: "Jetzt nicht",
    ask: "Auftrag anfragen",
    steps: "Stand dieses Auftrags",
    step_done: ", getan",
    step_now: ", jetziger Schritt",
    step_todo: ", noch nicht",
    step_confirm: "Auftrag bestätigen",
    step_start: "Auftrag beginnen",
    step_finish: "Auftrag abschließen",
    step_cancel: "Auftrag absagen",
    status_requested: "Angefragt",
    status_confirmed: "Bestätigt",
    status_started: "Begonnen",
    status_finished: "Erledigt",
    status_cancelled: "Abgesagt",
};
