//! Where in a long log the reader is: the place is kept while lines come and go above and below it.

use web_sys::{Element, HtmlElement, wasm_bindgen::JsCast};

/// The newest message counts as in view when it is not scrolled away by more than this.
pub const NEAR_PX: i32 = 64;
/// The next page is fetched when less than this is left to scroll: a fling takes some time for it.
pub const REACH_PX: i32 = 800;
/// What of the log the day's name covers at the top.
const NAME_PX: f64 = 56.0;

/// How far below and above what is in sight there is more. The log grows upwards from its end: there its scroll
/// position is zero.
pub fn left(log: &HtmlElement) -> (i32, i32) {
    let below = -log.scroll_top();
    (below, log.scroll_height() - log.client_height() - below)
}

/// The first line in sight, and where it stands.
pub fn anchor(log: &HtmlElement) -> Option<(Element, f64)> {
    let line = above(log, log.get_bounding_client_rect().top() + NAME_PX).1?;
    let top = line.get_bounding_client_rect().top();
    Some((line, top))
}

/// How many lines end above the log's lower edge: they are in sight, or have been scrolled past.
pub fn seen(log: &HtmlElement) -> usize {
    // Half a pixel may be lost in rounding.
    above(log, log.get_bounding_client_rect().bottom() + 1.0).0 as usize
}

// How many lines end above a height, and the one after them.
fn above(log: &HtmlElement, height: f64) -> (u32, Option<Element>) {
    let Ok(lines) = log.query_selector_all("li") else { return (0, None) };
    let line = |at| lines.item(at).map(|line| line.unchecked_into::<Element>());
    let (mut from, mut to) = (0, lines.length());
    while from < to {
        let middle = (from + to) / 2;
        match line(middle) {
            Some(line) if line.get_bounding_client_rect().bottom() > height => to = middle,
            _ => from = middle + 1,
        }
    }
    (from, line(from))
}

/// Puts a line back where it stood.
pub fn keep(log: &HtmlElement, (line, top): (Element, f64)) {
    let moved = line.get_bounding_client_rect().top() - top;
    if line.is_connected() && moved.abs() >= 1.0 {
        log.scroll_by_with_x_and_y(0.0, moved);
    }
}

/// Shows what was new from its first line on, if that is out of sight above.
pub fn open_at_new(log: &HtmlElement) {
    if let Ok(Some(line)) = log.query_selector(".sep-new") {
        let above = log.get_bounding_client_rect().top() + NAME_PX - line.get_bounding_client_rect().top();
        if above > 0.0 && log.scroll_top() == 0 {
            log.scroll_by_with_x_and_y(0.0, -above);
        }
    }
}
