//! What the words of Confer mean: plain data that crosses the wire, and rules that need no IO.

pub mod account;
pub mod device;
pub mod error;
pub mod frames;
pub mod home;
pub mod hook;
pub mod id;
pub mod job;
pub mod language;
pub mod look;
pub mod message;
pub mod notice;
pub mod presence;
pub mod queue;
pub mod receipt;
pub mod room;
pub mod settings;
pub mod timeline;
pub mod wire;
pub mod zone;

pub use error::{Error, Result, Why};
pub use id::{AccountId, Cid, HookId, JobId, MessageId, RoomId};
