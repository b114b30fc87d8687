//! E-mail addresses and telephone numbers. A phone's value is E.164 when the country is known: it is
//! written, or the number is a mainland mobile; otherwise it is the digits.

use crate::understanding::entities::rule::{Rule, Sight, Source};

/// Most characters of an address (RFC 5321).
const LONGEST_ADDRESS: usize = 254;
/// How many digits a telephone number has, with the country (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The rules that find addresses and numbers.
pub(super) fn rules() -> Result<Vec<Rule>, regex::Error> {
    let phone = |pattern: &str, read| Rule::new(Source::Phone, "-./:@", pattern, read);
    let mut rules = vec![
        Rule::new(
            Source::Email,
            "-@",
            r"[a-z0-9][a-z0-9._%+'-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}\.[a-z]{2,24}",
            address,
        )?,
        // 138 1234 5678, +86-1381-234-5678
        phone(
            r"(?:(?:\+|00)?86[ -]?|\(\+?86\) ?)?1[3-9][0-9](?:[ -]?[0-9]{4}[ -]?[0-9]{4}|[0-9][ -]?[0-9]{3}[ -]?[0-9]{4})",
            mainland_mobile,
        )?,
        // 010-62345678, (0755) 8234 5678, perhaps with an extension
        phone(
            r"(?:\(0(?:10|2[0-9]|[3-9][0-9]{2})\) ?|0(?:10|2[0-9]|[3-9][0-9]{2})[ -]?)[2-9][0-9]{2,3}[ -]?[0-9]{4}(?:-[0-9]{1,5})?",
            digits,
        )?,
        // 400-820-8820
        phone("[48]00[ -]?[0-9]{3}[ -]?[0-9]{4}", digits)?,
        // (555) 123-4567, 555.123.4567, 1-555-123-4567
        phone(r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[0-9]{3}[ .-][0-9]{4}", digits)?,
        phone(r"1[ .-]\(?[2-9][0-9]{2}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}", north_american)?,
        // whatever the text calls a phone
        phone(
            r"(?:%b(?:(?:my|contact)%snumber|phone|telephone|tel|mobile|cell|whatsapp|call|fax)%b(?:%snumber)?|电话|手机|座机|致电)号?码?%o(?:is%b|is:|at%b|on%b|me%sat%b|是|为|[:.])?%o(?P<it>[0-9][0-9 -]{5,16}[0-9])",
            digits,
        )?,
    ];
    // +49 170 1234567: in as many groups as there are, for a date may follow
    for groups in 1..=6 {
        let pattern = format!(
            r"(?:\+|%b00)[1-9][0-9]{{0,3}}(?:[ .-]?(?:\(0\)[ ]?)?\(?[0-9]{{1,11}}\)?){{{groups}}}"
        );
        rules.push(phone(&pattern, international)?);
    }
    Ok(rules)
}

fn address(sight: &Sight<'_>) -> Option<String> {
    let (local, domain) = sight.cased().rsplit_once('@')?;
    let is_sound = !local.contains("..")
        && !local.ends_with('.')
        && domain.split('.').all(|label| !label.starts_with('-') && !label.ends_with('-'));
    let fits = local.len() + domain.len() < LONGEST_ADDRESS;
    (is_sound && fits).then(|| format!("{local}@{}", domain.to_lowercase()))
}

fn digits(sight: &Sight<'_>) -> Option<String> {
    let digits = only_digits(sight.text());
    PHONE_DIGITS.contains(&digits.len()).then_some(digits)
}

fn mainland_mobile(sight: &Sight<'_>) -> Option<String> {
    let digits = only_digits(sight.text());
    let national = digits.get(digits.len().checked_sub(11)?..)?;
    Some(format!("+86{national}"))
}

fn north_american(sight: &Sight<'_>) -> Option<String> {
    let digits = only_digits(sight.text());
    (digits.len() == 11).then(|| format!("+{digits}"))
}

fn international(sight: &Sight<'_>) -> Option<String> {
    let written = sight.text().replace("(0)", "");
    let digits = only_digits(&written);
    let number =
        if written.starts_with('+') { digits.as_str() } else { digits.strip_prefix("00")? };
    let fits = match number.as_bytes() {
        [b'1', ..] => number.len() == 11,
        // 00 may begin any code: ask for a whole number
        _ if !written.starts_with('+') => (10..=15).contains(&number.len()),
        _ => PHONE_DIGITS.contains(&number.len()),
    };
    fits.then(|| format!("+{number}"))
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::entities::rule::values;

    #[test]
    fn addresses_keep_their_local_part() {
        let rules = rules().unwrap();
        for (text, expected) in [
            ("write to Ann.Lee+shop@Example.COM.", "Ann.Lee+shop@example.com"),
            ("邮箱是zhang_san@163.com，谢谢", "zhang_san@163.com"),
            ("ｚｈａｎｇ＠１６３．ｃｏｍ", "zhang@163.com"),
            ("13812345678@qq.com", "13812345678@qq.com"),
            ("a@b.co.uk, c@d.io", "a@b.co.uk|c@d.io"),
            ("a@b, @name, a@@b.com, a..b@c.de, a@-b.com", "b@c.de"),
        ] {
            assert_eq!(values(&rules, text), expected, "{text}");
        }
    }

    #[test]
    fn phones_are_e164_where_the_country_is_known() {
        let rules = rules().unwrap();
        for (text, expected) in [
            ("13812345678", "+8613812345678"),
            ("我的手机号是138 1234 5678。", "+8613812345678"),
            ("＋８６ １３８－１２３４－５６７８", "+8613812345678"),
            ("0086 1381 234 5678", "+8613812345678"),
            ("(+86)13812345678", "+8613812345678"),
            ("010-62345678", "01062345678"),
            ("（0755）8234 5678", "075582345678"),
            ("+86 10 6234 5678", "+861062345678"),
            ("400-820-8820", "4008208820"),
            ("call +49 170 1234567 please", "+491701234567"),
            ("+49 170 1234567 2026-11-25", "+491701234567"),
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("+33 6 12 34 56 78", "+33612345678"),
            ("0044 20 7946 0958", "+442079460958"),
            ("(555) 123-4567", "5551234567"),
            ("555-123-4567 or 555.123.4567", "5551234567|5551234567"),
            ("1-555-123-4567", "+15551234567"),
            ("+1 (555) 123-4567", "+15551234567"),
            ("+1 555 123 4567 2026", "+15551234567"),
            ("my phone number is 8234 5678", "82345678"),
            ("My number is 0170 1234567", "01701234567"),
            ("电话：82345678", "82345678"),
            ("138123456789, 1381234567, 12812345678", ""),
            ("LX-13812345678, 13812345678.50", ""),
            ("订单号 2023110512345678", ""),
            ("2 in 1, 24/7, 1,299.00, 2026-11-25 15:30", ""),
        ] {
            assert_eq!(values(&rules, text), expected, "{text}");
        }
    }
}
