//! Dates of birth: how they are shown, and all the ways in which they are typed.

use super::Reader;
use crate::{
    model::{account::Person, language::Language},
    ui::text::fill,
};

/// "Born 12 Mar 1951 (74)".
pub fn born(person: &Person, reader: Reader) -> String {
    let born = person.born.as_deref().and_then(|born| reader.text().birthday(born, &reader.now()));
    born.map_or_else(String::new, |born| fill(reader.text().born, &[&born]))
}

/// All the ways in which a reader of this language may type a date, in small letters: `12/03/1951`, `12.3.51`,
/// `1951-03-12`, `12 march 1951`, or only the month and the year, or the year. What comes first, the day or the month,
/// is as their language has it. Whoever types has typed the beginning of one of them.
pub fn written(born: &str, reader: Reader) -> Vec<String> {
    let t = reader.text();
    let Some((year, month, day)) = parts(born) else { return Vec::new() };
    let at = month.wrapping_sub(1);
    let (Some(name), Some(short)) = (t.months.get(at), t.months_short.get(at)) else { return Vec::new() };
    let is_month_first = reader.language == Language::EnUs;
    let (first, second) = if is_month_first { (month, day) } else { (day, month) };
    let mut ways = vec![born.to_owned(), year.to_owned(), format!("{first:02}{second:02}{year}")];
    for mark in ['/', '.', '-', ' '] {
        for year in [year, &year[2..]] {
            ways.push(format!("{first:02}{mark}{second:02}{mark}{year}"));
            ways.push(format!("{first}{mark}{second}{mark}{year}"));
        }
        ways.push(format!("{month:02}{mark}{year}"));
        ways.push(format!("{month}{mark}{year}"));
    }
    for name in [name, short] {
        ways.push(format!("{day} {name} {year}"));
        ways.push(format!("{day}. {name} {year}"));
        ways.push(format!("{name} {day}, {year}"));
        ways.push(format!("{name} {day} {year}"));
        ways.push(format!("{name} {year}"));
    }
    ways.iter().map(|way| way.to_lowercase()).collect()
}

/// Year, month and day of a date as it is stored.
fn parts(born: &str) -> Option<(&str, usize, usize)> {
    let mut parts = born.split('-');
    let year = parts.next().filter(|year| year.len() == 4 && year.is_ascii())?;
    Some((year, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::part::when::Zone;

    fn finds(language: Language, typed: &str) -> bool {
        let reader = Reader { language, zone: Zone::Fixed(0), now_ms: 0 };
        written("1951-03-12", reader).iter().any(|way| way.starts_with(&typed.to_lowercase()))
    }

    #[test]
    fn a_date_is_found_however_it_is_typed() {
        for typed in
            ["1951-03-12", "12/03/1951", "12/3/1951", "12.03.1951", "12.3.51", "12-03-1951", "12031951"]
        {
            assert!(finds(Language::En, typed) && finds(Language::De, typed), "{typed}");
        }
        assert!(finds(Language::En, "12 March 1951") && finds(Language::En, "March 12, 1951"));
        assert!(finds(Language::De, "12. März 1951") && !finds(Language::De, "12 March 1951"));
        assert!(finds(Language::EnUs, "03/12/1951") && finds(Language::EnUs, "3/12/51"));
    }

    #[test]
    fn another_day_is_not_found_by_changing_places() {
        assert!(!finds(Language::En, "03/12/1951") && !finds(Language::De, "3.12.1951"));
        assert!(!finds(Language::EnUs, "12/03/1951") && !finds(Language::En, "13/03/1951"));
    }

    #[test]
    fn the_end_of_a_date_is_not_another_one() {
        for typed in ["2/03/1951", "2/3/51", "2 March 1951", "2.3.1951", "951", "2 Mar 1951"] {
            assert!(!finds(Language::En, typed), "{typed}");
        }
        for typed in ["12 Mar 1951", "Mar 1951", "March", "3/1951", "1951", "12/03", "12/3/19"] {
            assert!(finds(Language::En, typed), "{typed}");
        }
    }

    #[test]
    fn what_is_no_date_is_written_no_way() {
        let reader = Reader { language: Language::En, zone: Zone::Fixed(0), now_ms: 0 };
        for born in ["", "1951", "51-03-12", "1951-13-01", "1951-00-01", "éé-01-01"] {
            assert!(written(born, reader).is_empty(), "{born}");
        }
    }
}
