//! The pieces pages are made of; each gets data and callbacks.

pub mod avatar;
pub mod bubble;
pub mod composer;
pub mod connection;
pub mod conversation;
pub mod details;
pub mod dialog;
pub mod find;
pub mod frame;
pub mod icon;
pub mod popup;
pub mod timeline;
pub mod title;
pub mod trouble;
pub mod when;
