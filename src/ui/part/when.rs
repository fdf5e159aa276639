//! Times and dates, written so that "when" is never a guess.

use crate::{
    model::zone::Offsets,
    ui::{
        live::Live,
        text::{Text, fill},
    },
};
use leptos::prelude::*;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Whose clock a time is written by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// So many minutes east of UTC.
    Fixed(i32),
    /// What the reader's browser has told of it.
    Known(Offsets),
    /// The browser's own, summer time included.
    Local,
}

/// A time as a calendar and a clock show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub year: i64,
    /// 1 to 12.
    pub month: usize,
    pub day: i64,
    /// 0 for Monday.
    pub weekday: usize,
    pub hour: i64,
    pub minute: i64,
}

impl Moment {
    /// The moment `ms` after 1970 in a zone.
    pub fn at(ms: i64, zone: Zone) -> Moment {
        let offset_min = match zone {
            Zone::Fixed(minutes) => f64::from(minutes),
            Zone::Known(offsets) => f64::from(offsets.at(ms)),
            Zone::Local => browser_offset_min(ms),
        };
        let local_ms = ms + offset_min as i64 * MINUTE_MS;
        let days = local_ms.div_euclid(DAY_MS);
        let minutes = local_ms.rem_euclid(DAY_MS) / MINUTE_MS;
        let (year, month, day) = civil(days);
        // 1970 began on a Thursday.
        let weekday = (days + 3).rem_euclid(7) as usize;
        Moment { year, month, day, weekday, hour: minutes / 60, minute: minutes % 60 }
    }

    /// "2026-11-21", for machines and as a day's key.
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// "09:42", for machines.
    pub fn time(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    fn days(&self) -> i64 {
        days_from_civil(self.year, self.month as i64, self.day)
    }
}

/// The browser's own distance from UTC at a moment.
pub fn browser_offset_min(ms: i64) -> f64 {
    -js_sys::Date::new(&js_sys::wasm_bindgen::JsValue::from_f64(ms as f64)).get_timezone_offset()
}

// Howard Hinnant's public-domain calendar arithmetic: an era is 400 years, a year begins in March.
fn civil(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as usize, day)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl Text {
    /// "09:42", or "9:42 AM" where clocks have twelve hours.
    pub fn time(&self, at: &Moment) -> String {
        if self.clock != "12" {
            return at.time();
        }
        let half = if at.hour < 12 { "AM" } else { "PM" };
        format!("{}:{:02} {half}", (at.hour + 11) % 12 + 1, at.minute)
    }

    /// "Tuesday 18 November", with the year unless it is this one.
    pub fn long_date(&self, at: &Moment, now: &Moment) -> String {
        let mut date = self.date(at);
        if at.year != now.year {
            date = fill(self.date_and_year, &[&date, &at.year.to_string()]);
        }
        date
    }

    /// "Tuesday 18 November 2026 at 09:42".
    pub fn full(&self, at: &Moment) -> String {
        fill(
            self.full_date,
            &[&fill(self.date_and_year, &[&self.date(at), &at.year.to_string()]), &self.time(at)],
        )
    }

    /// A day's heading: "Today, Tuesday 18 November".
    pub fn heading(&self, at: &Moment, now: &Moment) -> String {
        let date = self.long_date(at, now);
        match now.days() - at.days() {
            0 => fill(self.day_today, &[&date]),
            1 => fill(self.day_yesterday, &[&date]),
            _ => date,
        }
    }

    /// Day and time: "Today, 09:42", "Tuesday 18 November, 09:42".
    pub fn day_and_time(&self, at: &Moment, now: &Moment) -> String {
        let day = if at.days() == now.days() { self.today.to_owned() } else { self.long_date(at, now) };
        fill(self.day_at, &[&day, &self.time(at)])
    }

    /// A list's short form: "09:42", "Mon", "14 Nov", "14 Nov 2024".
    pub fn short(&self, at: &Moment, now: &Moment) -> String {
        let date = || fill(self.short_date, &[&at.day.to_string(), self.months_short[at.month - 1]]);
        match now.days() - at.days() {
            0 => self.time(at),
            1..=6 => self.days_short[at.weekday].to_owned(),
            _ if at.year == now.year => date(),
            _ => fill(self.date_and_year, &[&date(), &at.year.to_string()]),
        }
    }

    /// "12 Mar 1951 (75)": a date of birth that cannot be misread, with the age it makes today.
    pub fn birthday(&self, born: &str, now: &Moment) -> Option<String> {
        let mut parts = born.split('-');
        let year: i64 = parts.next()?.parse().ok()?;
        let month: usize = parts.next()?.parse().ok()?;
        let day: i64 = parts.next()?.parse().ok()?;
        let name = self.months_short.get(month.checked_sub(1)?)?;
        let had_it = (now.month, now.day) >= (month, day);
        let age = now.year - year - i64::from(!had_it);
        Some(fill(self.birth_date, &[&day.to_string(), name, &year.to_string(), &age.to_string()]))
    }

    fn date(&self, at: &Moment) -> String {
        fill(self.day_month, &[self.days[at.weekday], &at.day.to_string(), self.months[at.month - 1]])
    }
}

/// A short time on screen, with the whole date behind it.
#[component]
pub fn Time(
    ms: i64,
    /// As in a list: the day's name or date when it is not today.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let moment = move || Moment::at(ms, live.zone());
    let full = Signal::derive(move || t.full(&moment()));
    let words = Signal::derive(move || match short {
        true => t.short(&moment(), &Moment::at(live.now_ms.get(), live.zone())),
        false => t.time(&moment()),
    });
    let utc = Moment::at(ms, Zone::Fixed(0));
    let datetime = format!("{}T{}Z", utc.date(), utc.time());
    view! {
        <time datetime=datetime title=full>
            {words}
        </time>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::{DE, EN, EN_US};

    const UTC: Zone = Zone::Fixed(0);
    /// Saturday 21 November 2026, 09:42 UTC.
    const NOW_MS: i64 = 1_795_254_120_000;

    #[test]
    fn a_moment_is_read_off_the_right_calendar() {
        let now = Moment::at(NOW_MS, UTC);
        assert_eq!(EN.full(&now), "Saturday 21 November 2026 at 09:42");
        assert_eq!(now.date(), "2026-11-21");
        assert_eq!(EN.full(&Moment::at(0, UTC)), "Thursday 1 January 1970 at 00:00");
        assert_eq!(Moment::at(-1, UTC).date(), "1969-12-31");
        assert_eq!(Moment::at(951_782_400_000, UTC).date(), "2000-02-29");
    }

    #[test]
    fn a_zone_can_move_the_day() {
        assert_eq!(Moment::at(NOW_MS, Zone::Fixed(15 * 60)).date(), "2026-11-22");
        assert_eq!(EN.full(&Moment::at(NOW_MS, Zone::Fixed(-10 * 60))), "Friday 20 November 2026 at 23:42");
    }

    #[test]
    fn lists_grow_less_exact_with_age_and_headings_never_do() {
        let now = Moment::at(NOW_MS, UTC);
        let ago = |days: i64| Moment::at(NOW_MS - days * DAY_MS, UTC);
        assert_eq!(EN.short(&ago(0), &now), "09:42");
        assert_eq!(EN.short(&ago(1), &now), "Fri");
        assert_eq!(EN.short(&ago(7), &now), "14 Nov");
        assert_eq!(EN.short(&ago(365), &now), "21 Nov 2025");
        assert_eq!(EN.heading(&ago(0), &now), "Today, Saturday 21 November");
        assert_eq!(EN.heading(&ago(1), &now), "Yesterday, Friday 20 November");
        assert_eq!(EN.heading(&ago(365), &now), "Friday 21 November 2025");
        assert_eq!(EN.day_and_time(&now, &now), "Today, 09:42");
        assert_eq!(EN.day_and_time(&ago(2), &now), "Thursday 19 November, 09:42");
    }

    #[test]
    fn a_birthday_names_its_month_and_counts_its_years() {
        let now = Moment::at(NOW_MS, UTC);
        assert_eq!(EN.birthday("1951-03-12", &now).as_deref(), Some("12 Mar 1951 (75)"));
        assert_eq!(EN.birthday("1951-12-24", &now).as_deref(), Some("24 Dec 1951 (74)"));
        assert_eq!(EN.birthday("1951", &now), None);
    }

    #[test]
    fn a_german_date_has_its_dots_and_its_commas() {
        let now = Moment::at(NOW_MS, UTC);
        let ago = |days: i64| Moment::at(NOW_MS - days * DAY_MS, UTC);
        assert_eq!(DE.full(&now), "Samstag, 21. November 2026 um 09:42 Uhr");
        assert_eq!(DE.heading(&now, &now), "Heute, Samstag, 21. November");
        assert_eq!(DE.heading(&ago(1), &now), "Gestern, Freitag, 20. November");
        assert_eq!(DE.heading(&ago(365), &now), "Freitag, 21. November 2025");
        assert_eq!(DE.day_and_time(&now, &now), "Heute, 09:42 Uhr");
        assert_eq!(DE.day_and_time(&ago(2), &now), "Donnerstag, 19. November, 09:42 Uhr");
        assert_eq!(DE.short(&ago(1), &now), "Fr");
        assert_eq!(DE.short(&ago(7), &now), "14. Nov.");
        assert_eq!(DE.short(&ago(365), &now), "21. Nov. 2025");
        assert_eq!(DE.birthday("1951-03-12", &now).as_deref(), Some("12. März 1951 (75)"));
    }

    #[test]
    fn an_american_date_begins_with_its_month_and_a_clock_has_twelve_hours() {
        let now = Moment::at(NOW_MS, UTC);
        let ago = |days: i64| Moment::at(NOW_MS - days * DAY_MS, UTC);
        assert_eq!(EN_US.full(&now), "Saturday, November 21, 2026 at 9:42 AM");
        assert_eq!(EN_US.heading(&ago(1), &now), "Yesterday, Friday, November 20");
        assert_eq!(EN_US.heading(&ago(365), &now), "Friday, November 21, 2025");
        assert_eq!(EN_US.short(&ago(7), &now), "Nov 14");
        assert_eq!(EN_US.short(&ago(365), &now), "Nov 21, 2025");
        assert_eq!(EN_US.birthday("1951-03-12", &now).as_deref(), Some("Mar 12, 1951 (75)"));
        let at = |hour, minute| EN_US.time(&Moment { hour, minute, ..now });
        assert_eq!(
            [at(0, 5), at(11, 59), at(12, 0), at(23, 1)],
            ["12:05 AM", "11:59 AM", "12:00 PM", "11:01 PM"]
        );
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-200_000..200_000).step_by(37) {
            let (year, month, date) = civil(day);
            assert_eq!(days_from_civil(year, month as i64, date), day);
        }
    }
}
