//! What tokens are signed and proven with: secrets of our own, and the public keys of somebody else.

use super::issuer::Issuer;
use crate::{
    model::{Error, Result},
    server::config::{Config, ConfigError, Mode},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::{fmt, fs, io, path::Path};

/// A shorter secret could be guessed.
const SECRET_MIN_BYTES: usize = 32;

/// A secret or a key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("CONFER_MODE=production needs CONFER_SECRET or CONFER_SECRET_FILE")]
    Missing,
    #[error("every secret in CONFER_SECRET needs {SECRET_MIN_BYTES} characters or more")]
    Short,
    #[error("CONFER_SECRET is an example; choose one of your own")]
    Example,
    #[error("the secret in {0} cannot be read or made: {1}")]
    File(String, io::Error),
    #[error("the keys of the issuer in {0} cannot be used: {1}")]
    Issuer(String, String),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Secrets, the newest first; and the issuer whose tokens are taken as well.
pub struct Keys {
    own: Vec<(String, EncodingKey, DecodingKey)>,
    pub(super) issuer: Option<Issuer>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("own", &self.own.len()).finish_non_exhaustive()
    }
}

impl Keys {
    /// The keys an operator has set. Several secrets are separated by commas: the first signs, all prove.
    pub fn load(config: &Config) -> Result<Keys, KeyError> {
        let text = match (&config.secret, &config.secret_file) {
            (Some(secret), _) => secret.clone(),
            (None, Some(file)) => {
                fs::read_to_string(file).map_err(|error| KeyError::File(file.display().to_string(), error))?
            }
            (None, None) if config.mode == Mode::Production => return Err(KeyError::Missing),
            (None, None) => kept(&config.data)?,
        };
        let secrets: Vec<&str> = text.split(',').map(str::trim).filter(|secret| !secret.is_empty()).collect();
        if secrets.is_empty() || secrets.iter().any(|secret| secret.len() < SECRET_MIN_BYTES) {
            return Err(KeyError::Short);
        }
        if secrets.iter().any(|secret| is_example(secret)) {
            return Err(KeyError::Example);
        }
        let own = secrets.into_iter().map(|secret| {
            let bytes = secret.as_bytes();
            (name(bytes), EncodingKey::from_secret(bytes), DecodingKey::from_secret(bytes))
        });
        Ok(Keys { own: own.collect(), issuer: Issuer::load(config)? })
    }

    /// Signs claims with the newest secret.
    pub fn sign<T: Serialize>(&self, claims: &T) -> Result<String> {
        let (name, key, _) = self.own.first().ok_or(Error::SignIn)?;
        let header = Header { kid: Some(name.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, key).map_err(|cause| crate::server::fault(&cause))
    }

    /// The claims of a token one of our secrets has signed.
    pub fn prove<T: DeserializeOwned + Clone>(&self, token: &str, rules: &Validation) -> Option<T> {
        let name = jsonwebtoken::decode_header(token).ok()?.kid?;
        let (_, _, key) = self.own.iter().find(|(known, ..)| *known == name)?;
        jsonwebtoken::decode::<T>(token, key, rules).ok().map(|token| token.claims)
    }
}

/// What a secret is called in public: nothing of it can be told from that.
fn name(secret: &[u8]) -> String {
    let digest = Sha256::new().chain_update(b"confer key name").chain_update(secret).finalize();
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn is_example(secret: &str) -> bool {
    let plain = secret.to_lowercase();
    let first = plain.chars().next();
    ["change", "example", "secret-key", "your-"].iter().any(|word| plain.starts_with(word))
        || plain.chars().all(|letter| Some(letter) == first)
}

/// The secret of a server somebody tries out: made once, and kept for its owner alone.
fn kept(folder: &Path) -> Result<String, KeyError> {
    let path = folder.join("secret");
    let failed = |error| KeyError::File(path.display().to_string(), error);
    match fs::read_to_string(&path) {
        Ok(secret) => return Ok(secret),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        Err(_) => {}
    }
    fs::create_dir_all(folder).map_err(failed)?;
    let secret = format!("{}{}", crate::server::random_hex(), crate::server::random_hex());
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(mut file) => io::Write::write_all(&mut file, secret.as_bytes()).map_err(failed)?,
        // Another process was a moment quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return kept(folder),
        Err(error) => return Err(failed(error)),
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_names_that_tell_nothing_and_differ() {
        assert_eq!(name(b"a").len(), 8);
        assert_ne!(name(b"a"), name(b"b"));
    }

    #[test]
    fn examples_are_no_secrets() {
        for example in ["changeme-changeme-changeme-changeme", "Example-of-a-secret", &"a".repeat(40)] {
            assert!(is_example(example), "{example}");
        }
        assert!(!is_example("9f8c1d0b7a6e5f4c3b2a190817263544"));
    }
}
