//! Times and dates, written so that "when" is never a guess.

use crate::ui::live::Live;
use leptos::prelude::*;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Whose clock a time is written by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// So many minutes east of UTC: what the server knows of the reader.
    Fixed(i32),
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
            Zone::Local => {
                -js_sys::Date::new(&js_sys::wasm_bindgen::JsValue::from_f64(ms as f64)).get_timezone_offset()
            }
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

    /// "09:42".
    pub fn time(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// "Tuesday 18 November", with the year unless it is this one.
    pub fn long_date(&self, now: &Moment) -> String {
        let year = if self.year == now.year { String::new() } else { format!(" {}", self.year) };
        format!("{} {} {}{year}", DAYS[self.weekday], self.day, MONTHS[self.month - 1])
    }

    /// "Tuesday 18 November 2026 at 09:42".
    pub fn full(&self) -> String {
        format!(
            "{} {} {} {} at {}",
            DAYS[self.weekday],
            self.day,
            MONTHS[self.month - 1],
            self.year,
            self.time()
        )
    }

    /// A day's heading: "Today, Tuesday 18 November".
    pub fn heading(&self, now: &Moment) -> String {
        let date = self.long_date(now);
        match now.days() - self.days() {
            0 => format!("Today, {date}"),
            1 => format!("Yesterday, {date}"),
            _ => date,
        }
    }

    /// A list's short form: "09:42", "Mon", "14 Nov", "14 Nov 2024".
    pub fn short(&self, now: &Moment) -> String {
        let month = &MONTHS[self.month - 1][..3];
        match now.days() - self.days() {
            0 => self.time(),
            1..=6 => DAYS[self.weekday][..3].to_owned(),
            _ if self.year == now.year => format!("{} {month}", self.day),
            _ => format!("{} {month} {}", self.day, self.year),
        }
    }

    fn days(&self) -> i64 {
        days_from_civil(self.year, self.month as i64, self.day)
    }
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

/// "12 Mar 1951 (75)": a date of birth that cannot be misread, with the age it makes today.
pub fn birthday(born: &str, now: &Moment) -> Option<String> {
    let mut parts = born.split('-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: usize = parts.next()?.parse().ok()?;
    let day: i64 = parts.next()?.parse().ok()?;
    let name = MONTHS.get(month.checked_sub(1)?)?.get(..3)?;
    let had_it = (now.month, now.day) >= (month, day);
    let age = now.year - year - i64::from(!had_it);
    Some(format!("{day} {name} {year} ({age})"))
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
    let moment = move || Moment::at(ms, live.zone.get());
    let full = Signal::derive(move || moment().full());
    let words = Signal::derive(move || {
        if short { moment().short(&Moment::at(live.now_ms.get(), live.zone.get())) } else { moment().time() }
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

    const UTC: Zone = Zone::Fixed(0);
    /// Saturday 21 November 2026, 09:42 UTC.
    const NOW_MS: i64 = 1_795_254_120_000;

    #[test]
    fn a_moment_is_read_off_the_right_calendar() {
        let now = Moment::at(NOW_MS, UTC);
        assert_eq!(now.full(), "Saturday 21 November 2026 at 09:42");
        assert_eq!(now.date(), "2026-11-21");
        assert_eq!(Moment::at(0, UTC).full(), "Thursday 1 January 1970 at 00:00");
        assert_eq!(Moment::at(-1, UTC).date(), "1969-12-31");
        assert_eq!(Moment::at(951_782_400_000, UTC).date(), "2000-02-29");
    }

    #[test]
    fn a_zone_can_move_the_day() {
        assert_eq!(Moment::at(NOW_MS, Zone::Fixed(15 * 60)).date(), "2026-11-22");
        assert_eq!(Moment::at(NOW_MS, Zone::Fixed(-10 * 60)).full(), "Friday 20 November 2026 at 23:42");
    }

    #[test]
    fn lists_grow_less_exact_with_age_and_headings_never_do() {
        let now = Moment::at(NOW_MS, UTC);
        let ago = |days: i64| Moment::at(NOW_MS - days * DAY_MS, UTC);
        assert_eq!(ago(0).short(&now), "09:42");
        assert_eq!(ago(1).short(&now), "Fri");
        assert_eq!(ago(7).short(&now), "14 Nov");
        assert_eq!(ago(365).short(&now), "21 Nov 2025");
        assert_eq!(ago(0).heading(&now), "Today, Saturday 21 November");
        assert_eq!(ago(1).heading(&now), "Yesterday, Friday 20 November");
        assert_eq!(ago(365).heading(&now), "Friday 21 November 2025");
    }

    #[test]
    fn a_birthday_names_its_month_and_counts_its_years() {
        let now = Moment::at(NOW_MS, UTC);
        assert_eq!(birthday("1951-03-12", &now).as_deref(), Some("12 Mar 1951 (75)"));
        assert_eq!(birthday("1951-12-24", &now).as_deref(), Some("24 Dec 1951 (74)"));
        assert_eq!(birthday("1951", &now), None);
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-200_000..200_000).step_by(37) {
            let (year, month, date) = civil(day);
            assert_eq!(days_from_civil(year, month as i64, date), day);
        }
    }
}
