//! What a call answers; each kind of answer knows its description.

use super::{
    Problem,
    operation::{Example, Given, Of, Shape},
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schemars::{JsonSchema, json_schema};
use serde::Serialize;

/// What a call answers: JSON, or a problem.
pub type Answer<T> = Result<Json<T>, Problem>;

/// A kind of answer.
pub trait Gives: IntoResponse {
    /// Says what it gives.
    fn describe(shape: &mut Shape);
}

impl<T: Serialize + JsonSchema + Example> Gives for Json<T> {
    fn describe(shape: &mut Shape) {
        shape.answers.push(Given { status: 200, means: "The answer.", body: Some(Of::named::<T>()) });
    }
}

/// Something that has been made, or that was there and is as it would have been made.
pub struct Made<T>(pub T);

impl<T: Serialize> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: Serialize + JsonSchema + Example> Gives for Made<T> {
    fn describe(shape: &mut Shape) {
        shape.answers.push(Given { status: 201, means: "It is there.", body: Some(Of::named::<T>()) });
    }
}

/// Something that is kept once, however often it is sent.
pub enum Kept<T> {
    Now(T),
    Before(T),
}

impl<T: Serialize> IntoResponse for Kept<T> {
    fn into_response(self) -> Response {
        match self {
            Kept::Now(kept) => Made(kept).into_response(),
            Kept::Before(kept) => Json(kept).into_response(),
        }
    }
}

impl<T: Serialize + JsonSchema + Example> Gives for Kept<T> {
    fn describe(shape: &mut Shape) {
        let body = Some(Of::named::<T>());
        shape.answers.extend([
            Given { status: 200, means: "It was there already; this is the same answer as then.", body },
            Given { status: 201, means: "It is on disk.", body },
        ]);
    }
}

/// It is done, and there is nothing to say.
pub struct Done;

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Gives for Done {
    fn describe(shape: &mut Shape) {
        shape.answers.push(Given { status: 204, means: "It is done.", body: None });
    }
}

/// JSON that is written down already.
pub struct Written(pub &'static str);

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], self.0).into_response()
    }
}

impl Gives for Written {
    fn describe(shape: &mut Shape) {
        let body = Of { schema: |_| json_schema!({ "type": "object" }), example: || None };
        shape.answers.push(Given { status: 200, means: "The document.", body: Some(body) });
    }
}
