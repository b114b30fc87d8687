//! Numbers as people write them: "1,299.00", "一百二十", "twenty-five". Decimals are counted in
//! ten-thousandths, so that no amount is rounded.

/// One, in ten-thousandths.
pub(super) const ONE: u64 = 10_000;

/// Number words, for patterns.
pub(super) const ENGLISH: &str = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\
    thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|\
    sixty|seventy|eighty|ninety|hundred|thousand|million|an?";

/// "3.5" or "1,299.00" in ten-thousandths; with `comma` also "12,50" and "1.299,00".
pub(super) fn decimal(text: &str, comma: bool) -> Option<u64> {
    let mark = text.rfind(['.', ',']).filter(|at| {
        let (whole, rest) = text.split_at(*at);
        if rest.starts_with(',') {
            comma && rest.len() != 4 && !whole.contains(',')
        } else {
            !whole.contains('.')
        }
    });
    let (whole, fraction) = text.split_at(mark.unwrap_or(text.len()));
    let mut groups = whole.split(['.', ',']);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        // a number in groups: 1,299 but not 12345,299 or 10,20
        if group.len() != 3 || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    let fraction = fraction.get(1..).unwrap_or_default();
    if digits.len() > 12 || fraction.len() > 4 {
        return None;
    }
    format!("{digits}{fraction:0<4}").parse().ok()
}

/// A whole number in digits or Han numerals.
pub(super) fn whole(text: &str) -> Option<u64> {
    text.parse().ok().or_else(|| han(text))
}

/// "二零二六" is 2026: digit by digit.
pub(super) fn han_digits(text: &str) -> Option<u64> {
    let append = |sum: u64, c| sum.checked_mul(10)?.checked_add(han_digit(c)?);
    text.chars().try_fold(0, append)
}

/// "一百二十" is 120, "三千五" 3500; "三五百", which is about some hundreds, is nothing.
pub(super) fn han(text: &str) -> Option<u64> {
    // what is above the last 万 or 亿, what is below, the digit that waits for its unit
    let (mut high, mut low, mut digit) = (0_u64, 0_u64, None);
    let mut last_unit = 1;
    for c in text.chars() {
        if let Some(value) = han_digit(c) {
            if digit.is_some() {
                return None;
            }
            digit = Some(value).filter(|value| *value != 0);
            last_unit = if value == 0 { 1 } else { last_unit };
            continue;
        }
        last_unit = han_unit(c)?;
        if last_unit < 10_000 {
            let count = digit.take().or((c == '十').then_some(1))?;
            low = low.checked_add(count * last_unit)?;
            continue;
        }
        let mut section = low.checked_add(digit.take().unwrap_or(0))?;
        if c == '亿' {
            section = section.checked_add(std::mem::take(&mut high))?;
        }
        high = high.checked_add(section.checked_mul(last_unit).filter(|many| *many > 0)?)?;
        low = 0;
    }
    let rest = digit.unwrap_or(0) * if last_unit >= 100 { last_unit / 10 } else { 1 };
    high.checked_add(low)?.checked_add(rest)
}

/// The value of a Han digit.
fn han_digit(c: char) -> Option<u64> {
    match c {
        '两' => Some(2),
        '〇' => Some(0),
        _ => "零一二三四五六七八九".chars().zip(0..).find_map(|(d, n)| (d == c).then_some(n)),
    }
}

/// The value of a Han unit.
pub(super) fn han_unit(c: char) -> Option<u64> {
    match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1_000),
        '万' => Some(10_000),
        '亿' => Some(100_000_000),
        _ => None,
    }
}

/// "twenty-five" is 25, "a hundred and fifty" 150; a mere "a" is no number.
pub(super) fn english(text: &str) -> Option<u64> {
    let names: Vec<&str> = ENGLISH.split('|').collect();
    let (mut high, mut low) = (0_u64, 0_u64);
    for word in text.split([' ', '\t', '-']).filter(|word| !matches!(*word, "" | "and")) {
        let value = match names.iter().position(|name| *name == word) {
            Some(at @ 0..19) => u64::try_from(at).ok()? + 1,
            Some(at @ 19..27) => (u64::try_from(at).ok()? - 17) * 10,
            Some(27) => 100,
            Some(28) => 1_000,
            Some(29) => 1_000_000,
            _ => 0,
        };
        match value {
            100 => low = low.max(1).checked_mul(100)?,
            1_000.. => {
                high = high.checked_add(low.max(1).checked_mul(value)?)?;
                low = 0;
            }
            _ => low = low.checked_add(value)?,
        }
    }
    high.checked_add(low).filter(|sum| *sum > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits() {
        for (text, comma, value) in [
            ("12.50", false, Some(125_000)),
            ("30", false, Some(300_000)),
            ("1,299.00", false, Some(12_990_000)),
            ("1,299", true, Some(12_990_000)),
            ("12,345,678", false, Some(123_456_780_000)),
            ("12,50", true, Some(125_000)),
            ("12,50", false, None),
            ("1.299,00", true, Some(12_990_000)),
            ("1.299.000", true, Some(12_990_000_000)),
            ("10,20", false, None),
            ("12345,299", false, None),
            ("1234567890123", false, None),
            ("0.00001", false, None),
        ] {
            assert_eq!(decimal(text, comma), value, "{text}");
        }
    }

    #[test]
    fn han_numerals_are_read_with_units_and_without() {
        for (text, value) in [
            ("三", Some(3)),
            ("两", Some(2)),
            ("十", Some(10)),
            ("十五", Some(15)),
            ("二十", Some(20)),
            ("三十一", Some(31)),
            ("一百二十", Some(120)),
            ("一百零五", Some(105)),
            ("一百五", Some(150)),
            ("一百一十五", Some(115)),
            ("三千五", Some(3500)),
            ("一万二", Some(12_000)),
            ("一万零二", Some(10_002)),
            ("三万五千", Some(35_000)),
            ("一亿三千万", Some(130_000_000)),
            ("二零二六", None),
            ("一两", None),
            ("千万", None),
            ("百", None),
            ("一二百", None),
            ("亿亿亿亿亿", None),
            ("一亿亿亿亿", None),
        ] {
            assert_eq!(han(text), value, "{text}");
        }
        assert_eq!(whole("25"), Some(25));
        assert_eq!(han_digits("二零二六"), Some(2026));
    }

    #[test]
    fn english_numbers_are_read() {
        for (text, value) in [
            ("one", 1),
            ("nineteen", 19),
            ("twenty", 20),
            ("ninety", 90),
            ("twenty-five", 25),
            ("a hundred", 100),
            ("a twenty", 20),
            ("two hundred and fifty", 250),
            ("three thousand four hundred", 3400),
            ("two million", 2_000_000),
        ] {
            assert_eq!(english(text), Some(value), "{text}");
        }
        assert_eq!(english("a"), None);
    }
}
