//! Any text as the place a client says it stands at, in a frame and in the query of a stream.
#![no_main]

use confer::{
    model::wire::{Command, Cursor},
    server::{link::parse, stream::From},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let query = serde_json::json!({ "rooms": text });
    if let Ok(from) = serde_json::from_value::<From>(query)
        && let Ok(cursors) = from.cursors()
    {
        let said: Vec<String> = cursors.iter().map(|Cursor { room, seq }| format!("{room}:{seq}")).collect();
        let again: From = serde_json::from_value(serde_json::json!({ "rooms": said.join(",") })).expect("a query");
        assert_eq!(again.cursors(), Ok(cursors));
    }
    let frame = format!("{{\"resume\":{{\"epoch\":null,\"rooms\":{text}}}}}");
    if let Ok(command) = parse(frame.as_bytes()) {
        assert!(matches!(command, Command::Resume { .. }));
    }
});
