//! A server to test against, and people to use it.

use crate::{
    args,
    model::{
        AccountId, Cid, RoomId,
        account::Role,
        wire::{Command, Event, SUBPROTOCOL},
    },
    server::{
        App, Timing, account, care,
        clock::Clock,
        config::{Config, IssuerArgs, Log, Mode},
        db::Durability,
        gate::{self, Scope},
        http,
        rate::RateConfig,
    },
};
use axum::{
    body::Body,
    http::{Method, Request, Response, StatusCode, header},
};
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::OnceCell,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite};
use tower::ServiceExt;

/// What is waited for before a test gives up.
pub const SOON: Duration = Duration::from_secs(5);
pub const PASSWORD: &str = "correct horse";

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A server on a port of its own, with a database of its own.
pub struct TestApp {
    pub app: App,
    pub address: SocketAddr,
    pub url: String,
    _folder: Option<Folder>,
}

/// A folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("confer-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The cluster `script/test` starts; a run without it would prove half, so it fails.
pub fn postgres_url() -> String {
    std::env::var("CONFER_TEST_POSTGRES")
        .expect("CONFER_TEST_POSTGRES names a PostgreSQL to test on; script/test starts one")
}

pub async fn fresh_postgres() -> String {
    let base = postgres_url();
    let name = format!("confer_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(&base).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    let (server, _) = base.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

pub fn config(url: &str) -> Config {
    Config {
        durability: Durability::Power,
        database_url: url.to_owned(),
        data: "data".into(),
        site_addr: None,
        site_root: None,
        origin: Some("http://confer.test".into()),
        mode: Mode::Dev,
        emergency: "999".into(),
        proxies: vec![[127, 0, 0, 9].into()],
        zone_minutes: 0,
        rate: RateConfig { sign_in: Some(10), messages: None },
        secret: Some("9f8c1d0b7a6e5f4c3b2a190817263544".into()),
        secret_file: None,
        cors: Vec::new(),
        egress: vec!["127.0.0.1".parse().unwrap()],
        issuer: IssuerArgs::default(),
        log: Log::Text,
    }
}

fn quick() -> Timing {
    Timing {
        grace: Duration::from_millis(150),
        // A test cannot listen to every socket all the time; the one about pings sets its own.
        ping_every: Duration::from_secs(20),
        pong_within: Duration::from_millis(400),
        hello_within: Duration::from_millis(600),
        idle_after: Duration::from_secs(300),
        presence_every: Duration::from_millis(20),
        marks_every: Duration::from_millis(20),
        heads_every: Duration::from_millis(200),
        sessions_every: Duration::from_millis(100),
    }
}

impl TestApp {
    pub async fn on_sqlite() -> TestApp {
        let folder = Folder::new();
        let url = format!("sqlite:{}", folder.0.join("confer.db").display());
        TestApp::start(url, Some(folder), quick()).await
    }

    /// With settings of one's own.
    pub async fn on_sqlite_with(set: impl FnOnce(&mut Config)) -> TestApp {
        let folder = Folder::new();
        let mut config = config(&format!("sqlite:{}", folder.0.join("confer.db").display()));
        set(&mut config);
        TestApp::serve(config, Some(folder), quick()).await
    }

    pub async fn on_postgres() -> TestApp {
        TestApp::start(fresh_postgres().await, None, quick()).await
    }

    async fn start(url: String, folder: Option<Folder>, timing: Timing) -> TestApp {
        TestApp::serve(config(&url), folder, timing).await
    }

    async fn serve(config: Config, folder: Option<Folder>, timing: Timing) -> TestApp {
        let url = config.database_url.clone();
        // Near the machine's own time, because cookies are dated by the browser's clock.
        let clock = Clock::at(Clock::Wall.now_ms());
        let app = App::start(config, clock, timing).await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = http::router(&app).into_make_service_with_connect_info::<SocketAddr>();
        let stopping = app.clone();
        app.spawn(async move {
            let served =
                axum::serve(listener, router).with_graceful_shutdown(async move { stopping.stopped().await });
            served.await.unwrap();
        });
        TestApp { app, address, url, _folder: folder }
    }

    /// The same database, served by a new process.
    pub async fn restart(self) -> TestApp {
        self.restart_with(quick()).await
    }

    /// The same, with other waiting times.
    pub async fn restart_with(self, timing: Timing) -> TestApp {
        self.app.stop().await;
        TestApp::start(self.url, self._folder, timing).await
    }

    /// The same, with the limits people have where nobody sets others.
    pub async fn restart_limited(self) -> TestApp {
        self.app.stop().await;
        let rate = RateConfig { sign_in: Some(10), messages: Some((10, 30)) };
        TestApp::serve(Config { rate, ..config(&self.url) }, self._folder, quick()).await
    }

    /// An account; its address is its name.
    pub async fn person(&self, name: &str, role: Role) -> AccountId {
        // One hash for everybody: hashing is tested where it matters, and it is slow on purpose.
        static HASH: OnceCell<String> = OnceCell::const_new();
        let hash = HASH.get_or_init(|| async { account::hash(PASSWORD.into()).await.unwrap() }).await;
        let new = account::NewAccount {
            email: format!("{}@x.org", name.to_lowercase()),
            name: name.into(),
            role,
            headline: None,
            born: (role == Role::Patient).then(|| "1951-03-12".into()),
        };
        let mut tx = self.app.db.begin().await.unwrap();
        let id = account::add(&mut tx, &new, hash, self.app.clock.now_ms()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn link(&self, patient: AccountId, practitioner: AccountId) {
        let mut tx = self.app.db.begin().await.unwrap();
        care::link(&mut tx, patient, practitioner, self.app.clock.now_ms()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A patient and her practitioner, linked and signed in.
    pub async fn pair(&self) -> (User<'_>, User<'_>) {
        let (ana, ben) =
            (self.person("Ana", Role::Patient).await, self.person("Ben", Role::Practitioner).await);
        self.link(ana, ben).await;
        (self.sign_in("ana").await, self.sign_in("ben").await)
    }

    /// Signs in through the form, as a browser does.
    pub async fn sign_in(&self, name: &str) -> User<'_> {
        let response = self.try_sign_in(name, PASSWORD).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{name} could not sign in");
        let cookie = cookie_of(&response).unwrap();
        User { on: self, cookie }
    }

    /// The scope of somebody who is signed in.
    pub async fn scope(&self, name: &str) -> Scope {
        let sql = "select s.key from session s join account a on a.id = s.account_id \
                   where a.email = $1 and s.revoked_at is null";
        let found: Option<(String,)> = self.app.db.maybe(sql, args![format!("{name}@x.org")]).await.unwrap();
        gate::authenticate(&self.app, &found.unwrap().0).await.unwrap()
    }

    pub async fn try_sign_in(&self, name: &str, password: &str) -> Response<Body> {
        let form = format!("email={name}%40x.org&password={}", password.replace(' ', "+"));
        self.ask(form_request("/login", &form)).await
    }

    pub async fn ask(&self, request: Request<Body>) -> Response<Body> {
        http::router(&self.app).oneshot(request).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response<Body> {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }
}

pub fn form_request(path: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form.to_owned()))
        .unwrap()
}

pub fn cookie_of(response: &Response<Body>) -> Option<String> {
    let cookie = response.headers().get(header::SET_COOKIE)?.to_str().unwrap();
    Some(cookie.split(';').next().unwrap().to_owned())
}

pub async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn location(response: &Response<Body>) -> &str {
    response.headers().get(header::LOCATION).unwrap().to_str().unwrap()
}

/// Somebody who is signed in.
pub struct User<'a> {
    pub on: &'a TestApp,
    pub cookie: String,
}

impl User<'_> {
    pub async fn get(&self, path: &str) -> Response<Body> {
        let request = Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap();
        self.on.ask(request).await
    }

    pub async fn submit(&self, path: &str, form: &str) -> Response<Body> {
        let mut request = form_request(path, form);
        request.headers_mut().insert(header::COOKIE, self.cookie.parse().unwrap());
        self.on.ask(request).await
    }

    /// Calls a server function.
    pub async fn call(&self, name: &str, arguments: Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/_fn/{name}"))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(arguments.to_string()))
            .unwrap();
        let response = self.on.ask(request).await;
        let status = response.status();
        let body = text(response).await;
        (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// Opens the one room with somebody and answers its number.
    pub async fn open(&self, with: AccountId) -> RoomId {
        let (status, room) = self.call("room/open", serde_json::json!({ "with": with })).await;
        assert_eq!(status, StatusCode::OK, "{room}");
        serde_json::from_value(room).unwrap()
    }

    /// The socket, opened and welcomed.
    pub async fn connect(&self) -> Socket {
        let mut socket = self.knock(&[("origin", "http://confer.test")]).await.unwrap();
        socket.say(&Command::Resume { epoch: None, rooms: vec![] }).await;
        socket.hears(|event| matches!(event, Event::Ready {})).await;
        socket
    }

    /// Asks for the socket with headers of one's own.
    pub async fn knock(&self, headers: &[(&'static str, &str)]) -> Result<Socket, StatusCode> {
        let mut all = vec![("cookie", self.cookie.as_str())];
        all.extend_from_slice(headers);
        knock(self.on, &all).await
    }
}

pub async fn knock(on: &TestApp, headers: &[(&'static str, &str)]) -> Result<Socket, StatusCode> {
    use tungstenite::client::IntoClientRequest;
    let mut request = format!("ws://{}/ws", on.address).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((stream, _)) => Ok(Socket { stream, heard: Vec::new(), broken_by: None }),
        Err(tungstenite::Error::Http(response)) => {
            Err(StatusCode::from_u16(response.status().as_u16()).unwrap())
        }
        Err(error) => panic!("{error}"),
    }
}

/// One end of a real socket.
pub struct Socket {
    pub stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub heard: Vec<Event>,
    /// What disturbed the quiet.
    pub broken_by: Option<String>,
}

impl Socket {
    pub async fn say(&mut self, command: &Command) {
        self.say_raw(tungstenite::Message::text(serde_json::to_string(command).unwrap())).await;
    }

    pub async fn say_raw(&mut self, frame: tungstenite::Message) {
        self.stream.send(frame).await.unwrap();
    }

    /// Posts and answers the cid used.
    pub async fn post(&mut self, room: RoomId, body: &str) -> Cid {
        let cid = Cid(rand::random());
        self.say(&Command::Post { cid, room, body: body.into() }).await;
        cid
    }

    /// The next event, or none when the socket closed.
    pub async fn next(&mut self) -> Result<Event, Option<u16>> {
        // One deadline for the wait: a ping is a sign of life, not an answer.
        let deadline = tokio::time::Instant::now() + SOON;
        loop {
            let frame = tokio::time::timeout_at(deadline, self.stream.next()).await;
            let frame = frame.unwrap_or_else(|_| panic!("nothing was heard in time after {:?}", self.heard));
            match frame {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    let event: Event = serde_json::from_str(&text).unwrap();
                    self.heard.push(event.clone());
                    return Ok(event);
                }
                Some(Ok(tungstenite::Message::Close(frame))) => {
                    return Err(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next event, however long it takes.
    pub async fn stream_next(&mut self) -> Event {
        loop {
            match self.stream.next().await {
                Some(Ok(tungstenite::Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(_)) => {}
                other => panic!("the socket ended with {other:?}"),
            }
        }
    }

    /// Waits for an event that fits, passing over others.
    pub async fn hears(&mut self, fits: impl Fn(&Event) -> bool) -> Event {
        loop {
            match self.next().await {
                Ok(event) if fits(&event) => return event,
                Ok(_) => {}
                Err(code) => panic!("the socket closed with {code:?} after {:?}", self.heard),
            }
        }
    }

    /// Waits for a message with these words.
    pub async fn hears_words(&mut self, words: &str) {
        self.hears(|event| matches!(event, Event::Posted(message) if message.body == words)).await;
    }

    /// The code the socket closes with.
    pub async fn closes(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// Whether nothing more is heard for a moment.
    pub async fn is_quiet(&mut self) -> bool {
        let quiet = Duration::from_millis(300);
        loop {
            match tokio::time::timeout(quiet, self.stream.next()).await {
                Err(_) => return true,
                Ok(Some(Ok(tungstenite::Message::Ping(_) | tungstenite::Message::Pong(_)))) => {}
                Ok(other) => {
                    self.broken_by = Some(format!("{other:?}"));
                    return false;
                }
            }
        }
    }
}
