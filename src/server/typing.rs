//! Typing: who writes in which room. It is told at once, kept nowhere, and ends by itself.

use super::{App, gate::Scope, outbox::About};
use crate::model::{
    AccountId, Result, RoomId,
    presence::{TYPING_MS, Typing},
    wire::Event,
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Writing that was told a moment ago need not be told again.
const AGAIN_AFTER: Duration = Duration::from_millis(1_000);
/// How often those who have ceased without saying so are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Who writes now.
#[derive(Debug, Default)]
pub struct Writers(Mutex<HashMap<(RoomId, AccountId), Since>>);

#[derive(Clone, Copy, Debug)]
struct Since {
    told: Instant,
    heard: Instant,
}

impl Writers {
    fn all(&self) -> MutexGuard<'_, HashMap<(RoomId, AccountId), Since>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is worth telling: it is new, or others would soon forget it.
    fn start(&self, room: RoomId, account: AccountId, now: Instant) -> bool {
        let mut all = self.all();
        match all.get_mut(&(room, account)) {
            Some(since) if now.duration_since(since.told) < AGAIN_AFTER => {
                since.heard = now;
                false
            }
            _ => {
                all.insert((room, account), Since { told: now, heard: now });
                true
            }
        }
    }

    fn stop(&self, room: RoomId, account: AccountId) -> bool {
        self.all().remove(&(room, account)).is_some()
    }

    fn ceased(&self, now: Instant) -> Vec<(RoomId, AccountId)> {
        let mut ceased = Vec::new();
        let last = Duration::from_millis(TYPING_MS.unsigned_abs());
        self.all().retain(|who, since| {
            let goes_on = now.duration_since(since.heard) < last;
            if !goes_on {
                ceased.push(*who);
            }
            goes_on
        });
        ceased
    }
}

/// Somebody began, or ceased, to write in a room they hear.
pub fn set(app: &App, me: &Scope, room: RoomId, on: bool) -> Result<()> {
    app.rates.signs.try_one(me.account, app.clock.now_ms())?;
    app.hub.active(me.account);
    let is_news = if on {
        app.writers.start(room, me.account, Instant::now())
    } else {
        app.writers.stop(room, me.account)
    };
    if is_news {
        tell(app, room, me.account, on);
    }
    Ok(())
}

/// Whoever has sent has ceased to write; the message says so itself.
pub fn sent(app: &App, room: RoomId, account: AccountId) {
    app.writers.stop(room, account);
}

/// The task that ends what nobody goes on with.
pub async fn watch(app: App) {
    loop {
        tokio::select! {
            () = app.stopped() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        for (room, account) in app.writers.ceased(Instant::now()) {
            tell(&app, room, account, false);
        }
    }
}

// Never to oneself, in no tab.
fn tell(app: &App, room: RoomId, account: AccountId, on: bool) {
    let event = Event::Typing(Typing { room, account, on });
    app.hub.pass(room, Some(account), About::Typing(room, account), &event);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId(1);
    const ME: AccountId = AccountId(2);

    #[test]
    fn what_was_just_told_is_not_told_again_but_goes_on() {
        let (writers, start) = (Writers::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert!(writers.start(ROOM, ME, at(0)));
        assert!(!writers.start(ROOM, ME, at(900)));
        assert!(writers.start(ROOM, ME, at(1_100)));
        assert!(!writers.start(ROOM, ME, at(2_000)));
        assert_eq!(writers.ceased(at(4_900)), []);
        assert_eq!(writers.ceased(at(5_000)), [(ROOM, ME)]);
        assert_eq!(writers.ceased(at(9_000)), []);
    }

    #[test]
    fn ceasing_is_told_once() {
        let writers = Writers::default();
        writers.start(ROOM, ME, Instant::now());
        assert!(writers.stop(ROOM, ME));
        assert!(!writers.stop(ROOM, ME));
    }
}
