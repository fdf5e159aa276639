//! Any bytes at all as a frame: they are a command that says itself again, or an error with a name.
#![no_main]

use confer::{model::wire::Command, server::link::parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(command) = parse(bytes) {
        let again = serde_json::to_vec(&command).expect("a command is JSON");
        assert_eq!(parse(&again).expect("a command can be read"), command);
        if let Command::Post { cid, room, body } = command {
            let _ = confer::model::message::Draft::text(cid, room, body).check();
        }
    }
});
