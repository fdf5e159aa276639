//! Pages, one file a route.

pub mod about;
pub mod drawn;
pub mod job_chat;
pub mod messages;
pub mod missing;
pub mod offline;
mod redraw;
pub mod room;
pub mod room_list;
pub mod sign_in;
pub mod sorry;
pub mod team;
