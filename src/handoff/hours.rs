//! When the desk is open: several ranges a day, holidays, and a time zone; and time that counts only
//! while it is.

use std::time::Duration;

use jiff::Span;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::handoff::RuleError;

/// So far ahead is looked for an open hour.
const DAYS_AHEAD: u32 = 400;
/// Most ranges of a day.
const RANGES: usize = 8;

/// Opening hours as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursSpec {
    /// The time zone by its IANA name, such as `Asia/Shanghai`.
    pub time_zone: String,
    /// Ranges such as `09:00-12:00`; a range may end at `24:00`.
    #[serde(default)]
    pub monday: Vec<String>,
    /// The same.
    #[serde(default)]
    pub tuesday: Vec<String>,
    /// The same.
    #[serde(default)]
    pub wednesday: Vec<String>,
    /// The same.
    #[serde(default)]
    pub thursday: Vec<String>,
    /// The same.
    #[serde(default)]
    pub friday: Vec<String>,
    /// The same.
    #[serde(default)]
    pub saturday: Vec<String>,
    /// The same.
    #[serde(default)]
    pub sunday: Vec<String>,
    /// Days with hours of their own.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// A day with hours of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day, such as `2026-12-25`.
    pub date: String,
    /// What is celebrated.
    #[serde(default)]
    pub name: Option<String>,
    /// Ranges; closed all day without any.
    #[serde(default)]
    pub hours: Vec<String>,
}

/// Minutes of a day, from and to.
type Range = (u32, u32);

/// Opening hours that were checked.
#[derive(Clone, Debug)]
pub struct Hours {
    zone: TimeZone,
    week: [Vec<Range>; 7],
    holidays: Vec<(Date, Vec<Range>)>,
}

impl Hours {
    /// Checks hours; `field` is their name in the rules.
    pub fn parse(spec: &HoursSpec, field: &str) -> Result<Self, RuleError> {
        let at = |name: &str| format!("{field}.{name}");
        let zone = TimeZone::get(&spec.time_zone).map_err(|_| {
            let message = format!("`{}` is no time zone such as Asia/Shanghai", spec.time_zone);
            RuleError { field: at("time_zone"), message }
        })?;
        let days = [
            ("monday", &spec.monday),
            ("tuesday", &spec.tuesday),
            ("wednesday", &spec.wednesday),
            ("thursday", &spec.thursday),
            ("friday", &spec.friday),
            ("saturday", &spec.saturday),
            ("sunday", &spec.sunday),
        ];
        let mut week: [Vec<Range>; 7] = Default::default();
        for (day, (name, ranges)) in week.iter_mut().zip(days) {
            *day = parse_ranges(ranges, &at(name))?;
        }
        let mut holidays = Vec::new();
        for (index, holiday) in spec.holidays.iter().enumerate() {
            let date: Date = holiday.date.parse().map_err(|_| RuleError {
                field: at(&format!("holidays[{index}].date")),
                message: format!("`{}` is no day such as 2026-12-25", holiday.date),
            })?;
            if holidays.iter().any(|(known, _)| *known == date) {
                let message = format!("{date} is there twice");
                return Err(RuleError { field: at(&format!("holidays[{index}].date")), message });
            }
            let ranges = parse_ranges(&holiday.hours, &at(&format!("holidays[{index}].hours")))?;
            holidays.push((date, ranges));
        }
        let hours = Self { zone, week, holidays };
        if hours.week.iter().all(Vec::is_empty) {
            let message = "the desk would never be open".to_owned();
            return Err(RuleError { field: field.to_owned(), message });
        }
        Ok(hours)
    }

    /// Whether the desk is open at a moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.spans(at).next().is_some_and(|(from, _)| from <= at)
    }

    /// The next moment at which the desk is open: `at` itself while it is.
    pub fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        self.spans(at).next().map(|(from, _)| from.max(at))
    }

    /// The moment at which the desk will have been open for `lasts` since `start`.
    pub fn after(&self, start: Timestamp, lasts: Duration) -> Option<Timestamp> {
        let mut left = i64::try_from(lasts.as_millis()).ok()?;
        for (from, to) in self.spans(start) {
            let from = from.max(start);
            let open = to.0 - from.0;
            if open >= left {
                return Some(Timestamp(from.0 + left));
            }
            left -= open;
        }
        None
    }

    /// The moment as the desk's clocks show it: day and time.
    pub fn local(&self, at: Timestamp) -> (Weekday, String) {
        let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        let local = self.zone.to_datetime(moment);
        (local.weekday(), format!("{:02}:{:02}", local.hour(), local.minute()))
    }

    /// The moment at which the desk's clocks show `local`; nothing where no calendar has it.
    pub fn when(&self, local: DateTime) -> Option<Timestamp> {
        let moment = self.zone.to_timestamp(local).ok()?;
        Some(Timestamp(moment.as_millisecond()))
    }

    /// The open spans that end after a moment, in order.
    fn spans(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        let today = self.zone.to_datetime(moment).date();
        let days = (0..DAYS_AHEAD)
            .filter_map(move |day| today.checked_add(Span::new().days(i64::from(day))).ok());
        days.flat_map(move |date| {
            let ranges = self.ranges(date).iter();
            ranges.filter_map(move |(from, to)| {
                Some((self.moment(date, *from)?, self.moment(date, *to)?))
            })
        })
        .filter(move |(_, to)| *to > at)
    }

    fn ranges(&self, date: Date) -> &[Range] {
        if let Some((_, ranges)) = self.holidays.iter().find(|(day, _)| *day == date) {
            return ranges;
        }
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.week.get(day).map_or(&[], Vec::as_slice)
    }

    /// A time of a day; where the clocks jump over it, the moment after the jump.
    fn moment(&self, date: Date, minutes: u32) -> Option<Timestamp> {
        let (date, minutes) = match minutes {
            1_440 => (date.tomorrow().ok()?, 0),
            minutes => (date, minutes),
        };
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        let civil = date.to_datetime(Time::new(hour, minute, 0, 0).ok()?);
        let moment = self.zone.to_timestamp(civil).ok()?;
        Some(Timestamp(moment.as_millisecond()))
    }
}

fn parse_ranges(ranges: &[String], field: &str) -> Result<Vec<Range>, RuleError> {
    let wrong = |message: String| RuleError { field: field.to_owned(), message };
    if ranges.len() > RANGES {
        return Err(wrong(format!("{RANGES} ranges a day at most")));
    }
    let mut parsed = Vec::new();
    for text in ranges {
        let range = text.split_once('-').and_then(|(from, to)| Some((clock(from)?, clock(to)?)));
        let Some((from, to)) = range else {
            return Err(wrong(format!("`{text}` is no range such as 09:00-12:00")));
        };
        if from >= to {
            return Err(wrong(format!("`{text}` ends before it begins")));
        }
        if parsed.last().is_some_and(|(_, end)| *end > from) {
            return Err(wrong(format!("`{text}` begins before the range before it ends")));
        }
        parsed.push((from, to));
    }
    Ok(parsed)
}

fn clock(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    if minute.len() != 2 || hour.is_empty() || hour.len() > 2 {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 1_440).then_some(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn spec() -> HoursSpec {
        let day = vec!["9:00-12:00".to_owned(), "13:30-18:00".to_owned()];
        HoursSpec {
            time_zone: "Asia/Shanghai".to_owned(),
            monday: day.clone(),
            tuesday: day.clone(),
            wednesday: day.clone(),
            thursday: day.clone(),
            friday: day,
            saturday: vec![],
            sunday: vec![],
            holidays: vec![Holiday {
                date: "2026-10-01".to_owned(),
                name: Some("国庆节".to_owned()),
                hours: vec![],
            }],
        }
    }

    fn at(text: &str) -> Timestamp {
        let zoned: jiff::ZonedDateTime = text.parse().unwrap();
        Timestamp(zoned.timestamp().as_millisecond())
    }

    #[test]
    fn lunch_nights_weekends_and_holidays_are_closed() {
        let hours = Hours::parse(&spec(), "hours").unwrap();
        // Wednesday, the last of September
        assert!(hours.is_open(at("2026-09-30T09:00[Asia/Shanghai]")));
        assert!(!hours.is_open(at("2026-09-30T12:00[Asia/Shanghai]")));
        assert!(hours.is_open(at("2026-09-30T13:30[Asia/Shanghai]")));
        let evening = at("2026-09-30T18:00[Asia/Shanghai]");
        assert!(!hours.is_open(evening));
        // Thursday is a holiday
        let friday = at("2026-10-02T09:00[Asia/Shanghai]");
        assert_eq!(hours.next_open(evening), Some(friday));
        assert_eq!(hours.local(friday), (Weekday::Friday, "09:00".to_owned()));
    }

    #[test]
    fn only_open_time_counts() {
        let hours = Hours::parse(&spec(), "hours").unwrap();
        let start = at("2026-09-30T11:00[Asia/Shanghai]");
        assert_eq!(hours.after(start, HOUR), Some(at("2026-09-30T12:00[Asia/Shanghai]")));
        assert_eq!(hours.after(start, 2 * HOUR), Some(at("2026-09-30T14:30[Asia/Shanghai]")));
        // an hour before lunch and four and a half after it; the next day is a holiday
        assert_eq!(hours.after(start, 6 * HOUR), Some(at("2026-10-02T09:30[Asia/Shanghai]")));
        let night = at("2026-10-02T23:00[Asia/Shanghai]");
        assert_eq!(hours.after(night, HOUR), Some(at("2026-10-05T10:00[Asia/Shanghai]")));
    }

    #[test]
    fn clocks_that_are_put_back_make_the_day_longer() {
        let all_day = HoursSpec {
            time_zone: "Europe/Berlin".to_owned(),
            sunday: vec!["00:00-24:00".to_owned()],
            monday: vec![],
            ..spec()
        };
        let hours = Hours::parse(&all_day, "hours").unwrap();
        let midnight = at("2026-10-25T00:00[Europe/Berlin]");
        assert_eq!(hours.after(midnight, 25 * HOUR), Some(at("2026-10-26T00:00[Europe/Berlin]")));
    }

    #[test]
    fn what_is_wrong_is_named() {
        type Change = fn(&mut HoursSpec);
        let cases: [(Change, &str); 7] = [
            (|spec| spec.time_zone = "Mars/Base".to_owned(), "hours.time_zone"),
            (|spec| spec.monday = vec!["9-12".to_owned()], "hours.monday"),
            (|spec| spec.tuesday = vec!["12:00-09:00".to_owned()], "hours.tuesday"),
            (|spec| spec.friday = vec!["09:00-25:00".to_owned()], "hours.friday"),
            (
                |spec| spec.sunday = vec!["09:00-12:00".to_owned(), "11:00-13:00".to_owned()],
                "hours.sunday",
            ),
            (|spec| spec.holidays[0].date = "tomorrow".to_owned(), "hours.holidays[0].date"),
            (|spec| spec.holidays.push(spec.holidays[0].clone()), "hours.holidays[1].date"),
        ];
        for (change, field) in cases {
            let mut spec = spec();
            change(&mut spec);
            assert_eq!(Hours::parse(&spec, "hours").unwrap_err().field, field);
        }
    }
}
