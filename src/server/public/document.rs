//! The API as an OpenAPI 3.1 document, made from its operations.

use super::{
    BASE, Operation, Problem, TAGS, guide,
    operation::{Given, Of, SchemaOf},
    operations, problem,
};
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The API, described.
pub fn openapi() -> Value {
    let mut words = Words::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        methods[operation.method.as_str().to_lowercase()] = words.operation(&operation);
    }
    let tags: Vec<Value> =
        TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    let responses = words.responses();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Confer's API",
            "version": "1.0.0",
            "description": guide::markdown(),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": BASE, "description": "This server." }],
        "security": [{ "bearer": [] }, { "cookie": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token of `POST /api/token/`, or one of the organisation's own issuer."
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-confer",
                    "description": "The session of a browser, called `confer` over plain http. What changes \
                                    something needs the exact `Origin` besides."
                }
            },
            "headers": headers(),
            "parameters": {
                "key": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "The cid, where it is not in the body; a UUID will do.",
                    "schema": { "type": "string" },
                    "example": "\"00010203-0405-0607-0809-0a0b0c0d0e0f\""
                },
                "known": {
                    "name": "If-None-Match",
                    "in": "header",
                    "description": "The tags of the answers one has.",
                    "schema": { "type": "string" }
                }
            },
            "responses": responses,
            "schemas": words.schemas()
        }
    });
    plain(&mut document);
    document
}

fn headers() -> Value {
    let text = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string" }, "example": example });
    json!({
        "tag": text("The tag of these bytes, for `If-None-Match`.", "\"9f86d081884c7d659a2feaa0c55ad015\""),
        "policy": text("The limit; missing where there is none.", "\"messages\";q=30;w=3"),
        "left": text("What is left of it; missing where there is none.", "\"messages\";r=29;t=1"),
        "retry": {
            "description": "Seconds to wait.",
            "schema": { "type": "integer", "minimum": 0 },
            "example": 1
        },
        "how": text("How to sign in.", "Bearer realm=\"confer\"")
    })
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// The schemas met on the way. What is sent and what is taken may differ in a type's eyes, so each has its own.
struct Words {
    sent: SchemaGenerator,
    taken: SchemaGenerator,
}

impl Words {
    fn new() -> Words {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Words {
            sent: SchemaGenerator::new(settings.clone().for_serialize()),
            taken: SchemaGenerator::new(settings.for_deserialize()),
        }
    }

    fn sent(&mut self, schema: SchemaOf) -> Value {
        schema(&mut self.sent).to_value()
    }

    fn taken(&mut self, schema: SchemaOf) -> Value {
        schema(&mut self.taken).to_value()
    }

    fn schemas(mut self) -> Map<String, Value> {
        let mut schemas = self.taken.take_definitions(true);
        schemas.extend(self.sent.take_definitions(true));
        schemas
    }

    fn operation(&mut self, operation: &Operation) -> Value {
        let mut answers = Map::new();
        for given in &operation.shape.answers {
            answers.insert(given.status.to_string(), self.answer(operation, given));
        }
        if operation.is_tagged {
            answers.insert("304".into(), json!({ "$ref": "#/components/responses/unchanged" }));
        }
        for status in operation.statuses() {
            if let Some((error, _)) = problem::each().iter().find(|(error, _)| error.status() == status) {
                let path = format!("#/components/responses/{}", error.code());
                answers.insert(status.to_string(), json!({ "$ref": path }));
            }
        }
        let mut described = json!({
            "operationId": operation.name,
            "tags": [operation.tag],
            "summary": operation.summary,
            "responses": answers
        });
        let parameters = self.parameters(operation);
        if !parameters.is_empty() {
            described["parameters"] = Value::Array(parameters);
        }
        if let Some(body) = &operation.shape.body {
            let schema = self.taken(body.schema);
            described["requestBody"] =
                json!({ "required": true, "content": { "application/json": media(schema, body) } });
        }
        if !operation.shape.needs_sign_in {
            described["security"] = json!([]);
        }
        described
    }

    fn parameters(&mut self, operation: &Operation) -> Vec<Value> {
        let mut parameters = Vec::new();
        for (name, piece) in operation.names().zip(&operation.shape.path) {
            let example: Value =
                serde_json::from_str(piece.example).unwrap_or_else(|_| Value::from(piece.example));
            let schema = self.taken(piece.schema);
            parameters.push(
                json!({ "name": name, "in": "path", "required": true, "schema": schema, "example": example }),
            );
        }
        if let Some(query) = &operation.shape.query {
            let schema = self.taken(query.schema);
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                let mut schema = schema.clone();
                let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
                parameters.push(json!({
                    "name": name,
                    "in": "query",
                    "required": required.contains(&json!(name)),
                    "description": description,
                    "schema": present(schema)
                }));
            }
        }
        for (is_taken, name) in [(operation.shape.takes_key, "key"), (operation.is_tagged, "known")] {
            if is_taken {
                parameters.push(json!({ "$ref": format!("#/components/parameters/{name}") }));
            }
        }
        parameters
    }

    fn answer(&mut self, operation: &Operation, given: &Given) -> Value {
        let mut answer = json!({ "description": given.means });
        let mut headers = Map::new();
        if operation.is_tagged {
            headers.insert("ETag".into(), header("tag"));
        }
        if operation.counted.is_some() {
            headers.insert("RateLimit-Policy".into(), header("policy"));
            headers.insert("RateLimit".into(), header("left"));
        }
        if !headers.is_empty() {
            answer["headers"] = Value::Object(headers);
        }
        if let Some(body) = &given.body {
            let schema = self.sent(body.schema);
            answer["content"] = json!({ "application/json": media(schema, body) });
        }
        answer
    }

    fn responses(&mut self) -> Map<String, Value> {
        let mut responses = Map::new();
        for (error, when) in problem::each() {
            let (code, status) = (error.code(), error.status());
            let example = Problem(error).body();
            let schema = self.sent(Problem::schema);
            let mut response = json!({
                "description": when,
                "content": { (problem::MEDIA): { "schema": schema, "example": example } }
            });
            let headers = match status {
                401 => json!({ "WWW-Authenticate": header("how") }),
                429 => {
                    json!({ "Retry-After": header("retry"), "RateLimit-Policy": header("policy"), "RateLimit": header("left") })
                }
                503 => json!({ "Retry-After": header("retry") }),
                _ => Value::Null,
            };
            if !headers.is_null() {
                response["headers"] = headers;
            }
            responses.insert(code.into(), response);
        }
        let unchanged = json!({
            "description": "The answer is the one whose tag was sent along.",
            "headers": { "ETag": header("tag") }
        });
        responses.insert("unchanged".into(), unchanged);
        responses
    }
}

fn media(schema: Value, of: &Of) -> Value {
    let mut media = json!({ "schema": schema });
    if let Some(example) = (of.example)() {
        media["example"] = example;
    }
    media
}

/// In a query nothing is null: what is not wanted is left out.
fn present(schema: Value) -> Value {
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().find(|choice| choice["type"] != "null").cloned().unwrap_or(schema);
    }
    let mut schema = schema;
    if let Some(kinds) = schema["type"].as_array() {
        let kind = kinds.iter().find(|kind| **kind != "null").cloned();
        schema["type"] = kind.unwrap_or_default();
    }
    schema
}

/// Comments of the code name other things of the code in brackets; here they are names like all others.
fn plain(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "description" => {
                        *text = text.replace("[`", "`").replace("`]", "`");
                    }
                    value => plain(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(plain),
        _ => {}
    }
}
