//! Dates, as ISO 8601 days relative to the day on which the message is read.
//!
//! - A date without its year, or a day without its month, is the nearest one: "Dec 28" said in
//!   January was last year. "3/4/2026" is the third of April, day first, unless that is no date.
//! - Weeks begin on Monday. "next Friday" and 下周五 are in the next week, "last Monday" and 上周一
//!   in the last one, "this Friday" and 这周五 in this one; a bare "Friday" or 周五 is the coming
//!   one, today included; "past Friday" is the one before today.
//! - A weekend is the interval of its two days.

use jiff::Span;
use jiff::civil::Date;

use crate::understanding::entities::folded::is_word;
use crate::understanding::entities::numbers::{ENGLISH, english, han_digits, whole};
use crate::understanding::entities::rule::{Rule, Sight, Source};

const MONTH: &str = "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|\
    aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?";
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAY: &str = "(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday|\
    mon|tues?|weds?|thurs?|thu|fri|sat|sun)";
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: &str = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?";
const YEAR: &str = "(?:%o,?%o(?P<year>(?:19|20)[0-9]{2})%b)?";
const HAN_DAY: &str = "(?P<day>[0-9]{1,2}|[一二三四五六七八九十]{1,3})";
const HAN_WEEK: &str = "(?P<which>下下|上上|下|上|这|本|此)?个?(?:周|星期|礼拜)";
const UNIT: &str = "(?P<unit>day|week|month|year)s?%b";

/// What days are called, and how far they are from today. Han ones of one character stand only
/// before a part of the day: 今晚.
const WORDS: [(i64, &str); 7] = [
    (3, "大后天"),
    (2, "后天|day after tomorrow"),
    (1, "明天|明日|明|tomorrow|tomorow|tommorow|tommorrow|tmrw"),
    (0, "今天|今日|今|today"),
    (-1, "昨天|昨日|昨|yesterday"),
    (-2, "前天|day before yesterday"),
    (-3, "大前天"),
];

/// The rules that find dates.
pub(super) fn rules() -> Result<Vec<Rule>, regex::Error> {
    let rule = |pattern: &str, read| Rule::new(Source::Date, "-./:", pattern, read);
    let words = WORDS
        .iter()
        .flat_map(|(_, words)| words.split('|'))
        .filter(|word| word.chars().count() > 1);
    let (latin, han): (Vec<_>, Vec<_>) = words.partition(|word| word.is_ascii());
    let (latin, han) = (latin.join("|").replace(' ', "%s"), han.join("|"));
    let number = format!("(?P<number>[0-9]{{1,3}}|{ENGLISH})");
    Ok(vec![
        rule(
            "(?P<year>(?:19|20)[0-9]{2})[-/.](?P<number>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})",
            numeric,
        )?,
        rule(
            "(?P<day>[0-9]{1,2})[-/.](?P<number>[0-9]{1,2})[-/.](?P<year>(?:19|20)[0-9]{2})",
            numeric,
        )?,
        rule("(?P<day>[0-9]{1,2})/(?P<number>[0-9]{1,2})/(?P<year>[0-9]{2})", numeric)?,
        rule(&format!("%b{MONTH}%o{DAY}%b{YEAR}"), named)?,
        rule(&format!("{DAY}%o(?:of%s)?-?{MONTH}%b{YEAR}"), named)?,
        rule(
            &format!(
                "(?:(?P<year>(?:19|20)?[0-9]{{2}}|[零〇一二三四五六七八九]{{4}})年|(?P<which>今年|明年|去年))?\
                (?P<number>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})月{HAN_DAY}[日号]?"
            ),
            han_date,
        )?,
        rule(
            &format!("(?P<which>下下个?|上上个?|下个?|上个?|这个?|本|当)月的?{HAN_DAY}[日号]"),
            day_of_month,
        )?,
        rule(&format!("{HAN_DAY}号"), day_of_month)?,
        rule(
            "%b(?:on|by|until|since|from|before|after)%sthe%s(?P<it>(?P<day>[0-9]{1,2})(?:st|nd|rd|th))%b",
            ordinal,
        )?,
        rule(&format!("%b(?P<word>(?:the%s)?(?:{latin}))%b"), word)?,
        rule(&format!("(?P<word>{han})"), word)?,
        rule("(?P<it>(?P<word>[今明昨]))[早晚]", word)?,
        rule(&format!("%bin%s{number}%s{UNIT}"), offset)?,
        rule(&format!("%b{number}%s{UNIT}%s(?P<ago>ago|from%snow)%b"), offset)?,
        rule(
            "(?P<number>[0-9]{1,3}|%h{1,6})个?(?P<unit>天|日|周|星期|礼拜|月|年)[以之]?(?P<ago>前|后)",
            offset,
        )?,
        rule(&format!("%b(?:(?P<which>next|last|this|coming|past)%s)?{WEEKDAY}%b"), weekday)?,
        rule(&format!("%b(?P<preposition>on|by|until)%s(?P<it>{WEEKDAY})%b"), weekday)?,
        rule(&format!("{HAN_WEEK}(?P<weekday>[一二三四五六日天1-6])"), han_weekday)?,
        rule("%b(?:the|(?P<which>next|last|this|coming|past))%sweekend%b", weekend)?,
        rule("(?P<which>下下|上上|下|上|这|本)?个?周末", weekend)?,
    ])
}

fn numeric(sight: &Sight<'_>) -> Option<String> {
    let year: i16 = sight.group("year")?.parse().ok()?;
    let year = if year < 100 { year + 2000 } else { year };
    let (number, day) = (sight.group("number")?.parse().ok()?, sight.group("day")?.parse().ok()?);
    let date = Date::new(year, number, day).or_else(|_| Date::new(year, day, number));
    Some(date.ok()?.to_string())
}

fn named(sight: &Sight<'_>) -> Option<String> {
    let name = sight.group("month")?.get(..3)?;
    let month =
        MONTHS.iter().zip(1..).find_map(|(known, number)| (*known == name).then_some(number))?;
    let day = sight.group("day")?.parse().ok()?;
    let year = sight.group("year").and_then(|year| year.parse().ok());
    Some(in_year(sight.today, year, month, day)?.to_string())
}

fn han_date(sight: &Sight<'_>) -> Option<String> {
    let this_year = sight.today.year();
    let year = match (sight.group("year"), sight.group("which")) {
        (Some(year), _) => {
            let year = i16::try_from(year.parse().ok().or_else(|| han_digits(year))?).ok()?;
            Some(if year < 100 { year + 2000 } else { year })
        }
        (None, Some("今年")) => Some(this_year),
        (None, Some("明年")) => Some(this_year.checked_add(1)?),
        (None, Some(_)) => Some(this_year.checked_sub(1)?),
        (None, None) => None,
    };
    let is_count = sight.text().ends_with(|c| !matches!(c, '日' | '号'))
        && sight.precedes_any("个件元块天%度");
    if is_count || sight.continues_han_number() {
        return None;
    }
    let month = i8::try_from(whole(sight.group("number")?)?).ok()?;
    Some(in_year(sight.today, year, month, day(sight)?)?.to_string())
}

/// 下个月5号, or 5号 alone unless it is a house, a line, a size or a battery.
fn day_of_month(sight: &Sight<'_>) -> Option<String> {
    if sight.continues_han_number() {
        return None;
    }
    let months = match sight.group("which").map(|which| which.trim_end_matches('个')) {
        Some("下下") => 2..=2,
        Some("下") => 1..=1,
        Some("这" | "本" | "当") => 0..=0,
        Some("上") => -1..=-1,
        Some(_) => -2..=-2,
        None if sight.follows_any("第路街道巷弄里村园区座栋楼#") => return None,
        None if sight.precedes_any("线楼店电色机门柜桌房院尺码球选车员院馆仓库柱厅台口") =>
        {
            return None;
        }
        None => -1..=1,
    };
    nearest_month(sight, months)
}

/// "on the 25th", but not "on the 2nd floor".
fn ordinal(sight: &Sight<'_>) -> Option<String> {
    let after = sight.after().trim_start_matches([' ', '\t']);
    let next: String = after.chars().take_while(|c| is_word(*c)).collect();
    let ends = ["", "and", "or", "at", "but", "please", "because", "i", "we", "it"];
    if ends.contains(&next.as_str()) { nearest_month(sight, -1..=1) } else { None }
}

/// The day in the month, of those so far from this one, that brings it nearest.
fn nearest_month(sight: &Sight<'_>, months: std::ops::RangeInclusive<i64>) -> Option<String> {
    let (first, day) = (sight.today.first_of_month(), day(sight)?);
    let in_month = |months: i64| {
        let month = first.checked_add(Span::new().try_months(months).ok()?).ok()?;
        Date::new(month.year(), month.month(), day).ok()
    };
    Some(nearest(sight.today, months.filter_map(in_month))?.to_string())
}

fn word(sight: &Sight<'_>) -> Option<String> {
    let said = sight.group("word")?.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = said.strip_prefix("the ").unwrap_or(&said);
    let ends_a_word = said.chars().count() == 1 && sight.follows_any("说声证表"); // 说明 晚上
    let has = |words: &str| !ends_a_word && words.split('|').any(|word| word == said);
    let days = WORDS.iter().find_map(|(days, words)| has(words).then_some(*days))?;
    Some(plus_days(sight.today, days)?.to_string())
}

/// "in 3 days", "3 days ago", 三天前.
fn offset(sight: &Sight<'_>) -> Option<String> {
    let (number, unit) = (sight.group("number")?, sight.group("unit")?);
    if sight.continues_han_number() {
        return None;
    }
    let count =
        if matches!(number, "a" | "an") { 1 } else { whole(number).or_else(|| english(number))? };
    let count = i64::try_from(count).ok().filter(|count| *count < 1_000)?;
    let sign = if matches!(sight.group("ago"), Some("ago" | "前")) { -1 } else { 1 };
    let span = match unit {
        "day" | "天" | "日" => Span::new().try_days(sign * count),
        "week" | "周" | "星期" | "礼拜" => Span::new().try_weeks(sign * count),
        "月" if !sight.text().contains('个') => return None, // 三月前 is before March
        "month" | "月" => Span::new().try_months(sign * count),
        _ => Span::new().try_years(sign * count),
    };
    Some(sight.today.checked_add(span.ok()?).ok()?.to_string())
}

fn weekday(sight: &Sight<'_>) -> Option<String> {
    let name = sight.group("weekday")?;
    let is_bare = sight.group("which").or(sight.group("preposition")).is_none();
    let is_word = is_bare && !name.ends_with("day"); // we sat in the sun
    let is_other =
        ["every", "each", "black", "cyber"].iter().any(|word| sight.before().ends_with(word));
    if is_word || is_other {
        return None;
    }
    let day = WEEKDAYS.iter().zip(0..).find_map(|(day, at)| name.starts_with(day).then_some(at))?;
    Some(in_week(sight, day)?.to_string())
}

fn han_weekday(sight: &Sight<'_>) -> Option<String> {
    let is_count = sight.group("which").is_none()
        && sight.follows_any("每一两二三四五六七八九十几0123456789")
        || sight.precedes_any("次天个期年岁");
    let day = match sight.group("weekday")?.chars().next()? {
        '天' | '日' => 7,
        digit => i64::try_from(whole(digit.encode_utf8(&mut [0; 4]))?).ok()?,
    };
    if is_count { None } else { Some(in_week(sight, day - 1)?.to_string()) }
}

fn weekend(sight: &Sight<'_>) -> Option<String> {
    let saturday = in_week(sight, 5)?;
    Some(format!("{saturday}/{}", plus_days(saturday, 1)?))
}

/// The day of the week that is meant; `day` counts from Monday on.
fn in_week(sight: &Sight<'_>, day: i64) -> Option<Date> {
    let today = i64::from(sight.today.weekday().to_monday_zero_offset());
    let weeks = match sight.group("which") {
        Some("next" | "下") => 1,
        Some("下下") => 2,
        Some("last" | "上") => -1,
        Some("上上") => -2,
        Some("past") => -i64::from(day >= today),
        Some("this" | "这" | "本" | "此") => 0,
        _ => i64::from(day < today),
    };
    plus_days(sight.today, 7 * weeks + day - today)
}

fn day(sight: &Sight<'_>) -> Option<i8> {
    i8::try_from(whole(sight.group("day")?)?).ok()
}

/// The day in that year, or in the year that brings it nearest.
fn in_year(today: Date, year: Option<i16>, month: i8, day: i8) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let years = (-1..=1).filter_map(|years| today.year().checked_add(years));
    nearest(today, years.filter_map(|year| Date::new(year, month, day).ok()))
}

fn nearest(today: Date, dates: impl Iterator<Item = Date>) -> Option<Date> {
    dates.min_by_key(|date| today.duration_until(*date).as_hours().abs())
}

fn plus_days(date: Date, days: i64) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::entities::rule::values;

    fn check(cases: &[(&str, &str)]) {
        let rules = rules().unwrap();
        for (text, expected) in cases {
            assert_eq!(values(&rules, text), *expected, "{text}");
        }
    }

    #[test]
    fn written_dates() {
        check(&[
            ("2026-11-25", "2026-11-25"),
            ("2026/1/5 and 2026.01.05", "2026-01-05|2026-01-05"),
            ("25/11/2026, 25.11.2026", "2026-11-25|2026-11-25"),
            ("11/25/2026", "2026-11-25"),
            ("3/4/2026", "2026-04-03"),
            ("25/11/26", "2026-11-25"),
            ("2026-02-30, 2026-13-45", ""),
            ("Nov 25", "2026-11-25"),
            ("November 25th, 2025", "2025-11-25"),
            ("Dec. 3 2026", "2026-12-03"),
            ("25 November", "2026-11-25"),
            ("the 5th of June 2027", "2027-06-05"),
            ("Jan 5", "2027-01-05"),
            ("Aug 5", "2026-08-05"),
            ("Nov 31", ""),
            ("11月25日", "2026-11-25"),
            ("11月25号到的", "2026-11-25"),
            ("１１月２５日", "2026-11-25"),
            ("2025年3月5日", "2025-03-05"),
            ("去年十二月三十一日", "2025-12-31"),
            ("二零二六年一月五号", "2026-01-05"),
            ("1月5日", "2027-01-05"),
            ("下个月5号", "2026-12-05"),
            ("上个月31号", "2026-10-31"),
            ("本月3日", "2026-11-03"),
            ("on the 25th, by the 3rd at noon", "2026-11-25|2026-12-03"),
            ("on the 2nd floor, the 3rd time", ""),
            ("25号", "2026-11-25"),
            ("3号", "2026-12-03"),
            ("三十二号，十三月五日，32号，第3号，2号线，建国路25号，5号电池，订单#5号", ""),
        ]);
    }

    #[test]
    fn relative_dates() {
        check(&[
            ("today or tomorrow", "2026-11-25|2026-11-26"),
            ("yesterday", "2026-11-24"),
            ("the day after tomorrow", "2026-11-27"),
            ("day  before yesterday", "2026-11-23"),
            ("今天还是明天", "2026-11-25|2026-11-26"),
            ("后天，大后天", "2026-11-27|2026-11-28"),
            ("昨天 前天 大前天", "2026-11-24|2026-11-23|2026-11-22"),
            ("今晚八点", "2026-11-25"),
            ("明早", "2026-11-26"),
            ("明白了，今年", ""),
            ("in 3 days", "2026-11-28"),
            ("in a week", "2026-12-02"),
            ("in two months", "2027-01-25"),
            ("3 days ago", "2026-11-22"),
            ("a week ago", "2026-11-18"),
            ("a year ago", "2025-11-25"),
            ("five days from now", "2026-11-30"),
            ("for 3 days, 3 days, in 3 business days", ""),
            ("三天前", "2026-11-22"),
            ("两天后", "2026-11-27"),
            ("3天之后", "2026-11-28"),
            ("两个星期前", "2026-11-11"),
            ("3个月前", "2026-08-25"),
            ("一年前", "2025-11-25"),
            ("三月前，3天内，几天前", ""),
        ]);
    }

    #[test]
    fn days_of_the_week() {
        check(&[
            ("next Friday", "2026-12-04"),
            ("Friday", "2026-11-27"),
            ("this friday", "2026-11-27"),
            ("on Monday", "2026-11-30"),
            ("Wednesday", "2026-11-25"),
            ("last Monday", "2026-11-16"),
            ("past Monday", "2026-11-23"),
            ("past Friday", "2026-11-20"),
            ("next fri", "2026-12-04"),
            ("I sat in the sun, we wed", ""),
            ("every Friday, Fridays, Black Friday", ""),
            ("this weekend", "2026-11-28/2026-11-29"),
            ("next weekend", "2026-12-05/2026-12-06"),
            ("下周三下午", "2026-12-02"),
            ("上周五", "2026-11-20"),
            ("这周六", "2026-11-28"),
            ("周三", "2026-11-25"),
            ("周一", "2026-11-30"),
            ("下下周一", "2026-12-07"),
            ("上个星期天", "2026-11-22"),
            ("礼拜五", "2026-11-27"),
            ("周末", "2026-11-28/2026-11-29"),
            ("每周三，一周三次，两周一次", ""),
        ]);
    }

    #[test]
    fn what_is_no_date() {
        check(&[
            ("2 in 1, 24/7, 100%, version 3.2, iPhone 15, 1,299.00", ""),
            ("我有3个问题，192.168.1.2026, LX-2026-11-25, 2026-11-25-7", ""),
            ("order in 2023, model 10.12", ""),
        ]);
    }
}
