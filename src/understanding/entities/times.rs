//! Times of the day as "15:30". A part of the day without an hour is an interval: 下午 and "in the
//! afternoon" are "12:00/18:00". An hour without its part of the day is read on the 24-hour clock:
//! 3点 is "03:00".

use crate::understanding::entities::folded::is_han;
use crate::understanding::entities::numbers::whole;
use crate::understanding::entities::rule::{Rule, Sight, Source};

const MORNING: &str = "06:00/12:00";
const NOON: &str = "11:00/13:00";
const AFTERNOON: &str = "12:00/18:00";
const EVENING: &str = "18:00/24:00";
const NIGHT: &str = "00:00/06:00";

/// When the parts of the day are.
const PARTS: [(&str, &str); 5] = [
    (NIGHT, "凌晨"),
    (MORNING, "清晨|早晨|早上|早|上午|morning|am|a.m"),
    (NOON, "中午|正午"),
    (AFTERNOON, "下午|午后|afternoon|pm|p.m"),
    (EVENING, "傍晚|晚上|晚间|晚|夜里|evening|tonight|night"),
];
const HAN_PART: &str = "凌晨|清晨|早晨|早上|早|上午|中午|正午|下午|午后|傍晚|晚上|晚间|晚|夜里";
const HOUR: &str = "(?P<hour>[01]?[0-9]|2[0-3])";
const MINUTE: &str = "(?P<minute>[0-5][0-9])";
/// What follows 3点 when it is a time; 3点建议 are three pieces of advice.
const AFTER_HOUR: &str = "前后左到至之以开送来吗多发关下上见打能可才就准收会还都的了呢吧有没在";

/// The rules that find times.
pub(super) fn rules() -> Result<Vec<Rule>, regex::Error> {
    let rule = |pattern: &str, read| Rule::new(Source::Time, ".:/", pattern, read);
    let half = "%o(?:(?P<part>am|pm)%b|(?P<dotted>[ap]\\.m)%b\\.?)";
    let part = "%s(?:in%sthe%s(?P<part>morning|afternoon|evening)|at%s(?P<night>night)|(?P<tonight>tonight))%b";
    Ok(vec![
        rule(&format!("{HOUR}:{MINUTE}(?::[0-5][0-9])?"), clock)?,
        rule(&format!("{HOUR}[:.]{MINUTE}{half}"), clock)?,
        rule(&format!("{HOUR}{half}"), clock)?,
        rule(&format!("{HOUR}(?::{MINUTE})?(?:%oo'?clock)?{part}"), clock)?,
        rule(&format!("{HOUR}%oo'?clock%b"), clock)?,
        rule("%b(?:at%s|by%s|before%s|after%s|until%s)?(?P<it>noon|midday|midnight)%b", named)?,
        rule(
            "%b(?:in%sthe|this|tomorrow|yesterday|[a-z]{2,6}day)%s(?P<it>(?P<part>morning|afternoon|evening|night))%b",
            part_of_day,
        )?,
        rule("%b(?P<part>tonight)%b", part_of_day)?,
        rule(&format!("(?P<part>{HAN_PART})"), part_of_day)?,
        rule(&format!("(?P<part>{HAN_PART})%o{HOUR}:{MINUTE}"), clock)?,
        rule(
            &format!(
                "(?:(?P<part>{HAN_PART})%o)?(?P<hour>[0-9]{{1,2}}|[零一二两三四五六七八九十]{{1,3}})(?:点钟?|时)\
                (?P<minute>[0-5][0-9]分?|[零二三四五]?十[一二三四五六七八九]?分?|零[一二三四五六七八九]分?|\
                [一二三四五六七八九1-9]分|半|一刻|三刻|整)?"
            ),
            han_clock,
        )?,
    ])
}

fn clock(sight: &Sight<'_>) -> Option<String> {
    let part = ["part", "dotted", "night", "tonight"].iter().find_map(|name| sight.group(name));
    let hour = sight.group("hour")?.parse().ok()?;
    let minute = sight.group("minute").map_or(Ok(0), str::parse).ok()?;
    shown(hour, minute, part)
}

fn named(sight: &Sight<'_>) -> Option<String> {
    match sight.text() {
        "noon" | "midday" => Some("12:00".to_owned()),
        "midnight" => Some("00:00".to_owned()),
        _ => None,
    }
}

/// A part of the day; 晚上好 is a greeting.
fn part_of_day(sight: &Sight<'_>) -> Option<String> {
    let is_greeting = sight.precedes_any("好安");
    let part = sight.group("part").filter(|part| !is_greeting && is_part(sight, part))?;
    interval(part).map(str::to_owned)
}

/// 早 and 晚 are parts of the day behind a day only: 明早, but not 早一点.
fn is_part(sight: &Sight<'_>, part: &str) -> bool {
    !matches!(part, "早" | "晚") || sight.follows_any("今明昨天")
}

fn han_clock(sight: &Sight<'_>) -> Option<String> {
    let (part, minute) = (sight.group("part"), sight.group("minute"));
    let hour = u32::try_from(whole(sight.group("hour")?)?).ok()?;
    let is_bare = part.is_none() && minute.is_none();
    let is_count = sight.follows_any("第有这那共几.")
        || sight.text() == "一点"
        || sight.text().ends_with('时');
    let goes_on = sight
        .after()
        .chars()
        .next()
        .is_some_and(|c| is_han(c) && !AFTER_HOUR.contains(c) && !sight.text().ends_with('钟'));
    let is_more = part.is_some_and(|part| !is_part(sight, part)); // 早一点
    if is_more || sight.continues_han_number() || (is_bare && (is_count || goes_on)) {
        return None;
    }
    let minute = match minute {
        None | Some("整") => 0,
        Some("半") => 30,
        Some("一刻") => 15,
        Some("三刻") => 45,
        Some(minute) => u32::try_from(whole(minute.trim_end_matches('分'))?).ok()?,
    };
    shown(hour, minute, part)
}

fn interval(part: &str) -> Option<&'static str> {
    let has = |names: &str| names.split('|').any(|name| name == part);
    PARTS.iter().find_map(|(interval, names)| has(names).then_some(*interval))
}

/// The hour on the 24-hour clock: 3 in the afternoon is 15, 12 at night 0.
fn shown(hour: u32, minute: u32, part: Option<&str>) -> Option<String> {
    let is_half = matches!(part, Some("am" | "pm" | "a.m" | "p.m"));
    if hour > 23 || minute > 59 || (is_half && !(1..=12).contains(&hour)) {
        return None;
    }
    let hour = match part.and_then(interval) {
        Some(MORNING) if is_half && hour == 12 => 0,
        Some(NIGHT | EVENING) if hour == 12 => 0,
        Some(EVENING) if (5..12).contains(&hour) => hour + 12,
        Some(NOON) if hour < 3 => hour + 12,
        Some(AFTERNOON) if hour < 12 => hour + 12,
        _ => hour,
    };
    Some(format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::entities::rule::values;

    #[test]
    fn times_are_on_the_24_hour_clock() {
        let rules = rules().unwrap();
        for (text, expected) in [
            ("3pm", "15:00"),
            ("3:30 pm", "15:30"),
            ("3.30 p.m.", "15:30"),
            ("12 am and 12 pm", "00:00|12:00"),
            ("15:30", "15:30"),
            ("15：30:10", "15:30"),
            ("from 9:00-17:30", "09:00|17:30"),
            ("at noon or midnight", "12:00|00:00"),
            ("3 o'clock", "03:00"),
            ("3 in the afternoon", "15:00"),
            ("8 tonight, 9 at night", "20:00|21:00"),
            ("tomorrow morning", "06:00/12:00"),
            ("in the afternoon", "12:00/18:00"),
            ("friday evening, tonight", "18:00/24:00|18:00/24:00"),
            ("good morning, good evening, Morning!", ""),
            ("上午10点", "10:00"),
            ("下午三点半", "15:30"),
            ("晚上8点", "20:00"),
            ("晚上十二点", "00:00"),
            ("中午十二点半，中午1点", "12:30|13:00"),
            ("凌晨2点", "02:00"),
            ("3点一刻", "03:15"),
            ("十点二十分，十点零五，10点20", "10:20|10:05|10:20"),
            ("下午3:30", "15:30"),
            ("１５：３０", "15:30"),
            ("15时30分", "15:30"),
            ("八点钟，9点整", "08:00|09:00"),
            ("3点前送到", "03:00"),
            ("周三十点开门", "10:00"),
            ("今晚8点，明早九点", "20:00|09:00"),
            ("今晚，后天晚上", "18:00/24:00|18:00/24:00"),
            ("下周三下午", "12:00/18:00"),
            ("晚上好，早上好，早安，早", ""),
            ("有3点建议，快一点，早一点，晚两点问，第三点，3.5点，两点问题", ""),
            ("25:00, 15 pm, 16:9, 二十五点，100点", ""),
            ("2 in 1, 24/7, 100%, version 3.2, iPhone 15 am I", ""),
            ("我有3个问题，3小时，1,299.00", ""),
        ] {
            assert_eq!(values(&rules, text), expected, "{text}");
        }
    }
}
