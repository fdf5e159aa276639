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
    let top = log.get_bounding_client_rect().top() + NAME_PX;
    let lines = log.query_selector_all("li").ok()?;
    (0..lines.length()).filter_map(|at| lines.item(at)).find_map(|line| {
        let line: Element = line.unchecked_into();
        let place = line.get_bounding_client_rect();
        (place.bottom() > top).then(|| (line, place.top()))
    })
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
