//! What an operator can set, read once from the environment.

use super::{db::Durability, egress::Place, rate::RateConfig};
use crate::model::account::Role;
use clap::{Args, ValueEnum};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Settings every command shares; each can also be given as an environment variable.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The database: `sqlite:PATH` or `postgres://…`
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:data/confer.db",
        hide_env_values = true,
        global = true
    )]
    pub database_url: String,
    /// What an acknowledged message survives: `power` or, for comparisons, only the end of the `process`
    #[arg(
        long,
        env = "CONFER_DURABILITY",
        value_enum,
        default_value = "power",
        hide_possible_values = true,
        global = true
    )]
    pub durability: Durability,
    /// Folder of attachments and keys
    #[arg(long, env = "CONFER_DATA", default_value = "data", global = true)]
    pub data: PathBuf,
    /// Listen address [default: what Leptos.toml says, or 127.0.0.1:3000]
    #[arg(long, env = "LEPTOS_SITE_ADDR", global = true)]
    pub site_addr: Option<SocketAddr>,
    /// Folder of the browser's half [default: what Leptos.toml says, or target/site]
    #[arg(long, env = "LEPTOS_SITE_ROOT", global = true)]
    pub site_root: Option<PathBuf>,
    /// The public origin, exact: scheme, host and port as people's browsers see them
    #[arg(long, env = "CONFER_ORIGIN", global = true)]
    pub origin: Option<String>,
    /// dev, or production: demands an https origin and refuses demo people
    #[arg(long, env = "CONFER_MODE", default_value = "dev", global = true)]
    pub mode: Mode,
    /// The emergency number shown to patients
    #[arg(long, env = "CONFER_EMERGENCY", default_value = "999", global = true)]
    pub emergency: String,
    /// Addresses of the proxies whose X-Forwarded-For is believed, such as 127.0.0.1,10.0.0.2
    #[arg(long, env = "CONFER_PROXIES", value_delimiter = ',', global = true)]
    pub proxies: Vec<IpAddr>,
    /// Minutes east of UTC in which times are written before a browser tells its own
    #[arg(
        long,
        env = "CONFER_ZONE_MINUTES",
        default_value_t = 0,
        allow_negative_numbers = true,
        global = true
    )]
    pub zone_minutes: i32,
    /// Limits per person: messages a second / burst, sign-in tries a minute; `off` for load tests
    #[arg(long, env = "CONFER_RATE", default_value = "messages=10/30,signin=10", global = true)]
    pub rate: RateConfig,
    /// Signs tokens: 32 characters or more; several with commas between, the newest first
    #[arg(long, env = "CONFER_SECRET", hide_env_values = true, global = true)]
    pub secret: Option<String>,
    /// A file that holds the secret
    #[arg(long, env = "CONFER_SECRET_FILE", global = true)]
    pub secret_file: Option<PathBuf>,
    /// Origins of other pages whose programs may call the API with a token, such as https://app.example.org
    #[arg(long, env = "CONFER_CORS", value_delimiter = ',', global = true)]
    pub cors: Vec<String>,
    /// Addresses that calls to the outside may go to although they are not public, such as 10.1.2.3 or 10.1.0.0/16
    #[arg(long, env = "CONFER_EGRESS", value_delimiter = ',', global = true)]
    pub egress: Vec<Place>,
    #[command(flatten)]
    pub issuer: IssuerArgs,
    /// Logs as `text` or `json`
    #[arg(long, env = "CONFER_LOG", default_value = "text", global = true)]
    pub log: Log,
}

/// Somebody else whose tokens are taken as well.
#[derive(Args, Clone, Debug, Default)]
pub struct IssuerArgs {
    /// The organisation's own issuer of tokens, exactly as its tokens name it
    #[arg(long = "issuer", env = "CONFER_ISSUER", global = true)]
    pub name: Option<String>,
    /// Its public key: a PEM file, or a JWKS file
    #[arg(long = "issuer-keys", env = "CONFER_ISSUER_KEYS", global = true)]
    pub keys: Option<PathBuf>,
    /// The audience its tokens for Confer name
    #[arg(long = "issuer-audience", env = "CONFER_ISSUER_AUDIENCE", global = true)]
    pub audience: Option<String>,
    /// Where its tokens hold address, name and role: `email=…,name=…,role=…`
    #[arg(long = "issuer-claims", env = "CONFER_ISSUER_CLAIMS", value_delimiter = ',', global = true)]
    pub claims: Vec<String>,
    /// What its roles are called here: `doctor=practitioner,nurse=staff`
    #[arg(long = "issuer-roles", env = "CONFER_ISSUER_ROLES", value_delimiter = ',', global = true)]
    pub roles: Vec<String>,
}

/// The same, complete.
#[derive(Clone, Debug)]
pub struct Issuing {
    pub name: String,
    pub keys: PathBuf,
    pub audience: String,
    pub email_claim: String,
    pub name_claim: String,
    pub role_claim: String,
    roles: Vec<(String, Role)>,
}

impl IssuerArgs {
    /// An issuer with all it needs, or none at all.
    pub fn set(&self) -> Result<Option<Issuing>, ConfigError> {
        let (name, keys, audience) = match (&self.name, &self.keys, &self.audience) {
            (None, None, None) => return Ok(None),
            (Some(name), Some(keys), Some(audience)) => (name.clone(), keys.clone(), audience.clone()),
            _ => return Err(ConfigError::Issuer),
        };
        let claim = |wanted: &str| {
            let named = self.claims.iter().filter_map(|pair| pair.split_once('='));
            named
                .into_iter()
                .find(|(ours, _)| *ours == wanted)
                .map_or(wanted, |(_, theirs)| theirs)
                .to_owned()
        };
        let role = |pair: &String| {
            let (theirs, ours) = pair.split_once('=').ok_or(ConfigError::IssuerRole)?;
            Ok((theirs.to_owned(), Role::from_word(ours).ok_or(ConfigError::IssuerRole)?))
        };
        Ok(Some(Issuing {
            name,
            keys,
            audience,
            email_claim: claim("email"),
            name_claim: claim("name"),
            role_claim: claim("role"),
            roles: self.roles.iter().map(role).collect::<Result<_, ConfigError>>()?,
        }))
    }
}

impl Issuing {
    /// The role behind a word of theirs.
    pub fn role(&self, theirs: &str) -> Option<Role> {
        if self.roles.is_empty() {
            // Whoever is to administer is named so on purpose.
            return Role::from_word(theirs).filter(|role| *role != Role::Admin);
        }
        self.roles.iter().find(|(word, _)| word == theirs).map(|(_, role)| *role)
    }
}

/// How careful the server is about its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    Dev,
    Production,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Log {
    Text,
    Json,
}

/// A setting that cannot stand.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "CONFER_ORIGIN must be a scheme, a host and, where needed, a port, such as https://chat.example.org"
    )]
    Origin,
    #[error("CONFER_MODE=production needs CONFER_ORIGIN to begin with https://")]
    NotHttps,
    #[error("CONFER_EMERGENCY must be the number patients are to call in an emergency")]
    Emergency,
    #[error("CONFER_ISSUER, CONFER_ISSUER_KEYS and CONFER_ISSUER_AUDIENCE go together")]
    Issuer,
    #[error(
        "CONFER_ISSUER_ROLES needs pairs such as doctor=practitioner, with a role of Confer's behind the sign"
    )]
    IssuerRole,
    #[error("CONFER_MODE=production refuses CONFER_RATE=off")]
    NoLimits,
    #[error(
        "CONFER_MODE=production refuses CONFER_DURABILITY=process: a power cut could take acknowledged messages"
    )]
    NotDurable,
}

impl Config {
    /// Fills what neither a flag nor the environment has set from the `Leptos.toml` beside the program's folder
    /// of work, where there is one.
    pub fn settle(&mut self) {
        let Ok(found) = leptos::config::get_configuration(Some("Leptos.toml")) else { return };
        let options = found.leptos_options;
        self.site_addr.get_or_insert(options.site_addr);
        self.site_root.get_or_insert_with(|| PathBuf::from(options.site_root.as_ref()));
    }

    /// The listen address.
    pub fn site_addr(&self) -> SocketAddr {
        self.site_addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)))
    }

    /// The folder of the browser's half.
    pub fn site_root(&self) -> PathBuf {
        self.site_root.clone().unwrap_or_else(|| "target/site".into())
    }

    /// The public origin: as configured, or the listen address.
    pub fn public_origin(&self) -> String {
        self.origin.clone().unwrap_or_else(|| format!("http://{}", self.site_addr()))
    }

    /// Every origin our own pages may have. A server nobody has named yet is tried out under both names of
    /// the loopback address.
    pub fn origins(&self) -> Vec<String> {
        let mut origins = vec![self.public_origin()];
        if self.origin.is_none() && self.mode == Mode::Dev && self.site_addr().ip().is_loopback() {
            origins.push(format!("http://localhost:{}", self.site_addr().port()));
        }
        origins
    }

    /// Whether cookies and headers may rely on https.
    pub fn is_https(&self) -> bool {
        self.public_origin().starts_with("https://")
    }

    /// Refuses what would only fail later, or quietly weaken security.
    pub fn check(&self) -> Result<(), ConfigError> {
        let origin = self.public_origin();
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if !host.is_some_and(|host| {
            !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']) && host == host.to_lowercase()
        }) {
            return Err(ConfigError::Origin);
        }
        if self.emergency.trim().is_empty() {
            return Err(ConfigError::Emergency);
        }
        if self.mode == Mode::Production && !self.is_https() {
            return Err(ConfigError::NotHttps);
        }
        if self.mode == Mode::Production && self.rate.sign_in.is_none() {
            return Err(ConfigError::NoLimits);
        }
        if self.mode == Mode::Production && self.durability != Durability::Power {
            return Err(ConfigError::NotDurable);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_origin(origin: Option<&str>, mode: Mode) -> Config {
        Config {
            database_url: "sqlite::memory:".into(),
            durability: Durability::Power,
            data: "data".into(),
            site_addr: None,
            site_root: None,
            origin: origin.map(str::to_owned),
            mode,
            emergency: "999".into(),
            proxies: Vec::new(),
            zone_minutes: 0,
            rate: RateConfig { sign_in: None, messages: None },
            secret: None,
            secret_file: None,
            cors: Vec::new(),
            egress: Vec::new(),
            issuer: IssuerArgs::default(),
            log: Log::Text,
        }
    }

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for good in [None, Some("https://chat.example.org"), Some("http://localhost:8080")] {
            assert_eq!(with_origin(good, Mode::Dev).check(), Ok(()));
        }
        for bad in [
            "chat.example.org",
            "https://",
            "https://a/b",
            "https://a@b",
            "https://Chat.example.org",
            "ftp://a",
        ] {
            assert_eq!(with_origin(Some(bad), Mode::Dev).check(), Err(ConfigError::Origin), "{bad}");
        }
    }

    #[test]
    fn there_is_always_a_number_to_call() {
        let silent = Config { emergency: " ".into(), ..with_origin(None, Mode::Dev) };
        assert_eq!(silent.check(), Err(ConfigError::Emergency));
    }

    #[test]
    fn production_demands_https() {
        assert_eq!(with_origin(Some("http://a.org"), Mode::Production).check(), Err(ConfigError::NotHttps));
        assert_eq!(with_origin(None, Mode::Production).check(), Err(ConfigError::NotHttps));
        let unlimited = with_origin(Some("https://a.org"), Mode::Production);
        assert_eq!(unlimited.check(), Err(ConfigError::NoLimits));
        let rate = RateConfig { sign_in: Some(10), messages: Some((10, 30)) };
        let sound = Config { rate, ..unlimited };
        assert_eq!(sound.check(), Ok(()));
        assert_eq!(Config { durability: Durability::Process, ..sound }.check(), Err(ConfigError::NotDurable));
    }
}
