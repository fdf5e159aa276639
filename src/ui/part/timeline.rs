//! The conversation itself: days, groups, bubbles, newest at the bottom.

use super::{
    avatar::Avatar,
    bubble::{Bubble, Look, NoteLine, Place},
    when::{Moment, Zone},
};
use crate::{
    model::{
        AccountId, Cid,
        account::Person,
        room::Room,
        timeline::{Delivery, Row, RowKey, Timeline},
    },
    ui::{live::Live, sorted::Sorted},
};
use leptos::{html::Div, prelude::*};

/// Two messages of one person closer than this belong together.
const GROUP_MS: i64 = 5 * 60_000;
/// The newest message counts as in view when it is not scrolled away by more than this.
const NEAR_PX: i32 = 64;

/// One day of a conversation, and how each of its lines looks.
#[derive(Clone, Debug, PartialEq)]
struct Day {
    date: String,
    at_ms: i64,
    rows: Vec<Row>,
}

/// Everything that can be drawn of a room, derived from its timeline in one pass.
#[derive(Clone, Debug, Default, PartialEq)]
struct Drawn {
    days: Vec<Day>,
    looks: Sorted<RowKey, Look>,
}

/// Draws the lines; `told` puts the state of the newest own message into words.
fn draw(rows: Vec<Row>, me: AccountId, zone: Zone, told: impl Fn(&Row) -> Option<String>) -> Drawn {
    let mut drawn = Drawn::default();
    let newest_own = rows.iter().rev().find(|row| row.sender == me && !row.is_note).map(Row::key);
    let dates: Vec<String> = rows.iter().map(|row| Moment::at(row.sent_ms, zone).date()).collect();
    let joins = |before: usize, after: usize| {
        rows[before].sender == rows[after].sender
            && !rows[before].is_note
            && !rows[after].is_note
            && dates[before] == dates[after]
            && rows[after].sent_ms - rows[before].sent_ms < GROUP_MS
    };
    for (at, row) in rows.iter().enumerate() {
        let continues = at > 0 && joins(at - 1, at);
        let goes_on = at + 1 < rows.len() && joins(at, at + 1);
        let place = match (continues, goes_on) {
            (false, false) => Place::Alone,
            (false, true) => Place::Start,
            (true, true) => Place::Middle,
            (true, false) => Place::End,
        };
        let key = row.key();
        // Said under the newest own message, and under each that needs something done.
        let is_newest = newest_own == Some(key);
        let is_told = is_newest || matches!(row.delivery, Delivery::Sending | Delivery::Failed(_));
        let told = if is_newest { told(row) } else { None };
        drawn.looks.set(key, Look { place, delivery: row.delivery.clone(), is_told, told });
    }
    for (row, date) in rows.into_iter().zip(dates) {
        match drawn.days.last_mut() {
            Some(day) if day.date == date => day.rows.push(row),
            _ => drawn.days.push(Day { date, at_ms: row.sent_ms, rows: vec![row] }),
        }
    }
    drawn
}

/// How far a message in a room of several has come: "Delivered to both", "Read by Helen and Ingrid".
fn reach(timeline: &Timeline, room: &Room, row: &Row) -> Option<String> {
    let others = timeline.others().count();
    if row.seq == 0 || others < 2 {
        return None;
    }
    let all = if others == 2 { "both".to_owned() } else { format!("all {others}") };
    let readers = timeline.others().filter(|receipt| receipt.read_seq >= row.seq);
    let readers: Vec<String> =
        readers.filter_map(|receipt| room.member(receipt.account)).map(Person::short_name).collect();
    match (&row.delivery, readers.len()) {
        (Delivery::Read, _) => Some(format!("Read by {all}")),
        (Delivery::Delivered, 0) => Some(format!("Delivered to {all}, not read yet")),
        (_, 0) => None,
        (_, 1..=3) => Some(format!("Read by {}", list(&readers))),
        (_, many) => Some(format!("Read by {many} of {others}")),
    }
}

/// Names as one says them: "Helen, Ingrid and Piotr".
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => name.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A room's messages as a log that grows at its end.
#[component]
pub fn TimelineView(
    timeline: RwSignal<Timeline>,
    room: Memo<Room>,
    me: AccountId,
    /// Asks for the page before the first message shown.
    on_older: Callback<()>,
    /// Tries a message again.
    on_retry: Callback<Cid>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let drawn = Memo::new(move |_| {
        let zone = live.zone.get();
        timeline.with(|timeline| {
            room.with(|room| draw(timeline.rows(), me, zone, |row| reach(timeline, room, row)))
        })
    });
    let id = room.with_untracked(|room| room.id);
    let label = Signal::derive(move || room.with(|room| format!("Messages with {}", room.name())));
    let log = NodeRef::<Div>::new();
    // The log grows upwards from its end: there its scroll position is zero.
    let look = move || {
        if let Some(log) = log.get_untracked() {
            live.look(id, log.scroll_top() > -NEAR_PX);
        }
    };
    Effect::new(move |_| {
        if log.get().is_some() {
            live.arrive(id);
            look();
        }
    });
    on_cleanup(move || live.look(id, false));
    let is_live = Signal::derive(move || if live.hushed.get() == 0 { "polite" } else { "off" });
    let day = move |date: String| {
        let at_ms = drawn.with_untracked(|drawn| {
            drawn.days.iter().find(|day| day.date == date).map_or(0, |day| day.at_ms)
        });
        let rows = {
            let date = date.clone();
            move || {
                drawn.with(|drawn| {
                    drawn
                        .days
                        .iter()
                        .find(|day| day.date == date)
                        .map(|day| day.rows.clone())
                        .unwrap_or_default()
                })
            }
        };
        let line = move |row: Row| {
            if row.is_note {
                return view! { <NoteLine row/> }.into_any();
            }
            let key = row.key();
            let look =
                Memo::new(move |_| drawn.with(|drawn| drawn.looks.get(key).cloned()).unwrap_or_default());
            let sender = room.with_untracked(|room| room.member(row.sender).cloned());
            view! { <Bubble row sender is_mine=key.0 == me look on_retry/> }.into_any()
        };
        let id = format!("day-{date}");
        let labelled_by = id.clone();
        view! {
            <section class="day" aria-labelledby=labelled_by>
                <h2 class="sep-date" id=id>
                    <span><DayName ms=at_ms/></span>
                </h2>
                <ol role="list" class="msgs">
                    <For each=rows key=Row::key children=line/>
                </ol>
            </section>
        }
    };
    let has_older = Memo::new(move |_| timeline.with(Timeline::has_older));
    let nothing = Signal::derive(move || {
        let is_empty = drawn.with(|drawn| drawn.days.is_empty());
        if is_empty { "No messages yet. What you write first stands here." } else { "" }
    });
    view! {
        <div
            class="thread scroll"
            role="log"
            aria-label=label
            aria-live=is_live
            aria-relevant="additions"
            tabindex="0"
            node_ref=log
            on:scroll=move |_| look()
        >
            <div class="thread__inner">
                {move || has_older.get().then(|| view! { <Older timeline on_older/> })}
                <For
                    each=move || drawn.with(|drawn| drawn.days.iter().map(|day| day.date.clone()).collect::<Vec<_>>())
                    key=String::clone
                    children=day
                />
                <p class="sysmsg">{nothing}</p>
                <Writing room/>
            </div>
        </div>
    }
}

/// Who writes now. It is not read aloud.
#[component]
fn Writing(room: Memo<Room>) -> impl IntoView {
    let live = expect_context::<Live>();
    let writers = Memo::new(move |_| {
        room.with(|room| {
            let writers = live.writers(room.id).into_iter();
            writers.filter_map(|account| room.member(account).cloned()).collect::<Vec<_>>()
        })
    });
    let line = move || {
        let writers = writers.get();
        let names: Vec<String> = writers.iter().map(Person::short_name).collect();
        let words = match names.len() {
            1 => format!("{} is writing…", list(&names)),
            2 | 3 => format!("{} are writing…", list(&names)),
            _ => "Several people are writing…".into(),
        };
        writers.into_iter().next().map(|person| {
            view! {
                <div class="typing">
                    <Avatar person size="sm"/>
                    <span class="typing__dots" aria-hidden="true">
                        <i></i>
                        <i></i>
                        <i></i>
                    </span>
                    <span>{words}</span>
                </div>
            }
        })
    };
    view! { <div aria-live="off">{line}</div> }
}

/// Without a script this is a link to the page before; with one it adds that page above.
#[component]
fn Older(timeline: RwSignal<Timeline>, on_older: Callback<()>) -> impl IntoView {
    let href = Signal::derive(move || {
        timeline.with(|timeline| {
            format!("/chat/room/{}?before={}", timeline.room(), timeline.first().unwrap_or_default())
        })
    });
    view! {
        <p class="older">
            <a
                class="btn btn--sm"
                href=href
                on:click=move |click| {
                    click.prevent_default();
                    click.stop_propagation();
                    on_older.run(());
                }
            >
                "Show earlier messages"
            </a>
        </p>
    }
}

#[component]
fn DayName(ms: i64) -> impl IntoView {
    let live = expect_context::<Live>();
    let day = move || Moment::at(ms, live.zone.get());
    let date = Signal::derive(move || day().date());
    let full = Signal::derive(move || day().full());
    let heading = Signal::derive(move || day().heading(&Moment::at(live.now_ms.get(), live.zone.get())));
    view! {
        <time datetime=date title=full>
            {heading}
        </time>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MessageId;

    const ME: AccountId = AccountId(1);
    const OTHER: AccountId = AccountId(2);
    const MINUTE_MS: i64 = 60_000;

    fn row(number: u8, sender: AccountId, sent_ms: i64, delivery: Delivery) -> Row {
        let id = Some(MessageId(i64::from(number)));
        let (seq, body) = (i64::from(number), "x".into());
        Row { cid: Cid([number; 16]), sender, body, sent_ms, id, seq, edit: 0, is_note: false, delivery }
    }

    #[test]
    fn messages_of_one_person_within_five_minutes_stand_together() {
        let rows = vec![
            row(1, OTHER, 0, Delivery::Sent),
            row(2, OTHER, MINUTE_MS, Delivery::Sent),
            row(3, OTHER, 2 * MINUTE_MS, Delivery::Sent),
            row(4, ME, 3 * MINUTE_MS, Delivery::Sent),
            row(5, ME, 20 * MINUTE_MS, Delivery::Sent),
        ];
        let keys: Vec<RowKey> = rows.iter().map(Row::key).collect();
        let drawn = draw(rows, ME, Zone::Fixed(0), |_| None);
        let places: Vec<Place> = keys.iter().map(|key| drawn.looks.get(*key).unwrap().place).collect();
        assert_eq!(places, [Place::Start, Place::Middle, Place::End, Place::Alone, Place::Alone]);
    }

    #[test]
    fn midnight_in_the_readers_zone_begins_a_day() {
        let rows = vec![row(1, ME, -MINUTE_MS, Delivery::Sent), row(2, ME, MINUTE_MS, Delivery::Sent)];
        assert_eq!(draw(rows.clone(), ME, Zone::Fixed(0), |_| None).days.len(), 2);
        assert_eq!(draw(rows, ME, Zone::Fixed(60), |_| None).days.len(), 1);
    }

    #[test]
    fn delivery_is_told_under_the_newest_own_message_and_whatever_is_not_sent() {
        let rows = vec![
            row(1, ME, 0, Delivery::Failed(crate::model::Error::NotFound)),
            row(2, ME, 1, Delivery::Sent),
            row(3, ME, 2, Delivery::Sent),
            row(4, OTHER, 3, Delivery::Sent),
        ];
        let keys: Vec<RowKey> = rows.iter().map(Row::key).collect();
        let drawn = draw(rows, ME, Zone::Fixed(0), |_| None);
        let told: Vec<bool> = keys.iter().map(|key| drawn.looks.get(*key).unwrap().is_told).collect();
        assert_eq!(told, [true, false, true, false]);
    }
}
