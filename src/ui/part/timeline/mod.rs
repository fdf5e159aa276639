//! The conversation itself: a window on a long log, newest at the bottom.

mod draw;
mod scroll;
mod writing;

use super::{
    bubble::{Bubble, Look, NoteLine},
    icon::Icon,
    when::Moment,
};
use crate::{
    model::{
        AccountId, Cid,
        message::Stretch,
        room::Room,
        timeline::{RowKey, Timeline},
    },
    ui::{
        live::Live,
        sorted::Sorted,
        text::{fill, text},
    },
};
use draw::{Drawn, Line};
use leptos::{html::Div, leptos_dom::helpers::queue_microtask, prelude::*};
use std::time::Duration;
use writing::Writing;

/// So many new lines are drawn in one frame: with what each costs, keys are still answered meanwhile.
const AT_ONCE: usize = 6;

/// A room's messages as a log that grows at its end.
#[component]
pub fn TimelineView(
    timeline: RwSignal<Timeline>,
    room: Memo<Room>,
    me: AccountId,
    /// Whether own messages lead to details of who has read them.
    has_details: bool,
    /// Asks for a page beyond those held.
    on_page: Callback<Stretch>,
    /// Tries a message again.
    on_retry: Callback<Cid>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let id = room.with_untracked(|room| room.id);
    let label = Signal::derive(move || room.with(|room| fill(t.log, &[room.name()])));
    let log = NodeRef::<Div>::new();
    // None once this view is gone, which a frame asked for earlier outlives.
    let draw = move |most: Option<(RowKey, usize)>| {
        let zone = live.zone.get_untracked();
        let of = |timeline: &Timeline| {
            room.try_with_untracked(|room| Drawn::of(timeline, room, me, zone, t, most))
        };
        timeline.try_with_untracked(of).flatten()
    };
    let drawn = RwSignal::new(draw(None).unwrap_or_default());
    // How each line looks: told to those that look different, and asked by none of the others.
    let looks = StoredValue::new(Sorted::<RowKey, RwSignal<Look>>::default());
    let more = RwSignal::new(false);
    let is_away = RwSignal::new(false);
    let is_due = StoredValue::new(false);
    let is_jumping = StoredValue::new(false);

    let look = move || {
        let held = timeline
            .try_with_untracked(|held| (held.has_older(), held.has_later(), held.first(), held.last()));
        let Some((older, later, first, last)) = held else { return };
        let Some(log) = log.get_untracked() else { return };
        let (below, above) = scroll::left(&log);
        let away = later || below > scroll::NEAR_PX;
        if is_away.get_untracked() != away {
            is_away.set(away);
        }
        let is_cut = drawn.with_untracked(|drawn| drawn.is_cut);
        let seen = away.then(|| scroll::seen(&log));
        live.look(id, !away, seen.map(|seen| drawn.with_untracked(|drawn| drawn.seq(seen))));
        // Whoever has come to the link by keyboard keeps it in sight, and asks by pressing it.
        let is_asked = || log.query_selector(".older > :focus-visible").ok().flatten().is_some();
        if is_cut || is_asked() {
            // What is held reaches further than what is drawn.
        } else if let Some(first) = first.filter(|_| older && above < scroll::REACH_PX) {
            on_page.run(Stretch::Before(first));
        } else if let Some(last) = last.filter(|_| later && below < scroll::REACH_PX) {
            on_page.run(Stretch::After(last));
        }
    };
    let to_newest = move || {
        let Some(log) = log.get_untracked() else { return };
        if timeline.with_untracked(Timeline::has_later) {
            is_jumping.set_value(true);
            on_page.run(Stretch::Newest);
        } else {
            log.set_scroll_top(0);
            look();
        }
    };
    let open = move || {
        if let Some(log) = log.try_get_untracked().flatten() {
            scroll::open_at_new(&log);
            look();
        }
    };
    // Everything that came since the last frame, at once.
    let redraw = move || {
        // A page nobody sees has no frames, and one that is asked for is wanted whole.
        let last = drawn.try_with_untracked(|drawn| drawn.last.filter(|_| !drawn.later)).flatten();
        let most = last.filter(|_| !document().hidden());
        let Some(fresh) = draw(most.map(|last| (last, AT_ONCE))) else { return };
        is_due.set_value(false);
        let Some(element) = log.get_untracked() else { return };
        let (is_grown, was_later) = drawn.with_untracked(|drawn| (drawn.last != fresh.last, drawn.later));
        if drawn.with_untracked(|drawn| *drawn == fresh) {
            return;
        }
        let is_own = is_grown && fresh.is_sending;
        let is_there = is_jumping.get_value() && !fresh.later;
        let was_away = was_later || scroll::left(&element).0 > scroll::NEAR_PX;
        let anchor = if was_away { scroll::anchor(&element) } else { None };
        looks.update_value(|looks| {
            looks.retain(|key, look| {
                let fresh = fresh.looks.get(key);
                if let Some(fresh) = fresh.filter(|fresh| look.with_untracked(|look| look != *fresh)) {
                    look.set(fresh.clone());
                }
                fresh.is_some()
            });
        });
        if fresh.is_cut {
            more.set(true);
        }
        drawn.set(fresh);
        // Effects have drawn it by then, and nobody has seen it yet.
        queue_microtask(move || {
            if is_there {
                is_jumping.try_set_value(false);
            }
            if is_there || is_own || (is_grown && !was_away) {
                element.set_scroll_top(0);
            } else if let Some(anchor) = anchor {
                scroll::keep(&element, anchor);
            }
            if is_own && timeline.try_with_untracked(Timeline::has_later) == Some(true) {
                to_newest();
            }
            look();
        });
    };
    Effect::new(move |_| {
        // Told of something on the way out, it runs once more than there is anything to draw.
        let _ = more.try_get();
        let is_there = timeline.try_with(|_| room.try_with(|_| live.zone.track())).flatten();
        if is_there.is_none() || is_due.get_value() {
            return;
        }
        is_due.set_value(true);
        let is_own = timeline.try_with_untracked(|held| held.queue.iter().len() > 0) == Some(true);
        // A page nobody sees has no frames.
        if document().hidden() {
            redraw();
        } else if is_own {
            request_animation_frame(redraw);
        } else {
            // What others say is drawn between two frames: a task of its own, that no finger has to wait for together
            // with the painting.
            request_animation_frame(move || set_timeout(redraw, Duration::ZERO));
        }
    });
    Effect::new(move |_| {
        if log.get().is_some() {
            live.arrive(id);
            // It is there, but may not yet have its place on the page.
            request_animation_frame(open);
        }
    });
    on_cleanup(move || live.leave(id));

    let is_live = Signal::derive(move || if live.hushed.get() == 0 { "polite" } else { "off" });
    let line = move |line: Line| {
        let row = match line {
            Line::New(count) => {
                return view! {
                    <li class="sep-new">
                        <span>{t.new_messages(count)}</span>
                    </li>
                }
                .into_any();
            }
            Line::Said(row) => row,
        };
        if row.is_note {
            return view! { <NoteLine row/> }.into_any();
        }
        let key = row.key();
        let look = drawn.with_untracked(|drawn| drawn.looks.get(key).cloned()).unwrap_or_default();
        let look = RwSignal::new(look);
        looks.update_value(|looks| looks.set(key, look));
        let sender = room.with_untracked(|room| room.member(row.sender).cloned());
        view! { <Bubble row sender is_mine=key.0 == me look has_details on_retry/> }.into_any()
    };
    let day = move |date: String| {
        let at_ms = drawn.with_untracked(|drawn| {
            drawn.days.iter().find(|day| day.date == date).map_or(0, |day| day.at_ms)
        });
        let id = format!("day-{date}");
        let labelled_by = id.clone();
        let lines = move || drawn.with(|drawn| drawn.lines(&date));
        view! {
            <section class="day" aria-labelledby=labelled_by>
                <h2 class="sep-date" id=id>
                    <span><DayName ms=at_ms/></span>
                </h2>
                <ol role="list" class="msgs">
                    <For each=lines key=Line::key children=line/>
                </ol>
            </section>
        }
    };
    let nothing = Signal::derive(move || {
        let is_empty = drawn.with(|drawn| drawn.days.is_empty());
        if is_empty { t.log_empty } else { "" }
    });
    let words = Signal::derive(move || match drawn.with(|drawn| drawn.below) {
        0 => t.log_newest.into(),
        count => t.new_messages(count),
    });
    let jump = move |_| {
        to_newest();
        // The button is about to go, and with it the focus.
        let _ = log.get_untracked().map(|log| log.focus());
    };
    let is_near = Signal::derive(move || !is_away.get());
    view! {
        <div class="log">
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
                    <Further timeline is_before=true drawn on_page/>
                    <For
                        each=move || drawn.with(|drawn| drawn.days.iter().map(|day| day.date.clone()).collect::<Vec<_>>())
                        key=String::clone
                        children=day
                    />
                    <Further timeline is_before=false drawn on_page/>
                    <p class="sysmsg">{nothing}</p>
                    <Writing room/>
                </div>
            </div>
            <button class="btn jump" hidden=is_near on:click=jump>
                <Icon name="#i-arrow-down" class="icon icon--sm"/>
                {words}
            </button>
        </div>
    }
}

/// Without a script this is a link to the page before, or after; with one it adds that page, should scrolling not
/// have done so.
#[component]
fn Further(
    timeline: RwSignal<Timeline>,
    is_before: bool,
    drawn: RwSignal<Drawn>,
    on_page: Callback<Stretch>,
) -> impl IntoView {
    let t = text();
    let (words, name) = if is_before { (t.log_older, "before") } else { (t.log_later, "after") };
    let end = move |timeline: &Timeline| {
        let end = if is_before { timeline.first() } else { timeline.last() };
        end.unwrap_or_default()
    };
    let href = Signal::derive(move || format!("?{name}={}", timeline.with(end)));
    let is_none = Signal::derive(move || {
        let is_there = drawn.with(|drawn| if is_before { drawn.older } else { drawn.later });
        !is_there
    });
    view! {
        <p class="older" hidden=is_none>
            <a
                class="btn btn--sm"
                href=href
                on:click=move |click| {
                    click.prevent_default();
                    click.stop_propagation();
                    let end = timeline.with_untracked(end);
                    on_page.run(if is_before { Stretch::Before(end) } else { Stretch::After(end) });
                }
            >
                {words}
            </a>
        </p>
    }
}

#[component]
fn DayName(ms: i64) -> impl IntoView {
    let live = expect_context::<Live>();
    let day = move || Moment::at(ms, live.zone.get());
    let date = Signal::derive(move || day().date());
    let full = Signal::derive(move || live.texts.full(&day()));
    let heading =
        Signal::derive(move || live.texts.heading(&day(), &Moment::at(live.now_ms.get(), live.zone.get())));
    view! {
        <time datetime=date title=full>
            {heading}
        </time>
    }
}
