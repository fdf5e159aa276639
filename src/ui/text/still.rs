//! The texts of pages on which nothing moves: apart from the others, so that no browser has to load them twice.

use super::table;
use crate::model::language::Language;

table! {
    /// The words of the pages only the server draws.
    StillText:
    // Signing in.
    sign_in_tab
    sign_in
    invited
    no_account
    email
    password
    wrong
    too_often
    about
    art_question
    art_answer
    art_thanks
    talk
    private
    readers
    // Saying that something did not work.
    sorry_tab
    sorry
    kept
    send_again
    sign_in_begin
    another_tab
    sign_in_end
    go_home
    // The time without network.
    offline_tab
    offline
    offline_reach
    offline_kept
    offline_private
    try_again
    offline_emergency
    ;
}

impl StillText {
    /// Those of a language.
    pub fn of(language: Language) -> &'static StillText {
        match language {
            Language::En | Language::EnUs => &EN,
            Language::De => &DE,
        }
    }
}

/// English.
pub static EN: StillText = StillText {
    // Signing in.
    sign_in_tab: "Sign in · Confer",
    sign_in: "Sign in",
    invited: "With the address your practice has invited",
    no_account: "No account? Your practice sends you an invitation.",
    email: "Email address",
    password: "Password",
    wrong: "That password does not match this email. Check both, then try again.",
    too_often: "Too many tries. Wait {} seconds, then try again.",
    about: "About Confer",
    art_question: "The wound looks dry today. Should I still keep it covered?",
    art_answer: "Yes please, until Thursday. I will look at it when I visit.",
    art_thanks: "Thank you Ingrid. See you then.",
    talk: "Talk with the people who look after you.",
    private: "Private between you and your team",
    readers: "You always see who can read",
    // Saying that something did not work.
    sorry_tab: "Something went wrong · Confer",
    sorry: "That did not work",
    kept: "Your message is still here",
    send_again: "Send again",
    sign_in_begin: "Sign in in ",
    another_tab: "another tab",
    sign_in_end: ", then come back here and send it.",
    go_home: "Go to your home page",
    // The time without network.
    offline_tab: "You are offline · Confer",
    offline: "You are offline",
    offline_reach: "Confer cannot be reached at the moment. Check your connection, then try again.",
    offline_kept: "A message that has not been sent yet is kept on the page you wrote it on, until that page is closed. \
                   If it is still open, leave it open: it sends the message by itself when the connection is back.",
    offline_private: "To keep them private, conversations are not stored on this device. You can read them again when you \
                      are online.",
    try_again: "Try again",
    offline_emergency: "If it is an emergency, call {}. Do not wait for an answer here.",
};

/// German.
pub static DE: StillText = StillText {
    // Signing in.
    sign_in_tab: "Anmelden · Confer",
    sign_in: "Anmelden",
    invited: "Mit der Adresse, die Ihre Praxis eingeladen hat",
    no_account: "Noch kein Konto? Ihre Praxis schickt Ihnen eine Einladung.",
    email: "E-Mail-Adresse",
    password: "Passwort",
    wrong: "Dieses Passwort passt nicht zu dieser E-Mail-Adresse. Prüfen Sie beides und versuchen Sie es dann noch einmal.",
    too_often: "Zu viele Versuche. Warten Sie {} Sekunden und versuchen Sie es dann noch einmal.",
    about: "Über Confer",
    art_question: "Die Wunde sieht heute trocken aus. Soll ich sie weiter abdecken?",
    art_answer: "Ja bitte, bis Donnerstag. Ich sehe sie mir bei meinem Besuch an.",
    art_thanks: "Danke, Ingrid. Bis dann.",
    talk: "Sprechen Sie mit den Menschen, die für Sie da sind.",
    private: "Vertraulich zwischen Ihnen und Ihrem Team",
    readers: "Sie sehen immer, wer mitlesen kann",
    // Saying that something did not work.
    sorry_tab: "Etwas ist schiefgegangen · Confer",
    sorry: "Das hat nicht geklappt",
    kept: "Ihre Nachricht ist noch da",
    send_again: "Noch einmal senden",
    sign_in_begin: "Öffnen Sie die Anmeldung in ",
    another_tab: "einem anderen Tab",
    sign_in_end: ", kommen Sie dann hierher zurück und senden Sie die Nachricht.",
    go_home: "Zu Ihrer Startseite",
    // The time without network.
    offline_tab: "Sie sind offline · Confer",
    offline: "Sie sind offline",
    offline_reach: "Confer ist gerade nicht zu erreichen. Prüfen Sie Ihre Verbindung und versuchen Sie es dann noch einmal.",
    offline_kept: "Eine Nachricht, die noch nicht gesendet ist, bleibt auf der Seite, auf der Sie sie geschrieben haben, bis \
                   diese Seite geschlossen wird. Lassen Sie sie offen: Sobald die Verbindung wieder da ist, wird die \
                   Nachricht von selbst gesendet.",
    offline_private: "Damit sie vertraulich bleiben, werden Gespräche nicht auf diesem Gerät gespeichert. Sie können sie \
                      wieder lesen, wenn Sie online sind.",
    try_again: "Noch einmal versuchen",
    offline_emergency: "Rufen Sie im Notfall {} an. Warten Sie nicht hier auf eine Antwort.",
};
