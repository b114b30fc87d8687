//! Why a customer stands where they stand, as a sentence for agents in both languages.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::domain::{HandoffReason, UrgencyLevel};
use crate::handoff::{Factor, FactorKind, Standing, Waiting};

/// The reason as a sentence in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Why {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Why {
    /// The sentence for one who waits: why a human is needed, and what puts them ahead.
    pub fn of(waiting: &Waiting, standing: Option<&Standing>) -> Self {
        let (mut en, mut zh) = need(waiting);
        let factors = standing.map_or(&[][..], |standing| &standing.factors);
        let ahead = factors.iter().filter(|factor| factor.minutes > 0);
        let (parts_en, parts_zh): (Vec<_>, Vec<_>) = ahead.map(part).unzip();
        if !parts_en.is_empty() {
            let _ = write!(en, " Ahead by {}.", parts_en.join(", "));
            let _ = write!(zh, "提前：{}。", parts_zh.join("、"));
        }
        Self { en, zh }
    }
}

fn need(waiting: &Waiting) -> (String, String) {
    let (reason_en, reason_zh) = match waiting.reason {
        HandoffReason::Requested => ("Asked for a person", "要求人工服务"),
        HandoffReason::Urgent => ("The matter is urgent", "事情紧急"),
        HandoffReason::NotUnderstood => ("The bot could not help", "机器人没能解决"),
        HandoffReason::OwnMatter => ("An order has to be looked up", "需要查询订单"),
        HandoffReason::ByBot => ("The bot handed over", "机器人转接"),
        HandoffReason::BotUnavailable => ("The bot did not answer", "机器人没有响应"),
        HandoffReason::Task => ("A task of the bot needs a person", "机器人办理的事项需要人工"),
        HandoffReason::ActionFailed => {
            ("The shop's system did not do what was asked", "商店系统未能完成操作")
        }
    };
    let (level_en, level_zh) = match waiting.urgency {
        UrgencyLevel::Low => ("nothing is at stake", "不着急"),
        UrgencyLevel::Normal => ("an ordinary matter", "普通事项"),
        UrgencyLevel::High => ("high urgency", "较紧急"),
        UrgencyLevel::Urgent => ("most urgent level", "最高紧急级别"),
    };
    if waiting.evidence.is_empty() {
        return (format!("{reason_en}; {level_en}."), format!("{reason_zh}；{level_zh}。"));
    }
    let words = waiting.evidence.join(", ");
    let words_zh = waiting.evidence.join("、");
    (
        format!("{reason_en}; {level_en}, by the words: {words}."),
        format!("{reason_zh}；{level_zh}，依据：{words_zh}。"),
    )
}

fn part(factor: &Factor) -> (String, String) {
    let (en, zh) = match factor.factor {
        FactorKind::Urgency => ("for urgency", "紧急程度"),
        FactorKind::Priority => ("for the priority that agents gave", "客服设定的优先级"),
        FactorKind::Sentiment => ("because the customer is upset", "客户情绪不佳"),
        FactorKind::Value => ("for the customer's value", "客户价值"),
        FactorKind::Returned => ("because an agent had it already", "已由客服处理过"),
        FactorKind::Sla => ("because an answer is promised", "承诺时间将到"),
        FactorKind::ReplyWindow => ("because the channel closes", "渠道回复期限将到"),
    };
    let (hours, minutes) = (factor.minutes / 60, factor.minutes % 60);
    let (time_en, time_zh) = match (hours, minutes) {
        (0, minutes) => (format!("{minutes} min"), format!("{minutes}分钟")),
        (hours, 0) => (format!("{hours} h"), format!("{hours}小时")),
        (hours, minutes) => {
            (format!("{hours} h {minutes} min"), format!("{hours}小时{minutes}分钟"))
        }
    };
    (format!("{time_en} {en}"), format!("{zh}{time_zh}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::Weights;

    #[test]
    fn the_sentence_names_reason_level_words_and_what_puts_them_ahead() {
        let mut waiting = Waiting {
            urgency: UrgencyLevel::Urgent,
            reason: HandoffReason::Urgent,
            evidence: vec!["smoke".to_owned(), "burning".to_owned()],
            upset: true,
            ..Waiting::example(1)
        };
        let standing = Standing::of(&waiting, &Weights::default(), None);
        let why = Why::of(&waiting, Some(&standing));
        assert_eq!(
            why.en,
            "The matter is urgent; most urgent level, by the words: smoke, burning. \
             Ahead by 12 h for urgency, 10 min because the customer is upset."
        );
        assert_eq!(
            why.zh,
            "事情紧急；最高紧急级别，依据：smoke、burning。提前：紧急程度12小时、客户情绪不佳10分钟。"
        );
        waiting.evidence.clear();
        assert_eq!(Why::of(&waiting, None).zh, "事情紧急；最高紧急级别。");
    }
}
