//! One call of the API: what the router serves and what the document says of it, read from one place.

use super::{answer::Gives, condition, limit, limit::Counted, request::Takes};
use crate::server::{App, public::Problem};
use axum::{
    Router,
    handler::Handler,
    http::Method,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodFilter, MethodRouter, on},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;
use std::future::Future;

/// A method on a path, with all there is to say of it.
pub struct Operation {
    pub method: Method,
    /// Below `/api/v1`.
    pub path: &'static str,
    /// What generated programs call it.
    pub name: &'static str,
    pub tag: &'static str,
    pub summary: &'static str,
    pub shape: Shape,
    /// The statuses of refusals that its shape alone does not tell.
    pub refusals: Vec<u16>,
    pub counted: Option<Counted>,
    /// Whether the answer has a tag by which an unchanged one is not sent again.
    pub is_tagged: bool,
    serve: MethodRouter<App>,
}

/// What a call takes and answers, read from its handler's own signature.
#[derive(Default)]
pub struct Shape {
    pub needs_sign_in: bool,
    /// In the order of the names in the path.
    pub path: Vec<Piece>,
    pub query: Option<Of>,
    /// Whether an `Idempotency-Key` is taken.
    pub takes_key: bool,
    pub body: Option<Of>,
    pub answers: Vec<Given>,
}

/// A number or a word in a path.
#[derive(Clone, Copy)]
pub struct Piece {
    pub schema: SchemaOf,
    pub example: &'static str,
}

/// An answer that is no refusal.
#[derive(Clone, Copy)]
pub struct Given {
    pub status: u16,
    pub means: &'static str,
    pub body: Option<Of>,
}

/// A schema, made when it is known which document it belongs to.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A type that is sent one way or the other.
#[derive(Clone, Copy)]
pub struct Of {
    pub schema: SchemaOf,
    pub example: fn() -> Option<Value>,
}

/// Something sent, as the document shows it.
pub trait Example: Serialize {
    /// One that could be sent.
    fn example() -> Self;
}

impl Of {
    /// A type under its own name.
    pub fn named<T: JsonSchema + Example>() -> Of {
        Of {
            schema: SchemaGenerator::subschema_for::<T>,
            example: || serde_json::to_value(T::example()).ok(),
        }
    }

    /// The fields of a type that has no name of its own.
    pub fn fields<T: JsonSchema>() -> Of {
        Of { schema: T::json_schema, example: || None }
    }
}

/// A handler whose signature says what it takes and what it answers.
pub trait Call<T>: Handler<T, App> {
    /// What it says.
    fn shape() -> Shape;
}

macro_rules! call {
    ($($part:ident),+) => {
        impl<F, Via, $($part,)+ Answered, Gift> Call<(Via, $($part,)+)> for F
        where
            F: Handler<(Via, $($part,)+), App> + FnOnce($($part),+) -> Answered,
            Answered: Future<Output = Result<Gift, Problem>>,
            Gift: Gives,
            $($part: Takes,)+
        {
            fn shape() -> Shape {
                let mut shape = Shape::default();
                $($part::describe(&mut shape);)+
                Gift::describe(&mut shape);
                shape
            }
        }
    };
}
call!(A);
call!(A, B);
call!(A, B, C);
call!(A, B, C, D);
call!(A, B, C, D, E);

impl Operation {
    fn new<T, H: Call<T>>(
        filter: MethodFilter,
        method: Method,
        path: &'static str,
        name: &'static str,
        handler: H,
    ) -> Self
    where
        T: 'static,
    {
        Operation {
            method,
            path,
            name,
            tag: "",
            summary: "",
            shape: H::shape(),
            refusals: Vec::new(),
            counted: None,
            is_tagged: false,
            serve: on(filter, handler),
        }
    }

    /// Reads.
    pub fn get<T: 'static>(path: &'static str, name: &'static str, handler: impl Call<T>) -> Self {
        Operation::new(MethodFilter::GET, Method::GET, path, name, handler)
    }

    /// Makes something, or lets something happen.
    pub fn post<T: 'static>(path: &'static str, name: &'static str, handler: impl Call<T>) -> Self {
        Operation::new(MethodFilter::POST, Method::POST, path, name, handler)
    }

    /// Sets something, however often.
    pub fn put<T: 'static>(path: &'static str, name: &'static str, handler: impl Call<T>) -> Self {
        Operation::new(MethodFilter::PUT, Method::PUT, path, name, handler)
    }

    /// Changes a part of something.
    pub fn patch<T: 'static>(path: &'static str, name: &'static str, handler: impl Call<T>) -> Self {
        Operation::new(MethodFilter::PATCH, Method::PATCH, path, name, handler)
    }

    /// Takes something away.
    pub fn delete<T: 'static>(path: &'static str, name: &'static str, handler: impl Call<T>) -> Self {
        Operation::new(MethodFilter::DELETE, Method::DELETE, path, name, handler)
    }

    /// What it is about, and what it does in a sentence.
    pub fn says(self, tag: &'static str, summary: &'static str) -> Self {
        Operation { tag, summary, ..self }
    }

    /// The refusals of its own that are to be expected.
    pub fn refuses(self, statuses: &[u16]) -> Self {
        Operation { refusals: statuses.to_vec(), ..self }
    }

    /// What it counts against.
    pub fn counts(self, counted: Counted) -> Self {
        Operation { counted: Some(counted), ..self }
    }

    /// Asked again, an answer that has not changed is not sent again.
    pub fn tagged(self) -> Self {
        Operation { is_tagged: true, ..self }
    }

    /// The names in its path.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Every status it may refuse with, in order.
    pub fn statuses(&self) -> Vec<u16> {
        let Shape { needs_sign_in, path, query, takes_key, body, .. } = &self.shape;
        let by_shape = [
            (*needs_sign_in, 401),
            (!path.is_empty(), 404),
            (body.is_some(), 413),
            (query.is_some() || body.is_some() || *takes_key, 422),
            (self.counted.is_some(), 429),
            (*needs_sign_in, 500),
            (*needs_sign_in, 503),
        ];
        let told = by_shape.into_iter().filter(|(is_told, _)| *is_told).map(|(_, status)| status);
        let mut statuses: Vec<u16> = told.chain(self.refusals.iter().copied()).collect();
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }

    /// Serves it.
    pub fn mount(self, app: &App, router: Router<App>) -> Router<App> {
        let mut serve = self.serve;
        if let Some(counted) = self.counted {
            serve = serve.layer(from_fn_with_state((app.clone(), counted), limit::tell));
        }
        if self.is_tagged {
            serve = serve.layer(from_fn(condition::tag));
        }
        router.route(self.path, serve)
    }
}
