//! Numbers of orders, invoices and parcels. What the text calls an order number is one from four
//! digits on; without such a word it takes letters and digits together. Values are in upper case.

use crate::understanding::entities::rule::{Rule, Sight, Source};

/// Fewest digits of an order number.
const LEAST_DIGITS: usize = 4;

/// What a number looks like: a few letters at most, then a digit, then anything in groups.
const NUMBER: &str = "(?P<it>[a-z]{0,8}[-_]?[0-9][a-z0-9]{0,31}(?:[-_][a-z0-9]{1,32}){0,4})";

/// Letters before digits that name a model, a standard or a measure.
const MODELS: &str = "rtx gtx rx gt arc ryzen ddr usb iso iec en din rfc ip ipv win windows wh wf \
    mp ps xbox iphone ipad galaxy ver version v vers sku utf cp cve";

/// Words for an order number, up to where it begins.
const ENGLISH: &str = "%b(?:order|purchase|invoice|booking|reference|ref|confirmation|tracking|\
    parcel|shipment)s?%b(?:%s(?P<cue>numbers?|no|nr|num|id|code|reference|ref)%b\\.?)?\
    %o(?:is%b|are%b|was%b|[:=])?%o[(\\[\"'“]?(?P<hash>#)?%o";
const CHINESE: &str = "(?P<cue>(?:订单|发票|运单|快递|物流|售后|退货)(?:编号|号码|尾号|单号|号|id)?|单号)\
    %o(?:是|为|[:=#])?%o[【「(\\[\"'“]?#?%o";

/// The rules that find order numbers.
pub(super) fn rules() -> Result<Vec<Rule>, regex::Error> {
    let rule = |source, pattern: &str, read| Rule::new(source, "-_./:", pattern, read);
    let another = NUMBER.replace("?P<it>", "?:");
    let groups = "(?P<it>[0-9]{4}(?: [0-9]{4}){1,4}(?: [0-9]{1,3})?)";
    let mut rules = vec![
        rule(Source::Order, &format!("(?P<hash>#)%o{NUMBER}"), named)?,
        rule(
            Source::OrderShape,
            "(?P<letters>[a-z]{1,5})[-_]?(?P<first>[0-9]{1,24})[a-z0-9]{0,8}(?:[-_][a-z0-9]{1,20}){0,3}",
            shaped,
        )?,
    ];
    for cue in [ENGLISH, CHINESE] {
        rules.push(rule(Source::Order, &format!("{cue}{NUMBER}"), named)?);
        // order 31-44 and 31-45
        let list = format!("{cue}{another}%o(?:and%b|or%b|[&、和跟及])%o#?{NUMBER}");
        rules.push(rule(Source::Order, &list, named)?);
        // order number 4523 9981 2231
        rules.push(rule(Source::Order, &format!("{cue}{groups}"), grouped)?);
    }
    Ok(rules)
}

/// What the text calls an order number.
fn named(sight: &Sight<'_>) -> Option<String> {
    let text = sight.text();
    let is_marked = sight.group("cue").is_some() || sight.group("hash").is_some();
    let counts = [
        "pieces", "units", "pcs", "items", "mah", "usd", "dollars", "euros", "块", "元", "件", "个",
    ]
    .iter()
    .any(|word| sight.after().trim_start().starts_with(word));
    let is_count = counts && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_count || is_date(text) || (is_year(text) && !is_marked) {
        return None;
    }
    has_digits(text).then(|| text.to_uppercase())
}

/// What the text calls a number, in groups of four digits.
fn grouped(sight: &Sight<'_>) -> Option<String> {
    sight.group("cue").map(|_| sight.text().replace(' ', ""))
}

/// Letters and digits that nothing calls an order number.
fn shaped(sight: &Sight<'_>) -> Option<String> {
    let (letters, text) = (sight.group("letters")?, sight.text());
    let is_model = MODELS.split_whitespace().any(|model| model == letters);
    let is_dated = is_year(sight.group("first")?)
        || is_date(text.trim_start_matches(|c: char| !c.is_ascii_digit()));
    // the A2338 is a model too
    let is_short =
        letters.len() == 1 && sight.group("first")?.len() <= LEAST_DIGITS && text.len() <= 6;
    (!is_model && !is_dated && !is_short && has_digits(text)).then(|| text.to_uppercase())
}

fn has_digits(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= LEAST_DIGITS
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20"))
}

/// "2026-11-25"
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let lengths =
        [parts.next(), parts.next(), parts.next(), parts.next()].map(|part| part.map(str::len));
    matches!(lengths, [Some(4), Some(1 | 2), Some(1 | 2), None]) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::entities::rule::values;

    #[test]
    fn order_numbers_are_named_or_have_letters_and_digits() {
        let rules = rules().unwrap();
        for (text, expected) in [
            ("where is LX-778120?", "LX-778120"),
            ("lx7731902在哪", "LX7731902"),
            ("ＬＸ－７７８１２０", "LX-778120"),
            ("#12345", "12345"),
            ("order 31-44", "31-44"),
            ("Order no. 12345", "12345"),
            ("my order number is 2023", "2023"),
            ("order #2023 and order 2023", "2023"),
            ("order: (A-1234)", "A-1234"),
            ("order ID 114-1234567-1234567", "114-1234567-1234567"),
            ("tracking number 1Z999AA10123456784", "1Z999AA10123456784"),
            ("订单号 2023110512345678", "2023110512345678"),
            ("订单号是2023110512345678，谢谢", "2023110512345678"),
            ("订单号：LX-778120", "LX-778120"),
            ("单号123456", "123456"),
            ("order number: 4523 9981 2231", "452399812231"),
            ("orders 12345 and 67890", "12345|67890"),
            ("订单123456和LX-1234都没到", "123456|LX-1234"),
            ("快递单号SF1234567890123", "SF1234567890123"),
            ("我的订单【12345】", "12345"),
            ("order 123", ""),
            ("order 2026-11-25", ""),
            ("I want to order 1000 pieces", ""),
            ("in order to 2026", ""),
            ("778120", ""),
            ("LX-778120.5", ""),
            ("RTX4090, win2000, CES2026, covid-2019, mp4, A2338, 5000mAh, 1080p", ""),
            ("2 in 1, 24/7, 100%, version 3.2, iPhone 15, 1,299.00", ""),
            ("我有3个问题", ""),
        ] {
            assert_eq!(values(&rules, text), expected, "{text}");
        }
    }
}
