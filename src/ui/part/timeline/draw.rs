//! What can be seen of a conversation: days, groups, and how each line looks.

use crate::{
    model::{
        AccountId, Cid,
        account::Person,
        room::Room,
        timeline::{Delivery, Row, RowKey, Timeline},
    },
    ui::{
        part::{
            bubble::{Look, Place},
            when::{Moment, Zone},
        },
        sorted::Sorted,
        text::{Text, fill},
    },
};

/// Two messages of one person closer than this belong together.
const GROUP_MS: i64 = 5 * 60_000;
/// No clock on earth is put by less than a quarter of an hour.
const ZONE_MS: i64 = 15 * 60_000;
/// The line above what was new has a key nobody's message has.
const NEW: RowKey = (AccountId(0), Cid([0; 16]), 0);

/// One line of a day.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    Said(Row),
    /// So many messages from here on were new when the room was opened.
    New(u32),
}

impl Line {
    /// What makes it the same line.
    pub fn key(&self) -> RowKey {
        match self {
            Line::Said(row) => row.key(),
            Line::New(_) => NEW,
        }
    }
}

/// One day of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    pub date: String,
    pub at_ms: i64,
    pub lines: Vec<Line>,
}

/// Everything that can be drawn of a room, derived from its timeline in one pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    pub days: Vec<Day>,
    pub looks: Sorted<RowKey, Look>,
    pub older: bool,
    pub later: bool,
    /// How many messages have come below since the reader left the newest.
    pub below: u32,
    /// The last line, and whether it is an own message still on its way.
    pub last: Option<RowKey>,
    pub is_sending: bool,
    /// Whether more has come than is drawn at once.
    pub is_cut: bool,
}

impl Drawn {
    /// What of a timeline its reader sees, and only so much more than up to a line that was the last.
    pub fn of(
        timeline: &Timeline,
        room: &Room,
        me: AccountId,
        zone: Zone,
        t: &Text,
        most: Option<(RowKey, usize)>,
    ) -> Drawn {
        let mut rows = timeline.rows();
        let is_cut = cut(&mut rows, most);
        let last = rows.last().map(Row::key);
        let is_sending = rows.last().is_some_and(|row| row.delivery == Delivery::Sending);
        let later = timeline.has_later();
        let drawn = draw(rows, me, zone, timeline.first_new(), |row| reach(t, timeline, room, row));
        Drawn {
            older: timeline.has_older(),
            later,
            below: timeline.below(),
            last,
            is_sending,
            is_cut,
            ..drawn
        }
    }

    /// The lines of a day.
    pub fn lines(&self, date: &str) -> Vec<Line> {
        self.days.iter().find(|day| day.date == date).map(|day| day.lines.clone()).unwrap_or_default()
    }

    /// The newest number among so many lines.
    pub fn seq(&self, count: usize) -> i64 {
        let lines = self.days.iter().flat_map(|day| &day.lines).take(count);
        let seq = |line: &Line| match line {
            Line::Said(row) => row.seq,
            Line::New(_) => 0,
        };
        lines.map(seq).max().unwrap_or_default()
    }
}

/// Leaves out what comes more than so many lines after a line; if that is not there, all is new and nothing is left
/// out.
fn cut(rows: &mut Vec<Row>, most: Option<(RowKey, usize)>) -> bool {
    let Some((last, most)) = most else { return false };
    let Some(at) = rows.iter().rposition(|row| row.key() == last) else { return false };
    let is_cut = rows.len() - at - 1 > most;
    if is_cut {
        rows.truncate(at + 1 + most);
    }
    is_cut
}

/// Draws the lines; `told` puts the state of the newest own message into words.
fn draw(
    rows: Vec<Row>,
    me: AccountId,
    zone: Zone,
    new: Option<(i64, u32)>,
    told: impl Fn(&Row) -> Option<String>,
) -> Drawn {
    let mut drawn = Drawn::default();
    let newest_own = rows.iter().rev().find(|row| row.sender == me && !row.is_note).map(Row::key);
    let mut known = None;
    let date = |row: &Row| {
        // Asking the calendar is slow, and mostly it would say the same again.
        let part = row.sent_ms.div_euclid(ZONE_MS);
        match &known {
            Some((of, date)) if *of == part => date,
            _ => &known.insert((part, Moment::at(row.sent_ms, zone).date())).1,
        }
        .clone()
    };
    let dates: Vec<String> = rows.iter().map(date).collect();
    let is_first_new = |row: &Row| new.is_some_and(|(seq, _)| seq == row.seq);
    let joins = |before: usize, after: usize| {
        rows[before].sender == rows[after].sender
            && !rows[before].is_note
            && !rows[after].is_note
            && dates[before] == dates[after]
            && rows[after].sent_ms - rows[before].sent_ms < GROUP_MS
            && !is_first_new(&rows[after])
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
        if drawn.days.last().is_none_or(|day| day.date != date) {
            drawn.days.push(Day { date, at_ms: row.sent_ms, lines: Vec::new() });
        }
        if let Some(day) = drawn.days.last_mut() {
            if let Some((_, count)) = new.filter(|(seq, _)| *seq == row.seq) {
                day.lines.push(Line::New(count));
            }
            day.lines.push(Line::Said(row));
        }
    }
    drawn
}

/// How far a message in a room of several has come: "Delivered to both", "Read by Helen and Ingrid".
fn reach(t: &Text, timeline: &Timeline, room: &Room, row: &Row) -> Option<String> {
    let others = timeline.others().count();
    if row.seq == 0 || others < 2 {
        return None;
    }
    let count = others.to_string();
    let (read, delivered) = match others {
        2 => (t.read_by_both, t.delivered_both),
        _ => (t.read_by_all, t.delivered_all),
    };
    let readers = timeline.others().filter(|receipt| receipt.read_seq >= row.seq);
    let readers: Vec<String> =
        readers.filter_map(|receipt| room.member(receipt.account)).map(Person::short_name).collect();
    match (&row.delivery, readers.len()) {
        (Delivery::Read, _) => Some(fill(read, &[&count])),
        (Delivery::Delivered, 0) => Some(fill(delivered, &[&count])),
        (_, 0) => None,
        (_, 1..=3) => Some(fill(t.read_by, &[&t.names(&readers)])),
        (_, many) => Some(fill(t.read_by_some, &[&many.to_string(), &count])),
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
        let drawn = draw(rows, ME, Zone::Fixed(0), None, |_| None);
        let places: Vec<Place> = keys.iter().map(|key| drawn.looks.get(*key).unwrap().place).collect();
        assert_eq!(places, [Place::Start, Place::Middle, Place::End, Place::Alone, Place::Alone]);
    }

    #[test]
    fn midnight_in_the_readers_zone_begins_a_day() {
        let rows = vec![row(1, ME, -MINUTE_MS, Delivery::Sent), row(2, ME, MINUTE_MS, Delivery::Sent)];
        assert_eq!(draw(rows.clone(), ME, Zone::Fixed(0), None, |_| None).days.len(), 2);
        assert_eq!(draw(rows, ME, Zone::Fixed(60), None, |_| None).days.len(), 1);
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
        let drawn = draw(rows, ME, Zone::Fixed(0), None, |_| None);
        let told: Vec<bool> = keys.iter().map(|key| drawn.looks.get(*key).unwrap().is_told).collect();
        assert_eq!(told, [true, false, true, false]);
    }

    #[test]
    fn of_many_at_once_only_so_many_are_drawn_after_the_last_and_the_others_afterwards() {
        let rows: Vec<Row> = (1..=9).map(|number| row(number, OTHER, 0, Delivery::Sent)).collect();
        let cut_at = |last: u8, most| {
            let mut rows = rows.clone();
            let is_cut = cut(&mut rows, Some((row(last, OTHER, 0, Delivery::Sent).key(), most)));
            (rows.len(), is_cut)
        };
        assert_eq!(cut_at(3, 4), (7, true));
        assert_eq!(cut_at(7, 4), (9, false));
        assert_eq!(cut_at(5, 4), (9, false));
        assert_eq!(cut_at(77, 4), (9, false), "another page altogether");
        assert!(!cut(&mut rows.clone(), None));
    }

    #[test]
    fn lines_in_sight_have_a_newest_number() {
        let mut rows: Vec<Row> = (1..=4).map(|number| row(number, OTHER, 0, Delivery::Sent)).collect();
        rows.push(Row { seq: 0, ..row(5, ME, 0, Delivery::Sending) });
        let drawn = draw(rows, ME, Zone::Fixed(0), Some((3, 2)), |_| None);
        // The third line says that what follows was new.
        let seqs: Vec<i64> = (0..=7).map(|count| drawn.seq(count)).collect();
        assert_eq!(seqs, [0, 1, 2, 2, 3, 4, 4, 4]);
    }

    #[test]
    fn what_was_new_stands_under_a_line_of_its_own() {
        let rows = (1..=4).map(|number| row(number, OTHER, i64::from(number), Delivery::Sent)).collect();
        let drawn = draw(rows, ME, Zone::Fixed(0), Some((3, 2)), |_| None);
        let lines = &drawn.days[0].lines;
        assert_eq!((lines.len(), &lines[2]), (5, &Line::New(2)));
        let places: Vec<Place> = drawn.looks.iter().map(|(_, look)| look.place).collect();
        assert_eq!(places, [Place::Start, Place::End, Place::Start, Place::End]);
    }
}
