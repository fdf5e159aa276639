//! Finding the few words that matter in an event, without reading it as JSON.

use memchr::memmem;

/// The one key of the object: the event's name.
pub fn name(event: &[u8]) -> &[u8] {
    let Some(rest) = event.strip_prefix(b"{\"") else { return b"" };
    rest.split(|byte| *byte == b'"').next().unwrap_or_default()
}

/// The number behind a key, which is given with quotes and colon. A string cannot contain the key: its quotes
/// would be escaped.
pub fn number(event: &[u8], key: &[u8]) -> Option<i64> {
    let digits = after(event, key)?;
    let (negative, digits) = match digits {
        [b'-', rest @ ..] => (true, rest),
        digits => (false, digits),
    };
    let mut value: i64 = 0;
    let mut length = 0;
    for digit in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        length += 1;
    }
    (length > 0).then_some(if negative { -value } else { value })
}

/// The string behind a key, as far as it has no escapes.
pub fn word<'a>(event: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let rest = after(event, key)?.strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', rest)?;
    Some(&rest[..end])
}

/// 128 bits in hexadecimal digits, as two halves.
pub fn halves(cid: &[u8]) -> Option<(u64, u64)> {
    let (high, low) = (cid.len() == 32).then(|| cid.split_at(16))?;
    Some((hexadecimal(high)?, hexadecimal(low)?))
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u64::from(digit))
    })
}

fn after<'a>(event: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let at = memmem::find(event, key)?;
    Some(&event[at + key.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTED: &[u8] = br#"{"posted":{"id":482,"room":12,"seq":62,"change":63,"sender":20,"cid":"00017f80ff05060708090a0b0c0d0e0f","body":"\"seq\":9 \"room\":8","sent_ms":1795254000000}}"#;

    #[test]
    fn the_name_is_the_only_key() {
        assert_eq!(name(POSTED), b"posted");
        assert_eq!(name(br#"{"ready":{}}"#), b"ready");
        for odd in [b"".as_slice(), b"[]", b"{}", b"{\""] {
            assert_eq!(name(odd), b"");
        }
    }

    #[test]
    fn numbers_are_those_of_the_event_and_not_of_its_body() {
        assert_eq!(number(POSTED, b"\"room\":"), Some(12));
        assert_eq!(number(POSTED, b"\"seq\":"), Some(62));
        assert_eq!(number(POSTED, b"\"sent_ms\":"), Some(1_795_254_000_000));
        assert_eq!(number(POSTED, b"\"from\":"), None);
        assert_eq!(number(br#"{"a":null}"#, b"\"a\":"), None);
        assert_eq!(number(br#"{"a":-7}"#, b"\"a\":"), Some(-7));
    }

    #[test]
    fn a_cid_comes_apart_in_two_halves() {
        let cid = word(POSTED, b"\"cid\":").unwrap();
        assert_eq!(halves(cid), Some((0x0001_7f80_ff05_0607, 0x0809_0a0b_0c0d_0e0f)));
        assert_eq!(halves(b"00"), None);
        assert_eq!(halves(&[b'g'; 32]), None);
    }
}
