//! What to know before the first call: told at the head of the document, and on its page.

/// Something to know.
pub struct Chapter {
    pub id: &'static str,
    pub title: &'static str,
    pub parts: &'static [Part],
}

/// A part of a chapter. Names stand in backticks, as in Markdown.
pub enum Part {
    Say(&'static str),
    Show(&'static str),
}

use Part::{Say, Show};

/// What this is, in a sentence.
pub const LEAD: &str = "Confer's rooms, messages, people and jobs as plain HTTP: JSON in, JSON out. What happens live \
     comes over the socket; both know the same ids and numbers.";

/// What to know, in the order it is needed.
pub const CHAPTERS: [Chapter; 7] = [
    Chapter {
        id: "sign-in",
        title: "Signing in",
        parts: &[
            Say(
                "A program gets a pair of tokens for an address and a password, and shows the one called `access` with \
                 each call. It lasts 15 minutes; `POST /api/token/refresh/` with `{\"refresh\": …}` gives a new pair; \
                 a refresh token that is shown after its successor was used ends the session of both. \
                 `POST /api/token/blacklist/` with `{\"refresh\": …}` signs out.",
            ),
            Show(
                "curl https://chat.example.org/api/token/ \\\n  -H 'Content-Type: application/json' \\\n  \
                  -d '{\"email\": \"hale@example.org\", \"password\": \"…\"}'\n\n\
                  {\"access\": \"eyJ…\", \"refresh\": \"eyJ…\"}",
            ),
            Show("curl https://chat.example.org/api/v1/me \\\n  -H 'Authorization: Bearer eyJ…'"),
            Say(
                "Where an organisation has an issuer of its own, its tokens are shown the same way. A page of Confer's \
                 own origin needs no token: the cookie of its session is enough.",
            ),
            Say("What is not yours answers exactly like what does not exist: 404."),
        ],
    },
    Chapter {
        id: "errors",
        title: "Errors",
        parts: &[Say(
            "A refusal is `application/problem+json` (RFC 9457). Programs go by `code`; `detail` is a sentence for \
             people. Beside the code stands what belongs to it. New codes may come: treat one you do not know by \
             its status.",
        )],
    },
    Chapter {
        id: "once",
        title: "Sending once",
        parts: &[
            Say(
                "A message has a name that its sender makes: 128 random bits, as 32 hexadecimal digits in `cid`, or as \
                 a UUID in the header `Idempotency-Key`. The first answer is 201, and it comes when the message is on \
                 disk. Send the same again whenever an answer did not arrive: it is 200 with the same body, and the \
                 message is there once. The same cid with other words is refused with 409, `cid_reused`.",
            ),
            Say(
                "Other calls may be repeated as well: what is done already is not done a second time, though the answer \
                 may then be that it is not there. Two exceptions: a group asked for twice is two groups, and a \
                 new name given twice stands in the room's line twice.",
            ),
        ],
    },
    Chapter {
        id: "pages",
        title: "Pages",
        parts: &[
            Say(
                "Every change in a room takes the room's next number, `seq`, without holes. Messages are paged by it: \
                 the newest without anything, older ones with `before`, newer ones with `after`. What was missed since \
                 number 18 is `?after=18`, asked again from the last number while `more` is true.",
            ),
            Say("Other long lists say `more` and `next`; ask again with `?behind=` and what `next` said."),
        ],
    },
    Chapter {
        id: "limits",
        title: "Limits",
        parts: &[
            Say(
                "Calls that write count for each person: messages, marks of what was read, and changes of rooms, \
                 members and jobs. Their answers tell the limit and what is left of it, as \
                 draft-ietf-httpapi-ratelimit-headers has them: at most `q` at once, all of it there again after `w` \
                 seconds of rest; `r` left now, all of it there again in `t` seconds.",
            ),
            Show("RateLimit-Policy: \"messages\";q=30;w=3\nRateLimit: \"messages\";r=29;t=1"),
            Say(
                "Above the limit the answer is 429 with `Retry-After` in seconds and `retry_ms` in the body. A request \
                 is 256 KiB at most. No header of these means no limit.",
            ),
        ],
    },
    Chapter {
        id: "unchanged",
        title: "What has not changed",
        parts: &[Say(
            "Reading calls answer with an `ETag`. Send it back as `If-None-Match`, and an answer that is still the \
             same is 304 without a body. Keep answers to yourself: they are somebody's, and marked `no-store` for \
             every cache on the way.",
        )],
    },
    Chapter {
        id: "told",
        title: "What webhooks are told",
        parts: &[
            Say(
                "Programs elsewhere are told of `message.posted`, `message.read` and `job.changed`: that something \
                 happened and where, never what was said. Calls come in the order things happened in each room. One that is not \
                 answered with a status from 200 to 299 within five seconds comes again, with the same id, later and \
                 later; after a day without success the webhook is given up and says so in `disabled_ms`.",
            ),
            Show(
                "POST /confer HTTP/1.1\nwebhook-id: call_831\nwebhook-timestamp: 1795254000\n\
                 webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\n\n\
                 {\"type\": \"message.posted\", \"timestamp\": \"2026-11-21T09:40:00.007000Z\",\n\
                 \u{20}\"data\": {\"id\": 471, \"room\": 7, \"seq\": 62, \"sender\": 12, \"kind\": \"text\"}}",
            ),
            Say(
                "The signature is that of Standard Webhooks: the Base64 of the HMAC-SHA256 of `id.timestamp.body` under \
                 the secret, which is Base64 itself behind `whsec_`. Check it, refuse times more than five minutes off, \
                 and take each id once.",
            ),
        ],
    },
];

/// The lead and every chapter, as Markdown.
pub fn markdown() -> String {
    let mut text = LEAD.to_owned();
    for chapter in CHAPTERS {
        text += &format!("\n\n## {}", chapter.title);
        for part in chapter.parts {
            text += &match part {
                Say(words) => format!("\n\n{words}"),
                Show(lines) => format!("\n\n```\n{lines}\n```"),
            };
        }
    }
    text
}
