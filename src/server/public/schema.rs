//! How a JSON schema reads on a page: the name of its type, and its fields one under the other.

use super::page::{escape, prose};
use serde_json::Value;

/// A schema as a block: its choices, its fields, or what else it is.
pub fn block(schema: &Value) -> String {
    if let Some(choices) = schema["oneOf"].as_array() {
        return match words(schema) {
            Some(words) => format!("<p>One of {words}.</p>{}", meanings(choices)),
            None => choices.iter().map(choice).collect(),
        };
    }
    if schema["properties"].is_object() {
        return fields(schema);
    }
    format!("<p>{}</p>", kind(schema))
}

fn choice(schema: &Value) -> String {
    format!("<div class=\"ref-choice\">{}{}</div>", said(schema, "p"), fields(schema))
}

/// The words of a list that mean more than they say.
fn meanings(choices: &[Value]) -> String {
    let told = choices.iter().filter(|choice| choice["description"].is_string());
    told.map(|choice| format!("<p>{}: {}</p>", kind(choice), said(choice, "span"))).collect()
}

/// The fields of an object.
pub fn fields(schema: &Value) -> String {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(properties) = schema["properties"].as_object().filter(|fields| !fields.is_empty()) else {
        return String::new();
    };
    let rows = properties.iter().map(|(name, schema)| {
        let may_lack = !required.iter().any(|other| other == name);
        row(name, schema, if may_lack { "may be missing" } else { "" })
    });
    format!("<dl class=\"ref-fields\">{}</dl>", rows.collect::<String>())
}

/// A name, what it holds, and what that means.
pub fn row(name: &str, schema: &Value, note: &str) -> String {
    let note = if note.is_empty() { String::new() } else { format!(", {note}") };
    let inner = if schema["properties"].is_object() { fields(schema) } else { String::new() };
    format!(
        "<div><dt><code>{}</code> <span class=\"quiet\">{}{note}</span></dt><dd>{}{inner}</dd></div>",
        escape(name),
        kind(schema),
        said(schema, "span"),
    )
}

fn said(schema: &Value, element: &str) -> String {
    let words = schema["description"].as_str().map(prose);
    words.map(|words| format!("<{element}>{words}</{element}>")).unwrap_or_default()
}

/// The name of a schema's type, with a link where it is told elsewhere.
pub fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if let Some(words) = words(schema) {
        return words;
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(name) => escape(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(escape).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".into(),
    }
}

/// The words of which a value is one.
fn words(schema: &Value) -> Option<String> {
    let word = |value: &Value| value.as_str().map(|word| format!("<code>{}</code>", escape(word)));
    if let Some(only) = word(&schema["const"]) {
        return Some(only);
    }
    if let Some(list) = schema["enum"].as_array() {
        return Some(list.iter().filter_map(word).collect::<Vec<_>>().join(", "));
    }
    let choices = schema["oneOf"].as_array()?;
    Some(choices.iter().map(words).collect::<Option<Vec<_>>>()?.join(", "))
}
