//! What the socket speaks, described for machines: AsyncAPI, made from the words themselves.

use crate::model::wire::{Command, Event, SUBPROTOCOL};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The socket as an AsyncAPI 3 document.
pub fn asyncapi() -> Value {
    let mut schemas = Map::new();
    let commands = messages::<Command>(&mut schemas);
    let events = messages::<Event>(&mut schemas);
    let all: Map<String, Value> =
        commands.iter().chain(&events).map(|(name, one)| (name.clone(), one.clone())).collect();
    let in_channel = all.keys().map(|name| (name.clone(), reference("messages", name)));
    let named = |messages: &Map<String, Value>| -> Vec<Value> {
        messages.keys().map(|name| json!({ "$ref": format!("#/channels/socket/messages/{name}") })).collect()
    };
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Confer's socket",
            "version": SUBPROTOCOL,
            "description": "One JSON object with one key to a frame. docs/protocol.md tells the order of things.",
            "license": { "name": "Apache-2.0" }
        },
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/ws",
                "description": "A WebSocket with the session's cookie and an exact Origin.",
                "messages": in_channel.collect::<Map<String, Value>>(),
                "bindings": { "ws": { "method": "GET", "bindingVersion": "0.1.0" } }
            }
        },
        "operations": {
            "command": {
                "action": "receive",
                "summary": "What a client asks for.",
                "channel": { "$ref": "#/channels/socket" },
                "messages": named(&commands)
            },
            "tell": {
                "action": "send",
                "summary": "What the server tells.",
                "channel": { "$ref": "#/channels/socket" },
                "messages": named(&events)
            }
        },
        "components": { "messages": all, "schemas": schemas }
    })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// One message for each word of an enum, its parts put among the schemas.
fn messages<T: JsonSchema>(schemas: &mut Map<String, Value>) -> Map<String, Value> {
    let settings = SchemaSettings::draft07().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = SchemaGenerator::new(settings);
    let schema = generator.subschema_for::<T>().to_value();
    let definitions = generator.take_definitions(true);
    let name =
        schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned();
    let whole = definitions.get(&name).cloned().unwrap_or(schema);
    schemas.extend(definitions.into_iter().filter(|(other, _)| *other != name));
    let words = whole["oneOf"].as_array().cloned().unwrap_or_default();
    let message = |word: Value| {
        let name = word["properties"].as_object()?.keys().next()?.clone();
        let summary = word["description"].clone();
        Some((name.clone(), json!({ "name": name, "summary": summary, "payload": word })))
    };
    words.into_iter().filter_map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::public::openapi;

    #[test]
    fn the_descriptions_in_the_documents_are_what_the_words_are() {
        for (name, fresh) in [("asyncapi.json", asyncapi()), ("openapi.json", openapi())] {
            let path = format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"));
            let fresh = format!("{fresh:#}\n");
            if std::env::var_os("CONFER_WRITE_DOCS").is_some() {
                std::fs::write(&path, &fresh).unwrap();
            }
            let held = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(held == fresh, "docs/{name} is behind; CONFER_WRITE_DOCS=1 cargo test writes it");
        }
    }

    #[test]
    fn nothing_refers_to_nowhere() {
        for document in [asyncapi(), openapi()] {
            let text = document.to_string();
            for path in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(document.pointer(path).is_some(), "{path}");
            }
        }
    }

    #[test]
    fn every_word_is_described() {
        let document = asyncapi();
        let messages = document["components"]["messages"].as_object().unwrap();
        for name in Command::NAMES {
            assert!(messages.contains_key(name), "{name}");
        }
        assert_eq!(messages.len(), Command::NAMES.len() + 15);
        assert!(messages.values().all(|one| {
            one["summary"].as_str().is_some_and(|text| text.ends_with('.') || text.ends_with('?'))
        }));
    }
}
