//! A day and a time of it as one value: "next Friday at 3pm", 下周三下午三点 are "2026-12-04T15:00"; of a
//! part of the day, its beginning and its end: "2026-12-04T12:00/2026-12-04T18:00".

use crate::domain::{Entity, EntityKind};

/// What is known already, where a message names only one of the two.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Half<'a> {
    /// The day.
    pub(super) day: Option<&'a str>,
    /// The time.
    pub(super) time: Option<&'a str>,
}

/// The moments that a message names: each day with the time that stands nearest to it.
pub(super) fn moments(entities: &[Entity], known: Half<'_>) -> Vec<String> {
    let of = |kind| entities.iter().filter(move |entity| entity.kind == kind);
    let days: Vec<&Entity> = of(EntityKind::Date).filter(|day| !day.value.contains('/')).collect();
    let mut times: Vec<&Entity> = of(EntityKind::Time).collect();
    if days.is_empty() {
        let joined = times.iter().filter_map(|time| join(known.day?, &time.value));
        return joined.collect();
    }
    let mut moments = Vec::new();
    for day in days {
        let distance = |time: &Entity| time.start.abs_diff(day.start);
        let nearest = (0..times.len()).min_by_key(|at| times.get(*at).map(|time| distance(time)));
        let time = nearest.map(|at| times.remove(at).value.as_str()).or(known.time);
        moments.extend(time.and_then(|time| join(&day.value, time)));
    }
    moments
}

/// The day and the time of a moment.
pub(super) fn halves(moment: &str) -> Half<'_> {
    let first = moment.split('/').next().unwrap_or_default();
    match first.split_once('T') {
        // of a part of the day, the time alone says less than was said
        Some((day, _)) if moment.contains('/') => Half { day: Some(day), time: None },
        Some((day, time)) => Half { day: Some(day), time: Some(time) },
        None => Half::default(),
    }
}

fn join(day: &str, time: &str) -> Option<String> {
    if day.contains('/') || day.contains('T') {
        return None;
    }
    let joined: Vec<String> = time.split('/').map(|time| format!("{day}T{time}")).collect();
    Some(joined.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: EntityKind = EntityKind::Date;
    const TIME: EntityKind = EntityKind::Time;

    fn entity(&(kind, start, value): &(EntityKind, usize, &str)) -> Entity {
        let (text, value) = (value.to_owned(), value.to_owned());
        Entity { kind, name: None, text, start, end: start + 1, value }
    }

    fn named(entities: &[(EntityKind, usize, &str)], known: Half<'_>) -> Vec<String> {
        moments(&entities.iter().map(entity).collect::<Vec<_>>(), known)
    }

    #[test]
    fn a_day_and_a_time_are_one_moment_in_either_order() {
        let (day, part) = ("2026-12-04", "12:00/18:00");
        let none = Half::default();
        for entities in [[(DAY, 0, day), (TIME, 20, "15:00")], [(TIME, 0, "15:00"), (DAY, 9, day)]]
        {
            assert_eq!(named(&entities, none), ["2026-12-04T15:00"]);
        }
        let of_part = named(&[(DAY, 0, day), (TIME, 20, part)], none);
        assert_eq!(of_part, ["2026-12-04T12:00/2026-12-04T18:00"]);
        let two = [(DAY, 0, day), (TIME, 9, "15:00"), (DAY, 30, "2026-12-05"), (TIME, 39, "09:30")];
        assert_eq!(named(&two, none), ["2026-12-04T15:00", "2026-12-05T09:30"]);
        let weekend = [(DAY, 0, "2026-12-05/2026-12-06"), (TIME, 9, "15:00")];
        assert!(named(&weekend, none).is_empty(), "some days are no day");
    }

    #[test]
    fn half_of_a_moment_is_one_with_what_is_known() {
        let known = Half { day: Some("2026-12-04"), time: Some("09:00") };
        assert_eq!(named(&[(TIME, 0, "15:00")], known), ["2026-12-04T15:00"]);
        assert_eq!(named(&[(DAY, 0, "2026-12-05")], known), ["2026-12-05T09:00"]);
        assert!(named(&[(DAY, 0, "2026-12-05")], Half::default()).is_empty());
        assert!(named(&[(TIME, 0, "15:00")], Half::default()).is_empty());
        let half = halves("2026-12-04T15:00");
        assert_eq!((half.day, half.time), (Some("2026-12-04"), Some("15:00")));
        let part = halves("2026-12-04T12:00/2026-12-04T18:00");
        assert_eq!((part.day, part.time), (Some("2026-12-04"), None));
    }
}
