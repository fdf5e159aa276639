//! WebSocket frames, client side: just enough of RFC 6455 to talk to one server cheaply.

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// A whole frame at the beginning of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    pub kind: Kind,
    pub payload: &'a [u8],
    /// How many bytes it takes, head included.
    pub length: usize,
}

/// The bytes are no frame a server may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;

/// The frame that begins here, if all of it is there.
pub fn first(bytes: &[u8]) -> Result<Option<Frame<'_>>, Broken> {
    let &[head, size, ..] = bytes else { return Ok(None) };
    let kind = match head {
        0x81 => Kind::Text,
        0x82 => Kind::Binary,
        0x88 => Kind::Close,
        0x89 => Kind::Ping,
        0x8a => Kind::Pong,
        // The server neither fragments nor compresses.
        _ => return Err(Broken),
    };
    let (start, size) = match size {
        0..=125 => (2, usize::from(size)),
        126 => match bytes {
            [_, _, a, b, ..] => (4, usize::from(u16::from_be_bytes([*a, *b]))),
            _ => return Ok(None),
        },
        127 => match bytes.get(2..10).and_then(|size| size.try_into().ok()) {
            Some(size) => (10, u64::from_be_bytes(size) as usize),
            None => return Ok(None),
        },
        _ => return Err(Broken),
    };
    Ok(bytes.get(start..start + size).map(|payload| Frame { kind, payload, length: start + size }))
}

/// Adds a frame to what is to be written.
pub fn put(out: &mut Vec<u8>, kind: Kind, payload: &[u8]) {
    let code = match kind {
        Kind::Text => 0x1,
        Kind::Binary => 0x2,
        Kind::Close => 0x8,
        Kind::Ping => 0x9,
        Kind::Pong => 0xa,
    };
    out.push(FINAL | code);
    match payload.len() {
        size @ 0..=125 => out.push(MASKED | size as u8),
        size @ 126..=0xffff => {
            out.push(MASKED | 126);
            out.extend_from_slice(&(size as u16).to_be_bytes());
        }
        size => {
            out.push(MASKED | 127);
            out.extend_from_slice(&(size as u64).to_be_bytes());
        }
    }
    // A client must mask; a key of zeros leaves the payload as it is and costs nothing.
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_server(payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, Kind::Text, payload);
        let head = bytes.len() - payload.len() - 4;
        bytes.drain(head..head + 4);
        bytes[1] &= 0x7f;
        bytes
    }

    #[test]
    fn frames_of_every_size_are_read_whole_or_not_at_all() {
        for size in [0, 1, 125, 126, 127, 4_096, 65_535, 65_536] {
            let payload = vec![b'x'; size];
            let bytes = from_server(&payload);
            let expected = Frame { kind: Kind::Text, payload: &payload, length: bytes.len() };
            assert_eq!(first(&bytes), Ok(Some(expected)), "{size}");
            for cut in [0, 1, bytes.len() - 1] {
                assert_eq!(first(&bytes[..cut]), Ok(None), "{size} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_follows_a_frame_is_left_for_the_next_look() {
        let bytes = [from_server(b"one"), from_server(b"two")].concat();
        let one = first(&bytes).unwrap().unwrap();
        assert_eq!(one.payload, b"one");
        assert_eq!(first(&bytes[one.length..]).unwrap().unwrap().payload, b"two");
    }

    #[test]
    fn fragments_and_masked_frames_are_refused() {
        assert_eq!(first(&[0x01, 0x00]), Err(Broken));
        assert_eq!(first(&[0x81, 0x80, 0, 0, 0, 0]), Err(Broken));
    }
}
