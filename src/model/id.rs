//! Typed ids: a room's number can never be taken for a person's.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )+};
}

number_id! {
    /// A person's account.
    AccountId,
    /// A conversation.
    RoomId,
    /// A stored message.
    MessageId,
    /// A piece of work between a client and a worker.
    JobId,
    /// A program elsewhere that is told what happens.
    HookId,
}

/// The client-made 128-bit name of a send: the same cid is the same message, for good.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Cid(
    #[cfg_attr(feature = "ssr", schemars(with = "String", regex(pattern = "^[0-9a-fA-F]{32}$")))] pub [u8; 16],
);

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cid({self})")
    }
}

/// The text is not 32 hexadecimal digits.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("a cid is 32 hexadecimal digits")]
pub struct NotACid;

impl FromStr for Cid {
    type Err = NotACid;

    fn from_str(text: &str) -> Result<Self, NotACid> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return Err(NotACid);
        }
        let nibble = |digit: u8| char::from(digit).to_digit(16).ok_or(NotACid);
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (nibble(pair[0])? * 16 + nibble(pair[1])?) as u8;
        }
        Ok(Cid(bytes))
    }
}

impl Serialize for Cid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cid_survives_the_way_to_text_and_back() {
        let cid = Cid([0, 1, 0x7f, 0x80, 0xff, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(cid.to_string(), "00017f80ff05060708090a0b0c0d0e0f");
        assert_eq!(cid.to_string().parse(), Ok(cid));
    }

    #[test]
    fn what_is_not_32_hex_digits_is_no_cid() {
        for text in ["", "00", &"0".repeat(31), &"0".repeat(33), &"g".repeat(32), &"é".repeat(16)] {
            assert_eq!(text.parse::<Cid>(), Err(NotACid), "{text}");
        }
    }
}
