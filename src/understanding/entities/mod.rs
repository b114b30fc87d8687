//! Finds what a message names: order numbers, phones, e-mail addresses, amounts, dates, times,
//! products and whatever the operator has a pattern for, in English and Chinese. [`folded`] makes
//! one form of the text, a [`rule`] is a pattern with a reader; of finds that overlap the longer
//! one stays. The work is linear in the message.

mod contact;
mod dates;
mod folded;
mod money;
mod numbers;
mod order;
mod products;
mod rule;
mod times;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::catalog::{EntityPattern, Product};
use crate::domain::Entity;
pub(super) use crate::understanding::entities::folded::Folded;
use crate::understanding::entities::products::Gazetteer;
use crate::understanding::entities::rule::{Found, Rule, Source};

/// Most finds of one pattern of the operator in one message.
const MOST_CUSTOM: usize = 100;
/// The name of the operator's pattern for order numbers.
const ORDER_NUMBER: &str = "order_number";

/// Why there is no extractor.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExtractorError {
    /// A product has a name without letters and digits, or one that goes on and on.
    #[error("the product `{id}` cannot be found by the name {name:?}")]
    UnusableName {
        /// The product.
        id: String,
        /// Its name.
        name: String,
    },
    /// A pattern of this module is too large for the regular expressions' limit.
    #[error("a built-in pattern cannot be used")]
    BuiltIn(#[from] regex::Error),
}

/// The rules of this module. Their patterns are large, and the same for all knowledge.
static BUILT_IN: LazyLock<Result<Vec<Rule>, regex::Error>> = LazyLock::new(|| {
    let builders = [contact::rules, order::rules, money::rules, dates::rules, times::rules];
    let mut rules = Vec::new();
    for build in builders {
        rules.extend(build()?);
    }
    Ok(rules)
});

/// Finds entities in messages.
pub struct Extractor {
    rules: &'static [Rule],
    gazetteer: Gazetteer,
    patterns: Vec<EntityPattern>,
}

impl Extractor {
    /// Makes ready what all extractors have in common, which takes some time.
    pub fn prepare() {
        LazyLock::force(&BUILT_IN);
    }

    /// An extractor that knows these products and patterns.
    pub fn new(products: &[Product], patterns: &[EntityPattern]) -> Result<Self, ExtractorError> {
        let rules = BUILT_IN.as_ref().map_err(Clone::clone)?;
        Ok(Self { rules, gazetteer: Gazetteer::new(products)?, patterns: patterns.to_vec() })
    }

    /// What the message names, in order and without overlaps. `today` is the day of the person who
    /// wrote it: "tomorrow" is counted from there.
    pub fn extract(&self, text: &str, today: Date) -> Vec<Entity> {
        let folded = Folded::new(text);
        let mut found = Vec::new();
        for rule in self.rules {
            rule.find(&folded, today, &mut found);
        }
        self.gazetteer.find(&folded, &mut found);
        for EntityPattern { name, regex } in &self.patterns {
            if name == ORDER_NUMBER {
                found.extend(find_pattern(regex, &folded, Source::Order, str::to_uppercase));
                continue;
            }
            for mut custom in find_pattern(regex, &folded, Source::Custom, str::to_owned) {
                custom.name = Some(name.clone());
                found.push(custom);
            }
        }
        settle(found, &folded)
    }
}

fn find_pattern(
    regex: &Regex,
    folded: &Folded<'_>,
    source: Source,
    value: fn(&str) -> String,
) -> Vec<Found> {
    let matches = regex.captures_iter(&folded.cased).take(MOST_CUSTOM);
    let entity = matches.filter_map(|captures| captures.get(1).or_else(|| captures.get(0)));
    let entity = entity.filter(|entity| !entity.is_empty());
    let found = entity.map(|entity| Found {
        span: entity.range(),
        source,
        name: None,
        value: value(entity.as_str()),
    });
    found.collect()
}

/// Of finds that overlap keeps the longest; of equally long ones the most specific, then the first.
fn settle(mut found: Vec<Found>, folded: &Folded<'_>) -> Vec<Entity> {
    found.sort_by_key(|found| (Reverse(found.span.len()), found.source, found.span.start));
    let mut kept: BTreeMap<usize, Found> = BTreeMap::new();
    for one in found {
        let before = kept.range(..one.span.end).next_back();
        if before.is_none_or(|(_, before)| before.span.end <= one.span.start) {
            kept.insert(one.span.start, one);
        }
    }
    let entity = |found: Found| {
        let (place, text) = folded.written(&found.span)?;
        Some(Entity {
            kind: found.source.kind(),
            name: found.name,
            text: text.to_owned(),
            start: place.start,
            end: place.end,
            value: found.value,
        })
    };
    kept.into_values().filter_map(entity).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::EntityKind;

    const TODAY: Date = Date::constant(2026, 11, 25); // a Wednesday

    fn extractor() -> Extractor {
        let product = |id: &str, names: &[&str]| Product {
            id: id.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let custom = |name: &str, regex: &str| EntityPattern {
            name: name.to_owned(),
            regex: Regex::new(regex).unwrap(),
        };
        Extractor::new(
            &[
                product("ip15", &["iPhone 15"]),
                product("wh", &["WH-1000XM5"]),
                product("card", &["100元礼品卡", "gift card"]),
            ],
            &[
                custom("member", r"\bM\d{8}\b"),
                custom("seat", r"seat ([A-F]\d)"),
                custom("order_number", r"(?i)\bshop\.\d{3}\b"),
            ],
        )
        .unwrap()
    }

    fn shown(extractor: &Extractor, text: &str) -> String {
        let mut shown = String::new();
        for entity in extractor.extract(text, TODAY) {
            let kind = serde_json::to_value(entity.kind).unwrap();
            let name = entity.name.unwrap_or_else(|| kind.as_str().unwrap().to_owned());
            let separator = if shown.is_empty() { "" } else { "; " };
            write!(shown, "{separator}{name} {}={}", entity.text, entity.value).unwrap();
        }
        shown
    }

    #[test]
    fn whole_messages_in_both_languages() {
        let extractor = extractor();
        for (text, expected) in [
            (
                "Hi, order LX-778120 from Nov 20 was $1,299.00. Call +49 170 1234567 tomorrow at 3pm.",
                "order_number LX-778120=LX-778120; date Nov 20=2026-11-20; \
                 amount $1,299.00=1299 USD; phone +49 170 1234567=+491701234567; \
                 date tomorrow=2026-11-26; time 3pm=15:00",
            ),
            (
                "我昨天买的iPhone 15，订单号：２０２３１１０５１２３４５６７８，花了5999元，电话13812345678，下周三下午三点半送",
                "date 昨天=2026-11-24; product iPhone 15=ip15; \
                 order_number ２０２３１１０５１２３４５６７８=2023110512345678; amount 5999元=5999 CNY; \
                 phone 13812345678=+8613812345678; date 下周三=2026-12-02; time 下午三点半=15:30",
            ),
            ("下周三下午", "date 下周三=2026-12-02; time 下午=12:00/18:00"),
            ("周三十点", "date 周三=2026-11-25; time 十点=10:00"),
            (
                "我的訂單號是LX778120，後天下午三點送",
                "order_number LX778120=LX778120; date 後天=2026-11-27; time 下午三點=15:00",
            ),
            ("明晚八点", "date 明=2026-11-26; time 晚八点=20:00"),
            ("mail A.B@Shop.COM", "email A.B@Shop.COM=A.B@shop.com"),
        ] {
            assert_eq!(shown(&extractor, text), expected, "{text}");
        }
    }

    #[test]
    fn the_longer_and_more_specific_find_wins() {
        let extractor = extractor();
        for (text, expected) in [
            ("13812345678@qq.com", "email 13812345678@qq.com=13812345678@qq.com"),
            ("order 13812345678", "order_number 13812345678=13812345678"),
            ("订单 1999元", "amount 1999元=1999 CNY"),
            ("WH-1000XM5", "product WH-1000XM5=wh"),
            ("买100元礼品卡", "product 100元礼品卡=card"),
            ("I am M12345678 in seat B4", "member M12345678=M12345678; seat B4=B4"),
            ("ｓｈｏｐ．１２３", "order_number ｓｈｏｐ．１２３=SHOP.123"),
            ("2026-11-25 15:30", "date 2026-11-25=2026-11-25; time 15:30=15:30"),
        ] {
            assert_eq!(shown(&extractor, text), expected, "{text}");
        }
    }

    #[test]
    fn what_names_nothing_gives_nothing() {
        let extractor = extractor();
        for text in [
            "",
            "2 in 1",
            "I need an iPhone 14",
            "open 24/7",
            "100%",
            "version 3.2",
            "我有3个问题",
            "1,299.00",
            "in 2023 I bought 12",
            "778120",
            "早上好，我想问一下",
            "good morning",
            "千万不要",
            "快一点",
            "一共三块电池",
        ] {
            assert_eq!(shown(&extractor, text), "", "{text}");
        }
    }

    #[test]
    fn kinds_have_snake_case_names() {
        let entity = &extractor().extract("LX-778120", TODAY)[0];
        assert_eq!(entity.kind, EntityKind::OrderNumber);
        let json = serde_json::to_value(entity).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "kind": "order_number", "text": "LX-778120", "start": 0, "end": 9, "value": "LX-778120"
            })
        );
    }

    #[test]
    fn long_and_hostile_messages_are_read_to_their_end() {
        let extractor = extractor();
        for piece in [
            "1",
            "1 ",
            "12,",
            "1-",
            "1.",
            "a@",
            "a.",
            "@",
            "#",
            "LX",
            "a1",
            "order ",
            "+1 ",
            "(0)",
            "¥",
            "一",
            "十点",
            "块",
            "一百",
            "twenty ",
            "in 3 ",
            "may 1",
            "下下",
            "周",
            "iphone ",
            "ipohne ",
            "gift ",
            "seat A",
            "M1234567",
            "abcdefghijkl",
            "\u{3000}",
            "+",
            "\u{301}",
            "İ",
        ] {
            let message: String = piece.chars().cycle().take(16 * 1024).collect();
            for entity in extractor.extract(&message, TODAY) {
                assert_eq!(message[entity.start..entity.end], entity.text);
            }
        }
    }

    /// Messages of pieces that rules look for, and of anything at all.
    fn messages() -> impl Strategy<Value = String> {
        let pieces: Vec<&str> =
            "12|3|2026|-|.|,|:|/| |#|@|+|$|¥|元|块|万|点|半|月|号|周|下|三|十|百|天|前|pm|LX|\
            order |订单号|in | days| ago|Nov |next |friday|iPhone|gift card|twenty|\
             dollars|a|１|Ａ|İ|K|é|\u{301}|👩‍👩‍👧|，|晚上|seat A1|138|1234|5678|qq.com"
                .split('|')
                .collect();
        let from_pieces = prop::collection::vec(prop::sample::select(pieces), 0..24);
        prop_oneof![3 => from_pieces.prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_show_what_was_written(
            messages in prop::collection::vec(messages(), 16)
        ) {
            let extractor = extractor();
            for message in messages {
                let mut last_end = 0;
                for entity in extractor.extract(&message, TODAY) {
                    prop_assert!(last_end <= entity.start && entity.start < entity.end);
                    prop_assert_eq!(message.get(entity.start..entity.end), Some(entity.text.as_str()));
                    prop_assert!(!entity.value.is_empty());
                    last_end = entity.end;
                }
            }
        }
    }
}
