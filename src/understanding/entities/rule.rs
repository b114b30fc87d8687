//! A pattern with a reader: the pattern says where something may be, the reader whether it is, and
//! what it means. Every repetition in a pattern is bounded, so the work is linear in the message
//! although a search goes on one character after a place that the reader refused.

use std::ops::Range;

use jiff::civil::Date;
use regex::{Captures, Regex};
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::domain::EntityKind;
use crate::understanding::entities::folded::Folded;

/// Where an entity comes from. Of two of the same length the earlier source is the more specific.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Email,
    /// An order number by the operator's pattern, or one that the text calls so.
    Order,
    Phone,
    Amount,
    Date,
    Time,
    Product,
    Custom,
    /// An order number by its shape alone.
    OrderShape,
}

impl Source {
    pub(super) fn kind(self) -> EntityKind {
        match self {
            Self::Email => EntityKind::Email,
            Self::Order | Self::OrderShape => EntityKind::OrderNumber,
            Self::Phone => EntityKind::Phone,
            Self::Amount => EntityKind::Amount,
            Self::Date => EntityKind::Date,
            Self::Time => EntityKind::Time,
            Self::Product => EntityKind::Product,
            Self::Custom => EntityKind::Custom,
        }
    }
}

/// Something that may become an entity; the span is one of the folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    pub(super) source: Source,
    pub(super) name: Option<String>,
    pub(super) value: String,
}

/// What the reader looks at.
pub(super) struct Sight<'a> {
    captures: Captures<'a>,
    folded: &'a Folded<'a>,
    span: Range<usize>,
    /// The day on which the message is read.
    pub(super) today: Date,
}

impl<'a> Sight<'a> {
    /// What the named group matched.
    pub(super) fn group(&self, name: &str) -> Option<&'a str> {
        self.captures.name(name).map(|group| group.as_str())
    }

    /// What would become the entity, in lower case.
    pub(super) fn text(&self) -> &'a str {
        self.folded.lower.get(self.span.clone()).unwrap_or_default()
    }

    /// The same, the case as written.
    pub(super) fn cased(&self) -> &'a str {
        self.folded.cased.get(self.span.clone()).unwrap_or_default()
    }

    /// The text before it, without white space at its end.
    pub(super) fn before(&self) -> &'a str {
        self.folded.before(self.span.start).trim_end_matches([' ', '\t'])
    }

    /// The text behind it.
    pub(super) fn after(&self) -> &'a str {
        self.folded.after(self.span.end)
    }

    /// Whether one of the characters stands right before it.
    pub(super) fn follows_any(&self, characters: &str) -> bool {
        self.before().chars().next_back().is_some_and(|c| characters.contains(c))
    }

    /// Whether it is the tail of a longer Han number: the 五百 of 三五百, but not that of 周三五百.
    pub(super) fn continues_han_number(&self) -> bool {
        let number = self
            .before()
            .trim_end_matches(|c| "零〇一二两三四五六七八九十百千万亿几数".contains(c));
        let is_weekday = ["周", "星期", "礼拜"].iter().any(|week| number.ends_with(week));
        number.len() < self.before().len() && !is_weekday
    }

    /// Whether one of the characters stands right behind it.
    pub(super) fn precedes_any(&self, characters: &str) -> bool {
        self.after().chars().next().is_some_and(|c| characters.contains(c))
    }
}

/// Gives the value of what was found; nothing when it is something else.
pub(super) type Reader = fn(&Sight<'_>) -> Option<String>;

/// A pattern with its reader.
pub(super) struct Rule {
    source: Source,
    pattern: Regex,
    joiners: &'static str,
    read: Reader,
    /// Whether there is nothing to find in a text without digits. Most messages have none, and most
    /// rules are about numbers.
    needs_digit: bool,
}

/// What patterns write for pieces that many of them need.
const SHORTHANDS: [(&str, &str); 4] = [
    ("%b", r"(?-u:\b)"), // the edge of an ASCII word: Han characters are no part of one
    ("%s", r"[ \t]{1,3}"), // a space
    ("%o", r"[ \t]{0,3}"), // perhaps a space
    ("%h", "[零〇一二两三四五六七八九十百千万亿]"), // a Han numeral
];

impl Rule {
    /// The entity is the group `it` of the pattern, or all of it. The text is folded.
    pub(super) fn new(
        source: Source,
        joiners: &'static str,
        pattern: &str,
        read: Reader,
    ) -> Result<Self, regex::Error> {
        let mut whole = pattern.to_owned();
        for (short, long) in SHORTHANDS {
            whole = whole.replace(short, long);
        }
        let pattern = Regex::new(&whole)?;
        let needs_digit = regex_syntax::parse(&whole).is_ok_and(|parsed| needs_digit(&parsed));
        Ok(Self { source, pattern, joiners, read, needs_digit })
    }

    pub(super) fn find(&self, folded: &Folded<'_>, today: Date, found: &mut Vec<Found>) {
        if self.needs_digit && !folded.has_digit {
            return;
        }
        let text = folded.lower.as_str();
        let mut at = 0;
        while let Some(captures) = self.pattern.captures_at(text, at) {
            let Some(whole) = captures.get(0) else { return };
            let span = captures.name("it").unwrap_or(whole).range();
            let first = text.get(whole.start()..).and_then(|rest| rest.chars().next());
            at = whole.start() + first.map_or(1, char::len_utf8);
            if folded.stands_alone(&span, self.joiners) {
                let sight = Sight { captures, folded, span: span.clone(), today };
                if let Some(value) = (self.read)(&sight) {
                    at = at.max(span.end);
                    found.push(Found { span, source: self.source, name: None, value });
                }
            }
            if at > text.len() {
                return;
            }
        }
    }
}

/// Whether everything that the expression matches has an ASCII digit.
fn needs_digit(expression: &Hir) -> bool {
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.iter().any(u8::is_ascii_digit),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().all(|range| range.start().is_ascii_digit() && range.end() <= '9')
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().all(|range| range.start().is_ascii_digit() && range.end() <= b'9')
        }
        HirKind::Repetition(repetition) => repetition.min > 0 && needs_digit(&repetition.sub),
        HirKind::Capture(capture) => needs_digit(&capture.sub),
        HirKind::Concat(parts) => parts.iter().any(needs_digit),
        HirKind::Alternation(ways) => ways.iter().all(needs_digit),
    }
}

/// What the rules make of a text, longer finds first in place of shorter ones.
#[cfg(test)]
pub(super) fn values(rules: &[Rule], text: &str) -> String {
    let today = Date::constant(2026, 11, 25); // a Wednesday
    let folded = Folded::new(text);
    let mut found = Vec::new();
    for rule in rules {
        rule.find(&folded, today, &mut found);
    }
    let values = crate::understanding::entities::settle(found, &folded)
        .into_iter()
        .map(|entity| entity.value);
    values.collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_without_a_digit_is_told() {
        for (pattern, expected) in [
            ("[0-9]{1,4}", true),
            ("(?:a|b)?[0-9]x", true),
            ("(?P<it>a7|[0-4])", true),
            ("(?-u:[1-9])+", true),
            ("a7|b", false),
            ("[0-9]{0,4}", false),
            ("[0-9a-f]", false),
            ("tomorrow", false),
            ("", false),
        ] {
            assert_eq!(needs_digit(&regex_syntax::parse(pattern).unwrap()), expected, "{pattern}");
        }
    }
}
