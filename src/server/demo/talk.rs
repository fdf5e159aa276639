//! The conversations of the demo, read from scripts and set so that the last one ends shortly before now.
//!
//! A script has four kinds of line: `# care hale okafor`, `# group …` or `# job …` begins a room;
//! `@ 12 08:30` begins a scene so many days ago, `@ last 4` one that ends four minutes before now;
//! `hale: …` is said a little after the line before, `hale +48: …` 48 minutes after it.

use std::ops::RangeInclusive;

const SCRIPTS: [&str; 3] =
    [include_str!("okafor.txt"), include_str!("practice.txt"), include_str!("house.txt")];

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Nobody writes in the small hours: a demo begun at night ends the evening before.
const WAKING_MS: RangeInclusive<i64> = 8 * 60 * MINUTE_MS..=21 * 60 * MINUTE_MS;

/// What brings the people of a conversation together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Care { patient: &'static str, practitioner: &'static str },
    Group(&'static str),
    Job(&'static str),
}

/// What was said in one room.
#[derive(Debug)]
pub struct Talk {
    pub place: Place,
    scenes: Vec<Scene>,
}

/// One message of a conversation.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub who: &'static str,
    pub body: &'static str,
    pub sent_ms: i64,
}

/// A script line that cannot be read.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the demo's script has a line nobody can read: {0}")]
pub struct Slip(pub String);

/// Lines said in one sitting.
#[derive(Debug)]
struct Scene {
    time: Time,
    said: Vec<Said>,
}

#[derive(Clone, Copy, Debug)]
enum Time {
    Begins { days_ago: i64, minute: i64 },
    Ends { minutes_ago: i64 },
}

#[derive(Clone, Copy, Debug)]
struct Said {
    who: &'static str,
    body: &'static str,
    after_min: i64,
}

/// The latest moment, up to now, at which people are awake.
fn latest_ms(now_ms: i64) -> i64 {
    let midnight_ms = now_ms - now_ms.rem_euclid(DAY_MS);
    if now_ms < midnight_ms + WAKING_MS.start() {
        midnight_ms - DAY_MS + WAKING_MS.end()
    } else {
        now_ms.min(midnight_ms + WAKING_MS.end())
    }
}

/// A minute of the day that lies so many days from the one on which the demo ends.
pub fn moment_ms(now_ms: i64, day: i64, minute: i64) -> i64 {
    (latest_ms(now_ms).div_euclid(DAY_MS) + day) * DAY_MS + minute * MINUTE_MS
}

/// Every conversation.
pub fn all() -> Result<Vec<Talk>, Slip> {
    let mut talks = Vec::new();
    for line in SCRIPTS.into_iter().flat_map(str::lines).filter(|line| !line.is_empty()) {
        read(&mut talks, line).ok_or_else(|| Slip(line.to_owned()))?;
    }
    Ok(talks)
}

fn read(talks: &mut Vec<Talk>, line: &'static str) -> Option<()> {
    if let Some(place) = line.strip_prefix("# ") {
        talks.push(Talk { place: read_place(place)?, scenes: Vec::new() });
    } else if let Some(time) = line.strip_prefix("@ ") {
        talks.last_mut()?.scenes.push(Scene { time: read_time(time)?, said: Vec::new() });
    } else {
        talks.last_mut()?.scenes.last_mut()?.hear(line)?;
    }
    Some(())
}

fn read_place(text: &'static str) -> Option<Place> {
    match text.split_once(' ')? {
        ("care", pair) => {
            let (patient, practitioner) = pair.split_once(' ')?;
            Some(Place::Care { patient, practitioner })
        }
        ("group", title) => Some(Place::Group(title)),
        ("job", title) => Some(Place::Job(title)),
        _ => None,
    }
}

fn read_time(text: &str) -> Option<Time> {
    let (day, time) = text.split_once(' ')?;
    if day == "last" {
        return Some(Time::Ends { minutes_ago: time.parse().ok()? });
    }
    let (hour, minute) = time.split_once(':')?;
    let minute = hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?;
    Some(Time::Begins { days_ago: day.parse().ok()?, minute })
}

impl Scene {
    fn hear(&mut self, line: &'static str) -> Option<()> {
        let (speaker, body) = line.split_once(": ")?;
        let (who, pause_min) = match speaker.split_once(" +") {
            Some((who, minutes)) => (who, minutes.parse().ok()?),
            // Longer words take longer to write.
            None => (speaker, 1 + body.len() as i64 / 60),
        };
        let after_min = self.said.last().map_or(0, |before| before.after_min + pause_min);
        self.said.push(Said { who, body, after_min });
        Some(())
    }

    fn begin_ms(&self, now_ms: i64) -> i64 {
        match self.time {
            Time::Begins { days_ago, minute } => moment_ms(now_ms, -days_ago, minute),
            Time::Ends { minutes_ago } => {
                let length_min = self.said.last().map_or(0, |last| last.after_min);
                latest_ms(now_ms) - (length_min + minutes_ago) * MINUTE_MS
            }
        }
    }
}

impl Talk {
    /// Every line, oldest first.
    pub fn lines(&self, now_ms: i64) -> impl Iterator<Item = Line> {
        self.scenes.iter().flat_map(move |scene| {
            let begin_ms = scene.begin_ms(now_ms);
            scene.said.iter().map(move |Said { who, body, after_min }| {
                // Nobody presses the button on the full minute; a pause is never shorter than one.
                let seconds_ms = (body.len() as i64 * 7 % 60) * 1_000;
                Line { who, body, sent_ms: begin_ms + after_min * MINUTE_MS + seconds_ms }
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_MS: i64 = 20_000 * DAY_MS + 12 * 60 * MINUTE_MS;

    #[test]
    fn a_demo_begun_at_night_ends_the_evening_before() {
        let midnight_ms = 20_000 * DAY_MS;
        assert_eq!(latest_ms(midnight_ms + 3 * 60 * MINUTE_MS), midnight_ms - 3 * 60 * MINUTE_MS);
        assert_eq!(latest_ms(NOON_MS), NOON_MS);
        assert_eq!(latest_ms(midnight_ms + 23 * 60 * MINUTE_MS), midnight_ms + 21 * 60 * MINUTE_MS);
    }

    #[test]
    fn every_script_can_be_read_and_every_room_has_words() {
        let talks = all().unwrap();
        assert!(talks.iter().all(|talk| talk.lines(NOON_MS).next().is_some()));
        let total: usize = talks.iter().map(|talk| talk.lines(NOON_MS).count()).sum();
        assert!((400..1_000).contains(&total), "{total}");
    }

    #[test]
    fn at_every_hour_a_room_runs_forward_and_ends_before_now() {
        for hour in 0..24 {
            let now_ms = 20_000 * DAY_MS + hour * 60 * MINUTE_MS;
            for talk in all().unwrap() {
                let sent: Vec<i64> = talk.lines(now_ms).map(|line| line.sent_ms).collect();
                assert!(sent.is_sorted_by(|before, after| before < after), "{:?}", talk.place);
                assert!(sent.last().is_some_and(|last| *last < now_ms), "{:?}", talk.place);
            }
        }
    }

    #[test]
    fn what_is_not_a_script_line_is_refused() {
        for line in ["# park bench", "@ 3 noon", "@ last tea", "hale says hello", "hale +x: hello"] {
            let mut talks = vec![Talk {
                place: Place::Job("Clear the gutters"),
                scenes: vec![Scene { time: Time::Ends { minutes_ago: 1 }, said: Vec::new() }],
            }];
            assert_eq!(read(&mut talks, line), None, "{line}");
        }
    }
}
