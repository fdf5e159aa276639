//! The texts of sheets, which only the server draws: no browser has to load them as a program.

use super::table;
use crate::model::language::Language;

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
    ;
}

impl SheetText {
    /// Those of a language.
    pub fn of(language: Language) -> &'static SheetText {
        match language {
            Language::En => &EN,
            Language::De => &DE,
        }
    }
}

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
};
