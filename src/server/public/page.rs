//! The pages about the API and the socket, drawn from the same documents that machines read.

use super::{
    BASE,
    guide::{CHAPTERS, LEAD, Part},
    openapi, problem, schema,
};
use crate::server::describe::asyncapi;
use serde_json::Value;

/// Everything that could mean something to a browser, made harmless.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text whose names stand in backticks.
pub fn prose(text: &str) -> String {
    let pieces = escape(text);
    let pieces = pieces.split('`').enumerate();
    let marked = pieces.map(|(number, piece)| match number % 2 {
        0 => piece.to_owned(),
        _ => format!("<code>{piece}</code>"),
    });
    marked.collect()
}

/// The page of the API.
pub fn api_page(css: &str) -> String {
    let document = openapi();
    let mut body = format!(
        "<header class=\"stack stack--md\"><h1>Confer’s API</h1><p>{}</p>\
         <p><a href=\"{BASE}/openapi.json\">OpenAPI 3.1 for machines</a> · <a href=\"/docs/socket\">The socket</a></p>\
         </header>{}",
        prose(LEAD),
        contents(&document),
    );
    for chapter in CHAPTERS {
        let parts = chapter.parts.iter().map(|part| match part {
            Part::Say(words) => format!("<p>{}</p>", prose(words)),
            Part::Show(lines) => shown(lines),
        });
        let more = if chapter.id == "errors" { errors() } else { String::new() };
        body += &section(chapter.id, chapter.title, &(parts.collect::<String>() + &more));
    }
    for tag in list(&document["tags"]) {
        let name = text(&tag["name"]);
        let calls = of_tag(&document, name).map(|call| operation(&document, &call)).collect::<String>();
        let told = format!("<p>{}</p>{calls}", prose(text(&tag["description"])));
        body += &section(&format!("tag-{}", name.to_lowercase()), name, &told);
    }
    body += &section("schemas", "What is sent", &schemas(&document["components"]["schemas"], "schema"));
    whole("Confer’s API", css, &body)
}

/// The page of the socket.
pub fn socket_page(css: &str) -> String {
    let document = asyncapi();
    let mut body = "<header class=\"stack stack--md\"><h1>Confer’s socket</h1>\
         <p>A WebSocket at <code>/ws</code>, subprotocol <code>confer.v1</code>. One JSON object with one key to a \
         frame: the key says what it is. It opens with the session’s cookie and an exact <code>Origin</code>. A client \
         passes over events and fields it does not know.</p>\
         <p><a href=\"/docs/asyncapi.json\">AsyncAPI 3 for machines</a> · <a href=\"/docs\">The API</a></p></header>"
        .to_owned();
    for (id, title) in [("command", "What a client asks for"), ("tell", "What the server tells")] {
        let names = list(&document["operations"][id]["messages"]).iter();
        let names = names.filter_map(|one| one["$ref"].as_str()?.rsplit('/').next());
        let messages = names.map(|name| message(&document["components"]["messages"][name]));
        body += &section(id, title, &messages.collect::<String>());
    }
    body += &section("schemas", "What is in them", &schemas(&document["components"]["schemas"], "schema"));
    whole("Confer’s socket", css, &body)
}

fn message(message: &Value) -> String {
    let name = text(&message["name"]);
    let inner = &message["payload"]["properties"][name];
    format!(
        "<article class=\"ref-call\" id=\"message-{0}\"><h3><code>{0}</code></h3><p>{1}</p>{2}</article>",
        escape(name),
        prose(text(&message["summary"])),
        schema::block(inner),
    )
}

fn contents(document: &Value) -> String {
    let chapters = CHAPTERS.iter().map(|chapter| (chapter.id.to_owned(), chapter.title));
    let tags = list(&document["tags"]).iter().map(|tag| text(&tag["name"]));
    let tags = tags.map(|name| (format!("tag-{}", name.to_lowercase()), name));
    let all = chapters.chain(tags).chain([("schemas".to_owned(), "What is sent")]);
    let links = all.map(|(id, title)| format!("<li><a href=\"#{id}\">{}</a></li>", escape(title)));
    format!(
        "<nav aria-label=\"On this page\"><ul class=\"ref-contents\">{}</ul></nav>",
        links.collect::<String>()
    )
}

/// A call, with where it stands.
struct Call<'a> {
    method: String,
    path: &'a str,
    operation: &'a Value,
}

fn of_tag<'a>(document: &'a Value, tag: &'a str) -> impl Iterator<Item = Call<'a>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let calls = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| Call {
            method: method.to_uppercase(),
            path,
            operation,
        })
    });
    calls.filter(move |call| list(&call.operation["tags"]).iter().any(|other| other == tag))
}

fn operation(document: &Value, call: &Call) -> String {
    let Call { method, path, operation } = call;
    let parameters = list(&operation["parameters"]).iter().map(|one| resolved(document, one));
    let parameters: String = parameters
        .map(|one| {
            let mut told = one["schema"].clone();
            if one["description"].is_string() {
                told["description"] = one["description"].clone();
            }
            schema::row(text(&one["name"]), &told, &format!("in the {}", text(&one["in"])))
        })
        .collect();
    let parameters = if parameters.is_empty() {
        String::new()
    } else {
        format!("<h4>Parameters</h4><dl class=\"ref-fields\">{parameters}</dl>")
    };
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let body =
        if body.is_null() { String::new() } else { format!("<h4>Body</h4><p>{}</p>", schema::kind(body)) };
    let answers = operation["responses"].as_object().into_iter().flatten();
    let (refusals, gifts): (Vec<_>, Vec<_>) = answers.partition(|(_, answer)| answer["$ref"].is_string());
    let gifts: String = gifts.into_iter().map(|(status, answer)| given(status, answer)).collect();
    let refusals: String = refusals.into_iter().map(|(status, answer)| refused(status, answer)).collect();
    format!(
        "<article class=\"ref-call\" id=\"{id}\"><h3><span class=\"tag\">{method}</span> <code>{BASE}{}</code></h3>\
         <p>{}</p>{parameters}{body}<h4>Answers</h4><dl class=\"ref-fields\">{gifts}</dl>\
         <ul class=\"ref-refusals\">{refusals}</ul>\
         <details><summary>Example</summary>{}</details></article>",
        escape(path).replace('/', "<wbr>/"),
        prose(text(&operation["summary"])),
        example(document, call),
        id = text(&operation["operationId"]),
    )
}

fn given(status: &str, answer: &Value) -> String {
    let body = &answer["content"]["application/json"]["schema"];
    let kind = if body.is_null() { String::new() } else { schema::kind(body) };
    let means = prose(text(&answer["description"]));
    format!("<div><dt><code>{status}</code> {kind}</dt><dd>{means}</dd></div>")
}

fn refused(status: &str, answer: &Value) -> String {
    let code = text(&answer["$ref"]).rsplit('/').next().unwrap_or_default();
    let link = if code == "unchanged" { "unchanged".to_owned() } else { format!("error-{code}") };
    format!("<li><code>{status}</code> <a href=\"#{link}\">{}</a></li>", escape(code))
}

/// A call as one would type it, and what comes back.
fn example(document: &Value, call: &Call) -> String {
    let Call { method, path, operation } = call;
    let mut address = format!("https://chat.example.org{BASE}{path}");
    for one in list(&operation["parameters"]).iter().filter(|one| one["in"] == "path") {
        let value = &one["example"];
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        address = address.replace(&format!("{{{}}}", text(&one["name"])), &value);
    }
    let mut lines = match method.as_str() {
        "GET" => format!("curl {address}"),
        method => format!("curl -X {method} {address}"),
    };
    if operation["security"].is_null() {
        lines += " \\\n  -H \"Authorization: Bearer $TOKEN\"";
    }
    let body = &operation["requestBody"]["content"]["application/json"]["example"];
    if !body.is_null() {
        lines += &format!(" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'");
    }
    let answers = operation["responses"].as_object().into_iter().flatten();
    let mut answers =
        answers.map(|(_, answer)| &resolved(document, answer)["content"]["application/json"]["example"]);
    match answers.find(|example| !example.is_null()) {
        Some(answer) => shown(&lines) + &shown(&format!("{answer:#}")),
        None => shown(&lines),
    }
}

/// Every refusal, with the word a program goes by.
fn errors() -> String {
    let each = problem::each().into_iter().map(|(error, when)| {
        let (code, status) = (error.code(), error.status());
        format!(
            "<div id=\"error-{code}\"><dt><code>{code}</code> <span class=\"quiet\">{status}</span></dt><dd>{}</dd></div>",
            prose(when)
        )
    });
    let conflicts = problem::CONFLICTS.iter().map(|what| {
        let sentence = crate::model::Error::conflict(what).to_string();
        format!("<div><dt><code>{what}</code></dt><dd>{}</dd></div>", prose(&sentence))
    });
    let example = problem::Problem(crate::model::Error::conflict("room_closed")).body();
    format!(
        "<dl class=\"ref-fields\">{}</dl><h3>What contradicts</h3><dl class=\"ref-fields\">{}</dl>{}",
        each.collect::<String>(),
        conflicts.collect::<String>(),
        shown(&format!("{example:#}")),
    )
}

fn schemas(all: &Value, prefix: &str) -> String {
    let each = all.as_object().into_iter().flatten().map(|(name, one)| {
        let told = one["description"].as_str().map(|words| format!("<p>{}</p>", prose(words)));
        format!(
            "<article class=\"ref-call\" id=\"{prefix}-{0}\"><h3><code>{0}</code></h3>{1}{2}</article>",
            escape(name),
            told.unwrap_or_default(),
            schema::block(one),
        )
    });
    each.collect()
}

fn section(id: &str, title: &str, inner: &str) -> String {
    let title = escape(title);
    format!(
        "<section class=\"stack stack--md\" id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>{inner}</section>"
    )
}

/// Lines as they are; they scroll by themselves where they are too long, by keyboard as well.
fn shown(lines: &str) -> String {
    format!("<pre class=\"ref-lines\" tabindex=\"0\"><code>{}</code></pre>", escape(lines))
}

fn whole(title: &str, css: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Confer</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{}\"><link rel=\"stylesheet\" href=\"/docs/style.css\"></head>\
         <body><a class=\"skip-link\" href=\"#main\">Skip to main content</a>\
         <main class=\"page page--narrow reference\" id=\"main\">{body}</main></body></html>\n",
        escape(css),
    )
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let path = value["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| document.pointer(path)).unwrap_or(value)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_markup_becomes_none() {
        assert_eq!(prose("a `b<c>` & \"d\""), "a <code>b&lt;c&gt;</code> &amp; &quot;d&quot;");
    }
}
