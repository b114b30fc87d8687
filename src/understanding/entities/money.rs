//! Amounts of money. A bare number is none: there is a currency before it or behind it, or it is a
//! number of 万 that counts nothing else. "$" is the US dollar and "¥" the yuan unless the text
//! says more. Values are canonical: "12.50 USD", and "1299 USD" for "$1,299.00".

use crate::understanding::entities::folded::{is_han, is_word};
use crate::understanding::entities::numbers::{
    ENGLISH, ONE, decimal, english, han, han_unit, whole,
};
use crate::understanding::entities::rule::{Rule, Sight, Source};

/// Currencies and what stands for them before a number.
const BEFORE: [(&str, &str); 11] = [
    ("USD", "$ us$ usd"),
    ("EUR", "€ eur"),
    ("GBP", "£ gbp"),
    ("CNY", "¥ rmb cny 人民币"),
    ("HKD", "hk$ hkd"),
    ("TWD", "nt$ twd"),
    ("AUD", "a$ au$ aud"),
    ("CAD", "c$ ca$ cad"),
    ("SGD", "s$ sgd"),
    ("KRW", "₩ krw"),
    ("INR", "₹ inr"),
];
/// Currencies and what stands for them behind a number.
const AFTER: [(&str, &str); 13] = [
    ("USD", "$ usd dollar dollars bucks 美元 美金 美刀"),
    ("EUR", "€ eur euro euros 欧元"),
    ("GBP", "£ gbp pound pounds quid 英镑"),
    ("CNY", "¥ cny rmb yuan 元 块 元钱 块钱 人民币 元人民币"),
    ("HKD", "hkd 港币 港元"),
    ("TWD", "twd 台币 新台币"),
    ("AUD", "aud 澳元"),
    ("CAD", "cad 加元"),
    ("SGD", "sgd 新币"),
    ("JPY", "jpy yen 日元"),
    ("KRW", "krw 韩元"),
    ("INR", "inr rupee rupees 卢比"),
    ("CHF", "chf 瑞士法郎"),
];
/// Hundredths of a currency.
const CENTS: [(&str, &str); 2] = [("USD", "cent cents 美分"), ("GBP", "pence")];

/// A number in digits, perhaps of thousands or 万.
const DIGITS: &str = "(?P<digits>[0-9]{1,12}(?:[.,][0-9]{1,4}){0,5})\
    (?:%o(?P<times>(?:k|thousand|million)%b|[百千]?万|[百千亿]))?";
/// What 万 counts when it does not count money.
const NOT_MONEY: &str = "个人次件台部辆公里步字条年天名家份粉用毫张只斤吨米转倍亿分种位本瓶盒袋箱套双千平度瓦伏安像点册场";
/// What may follow a small number of 块 that is money: 三块电池 are three batteries.
const AFTER_CHANGE: &str = "的了吗呢吧啊左多就都能可以给还";

/// The rules that find amounts.
pub(super) fn rules() -> Result<Vec<Rule>, regex::Error> {
    let before = alternatives(BEFORE.iter(), "%b", "");
    let after = alternatives(AFTER.iter().chain(&CENTS), "", "%b");
    let words = format!("(?P<words>%b(?:{ENGLISH})(?:(?:%sand%s|%s|-)(?:{ENGLISH})){{0,7}}%b)");
    let number = format!("(?:{DIGITS}|(?P<han>%h{{1,16}})|{words})");
    let rule = |pattern: &str, read| Rule::new(Source::Amount, ".,", pattern, read);
    Ok(vec![
        rule(&format!("(?P<before>{before})%o{DIGITS}%o(?P<after>{after})"), amount)?,
        rule(&format!("(?P<before>{before})%o{DIGITS}"), amount)?,
        rule(&format!("{number}%o-?(?:us%s)?(?P<after>{after})"), amount)?,
        rule(&format!("{number}(?P<after>[块元])(?P<tail>[0-9]|%h)(?P<tenths>[角毛])?"), amount)?,
        rule(r"(?P<digits>[0-9]{1,6}(?:\.[0-9]{1,4})?)%o(?P<times>万)", ten_thousands)?,
    ])
}

/// A pattern of all spellings, longer ones first; `start` and `end` are where a Latin one begins
/// and ends.
fn alternatives<'a>(
    table: impl Iterator<Item = &'a (&'static str, &'static str)>,
    start: &str,
    end: &str,
) -> String {
    let mut spellings: Vec<&str> = table.flat_map(|(_, list)| list.split(' ')).collect();
    spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    let is_letter = |c: char| c.is_ascii_lowercase();
    let patterns = spellings.iter().map(|spelling| {
        let start = if spelling.starts_with(is_letter) { start } else { "" };
        let end = if spelling.ends_with(is_letter) { end } else { "" };
        format!("{start}{}{end}", regex::escape(spelling))
    });
    patterns.collect::<Vec<_>>().join("|")
}

fn amount(sight: &Sight<'_>) -> Option<String> {
    let (before, after) = (sight.group("before"), sight.group("after"));
    let code = |table: &[(&'static str, &'static str)], text: Option<&str>| {
        let lists = |list: &str| list.split(' ').any(|spelling| Some(spelling) == text);
        table.iter().find(|(_, list)| lists(list)).map(|(code, _)| *code)
    };
    let cents = code(&CENTS, after);
    let code = cents.or_else(|| code(&AFTER, after)).or_else(|| code(&BEFORE, before))?;
    let mut value = number(sight, code == "EUR")?;
    if after.is_some_and(|unit| is_something_else(sight, unit, value)) {
        return None;
    }
    if let Some(tail) = sight.group("tail") {
        value = value.checked_add(tenths(sight, tail)?)?;
    }
    Some(shown(if cents.is_some() { value / 100 } else { value }, code))
}

/// A number of 万 that is followed by nothing that it counts.
fn ten_thousands(sight: &Sight<'_>) -> Option<String> {
    let next = sight.after().trim_start().chars().next();
    let counts = next.is_some_and(|c| NOT_MONEY.contains(c) || is_word(c));
    if counts { None } else { Some(shown(number(sight, false)?, "CNY")) }
}

/// The number, in ten-thousandths.
fn number(sight: &Sight<'_>, comma: bool) -> Option<u64> {
    let value = if let Some(digits) = sight.group("digits") {
        decimal(digits, comma)?
    } else if let Some(numeral) = sight.group("han") {
        han(numeral).filter(|_| !sight.continues_han_number())?.checked_mul(ONE)?
    } else {
        english(sight.group("words")?)?.checked_mul(ONE)?
    };
    match sight.group("times") {
        Some("k" | "thousand") => value.checked_mul(1_000),
        Some("million") => value.checked_mul(1_000_000),
        times => {
            times.unwrap_or_default().chars().filter_map(han_unit).try_fold(value, u64::checked_mul)
        }
    }
}

/// Whether the unit is no money here: 三块电池, 1元旦, "5 pounds of flour", the "$" of "2 $5 cards".
fn is_something_else(sight: &Sight<'_>, unit: &str, value: u64) -> bool {
    let next = sight.after().chars().next();
    match unit {
        "$" | "€" | "£" | "¥" => next.is_some_and(|c| c.is_ascii_digit()),
        "元" => sight.precedes_any("旦素件宵"),
        "块" if sight.group("tail").is_none() && value < 20 * ONE => {
            sight.group("han") == Some("一")
                || next.is_some_and(|c| (is_han(c) && !AFTER_CHANGE.contains(c)) || is_word(c))
        }
        "pound" | "pounds" => ["of", "heavy", "weight"]
            .iter()
            .any(|word| sight.after().trim_start().starts_with(word)),
        _ => false,
    }
}

/// The last digit of 三块五; the 一 of 五元一个 is none.
fn tenths(sight: &Sight<'_>, tail: &str) -> Option<u64> {
    let digit = whole(tail).filter(|digit| (1..10).contains(digit))?;
    let goes_on = |c: char| (is_han(c) && !AFTER_CHANGE.contains(c)) || is_word(c) || c == '.';
    let is_open = sight.group("tenths").is_none() && sight.after().starts_with(goes_on);
    (!is_open).then_some(digit * ONE / 10)
}

fn shown(value: u64, code: &str) -> String {
    let (whole, rest) = (value / ONE, value % ONE);
    if rest == 0 {
        return format!("{whole} {code}");
    }
    let digits = format!("{rest:04}");
    let (two, more) = digits.split_at(2);
    format!("{whole}.{two}{} {code}", more.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::entities::rule::values;

    #[test]
    fn amounts_have_a_currency() {
        let rules = rules().unwrap();
        for (text, expected) in [
            ("it cost $12.50", "12.50 USD"),
            ("12 USD", "12 USD"),
            ("USD12 or usd 12.5", "12 USD|12.50 USD"),
            ("€30", "30 EUR"),
            ("30 €", "30 EUR"),
            ("€12,50 and 1.299,00 €", "12.50 EUR|1299 EUR"),
            ("£5", "5 GBP"),
            ("30 euros", "30 EUR"),
            ("$1,299.00", "1299 USD"),
            ("1,299.00 dollars", "1299 USD"),
            ("1,299.00", ""),
            ("CA$20, HK$30, US$40, $50 CAD", "20 CAD|30 HKD|40 USD|50 CAD"),
            ("$5k and $2 million", "5000 USD|2000000 USD"),
            ("$5 kids", "5 USD"),
            ("2 $5 cards", "5 USD"),
            ("a $20-40 range", "20 USD"),
            ("twenty dollars", "20 USD"),
            ("two hundred and fifty us dollars", "250 USD"),
            ("a twenty-dollar card", "20 USD"),
            ("50 cents", "0.50 USD"),
            ("50 percent, 100%", ""),
            ("30 pounds", "30 GBP"),
            ("30 pounds of flour", ""),
            ("199元", "199 CNY"),
            ("￥199", "199 CNY"),
            ("¥ 1,299.9", "1299.90 CNY"),
            ("１９９．５元", "199.50 CNY"),
            ("199块", "199 CNY"),
            ("199.90元人民币", "199.90 CNY"),
            ("RMB 88", "88 CNY"),
            ("人民币88元", "88 CNY"),
            ("五百块", "500 CNY"),
            ("一百二十元", "120 CNY"),
            ("3.5万", "35000 CNY"),
            ("3.5万元，2千块", "35000 CNY|2000 CNY"),
            ("3万公里，2万毫安，10万人", ""),
            ("三块五", "3.50 CNY"),
            ("3块5的", "3.50 CNY"),
            ("12元5角", "12.50 CNY"),
            ("5元一个", "5 CNY"),
            ("两块钱", "2 CNY"),
            ("两块电池，一块手表，一块退", ""),
            ("20美元，15欧元，9英镑", "20 USD|15 EUR|9 GBP"),
            ("一千五百日元", "1500 JPY"),
            ("几百块，三五百块，一两块", ""),
            ("千万不要，1元旦", ""),
            ("100-200元", "200 CNY"),
            ("LX199元", ""),
            ("10，20元", ""),
            ("2 in 1, 24/7, version 3.2, iPhone 15, 我有3个问题", ""),
        ] {
            assert_eq!(values(&rules, text), expected, "{text}");
        }
    }
}
