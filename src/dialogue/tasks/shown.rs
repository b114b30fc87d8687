//! How values are said to customers.

use jiff::civil::{Date, Weekday};

use crate::catalog::{Flow, SlotKind};
use crate::domain::{EntityKind, Language, Task};

/// A value of a task as the customer reads it; nothing where nothing is known.
pub(super) fn value(flow: &Flow, task: &Task, name: &str, language: Language) -> Option<String> {
    let filled = task.values.get(name).filter(|filled| !filled.value.is_empty())?;
    let value = &filled.value;
    if let Some(label) = flow.labels.get(name).and_then(|labels| labels.get(value)) {
        return Some(label.get(language).clone());
    }
    let slot = flow.slots.iter().find(|slot| slot.name == name);
    if let Some(SlotKind::Choice(options)) = slot.map(|slot| &slot.kind)
        && let Some(option) = options.iter().find(|option| option.value == *value)
    {
        return Some(option.label.get(language).clone());
    }
    match filled.kind {
        EntityKind::Date => Some(days(value, language)),
        // a day that the shop's own system told
        EntityKind::Custom => Some(one_day(value, language)),
        EntityKind::DateTime => Some(moment(value, language)),
        EntityKind::Time => Some(value.replace('/', "–")),
        _ => Some(value.clone()),
    }
}

/// A day, or the first and the last of some.
fn days(value: &str, language: Language) -> String {
    let days: Vec<String> = value.split('/').map(|day| one_day(day, language)).collect();
    days.join("–")
}

/// A day with its time, or from when to when.
fn moment(value: &str, language: Language) -> String {
    let Some((day, _)) = value.split_once('T') else { return value.to_owned() };
    let times = value.split('/').filter_map(|moment| moment.split_once('T'));
    let times: Vec<&str> = times.map(|(_, time)| time).collect();
    let day = one_day(day, language);
    let between = if language == Language::Zh { " " } else { ", " };
    format!("{day}{between}{}", times.join("–"))
}

fn one_day(value: &str, language: Language) -> String {
    let Ok(day) = value.parse::<Date>() else { return value.to_owned() };
    let (en, zh) = match day.weekday() {
        Weekday::Monday => ("Monday", "周一"),
        Weekday::Tuesday => ("Tuesday", "周二"),
        Weekday::Wednesday => ("Wednesday", "周三"),
        Weekday::Thursday => ("Thursday", "周四"),
        Weekday::Friday => ("Friday", "周五"),
        Weekday::Saturday => ("Saturday", "周六"),
        Weekday::Sunday => ("Sunday", "周日"),
    };
    match language {
        Language::En => format!("{en}, {}", day.strftime("%-d %B %Y")),
        Language::Zh => format!("{}年{}月{}日（{zh}）", day.year(), day.month(), day.day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_say_them() {
        assert_eq!(days("2026-12-02", Language::En), "Wednesday, 2 December 2026");
        assert_eq!(days("2026-12-02", Language::Zh), "2026年12月2日（周三）");
        assert_eq!(days("soon", Language::Zh), "soon");
        let afternoon = "2026-12-02T12:00/2026-12-02T18:00";
        assert_eq!(moment(afternoon, Language::En), "Wednesday, 2 December 2026, 12:00–18:00");
        assert_eq!(moment("2026-12-02T15:00", Language::Zh), "2026年12月2日（周三） 15:00");
    }
}
