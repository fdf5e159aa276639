//! Fields: what a frame or a body of the predecessors' asks for, in the spellings their clients had.

use crate::model::{Cid, Error, Result, RoomId, Why};
use serde_json::Value;

/// A number, written as one or as text: old clients did both.
pub fn number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The first of these fields that is there.
pub fn field<'a>(frame: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| frame.get(*name)).filter(|value| !value.is_null())
}

/// The number in the first of these fields; one that is there and is none is not passed over.
pub fn whole(frame: &Value, names: &[&'static str]) -> Result<Option<i64>> {
    match field(frame, names) {
        None => Ok(None),
        found => number(found).map(Some).ok_or_else(|| Error::invalid(names[0], Why::Malformed)),
    }
}

/// The text in the first of these fields, which must be there.
pub fn text<'a>(frame: &'a Value, names: &[&'static str]) -> Result<&'a str> {
    let found = field(frame, names).ok_or_else(|| Error::invalid(names[0], Why::Empty))?;
    found.as_str().ok_or_else(|| Error::invalid(names[0], Why::Malformed))
}

/// The room that is named.
pub fn room(frame: &Value) -> Result<Option<RoomId>> {
    Ok(whole(frame, &["room_id", "room", "chat_room_id", "chatroom_id"])?.map(RoomId))
}

/// The name a client has given its message; most give none.
pub fn cid(frame: &Value) -> Result<Option<Cid>> {
    let Some(found) = field(frame, &["cid"]) else { return Ok(None) };
    let cid = found.as_str().and_then(|text| text.parse().ok());
    cid.map(Some).ok_or_else(|| Error::invalid("cid", Why::Malformed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_taken_in_both_spellings() {
        assert_eq!(number(Some(&json!(7))), Some(7));
        assert_eq!(number(Some(&json!(" 7 "))), Some(7));
        for other in [json!(null), json!("seven"), json!([7]), json!(7.5)] {
            assert_eq!(number(Some(&other)), None, "{other}");
        }
    }

    #[test]
    fn what_is_there_and_wrong_is_not_taken_for_nothing() {
        assert_eq!(whole(&json!({}), &["id"]), Ok(None));
        assert_eq!(whole(&json!({ "id": null }), &["id"]), Ok(None));
        assert_eq!(whole(&json!({ "id": "seven" }), &["id"]), Err(Error::invalid("id", Why::Malformed)));
        assert_eq!(cid(&json!({ "cid": 7 })), Err(Error::invalid("cid", Why::Malformed)));
    }
}
