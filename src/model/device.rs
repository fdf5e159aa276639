//! Devices: where somebody is signed in, told by what their browser says of itself.

/// One place where somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Names the session on its owner's page; it opens nothing.
    pub handle: String,
    /// Nothing where it is no browser, or none that is known.
    pub name: Option<String>,
    pub is_phone: bool,
    pub used_ms: i64,
    /// Whether it is the one asking.
    pub is_this: bool,
}

/// What a browser is run on, the telling word first found.
const MACHINES: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

/// Browsers name those they are made of as well, so the more particular stand first.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

fn first(agent: &str, known: &[(&str, &'static str)]) -> Option<&'static str> {
    known.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name)
}

/// "iPhone, Safari": what a browser's own description comes down to; nothing, where it cannot be told.
pub fn name(agent: &str) -> Option<String> {
    match (first(agent, &MACHINES), first(agent, &BROWSERS)) {
        (Some(machine), Some(browser)) => Some(format!("{machine}, {browser}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// Whether it is held in a hand.
pub fn is_phone(agent: &str) -> bool {
    ["iPhone", "iPad", "Android"].iter().any(|word| agent.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_in_two_words() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                    Safari/537.36 Edg/140.0.0.0";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.5 Mobile/15E148 Safari/604.1";
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(name(edge).as_deref(), Some("Windows, Edge"));
        assert_eq!(name(safari).as_deref(), Some("iPhone, Safari"));
        assert_eq!(name(firefox).as_deref(), Some("Linux, Firefox"));
        assert_eq!(name("curl/8.1"), None);
        assert!(is_phone(safari) && !is_phone(edge));
    }
}
