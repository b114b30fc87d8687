//! Whether a value fits a slot, and what it is when a bare answer is read for the slot that was asked
//! for: "778120" is an order number only where one was asked for.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::catalog::{FlowSlot, SlotKind};
use crate::dialogue::tasks::words::{has_word, narrow};

/// Most characters of an order number.
const LONGEST_NUMBER: usize = 40;
/// Numbers as words.
const NUMBERS: [&[&str]; 13] = [
    &["零", "zero"],
    &["一", "one", "a", "an", "壹"],
    &["二", "两", "two", "俩", "a couple", "兩"],
    &["三", "three"],
    &["四", "four"],
    &["五", "five"],
    &["六", "six"],
    &["七", "seven"],
    &["八", "eight"],
    &["九", "nine"],
    &["十", "ten"],
    &["十一", "eleven"],
    &["十二", "twelve", "a dozen"],
];

/// The value in the slot's own form, where it fits.
pub(super) fn fit(slot: &FlowSlot, value: &str, today: Date) -> Option<String> {
    match &slot.kind {
        SlotKind::OrderNumber(pattern) => {
            let value = value.to_uppercase();
            pattern.as_ref().is_none_or(|pattern| pattern.is_match(&value)).then_some(value)
        }
        SlotKind::Phone(countries) => phone(value, countries),
        SlotKind::Date(from, to) => {
            let day: Date = value.split('/').next()?.parse().ok()?;
            is_within(day, (*from, *to), today).then(|| value.to_owned())
        }
        SlotKind::DateTime(from, to) => {
            let day: Date = value.split_once('T')?.0.parse().ok()?;
            is_within(day, (*from, *to), today).then(|| value.to_owned())
        }
        SlotKind::Money { least, most, .. } => {
            let number: f64 = value.split(' ').next()?.parse().ok()?;
            let fits =
                least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most);
            fits.then(|| value.to_owned())
        }
        SlotKind::Quantity(least, most) => {
            let number: i64 = value.parse().ok()?;
            (*least..=*most).contains(&number).then(|| number.to_string())
        }
        SlotKind::Choice(options) => {
            options.iter().find(|option| option.value == value).map(|option| option.value.clone())
        }
        SlotKind::Text(least, most) => {
            let count = value.chars().count();
            (*least..=*most).contains(&count).then(|| value.to_owned())
        }
        SlotKind::Pattern(pattern) => pattern.find(value).map(|found| found.as_str().to_owned()),
        SlotKind::Email | SlotKind::Time | SlotKind::Product | SlotKind::Entity(_) => {
            Some(value.to_owned())
        }
    }
}

/// Whether a day lies so many days from today at least and at most.
fn is_within(day: Date, (from, to): (Option<i64>, Option<i64>), today: Date) -> bool {
    from.is_none_or(|days| distant(today, days).is_some_and(|at| day >= at))
        && to.is_none_or(|days| distant(today, days).is_some_and(|at| day <= at))
}

fn distant(today: Date, days: i64) -> Option<Date> {
    today.checked_add(days.days()).ok()
}

/// A telephone number of one of the countries, as E.164; of any country when none is named.
fn phone(value: &str, countries: &[phonenumber::country::Id]) -> Option<String> {
    if countries.is_empty() {
        return Some(value.to_owned());
    }
    let kept: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let international = kept.starts_with('+').then(|| phonenumber::parse(None, &kept));
    let national = countries.iter().map(|country| phonenumber::parse(Some(*country), &kept));
    let candidates = international.into_iter().chain(national).filter_map(Result::ok);
    let mut fitting = candidates.filter(|number| {
        phonenumber::is_valid(number)
            && number.country().id().is_some_and(|country| countries.contains(&country))
    });
    fitting.next().map(|number| number.format().mode(phonenumber::Mode::E164).to_string())
}

/// What a bare answer to the slot's question is, in the slot's own form.
pub(super) fn bare(slot: &FlowSlot, text: &str, today: Date) -> Option<String> {
    let text = narrow(text);
    match &slot.kind {
        SlotKind::OrderNumber(_) => {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let mut parts = text.split(|c: char| !is_part(c)).filter(|part| {
                part.len() <= LONGEST_NUMBER && part.bytes().filter(u8::is_ascii_digit).count() >= 3
            });
            parts.find_map(|part| fit(slot, part.trim_matches(['-', '_']), today))
        }
        SlotKind::Phone(countries) => {
            let is_part = |c: char| c.is_ascii_digit() || "+-(). ".contains(c);
            let parts = text.split(|c: char| !is_part(c)).map(|part| {
                part.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>()
            });
            let mut parts = parts.filter(|part| (7..=16).contains(&part.len()));
            parts.find_map(|part| phone(&part, countries))
        }
        SlotKind::Quantity(..) => number(&text).and_then(|number| fit(slot, &number, today)),
        SlotKind::Money { currency, .. } => {
            let number = decimal(&text)?;
            fit(slot, &format!("{number} {currency}"), today)
        }
        SlotKind::Pattern(pattern) => pattern.find(&text).map(|found| found.as_str().to_owned()),
        SlotKind::Choice(_) => choice(slot, &text),
        SlotKind::Text(..) => fit(slot, text.trim(), today),
        SlotKind::Email
        | SlotKind::Date(..)
        | SlotKind::Time
        | SlotKind::DateTime(..)
        | SlotKind::Product
        | SlotKind::Entity(_) => None,
    }
}

/// The option that a message names; nothing when it names several.
pub(super) fn choice(slot: &FlowSlot, text: &str) -> Option<String> {
    let SlotKind::Choice(options) = &slot.kind else { return None };
    let text = narrow(text).to_lowercase();
    let whole = text.trim_matches(|c: char| !c.is_alphanumeric());
    if let Some(option) =
        options.iter().find(|option| option.words.iter().any(|word| word == whole))
    {
        return Some(option.value.clone());
    }
    // the longest words win: 没收到货 over 收到货
    let named = options.iter().filter_map(|option| {
        let lengths =
            option.words.iter().filter(|word| word.chars().count() >= 2 && has_word(&text, word));
        lengths.map(String::len).max().map(|length| (length, &option.value))
    });
    let named: Vec<(usize, &String)> = named.collect();
    let longest = named.iter().map(|(length, _)| *length).max()?;
    let mut best = named.iter().filter(|(length, _)| *length == longest);
    match (best.next(), best.next()) {
        (Some((_, value)), None) => Some((*value).clone()),
        _ => None,
    }
}

/// The first number of a text, in digits or as a word.
fn number(text: &str) -> Option<String> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty());
    if let Some(digits) = digits {
        return (digits.len() <= 9).then(|| digits.to_owned());
    }
    let lower = text.to_lowercase();
    let found = NUMBERS
        .iter()
        .enumerate()
        .rev()
        .find(|(_, words)| words.iter().any(|word| has_word(&lower, word)));
    found.map(|(number, _)| number.to_string())
}

fn decimal(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let part = text
        .split(|c: char| !is_part(c))
        .find(|part| part.contains(|c: char| c.is_ascii_digit()))?;
    let plain = part.replace(',', "");
    let number: f64 = plain.trim_matches('.').parse().ok()?;
    (number.is_finite() && plain.len() <= 12).then(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::catalog::{ByLanguage, SlotOption};

    const TODAY: Date = date(2026, 11, 30);

    fn slot(kind: SlotKind) -> FlowSlot {
        FlowSlot {
            name: "x".to_owned(),
            kind,
            label: ByLanguage::default(),
            words: ByLanguage::default(),
            ask: ByLanguage::default(),
            again: ByLanguage::default(),
            optional: false,
            recall: false,
        }
    }

    #[test]
    fn bare_answers_are_read_for_what_was_asked() {
        let order =
            slot(SlotKind::OrderNumber(Some(regex::Regex::new(r"^LX-?\d{6}$|^\d{6}$").unwrap())));
        let option = |value: &str, words: &[&str]| SlotOption {
            value: value.to_owned(),
            label: ByLanguage::default(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        let reason = slot(SlotKind::Choice(vec![
            option("broken", &["broken", "坏了"]),
            option("late", &["not received", "没收到货"]),
            option("got", &["收到货"]),
        ]));
        let phone =
            slot(SlotKind::Phone(vec![phonenumber::country::Id::CN, phonenumber::country::Id::GB]));
        let money = slot(SlotKind::Money {
            currency: "CNY".to_owned(),
            least: Some(1.0),
            most: Some(500.0),
        });
        for (slot, text, expected) in [
            (&order, "778120", Some("778120")),
            (&order, "it is lx-778120!", Some("LX-778120")),
            (&order, "订单号是ＬＸ-778120", Some("LX-778120")),
            (&order, "1234", None),
            (&reason, "it arrived BROKEN", Some("broken")),
            (&reason, "一直没收到货", Some("late")),
            (&reason, "unbroken", None),
            (&phone, "13812345678", Some("+8613812345678")),
            (&phone, "我的手机 138 1234 5678", Some("+8613812345678")),
            (&phone, "+44 20 7946 0018", Some("+442079460018")),
            (&phone, "12345678", None),
            (&money, "about 1,00.5", Some("100.5 CNY")),
            (&money, "900", None),
            (&slot(SlotKind::Quantity(1, 10)), "两个", Some("2")),
            (&slot(SlotKind::Quantity(1, 10)), "three of them", Some("3")),
            (&slot(SlotKind::Quantity(1, 10)), "12", None),
            (&slot(SlotKind::Text(5, 20)), "too", None),
            (&slot(SlotKind::Text(5, 20)), "long enough", Some("long enough")),
        ] {
            assert_eq!(bare(slot, text, TODAY).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn days_lie_within_their_bounds() {
        let day = slot(SlotKind::Date(Some(1), Some(30)));
        for (value, fits) in [
            ("2026-12-02", true),
            ("2026-11-30", false),
            ("2026-12-31", false),
            ("2026-12-05/2026-12-06", true),
            ("soon", false),
        ] {
            assert_eq!(fit(&day, value, TODAY).is_some(), fits, "{value}");
        }
    }
}
