//! What people see.

pub mod address;
pub mod app;
pub mod bring;
pub mod fetch;
pub mod keys;
pub mod live;
pub mod morph;
pub mod page;
pub mod part;
pub mod sheet;
pub mod sorted;
pub mod text;
pub mod unread;
pub mod writers;
