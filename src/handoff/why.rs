//! Why a customer stands where they stand, as a sentence for agents in both languages.

use serde::{Deserialize, Serialize};

use crate::domain::{HandoffReason, UrgencyLevel};
use crate::handoff::Waiting;

/// The reason as a sentence in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Why {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Why {
    /// The sentence for one who waits.
    pub fn of(waiting: &Waiting) -> Self {
        let (reason_en, reason_zh) = match waiting.reason {
            HandoffReason::Requested => ("Asked for a person", "要求人工服务"),
            HandoffReason::Urgent => ("The matter is urgent", "事情紧急"),
            HandoffReason::NotUnderstood => {
                ("The bot could not help twice", "机器人连续两次没能解决")
            }
            HandoffReason::ByBot => ("The bot handed over", "机器人转接"),
            HandoffReason::BotUnavailable => ("The bot did not answer", "机器人没有响应"),
        };
        let (level_en, level_zh) = match waiting.urgency {
            UrgencyLevel::Low => ("nothing is at stake", "不着急"),
            UrgencyLevel::Normal => ("an ordinary matter", "普通事项"),
            UrgencyLevel::High => ("high urgency", "较紧急"),
            UrgencyLevel::Urgent => ("most urgent level", "最高紧急级别"),
        };
        if waiting.evidence.is_empty() {
            return Self {
                en: format!("{reason_en}; {level_en}."),
                zh: format!("{reason_zh}；{level_zh}。"),
            };
        }
        let words = waiting.evidence.join(", ");
        let words_zh = waiting.evidence.join("、");
        Self {
            en: format!("{reason_en}; {level_en}, by the words: {words}."),
            zh: format!("{reason_zh}；{level_zh}，依据：{words_zh}。"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConversationId, Language, Timestamp};

    #[test]
    fn the_sentence_names_reason_level_and_words() {
        let mut waiting = Waiting {
            conversation: ConversationId::from_bytes([1; 16]),
            urgency: UrgencyLevel::Urgent,
            reason: HandoffReason::Urgent,
            evidence: vec!["smoke".to_owned(), "burning".to_owned()],
            since: Timestamp(0),
            language: Language::En,
        };
        let why = Why::of(&waiting);
        assert_eq!(
            why.en,
            "The matter is urgent; most urgent level, by the words: smoke, burning."
        );
        assert_eq!(why.zh, "事情紧急；最高紧急级别，依据：smoke、burning。");
        waiting.evidence.clear();
        assert_eq!(Why::of(&waiting).zh, "事情紧急；最高紧急级别。");
    }
}
