//! Frames that came together: a JSON list cut into its pieces, so that one nobody knows does not spoil the others.

/// The pieces of a JSON list, as they stand there.
pub fn frames(list: &str) -> Vec<&str> {
    let (mut frames, mut start, mut depth) = (Vec::new(), 0, 0u32);
    let (mut is_string, mut is_escaped) = (false, false);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_string = !is_string,
            _ if is_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth == 2 {
                    start = at;
                }
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    frames.extend(list.get(start..=at));
                }
            }
            _ => {}
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::wire::{Command, Event};
    use proptest::prelude::*;

    #[test]
    fn a_list_is_cut_between_its_frames_and_nowhere_else() {
        let list = r#"[{"pong":{}}, {"a":["}",{"b":"\"]{"}]},{"é":1}]"#;
        assert_eq!(frames(list), [r#"{"pong":{}}"#, r#"{"a":["}",{"b":"\"]{"}]}"#, r#"{"é":1}"#]);
        for nothing in ["", "[]", "nonsense", "]]]]", "[[[["] {
            assert_eq!(frames(nothing), [""; 0], "{nothing}");
        }
    }

    #[test]
    fn an_event_from_the_future_is_passed_over() {
        let known = |frame: &&str| serde_json::from_slice::<Event>(frame.as_bytes()).is_ok();
        assert_eq!(
            frames(r#"[{"pong":{}},{"fly":{"to":[1]}},{"ready":{}}]"#).iter().filter(|f| known(f)).count(),
            2
        );
    }

    proptest! {
        #[test]
        fn whatever_was_put_together_comes_apart(bodies in proptest::collection::vec(any::<String>(), 0..6)) {
            let commands: Vec<String> = bodies
                .iter()
                .map(|body| {
                    let (cid, room) = (crate::model::Cid([1; 16]), crate::model::RoomId(1));
                    serde_json::to_string(&Command::Post { cid, room, body: body.clone() }).unwrap()
                })
                .collect();
            let list = format!("[{}]", commands.join(","));
            prop_assert_eq!(frames(&list), commands);
        }
    }
}
