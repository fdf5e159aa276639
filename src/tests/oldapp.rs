//! Old clients: what their sockets and requests need, and no more.

use super::testapp::{PASSWORD, SOON, TestApp, text};
use axum::{
    body::Body,
    http::{Method, Request, Response, StatusCode, header},
};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite};

/// Somebody who signed in as old clients do.
pub struct Old<'a> {
    pub on: &'a TestApp,
    pub access: String,
    pub refresh: String,
}

impl TestApp {
    /// Signs in at `/api/token/`.
    pub async fn old(&self, name: &str) -> Old<'_> {
        let body = json!({ "email": format!("{name}@x.org"), "password": PASSWORD });
        let (status, pair) = self.json(Method::POST, "/api/token/", None, Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{pair}");
        let word = |name: &str| pair[name].as_str().unwrap().to_owned();
        Old { on: self, access: word("access"), refresh: word("refresh") }
    }

    /// A request of a program, with its token and JSON.
    pub async fn json(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request =
            Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.ask(request.body(body).unwrap()).await;
        let status = response.status();
        let body = text(response).await;
        (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// Knocks at a socket without anything but its address.
    pub async fn dial(&self, path: &str) -> Result<Line, StatusCode> {
        let url = format!("ws://{}{path}", self.address);
        match tokio_tungstenite::connect_async(url).await {
            Ok((stream, _)) => Ok(Line { stream, heard: Vec::new() }),
            Err(tungstenite::Error::Http(response)) => {
                Err(StatusCode::from_u16(response.status().as_u16()).unwrap())
            }
            Err(error) => panic!("{error}"),
        }
    }
}

impl Old<'_> {
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.on.json(Method::GET, path, Some(&self.access), None).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.on.json(Method::PUT, path, Some(&self.access), Some(body)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.on.json(Method::POST, path, Some(&self.access), Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.on.json(Method::PATCH, path, Some(&self.access), Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        self.on.json(Method::DELETE, path, Some(&self.access), None).await
    }

    /// The whole answer, asked with one more header.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        header: (&str, &str),
        body: Option<Value>,
    ) -> Response<Body> {
        let request = Request::builder().method(method).uri(path).header(header.0, header.1);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.access));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.on.ask(request.body(body).unwrap()).await
    }

    /// A socket with the token in its address, as browsers have to.
    pub async fn dial(&self, path: &str) -> Line {
        self.on.dial(&format!("{path}?token={}", self.access)).await.unwrap()
    }
}

/// One end of an old socket.
pub struct Line {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub heard: Vec<Value>,
}

impl Line {
    pub async fn say(&mut self, frame: Value) {
        self.say_raw(&frame.to_string()).await;
    }

    pub async fn say_raw(&mut self, frame: &str) {
        self.stream.send(tungstenite::Message::text(frame)).await.unwrap();
    }

    /// The next frame, or the code the socket closes with.
    pub async fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match tokio::time::timeout(SOON, self.stream.next()).await {
                Err(_) => panic!("nothing came; heard before: {:?}", self.heard),
                Ok(Some(Ok(tungstenite::Message::Text(text)))) => {
                    let value: Value = serde_json::from_str(&text).unwrap();
                    self.heard.push(value.clone());
                    return Ok(value);
                }
                Ok(Some(Ok(tungstenite::Message::Close(frame)))) => {
                    return Err(frame.map(|frame| frame.code.into()));
                }
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(_)) | None) => return Err(None),
            }
        }
    }

    /// Waits for a frame.
    pub async fn hears(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let value =
                self.next().await.unwrap_or_else(|code| panic!("closed with {code:?}: {:?}", self.heard));
            if is_it(&value) {
                return value;
            }
        }
    }

    /// Waits for a frame with these words somewhere in it.
    pub async fn hears_words(&mut self, words: &str) -> Value {
        self.hears(|value| value.to_string().contains(words)).await
    }

    /// How often these words came, and whether nothing more comes for a moment.
    pub async fn count(&mut self, words: &str) -> usize {
        while let Ok(Some(Ok(frame))) =
            tokio::time::timeout(Duration::from_millis(300), self.stream.next()).await
        {
            if let tungstenite::Message::Text(text) = frame {
                self.heard.push(serde_json::from_str(&text).unwrap());
            }
        }
        self.heard.iter().filter(|value| value.to_string().contains(words)).count()
    }
}
