//! What goes wrong, as RFC 9457 has it.

use crate::{
    model::{Error, Why},
    server::http::BODY_MAX_BYTES,
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Value, json};

/// The media type of every refusal.
pub const MEDIA: &str = "application/problem+json";

/// What may contradict what is already there: the values of `what`.
pub const CONFLICTS: [&str; 6] =
    ["cid_reused", "group_full", "job_status", "job_unassigned", "owner_leaves", "room_closed"];

/// An error as the API answers it.
#[derive(Debug)]
pub struct Problem(pub Error);

/// Why a call was refused: RFC 9457, with what belongs to the code beside it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem", transform = name_codes)]
struct Told {
    /// The code, as a name that is unique in the world.
    #[serde(rename = "type")]
    name: String,
    /// The status, in words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// A plain sentence for a person.
    detail: String,
    #[serde(flatten)]
    error: Error,
}

/// One refusal of each kind, and when it is given.
pub fn each() -> [(Error, &'static str); 9] {
    [
        (Error::SignIn, "Nobody is signed in: no token or session came along, or it has ended."),
        (Error::Forbidden, "You may see this, but not do it."),
        (Error::NotFound, "It does not exist, or it is not yours to see; the answer is the same for both."),
        (
            Error::conflict("room_closed"),
            "It contradicts what is already there; `what` says how, and sending it again does not help.",
        ),
        (Error::TooLarge { limit_bytes: BODY_MAX_BYTES as u32 }, "The request is larger than `limit_bytes`."),
        (
            Error::invalid("body", Why::TooLong),
            "The field `field` does not hold what it should; `why` says what is wrong with it.",
        ),
        (Error::Slow { retry_ms: 100 }, "Too much in too short a time; send it again after `retry_ms`."),
        (Error::Fault { id: "4f1c09ae".into() }, "Something went wrong on our side, logged under `id`."),
        (
            Error::Unavailable { retry_ms: 1_000 },
            "The server can not save right now; send the same again after `retry_ms`, under the same cid.",
        ),
    ]
}

fn name_codes(schema: &mut Schema) {
    let codes: Vec<&str> = each().iter().map(|(error, _)| error.code()).collect();
    let code = json!({ "type": "string", "enum": codes, "description": "What went wrong, for a program." });
    let what = json!({ "type": "string", "description": "Of a `conflict`: what it contradicts.", "examples": CONFLICTS });
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("code".into(), code);
        properties.insert("what".into(), what);
        let told = [
            ("field", "Of `invalid`: the field."),
            ("why", "Of `invalid`: what is wrong with the field."),
            ("limit_bytes", "Of `too_large`: what is not too large."),
            ("retry_ms", "Of `slow` and `unavailable`: how long to wait."),
            ("id", "Of `fault`: the number to give when asking for help."),
        ];
        for (name, description) in told {
            properties[name]["description"] = json!(description);
        }
    }
    schema.insert("required".into(), json!(["code", "detail", "status", "title", "type"]));
}

impl Problem {
    /// The body of it.
    pub fn body(&self) -> Value {
        serde_json::to_value(self.told()).unwrap_or_default()
    }

    /// How the body is described.
    pub fn schema(generator: &mut schemars::SchemaGenerator) -> Schema {
        generator.subschema_for::<Told>()
    }

    fn told(&self) -> Told {
        let Problem(error) = self;
        Told {
            name: format!("urn:confer:error:{}", error.code()),
            title: self.status().canonical_reason().unwrap_or_default(),
            status: error.status(),
            detail: error.to_string(),
            error: error.clone(),
        }
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.told())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        if self.0 == Error::SignIn {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"confer\""));
        }
        if let Error::Slow { retry_ms } | Error::Unavailable { retry_ms } = self.0 {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_ms.div_ceil(1_000)));
        }
        response
    }
}

/// Says what a layer refused without knowing how it is said here.
pub async fn translate(response: Response) -> Response {
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == MEDIA);
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_ours {
        return Problem(Error::TooLarge { limit_bytes: BODY_MAX_BYTES as u32 }).into_response();
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_the_same_to_programs_and_to_people() {
        for (error, when) in each() {
            let body = Problem(error.clone()).body();
            assert_eq!((&body["code"], &body["status"]), (&json!(error.code()), &json!(error.status())));
            assert_eq!(body["detail"], error.to_string());
            assert!(when.ends_with('.'), "{when}");
        }
        for what in CONFLICTS {
            assert_ne!(Error::conflict(what).to_string(), Error::conflict("").to_string(), "{what}");
        }
    }
}
