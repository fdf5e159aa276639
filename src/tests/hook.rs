//! Hooks: what programs elsewhere are told, and what they are not.

use super::{
    on_both_databases,
    testapp::{SOON, TestApp},
};
use crate::{
    model::{
        Cid, Error, RoomId, Why,
        account::Role,
        hook::{Hook, HookEvent},
        message::Draft,
    },
    server::{
        gate::Scope,
        hook::{self, call::sign},
        job, message, receipt,
    },
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};
use std::time::Duration;
use tokio::{net::TcpListener, sync::mpsc};

/// A program elsewhere.
struct Ear {
    url: String,
    calls: mpsc::UnboundedReceiver<Call>,
    /// What it answers.
    status: Arc<AtomicU16>,
}

#[derive(Debug)]
struct Call {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

type Heard = (mpsc::UnboundedSender<Call>, Arc<AtomicU16>);

impl Ear {
    async fn open() -> Ear {
        let (sender, calls) = mpsc::unbounded_channel();
        let status = Arc::new(AtomicU16::new(204));
        let hear = async |State((sender, status)): State<Heard>, headers: HeaderMap, body: Bytes| {
            let word = |name: &str| headers[name].to_str().unwrap().to_owned();
            let call = Call {
                id: word("webhook-id"),
                timestamp: word("webhook-timestamp"),
                signature: word("webhook-signature"),
                body: String::from_utf8(body.to_vec()).unwrap(),
            };
            sender.send(call).unwrap();
            (StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap(), [("location", "http://10.0.0.1/")])
        };
        let router = Router::new().route("/told", post(hear)).with_state((sender, status.clone()));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "this is no task of the server's")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ear { url, calls, status }
    }

    async fn hears(&mut self) -> (Call, Value) {
        let call = tokio::time::timeout(SOON, self.calls.recv()).await.expect("no call came").unwrap();
        let body = serde_json::from_str(&call.body).unwrap();
        (call, body)
    }
}

/// Waits until the one hook there is stands so.
async fn until(app: &TestApp, office: &Scope, is_so: impl Fn(&Hook) -> bool) -> Hook {
    let look = async {
        loop {
            let listed = hook::list(&app.app, office).await.unwrap();
            if is_so(&listed[0]) {
                return listed[0].clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, look).await.expect("the hook did not come to stand so")
}

async fn admin(app: &TestApp) -> Scope {
    app.person("Ada", Role::Admin).await;
    app.sign_in("ada").await;
    app.scope("ada").await
}

async fn say(app: &TestApp, me: &Scope, room: RoomId, words: &str) -> message::Stored {
    message::post(&app.app, me, Draft::text(Cid(rand::random()), room, words.into())).await.unwrap()
}

on_both_databases! {
    async fn what_happened_is_told_signed_and_without_what_was_said(app: TestApp) {
        let mut ear = Ear::open().await;
        let office = admin(&app).await;
        let made = hook::add(&app.app, &office, &ear.url, &HookEvent::ALL).await.unwrap();
        let (a, b) = app.pair().await;
        let room = a.open(app.scope("ben").await.account).await;
        let (ana, ben) = (app.scope("ana").await, app.scope("ben").await);
        let sent = say(&app, &ana, room, "My knee hurts").await.message;
        let (call, told) = ear.hears().await;
        assert_eq!(told["type"], "message.posted");
        assert_eq!(told["data"], json!({ "id": sent.id, "room": room, "seq": sent.seq, "sender": ana.account, "kind": "text" }));
        assert!(!call.body.contains("knee") && !call.body.contains("Ana"));
        assert_eq!(call.signature, format!("v1,{}", sign(&made.secret, &call.id, &call.timestamp, &call.body)));
        receipt::read(&app.app, &ben, room, sent.seq).unwrap();
        let (_, told) = ear.hears().await;
        assert_eq!((&told["type"], &told["data"]), (&json!("message.read"), &json!({ "room": room, "account": ben.account, "seq": sent.seq })));
        receipt::read_now(&app.app, &ben, room, say(&app, &ana, room, "And the other one").await.message.seq).await.unwrap();
        assert_eq!(ear.hears().await.1["type"], "message.posted");
        assert_eq!(ear.hears().await.1["type"], "message.read");
        app.person("Bell", Role::Client).await;
        app.sign_in("bell").await;
        let asked = job::request(&app.app, &app.scope("bell").await, "Mend the gate", 1_800_000_000_000, None).await.unwrap();
        let (_, told) = ear.hears().await;
        assert_eq!((&told["type"], &told["data"]["id"], &told["data"]["status"]), (&json!("job.changed"), &json!(asked.id), &json!("requested")));
        drop(b);
    }

    async fn the_same_message_sent_twice_is_told_once(app: TestApp) {
        let mut ear = Ear::open().await;
        let office = admin(&app).await;
        hook::add(&app.app, &office, &ear.url, &[HookEvent::MessagePosted]).await.unwrap();
        let (a, _b) = app.pair().await;
        let room = a.open(app.scope("ben").await.account).await;
        let ana = app.scope("ana").await;
        let draft = Draft::text(Cid(rand::random()), room, "Once".into());
        for _ in 0..3 {
            message::post(&app.app, &ana, draft.clone()).await.unwrap();
        }
        let last = say(&app, &ana, room, "Twice?").await.message;
        assert_eq!(ear.hears().await.1["data"]["seq"], json!(last.seq - 1));
        assert_eq!(ear.hears().await.1["data"]["seq"], json!(last.seq));
    }

    async fn what_did_not_come_through_comes_again_in_order_also_after_a_restart(app: TestApp) {
        let mut ear = Ear::open().await;
        let office = admin(&app).await;
        hook::add(&app.app, &office, &ear.url, &[HookEvent::MessagePosted]).await.unwrap();
        let (a, _b) = app.pair().await;
        let room = a.open(app.scope("ben").await.account).await;
        let ana = app.scope("ana").await;
        // A redirection is no success, and nobody follows it.
        ear.status.store(307, Ordering::SeqCst);
        let first = say(&app, &ana, room, "One").await.message;
        let (failed, _) = ear.hears().await;
        until(&app, &office, |hook| hook.failing_since_ms.is_some()).await;
        say(&app, &ana, room, "Two").await;
        let app = app.restart().await;
        ear.status.store(200, Ordering::SeqCst);
        assert!(ear.calls.try_recv().is_err(), "before its time");
        app.app.clock.advance(7_000);
        let (again, told) = ear.hears().await;
        assert_eq!((again.id, &told["data"]["seq"]), (failed.id, &json!(first.seq)));
        assert_eq!(ear.hears().await.1["data"]["seq"], json!(first.seq + 1));
    }

    async fn nobody_is_called_for_more_than_a_day_in_vain(app: TestApp) {
        let mut ear = Ear::open().await;
        let office = admin(&app).await;
        let made = hook::add(&app.app, &office, &ear.url, &[HookEvent::MessagePosted]).await.unwrap().hook;
        let (a, _b) = app.pair().await;
        let room = a.open(app.scope("ben").await.account).await;
        let ana = app.scope("ana").await;
        ear.status.store(500, Ordering::SeqCst);
        say(&app, &ana, room, "One").await;
        ear.hears().await;
        until(&app, &office, |hook| hook.failing_since_ms.is_some()).await;
        app.app.clock.advance(25 * 3_600_000);
        ear.hears().await;
        assert_eq!(until(&app, &office, |hook| hook.disabled_ms.is_some()).await.id, made.id);
        say(&app, &ana, room, "Two").await;
        ear.status.store(200, Ordering::SeqCst);
        let made = hook::enable(&app.app, &office, made.id).await.unwrap();
        assert_eq!((made.disabled_ms, made.failing_since_ms), (None, None));
        let third = say(&app, &ana, room, "Three").await.message;
        assert_eq!(ear.hears().await.1["data"]["seq"], json!(third.seq));
        hook::remove(&app.app, &office, made.id).await.unwrap();
        assert_eq!(hook::remove(&app.app, &office, made.id).await, Err(Error::NotFound));
        say(&app, &ana, room, "Four").await;
        assert!(tokio::time::timeout(Duration::from_millis(300), ear.calls.recv()).await.is_err());
    }

    async fn administrators_alone_decide_who_is_told_and_never_the_networks_inside(app: TestApp) {
        let office = admin(&app).await;
        let add = async |me: &Scope, url: &str| hook::add(&app.app, me, url, &HookEvent::ALL).await.map(|_| ());
        for (url, why) in [
            ("http://10.0.0.1/", Why::Malformed),
            ("http://169.254.169.254/latest", Why::Malformed),
            ("https://a:b@example.org/", Why::Malformed),
            ("gopher://example.org/", Why::Malformed),
        ] {
            assert_eq!(add(&office, url).await, Err(Error::invalid("url", why)), "{url}");
        }
        assert_eq!(hook::add(&app.app, &office, "https://example.org/", &[]).await.map(|_| ()), Err(Error::invalid("events", Why::Empty)));
        for role in [Role::Patient, Role::Practitioner, Role::Staff, Role::Client, Role::Worker] {
            let name = format!("x{}", role.word());
            app.person(&name, role).await;
            app.sign_in(&name).await;
            let me = app.scope(&name).await;
            assert_eq!(add(&me, "https://example.org/").await, Err(Error::Forbidden), "{role:?}");
            assert_eq!(hook::list(&app.app, &me).await, Err(Error::Forbidden), "{role:?}");
        }
    }
}
